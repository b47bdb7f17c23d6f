"""What a version changes, against the same counted firm by firm."""

from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import of, rows, rule, rule_sets, settled, table_of

from xiaowei.decisions.lab.effects import Effects, effects
from xiaowei.decisions.lab.limits import NoLimitError, moved
from xiaowei.decisions.lab.profit import Priced
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.past import Told, ToldError
from xiaowei.decisions.rules.reading import RuleSetError
from xiaowei.decisions.rules.ruling import decide
from xiaowei.decisions.rules.settled import Settled

PRICED = Priced("rate", "lgd")
TOLD = Told(bad="bad", amount="amount", by=("region",))


def below(limit: str, **more: object) -> Settled:
    when = {"trait": "pd", "operator": "<", "limit": limit, "unit": "share"}
    return of([rule("low", when, "approve", **more)], default="decline")


def priced(table: Any, fates: list[bool | None]) -> Any:  # noqa: ANN401
    count = table.num_rows
    columns = {
        "bad": pa.array(fates[:count], pa.bool_()),
        "rate": pa.array([0.01 * (1 + n % 7) for n in range(count)]),
        "lgd": pa.array([0.1 * (1 + n % 5) for n in range(count)]),
    }
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


def by_hand(rules: Settled, row: dict[str, Any]) -> float:
    """Return what one firm earns by rules, as a person would reckon it."""
    ruling = decide(rules, row)
    if ruling.outcome != "approve" or row["bad"] is None:
        return 0.0
    lent = (
        row["amount"] if ruling.cap_fen is None else min(row["amount"], ruling.cap_fen)
    )
    if row["bad"]:
        return float(-lent * row["lgd"])
    return float(lent * (row["rate"] + float(ruling.rate_add)))


class TestEffects:
    @settings(max_examples=60, deadline=None)
    @given(
        before=rule_sets(),
        after=rule_sets(),
        drawn=st.lists(rows(), min_size=1, max_size=30),
        fates=st.lists(st.sampled_from([True, False, None]), min_size=30, max_size=30),
    )
    def test_are_profit_and_bad_rate_reckoned_firm_by_firm(
        self,
        before: RuleSet,
        after: RuleSet,
        drawn: list[dict[str, Any]],
        fates: list[bool | None],
    ) -> None:
        table = priced(table_of(drawn), [*fates[:-1], True])
        if not any(fate is not None for fate in table["bad"].to_pylist()):
            return
        older, newer = settled(before), settled(after)
        found = effects(older, newer, table, told=TOLD, priced=PRICED)

        told = [
            {**row, **more} for row, more in zip(drawn, table.to_pylist(), strict=True)
        ]
        for name, firms in _groups(told).items():
            effect = found.overall if name is None else found.groups["region"][name]
            was, now = (
                sum(by_hand(rules, row) for row in firms) for rules in (older, newer)
            )
            assert effect.profit is not None
            assert effect.profit.before[0] == pytest.approx(was, abs=1)
            assert effect.profit.after[0] == pytest.approx(now, abs=1)
            assert effect.profit.change[0] == pytest.approx(now - was, abs=1)
            for value, low, high in (effect.profit.before, effect.profit.change):
                assert low <= value <= high
            rates = [_bad_rate(rules, firms) for rules in (older, newer)]
            if None in rates:
                assert effect.bad_change is None
            else:
                assert effect.bad_change is not None
                assert effect.bad_change[0] == pytest.approx(rates[1] - rates[0])  # type: ignore[operator]

    def test_are_sure_to_be_none_between_a_version_and_itself(self) -> None:
        found = one(below("0.05"), below("0.05"))

        assert found.overall.bad_change == (0, 0, 0)
        assert found.overall.profit is not None
        assert found.overall.profit.change == (0, 0, 0)
        before = found.overall.profit.before
        assert before[1] < before[0] < before[2]

    def test_say_of_whom_swapped_in_nothing_is_known(self) -> None:
        newer = below("0.1")
        unknown = {"bad": [False, True, None, True]}

        told = one(below("0.05"), newer, **unknown).lines
        assert told[-1].en.startswith("of those swapped in 1 have no known outcome")
        assert "profit of a year" in one(below("0.05"), newer).lines[-1].en

    def test_hold_the_truth_as_often_as_they_say(self) -> None:
        chance = np.random.default_rng(23)
        count, draws = 600, 400
        scores = chance.uniform(0, 0.2, count)
        amounts = np.exp(chance.normal(17, 0.8, count)).astype(np.int64)
        swapped = (scores >= 0.05) & (scores < 0.1)
        truth = float((amounts * (0.06 * (1 - scores) - 0.5 * scores))[swapped].sum())
        rate = float(scores[scores < 0.1].mean() - scores[scores < 0.05].mean())
        held = [0, 0]
        for _ in range(draws):
            table = pa.table(
                {
                    "pd": scores,
                    "amount": amounts,
                    "bad": chance.random(count) < scores,
                    "rate": np.full(count, 0.06),
                    "lgd": np.full(count, 0.5),
                }
            )
            told = Told(bad="bad", amount="amount")
            found = effects(
                below("0.05"), below("0.1"), table, told=told, priced=PRICED
            ).overall
            assert found.profit is not None
            assert found.bad_change is not None
            held[0] += found.profit.change[1] <= truth <= found.profit.change[2]
            held[1] += found.bad_change[1] <= rate <= found.bad_change[2]

        assert min(held) / draws >= 0.95

    @pytest.mark.parametrize(
        ("change", "word"),
        [
            ({"rate": ["a"] * 4}, "'rate' is string"),
            ({"lgd": [0.1, 0.2, None, 0.3]}, "1 missing"),
            ({"lgd": [0.1, 0.2, 1.5, 0.3]}, "outside 0 to 1"),
            ({"rate": [0.1, float("nan"), 0.1, 0.1]}, "no finite number"),
            ({"rate": [-0.9, 0.1, 0.1, 0.1]}, "below what is lost"),
            ({"bad": pa.nulls(4, pa.bool_())}, "none is known"),
        ],
    )
    def test_name_prices_that_cannot_be(
        self, change: dict[str, Any], word: str
    ) -> None:
        with pytest.raises(ToldError, match=word):
            one(below("0.05"), below("0.1"), **change)


