"""The rules written by hand for the bench decide as the rules to start with do."""

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from bench.peers.ruled import DAY, SQL, applications, by_numpy, floats_of

from xiaowei.decisions.rules.reading import shipped_rules
from xiaowei.decisions.rules.settled import settle
from xiaowei.decisions.rules.table import decide_all
from xiaowei.policy.book import load_book


class TestPeers:
    def test_decide_each_firm_alike(self) -> None:
        book = load_book()
        ready = settle(shipped_rules(book=book), book=book, on=DAY)
        table = applications(5_000)

        ours = decide_all(ready, table)
        with duckdb.connect() as engine:
            engine.register("applications", table)
            by_sql = engine.sql(SQL).fetchnumpy()["decided"]

        codes = pa.array([rule.code for rule in ready.rules.rules])
        names = ours["rule"].combine_chunks().cast(pa.string())
        places = pc.index_in(names, codes).fill_null(-1).to_numpy() + 1
        signed = np.where(ours["unknown"].to_numpy(), -places, places)
        assert (signed == by_numpy(floats_of(table))).all()
        assert (signed == by_sql).all()
        assert len(np.unique(signed)) > len(codes)
