"""Who deceives the bank, how, from when on, how much, and how well it is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from xiaowei.simulate.arrays import Flags, Floats, Ints
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.seasons import Days

FraudKind = Literal[
    "fake_sales",
    "fake_sales_powered",
    "circular",
    "void_after_issue",
    "under_declared",
    "shell",
    "ghost_staff",
    "loan_stacking",
    "bust_out",
    "related_party",
    "carousel",
    "washed_flows",
    "packaged",
]

KINDS: Final[tuple[FraudKind, ...]] = (
    "fake_sales",
    "fake_sales_powered",
    "circular",
    "void_after_issue",
    "under_declared",
    "shell",
    "ghost_staff",
    "loan_stacking",
    "bust_out",
    "related_party",
    "carousel",
    "washed_flows",
    "packaged",
)
"""Invented sales while meters stand still, or with power burned for show; a ring that
sells in a circle; invoices voided at a month's end; sales hidden from the tax office; a
shell that lives for a burst; staff on paper; loans of many lenders between two reports
of the bureau; one large loan after small ones and then nothing; sales to the owner's
other firm; purchases that fit no product; money in and out on a day; clients of one
agent with one template."""

RING: Final = 3
"""A ring, and an agent's clients, are at least so many firms."""

MOST_CAMOUFLAGE: Final = 3
"""From 0, nothing is hidden, to 3, naive checks find nothing."""

HIDDEN_FROM: Final = 2
"""From this camouflage on nobody sees that a shell is one."""

SHELL_SIZE: Final = 0.06
"""What a shell truly trades beside a firm of its kind."""

_PAIR: Final = 2
_GROUPS: Final[Mapping[FraudKind, tuple[int, int]]] = {
    "circular": (RING, 4),
    "packaged": (RING, 5),
    "related_party": (_PAIR, _PAIR),
}
"""Least and usual size of what acts together."""

