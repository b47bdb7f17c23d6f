"""A limit is the least of its caps; what is not known lets nothing through."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers.limits.firms import DAY, WAN, assumed, known

from xiaowei.offers.limits.limit import CAPS, Cap, Known, Limit, caps_of, limit_of
from xiaowei.offers.limits.need import Days
from xiaowei.offers.terms import Terms, terms_on
from xiaowei.policy.book import load_book
from xiaowei.said import Said

TERMS: Terms = terms_on(load_book(), on=DAY)
UNKNOWABLE = (
    "sales_12m_fen",
    "buyer_share",
    "revenue_fen",
    "profit_fen",
    "growth",
    "own_fen",
    "debts_fen",
    "group_fen",
)


def limit(of: Known, *, cash: int | None = 500 * WAN) -> Limit:
    told = Cap("cash", cash, Said("现金流", "cash"))
    return limit_of((told, *caps_of(of, assumed=assumed(), terms=TERMS)), terms=TERMS)


def cap(of: Limit, name: str) -> Cap:
    return next(one for one in of.caps if one.name == name)


class TestLimit:
    def test_is_the_least_cap_in_whole_lots_and_names_it(self) -> None:
        found = limit(known(), cash=33 * WAN + 7)

        assert found.amount_fen == 33 * WAN
        assert found.binds == "cash"
        assert found.text.zh.startswith("额度 33.00 万元，受限于现金流可承受额度")
        assert {one.name for one in found.caps} == set(CAPS)

    def test_is_bound_by_policy_where_cash_bears_all_that_policy_lends(self) -> None:
        assert limit(known(), cash=TERMS.max_limit_fen).binds == "policy"

    def test_is_nothing_below_the_smallest_loan(self) -> None:
        assert limit(known(), cash=9 * WAN).amount_fen == 0

    @pytest.mark.parametrize(
        ("stated", "binds"),
        [
            ({"sales_12m_fen": 200 * WAN}, "turnover"),
            ({"buyer_share": 1.0, "sales_12m_fen": 400 * WAN}, "buyer"),
            ({"group_fen": 980 * WAN}, "group"),
            ({"own_fen": 320 * WAN, "debts_fen": 150 * WAN}, "need"),
            ({}, "policy"),
        ],
    )
    def test_is_bound_by_what_is_least(
        self, stated: dict[str, int | float], binds: str
    ) -> None:
        found = limit(known(**stated))

        assert found.binds == binds
        assert cap(found, binds).amount_fen == min(
            one.amount_fen for one in found.caps if one.amount_fen is not None
        )

    @pytest.mark.parametrize("unknown", ["sales_12m_fen", "debts_fen", "group_fen"])
    def test_lets_nothing_through_what_cannot_be_known(self, unknown: str) -> None:
        found = limit(known(**{unknown: None}))

        assert found.amount_fen == 0
        assert cap(found, found.binds).amount_fen is None
        assert "未知" in found.text.zh
        assert "unknown for want of" in found.text.en

    @pytest.mark.parametrize("paper", ["revenue_fen", "profit_fen", "own_fen"])
    def test_judges_need_by_turnover_where_papers_are_wanting(self, paper: str) -> None:
        need = cap(limit(known(debts_fen=90 * WAN, **{paper: None})), "need")

        assert need.amount_fen == 150 * WAN
        assert need.text.zh.startswith("周转法：近12个月销售 1,200.00 万元的 20.00%")
        assert "附件公式缺" in need.text.zh

    def test_takes_the_greater_of_both_ways_to_judge_a_need(self) -> None:
        by_annex = cap(limit(known(own_fen=0)), "need")
        by_turnover = cap(limit(known(own_fen=900 * WAN)), "need")

        assert by_annex.amount_fen is not None
        assert by_annex.amount_fen > 240 * WAN
        assert by_annex.text.zh.startswith("附件公式：营运资金量")
        assert by_turnover.amount_fen == 240 * WAN
        assert "by turnover: 20.00% of 12 months' sales" in by_turnover.text.en
        assert "by the annex: working capital" in by_turnover.text.en

    def test_knows_no_need_without_either_way(self) -> None:
        need = cap(limit(known(sales_12m_fen=None, own_fen=None)), "need")

        assert need.amount_fen is None

    def test_takes_no_paths_for_no_money(self) -> None:
        assert limit(known(), cash=None).amount_fen == 0

    @given(
        stated=st.fixed_dictionaries(
            {
                "sales_12m_fen": st.integers(-WAN, 5_000 * WAN),
                "buyer_share": st.floats(0, 1),
                "revenue_fen": st.integers(0, 5_000 * WAN),
                "profit_fen": st.integers(-1_000 * WAN, 1_000 * WAN),
                "growth": st.floats(-1, 3),
                "own_fen": st.integers(0, 500 * WAN),
                "debts_fen": st.integers(0, 500 * WAN),
                "group_fen": st.integers(0, 500 * WAN),
            }
        ),
        hidden=st.sets(st.sampled_from(UNKNOWABLE), min_size=1),
    )
    def test_never_rises_by_showing_less(
        self, stated: dict[str, int | float], hidden: set[str]
    ) -> None:
        full = known(**stated)
        less = known(**stated | dict.fromkeys(hidden))

        assert limit(less).amount_fen <= limit(full).amount_fen
        assert limit(replace(full, days=Days())).amount_fen <= limit(full).amount_fen

    @given(cash=st.integers(0, 300 * WAN))
    def test_is_never_above_a_cap(self, cash: int) -> None:
        found = limit(known(), cash=cash)

        assert all(found.amount_fen <= (one.amount_fen or 0) for one in found.caps)
        assert found.amount_fen % TERMS.lot_fen == 0

    def test_says_every_cap_in_both_languages(self) -> None:
        for one in limit(known()).caps:
            assert any("一" <= sign <= "鿿" for sign in one.text.zh)
            assert one.text.en.isascii()
