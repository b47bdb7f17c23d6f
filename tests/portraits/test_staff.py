"""People at work and the tax office's grades, reckoned a second time and by hand."""

from datetime import date
from typing import Any

import pytest
from tests.factories import MONTH_END, Row, held
from tests.portraits import draws
from tests.portraits.oracles.harness import Draw, check
from tests.portraits.oracles.people import grades, people
from tests.portraits.worlds import portrait_of

from xiaowei.portraits.traits import staff, tax_credit

JANUARY = date(2020, 1, 31)


def insured(**stated: Any) -> Row:  # noqa: ANN401
    """Ten people of E1 insured in January 2020, paid on the day due."""
    return {
        "enterprise_id": "E1",
        "period_end": JANUARY,
        "headcount": 10,
        "base_fen": 5_000_000,
        "due_fen": 1000,
        "paid_fen": 1000,
        "due_on": date(2020, 2, 15),
        "happened_on": date(2020, 2, 15),
    } | stated


def graded(year: int, grade: str) -> Row:
    return {
        "enterprise_id": "E1",
        "year": year,
        "grade": grade,
        "happened_on": date(year + 1, 4, 20),
    }


class TestSecondReckoning:
    @pytest.mark.parametrize("seed", range(2))
    def test_of_people_agrees(self, seed: int) -> None:
        draw = Draw(seed, date(2020, 4, 30))
        facts = {
            "social_security": draw.rows(draws.social_security, most=50),
            "payroll": draw.rows(draws.payroll, most=50),
        }

        check(staff.PARTS, facts, people)

    @pytest.mark.parametrize("seed", range(2))
    def test_of_grades_agrees(self, seed: int) -> None:
        draw = Draw(seed, date(2020, 4, 30))

        check(
            (tax_credit.PART,),
            {"tax_credit": draw.rows(draws.tax_credit, most=5)},
            grades,
        )


class TestInsured:
    def test_takes_a_month_not_stated_for_no_fall(self) -> None:
        rows = [
            insured(period_end=date(2019, 12, 31), headcount=20),
            *[
                insured(period_end=end, headcount=20)
                for end in (date(2019, 11, 30), date(2019, 10, 31), date(2019, 9, 30))
            ],
        ]

        found = portrait_of(held(social_security=rows), as_of=MONTH_END)

        assert found["insured_growth_3m"] == 0
        assert found["insured_now"] == 20

    def test_counts_days_late_and_what_is_unpaid(self) -> None:
        rows = [
            insured(happened_on=date(2020, 2, 25), paid_fen=250),
            insured(period_end=date(2019, 12, 31), happened_on=date(2020, 2, 1)),
        ]

        found = portrait_of(held(social_security=rows), as_of=MONTH_END)

        assert found["social_days_late_12m"] == 5
        assert found["social_unpaid_share_12m"] == 750 / 2000
        assert found["social_base_12m"] == 500_000

    def test_sets_people_paid_against_people_insured(self) -> None:
        paid = {
            "enterprise_id": "E1",
            "period_end": JANUARY,
            "headcount": 12,
            "wages_fen": 1_200_000,
            "happened_on": date(2020, 2, 10),
        }

        found = portrait_of(
            held(social_security=[insured()], payroll=[paid]), as_of=MONTH_END
        )

        assert found["paid_insured_ratio_12m"] == 1.2
        assert found["wage_12m"] == 100_000


class TestGrades:
    def test_count_the_last_years_of_a(self) -> None:
        rows = [
            graded(2015, "A"),
            graded(2016, "D"),
            graded(2017, "A"),
            graded(2018, "A"),
        ]

        found = portrait_of(held(tax_credit=rows), as_of=MONTH_END)

        assert found["tax_grade_now"] == 4
        assert found["tax_grade_change_now"] == 0
        assert found["tax_a_years_all"] == 2
        assert found["tax_grade_worst_36m"] == 0

    @pytest.mark.parametrize(
        ("years", "unbroken"),
        [
            ({2016: "A", 2017: "A", 2018: "A"}, 3),
            ({2015: "A", 2016: "A", 2018: "A"}, 1),
            ({2014: "A", 2016: "A", 2017: "A", 2018: "A"}, 3),
            ({2016: "A", 2017: "B", 2018: "A"}, 1),
            ({2016: "A", 2017: "A", 2018: "B"}, 0),
        ],
    )
    def test_count_no_year_across_one_without_a_grade(
        self, years: dict[int, str], unbroken: int
    ) -> None:
        rows = [graded(year, grade) for year, grade in years.items()]

        found = portrait_of(held(tax_credit=rows), as_of=MONTH_END)

        assert found["tax_a_unbroken_years_all"] == unbroken

    def test_know_no_change_of_one(self) -> None:
        found = portrait_of(held(tax_credit=[graded(2018, "M")]), as_of=MONTH_END)

        assert found["tax_grade_now"] == 2
        assert found["tax_grade_change_now"] is None
        assert found["tax_a_years_all"] == 0