_QUOTAS: Final[Mapping[FraudKind, float]] = {
    "circular": 0.18,
    "packaged": 0.16,
    "related_party": 0.11,
    "fake_sales": 0.10,
    "fake_sales_powered": 0.05,
    "void_after_issue": 0.05,
    "under_declared": 0.05,
    "shell": 0.05,
    "ghost_staff": 0.05,
    "loan_stacking": 0.05,
    "bust_out": 0.05,
    "carousel": 0.05,
    "washed_flows": 0.05,
}
_INTENSITY: Final[Mapping[FraudKind, tuple[float, float]]] = {
    "fake_sales": (0.6, 2.0),
    "fake_sales_powered": (0.6, 2.0),
    "circular": (0.5, 1.2),
    "void_after_issue": (0.4, 0.9),
    "under_declared": (0.25, 0.55),
    "shell": (10.0, 25.0),
    "ghost_staff": (0.5, 1.5),
    "loan_stacking": (0.5, 1.0),
    "bust_out": (0.4, 0.8),
    "related_party": (0.4, 1.0),
    "carousel": (0.3, 0.8),
    "washed_flows": (0.5, 1.5),
    "packaged": (0.5, 1.2),
}
_SINCE: Final = (0.4, 0.7)
_FOUND_OUT_AFTER: Final = (245, 400)
_WEAK_FIRST: Final = -0.5
_TOO_WEAK: Final = -0.01
_UNLIKELY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Frauds:
    """What is not true in the county.

    Args:
        kind: place in `KINDS` of each firm's fraud, -1 for honest firms.
        since: first month of it by number; 0 for honest firms.
        intensity: as a share of true sales, of a year's where it is a loan, of true
            staff where it is staff; 0 for honest firms.
        camouflage: 0..3; 0 for honest firms.
        groups: firms that act together, kind by kind; a ring stands in the order in
            which its firms sell to each other.
    """

    kind: Ints
    since: Ints
    intensity: Floats
    camouflage: Ints
    groups: Mapping[FraudKind, tuple[tuple[int, ...], ...]]

    @property
    def rings(self) -> tuple[tuple[int, ...], ...]:
        """Return the firms of each ring, in order."""
        return self.groups["circular"]

    def of_kind(self, kind: FraudKind) -> list[int]:
        """Return the firms that commit one kind of fraud."""
        return np.flatnonzero(self.kind == KINDS.index(kind)).tolist()

    def is_kind(self, *kinds: FraudKind) -> Flags:
        """Return which firms commit one of some kinds of fraud."""
        return np.isin(self.kind, [KINDS.index(kind) for kind in kinds])

    def declared(self, months: int) -> Floats:
        """Return the share of sales that each firm declares.

        Args:
            months: how many months the county lives.

        Returns:
            Shape: one row per month, one column per firm; 0..1.
        """
        hides = self.is_kind("under_declared")
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
        if name in {"fake_sales", "fake_sales_powered"}:
            weight = weight * np.where(plants, 1.0, _UNLIKELY)
        found = min(wanted, int((weight > 0).sum()))
        found -= found % _PAIR if name == "related_party" else 0
        if found and (name not in _GROUPS or found >= _GROUPS[name][0]):
            chosen = rng.choice(
                firms.count, size=found, replace=False, p=weight / weight.sum()
            )
            kind[chosen] = KINDS.index(name)
    bounds = np.array([*(_INTENSITY[name] for name in KINDS), (0.0, 0.0)])[kind]
    first, end = months
    begun = first + rng.uniform(*_SINCE, firms.count) * (end - first)
    since = np.where(kind >= 0, begun, 0).astype(np.int64)
    intensity = rng.uniform(bounds[:, 0], bounds[:, 1])
    camouflage = rng.integers(0, MOST_CAMOUFLAGE + 1, firms.count) * (kind >= 0)
    groups = {
        name: tuple(
            tuple(part.tolist())
            for part in _parted(
                rng.permutation(np.flatnonzero(kind == KINDS.index(name))), size=usual
            )
        )
        for name, (_, usual) in _GROUPS.items()
    }
    for members in (group for parts in groups.values() for group in parts):
        for column in (since, intensity, camouflage):
            column[list(members)] = column[members[0]]
    return Frauds(kind, since, intensity, camouflage, groups)


def struck_off(frauds: Frauds, *, days: Days, rng: np.random.Generator) -> Ints:
    """Return the day on which a badly hidden shell is found out and struck off.

    Args:
        frauds: who deceives.
        days: the days.
        rng: where chance comes from.

    Returns:
        A day by number for each firm; beyond the last for all others.
    """
    wait = rng.integers(*_FOUND_OUT_AFTER, len(frauds.kind))
    found = frauds.is_kind("shell") & (frauds.camouflage < HIDDEN_FROM)
    return np.where(found, days.starts[frauds.since] + wait, days.count)


def _quotas(wanted: int) -> dict[FraudKind, int]:
    """Share out the wanted number; what is too little for a group is invented sales.

    >>> [count for count in _quotas(18).values()]
    [3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    """
    exact = np.array(list(_QUOTAS.values())) * wanted
    counts = np.floor(exact + 1e-9).astype(np.int64)
    most_left = np.argsort(counts - exact, kind="stable")
    counts[most_left[: wanted - counts.sum()]] += 1
    quotas = dict(zip(_QUOTAS, counts.tolist(), strict=True))
    odd = quotas["related_party"] % _PAIR
    quotas["related_party"] -= odd
    quotas["fake_sales"] += odd
    for name, (least, _) in _GROUPS.items():
        if quotas[name] < least:
            quotas["fake_sales"] += quotas[name]
            quotas[name] = 0
    return quotas


def _parted(members: Ints, *, size: int) -> list[Ints]:
    """Part firms into groups of about a size.

    >>> [len(ring) for ring in _parted(np.arange(11), size=4)]
    [4, 4, 3]
    """
    if len(members) == 0:
        return []
    return np.array_split(members, max(round(len(members) / size), 1))