def one(before: Settled, after: Settled, **change: Any) -> Effects:  # noqa: ANN401
    stated: dict[str, Any] = {
        "pd": [0.01, 0.02, 0.06, 0.08],
        "amount": [100_000, 200_000, 300_000, 400_000],
        "bad": [False, True, False, True],
        "rate": [0.05] * 4,
        "lgd": [0.5] * 4,
        "region": ["north", "north", "south", "south"],
    }
    table = pa.table(stated | change)
    return effects(before, after, table, told=TOLD, priced=PRICED)


def _groups(firms: list[dict[str, Any]]) -> dict[str | None, list[dict[str, Any]]]:
    names = {row["region"] or "" for row in firms}
    apart = {name: [r for r in firms if (r["region"] or "") == name] for name in names}
    return {None: firms, **apart}


def _bad_rate(rules: Settled, firms: list[dict[str, Any]]) -> float | None:
    fates = [
        row["bad"]
        for row in firms
        if row["bad"] is not None and decide(rules, row).outcome == "approve"
    ]
    return sum(fates) / len(fates) if fates else None


class TestMoved:
    def test_moves_one_limit_and_nothing_else(self) -> None:
        before = below("0.05").rules
        after = moved(before, code="low", trait="pd", limit="0.08")

        (mine,) = after.comparisons
        assert mine.limits[0].value == Decimal("0.08")
        assert moved(after, code="low", trait="pd", limit="0.05") == before

    @pytest.mark.parametrize(
        ("code", "trait", "word"),
        [("lov", "pd", "did you mean 'low'"), ("low", "tier", "0 times")],
    )
    def test_names_a_limit_that_is_not_there(
        self, code: str, trait: str, word: str
    ) -> None:
        with pytest.raises(NoLimitError, match=word):
            moved(below("0.05").rules, code=code, trait=trait, limit="0.08")

    @pytest.mark.parametrize("operator", ["missing", "between"])
    def test_moves_no_limit_that_is_not_one_alone(self, operator: str) -> None:
        when = {"trait": "pd", "operator": operator}
        if operator == "between":
            when |= {"limit": ["0.1", "0.2"], "unit": "share"}  # type: ignore[dict-item]
        rules = of([rule("low", when, "refer")]).rules
        with pytest.raises(NoLimitError, match=operator):
            moved(rules, code="low", trait="pd", limit="0.08")

    def test_refuses_what_is_no_limit(self) -> None:
        with pytest.raises(RuleSetError):
            moved(below("0.05").rules, code="low", trait="pd", limit="many")
