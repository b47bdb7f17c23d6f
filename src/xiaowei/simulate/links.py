"""Who supplies whom: links inside the county and the partners outside it."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints
from xiaowei.simulate.firms import Firms
from xiaowei.simulate.names import outside_codes, person_codes
from xiaowei.simulate.places import Place
from xiaowei.simulate.trades import SUPPLIERS

LINK_LIFE_DAYS: Final = 570
"""Mean life of a link: half of them are gone after 13 months.

Source: Hungarian VAT data, arXiv 2503.20594, as read in science.md E.
"""

_ATTACHMENT: Final = 1.08
_COUNTY_SLOTS: Final = (1, 5)
_SUPPLIER_RELIES: Final = 0.25
_MORE_IN_SHOPS: Final = (10, 24)
_SUPPLIERS: Final = (9, 0.9)
_POOL_PER_FIRM: Final = 14
_SUCCESSORS: Final = 6
_TO_PERSONS: Final = 0.5
_CORE_PARTNERS: Final = 2
_CORE_LIVES: Final = 3
_FAVOURITES: Final = 2.0
_SCATTERED: Final = (160, 1.8)
_SCATTERED_BUYERS: Final = (90, 1.2)
_SHOPS_SCATTER: Final = 0.5
_SMALL_BUYS: Final = (150, 1.35)
_SMALL_BUYS_BY_SIZE: Final = 0.35
_MOST_SMALL_BUYS: Final = 1800
_SMALL_BUYS_AT_MOST: Final = 0.25
_SMALL_TICKET_FEN: Final = 70_000
_BUYER_SLOTS: Final = (11, 1.0)
_EVENNESS: Final = (0.0, 0.7)
_STEEPNESS: Final = (0.0, 2.4)
_LEAST_WEIGHT: Final = 1e-4
_MOST_SLOTS: Final = 60
_POPULARITY_FLAT_TO: Final = 10


@dataclass(frozen=True, slots=True)
class CountyLinks:
    """Links between two firms of the county.

    Args:
        buyer, supplier: places of the two firms.
        share: of the buyer's inputs while the link lives, 0..1.
        since: first day of the link.
        until: first day after it.
    """

    buyer: Ints
    supplier: Ints
    share: Floats
    since: Ints
    until: Ints

    @property
    def count(self) -> int:
        """Say how many links there are."""
        return len(self.buyer)


@dataclass(frozen=True, slots=True)
class OutsideLinks:
    """What one side of a firm's outside trade goes through, slot by slot.

    A slot keeps its share while the partner in it changes over the years.

    Args:
        firm: whose slot it is.
        share: of the firm's outside trade; sums to 1 per firm.
        changes: Shape: one row per slot; days on which the next partner takes over.
        partners: Shape: one row per slot; places in the pool, in order of time.
        scatter: 0 for a slot with one partner at a time; else in how many shops,
            stations and hotels the firm buys there, the first in `partners` among them.
    """

    firm: Ints
    share: Floats
    changes: Ints
    partners: Ints
    scatter: Ints

    def partner_on(self, slot: Ints, day: Ints, *, chance: Floats) -> Ints:
        """Return who is in each slot on each day.

        Args:
            slot: places of the slots.
            day: a day for each of them.
            chance: 0..1, which of several partners it is.
        """
        held = (self.changes[slot] <= day[:, None]).sum(axis=1)
        near = (self.scatter[slot] * chance**_FAVOURITES).astype(np.int64)
        return np.asarray(self.partners[slot, held] + near, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Network:
    """All links.

    Args:
        county: inside the county.
        buyers: outside buyers.
        suppliers: outside suppliers.
        pool: codes of the outside partners; shells are taken from its end.
    """

    county: CountyLinks
    buyers: OutsideLinks
    suppliers: OutsideLinks
    pool: list[str]


def draw_network(
    firms: Firms, *, days: int, place: Place, rng: np.random.Generator
) -> Network:
    """Draw who trades with whom.

    Args:
        firms: the firms.
        days: how many days the county lives.
        place: which district; firms of others are among the partners outside.
        rng: where chance comes from.
    """
    traders = _POOL_PER_FIRM * firms.count
    persons = 2 * firms.count
    shells = firms.count
    trading = np.arange(traders)
    pool = [
        *place.neighbours,
        *outside_codes(traders - len(place.neighbours), rng=rng),
        *person_codes(persons, rng=rng),
        *outside_codes(shells, rng=rng),
    ]
    shops = np.array([trade.rhythm == "shop" for trade in firms.trades])
    usual, vary = _BUYER_SLOTS
    often = np.exp(rng.normal(np.log(usual), vary, firms.count))
    buyer_slots = np.where(shops, rng.integers(*_MORE_IN_SHOPS, firms.count), 0)
    buyer_slots += np.clip(often, 1, _MOST_SLOTS).astype(np.int64)
    usual, vary = _SUPPLIERS
    few = np.exp(rng.normal(np.log(usual), vary, firms.count))
    supplier_slots = np.clip(few, 1, _MOST_SLOTS).astype(np.int64)
    buyers = _outside(buyer_slots, pool=trading, days=days, rng=rng)
    to_person = shops[buyers.firm] & (rng.random(len(buyers.firm)) < _TO_PERSONS)
    many = to_person & (rng.random(len(buyers.firm)) < _SHOPS_SCATTER)
    scatter = np.where(many, _scattered(len(many), _SCATTERED_BUYERS, rng=rng), 0)
    scatter = np.minimum(scatter, persons // 2)
    room = np.maximum(persons - scatter, 1)[:, None]
    private = traders + (rng.random(buyers.partners.shape) * room).astype(np.int64)
    partners = np.where(to_person[:, None], private, buyers.partners)
    suppliers = _outside(supplier_slots, pool=trading, days=days, rng=rng)
    return Network(
        county=_county(firms, days=days, rng=rng),
        buyers=replace(buyers, partners=partners, scatter=scatter),
        suppliers=_with_small(firms, suppliers, pool=traders, rng=rng),
        pool=pool,
    )


def _scattered(
    count: int, among: tuple[int, float], *, rng: np.random.Generator
) -> Ints:
    usual, vary = among
    return np.exp(rng.normal(np.log(usual), vary, count)).astype(np.int64) + 1


def _with_small(
    firms: Firms, slots: OutsideLinks, *, pool: int, rng: np.random.Generator
) -> OutsideLinks:
    """Add to each firm the slot of its small purchases: fuel, fares, fees, hotels."""
    count = firms.count
    scatter = np.minimum(_scattered(count, _SCATTERED, rng=rng), pool // 2)
    usual, vary = _SMALL_BUYS
    size = firms.scale / np.median(firms.scale)
    often = np.exp(rng.normal(np.log(usual), vary, count)) * size**_SMALL_BUYS_BY_SIZE
    often = np.minimum(often, _MOST_SMALL_BUYS)
    bought = firms.inputs * firms.scale * 3 * 365
    share = np.minimum(often * _SMALL_TICKET_FEN / bought, _SMALL_BUYS_AT_MOST)
    first = (rng.random(count) * (pool - scatter)).astype(np.int64)
    join = np.concatenate
    never = np.full((count, slots.changes.shape[1]), slots.changes.max(initial=1) + 1)
    return OutsideLinks(
        firm=join([slots.firm, np.arange(count)]),
        share=join([slots.share * (1 - share)[slots.firm], share]),
        changes=join([slots.changes, never]),
        partners=join(
            [slots.partners, np.repeat(first[:, None], slots.partners.shape[1], axis=1)]
        ),
        scatter=join([slots.scatter, scatter]),
    )


def shells_of(firms: Firms, network: Network, *, firm: int) -> Ints:
    """Return places in the pool of the shell firms at a firm's hand.

    Shells come in a block of the pool that no honest slot draws from; neighbours in
    the list of firms share some, as clients of one agent would.
    """
    first = len(network.pool) - firms.count
    return np.array([first + (firm + step) % firms.count for step in range(4)])


def _county(firms: Firms, *, days: int, rng: np.random.Generator) -> CountyLinks:
    trades = firms.trades
    pull = firms.scale**_ATTACHMENT
    rows: list[tuple[int, int, float, int, int]] = []
    groups, group = np.unique([trade.group for trade in trades], return_inverse=True)
    likings = {
        buyer: pull
        * np.array([SUPPLIERS[buyer].get(one, 0.0) for one in groups])[group]
        for buyer in groups.tolist()
    }
    for place, trade in enumerate(trades):
        weight = likings[trade.group].copy()
        weight[place] = 0
        if not weight.any():
            continue
        chance = weight / weight.sum()
        for _ in range(rng.integers(*_COUNTY_SLOTS)):
            share = rng.beta(1.5, 9)
            day = -int(rng.exponential(LINK_LIFE_DAYS))
            while day < days:
                until = day + 30 + int(rng.exponential(LINK_LIFE_DAYS))
                other = int(rng.choice(firms.count, p=chance))
                rows.append((place, other, share, day, until))
                day = until
    buyers, suppliers, shares, since, until_day = (
        zip(*rows, strict=True) if rows else ((), (), (), (), ())
    )
    buyer = np.array(buyers, dtype=np.int64)
    supplier = np.array(suppliers, dtype=np.int64)
    bought = firms.inputs * firms.scale
    most = _SUPPLIER_RELIES * firms.scale[supplier] / bought[buyer]
    return CountyLinks(
        buyer=buyer,
        supplier=supplier,
        share=np.minimum(np.array(shares, dtype=np.float64), most),
        since=np.array(since, dtype=np.int64),
        until=np.array(until_day, dtype=np.int64),
    )


def _outside(
    slots: Ints, *, pool: Ints, days: int, rng: np.random.Generator
) -> OutsideLinks:
    firm = np.repeat(np.arange(len(slots)), slots)
    rank = np.arange(len(firm)) - np.repeat(np.cumsum(slots) - slots, slots) + 1
    # Some firms spread their trade evenly, others hang on one or two partners.
    shape = np.exp(rng.normal(*_EVENNESS, len(slots)))[firm]
    steep = rng.uniform(*_STEEPNESS, len(slots))[firm]
    weight = rng.gamma(shape, 1.0) / rank**steep + _LEAST_WEIGHT
    total = np.bincount(firm, weights=weight, minlength=len(slots))
    lives = rng.exponential(LINK_LIFE_DAYS, (len(firm), _SUCCESSORS - 1))
    lives[:, 0] *= np.where(rank <= _CORE_PARTNERS, _CORE_LIVES, 1)
    popularity = 1 / (_POPULARITY_FLAT_TO + np.arange(len(pool)))
    partners = rng.choice(
        rng.permutation(pool),
        size=(len(firm), _SUCCESSORS),
        p=popularity / popularity.sum(),
    )
    return OutsideLinks(
        firm=firm.astype(np.int64),
        share=weight / total[firm],
        changes=np.minimum(np.cumsum(lives, axis=1), days).astype(np.int64),
        partners=partners.astype(np.int64),
        scatter=np.zeros(len(firm), dtype=np.int64),
    )
