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
    by_industry: dict[str, list[int]] = {}
    for place, industry in enumerate(industries):
        by_industry.setdefault((industry or "")[:3], []).append(place)
    return [
        np.array(members)
        if (industry or "") and len(members) >= MIN_PEERS
        else everyone
        for industry in industries
        for members in [by_industry[(industry or "")[:3]]]
    ]


def _axis(
    axis: Axis,
    traits: Mapping[str, Floats],
    *,
    groups: Sequence[NDArray[np.int64]],
) -> list[float | None]:
    sides = []
    for stated in axis.traits:
        values = traits[stated.lstrip("-")] * (-1 if stated.startswith("-") else 1)
        sides.append([_place(values, at, group) for at, group in enumerate(groups)])
    return [_mean([side[at] for side in sides]) for at in range(len(groups))]


def _place(values: Floats, at: int, group: NDArray[np.int64]) -> float | None:
    mine = values[at]
    peers = values[group]
    peers = peers[~np.isnan(peers)]
    if np.isnan(mine) or not len(peers):
        return None
    below = float((peers < mine).sum()) + 0.5 * float((peers == mine).sum())
    return below / len(peers)


def _mean(places: Sequence[float | None]) -> float | None:
    known = [place for place in places if place is not None]
    return round(sum(known) / len(known), 4) if known else None
