"""Firms that belong together: a person, address or phone in common, and their trade."""

from collections.abc import Mapping
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.portraits.moments import months_ago
from xiaowei.portraits.traits.trait import total
from xiaowei.said import Said, percent
from xiaowei.verification.chances import Floats
from xiaowei.verification.evidence import SHOWN, amount, of_invoice, whole
from xiaowei.verification.finding import Case, Check, Evidence, Finding
from xiaowei.verification.measured import Measured, Row, rows_behind, with_tails
from xiaowei.verification.network.kinship import KINDS, MOST_TOGETHER, pairs, shared
from xiaowei.verification.network.likely import tie_tails
from xiaowei.verification.network.trade import linked, traded

_MONTHS: Final = 12
_MATERIAL: Final = 0.1
"""A partner of less than a tenth of sales is no major one (IFRS 8, 34)."""
_SIDES: Final = ("seller", "buyer")
_WORDS: Final = {
    "owner": Said("负责人或股东", "a legal person, shareholder or controller"),
    "address": Said("注册地址", "an address"),
    "phone": Said("联系电话", "a phone"),
}


def _tied(case: Case) -> pa.Table:
    """Return for each enterprise of the register with whom it shares what."""
    ties = pairs(case).group_by("enterprise_id", "other")
    both = ties.aggregate(kinds=ibis._.kind.nunique(), **_by_kind())
    rows = both.group_by("enterprise_id").aggregate(
        others=both.other.nunique(),
        several=(both.kinds > 1).sum().cast("int64"),
        named=both.other.collect(),
        **{name: both[name].sum().cast("int64") for name in KINDS},
    )
    everyone = _registered(case)
    held = rows.view()
    joined = everyone.left_join(held, everyone.enterprise_id == held.enterprise_id)
    counted = joined.select(
        enterprise_id=everyone.enterprise_id,
        named=held.named,
        **{name: held[name].fill_null(0) for name in ("others", "several", *KINDS)},
    )
    table = counted.order_by("enterprise_id").to_pyarrow()
    return with_tails(table, _tie_tails(case, table))


def _by_kind() -> dict[str, ir.Value]:
    return {name: (ibis._.kind == name).any().cast("int64") for name in KINDS}


def _registered(case: Case) -> ir.Table:
    families = [name for name in ("enterprises", "owners") if name in case.facts]
    names = [case.facts[name].select("enterprise_id") for name in families]
    return (ibis.union(*names) if len(names) > 1 else names[0]).distinct()


def _tie_tails(case: Case, table: pa.Table) -> Floats:
    sizes = shared(case).group_by("kind", "thing").aggregate(firms=ibis._.firms.max())
    held = sizes.to_pyarrow().to_pylist()
    groups = {
        name: sorted(row["firms"] for row in held if row["kind"] == name)
        for name in KINDS
    }
    counts = {name: table[name].to_numpy() for name in (*KINDS, "several")}
    return tie_tails(counts, groups)


def _say_tied(row: Row) -> Finding:
    kinds = [name for name in KINDS if row[name]]
    names = ", ".join(sorted(row["named"] or [])[:SHOWN])
    zh = "、".join(f"{_WORDS[name].zh}（{row[name]}户）" for name in kinds)
    en = ", ".join(f"{_WORDS[name].en} ({row[name]} firms)" for name in kinds)
    alone = Said("与其他企业无共用", "shares nothing with another enterprise")
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=SHARED_IDENTITY.name,
        outcome="differs",
        expected=Said(
            "与他户共用的不多于同类企业",
            "no more in common with others than peers have",
        ),
        observed=Said(
            f"与{row['others']}户有共用，其中{row['several']}户不止一项",
            f"in common with {row['others']} firms, with {row['several']} of them more "
            "than one thing",
        ),
        text=Said(f"与{names}共用{zh}", f"shares with {names}: {en}")
        if kinds
        else alone,
        benign=_TIED_BENIGN,
    )


