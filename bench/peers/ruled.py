"""Applications by a seed, and the rules to start with as a person would write them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa

SEED: Final = 606
DAY: Final = date(2024, 6, 30)
_MISSING: Final = 0.01
_ALWAYS: Final = ("amount",)

LIMITS: Final = {
    "closed": 3,
    "moved": 2,
    "bad_class": 3,
    "defaults": 1,
    "pd": 0.15,
    "fake_trade": 0.10,
    "worst_finding": 3,
    "top": 0.50,
    "amount": 100_000_000,
    "group": 300_000_000,
    "new_pd": 0.05,
}
"""Numbers of the shipped rules and policy book, money in fen."""


def applications(count: int, *, seed: int = SEED) -> pa.Table:
    """Return past applications.

    Args:
        count: how many.
        seed: of the draw.

    Returns:
        Shape: a column per field of the rules, of which 1 % is null but for amounts;
        `section` and `region` as texts, and `bad`, null where nothing was lent.
    """
    rng = np.random.default_rng([seed, count])
    pd_ = np.minimum(rng.lognormal(-3.2, 0.8, count), 1)
    asked = (rng.lognormal(12.5, 0.9, count) / 10_000).round() * 1_000_000
    told: Mapping[str, Any] = {
        "consent": np.where(_often(rng, 0.99, count), "yes", "no"),
        "status_now": rng.choice(
            [1.0, 2, 3, 4, 5], count, p=[0.95, 0.02, 0.01, 0.01, 0.01]
        ),
        "court_bars": _often(rng, 0.03, count).astype(np.int64),
        "court_dishonest_now": _often(rng, 0.5, count).astype(np.int64),
        "defaults": rng.poisson(0.02, count),
        "debt_balance_now": np.where(
            _often(rng, 0.4, count), 0, rng.lognormal(17, 1.5, count)
        ).astype(np.int64),
        "debt_class_now": rng.choice(
            [1.0, 2, 3, 4, 5], count, p=[0.9, 0.06, 0.02, 0.01, 0.01]
        ),
        "pd": pd_,
        "pd_high": np.minimum(pd_ * rng.uniform(1.1, 2.5, count), 1),
        "debt_overdue_now": np.where(_often(rng, 0.05, count), 12_345, 0),
        "fake_trade": rng.beta(0.3, 9, count),
        "worst_finding": rng.choice(4, count, p=[0.7, 0.2, 0.08, 0.02]),
        "sales_12m": rng.lognormal(19, 1.3, count).astype(np.int64),
        "customer_top_share_12m": rng.beta(2, 5, count),
        "tier": rng.choice(
            ["high_potential", "steady", "risk_warning"], count, p=[0.2, 0.65, 0.15]
        ),
        "offer_limit": np.where(_often(rng, 0.05, count), 0, asked).astype(np.int64),
        "amount": asked.astype(np.int64),
        "group_exposure": (asked * rng.uniform(1, 3, count)).astype(np.int64),
        "new_borrower": np.where(_often(rng, 0.4, count), "yes", "no"),
    }
    columns = {
        name: pa.array(values)
        if name in _ALWAYS
        else pa.array(values, mask=rng.random(count) < _MISSING)
        for name, values in told.items()
    }
    columns["section"] = pa.array(rng.choice(list("ACEFGHI"), count))
    columns["region"] = pa.array(rng.choice([f"镇{n:02d}" for n in range(30)], count))
    bad = rng.random(count) < pd_
    columns["bad"] = pa.array(bad, mask=_often(rng, 0.4, count))
    return pa.table(columns)


def _often(rng: np.random.Generator, share: float, count: int) -> np.ndarray:
    return rng.random(count) < share


def by_numpy(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the place of the rule that decides, 0 for none; below 0 where unknown.

    Args:
        columns: numbers as floats, NaN where missing; texts as 1 for the one asked
            for, 0 for others, NaN where missing.
    """
    c = columns
    unknown = {name: np.isnan(values) for name, values in c.items()}

    def both(a: Any, ua: Any, b: Any, ub: Any) -> tuple[Any, Any]:  # noqa: ANN401
        return a & b, (a | ua) & (b | ub)

    def either(a: Any, ua: Any, b: Any, ub: Any) -> tuple[Any, Any]:  # noqa: ANN401
        return a | b, (a | ua) | (b | ub)

    def one(name: str, held: Any) -> tuple[Any, Any]:  # noqa: ANN401
        return held, held | unknown[name]

    bars, bad_class = c["court_bars"] >= 1, c["debt_class_now"] >= LIMITS["bad_class"]
    rules = [
        one("no_consent", c["no_consent"] == 1),
        one("status_now", c["status_now"] >= LIMITS["closed"]),
        both(
            bars,
            unknown["court_bars"],
            c["court_dishonest_now"] >= 1,
            unknown["court_dishonest_now"],
        ),
        one("defaults", c["defaults"] >= LIMITS["defaults"]),
        both(
            c["debt_balance_now"] > 0,
            unknown["debt_balance_now"],
            bad_class,
            unknown["debt_class_now"],
        ),
        one("pd", c["pd"] >= LIMITS["pd"]),
        one("status_now", c["status_now"] == LIMITS["moved"]),
        one("court_bars", bars),
        one("debt_overdue_now", c["debt_overdue_now"] > 0),
        either(
            c["fake_trade"] >= LIMITS["fake_trade"],
            unknown["fake_trade"],
            c["worst_finding"] >= LIMITS["worst_finding"],
            unknown["worst_finding"],
        ),
        (unknown["sales_12m"], unknown["sales_12m"]),
        one("customer_top_share_12m", c["customer_top_share_12m"] > LIMITS["top"]),
        one("pd_high", c["pd_high"] >= LIMITS["pd"]),
        one("warned", c["warned"] == 1),
        one("offer_limit", c["offer_limit"] <= 0),
        either(
            c["amount"] > LIMITS["amount"],
            unknown["amount"],
            c["group_exposure"] > LIMITS["group"],
            unknown["group_exposure"],
        ),
        one("known", c["known"] == 1),
        both(
            c["known"] == 0, unknown["known"], c["pd"] < LIMITS["new_pd"], unknown["pd"]
        ),
    ]
    decided = np.select([maybe for _, maybe in rules], range(1, len(rules) + 1), 0)
    sure = np.select(
        [maybe for _, maybe in rules], [true for true, _ in rules], default=True
    )
    return np.where(sure, decided, -decided).astype(np.int16)


