"""What is known of a firm's money month by month as of a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

import numpy as np

from xiaowei.errors import InputError
from xiaowei.money import Fen
from xiaowei.offers.limits.season import Floats, month_after

Source: TypeAlias = Literal["bank", "invoices"]

_PARTS: Final = ("received", "bought", "upkeep", "taxes", "drawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Complete calendar months of a firm's money without a gap, oldest first.

    Args:
        first: first day of the first month.
        received: fen that came for what was sold, 0 or more.
        bought: fen that went for goods and all else that follows sales, likewise.
        upkeep: fen that went for wages, social security, rent, power and water.
        taxes: fen that went to the tax office.
        drawn: fen that the owner took.
        closes: fen with which the accounts closed each month; NaN where unknown.
        service_fen: what loans there are cost in a month; it is taken to last.
        source: whether accounts or invoices tell it.

    Raises:
        HistoryError: it cannot be; every fault is named.
    """

    first: date
    received: Floats
    bought: Floats
    upkeep: Floats
    taxes: Floats
    drawn: Floats
    closes: Floats
    service_fen: Fen
    source: Source

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        faults = list(_faults(self))
        if faults:
            raise HistoryError(faults)

    @property
    def months(self) -> int:
        """How many months are known."""
        return len(self.received)

    @property
    def varying(self) -> Floats:
        """Fen that went for what follows sales: goods and taxes."""
        return self.bought + self.taxes

    @property
    def paid(self) -> Floats:
        """Fen that went for all but loans and the owner."""
        return self.varying + self.upkeep

    def latest(self, months: int) -> "History":
        """Return the latest months alone.

        Args:
            months: most that are kept.
        """
        from_place = max(self.months - months, 0)
        kept = {name: getattr(self, name)[from_place:] for name in (*_PARTS, "closes")}
        return History(
            first=month_after(self.first, months=from_place),
            service_fen=self.service_fen,
            source=self.source,
            **kept,
        )


class HistoryError(InputError):
    """A history of months cannot be as it is; all faults are named at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            "the months of money cannot be: " + "; ".join(faults),
            expected="as many months of each kind, whole amounts of 0 or more, the"
            " first month by its first day",
            remedy="Correct them and ask for the limit again",
        )


def _faults(one: History) -> Iterator[str]:
    if one.first.day != 1:
        yield f"a first month that begins on {one.first}"
    if one.service_fen < 0:
        yield f"service of {one.service_fen} fen"
    for name in _PARTS:
        values = getattr(one, name)
        if len(values) != one.months:
            yield f"{len(values)} months of '{name}' beside {one.months}"
        elif not np.isfinite(values).all() or (values < 0).any():
            yield f"an amount of '{name}' that is below 0 or none"
    if len(one.closes) != one.months:
        yield f"{len(one.closes)} months of 'closes' beside {one.months}"
