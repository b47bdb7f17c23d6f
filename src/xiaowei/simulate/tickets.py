"""Invoices as columns, and how a deal is cut under the face-value cap."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints

OUTSIDE: Final = -1
"""Stands for a firm outside the county, and for no link."""


@dataclass(frozen=True, slots=True)
class Tickets:
    """Invoices, one place each in every array.

    Args:
        seller, buyer: places of the firms, or `OUTSIDE`.
        partner: place in the pool of the one outside, or `OUTSIDE`.
        link: place of the county link, or `OUTSIDE`.
        day: day of issue by number.
        net: fen without tax, negative for red letters.
        tax: fen.
        voided: whether it was voided within its month.
        staged: whether nothing was delivered for it.
    """

    seller: Ints
    buyer: Ints
    partner: Ints
    link: Ints
    day: Ints
    net: Ints
    tax: Ints
    voided: Flags
    staged: Flags

    @property
    def count(self) -> int:
        """Say how many invoices there are."""
        return len(self.net)

    @property
    def total(self) -> Ints:
        """Return what each buyer owes, tax included."""
        return self.net + self.tax

    def where(self, chosen: Flags | Ints) -> "Tickets":
        """Return the chosen invoices, by flag or by place."""
        place = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return Tickets(*(getattr(self, column)[place] for column in _COLUMNS))

    def with_columns(
        self, *, day: Ints, net: Ints, tax: Ints, voided: bool = False
    ) -> "Tickets":
        """Return the same invoices with other days, amounts and state."""
        return Tickets(
            self.seller,
            self.buyer,
            self.partner,
            self.link,
            day,
            net,
            tax,
            np.full(self.count, voided),
            self.staged,
        )


_COLUMNS: Final = tuple(field.name for field in fields(Tickets))


def joined(parts: Sequence[Tickets]) -> Tickets:
    """Return the invoices of all parts, in their order."""
    return Tickets(
        *(
            np.concatenate([getattr(part, column) for part in parts])
            for column in _COLUMNS
        )
    )


def no_tickets() -> Tickets:
    """Return no invoices."""
    none = np.zeros(0, dtype=np.int64)
    no = np.zeros(0, dtype=np.bool_)
    return Tickets(none, none, none, none, none, none, none, no, no)


def cut(net: Ints, *, cap: Ints, fill: Floats) -> tuple[Ints, Ints]:
    """Cut deals into invoices, none above its seller's face-value cap.

    A deal above the cap becomes equal invoices just under it and one with the rest:
    this piles invoices up under the caps, as in real books.

    Args:
        net: deals in fen without tax, above 0.
        cap: face-value cap of each deal's seller in fen without tax.
        fill: how far each deal's invoices fill the cap, above 0, at most 1.

    Returns:
        For each invoice the place of its deal, and its net amount.

    >>> place, amount = cut(np.array([25, 3]), cap=np.array([10, 10]),
    ...                     fill=np.array([0.9, 0.9]))
    >>> place.tolist(), amount.tolist()
    ([0, 0, 0, 1], [9, 9, 7, 3])
    """
    full = np.maximum((cap * fill).astype(np.int64), 1)
    pieces = -(-net // full)
    place = np.repeat(np.arange(len(net)), pieces)
    amount = full[place]
    amount[np.cumsum(pieces) - 1] = net - full * (pieces - 1)
    return place, amount
