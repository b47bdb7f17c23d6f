"""Trade among firms drawn at random, and rings planted in it."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa
from tests.factories import Row, arrow, invoice

START = date(2019, 1, 1)
MONTHS = 12
AS_OF = date(2019, 12, 31)


def sold(seller: str, buyer: str, *, on: date, net_fen: int, **more: object) -> Row:
    """A sale from one firm to another with 13% tax."""
    return invoice(
        **{
            "enterprise_id": seller,
            "counterparty_id": buyer,
            "happened_on": on,
            "net_fen": net_fen,
            "tax_fen": net_fen * 13 // 100,
        }
        | more
    )


def ring(
    *firms: str,
    month: date = START,
    first_fen: int = 50_000_000,
    fee: float = 0.05,
    apart: int = 5,
) -> list[Row]:
    """Sales once round these firms; a leg every so many days, less at each."""
    whom = [*firms[1:], firms[0]]
    return [
        sold(
            firms[n],
            whom[n],
            on=month + timedelta(days=2 + n * apart),
            net_fen=round(first_fen * (1 - fee) ** n),
        )
        for n in range(len(firms))
    ]


def rounds(*firms: str, months: int, **how: object) -> list[Row]:
    """Such a ring in each of the first months, of another value each."""
    return [
        row
        for n in range(months)
        for row in ring(
            *firms,
            month=date(2019, 1 + n, 1),
            **{"first_fen": 40_000_000 + 7_000_000 * (n % 4)} | how,  # type: ignore[arg-type]
        )
    ]


@cache
def crowd(seed: int, *, firms: int = 120, partners: int = 5) -> pa.Table:
    """Sales of firms to each other: standing partners, sizes and days of their own."""
    rng = np.random.default_rng(seed)
    size = rng.normal(16, 1, firms)
    rows: list[Row] = []
    for one in range(firms):
        for other in rng.choice(firms, partners, replace=False):
            if one != other:
                rows += _standing(rng, one, int(other), (size[one] + size[other]) / 2)
    return arrow("invoices", rows)


def _standing(
    rng: np.random.Generator, one: int, other: int, level: float
) -> list[Row]:
    """Sales of a pair in most months, at month ends or on a day of their own."""
    day = 28 if rng.random() < 0.3 else int(rng.integers(1, 28))
    own = level + rng.normal(0, 0.8)
    return [
        sold(
            f"F{one}",
            f"F{other}",
            on=date(2019, month, day),
            net_fen=int(np.exp(own + rng.normal(0, 0.6))),
        )
        for month in range(1, MONTHS + 1)
        if rng.random() < 0.7
    ]
