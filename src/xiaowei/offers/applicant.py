"""Who asks for a loan, what bars it, and how much its turnover can carry.

An enterprise of which less is known is never offered more: without a PD or without
known sales there is no offer, just as there is none for sales too small for the
smallest loan.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from xiaowei.errors import InputError
from xiaowei.money import Fen, wan_text
from xiaowei.offers.bounds import FREE, Bounds
from xiaowei.offers.terms import GRADES, Terms, cny
from xiaowei.offers.tiers import TIERS, Tier
from xiaowei.said import Said, percent

NOT_LENT: Final = "D"
"""The grade that is not lent to, by the rules of the contest the terms follow."""

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """An enterprise that offers are made to, with what is known of it.

    Args:
        enterprise_id: who.
        pd: probability of default, 0..1; None where unknown.
        pd_high: upper end of its interval, 0..1; None where unknown.
        rating: the bank's grade A to D, or None.
        tier: its tier.
        sales_12m_fen: valid sales of the last 12 months without tax, below 0 where
            returns exceed them; None where unknown.
        barred: why it may not be lent to, whatever it would earn.
        bounds: what binds it beside the terms.
    """

    enterprise_id: str
    pd: float | None
    pd_high: float | None
    rating: str | None
    tier: Tier
    sales_12m_fen: Fen | None
    barred: tuple[Said, ...] = ()
    bounds: Bounds = FREE


class ApplicantError(InputError):
    """Applicants cannot be judged as they are; all faults are named at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name the first faults and how many there are."""
        shown = "; ".join(faults[:_SHOWN])
        super().__init__(
            f"{len(faults)} fault(s) in the applicants: {shown}",
            expected="each enterprise once, PD within 0 to 1 or None, rating A to D or "
            f"None, tier one of {', '.join(TIERS)}",
            remedy="Correct them and ask again; no offer was made",
        )


def check(applicants: Sequence[Applicant]) -> None:
    """Refuse applicants whose values cannot be.

    Raises:
        ApplicantError: every fault is counted, the first are named.
    """
    faults = [fault for one in applicants for fault in _faults(one)]
    counts = Counter(one.enterprise_id for one in applicants)
    faults += [f"'{name}' stands {n} times" for name, n in counts.items() if n > 1]
    if faults:
        raise ApplicantError(faults)


def refusals(applicant: Applicant, *, terms: Terms) -> tuple[Said, ...]:
    """Return every reason for which an enterprise gets no offer at any price.

    Args:
        applicant: the enterprise.
        terms: the smallest loan, and the share of sales that a limit may be.
    """
    return (*applicant.barred, *_unfit(applicant, terms))


def cap_lots(applicant: Applicant, *, terms: Terms) -> int:
    """Return the most lots that turnover, the largest loan and its bounds allow.

    Args:
        applicant: the enterprise.
        terms: the largest loan, the lot, and the share of sales.

    Returns:
        Whole lots; 0 where sales are unknown or any of these does not let the smallest
        loan through.
    """
    lots, most = turnover_lots(applicant, terms=terms), applicant.bounds.most_fen
    if most is not None:
        lots = min(lots, most // terms.lot_fen)
    return lots if lots >= terms.min_lots else 0


def turnover_lots(applicant: Applicant, *, terms: Terms) -> int:
    """Return the most lots that turnover and the largest loan allow.

    Args:
        applicant: the enterprise.
        terms: the largest loan, the lot, and the share of sales.

    Returns:
        Whole lots; 0 where sales are unknown or carry not even the smallest loan.
    """
    sales = applicant.sales_12m_fen
    if sales is None or sales <= 0:
        return 0
    carried = int(sales * terms.turnover_share // terms.lot_fen)
    lots = min(carried, terms.max_lots)
    return lots if lots >= terms.min_lots else 0


def _unfit(applicant: Applicant, terms: Terms) -> Iterator[Said]:
    if applicant.rating == NOT_LENT:
        yield Said("信誉评级 D，不予授信", "grade D is not lent to")
    if applicant.tier == "risk_warning" and not applicant.bounds.staged:
        name = TIERS["risk_warning"]
        yield Said(
            f"{name.zh}，除分期授信外不予授信",
            f"a {name.en} tier gets no offer but in stages",
        )
        yield from applicant.bounds.steps
    if applicant.pd is None:
        yield Said("违约概率未知，无法定价", "PD is unknown, so no price can be set")
    if applicant.sales_12m_fen is None:
        yield Said(
            "近12个月有效销售未知，额度无从核定",
            "valid sales of the last 12 months are unknown, so no limit can be set",
        )
    elif not turnover_lots(applicant, terms=terms):
        share, sales = percent(terms.turnover_share), applicant.sales_12m_fen
        smallest = terms.min_limit_fen
        yield Said(
            f"近12个月有效销售 {wan_text(sales)} 万元，其 {share} 不足最低授信"
            f" {wan_text(smallest)} 万元",
            f"{share} of 12 months' valid sales of {cny(sales)} does not reach the"
            f" smallest loan of {cny(smallest)}",
        )
    elif not cap_lots(applicant, terms=terms) and (
        applicant.tier != "risk_warning" or applicant.bounds.staged
    ):
        yield from applicant.bounds.steps


def _faults(applicant: Applicant) -> Iterator[str]:
    name = applicant.enterprise_id
    for label, value in (("PD", applicant.pd), ("upper PD", applicant.pd_high)):
        if value is not None and (math.isnan(value) or not 0 <= value <= 1):
            yield f"'{name}' has {label} {value}"
    if applicant.rating not in (*GRADES, NOT_LENT, None):
        yield f"'{name}' has rating '{applicant.rating}'"
    if applicant.tier not in TIERS:
        yield f"'{name}' has tier '{applicant.tier}'"
