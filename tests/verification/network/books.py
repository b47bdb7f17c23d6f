"""Sales of firms to customers of their own over years: an honest world of books."""

from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tests.factories import arrow, invoice

AS_OF = date(2019, 12, 31)
WEEKS = 150
FIRMS = 160
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def sales(firm: Ints, customer: list[str], day: Ints, net: Floats) -> pa.Table:
    """Return valid sales of firms F0, F1, ...; days are counted back from AS_OF."""
    count = len(firm)
    one = arrow("invoices", [invoice()])
    on = np.datetime64(AS_OF, "D") - day
    fen = net.astype(np.int64)
    columns = {
        "enterprise_id": [f"F{n}" for n in firm],
        "counterparty_id": customer,
        "happened_on": on,
        "known_on": on,
        "net_fen": fen,
        "total_fen": fen,
        "invoice_no": [f"N{n}-{one}" for n, one in enumerate(firm)],
        "line": np.arange(2, count + 2),
    }
    return pa.table(
        {
            name: pa.array(
                columns.get(name, [one[name][0].as_py()] * count),
                one.schema.field(name).type,
            )
            for name in one.column_names
        }
    )


@cache
def books(seed: int) -> pa.Table:
    """Return weekly sales of firms that all have a New Year, and customers that turn.

    A firm has twelve customers at a time, of whom one leaves about every ten weeks;
    a tenth of new ones also buy from others.
    """
    rng = np.random.default_rng(seed)
    season = 0.5 * np.sin(np.arange(WEEKS) / 8.3) - 1.5 * (np.arange(WEEKS) % 52 == 5)
    follows = rng.uniform(0.3, 1.5, (FIRMS, 1))
    level = rng.normal(15, 1, (FIRMS, 1)) + follows * season
    level = level + rng.normal(0, 0.7, (FIRMS, WEEKS))
    firm, week = np.nonzero(rng.random((FIRMS, WEEKS)) < 0.9)
    met = (WEEKS - 1 - week) // 10 + rng.integers(0, 12, len(firm))
    shared = (met * 7 + firm) % 10 == 0
    customer = [
        f"S{m}-{int(f) % 40}" if also else f"C{f}-{m}"
        for f, m, also in zip(firm, met, shared, strict=True)
    ]
    day = week * 7 + rng.integers(0, 7, len(firm))
    return sales(firm, customer, day, np.exp(level[firm, week]))
