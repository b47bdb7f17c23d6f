"""What is bought beside what is sold, class of goods by class of goods."""

from collections.abc import Mapping
from typing import Any, Final

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import MIN_PEERS, rare_tails
from xiaowei.verification.coded import coded
from xiaowei.verification.evidence import of_invoice
from xiaowei.verification.finding import Case, Check, Finding, kept
from xiaowei.verification.measured import (
    CALLED_BY_RANK,
    Measured,
    rows_behind,
    with_tails,
)

_MONTHS: Final = 24
_LEAST_PURCHASES: Final = 10
_LEAST_SOLD: Final = 0.05
"""A class is sold by who makes so much of its sales of it: scrap tells of no trade."""
_JUDGED: Final = 0.5
"""So much of a firm's sales must be of classes that enough others sell."""
_SELDOM: Final = 0.05
"""A class fits one sold if more of those who sell that buy it than this."""
_MOSTLY: Final = 0.5
_BEYOND: Final = 2.0
"""A class is what another takes if so many of those who sell that buy it, and so many
times the share of all firms that do: carriage and packing are bought for everything."""
_LEAST_SHARE: Final = 0.05
_FIRM: Final = "enterprise_id"


def _unfit(case: Case) -> pa.Table:
    """Return how much of what a firm bought fits nothing that it sells."""
    return _odd(case.once("bought_for_sold", lambda: _bought(case)))


def _unfed(case: Case) -> pa.Table:
    """Return how much of what a firm sold is of classes that it bought nothing for."""
    return _odd(case.once("sold_from_bought", lambda: _fed(case)))


def _odd(classes: ir.Table) -> pa.Table:
    """Return how much of a firm's value is of classes that do not fit."""
    sums = classes.group_by(_FIRM).aggregate(
        value=classes.value.sum().cast("int64"),
        odd=total(classes.value, ~classes.fits),
        classes=(~classes.fits).sum().cast("int64"),
    )
    table = sums.filter(sums.value > 0).order_by(_FIRM).to_pyarrow()
    if table.num_rows < MIN_PEERS:
        return with_tails(table, np.ones(table.num_rows))
    share = table["odd"].to_numpy() / table["value"].to_numpy()
    return with_tails(table, rare_tails(share, share >= _LEAST_SHARE))


def _bought(case: Case) -> ir.Table:
    """Return the classes that each firm bought, and whether they fit what it sells.

    A class fits if the firm sells it, too, or if more than a few of the others buy it
    who sell one of the classes that the firm sells, whatever trade they are registered
    in.

    Returns:
        Shape: one row per firm and class bought; `value` in fen and `fits`.
    """
    pairs = case.once("sold_by_bought", lambda: _pairs(case))
    # The firm itself is no witness of what those who sell the same buy.
    usual = (pairs.buyers - 1) > _SELDOM * (pairs.sellers - 1)
    return pairs.group_by([_FIRM, "bought_class"]).aggregate(
        value=pairs.bought.max(),
        fits=(usual | pairs.sold_too).any(),
    )


def _fed(case: Case) -> ir.Table:
    """Return the classes that each firm sold, and whether it bought what they take.

    A class is fed if the firm buys it, too, or something that most of those buy who
    sell it, and others seldom. Classes that nothing is mostly bought for are left out:
    labour, and goods made in many ways.

    Returns:
        Shape: one row per firm and class sold; `value` in fen and `fits`, whether
        it is fed.
    """
    pairs = case.once("sold_by_bought", lambda: _pairs(case))
    share = pairs.buyers / pairs.sellers
    told = pairs.mutate(
        takes=(share >= _MOSTLY) & (share >= _BEYOND * pairs.buyers_of_all)
    )
    judged = told.semi_join(told.filter(told.takes), "sold_class")
    return judged.group_by([_FIRM, "sold_class"]).aggregate(
        value=judged.sold.max(),
        fits=(judged.takes | (judged.bought_class == judged.sold_class)).any(),
    )


def _pairs(case: Case) -> ir.Table:
    """Return each class that a firm sells beside each that it buys.

    Firms of which few purchases have a code are left out, and firms that sell mainly
    what hardly anybody else sells, as nobody tells what that takes.

    Returns:
        Shape: one row per firm and pair; what was `sold` and `bought` in two years, in
        fen, whether the bought class is sold by the firm, too, how many `sellers` the
        one has, how many `buyers` of the other are among them, and which share of all
        firms are, 0..1.
    """
    rows = coded(case, months=_MONTHS)
    cells = kept(
        rows.group_by([_FIRM, "direction", "goods_class"]).aggregate(
            count=rows.count(), value=rows.net_fen.sum().cast("int64")
        )
    )
    bought = cells.filter(cells.direction == "purchase")
    seen = bought.group_by(_FIRM).having(bought["count"].sum() >= _LEAST_PURCHASES)
    bought = bought.semi_join(seen.aggregate(n=bought.count()), _FIRM)
    sales = cells.filter(cells.direction == "sale").semi_join(bought, _FIRM)
    also = sales.select(_FIRM, "goods_class", sold_too="value")
    bought = bought.left_join(also, [_FIRM, "goods_class"]).select(
        _FIRM,
        bought_class="goods_class",
        bought="value",
        sold_too=lambda both: both.sold_too.notnull(),
    )
    pairs = _sold(sales).join(bought, _FIRM)
    counts = pairs.group_by(["sold_class", "bought_class"]).aggregate(
        buyers=pairs[_FIRM].count()
    )
    firms = bought[_FIRM].nunique().as_scalar()
    of_all = bought.group_by("bought_class").aggregate(
        buyers_of_all=bought.count() / firms
    )
    beside = pairs.join(counts, ["sold_class", "bought_class"])
    return beside.join(of_all, "bought_class").select(
        _FIRM,
        "sold_class",
        "bought_class",
        "sold",
        "bought",
        "sold_too",
        "sellers",
        "buyers",
        "buyers_of_all",
    )


