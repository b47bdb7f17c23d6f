"""What a run knows of a firm opens products; what it does not know opens nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.offers.limits.firms import SEEDS, assumed, history, known, months, norms

from xiaowei.desk.bearing.agreements import NotOfferedError, Wish, agreement_of
from xiaowei.desk.bearing.money import Money
from xiaowei.desk.bearing.ways import facts_of
from xiaowei.desk.counsel import products
from xiaowei.desk.counsel.plain import counsel_of
from xiaowei.desk.counsel.products import (
    LateDrawdownError,
    NoProductError,
    NotInRunError,
    counsel_for,
    firm_of,
)
from xiaowei.offers.limits.twin import Standing
from xiaowei.offers.products import offerings_on
from xiaowei.offers.raroc import costs_on
from xiaowei.offers.schedules.schedule import schedule_of
from xiaowei.offers.terms import terms_on
from xiaowei.policy.book import load_book
from xiaowei.policy.products.reading import load_products

DAY = date(2025, 6, 30)
MONTHS = [f"2024-{month:02d}" for month in range(7, 13)] + [
    f"2025-{month:02d}" for month in range(1, 7)
]


def firm(**stated: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a document
    """Return a firm with three years of tax grade A, as a run's document has it."""
    traits = {
        "tax_a_unbroken_years_all": 3,
        "tax_credit_fresh_days": 60,
        "late_filings_12m": 0,
        "vat_unpaid_share_12m": 0.0,
        "sales_active_months_12m": 12,
        "sales_history_months": 40,
        "status_now": 1,
        "founded_days_since": 3_000,
        "court_dishonest_now": 0,
        "court_restricted_now": 0,
    }
    return {
        "enterprise_id": "F1",
        "name": "一号",
        "as_of": DAY.isoformat(),
        "tier": "steady",
        "limit_fen": 1_000_000_00,
        "rate": 0.06,
        "pd": 0.01,
        "pd_high": 0.02,
        "defaulted": False,
        "findings": [{"severity": "none"}],
        "series": {"months": MONTHS, "sales_fen": [100_000_00] * 11 + [900_000_00]},
        "traits": traits,
    } | stated


def money(**stated: Any) -> Money:  # noqa: ANN401 - any part of what is known
    """Return the money of a firm that can bear the largest loan."""
    parts: dict[str, Any] = {
        "history": history(received=months(wan=400), closes=months(wan=500)),
        "norms": norms(),
        "standing": Standing(opening_fen=50_000_000_00, buyer_share=0.1),
        "known": known(),
        "assumed": assumed(),
        "terms": terms_on(load_book(), on=DAY),
        "seeds": SEEDS,
        "costs": costs_on(load_book(), on=DAY),
    }
    return Money(**parts | stated)


RICH = money()


def asked(
    stated: dict[str, Any],
    *,
    of: Money = RICH,
    **wish: Any,  # noqa: ANN401
) -> products.Counsel:
    return counsel_for(stated, {}, money=of, wish=Wish(**wish))


class TestFactsOf:
    def test_take_no_bar_by_court_for_none_where_one_list_was_not_asked(self) -> None:
        traits = firm()["traits"] | {"court_restricted_now": None}

        assert facts_of(firm())["court_bars"] == 0
        assert facts_of(firm(traits=traits))["court_bars"] is None

    def test_know_no_finding_where_nothing_was_checked(self) -> None:
        silent = [{"severity": "none", "outcome": "silent"}]

        assert facts_of(firm(findings=[]))["worst_finding"] is None
        assert facts_of(firm(findings=silent))["worst_finding"] is None

    def test_find_no_default_of_whom_our_record_does_not_name(self) -> None:
        assert facts_of(firm(defaulted=None))["defaults"] == 0
        assert facts_of(firm(defaulted=True))["defaults"] == 1


