"""The bank's file of flows: every receipt and payment of the accounts it can see."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from xiaowei.facts.sources import BANK_FLOWS
from xiaowei.simulate.arrays import Flags, Ints
from xiaowei.simulate.columns import money, numbered, picked, words
from xiaowei.simulate.grid import bills_of
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.promises import TO_STAFF, Dues
from xiaowei.simulate.settling import settled
from xiaowei.simulate.upkeep import upkeep
from xiaowei.simulate.washes import washes

PURPOSES: Final = (
    "trade",
    "wages",
    "tax",
    "rent",
    "loan",
    "repayment",
    "owner",
    "social_security",
    "utilities",
    "other",
)
WAYS: Final = ("in", "out")
NOBODY: Final = -1

# Places beyond firms and pool in the list of the other sides' names.
OWNER: Final = 0
STAFF: Final = 1
LANDLORD: Final = 2
WORKS: Final = 3
TAX_OFFICE: Final = 4
FUND: Final = 5
OUR_BANK: Final = 6
OTHER_BANK: Final = 7
OWN_ACCOUNT: Final = 8
_OFFICES: Final = (
    "企业主",
    "代发工资户",
    "物业服务部",
    "供电水务公司",
    "国家金库",
    "社会保险基金",
    "本行贷款户",
    "外行贷款户",
    "本企业他行账户",
)
_UTILITIES_AT_MOST: Final = 0.8
_SWEPT: Final = 0.22
_SWEPT_PARTNERS: Final = 3
_MAIN_HIDDEN: Final = 0.08
_BRANDS: Final = "宏恒鑫瑞华永昌泰盛嘉金顺德信和润源诚兴隆"
_TRADES: Final = ("商贸", "实业", "科技", "建材", "贸易", "制造", "工程", "物流")
_TYPOS: Final = 0.004
_SHORT: Final = 4


@dataclass(frozen=True, slots=True)
class Flows:
    """Money that moved, one place each.

    Args:
        firm: whose account.
        day: by number.
        step: of the order within a day; what comes in has the lowest.
        amount: fen, above 0 for what comes in, below for what goes out.
        other: place of the other side: firms, then the pool, then offices.
        purpose: place in `PURPOSES`.
        partner: place in the pool of an outside buyer, else `NOBODY`.
    """

    firm: Ints
    day: Ints
    step: Ints
    amount: Ints
    other: Ints
    purpose: Ints
    partner: Ints

    def where(self, chosen: Flags | Ints) -> "Flows":
        """Return the chosen flows."""
        return Flows(*(getattr(self, f.name)[chosen] for f in fields(self)))


def flow_books(seen: Observer) -> list[Book]:
    """Return the file of flows.

    Args:
        seen: what becomes known.
    """
    flows = flows_of(seen)
    return [_book(seen, flows)]


def flows_of(seen: Observer) -> Flows:
    """Return all flows of all firms' main accounts in the order of time.

    What an outside buyer pays into a second account reaches the main one the same day.
    Money that is only sent around comes in and goes out again.

    Args:
        seen: what becomes known.
    """
    parts = [*_trade(seen), *_upkeep(seen), *_county(seen), *_washed(seen)]
    joined = Flows(
        *(
            np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Flows)
        )
    )
    order = np.lexsort((joined.step, joined.day, joined.firm))
    return joined.where(order)


def balances(seen: Observer, flows: Flows) -> Ints:
    """Return the balance after each flow, in fen.

    Args:
        seen: what becomes known.
        flows: all flows of all firms, firm by firm.
    """
    started = seen.county.life.treasury.started_with
    run = np.cumsum(flows.amount)
    first = np.searchsorted(flows.firm, np.arange(len(started)))
    before = np.where(first > 0, run[first - 1], 0)
    return np.asarray(run - before[flows.firm] + started[flows.firm])


def _flows(
    dues: tuple[Ints, Ints, Ints],
    *,
    step: int,
    other: Ints,
    purpose: str,
    partner: Ints | None = None,
) -> Flows:
    firm, day, amount = dues
    count = len(firm)
    return Flows(
        firm=firm,
        day=day,
        step=np.full(count, step),
        amount=amount,
        other=other,
        purpose=np.full(count, PURPOSES.index(purpose)),
        partner=np.full(count, NOBODY) if partner is None else partner,
    )


def _office(seen: Observer, office: int, count: int) -> Ints:
    world = seen.county.world
    return np.full(count, world.firms.count + len(world.network.pool) + office)


def _trade(seen: Observer) -> list[Flows]:
    """Return what outside partners paid and were paid, invoice by invoice."""
    world, life = seen.county.world, seen.county.life
    count, first = world.firms.count, world.first_day
    coming = _since(life.promises.coming_in(), first)
    going = _since(life.promises.going_out(), first)
    order = np.lexsort((going.day, going.firm))
    paid = life.treasury.by_day["paid_outside"]
    day, payer = np.nonzero(paid)
    pieces = settled(
        going.firm[order],
        going.amount[order],
        payer,
        paid[day, payer],
        debtors=count,
    )
    due = order[pieces.due]
    to_staff = going.partner[due] == TO_STAFF
    staff = _office(seen, STAFF, len(due))
    return [
        _flows(
            (coming.firm, coming.day, coming.amount),
            step=0,
            other=count + coming.partner,
            purpose="trade",
            partner=coming.partner,
        ),
        _flows(
            (payer[pieces.paid], day[pieces.paid], -pieces.amount),
            step=20,
            other=np.where(to_staff, staff, count + going.partner[due]),
            purpose="trade",
        ),
    ]


def _since(dues: Dues, first: int) -> Dues:
    kept = dues.day >= first
    return Dues(*(getattr(dues, f.name)[kept] for f in fields(Dues)))


def _upkeep(seen: Observer) -> list[Flows]:
    """Return wages, costs, taxes, loans, and what owners put in and take out."""
    by_day = seen.county.life.treasury.by_day
    flows = []
    for item, sign, step, office, purpose in (
        ("borrowed", 1, 1, OUR_BANK, "loan"),
        ("put_in", 1, 2, OWNER, "owner"),
        ("wages", -1, 10, STAFF, "wages"),
        ("social", -1, 12, FUND, "social_security"),
        ("loan", -1, 13, OUR_BANK, "repayment"),
        ("other_loans", -1, 14, OTHER_BANK, "repayment"),
        ("tax", -1, 15, TAX_OFFICE, "tax"),
        ("drawn", -1, 30, OWNER, "owner"),
    ):
        day, firm = np.nonzero(by_day[item])
        flows.append(
            _flows(
                (firm, day, sign * by_day[item][day, firm]),
                step=step,
                other=_office(seen, office, len(firm)),
                purpose=purpose,
            )
        )
    return [*flows, *_costs(seen)]


def _costs(seen: Observer) -> list[Flows]:
    """Part fixed costs into the bills of power and water, paid first, and the rent."""
    cost = upkeep(seen.county.life.treasury, "overheads")
    bills = bills_of(seen).sum(axis=0)
    bill = bills[np.maximum(cost.month - 1, 0), cost.firm]
    bill = np.minimum(bill, (cost.due * _UTILITIES_AT_MOST).astype(np.int64))[cost.part]
    firm, day, amount, before = (
        cost.firm[cost.part],
        cost.paid_on,
        cost.paid,
        cost.before(),
    )
    works = np.minimum(before + amount, bill) - np.minimum(before, bill)
    flows = []
    for part, office, purpose, step in (
        (works, WORKS, "utilities", 11),
        (amount - works, LANDLORD, "rent", 11),
    ):
        some = np.flatnonzero(part)
        flows.append(
            _flows(
                (firm[some], day[some], -part[some]),
                step=step,
                other=_office(seen, office, len(some)),
                purpose=purpose,
            )
        )
    return flows


def _county(seen: Observer) -> list[Flows]:
    """Return what firms of the county paid each other."""
    life, links = seen.county.life, seen.county.world.network.county
    moves = life.treasury.paid_links
    link = np.concatenate([moved for _, moved, _ in moves])
    amount = np.concatenate([paid for _, _, paid in moves])
    day = np.repeat([day for day, _, _ in moves], [len(moved) for _, moved, _ in moves])
    buyer, supplier = links.buyer[link], links.supplier[link]
    return [
        _flows((supplier, day, amount), step=0, other=buyer, purpose="trade"),
        _flows((buyer, day, -amount), step=20, other=supplier, purpose="trade"),
    ]


def _washed(seen: Observer) -> list[Flows]:
    made = washes(seen.county, rng=seen.chance("washes"))
    count = seen.county.world.firms.count
    other = np.where(made.inside, made.other, count + made.other)
    return [
        Flows(
            firm=made.firm,
            day=made.day,
            step=np.where(made.amount > 0, 0, 25),
            amount=made.amount,
            other=other,
            purpose=np.full(len(made.firm), PURPOSES.index("trade")),
            partner=np.full(len(made.firm), NOBODY),
        )
    ]


def _book(seen: Observer, flows: Flows) -> Book:
    """Return the file: the accounts that the bank can see, and only those."""
    world, rng = seen.county.world, seen.chance("accounts")
    count = world.firms.count
    balance = balances(seen, flows)
    swept = rng.random(count) < _SWEPT
    hidden = rng.random(count) < _MAIN_HIDDEN
    through = swept[flows.firm] & (flows.partner >= 0)
    through &= flows.partner % _SWEPT_PARTNERS == 0
    offices = count + len(world.network.pool)
    other = np.where(through, offices + OWN_ACCOUNT, flows.other)
    purpose = np.where(through, PURPOSES.index("other"), flows.purpose)
    shown = np.flatnonzero(~hidden[flows.firm] & (flows.day >= world.first_day))
    kept = flows.where(shown)
    names = _names(seen)
    typo = rng.random(len(shown)) < _TYPOS
    other = other[shown]
    named = np.where(typo & (other < offices), other + len(names) // 2, other)
    ids = [*world.firms.codes, *world.network.pool, *(None for _ in _OFFICES)]
    return seen.book(
        BANK_FLOWS,
        firm=kept.firm,
        happened=kept.day,
        # A bank hands its file over day by day, so that no balance has a gap.
        known=kept.day + seen.lag(BANK_FLOWS, count)[kept.firm],
        columns={
            "account": picked(_accounts(seen), kept.firm),
            "flow_no": numbered(f"LS{world.plan.place.number:03d}", shown),
            "way": words(
                BANK_FLOWS, "way", (kept.amount < 0).astype(np.int64), ours=WAYS
            ),
            "amount_fen": money(np.abs(kept.amount)),
            "balance_fen": money(balance[shown]),
            "counterparty_id": picked(ids, other),
            "counterparty": picked(names, named),
            "purpose": words(BANK_FLOWS, "purpose", purpose[shown], ours=PURPOSES),
        },
    )


def _accounts(seen: Observer) -> list[str]:
    """Return the number of each firm's main account: digits only."""
    codes = seen.county.world.firms.codes
    digits = ("".join(c for c in code if c.isdigit()) for code in codes)
    return [f"6225{text[6:16]:0<10}" for text in digits]


def _names(seen: Observer) -> list[str]:
    """Return what other sides are called, and then the same with a slip of the pen."""
    world = seen.county.world
    pool = [
        f"个人{code[-4:]}"
        if code.startswith("GR")
        else _BRANDS[int(code[8]) * 2 % 20]
        + _BRANDS[int(code[9:11]) % 20]
        + _BRANDS[int(code[11:13]) % 20]
        + _TRADES[int(code[13]) % len(_TRADES)]
        + "有限公司"
        for code in world.network.pool
    ]
    right = [*world.firms.names, *pool, *_OFFICES]
    slips = [name[:1] + name[2:] if len(name) > _SHORT else name for name in right]
    return [*right, *slips]
