"""Products judged: who may have which, why, and which suits best."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import MONTH_END, held
from tests.offers.asking import ASKED, Known, known_values, requirements
from tests.portraits.worlds import portrait_of

from xiaowei.offers.asked import UnknownFactsError
from xiaowei.offers.near_misses import NearMiss, near_misses
from xiaowei.offers.products import (
    Offering,
    Verdict,
    best_product,
    judge_products,
    offerings_on,
)
from xiaowei.offers.tiers import TIERS, Tier
from xiaowei.policy.products.product import (
    AUDIENCES,
    Amounts,
    Products,
    Rate,
    Requirement,
)
from xiaowei.policy.products.reading import load_products

DAY: Final = date(2026, 1, 31)
SHIPPED: Final = load_products()
OFFERINGS: Final = offerings_on(SHIPPED, on=DAY)
NEW: Final = date(2015, 12, 31)

SOUND: Final[Mapping[str, float]] = {
    "tax_a_unbroken_years_all": 3,
    "tax_credit_fresh_days": 200,
    "late_filings_12m": 0,
    "vat_unpaid_share_12m": 0.0,
    "sales_active_months_12m": 12,
    "sales_12m": 500_000_000,
    "status_now": 1.0,
    "court_bars": 0,
    "defaults": 0,
    "worst_finding": 0,
    "pd": 0.02,
    "founded_days_since": 4000,
}
"""An old firm with three years of grade A and nothing against it."""
YOUNG: Final[Mapping[str, float]] = {
    "founded_days_since": 400,
    "sales_active_months_12m": 9,
    "customers_12m": 5,
    "sales_history_months": 13,
    "insured_growth_12m": 0.2,
    "status_now": 1.0,
    "court_bars": 0,
    "defaults": 0,
    "worst_finding": 1,
    "pd": 0.08,
}
"""A start-up that takes on people."""


def judged(values: Known, *, tier: Tier = "steady") -> dict[str, Verdict]:
    verdicts = judge_products(OFFERINGS, values=values, tier=tier)
    return {verdict.product.code: verdict for verdict in verdicts}


def able(values: Known, *, tier: Tier = "steady") -> set[str]:
    return {code for code, one in judged(values, tier=tier).items() if one.eligible}


def asking(requirement: Requirement) -> tuple[Offering, ...]:
    product = replace(SHIPPED.entries["premium"], eligible=requirement)
    return offerings_on(Products({"one": product}), on=DAY)


def made(code: str, **stated: object) -> Verdict:
    """The working capital loan under another code, met."""
    plain = replace(SHIPPED.entries["working_capital"], code=code)
    return Verdict(replace(plain, **stated), "met", ())  # type: ignore[arg-type]


class TestNames:
    def test_of_tiers_are_those_that_tiers_have(self) -> None:
        assert set(AUDIENCES) == set(TIERS)


class TestOfferings:
    def test_are_those_of_the_day(self) -> None:
        assert len(OFFERINGS) == 8
        assert offerings_on(SHIPPED, on=NEW) == ()

    def test_ask_for_nothing_that_does_not_exist(self) -> None:
        premium = SHIPPED.entries["premium"]
        wrong = replace(premium.conditions[0], trait="tax_a_years")
        products = Products({"x": replace(premium, eligible=wrong)})

        for day in (DAY, NEW):
            with pytest.raises(UnknownFactsError, match="near tax_a_years_all"):
                offerings_on(products, on=day)


class TestJudging:
    def test_gives_a_sound_old_firm_the_premium_and_the_standard_loan(self) -> None:
        assert able(SOUND) == {"premium", "working_capital"}

    def test_gives_a_start_up_the_growth_loan_or_phased_credit(self) -> None:
        assert able(YOUNG) == {"growth", "phased"}

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"listed_parks": 1}, "park"),
            ({"orders_in_hand": 30_000_000, "customer_kept_share_12m": 0.5}, "orders"),
            (
                {
                    "receivables_open": 30_000_000,
                    "received_invoiced_ratio_12m": 0.9,
                    "customer_top_share_12m": 0.4,
                    "sales_red_share_24m": 0.01,
                },
                "invoices",
            ),
            (
                {
                    "loan_days_to_due": 30,
                    "loan_class": 1,
                    "own_overdue_now": 0,
                    "own_dpd_12m": 0.0,
                    "misuse_found": 0,
                    "sales_growth_12m": 0.02,
                },
                "renewal",
            ),
        ],
    )
    def test_gives_by_what_else_is_known(self, more: Known, code: str) -> None:
        facts = {**SOUND, "sales_void_share_12m": 0.01, **more}

        assert able(facts) == {"premium", "working_capital", code}

    @pytest.mark.parametrize(
        ("fact", "value"),
        [
            ("loan_days_to_due", 0),
            ("loan_class", 2),
            ("own_overdue_now", 1),
            ("misuse_found", 1),
            ("misuse_found", None),
            ("status_now", 2.0),
            ("court_bars", 1),
        ],
    )
    def test_renews_only_with_every_condition(
        self, fact: str, value: float | None
    ) -> None:
        renewed = {
            **SOUND,
            "loan_days_to_due": 1,
            "loan_class": 1,
            "own_overdue_now": 0,
            "own_dpd_12m": 0.0,
            "misuse_found": 0,
            "sales_growth_12m": 0.0,
        }

        assert "renewal" in able(renewed)
        assert "renewal" not in able({**renewed, fact: value})

    def test_gives_the_risky_nothing_but_phased_credit(self) -> None:
        assert able({**SOUND, "pd": 0.16}, tier="risk_warning") == {"phased"}
        assert judged(SOUND, tier="risk_warning")["premium"].lines[0].text == (
            "分层为风险警示型，要求高潜力支持型或稳健型：不符合",
            "tier is risk-warning, high-potential or steady is due: not met",
        )

    def test_gives_nothing_where_nothing_is_known(self) -> None:
        for tier in TIERS:
            assert able({}, tier=tier) == set()

    @given(lost=st.sets(st.sampled_from(sorted(SOUND))))
    def test_gives_no_more_for_knowing_less(self, lost: set[str]) -> None:
        less = {name: None if name in lost else one for name, one in SOUND.items()}

        assert able(less) <= able(SOUND)

    @given(
        requirement=requirements(),
        values=known_values(),
        lost=st.sets(st.sampled_from(sorted(ASKED))),
    )
    def test_of_any_product_gives_no_more_for_knowing_less(
        self, requirement: Requirement, values: Known, lost: set[str]
    ) -> None:
        offerings = asking(requirement)
        less = {name: one for name, one in values.items() if name not in lost}

        (whole,) = judge_products(offerings, values=values, tier="steady")
        (part,) = judge_products(offerings, values=less, tier="steady")

        assert whole.eligible or not part.eligible

    @given(requirement=requirements(), values=known_values())
    def test_of_any_product_says_what_it_does(
        self, requirement: Requirement, values: Known
    ) -> None:
        (verdict,) = judge_products(asking(requirement), values=values, tier="steady")

        top = [line.state for line in verdict.lines if line.depth == 0]
        assert verdict.eligible == (set(top) == {"met"})
        assert verdict.text.en.endswith(
            {"met": ": met", "not_met": ": not met", "unknown": ": unknown"}[
                verdict.state
            ]
        )


class TestThreeYearsOfGradeA:
    @pytest.mark.parametrize(
        ("years", "expected"),
        [
            ({2016: "A", 2017: "A", 2018: "A"}, "eligible"),
            ({2015: "B", 2016: "A", 2017: "A", 2018: "A"}, "eligible"),
            ({2016: "A", 2017: "B", 2018: "A"}, "missed by 2"),
            ({2017: "A", 2018: "A"}, "missed by 1"),
            ({2015: "A", 2016: "A", 2018: "A"}, "missed by 2"),
            ({2016: "A", 2017: "A", 2018: "B"}, "missed by 3"),
            ({2015: "A", 2016: "A", 2017: "A"}, "too old"),
            ({}, "unknown"),
        ],
    )
    def test_are_what_the_premium_loan_asks(
        self, years: dict[int, str], expected: str
    ) -> None:
        rows = [
            {
                "enterprise_id": "E1",
                "year": year,
                "grade": grade,
                "happened_on": date(year + 1, 4, 20),
            }
            for year, grade in years.items()
        ]
        portrait = portrait_of(held(tax_credit=rows), as_of=MONTH_END) if rows else {}
        told = {
            name: portrait.get(name)
            for name in ("tax_a_unbroken_years_all", "tax_credit_fresh_days")
        }
        values = {**SOUND, **told}

        verdict = judged(values)["premium"]
        near = {one.product.code: one for one in near_misses_of(values)}

        assert verdict.eligible == (expected == "eligible")
        if expected.startswith("missed by"):
            (change,) = near["premium"].changes
            assert change.rule.trait == "tax_a_unbroken_years_all"
            assert change.gap == int(expected[-1])
        if expected == "too old":
            (change,) = near["premium"].changes
            assert change.rule.trait == "tax_credit_fresh_days"
        if expected == "unknown":
            assert verdict.state == "unknown"
            assert all(change.gap is None for change in near["premium"].changes)


def near_misses_of(values: Known) -> tuple[NearMiss, ...]:
    return near_misses(OFFERINGS, values=values, tier="steady")


class TestBestProduct:
    def test_is_the_cheapest_that_the_firm_may_have(self) -> None:
        verdicts = judge_products(OFFERINGS, values=SOUND, tier="steady")

        best = best_product(verdicts, purpose="new_loan")

        assert best is not None
        assert best.code == "premium"
        assert best_product(verdicts, purpose="renewal") is None

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            ({"rate": Rate(-1, Decimal(0), Decimal(1))}, {"collateral": "none"}),
            ({"collateral": "none"}, {"amounts": Amounts(1, 10**12)}),
            ({"amounts": Amounts(1, 10**12)}, {}),
            ({}, {}),
        ],
    )
    def test_is_chosen_in_the_order_that_is_stated(
        self, left: dict[str, object], right: dict[str, object]
    ) -> None:
        verdicts = [made("b" if left else "c", **right), made("a", **left)]

        best = best_product(verdicts, purpose="new_loan")

        assert best is verdicts[1].product

    def test_prefers_the_longer_term(self) -> None:
        plain = SHIPPED.entries["working_capital"].repayment
        longer = made("z", repayment=replace(plain, max_months=60))

        best = best_product([made("a"), longer], purpose="new_loan")

        assert best is longer.product

    def test_passes_over_what_begins_above_the_amount(self) -> None:
        small = made("small", amounts=Amounts(100, 200))
        large = made("large", amounts=Amounts(1000, 2000))

        assert chosen([small, large], 150) == "small"
        assert chosen([small, large], 1500) == "large"
        assert chosen([small, large], 99) is None

    def test_counts_only_what_can_be_lent_of_the_amount(self) -> None:
        wide = made("wide", amounts=Amounts(100, 2000))
        narrow = made("narrow", amounts=Amounts(100, 200))

        assert chosen([wide, narrow], 150) == "narrow"
        assert chosen([wide, narrow], 250) == "wide"

    def test_is_none_of_none(self) -> None:
        assert best_product([], purpose="new_loan") is None


def chosen(verdicts: list[Verdict], amount: int) -> str | None:
    best = best_product(verdicts, purpose="new_loan", amount_fen=amount)
    return None if best is None else best.code
