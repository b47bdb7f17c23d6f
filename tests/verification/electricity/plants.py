"""Plants whose sales follow their electricity, and the facts that tell of them."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tests.factories import Row, arrow, invoice, reading

Floats = NDArray[np.float64]

AS_OF = date(2020, 2, 29)
MONTHS = 36


def wander(
    rng: np.random.Generator, firms: int, *, sd: float, months: int = MONTHS
) -> Floats:
    """Return monthly logarithms that remember three tenths of the month before."""
    shock = rng.normal(size=(firms, months))
    for n in range(1, months):
        shock[:, n] = 0.3 * shock[:, n - 1] + np.sqrt(1 - 0.09) * shock[:, n]
    return np.asarray(sd * shock)


def plants(
    rng: np.random.Generator,
    firms: int,
    *,
    elasticity: float | Floats = 0.8,
    sales_sd: float = 0.5,
    power_sd: float = 0.4,
    months: int = MONTHS,
) -> tuple[Floats, Floats]:
    """Return monthly sales and electricity. Shape: one row per firm."""
    season = 0.4 * np.sin(np.arange(months) * np.pi / 6)
    power = wander(rng, firms, sd=power_sd, months=months)
    sales = np.reshape(elasticity, (-1, 1)) * power
    sales = sales + wander(rng, firms, sd=sales_sd, months=months) + season
    size = rng.normal(0, 1, (firms, 1))
    return np.exp(sales + size + 16), np.exp(power + 0.5 * season + size + 7)


def facts(
    sales: Floats, kwh: Floats, *, names: Sequence[str], meters: Sequence[Row] = ()
) -> dict[str, pa.Table]:
    """Return monthly sales and readings as invoices, electricity and meters."""
    ends = [month_end(back) for back in range(sales.shape[1])][::-1]
    invoices = [
        invoice(enterprise_id=name, happened_on=day, net_fen=int(amount))
        for name, row in zip(names, sales, strict=True)
        for day, amount in zip(ends, row, strict=True)
        if not np.isnan(amount)
    ]
    readings = [
        reading(enterprise_id=name, meter=f"M-{name}", happened_on=day, kwh=float(used))
        for name, row in zip(names, kwh, strict=True)
        for day, used in zip(ends, row, strict=True)
        if not np.isnan(used)
    ]
    told = {
        "invoices": arrow("invoices", invoices),
        "electricity": arrow("electricity", readings),
    }
    return told | ({"meters": arrow("meters", meters)} if meters else {})


def month_end(back: int) -> date:
    """Return the last day of the month so many before AS_OF's."""
    first = np.datetime64(AS_OF, "M") - back
    day = (first + 1).astype("datetime64[D]") - 1
    return date.fromisoformat(str(day))


def meter(enterprise_id: str, **stated: object) -> Row:
    """A meter of 100 kVA that is the firm's alone."""
    return {
        "enterprise_id": enterprise_id,
        "meter": f"M-{enterprise_id}",
        "capacity_kva": 100.0,
        "shared": "no",
        "own_power": "no",
        "happened_on": date(2015, 1, 1),
    } | stated