def _sold(sales: ir.Table) -> ir.Table:
    """Return what each firm sells of classes that enough others sell."""
    whole = sales.group_by(_FIRM).aggregate(whole=sales.value.sum())
    mine = sales.join(whole, _FIRM)
    mine = mine.filter(mine.value >= _LEAST_SOLD * mine.whole)
    sellers = mine.group_by("goods_class").aggregate(sellers=mine[_FIRM].count())
    judged = mine.join(sellers, "goods_class").filter(lambda t: t.sellers > MIN_PEERS)
    known = judged.group_by(_FIRM).aggregate(
        known=judged.value.sum(), of=judged.whole.max()
    )
    enough = known.filter(known.known >= _JUDGED * known.of)
    return judged.semi_join(enough, _FIRM).select(
        _FIRM, "sellers", sold_class="goods_class", sold="value"
    )


def _say_unfit(row: Mapping[str, Any]) -> Finding:
    share = percent(row["odd"] / row["value"])
    return Finding(
        enterprise_id=row[_FIRM],
        check=BOUGHT.name,
        outcome="differs",
        expected=Said(
            "购进的品目是销售同类货物的企业也购进的",
            "purchases of classes that others who sell the same buy, too",
        ),
        observed=Said(
            f"{row['classes']}类、{share}的购进金额不是",
            f"{share} of purchases by value is not (classes: {row['classes']})",
        ),
        text=Said(
            f"近{_MONTHS}月购进金额的{share}，销售同类货物的企业几乎无人购进",
            f"{share} of what was bought in {_MONTHS} months is of classes that hardly "
            "anybody buys who sells the same",
        ),
        benign=Said(
            "购置设备、装修、代购、为新产品备料或兼营业务尚未销售",
            "equipment, fitting out, bought for others, or stock for a line not yet "
            "sold",
        ),
    )


def _say_unfed(row: Mapping[str, Any]) -> Finding:
    share = percent(row["odd"] / row["value"])
    return Finding(
        enterprise_id=row[_FIRM],
        check=SOLD.name,
        outcome="differs",
        expected=Said(
            "所销品目有本品目或其常用投入的购进",
            "purchases of what is sold, or of what others who sell it mostly buy",
        ),
        observed=Said(
            f"{row['classes']}类、{share}的销售金额没有",
            f"{share} of sales by value has none (classes: {row['classes']})",
        ),
        text=Said(
            f"近{_MONTHS}月销售金额的{share}没有相应品目的购进",
            f"{share} of what was sold in {_MONTHS} months is of classes that nothing "
            "was bought for",
        ),
        benign=Said(
            "投入向农户、个人购进或未开票，自产原料，或销售此前库存",
            "bought from farmers or persons or without an invoice, own materials, or "
            "sold from old stock",
        ),
    )


def _behind_unfit(case: Case) -> ir.Table:
    fits = case.once("bought_for_sold", lambda: _bought(case))
    odd = fits.filter(~fits.fits).rename(goods_class="bought_class")
    return _behind(case, odd, direction="purchase")


def _behind_unfed(case: Case) -> ir.Table:
    fed = case.once("sold_from_bought", lambda: _fed(case))
    odd = fed.filter(~fed.fits).rename(goods_class="sold_class")
    return _behind(case, odd, direction="sale")


def _behind(case: Case, odd: ir.Table, *, direction: str) -> ir.Table:
    rows = coded(case, months=_MONTHS)
    of_side = rows.filter(rows.direction == direction)
    behind = of_side.semi_join(odd, [_FIRM, "goods_class"])
    return behind.mutate(weight=behind.net_fen)


BOUGHT: Final = Check(
    name="purchases_fit_sales",
    title=Said("购进与所销品目", "Purchases that fit what is sold"),
    meaning=Said(
        f"近{_MONTHS}月购进金额中，销售同类货物的企业几乎无人购进的品目占比，与其他企业相比",
        f"share of what was bought in {_MONTHS} months of classes that hardly anybody "
        "buys who sells the same, beside other firms",
    ),
    needs=("invoices",),
    find=Measured(
        measure=_unfit,
        say=_say_unfit,
        worst="high",
        show=rows_behind(_behind_unfit, say=of_invoice),
        called=CALLED_BY_RANK,
    ),
)
"""Invoices change their goods on the way (变票): what comes in as one goes out as
another. `goods_that_fit` asks what is new to a firm and strange to the trade it is
registered in; a trader's trade has everything, and who has always done so shows nothing
new."""

SOLD: Final = Check(
    name="sales_fit_purchases",
    title=Said("所销品目的购进", "Sales that something was bought for"),
    meaning=Said(
        f"近{_MONTHS}月销售金额中，本户既未购进该品目、也未购进销售该品目的企业多数购进之物"
        "的占比，与其他企业相比",
        f"share of what was sold in {_MONTHS} months of classes for which neither the "
        "same was bought nor anything that most who sell it buy, beside other firms",
    ),
    needs=("invoices",),
    find=Measured(
        measure=_unfed,
        say=_say_unfed,
        worst="high",
        show=rows_behind(_behind_unfed, say=of_invoice),
        called=CALLED_BY_RANK,
    ),
)
"""Sales without purchases 有销无进 by class: sums of both may agree and goods not."""
