"""One enterprise on demand has the portrait that it has among all."""

from datetime import date
from pathlib import Path

import pytest
from tests.desk.portraying.lakes import lake_of
from tests.factories import invoice
from tests.portraits.crowd import crowd

from xiaowei.desk.knowledge import facts_held
from xiaowei.desk.portraying.chain import with_network
from xiaowei.desk.portraying.one import UnknownEnterpriseError, portrayer
from xiaowei.facts.lookup import Lookup
from xiaowei.portraits.portrait import portraits

SPRING = date(2020, 3, 14)


class TestPortrait:
    @pytest.mark.parametrize(
        ("as_of", "asked"), [(SPRING, True), (date(2020, 4, 30), False)]
    )
    def test_is_the_one_among_all(
        self, tmp_path: Path, *, as_of: date, asked: bool
    ) -> None:
        told = crowd(40, as_of=as_of, seed=11)
        if not asked:
            told.pop("consents")
        months = [date(2019, 1, 31), date(2020, 1, 31)]
        series = [
            {"series": name, "happened_on": month, "value": value}
            for name, value in (("PMI", 49.5), ("LPR1Y", 0.0405), ("INDUSTRY-C", 51.0))
            for month in months
        ]
        lake = lake_of({**told, "series": series}, tmp_path)
        facts = with_network(facts_held(lake), as_of=as_of, engine=lake.engine)
        among_all = {
            row.pop("enterprise_id"): row
            for row in lake.engine.to_pyarrow(portraits(facts, as_of=as_of)).to_pylist()
        }

        with portrayer(lake, as_of=as_of, folder=tmp_path / "p") as one:
            on_demand = {firm: one.portrait(firm) for firm in among_all}

        assert len(among_all) > 35
        assert on_demand == among_all
        assert {one["trade_index_now"] for one in on_demand.values()} == {None, 51.0}

    def test_is_refused_for_whom_nothing_was_known_by_then(
        self, tmp_path: Path
    ) -> None:
        lake = lake_of({"invoices": [invoice(happened_on=date(2020, 4, 1))]}, tmp_path)

        with portrayer(lake, as_of=SPRING, folder=tmp_path / "p") as one:
            for firm in ("E1", "E2"):
                with pytest.raises(UnknownEnterpriseError, match=firm):
                    one.portrait(firm)


class TestLookup:
    def test_finds_all_rows_of_a_firm_and_no_others(self, tmp_path: Path) -> None:
        firms = [f"E{place}" for place in range(200)]
        rows = [
            invoice(enterprise_id=firm, net_fen=place)
            for firm in firms
            for place in range(150)
        ]
        lake = lake_of({"invoices": rows}, tmp_path)
        lookup = Lookup(lake.paths("invoices"), family="invoices")

        for firm in firms:
            found = lookup.rows(firm)
            assert set(found["enterprise_id"].to_pylist()) == {firm}
            assert sorted(found["net_fen"].to_pylist()) == list(range(150))

    def test_finds_nothing_of_a_stranger(self, tmp_path: Path) -> None:
        lake = lake_of({"invoices": [invoice()]}, tmp_path)

        found = Lookup(lake.paths("invoices"), family="invoices").rows("E0")

        assert found.num_rows == 0
        assert found.schema.names[:2] == ["enterprise_id", "happened_on"]