def _tied_rows(case: Case) -> ir.Table:
    rows = pairs(case)
    return rows.mutate(weight=1.0 / rows.firms)


def _of_tie(row: Mapping[str, object]) -> Evidence:
    kind = _WORDS[str(row["kind"])]
    return Evidence(
        str(row["file"]),
        whole(row["line"]),
        Said(
            f"与{row['other']}共用{kind.zh}，共{row['firms']}户",
            f"{kind.en} in common with {row['other']}, of {row['firms']} firms in all",
        ),
    )


def _related(case: Case) -> pa.Table:
    """Return for each firm with kin what share of its trade is with them."""
    trade = _pair_trade(case)
    ties = pairs(case).select("enterprise_id", "other").distinct()
    many = ties.group_by("enterprise_id").aggregate(kin=ties.count())
    firms = _books(case).inner_join(many, "enterprise_id")
    inside = trade.semi_join(
        ties, [trade.seller == ties.enterprise_id, trade.buyer == ties.other]
    )
    for side in _SIDES:
        sums = inside.group_by(enterprise_id=inside[side]).aggregate(
            **{f"{side}_kin": inside.net_fen.sum().cast("int64")},
            **{f"{side}_of": inside.count()},
        )
        firms = firms.left_join(sums, "enterprise_id").drop("enterprise_id_right")
    rows = firms.fill_null({f"{side}_{x}": 0 for side in _SIDES for x in ("kin", "of")})
    table = rows.order_by("enterprise_id").to_pyarrow()
    every = {side: _shares(trade, side, case) for side in _SIDES}
    least = np.minimum(*[_side_tails(table, side, every[side]) for side in _SIDES])
    return with_tails(table, np.minimum(2 * least, 1.0))


def _pair_trade(case: Case) -> ir.Table:
    """Return what each enterprise sold to each other lately."""
    rows = _lately(traded(case), case)
    return rows.group_by("seller", "buyer").aggregate(
        net_fen=rows.net_fen.sum().cast("int64")
    )


def _lately(rows: ir.Table, case: Case) -> ir.Table:
    return rows.filter(months_ago(rows.happened_on, as_of=case.as_of) < _MONTHS)


def _books(case: Case) -> ir.Table:
    """Return what each firm sold and bought lately, from and to anybody."""

    def made() -> ir.Table:
        invoices = case.current("invoices")
        rows = _lately(invoices.filter(invoices.state == "valid"), case)
        rows = rows.filter(rows.net_fen > 0)
        return rows.group_by("enterprise_id").aggregate(
            seller_whole=total(rows.net_fen, rows.direction == "sale"),
            buyer_whole=total(rows.net_fen, rows.direction == "purchase"),
        )

    return case.once(f"books of {_MONTHS} months", made)


def _shares(trade: ir.Table, side: str, case: Case) -> tuple[Floats, int]:
    """Return what share of a firm's trade each enterprise has, sorted, and of how many.

    Of all pairs only those that trade are listed; all others have a share of 0.
    """
    books = _books(case)
    held = trade.inner_join(books, trade[side] == books.enterprise_id)
    share = held.net_fen / ibis.greatest(held[f"{side}_whole"], held.net_fen)
    found = held.select(share=share.cast("float64")).to_pyarrow()["share"].to_numpy()
    firms = int(books.count().to_pyarrow().as_py())
    return np.sort(found), max(firms * (firms - 1), len(found))


def _side_tails(table: pa.Table, side: str, every: tuple[Floats, int]) -> Floats:
    """Return how probable it is that firms picked at random have such a share."""
    share = _share_of(table, side)
    traded_with = table[f"{side}_of"].to_numpy()
    shares, pairs_in_all = every
    each = share / np.maximum(traded_with, 1)
    as_high = len(shares) - np.searchsorted(shares, each - 1e-12, "left")
    found = table["kin"].to_numpy() * (as_high + 0.5) / (pairs_in_all + 1)
    return np.where(share >= _MATERIAL, np.minimum(found, 1.0), 1.0)


