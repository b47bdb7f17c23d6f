"""What each firm agrees to have looked at, since when, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.facts.sources import SOURCES
from xiaowei.simulate.arrays import Flags, Ints
from xiaowei.simulate.world import World

AGREE: Final[Mapping[str, float]] = {
    "invoices": 0.99,
    "invoice_limits": 0.95,
    "tax_filings": 0.98,
    "tax_credit": 0.98,
    "electricity": 1.0,
    "meters": 1.0,
    "water": 0.75,
    "utility_bills": 0.8,
    "bank_flows": 0.72,
    "social_security": 0.9,
    "payroll": 0.6,
    "bureau_loans": 0.96,
    "bureau_guarantees": 0.96,
    "bureau_enquiries": 0.96,
}
"""Share of firms that agree, by family; of meters, of those that let them be read."""

_WITHDRAWN: Final = 0.02
_SIGNED_BEFORE: Final = (20, 400)
_VALID_YEARS: Final = (3, 5)
_DAYS_A_YEAR: Final = 365


@dataclass(frozen=True, slots=True)
class Consents:
    """Who agrees to what.

    Args:
        families: those that need consent, in order.
        agrees: Shape: one row per family, one column per firm.
        signed: day by number on which each firm signed; may be negative.
        withdrawn: day from which a family is closed again; beyond the last for most.
        years: for how long a signature holds; 0 for no end.
    """

    families: tuple[str, ...]
    agrees: Flags
    signed: Ints
    withdrawn: Ints
    years: Ints

    def open(self, family: str, *, firm: Ints, day: Ints) -> Flags:
        """Say which rows a source may hand over.

        Args:
            family: of the source.
            firm: whose row it is.
            day: on which it would be handed over, not before the firm signed.
        """
        if family not in self.families:
            return np.ones(len(firm), dtype=np.bool_)
        place = self.families.index(family)
        agreed = self.agrees[place, firm]
        return np.asarray(agreed & (day < self.withdrawn[place, firm]))


def draw_consents(world: World, *, rng: np.random.Generator) -> Consents:
    """Draw who agrees to what; a firm with much to hide agrees to less.

    Args:
        world: the firms.
        rng: where chance comes from.
    """
    families = tuple(dict.fromkeys(s.family for s in SOURCES if s.asks_consent))
    count, days = world.firms.count, world.days
    share = np.array([AGREE[family] for family in families])[:, None]
    odds = share / np.maximum(1 - share, 1e-9) * np.exp(0.3 * world.firms.quality)
    agrees = rng.random((len(families), count)) < odds / (1 + odds)
    read = world.meters.read(count)
    for family in ("electricity", "meters"):
        agrees[families.index(family)] = read
    before = world.first_day - rng.integers(*_SIGNED_BEFORE, count)
    signed = np.where(world.firms.opens > 0, world.firms.opens, before)
    leaves = rng.random(agrees.shape) < _WITHDRAWN
    when = rng.integers(world.first_day + 90, days.count, agrees.shape)
    withdrawn = np.where(leaves, np.maximum(when, signed + 30), days.count)
    years = rng.choice((0, *_VALID_YEARS), count)
    return Consents(families, agrees, signed, withdrawn, years)
