"""What of the county's life becomes known to the bank, and when."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import Source
from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.columns import dates, picked
from xiaowei.simulate.consents import Consents, draw_consents
from xiaowei.simulate.history import County
from xiaowei.simulate.people import People, draw_people

T = TypeVar("T")

LAGS: Final[Mapping[str, tuple[int, int]]] = {
    "enterprises": (0, 1),
    "owners": (3, 20),
    "registry_changes": (5, 30),
    "sales_invoices": (0, 3),
    "purchase_invoices": (0, 3),
    "invoice_limits": (0, 3),
    "tax_filings": (1, 6),
    "tax_credit": (5, 20),
    "electricity": (1, 4),
    "meters": (1, 10),
    "water": (4, 12),
    "utility_bills": (1, 4),
    "bank_flows": (0, 2),
    "social_security": (4, 15),
    "payroll": (1, 6),
    "bureau_loans": (5, 13),
    "bureau_guarantees": (3, 30),
    "bureau_enquiries": (1, 4),
    "court_cases": (5, 45),
    "intellectual_property": (10, 60),
    "memberships": (5, 40),
    "surveys": (1, 6),
    "training": (0, 4),
    "consents": (0, 1),
    "loans": (0, 2),
    "repayments": (0, 2),
    "applications": (0, 1),
    "credit_history": (0, 1),
    "declarations": (0, 1),
    "statements": (30, 150),
    "order_claims": (0, 1),
}
"""Days from a fact to its being known, least and one more than most, by source."""


@dataclass(frozen=True, slots=True)
class Book:
    """What one file of a source says.

    Args:
        source: whose file it is.
        table: its columns by our names, in the contract's order.
        part: what tells files of one source apart, e.g. a year; may be empty.
    """

    source: Source
    table: pa.Table
    part: str = ""


@dataclass(slots=True)
class Observer:
    """Writes down what becomes known.

    Args:
        county: what was lived.
        seed: of chance; each source has a stream of its own.
    """

    county: County
    seed: tuple[int, ...]
    consents: Consents = field(init=False)
    people: People = field(init=False)
    _streams: dict[str, np.random.Generator] = field(init=False, default_factory=dict)
    _drawn: dict[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Draw who agrees to what, and who owns what."""
        world = self.county.world
        self.consents = draw_consents(world, rng=self.chance("consents"))
        self.people = draw_people(world, rng=self.chance("people"))

    def chance(self, name: str) -> np.random.Generator:
        """Return the stream of one source."""
        if name not in self._streams:
            words = [*self.seed, zlib.crc32(name.encode())]
            self._streams[name] = np.random.Generator(np.random.PCG64(words))
        return self._streams[name]

    def once(self, name: str, draw: Callable[[], T]) -> T:
        """Return what several books tell of, drawn for the first of them."""
        if name not in self._drawn:
            self._drawn[name] = draw()
        drawn: T = self._drawn[name]
        return drawn

    def closed(self, firm: Ints, day: Ints) -> Flags:
        """Say which firms had closed for good by a day of their own.

        Args:
            firm: their places.
            day: by number, one for each.
        """
        return np.asarray(day >= self.county.life.treasury.closes_on[firm])

    def lag(self, source: Source, count: int) -> Ints:
        """Draw after how many days each of some facts becomes known."""
        return self.chance(source.name).integers(*LAGS[source.name], count)

    def book(
        self,
        source: Source,
        *,
        firm: Ints,
        happened: Ints,
        columns: Mapping[str, pa.Array],
        known: Ints | None = None,
    ) -> Book:
        """Return what a source says of facts that are known by the last day.

        Args:
            source: whose file it is.
            firm: whose fact each row is.
            happened: day by number.
            columns: the source's other columns.
            known: day by number; drawn where not given. What had happened before the
                first day delivered was known on that day, and what needs consent not
                before it was given.
        """
        world = self.county.world
        if known is None:
            known = np.maximum(happened, world.first_day) + self.lag(source, len(firm))
        if source.asks_consent:
            known = np.maximum(known, self.consents.signed[firm])
        told = (known < world.days.count) & self.consents.open(
            source.family, firm=firm, day=known
        )
        whole = {
            "enterprise_id": picked(world.firms.codes, firm),
            "happened_on": dates(world.days, happened),
            **columns,
            "known_on": dates(world.days, known),
        }
        return Book(source, _chosen(source, whole, told))

    def some(self, name: str, share: float | Floats, count: int) -> Flags:
        """Draw a share of some rows by the stream of a source."""
        return np.asarray(self.chance(name).random(count) < share)


def _chosen(source: Source, columns: Mapping[str, pa.Array], told: Flags) -> pa.Table:
    named = [c.name for c in source.columns if c.name in columns]
    table = pa.table({name: columns[name] for name in named})
    return table if told.all() else table.filter(pa.array(told))
