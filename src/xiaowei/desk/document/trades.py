"""Trades and their coefficients as plain values."""

from typing import Any

from xiaowei.desk.document.opinions import pooled_of
from xiaowei.desk.document.said import both
from xiaowei.desk.hearing import nearest
from xiaowei.desk.rights import Holding
from xiaowei.desk.trades import Trades
from xiaowei.industry.classification import industry_name
from xiaowei.said import Said


def trades(found: Trades) -> dict[str, Any]:
    """Return the table of coefficients, the market first."""
    table = found.table
    return {
        "valid_from": table.valid_from.isoformat(),
        "expires_on": table.expires_on.isoformat(),
        "version": table.version,
        "rows": [
            {
                "code": row.code,
                **both(industry_name(row.code or None)),
                "coefficient": round(row.coefficient, 6),
                "low": round(row.low, 6),
                "high": round(row.high, 6),
                "credibility": round(row.credibility, 6),
                "data": None if row.data is None else round(row.data, 6),
                "prior": round(row.prior, 6),
                "firms": row.firms,
                "bads": row.bads,
                "expected": round(row.expected, 4),
                "text": both(row.text),
                "opinion": pooled_of(found.opinions[row.code])
                if row.code in found.opinions
                else None,
            }
            for row in table.rows.values()
        ],
    }


def profile(found: Trades, firm: str) -> dict[str, Any]:
    """Return what a firm's trade makes of it."""
    judged = found.judged[firm]
    return {
        "key": judged.profile.key,
        "index": round(judged.index, 2),
        "at_most": round(judged.at_most, 2),
        "known": round(judged.known, 4),
        "usual": round(judged.usual, 2),
        "peers": judged.peers,
        "lines": [
            *(both(line) for line in judged.lines),
            both(found.coefficients[firm].text),
            *(both(line) for line in _heard(found, judged.code)),
        ],
        "papers": [both(paper) for paper in judged.profile.papers],
        "rights": _rights(found.rights[firm]),
    }


def _heard(found: Trades, code: str | None) -> list[Said]:
    """Return the line on opinions of the nearest trade on which any stand."""
    about = nearest(found.opinions, code)
    if about is None:
        return []
    name, told = industry_name(about), found.opinions[about].text
    return [
        Said(
            f"专家对{name.zh}的意见（作为系数先验）：{told.zh}",
            f"experts on {name.en}, as the prior of its coefficient: {told.en}",
        )
    ]


def _rights(holding: Holding) -> dict[str, Any]:
    """Return what rights are worth as a range, or why nothing can be said."""
    worth = holding.worth
    text = both(worth.lines[0])
    return {
        "low_fen": worth.low,
        "likely_fen": worth.middle,
        "high_fen": worth.high,
        "floor_fen": worth.floor or None,
        "reason": text if worth.low is None else None,
        "text": text,
        "lines": [both(line) for line in worth.lines],
        "count": worth.rights,
        "pledged": worth.pledged,
        "kinds": dict(holding.kinds),
    }
