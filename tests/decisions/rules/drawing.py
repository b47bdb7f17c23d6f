"""Random rule sets over few fields with few limits, and rows that meet them."""

from datetime import date
from typing import Any, Final

import pyarrow as pa
from hypothesis import strategies as st

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.reading import rule_set_of
from xiaowei.decisions.rules.settled import Settled, settle
from xiaowei.policy.book import Book

DAY: Final = date(2024, 6, 30)
NO_BOOK: Final = Book({})
SAID: Final = {"zh": "题", "en": "title"}

LIMITS: Final[dict[str, list[str]]] = {
    # A share with bounds, a whole number with limits between, money never missing.
    "pd": ["0", "0.05", "0.1", "1"],
    "debt_lenders_now": ["0", "1", "1.5", "3"],
    "amount": ["0.01", "5", "100"],
    "margin_12m": ["-0.1", "0.3"],
    "tier": ["high_potential", "steady"],
    "region": ["other", "north"],
    "applied_on": ["2024-01-01", "2024-01-02", "2024-03-01"],
}
UNITS: Final = {
    "pd": "share",
    "debt_lenders_now": "count",
    "amount": "yuan",
    "margin_12m": "share",
}
VALUES: Final[dict[str, list[Any]]] = {
    "pd": [None, 0.0, 0.01, 0.05, 0.07, 0.1, 0.5, 1.0],
    "debt_lenders_now": [None, -1, 0, 1, 2, 3, 4],
    "amount": [0, 1, 2, 500, 501, 9_999, 10_000, 10_001],
    "margin_12m": [None, -0.5, -0.1, 0.0, 0.3, 0.9],
    "tier": [None, "high_potential", "steady", "risk_warning"],
    "region": [None, "other", "north", "elsewhere"],
    "applied_on": [
        date(2023, 5, 5),
        date(2024, 1, 1),
        date(2024, 1, 2),
        date(2024, 2, 1),
        date(2024, 3, 1),
        date(2025, 1, 1),
    ],
}
"""A value of every region that any of the limits can cut, found by hand."""

KINDS: Final = {
    "pd": pa.float64(),
    "debt_lenders_now": pa.int64(),
    "amount": pa.int64(),
    "margin_12m": pa.float64(),
    "tier": pa.string(),
    "region": pa.string(),
    "applied_on": pa.date32(),
}
_TEXTS: Final = ("tier", "region")


@st.composite
def comparisons(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, Any]:
    name = draw(st.sampled_from(names))
    numeric = ["<", "<=", ">", ">=", "=", "!=", "between", "missing", "known"]
    texts = ["=", "!=", "in", "not in", "missing", "known"]
    operator = draw(st.sampled_from(texts if name in _TEXTS else numeric))
    stated: dict[str, Any] = {"trait": name, "operator": operator}
    if operator in ("missing", "known"):
        return stated
    if name in UNITS:
        stated["unit"] = UNITS[name]
    places = st.integers(0, len(LIMITS[name]) - 1)
    if operator in ("in", "not in"):
        chosen = draw(st.lists(places, min_size=1, max_size=2, unique=True))
        stated["limit"] = [LIMITS[name][place] for place in chosen]
    elif operator == "between":
        ends = sorted([draw(places), draw(places)])
        stated["limit"] = [LIMITS[name][place] for place in ends]
    else:
        stated["limit"] = LIMITS[name][draw(places)]
    return stated


def conditions(names: tuple[str, ...], *, depth: int = 2) -> st.SearchStrategy[Any]:
    leaf = comparisons(names)
    if not depth:
        return leaf
    inner = st.lists(conditions(names, depth=depth - 1), min_size=1, max_size=3)
    group = st.builds(
        lambda join, parts: {join: parts}, st.sampled_from(["all", "any"]), inner
    )
    return st.one_of(leaf, leaf, group)


@st.composite
def rule_sets(
    draw: st.DrawFn, *, names: tuple[str, ...] = tuple(LIMITS), most: int = 6
) -> RuleSet:
    rules = []
    for place in range(draw(st.integers(1, most))):
        outcome = draw(st.sampled_from(["approve", "refer", "decline"]))
        rule: dict[str, Any] = {
            "code": f"r{place}",
            "title": SAID,
            "when": draw(conditions(names)),
            "outcome": outcome,
            "reason": "assessment",
            "source": "drawn",
            "when_unknown": draw(
                st.sampled_from(["refer", "skip" if outcome == "approve" else "fire"])
            ),
        }
        if outcome != "decline":
            rule["cap_yuan"] = draw(st.sampled_from(["100", "200"]))
            rule["rate_add"] = draw(st.sampled_from(["0", "0.005"]))
        rules.append(rule)
    return rule_set_of(stated(rules, default=draw(st.sampled_from(DEFAULTS))))


DEFAULTS: Final = ("none", "approve", "refer", "decline")


def stated(rules: list[dict[str, Any]], *, default: str = "refer") -> dict[str, Any]:
    return {
        "name": "drawn",
        "version": "1",
        "since": "2020-01-01",
        "title": SAID,
        "purpose": SAID,
        "default": default,
        "set_by": "a test",
        "rules": rules,
    }


def rule(
    code: str, when: dict[str, Any], outcome: str, **more: object
) -> dict[str, Any]:
    return {
        "code": code,
        "title": {"zh": code, "en": code},
        "when": when,
        "outcome": outcome,
        "reason": "assessment",
        "source": "a test",
        **more,
    }


def settled(rules: RuleSet) -> Settled:
    return settle(rules, book=NO_BOOK, on=DAY)


def of(rules: list[dict[str, Any]], *, default: str = "refer") -> Settled:
    return settled(rule_set_of(stated(rules, default=default)))


def rows(names: tuple[str, ...] = tuple(LIMITS)) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: st.sampled_from(VALUES[name]) for name in names}
    )


def table_of(drawn: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - PyArrow has no types
    columns = {
        name: pa.array([row[name] for row in drawn], kind)
        for name, kind in KINDS.items()
        if drawn and name in drawn[0]
    }
    return pa.table(columns)
