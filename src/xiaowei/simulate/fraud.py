"""Who deceives the bank, how, from when on, and with which invoices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.firms import Firms

FraudKind = Literal["fake_sales", "circular", "void_after_issue", "under_declared"]

KINDS: Final[tuple[FraudKind, ...]] = (
    "fake_sales",
    "circular",
    "void_after_issue",
    "under_declared",
)
"""Invented sales; a ring; invoices voided at month's end; sales hidden from the tax."""

RING: Final = 3
"""A ring needs at least so many firms."""

_QUOTAS: Final[Mapping[FraudKind, float]] = {
    "fake_sales": 0.34,
    "circular": 0.28,
    "void_after_issue": 0.19,
    "under_declared": 0.19,
}
_INTENSITY: Final[Mapping[FraudKind, tuple[float, float]]] = {
    "fake_sales": (0.6, 2.0),
    "circular": (0.5, 1.2),
    "void_after_issue": (0.4, 0.9),
    "under_declared": (0.25, 0.55),
}
_SINCE: Final = (0.4, 0.7)
_RING_SIZE: Final = 4
_WEAK_FIRST: Final = -0.5
_TOO_WEAK: Final = -0.01
_UNLIKELY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Frauds:
    """What is not true in the county.

    Args:
        kind: place in `KINDS` of each firm's fraud, -1 for honest firms.
        since: first month of it by number; 0 for honest firms.
        intensity: as a share of true sales: invented, circled or voided on top of
            them, or hidden from the tax office; 0 for honest firms.
        rings: firms of each ring in the order in which they sell to each other.
    """

    kind: Ints
    since: Ints
    intensity: Floats
    rings: tuple[tuple[int, ...], ...]

    def of_kind(self, kind: FraudKind) -> list[int]:
        """Return the firms that commit one kind of fraud."""
        return np.flatnonzero(self.kind == KINDS.index(kind)).tolist()

    def declared(self, months: int) -> Floats:
        """Return the share of sales that each firm declares.

        Args:
            months: how many months the county lives.

        Returns:
            Shape: one row per month, one column per firm; 0..1.
        """
        hides = self.kind == KINDS.index("under_declared")
        hides = hides & (np.arange(months)[:, None] >= self.since)
        return np.where(hides, 1 - self.intensity, 1.0)


def draw_frauds(
    firms: Firms,
    *,
    share: float,
    metered: Flags,
    months: tuple[int, int],
    rng: np.random.Generator,
) -> Frauds:
    """Draw who deceives; weak firms are likelier to, but they must live to do it.

    Args:
        firms: the firms.
        share: of all firms, 0..1.
        metered: whose meters are read: plants among them are where invented sales are
            most likely, so that power can be set against them.
        months: numbers of the first month delivered and of the first after the last.
        rng: where chance comes from.
    """
    kind = np.full(firms.count, -1, dtype=np.int64)
    eligible = (firms.opens == 0) & ~firms.small_scale
    eligible &= firms.margin > _TOO_WEAK
    plants = metered & np.array([trade.is_plant for trade in firms.trades])
    for name, wanted in _quotas(round(share * firms.count)).items():
        weight = np.exp(_WEAK_FIRST * firms.quality) * eligible * (kind < 0)
        if name == "fake_sales":
            weight = weight * np.where(plants, 1.0, _UNLIKELY)
        found = min(wanted, int((weight > 0).sum()))
        if found and (name != "circular" or found >= RING):
            chosen = rng.choice(
                firms.count, size=found, replace=False, p=weight / weight.sum()
            )
            kind[chosen] = KINDS.index(name)
    bounds = np.array([*_INTENSITY.values(), (0.0, 0.0)])[kind]
    first, end = months
    begun = first + rng.uniform(*_SINCE, firms.count) * (end - first)
    ring = rng.permutation(np.flatnonzero(kind == KINDS.index("circular")))
    rings = tuple(tuple(part.tolist()) for part in _parted(ring))
    since = np.where(kind >= 0, begun, 0).astype(np.int64)
    intensity = rng.uniform(bounds[:, 0], bounds[:, 1])
    for members in rings:
        since[list(members)] = since[members[0]]
        intensity[list(members)] = intensity[members[0]]
    return Frauds(kind=kind, since=since, intensity=intensity, rings=rings)


def _quotas(wanted: int) -> dict[FraudKind, int]:
    """Share out the wanted number; what is too little for a ring is invented sales.

    >>> _quotas(18)
    {'fake_sales': 6, 'circular': 5, 'void_after_issue': 4, 'under_declared': 3}
    """
    bounds = np.cumsum([0.0, *_QUOTAS.values()]) * wanted
    counts = np.diff(np.rint(bounds).astype(np.int64)).tolist()
    quotas = dict(zip(_QUOTAS, counts, strict=True))
    if quotas["circular"] < RING:
        quotas["fake_sales"] += quotas["circular"]
        quotas["circular"] = 0
    return quotas


def _parted(members: Ints) -> list[Ints]:
    """Part the members of rings into rings of three to five.

    >>> [len(ring) for ring in _parted(np.arange(11))]
    [4, 4, 3]
    """
    if len(members) == 0:
        return []
    return np.array_split(members, max(round(len(members) / _RING_SIZE), 1))
