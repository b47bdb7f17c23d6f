"""The policy lab: one limit changed, and all that it changes on past applications.

    python bench/lab.py [--quick] [--json]

Past applications are drawn by a seed (bench/peers/ruled.py, with a margin and a loss
for each), written as Parquet, and tried as the desk tries them: the file is read, the
rules to start with and the same with one limit moved decide every row, and swap set,
bad rate, profit of a year and the effects by tier, section of trade and region come out
with their intervals. Counted is what a user waits for, from the limit to the answer as
JSON; processor seconds stand beside the clock's, which hang on what else the machine
does.

Checked as well: profit and bad rate against the same reckoned by one query of DuckDB
over what the rules say.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell
from bench.peers.ruled import DAY, SEED, applications

from xiaowei.decisions.lab.effects import Effects, effects
from xiaowei.decisions.lab.limits import moved
from xiaowei.decisions.lab.profit import Priced
from xiaowei.decisions.rules.past import Told
from xiaowei.decisions.rules.reading import shipped_rules
from xiaowei.decisions.rules.settled import Settled, settle
from xiaowei.decisions.rules.table import decide_all
from xiaowei.desk.ruling.past_tables import read_past
from xiaowei.policy.book import load_book

COUNT, QUICK_COUNT = 100_000, 20_000
TURNS: Final = 5
SECONDS: Final = 5.0
CHANGE: Final = {"code": "pd_vague", "trait": "pd_high", "limit": "0.12"}
TOLD: Final = Told(bad="bad", amount="amount", by=("tier", "section", "region"))
PRICED: Final = Priced("margin", "loss")


def main() -> None:
    """Measure and say."""
    asked = _arguments()
    count = QUICK_COUNT if asked.quick else COUNT
    table = _priced(applications(count, seed=SEED + 3))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "past.parquet"
        pq.write_table(table, path)
        times, found = zip(*(_tried(path) for _ in range(TURNS)), strict=True)
    clock, spent = np.array(times).T
    for line in found[0].lines:
        print(line.en, file=sys.stderr)
    called = f"{count:,} past applications, one limit changed"
    claims = [
        claim(
            f"{called}: seconds by the clock, slowest of {TURNS}", max(clock), SECONDS
        ),
        claim(f"{called}: seconds of processor, most of {TURNS}", max(spent), SECONDS),
        *_checked(table, found[0], called),
    ]
    tell("lab", claims, seed=SEED + 3, as_json=asked.json)


def _tried(path: Path) -> tuple[tuple[float, float], Effects]:
    begun, spent = time.perf_counter(), time.process_time()
    older, newer = _pair()
    found = effects(older, newer, read_past(path), told=TOLD, priced=PRICED)
    json.dumps(found.as_plain())
    return (time.perf_counter() - begun, time.process_time() - spent), found


def _pair() -> tuple[Settled, Settled]:
    book = load_book()
    rules = shipped_rules(book=book)
    other = moved(rules, **CHANGE)
    older, newer = (settle(one, book=book, on=DAY) for one in (rules, other))
    return older, newer


def _priced(table: Any) -> Any:  # noqa: ANN401 - PyArrow ships no types
    rng = np.random.default_rng([SEED, table.num_rows, 1])
    margin = rng.uniform(0.01, 0.06, table.num_rows)
    loss = rng.beta(4, 4, table.num_rows)
    table = table.append_column(PRICED.rate, pa.array(margin))
    return table.append_column(PRICED.lgd, pa.array(loss))


_SQL: Final = """
SELECT sum(CASE WHEN bad THEN -lent * loss ELSE lent * (margin + rate_add) END) profit,
       avg(bad::INT) AS rate
FROM (SELECT *, least(amount, coalesce(cap_fen, amount)) AS lent
      FROM past POSITIONAL JOIN said)
WHERE outcome = 'approve' AND bad IS NOT NULL
"""


def _checked(table: Any, found: Effects, called: str) -> list[dict[str, Any]]:  # noqa: ANN401
    sums = []
    past = table.select(["amount", "bad", PRICED.rate, PRICED.lgd])
    with duckdb.connect() as engine:
        engine.register("past", past)
        for rules in _pair():
            said = decide_all(rules, table).select(["outcome", "cap_fen", "rate_add"])
            engine.register("said", said)
            sums.append(engine.execute(_SQL).fetchall()[0])
    (was, rate), (now, other) = sums
    profit, bad = found.overall.profit, found.overall.bad_change
    if profit is None or bad is None:
        raise AssertionError(called)
    fen = max(
        abs(profit.before[0] - was),
        abs(profit.after[0] - now),
        abs(profit.change[0] - (now - was)),
    )
    return [
        claim(f"{called}: profit apart from DuckDB's, fen", fen, 1.0, peer="DuckDB"),
        claim(
            f"{called}: bad rate apart from DuckDB's",
            abs(bad[0] - (other - rate)),
            1e-12,
            peer="DuckDB",
        ),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 applications.")
    parser.add_argument("--json", action="store_true", help="the last line is JSON.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
