"""Applications and what is known of them, drawn so that every rule has its day."""

from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from xiaowei.decisions.application import Application
from xiaowei.decisions.authorisation import permissions
from xiaowei.decisions.decision import Evidence, Loan, Standing
from xiaowei.facts.sources import FAMILIES
from xiaowei.portraits.parts import TRAITS
from xiaowei.said import Said

DAY: Final = date(2026, 3, 2)
SOURCES: Final = {trait.name: frozenset(trait.sources) for trait in TRAITS}
PORTRAIT: Final[dict[str, tuple[object, ...]]] = {
    "status_now": (1, 1, 1, 1, 2, 3),
    "court_dishonest_now": (0, 0, 0, 1, None),
    "court_restricted_now": (0, 0, 0, 1, None),
    "debt_balance_now": (0, 50_000_000, 12_345_678, None),
    "debt_class_now": (1, 1, 2, 3, None),
    "debt_overdue_now": (0, 0, 0, 100, None),
    "sales_12m": (300_000_000, 2_345_678_901, 1, None),
    "customer_top_share_12m": (0.1, 0.2345678, 0.5, 0.51, None),
    "own_loans_all": (0, 3, None),
    "bureau_enquiries_fresh_days": (12, None),
}
STATED: Final[dict[str, tuple[object, ...]]] = {
    "score": (600, 655, 480),
    "worst_finding": (0, 0, 1, 3, None),
    "defaults": (0, 0, 0, 1, None),
    "court_bars": (0, 0, 1, None),
    "fake_trade": (0.002, 0.0999, 0.1, None),
    "group_exposure": (30_000_000, 900_000_000, None),
    "region": ("城东区", None),
    "industry": ("C1310", None),
    "section": ("C", None),
}
_USUAL: Final = 0.85
"""How often a value is the first of its list, which speaks for the firm."""


def drawn(chance: np.random.Generator) -> Evidence:
    """Draw an application with what is known of it."""
    portrait = {name: _one(chance, values) for name, values in PORTRAIT.items()}
    return Evidence(
        application=Application(
            enterprise_id=f"E{chance.integers(10_000):05d}",
            amount_fen=int(chance.choice([1, 30_000_000, 100_000_000, 100_000_001])),
            months=int(chance.choice([3, 12, 36])),
            purpose="new_loan",
            applied_on=DAY - timedelta(days=int(chance.integers(3))),
            manager="张三",
            branch="城东支行",
        ),
        day=DAY,
        permissions=permissions((), purpose="approval", on=DAY, agreed=True),
        portrait=portrait,
        silenced=(),
        held=FAMILIES,
        standing=_standing(chance),
        loan=_loan(chance),
        longest_days=7,
        highest_rise=1.5,
    )


def _standing(chance: np.random.Generator) -> Standing | None:
    if chance.random() < 0.05:
        return None
    pd = float(_one(chance, (0.01, 0.0499999, 0.05, 0.0812345, 0.15)))
    return Standing(
        as_of=DAY - timedelta(days=_one(chance, (0, 7, 8))),
        facts={name: _one(chance, values) for name, values in STATED.items()},
        pd=pd,
        pd_high=_one(chance, (pd, 2 * pd)),
        pd_of_run=_one(chance, (pd, pd / 1.5, pd / 1.6)),
        tier=_one(chance, ("high_potential", "steady", "risk_warning")),
    )


def _loan(chance: np.random.Generator) -> Loan | None:
    if chance.random() < 0.1:
        return None
    return Loan(
        product="working_capital",
        amount_fen=int(chance.choice([10_000_000, 30_000_000, 200_000_000])),
        rate=str(chance.choice(["0.0435", "0.06"])),
        months=12,
        papers=(Said("营业执照", "business licence"),),
    )


def _one(chance: np.random.Generator, values: tuple[object, ...]) -> Any:  # noqa: ANN401
    if chance.random() < _USUAL:
        return values[0]
    return values[int(chance.integers(len(values)))]
