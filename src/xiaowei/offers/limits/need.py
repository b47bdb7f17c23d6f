"""How much working capital a firm needs beyond what it has (流动资金贷款需求量).

The formula of the regulator's annex: what it costs to make a year's sales, times the
days that the money is tied up, over 360; less own funds, and loans there are. It asks
for statements, which small firms seldom have; of small and micro firms the regulator
lets the need be judged by other means (article 14), and a share of a year's sales is
the known one (周转法, the turnover method).
"""

import math
from dataclasses import dataclass
from typing import Final

from xiaowei.money import Fen, share_of
from xiaowei.offers.limits.assumptions import Assumptions

YEAR_DAYS: Final = 360
"""Days of a year in the annex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """How many days money is tied up, or had for nothing; None where unknown.

    Args:
        stock: of goods (存货).
        receivable: until buyers pay (应收账款).
        prepaid: to suppliers in advance (预付账款).
        payable: until suppliers are paid (应付账款).
        advance: from buyers in advance (预收账款).
    """

    stock: float | None = None
    receivable: float | None = None
    prepaid: float | None = None
    payable: float | None = None
    advance: float | None = None

    def tied_up(self, assumed: Assumptions) -> float:
        """Return the days from paying for goods to being paid for them, 0 or more.

        What is not known counts as what asks for the least money; nothing stated
        counts for less than that, so that no firm gains by leaving it out.

        Args:
            assumed: the fewest days of stock and receivables, the most of payables and
                advances.
        """
        least, most = assumed.cap_need_stock_days, assumed.cap_need_payable_days
        days = (
            max(self.stock or 0.0, least)
            + max(self.receivable or 0.0, assumed.cap_need_receivable_days)
            + max(self.prepaid or 0.0, 0.0)
            - _at_most(self.payable, most)
            - _at_most(self.advance, assumed.cap_need_advance_days)
        )
        return max(days, 0.0)


def turnover_days(*, flow_fen: Fen, mean_balance_fen: Fen) -> float:
    """Return the days that a balance turns over in: 360 / (flow / mean balance).

    Args:
        flow_fen: a year's sales for receivables and advances from buyers, a year's
            cost of sales for stock, payables and advances to suppliers; above 0.
        mean_balance_fen: mean of the balance, 0 or more.

    Source: 流动资金贷款管理办法, annex.

    >>> turnover_days(flow_fen=36_000_00, mean_balance_fen=3_000_00)
    30.0
    """
    return YEAR_DAYS * mean_balance_fen / flow_fen


def working_capital(
    *, sales_fen: Fen, margin: float, growth: float, days: float
) -> Fen:
    """Return the working capital that a year's sales tie up (营运资金量).

    Args:
        sales_fen: of the last year, 0 or more.
        margin: profit over sales of the last year; below 0 for a loss.
        growth: expected of sales in the year to come, above -1.
        days: that money is tied up, 0 or more; 360 over them are the turns a year.

    Returns:
        Sales x (1 - margin) x (1 + growth) / turns, rounded down to the fen.

    Source: 流动资金贷款管理办法, annex.
    """
    return math.floor(sales_fen * (1 - margin) * (1 + growth) * days / YEAR_DAYS)


def loan_need(capital_fen: Fen, *, own_fen: Fen, loans_fen: Fen) -> Fen:
    """Return the new loan that the need leaves room for (新增流动资金贷款额度).

    Args:
        capital_fen: see `working_capital`.
        own_fen: own funds, 0 or more.
        loans_fen: loans for working capital and other funds there are, 0 or more.

    Source: 流动资金贷款管理办法, annex.
    """
    return max(capital_fen - own_fen - loans_fen, 0)


def turnover_need(sales_fen: Fen, *, share: float, loans_fen: Fen) -> Fen:
    """Return the new loan that a share of a year's sales leaves room for (周转法).

    Args:
        sales_fen: of the last 12 months; below 0 counts as nothing.
        share: of them that loans for working capital may come to, 0..1.
        loans_fen: loans there are, 0 or more.

    Source: the turnover method of the Nayak committee (Reserve Bank of India, 1992):
    small units' working capital is a quarter of a year's turnover, four fifths of it
    lent by banks.

    >>> turnover_need(1_000_000_00, share=0.2, loans_fen=50_000_00)
    15000000
    """
    return max(share_of(max(sales_fen, 0), share) - max(loans_fen, 0), 0)


def counted_growth(growth: float | None, *, most: float) -> float:
    """Return the growth that counts: within bounds, and the lower one where unknown.

    Args:
        growth: of sales over a year; None where unknown.
        most: most that counts, 0..1; a fall counts as far.
    """
    return -most if growth is None else min(max(growth, -most), most)


def _at_most(stated: float | None, most: float) -> float:
    return most if stated is None else min(max(stated, 0.0), most)