def _share_of(table: pa.Table, side: str) -> Floats:
    kin = table[f"{side}_kin"].to_numpy().astype(np.float64)
    whole_fen = table[f"{side}_whole"].to_numpy().astype(np.float64)
    share = kin / np.maximum(whole_fen, 1)
    return np.asarray(np.minimum(share, 1.0), dtype=np.float64)


def _say_related(row: Row) -> Finding:
    sold, bought = (
        percent(min(row[f"{side}_kin"] / max(row[f"{side}_whole"], 1), 1.0))
        for side in _SIDES
    )
    fen = [amount(row[f"{side}_kin"]) for side in _SIDES]
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=RELATED_SALES.name,
        outcome="differs",
        expected=Said(
            "与关联企业的购销不多于与任意一户企业的",
            "no more trade with related firms than with firms picked at random",
        ),
        observed=Said(
            f"销售{sold}、采购{bought}", f"{sold} of sales, {bought} of purchases"
        ),
        text=Said(
            f"近{_MONTHS}月对同一负责人、地址或电话的企业销售{fen[0].zh}（{sold}），"
            f"采购{fen[1].zh}（{bought}）",
            f"in {_MONTHS} months it sold {fen[0].en} ({sold}) to firms of the same "
            f"person, address or phone, and bought {fen[1].en} ({bought}) from them",
        ),
        benign=_RELATED_BENIGN,
    )


def _related_rows(case: Case) -> ir.Table:
    rows = _lately(linked(case.current("invoices"), case.facts), case)
    kin = pairs(case).select("enterprise_id", "other").distinct()
    inside = rows.filter(rows.state == "valid").semi_join(
        kin,
        [
            rows.enterprise_id == kin.enterprise_id,
            rows.counterparty_id == kin.other,
        ],
    )
    return inside.mutate(weight=inside.net_fen.abs())


_TIED_BENIGN: Final = Said(
    "同一家庭或集团的企业；共用办公楼、园区、孵化器；代账公司留的电话",
    "firms of one family or group; a shared building, park or incubator; the phone of "
    "a bookkeeping agent",
)
_RELATED_BENIGN: Final = Said(
    "集团内产销分工、统一采购或资金归集，价格公允且最终售出",
    "a group that makes in one firm and sells in another, buys jointly or pools its "
    "treasury, at fair prices and with buyers in the end",
)

SHARED_IDENTITY: Final = Check(
    name="shared_identity",
    title=Said("共用身份", "Shared identity"),
    meaning=Said(
        "与他户共用负责人或股东、注册地址、联系电话的户数，以及与同一户共用不止一项，和全体"
        f"企业相比；超过{MOST_TOGETHER}户共用的、园区或孵化器的地址不计",
        "how many others share its legal person, shareholder or controller, address or "
        "phone, and whether one firm shares several of them, beside all enterprises; "
        f"what more than {MOST_TOGETHER} share, and a park's or incubator's address, "
        "does not count",
    ),
    needs=("enterprises",),
    find=Measured(
        measure=_tied,
        say=_say_tied,
        worst="medium",
        show=rows_behind(_tied_rows, say=_of_tie),
    ),
)
RELATED_SALES: Final = Check(
    name="related_sales",
    title=Said("关联购销", "Trade with related firms"),
    meaning=Said(
        f"近{_MONTHS}月销售、采购中与同一负责人或股东、地址、电话的企业的占比，"
        f"与全体企业中任取同样户数的占比相比；低于{percent(_MATERIAL, digits=0)}的不计",
        f"the share of sales and purchases of {_MONTHS} months with firms of the same "
        "legal person, shareholder, controller, address or phone, beside that with as "
        "many firms picked at random; less than "
        f"{percent(_MATERIAL, digits=0)} does not count",
    ),
    needs=("invoices", "enterprises"),
    find=Measured(
        measure=_related,
        say=_say_related,
        worst="medium",
        show=rows_behind(_related_rows, say=of_invoice),
    ),
)
