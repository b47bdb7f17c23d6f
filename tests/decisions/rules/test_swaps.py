"""Who is decided otherwise, with money to the fen and no rate where none is known."""

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import of, rows, rule, rule_sets, settled, table_of

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.past import Told, ToldError
from xiaowei.decisions.rules.ruling import decide
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.rules.swaps import SWAPS, swaps


def below(limit: str, **more: object) -> Settled:
    when = {"trait": "pd", "operator": "<", "limit": limit, "unit": "share"}
    return of([rule("low", when, "approve", **more)], default="decline")


PAST = pa.table(
    {
        "pd": [0.01, 0.04, 0.06, 0.08, 0.5, None],
        "asked": pa.array([100, 200, 300, 400, 500, 600], pa.int64()),
        "bad": [False, True, None, None, True, None],
        "region": ["north", "south", "north", None, "south", "north"],
    }
)
TOLD = Told(bad="bad", amount="asked", by=("region",))


class TestSwaps:
    def test_tell_who_comes_in_and_what_is_known_of_them(self) -> None:
        found = swaps(below("0.05"), below("0.1"), PAST, told=TOLD)

        assert {swap: cell.firms for swap, cell in found.cells.items()} == {
            "both": 2,
            "in": 2,
            "out": 0,
            "neither": 2,
        }
        assert found.cells["in"].bad_rate is None
        assert found.cells["both"].bad_rate == pytest.approx(
            (0.5, 0.0126, 0.9874), abs=1e-4
        )
        assert (found.before.firms, found.after.firms) == (2, 4)
        assert (found.before.before_fen, found.after.after_fen) == (300, 1_000)
        assert found.moves["decline", "approve"] == 2
        assert found.moves["refer", "refer"] == 1

    def test_count_a_cap_as_money_that_is_not_lent(self) -> None:
        found = swaps(below("0.05"), below("0.05", cap_yuan="1"), PAST, told=TOLD)

        assert found.cells["both"].before_fen == 300
        assert found.cells["both"].after_fen == 200

    def test_tell_firms_apart_and_those_without_a_group(self) -> None:
        groups = swaps(below("0.05"), below("0.1"), PAST, told=TOLD).groups["region"]

        assert list(groups) == ["", "north", "south"]
        assert groups[""]["in"].firms == 1
        assert groups["north"]["neither"].firms == 1
        assert groups["south"]["neither"].bad == 1

    @settings(max_examples=100, deadline=None)
    @given(
        before=rule_sets(),
        after=rule_sets(),
        drawn=st.lists(rows(), min_size=1, max_size=40),
        fates=st.lists(st.sampled_from([True, False, None]), min_size=40, max_size=40),
    )
    def test_are_what_counting_firm_by_firm_gives(
        self,
        before: RuleSet,
        after: RuleSet,
        drawn: list[dict[str, Any]],
        fates: list[bool | None],
    ) -> None:
        one, other = settled(before), settled(after)
        table = table_of(drawn).append_column("bad", pa.array(fates[: len(drawn)]))
        table = table.append_column("tier_", table["tier"])
        moves = Counter(
            (decide(one, r).outcome, decide(other, r).outcome) for r in drawn
        )

        found = swaps(one, other, table, told=Told("bad", "amount", ("tier_",)))

        assert {move: n for move, n in found.moves.items() if n} == dict(moves)
        assert sum(cell.firms for cell in found.cells.values()) == len(drawn)
        for swap in SWAPS:
            parts = [cells[swap] for cells in found.groups["tier_"].values()]
            whole = found.cells[swap]
            assert sum(part.firms for part in parts) == whole.firms
            assert sum(part.bad for part in parts) == whole.bad
            assert sum(part.after_fen or 0 for part in parts) == whole.after_fen

    def test_are_said_in_both_languages_and_kept_as_json(self) -> None:
        found = swaps(below("0.05"), below("0.1"), PAST, told=TOLD)

        assert any("换入：仅新规则通过：2 户" in line.zh for line in found.lines)
        assert any("no outcome known" in line.en for line in found.lines)
        assert found.as_plain()["moves"]["decline>approve"] == 2

    def test_need_no_column_but_those_of_the_rules(self) -> None:
        cell = swaps(below("0.05"), below("0.1"), PAST).cells["in"]

        assert cell.before_fen is None
        assert cell.text.en == "2 firms, no outcome known"

    @pytest.mark.parametrize(
        ("told", "named"),
        [
            (Told(bad="badd"), "there is no column 'badd'; did you mean 'bad'"),
            (Told(bad="pd"), "outcomes are double"),
            (Told(bad="asked"), "more than 0 and 1"),
            (Told(amount="pd"), "amounts are double"),
            (Told(by=("pd",)), "'pd' is double, not a text"),
        ],
    )
    def test_refuse_columns_that_tell_nothing(self, told: Told, named: str) -> None:
        with pytest.raises(ToldError, match=named):
            swaps(below("0.05"), below("0.1"), PAST, told=told)