class TestCounsel:
    def test_gives_three_years_of_grade_a_the_premium_loan_at_a_lower_rate(
        self,
    ) -> None:
        loan = asked(firm()).proposal

        assert loan is not None
        assert loan.product.code == "premium"
        assert loan.rate == Decimal("0.055")
        assert loan.product.collateral == "none"
        assert loan.schedule.lines[-1].outstanding_fen == 0

    @pytest.mark.parametrize(
        "unknown", ["tax_a_unbroken_years_all", "tax_credit_fresh_days", "status_now"]
    )
    def test_gives_it_to_none_of_whom_less_is_known(self, unknown: str) -> None:
        traits = {k: v for k, v in firm()["traits"].items() if k != unknown}
        told = asked(firm(traits=traits))

        assert "premium" not in {v.product.code for v in told.verdicts if v.eligible}

    def test_asks_for_what_pays_and_says_what_it_is_made_of(self) -> None:
        cheap = asked(firm(rate=0.041)).proposal
        assert cheap is not None
        assert cheap.quote.price is not None
        assert cheap.rate > Decimal("0.041")
        assert cheap.quote.price.pays
        assert 0 <= cheap.quote.price.surplus < 0.0001
        assert "raised" in getattr(cheap.quote.why, "en", "")

    def test_asks_for_the_papers_of_product_and_trade_each_once(self) -> None:
        lease = {"zh": "房屋租赁合同", "en": "lease"}
        plain = asked(firm()).proposal
        assert plain is not None
        assert plain.papers
        of_product = [{"zh": one.zh, "en": one.en} for one in plain.papers]

        caterer = asked(firm(profile={"papers": [lease, of_product[0]]}))

        assert caterer.proposal is not None
        assert caterer.proposal.papers == (*plain.papers, ("房屋租赁合同", "lease"))
        told = counsel_of(caterer)["proposal"]
        assert told["papers"] == [*of_product, lease]

    def test_proposes_nothing_where_no_rate_pays(self) -> None:
        broke = firm(pd=0.045, pd_high=0.05)
        costs = replace(costs_on(load_book(), on=DAY), cap=Decimal("0.05"))
        told = asked(broke, of=money(costs=costs))

        assert told.proposal is None
        assert told.unpaid is not None
        assert told.unpaid.rate is None
        assert "does not cover" in getattr(told.unpaid.why, "en", "")
        with pytest.raises(NotOfferedError, match="does not cover"):
            asked(broke, of=money(costs=costs), amount_fen=100_000_00)

    @pytest.mark.parametrize(
        "other",
        [
            {"name": "二号", "enterprise_id": "F2"},
            {"region": "东城", "owner": "李", "gender": "女"},
            {"park": "北园"},
        ],
    )
    def test_prices_firms_alike_alike(self, other: dict[str, Any]) -> None:
        one, same = asked(firm()).proposal, asked(firm(**other)).proposal

        assert one is not None
        assert same is not None
        assert one.rate == same.rate

    def test_asks_for_no_price_before_there_was_an_lpr(self) -> None:
        loan = asked(firm(), of=money(costs=None)).proposal

        assert loan is not None
        assert loan.quote.price is None

    def test_names_it_as_near_where_a_year_is_missing(self) -> None:
        traits = firm()["traits"] | {"tax_a_unbroken_years_all": 2}
        near = {miss.product.code: miss for miss in asked(firm(traits=traits)).near}

        assert near["premium"].after == {"tax_a_unbroken_years_all": 3}

    def test_bears_principal_where_sales_are_in_a_seasonal_schedule(self) -> None:
        loan = asked(firm(), product="premium", kind="seasonal", months=12).proposal

        assert loan is not None
        by_month = {
            line.due_on.month: line.principal_fen for line in loan.schedule.lines
        }
        assert by_month[6] == max(by_month.values())

    def test_proposes_nothing_where_the_run_lends_nothing(self) -> None:
        assert asked(firm(limit_fen=0, rate=None)).proposal is None

    @pytest.mark.parametrize(
        ("wish", "fault"),
        [
            ({"product": "premium", "months": 120}, "120 months"),
            ({"product": "premium", "kind": "at_end"}, "at_end"),
            ({"product": "premium", "amount_fen": 2_000_000_00}, "2000000 yuan"),
            ({"product": "renewal"}, "renewal"),
        ],
    )
    def test_refuses_what_a_product_does_not_give(
        self, wish: dict[str, Any], fault: str
    ) -> None:
        with pytest.raises(NotOfferedError, match=fault):
            asked(firm(), **wish)

    def test_is_paid_out_within_a_year_of_its_run(self) -> None:
        last = Wish(drawn_on=date(2026, 6, 1))
        found = counsel_for(firm(), {}, money=money(), wish=last)
        assert found.proposal is not None
        for late in (date(2026, 7, 1), date(9999, 12, 31)):
            with pytest.raises(LateDrawdownError, match="12 months"):
                counsel_for(firm(), {}, money=money(), wish=Wish(drawn_on=late))

    def test_names_what_it_does_not_know(self) -> None:
        with pytest.raises(NoProductError, match="'yacht'"):
            asked(firm(), product="yacht")
        with pytest.raises(NotInRunError, match="'F2'"):
            firm_of({"firms": [firm()]}, "F2")

    def test_repays_by_every_kind_that_a_product_allows(self) -> None:
        for offering in offerings_on(load_products(), on=DAY):
            product = offering.product
            for kind in product.repayment.kinds:
                agreement = agreement_of(
                    product,
                    Wish(kind=kind),
                    firm(),
                    500_000_00,
                    rate=Decimal("0.05"),
                    day=DAY,
                )
                schedule = schedule_of(agreement)
                assert sum(line.principal_fen for line in schedule.lines) == 500_000_00