def floats_of(table: pa.Table) -> dict[str, np.ndarray]:
    """Return columns as `by_numpy` takes them."""
    texts = {"consent": "no", "tier": "risk_warning", "new_borrower": "no"}
    names = {"consent": "no_consent", "tier": "warned", "new_borrower": "known"}
    found = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if name in texts:
            values = pa.compute.equal(column, texts[name]).cast(pa.float64())
            found[names[name]] = values.to_numpy(zero_copy_only=False)
        elif name not in ("section", "region", "bad"):
            values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
            found[name] = values
    return found


_RULES: Final = (
    "consent = 'no'",
    "status_now >= 3",
    "court_bars >= 1 AND court_dishonest_now >= 1",
    f"defaults >= {LIMITS['defaults']}",
    "debt_balance_now > 0 AND debt_class_now >= 3",
    f"pd >= {LIMITS['pd']}::DOUBLE",
    "status_now = 2",
    "court_bars >= 1",
    "debt_overdue_now > 0",
    f"fake_trade >= {LIMITS['fake_trade']}::DOUBLE"
    f" OR worst_finding >= {LIMITS['worst_finding']}",
    "sales_12m IS NULL",
    f"customer_top_share_12m > {LIMITS['top']}::DOUBLE",
    f"pd_high >= {LIMITS['pd']}::DOUBLE",
    "tier = 'risk_warning'",
    "offer_limit <= 0",
    f"amount > {LIMITS['amount']} OR group_exposure > {LIMITS['group']}",
    "new_borrower = 'no'",
    f"new_borrower = 'yes' AND pd < {LIMITS['new_pd']}::DOUBLE",
)
"""SQL's own logic of three values is Kleene's."""

SQL: Final = (
    "SELECT CASE "  # noqa: S608 - composed of constants alone
    + " ".join(
        f"WHEN ({rule}) THEN {place} WHEN ({rule}) IS NULL THEN {-place}"
        for place, rule in enumerate(_RULES, 1)
    )
    + " ELSE 0 END AS decided FROM applications"
)
