"""Six sides of a portrait, each as the firm's place among its peers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xiaowei.said import Said

Floats = NDArray[np.float64]

MIN_PEERS: Final = 20
"""An industry with fewer firms is compared with all firms instead."""

_DIVISION: Final = 3
"""A code of GB/T 4754 begins with its section and division, such as C13."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a portrait.

    Args:
        key: unique.
        title: what it is called.
        traits: what it is the mean of; a minus before the name where less is better.
    """

    key: str
    title: Said
    traits: tuple[str, ...]


AXES: Final = (
    Axis("scale", Said("规模", "Scale"), ("sales_12m", "purchases_12m")),
    Axis("growth", Said("成长", "Growth"), ("sales_growth_12m", "sales_growth_6m")),
    Axis(
        "evenness",
        Said("平稳", "Evenness"),
        ("-sales_variation_24m", "-purchases_variation_24m"),
    ),
    Axis(
        "presence",
        Said("活跃", "Presence"),
        ("sales_active_months_12m", "purchases_active_months_12m", "-sales_days_since"),
    ),
    Axis(
        "partners",
        Said("伙伴", "Partners"),
        ("-customer_hhi_12m", "customer_kept_share_12m", "supplier_kept_share_12m"),
    ),
    Axis(
        "care",
        Said("规范", "Care of books"),
        ("-sales_void_share_24m", "-sales_red_share_24m"),
    ),
)


def radar(
    traits: Mapping[str, Floats], *, industries: Sequence[str | None]
) -> dict[str, list[float | None]]:
    """Return each firm's place among its peers on each axis.

    Args:
        traits: Shape: a column per trait, one number per firm; NaN where unknown.
        industries: per firm its industry; peers are those of the same section and
            division where at least MIN_PEERS are, else all firms.

    Returns:
        axis to one share per firm: 0 worst, 1 best, 0.5 in the middle; null where no
        trait of the axis is known.
    """
    groups = peer_groups(industries)
    return {axis.key: _axis(axis, traits, groups=groups) for axis in AXES}


def peer_groups(industries: Sequence[str | None]) -> list[NDArray[np.int64]]:
    """Return for each firm the places of its peers, itself among them."""
    everyone = np.arange(len(industries))
    keys = [(industry or "")[:_DIVISION] for industry in industries]
    members: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        members.setdefault(key, []).append(place)
    groups = {
        key: np.array(places)
        for key, places in members.items()
        if key and len(places) >= MIN_PEERS
    }
    return [groups.get(key, everyone) for key in keys]


def _axis(
    axis: Axis,
    traits: Mapping[str, Floats],
    *,
    groups: Sequence[NDArray[np.int64]],
) -> list[float | None]:
    sides = []
    for stated in axis.traits:
        values = traits[stated.lstrip("-")] * (-1 if stated.startswith("-") else 1)
        sides.append(_places(values, groups))
    known = np.sum([~np.isnan(side) for side in sides], axis=0)
    sums = np.sum([np.nan_to_num(side) for side in sides], axis=0)
    means = np.divide(sums, known, out=np.full(len(groups), np.nan), where=known > 0)
    return [None if np.isnan(mean) else round(float(mean), 4) for mean in means]


def _places(values: Floats, groups: Sequence[NDArray[np.int64]]) -> Floats:
    """Return each firm's place among its peers; half of those equal are below it."""
    places = np.full(len(values), np.nan)
    compared: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        if not np.isnan(values[place]):
            compared.setdefault(id(group), []).append(place)
    for firms in compared.values():
        peers = values[groups[firms[0]]]
        peers = np.sort(peers[~np.isnan(peers)])
        mine = values[firms]
        below = np.searchsorted(peers, mine, side="left")
        upto = np.searchsorted(peers, mine, side="right")
        places[firms] = (below + upto) / 2 / len(peers)
    return places
