"""A world in which nobody deceives, and liars to plant in it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from tests.factories import arrow, invoice

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

AS_OF = date(2020, 2, 29)
MONTHS = 24
A_MONTH = 4
REDS = 12


@dataclass(frozen=True, slots=True)
class Honest:
    """Facts of firms F0, F1, ... that tell the truth."""

    invoices: pa.Table


def honest(seed: int, *, firms: int = 200) -> Honest:
    """Draw a world; firms differ in size, in slips and in when they bill."""
    rng = np.random.default_rng(seed)
    firm = np.repeat(np.arange(firms), MONTHS * A_MONTH)
    month = np.tile(np.repeat(np.arange(MONTHS), A_MONTH), firms)
    level = _wander(firms, sd=0.80, rng=rng) + rng.normal(13, 1, (firms, 1))
    net = np.exp(level[firm, month] + rng.normal(0, 0.6, len(firm))).astype(np.int64)
    at_end = rng.random(len(firm)) < rng.beta(3, 9, firms)[firm]
    voided = rng.random(len(firm)) < rng.beta(4, 12, firms)[firm]
    sales = _sales(firm, net, day=_days(month, at_end, rng=rng), voided=voided)
    red = _reds(firm, net, voided, firms=firms, rng=rng)
    return Honest(pa.concat_tables([sales, red]))


def _wander(firms: int, *, sd: float, rng: np.random.Generator) -> Floats:
    """Return monthly logarithms that remember three tenths of the month before."""
    shock = rng.normal(size=(firms, MONTHS))
    for n in range(1, MONTHS):
        shock[:, n] = 0.3 * shock[:, n - 1] + np.sqrt(1 - 0.09) * shock[:, n]
    return np.asarray(sd * shock)


def _days(
    month: Ints, at_end: NDArray[np.bool_], *, rng: np.random.Generator
) -> NDArray[np.datetime64]:
    first = np.datetime64(AS_OF, "M") - month
    after = (first + 1).astype("datetime64[D]")
    early = first.astype("datetime64[D]") + rng.integers(0, 22, len(month))
    return np.where(at_end, after - rng.integers(1, 7, len(month)), early)


def _reds(
    firm: Ints,
    net: Ints,
    voided: NDArray[np.bool_],
    *,
    firms: int,
    rng: np.random.Generator,
) -> pa.Table:
    """Return reversals on the last day, some of originals older than the data."""
    able = np.flatnonzero(~voided)
    taken = rng.permutation(able)[: REDS * firms]
    older = rng.random(len(taken)) < rng.beta(1, 6, firms)[firm[taken]]
    amount = np.where(older, net[taken] + 1, net[taken])
    return _sales(
        firm[taken],
        -amount,
        day=np.full(len(taken), np.datetime64(AS_OF)),
        voided=np.zeros(len(taken), dtype=np.bool_),
    )


def _sales(
    firm: Ints,
    net: Ints,
    *,
    day: NDArray[np.datetime64],
    voided: NDArray[np.bool_],
) -> pa.Table:
    count = len(firm)
    return _filled(
        arrow("invoices", [invoice()]),
        {
            "enterprise_id": [f"F{n}" for n in firm],
            "happened_on": day.astype("datetime64[D]"),
            "known_on": day.astype("datetime64[D]"),
            "net_fen": net,
            "total_fen": net * 113 // 100,
            "tax_fen": net * 113 // 100 - net,
            "state": np.where(voided, "voided", "valid"),
            "invoice_no": [f"{one}-{n}" for n, one in enumerate(firm)],
            "line": np.arange(2, count + 2),
        },
        count,
    )


def _filled(one: pa.Table, columns: dict[str, object], count: int) -> pa.Table:
    """Return a table with these columns; the others repeat those of one row."""
    return pa.table(
        {
            name: pa.array(
                columns.get(name, [one[name][0].as_py()] * count),
                one.schema.field(name).type,
            )
            for name in one.column_names
        }
    )