class TestLimit:
    def test_is_told_with_every_cap_and_what_cash_will_be(self) -> None:
        told = counsel_of(asked(firm()))
        loan = told["proposal"]

        assert {one["cap"] for one in told["limit"]["caps"]} == {
            "cash", "need", "buyer", "group", "turnover", "policy",
        }  # fmt: skip
        assert loan["amount_fen"] <= told["limit"]["amount_fen"]
        assert len(loan["cash"]) == len(loan["schedule"])
        assert all(
            one["p10_fen"] <= one["p50_fen"] <= one["p90_fen"] for one in loan["cash"]
        )
        shortfall = loan["shortfall"]
        assert shortfall["low"] <= shortfall["chance"] <= shortfall["high"]
        assert shortfall["high"] <= told["limit"]["shortfall_most"]
        assert loan["repaid_so"]["zh"]

    def test_proposes_no_more_than_cash_bears(self) -> None:
        thin = money(
            history=history(received=months(wan=92)),
            standing=Standing(opening_fen=40_000_000, buyer_share=0.1),
        )
        told = counsel_of(asked(firm(), of=thin))
        cash = next(one for one in told["limit"]["caps"] if one["cap"] == "cash")

        assert 0 < cash["amount_fen"] < 1_000_000_00
        assert told["limit"]["binds"] == "cash"
        assert told["proposal"]["amount_fen"] == cash["amount_fen"]

    @pytest.mark.parametrize(
        "less",
        [
            {"history": None},
            {"known": known(group_fen=None)},
            {"known": known(debts_fen=None)},
        ],
    )
    def test_proposes_nothing_where_a_cap_is_unknown(
        self, less: dict[str, Any]
    ) -> None:
        told = counsel_of(asked(firm(), of=money(**less)))

        assert told["proposal"] is None
        assert told["limit"]["amount_fen"] == 0
        assert not all(one["known"] for one in told["limit"]["caps"])

    def test_refuses_an_amount_beyond_it_and_says_what_binds(self) -> None:
        with pytest.raises(NotOfferedError, match="its group and circle of guarantees"):
            asked(
                firm(),
                of=money(known=known(group_fen=9_800_000_00)),
                product="premium",
                amount_fen=500_000_00,
            )

    def test_takes_the_schedule_that_puts_cash_least_at_risk(self) -> None:
        found = asked(firm(), product="premium").bearing.choice

        assert found is not None
        assert found.trial.asked.value == min(one.asked.value for one in found.trials)
        assert {one.kind for one in found.trials} == {
            "equal_instalments", "equal_principal", "interest_first", "seasonal",
        }  # fmt: skip
