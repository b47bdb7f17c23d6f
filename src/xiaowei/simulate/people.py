"""The persons behind the firms: who leads, owns and controls them, and since when."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints
from xiaowei.simulate.columns import NEVER
from xiaowei.simulate.fraud import HIDDEN_FROM
from xiaowei.simulate.world import World

ROLES: Final = ("legal_person", "shareholder", "manager", "controller")

_OWNS_ANOTHER: Final = 0.14
_PARTNERS: Final = 0.45
_MANAGERS: Final = 0.3
_CHANGES: Final = 0.06
_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国志文"
_NUMBERS: Final = 16**10
_STRIDE: Final = 618_033_988_749
_COUNTY_SHARE: Final = 1_000_003


@dataclass(frozen=True, slots=True)
class People:
    """Who stands behind the firms, one place per role in each array.

    Args:
        ids: code of each person, a hash of an identity card.
        names: of each person.
        leader: place of the person who leads each firm at the start.
        successor: who leads it after the change, or the same.
        changed: day of that change, or `NEVER`.
        firm, person, role, share, since, until: the roles of the registry; share is
            negative where a role has none, until is `NEVER` for a role still held.
    """

    ids: list[str]
    names: list[str]
    leader: Ints
    successor: Ints
    changed: Ints
    firm: Ints
    person: Ints
    role: Ints
    share: Floats
    since: Ints
    until: Ints


def draw_people(world: World, *, rng: np.random.Generator) -> People:
    """Draw who leads, owns and controls each firm.

    Firms that sell to each other on paper have one owner, who hides behind another
    name where the fraud is well hidden.

    Args:
        world: the firms and who deceives.
        rng: where chance comes from.
    """
    count, days = world.firms.count, world.days
    leader = np.arange(count)
    also = np.flatnonzero(rng.random(count) < _OWNS_ANOTHER)
    leader[also] = rng.integers(0, count, len(also))
    leader[leader] = leader
    controller = leader.copy()
    for members in world.frauds.groups["related_party"]:
        controller[list(members)] = leader[members[0]]
        if world.frauds.camouflage[members[0]] < HIDDEN_FROM:
            leader[list(members)] = leader[members[0]]
    persons = 3 * count
    changes = rng.random(count) < _CHANGES
    successor = np.where(changes, count + np.arange(count), leader)
    changed = rng.integers(world.first_day + 30, days.count, count)
    changed = np.where(changes, np.maximum(changed, world.firms.opens + 60), NEVER)
    changed = np.where(changed < days.count, changed, NEVER)
    successor = np.where(changed == NEVER, leader, successor)
    rows = _roles(world, (leader, successor, controller), changed, rng=rng)
    return People(
        ids=_ids(persons, world=world),
        names=_names(persons, rng=rng),
        leader=leader,
        successor=successor,
        changed=changed,
        firm=rows[0].astype(np.int64),
        person=rows[1].astype(np.int64),
        role=rows[2].astype(np.int64),
        share=rows[3],
        since=rows[4].astype(np.int64),
        until=rows[5].astype(np.int64),
    )


def _roles(
    world: World,
    who: tuple[Ints, Ints, Ints],
    changed: Ints,
    *,
    rng: np.random.Generator,
) -> tuple[Floats, ...]:
    """Return firm, person, role, share, since and until of each role, in columns."""
    leader, successor, controller = who
    count = world.firms.count
    everyone = np.arange(count)
    born = world.firms.born(world.days)
    parts: list[tuple[Ints, Ints, int, Floats, Ints, Ints]] = []
    none, never = np.full(count, -1.0), np.full(count, NEVER)
    parts.append((everyone, leader, 0, none, born, changed))
    new = np.flatnonzero(changed != NEVER)
    parts.append((new, successor[new], 0, none[new], changed[new], never[new]))
    partnered = rng.random(count) < _PARTNERS
    large: Floats = np.where(partnered, rng.uniform(0.5, 0.9, count), 1.0).round(2)
    parts.append((everyone, leader, 1, large, born, never))
    other = np.flatnonzero(partnered)
    rest: Floats = np.asarray((1 - large[other]).round(2), dtype=np.float64)
    parts.append((other, 2 * count + other, 1, rest, born[other], never[other]))
    managed = np.flatnonzero(rng.random(count) < _MANAGERS)
    person = count + managed
    parts.append((managed, person, 2, none[managed], born[managed], never[managed]))
    parts.append((everyone, controller, 3, none, born, never))
    columns = [
        (one, two, np.full(len(one), three), four, five, six)
        for one, two, three, four, five, six in parts
    ]
    return tuple(
        np.concatenate([part[place].astype(np.float64) for part in columns])
        for place in range(6)
    )


def _ids(count: int, *, world: World) -> list[str]:
    first = world.plan.place.number * _COUNTY_SHARE
    start = (world.plan.seed + 1) * _COUNTY_SHARE
    return [
        f"P{((start + first + number) * _STRIDE) % _NUMBERS:010X}"
        for number in range(count)
    ]


def _names(count: int, *, rng: np.random.Generator) -> list[str]:
    surname = rng.integers(len(_SURNAMES), size=count).tolist()
    given = rng.integers(len(_GIVEN), size=(count, 2)).tolist()
    return [
        _SURNAMES[one] + _GIVEN[first] + (_GIVEN[second] if second % 3 else "")
        for one, (first, second) in zip(surname, given, strict=True)
    ]
