"""Working capital by the regulator's annex, on a sheet worked out by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers.limits.firms import WAN, assumed

from xiaowei.offers.limits.need import (
    Days,
    counted_growth,
    loan_need,
    turnover_days,
    working_capital,
)

# A published sheet of the annex, in units of ten thousand yuan: sales, cost, mean
# balances, profit, next year's sales, own funds, and what it comes to.
SALES = 20_315_74 * WAN // 100
COST = 19_178_09 * WAN // 100
STOCK = 1_029_665 * WAN // 1000
RECEIVABLE = 1_222_43 * WAN // 100
PREPAID = 1_845_397 * WAN // 1000
PAYABLE = WAN
ADVANCE = 79_55 * WAN // 100
PROFIT = 903_1236 * WAN // 10_000
PLANNED = 36_500 * WAN


class TestWorkedSheet:
    def test_turns_over_in_the_days_that_the_sheet_states(self) -> None:
        assert turnover_days(flow_fen=COST, mean_balance_fen=STOCK) == pytest.approx(
            19.328, abs=0.001
        )
        assert turnover_days(
            flow_fen=SALES, mean_balance_fen=RECEIVABLE
        ) == pytest.approx(21.662, abs=0.001)
        assert turnover_days(flow_fen=COST, mean_balance_fen=PREPAID) == pytest.approx(
            34.64, abs=0.01
        )

    def test_needs_what_the_sheet_says(self) -> None:
        days = Days(
            stock=turnover_days(flow_fen=COST, mean_balance_fen=STOCK),
            receivable=turnover_days(flow_fen=SALES, mean_balance_fen=RECEIVABLE),
            prepaid=turnover_days(flow_fen=COST, mean_balance_fen=PREPAID),
            payable=turnover_days(flow_fen=COST, mean_balance_fen=PAYABLE),
            advance=turnover_days(flow_fen=SALES, mean_balance_fen=ADVANCE),
        )
        # The sheet trusts all days as stated.
        trusting = assumed(
            cap_need_stock_days=0,
            cap_need_receivable_days=0,
            cap_need_payable_days=360,
            cap_need_advance_days=360,
        )

        capital = working_capital(
            sales_fen=SALES,
            margin=PROFIT / SALES,
            growth=PLANNED / SALES - 1,
            days=days.tied_up(trusting),
        )

        # 7,188.82 stands on the sheet, which rounds 4.85156 turns to 4.8516.
        assert capital / WAN == pytest.approx(7_188.82, abs=0.15)
        own = 3_001_22 * WAN // 100
        assert loan_need(capital, own_fen=own, loans_fen=0) / WAN == pytest.approx(
            4_187.60, abs=0.15
        )


class TestDays:
    def test_count_as_little_as_may_be_where_nothing_is_stated(self) -> None:
        numbers = assumed()

        assert Days().tied_up(numbers) == max(
            numbers.cap_need_stock_days
            + numbers.cap_need_receivable_days
            - numbers.cap_need_payable_days
            - numbers.cap_need_advance_days,
            0,
        )

    @given(
        stated=st.fixed_dictionaries(
            {
                name: st.none() | st.floats(0, 400)
                for name in ("stock", "receivable", "prepaid", "payable", "advance")
            }
        ),
        left_out=st.sets(
            st.sampled_from(["stock", "receivable", "prepaid", "payable", "advance"])
        ),
    )
    def test_never_rise_by_leaving_one_out(
        self, stated: dict[str, float | None], left_out: set[str]
    ) -> None:
        numbers = assumed()
        fewer = {k: None if k in left_out else v for k, v in stated.items()}

        assert Days(**fewer).tied_up(numbers) <= Days(**stated).tied_up(numbers)


class TestNeed:
    @given(growth=st.none() | st.floats(-0.99, 5), most=st.floats(0, 0.5))
    def test_counts_no_more_growth_than_policy_lets_and_a_fall_where_unknown(
        self, growth: float | None, most: float
    ) -> None:
        counted = counted_growth(growth, most=most)

        assert -most <= counted <= most
        assert counted_growth(None, most=most) <= counted

    @given(
        capital=st.integers(0, 10**12),
        own=st.integers(0, 10**12),
        loans=st.integers(0, 10**12),
    )
    def test_adds_up_to_the_fen(self, capital: int, own: int, loans: int) -> None:
        need = loan_need(capital, own_fen=own, loans_fen=loans)

        assert need == max(capital - own - loans, 0)
        assert need == 0 or need + own + loans == capital
