"""Requirements and what is known of an enterprise, drawn at random."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

from xiaowei.policy.products.product import (
    OPERATORS,
    Condition,
    Group,
    Requirement,
    Unit,
)

Known = Mapping[str, Decimal | float | None]

ASKED: Final[Mapping[str, tuple[Unit, tuple[str, ...]]]] = {
    "pd": ("share", ("0", "0.0500", "0.05001", "0.1")),
    "sales_growth_12m": ("share", ("-0.1", "0", "0.05")),
    "customers_12m": ("count", ("0", "3", "4")),
    "sales_12m": ("yuan", ("0", "500000", "500000.01")),
    "founded_days_since": ("days", ("180", "365", "1825")),
    "sales_active_months_12m": ("months", ("1", "8", "12")),
    "received_invoiced_ratio_12m": ("ratio", ("0.8", "0.805", "1")),
    "tax_grade_now": ("grade", ("3", "4")),
    "worst_finding": ("level", ("0", "1", "2")),
    "kwh_12m": ("kwh", ("1000", "1000.5")),
}
"""Facts of every kind, and limits near each other."""


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    trait = draw(st.sampled_from(sorted(ASKED)))
    unit, limits = ASKED[trait]
    return Condition(
        trait,
        draw(st.sampled_from(OPERATORS)),
        Decimal(draw(st.sampled_from(limits))),
        unit,
    )


def requirements() -> st.SearchStrategy[Requirement]:
    def grouped(inner: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Group]:
        parts = st.lists(inner, min_size=1, max_size=4).map(tuple)
        return st.builds(Group, st.sampled_from(("all", "any")), parts)

    return st.recursive(conditions(), grouped, max_leaves=8)


@st.composite
def known_values(draw: st.DrawFn) -> dict[str, Decimal | float | None]:
    """What is known of an enterprise: near the limits, on them, or nothing."""
    values: dict[str, Decimal | float | None] = {}
    for trait, (unit, limits) in ASKED.items():
        times = 100 if unit == "yuan" else 1
        limit = Decimal(draw(st.sampled_from(limits))) * times
        step = Decimal("0.00003") if unit in ("share", "ratio", "kwh") else Decimal(1)
        moved = limit + draw(st.integers(-2, 2)) * step
        known = moved if draw(st.booleans()) else float(moved)
        values[trait] = draw(st.sampled_from((None, known, known, known)))
    return values
