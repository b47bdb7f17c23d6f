"""Circular trade: value that goes round a circle of firms and comes back in days."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa

from xiaowei.said import Said, percent
from xiaowei.verification.evidence import amount
from xiaowei.verification.finding import Case, Check, Evidence, Finding
from xiaowei.verification.measured import Measured, Row, with_tails
from xiaowei.verification.network.chance import Repeats, repeats, tails
from xiaowei.verification.network.circles import LONGEST, USUAL
from xiaowei.verification.network.rings import (
    Circle,
    Leg,
    Sought,
    circles_by,
    in_time,
    sought,
)
from xiaowei.verification.network.trade import Ints, linked

_COLUMNS: Final = pa.schema(
    {
        "enterprise_id": pa.string(),
        "firms": pa.list_(pa.string()),
        "months": pa.int64(),
        "net_fen": pa.int64(),
        "kept": pa.float64(),
        "days": pa.int64(),
        "cut": pa.int64(),
    }
)


def _measured(case: Case) -> pa.Table:
    """Return for each firm that passes trade on how often a circle came round."""
    seen = sought(case)
    often = repeats(seen.found, firms=len(seen.legs.names), innocent=seen.one_group)
    chance = tails(seen.legs, often, innocent=seen.one_group)
    passing = np.intersect1d(seen.legs.seller, seen.legs.buyer)
    steps = in_time(seen.legs, seen.found)
    rows = [_row(seen, often, steps, firm) for firm in passing.tolist()]
    return with_tails(pa.Table.from_pylist(rows, schema=_COLUMNS), chance[passing])


def _row(seen: Sought, often: Repeats, steps: Ints, firm: int) -> dict[str, Any]:
    """Return the numbers of a firm; `firms` is empty where it is in no circle."""
    months = often.months[firm]
    found = {
        "enterprise_id": seen.legs.names[firm],
        "firms": [],
        "months": 0,
        "cut": len(seen.found.cut),
    }
    if not months.any():
        return found
    # Of equally frequent circles the longer is the rarer.
    length = LONGEST - int(np.argmax(months[::-1]))
    start = int(often.circle[firm, length])
    rounds = steps[start : start + int(months[length]), :length]
    last, net, day = rounds[-1], seen.legs.net, seen.legs.day
    return found | {
        "firms": [seen.legs.names[one] for one in seen.legs.seller[last]],
        "months": len(rounds),
        "net_fen": int(net[rounds[:, 0]].sum()),
        "kept": float(net[last[-1]] / net[last[0]]),
        "days": int(day[last[-1]] - day[last[0]]),
    }


def _say(row: Row) -> Finding:
    cut = _CUT if row["cut"] else Said("", "")
    if not row["firms"]:
        observed = Said("未见环形交易", "no circle seen")
        text = Said(
            f"其购销不构成价值保持的环{cut.zh}",
            f"its trade is part of no circle that keeps its value{cut.en}",
        )
    else:
        names = " → ".join((*row["firms"], row["firms"][0]))
        net, kept = amount(row["net_fen"]), percent(row["kept"], digits=0)
        observed = Said(
            f"{row['months']}个月各绕一圈，共{net.zh}",
            f"once round in {row['months']} months, {net.en} in all",
        )
        text = Said(
            f"{names}：{row['months']}个月中货值绕一圈回到起点；最近一圈{row['days']}天，"
            f"末笔为首笔的{kept}{cut.zh}",
            f"{names}: in {row['months']} months the value went round and came back; "
            f"last within {row['days']} days, the last leg {kept} of the first{cut.en}",
        )
    return Finding(
        enterprise_id=row["enterprise_id"],
        check=CIRCULAR_TRADE.name,
        outcome="differs",
        expected=_EXPECTED,
        observed=observed,
        text=text,
        benign=_BENIGN,
    )


def _show(case: Case, firms: Sequence[str]) -> Mapping[str, tuple[Evidence, ...]]:
    """Return the legs of the last round of each firm's most frequent circle."""
    found = {
        firm: next(one for one in those if not one.one_group)
        for firm, those in circles_by(case, list(firms)).items()
    }
    places = _places(case, list(found.values()))
    return {
        firm: tuple(_of_leg(leg, places) for leg in circle.legs)
        for firm, circle in found.items()
    }


def _of_leg(leg: Leg, places: Mapping[tuple[object, ...], Row]) -> Evidence:
    row = places.get((leg.seller, leg.buyer, leg.on), {"file": "", "line": 0})
    net = amount(leg.net_fen)
    return Evidence(
        row["file"],
        row["line"],
        Said(
            f"{leg.on} {leg.seller} → {leg.buyer} {net.zh}",
            f"{leg.on} {leg.seller} → {leg.buyer} {net.en}",
        ),
    )


def _places(case: Case, circles: Sequence[Circle]) -> Mapping[tuple[object, ...], Row]:
    """Return where the first day's largest invoice of each leg stands.

    Either side's books may hold it.
    """
    wanted = {(x.seller, x.buyer, x.on) for circle in circles for x in circle.legs}
    keys = ("seller", "buyer", "happened_on")
    columns = [pa.array(column) for column in zip(*sorted(wanted), strict=True)]
    legs = ibis.memtable(pa.table(columns, names=keys))
    rows = linked(case.current("invoices"), case.facts)
    sale = rows.direction == "sale"
    sided = rows.filter((rows.state == "valid") & (rows.net_fen > 0)).select(
        "happened_on",
        "net_fen",
        "file",
        "line",
        seller=ibis.ifelse(sale, rows.enterprise_id, rows.counterparty_id),
        buyer=ibis.ifelse(sale, rows.counterparty_id, rows.enterprise_id),
    )
    ours = sided.semi_join(legs, list(keys)).order_by("net_fen", "file", "line")
    return {
        tuple(row[name] for name in keys): row for row in ours.to_pyarrow().to_pylist()
    }


_CUT: Final = Said(
    "（交易过密的月份未查更长的环）",
    " (longer circles were not sought in months of too dense trade)",
)
_EXPECTED: Final = Said(
    "货值不在数日内绕一圈回到起点", "no value that goes round and comes back in days"
)
_BENIGN: Final = Said(
    "退货、委托加工、集团内资金归集，或经销商之间互相调货",
    "goods sent back, work on others' material, a group's treasury, or distributors "
    "who supply each other",
)

CIRCULAR_TRADE: Final = Check(
    name="circular_trade",
    title=Said("环形交易", "Circular trade"),
    meaning=Said(
        f"二至{LONGEST}户之间，每户在{USUAL.next_days}天内把买进的按相近金额卖出，"
        f"{USUAL.whole_days}天内回到起点（每手最多损耗{percent(USUAL.fee, digits=0)}，"
        "各户增值税几乎相抵）；绕圈的月数与同一批企业、同样日子、金额重新分配时的偶然月数"
        "相比。红字与被冲的蓝字、同一实控集团之内、两户间回程更贵的（加工）不计",
        f"two to {LONGEST} firms each sell on within {USUAL.next_days} days what they "
        "bought, for about as much, until it is back at its start within "
        f"{USUAL.whole_days} days (at most {percent(USUAL.fee, digits=0)} lost at each "
        "leg, hardly any VAT left with anyone); the months in which it went round are "
        "compared with those that chance gives the same partners on the same days with "
        "amounts dealt anew. Red letters and what they reverse, circles within one "
        "group of owners, and two firms between whom it comes back for more (work on "
        "material) do not count",
    ),
    needs=("invoices",),
    find=Measured(measure=_measured, say=_say, worst="high", show=_show),
)
