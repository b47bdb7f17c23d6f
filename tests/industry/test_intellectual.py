"""What rights are alive, and what they are worth: against closed forms."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from xiaowei.industry.intellectual import (
    KindRules,
    RightsRules,
    Valuation,
    rights_rules,
    value_rights,
)
from xiaowei.industry.rights import Event, Kind, Right, rights_alive
from xiaowei.money import Fen
from xiaowei.policy.book import load_book

DAY = date(2026, 1, 31)
SALES = 1_000_000_00
PLAIN = KindRules(
    royalty=(0.02, 0.02, 0.02), term=20, life=5, lapse=0, fees=((1, 900), (4, 1200))
)
CERTAIN = RightsRules(
    kinds={"invention": PLAIN, "design": replace(PLAIN, royalty=(0.01, 0.01, 0.01))},
    discount=(0.1, 0.1),
    share=(0.5, 0.5),
    tax=0.25,
)
CASH = SALES * 0.5 * 0.02 * 0.75


def right(kind: Kind = "invention", *, since: date = DAY) -> Right:
    return Right("ZL1", kind, since, None, None, None, pledged=False)


def valued(
    *rights: Right, rules: RightsRules = CERTAIN, sales: Fen | None = SALES
) -> Valuation:
    return value_rights(
        rights,
        sales_fen=sales,
        rules=rules,
        on=DAY,
        generator=np.random.default_rng(5),
    )


class TestRightsAlive:
    def test_are_granted_and_neither_lapsed_nor_gone(self) -> None:
        def event(number: str, what: str, year: int) -> Event:
            return Event(number, "invention", what, date(year, 6, 1))

        alive = rights_alive(
            [
                event("kept", "applied", 2019),
                event("kept", "granted", 2021),
                event("kept", "renewed", 2025),
                event("kept", "pledged", 2022),
                event("lapsed", "granted", 2020),
                event("lapsed", "lapsed", 2024),
                event("back", "granted", 2020),
                event("back", "lapsed", 2023),
                event("back", "renewed", 2024),
                event("sold", "granted", 2020),
                event("sold", "transferred", 2020),
                event("asked", "applied", 2025),
                event("later", "granted", 2027),
            ],
            on=DAY,
        )

        assert [one.right_no for one in alive] == ["back", "kept"]
        assert alive[1].since == date(2019, 6, 1)
        assert alive[1].renewal_year == 7
        assert alive[1].pledged

    def test_begin_a_trademarks_term_anew_with_its_renewal(self) -> None:
        events = [
            Event("TM", "trademark", "granted", date(2010, 1, 1)),
            Event("TM", "trademark", "renewed", date(2020, 1, 1), 500_00),
        ]

        (mark,) = rights_alive(events, on=DAY)
        assert mark.since == date(2020, 1, 1)
        assert mark.fee_fen == 500_00


class TestValueRights:
    def test_is_an_annuity_where_nothing_is_left_to_chance(self) -> None:
        value = valued(right())

        annuity = (1 - 1.1**-5) / 0.1
        assert value.low == value.middle == value.high == round(CASH * annuity)

    def test_ends_with_the_term(self) -> None:
        old = right(since=date(2007, 7, 31))
        # 18.5 of 20 years are over: one year and a half is left.
        value = valued(old)

        assert value.middle == pytest.approx(CASH * (1 / 1.1 + 0.5 / 1.21), rel=1e-2)
        assert valued(right(since=date(2000, 1, 1))).middle == 0

    def test_expects_what_survives(self) -> None:
        some = replace(CERTAIN, kinds={"invention": replace(PLAIN, lapse=0.2)})
        value = value_rights(
            [right()],
            sales_fen=SALES,
            rules=some,
            on=DAY,
            generator=np.random.default_rng(5),
            draws=100_000,
        )

        expected = CASH * sum(0.8 ** (year - 1) / 1.1**year for year in range(1, 6))
        assert value.mean == pytest.approx(expected, rel=0.01)
        assert value.low is not None
        assert value.high is not None
        assert value.low < expected < value.high

    def test_does_not_add_up_rights_in_the_same_sales(self) -> None:
        assert valued(right(), right("design")).middle == valued(right()).middle

    def test_is_a_range_by_the_shipped_rules(self) -> None:
        rules = rights_rules(load_book(), on=DAY)
        value = valued(right(), right("design"), rules=rules)

        assert value.low is not None
        assert value.middle is not None
        assert value.high is not None
        assert 0 < value.low < value.middle < value.high < SALES
        assert value == valued(right(), right("design"), rules=rules)
        assert "12%–20%" in value.lines[1].zh
        assert any("1 invention patents: royalty 1%–5%" in x.en for x in value.lines)

    @pytest.mark.parametrize(
        ("sales", "reason"), [(None, "sales unknown"), (0, "no sales above 0")]
    )
    def test_is_missing_rather_than_0_without_sales(
        self, sales: int | None, reason: str
    ) -> None:
        value = valued(right(), sales=sales)

        assert value.low is value.middle is value.high is value.mean is None
        assert reason in value.lines[0].en

    def test_is_missing_rather_than_0_without_rights(self) -> None:
        value = valued()

        assert value.middle is None
        assert "no rights alive" in value.lines[0].en

    def test_is_never_below_the_fees_paid(self) -> None:
        renewed = replace(right(), renewed_on=DAY, renewal_year=5)
        stated = replace(renewed, fee_fen=3_000_00)
        value = valued(renewed, stated, sales=100)

        # By the office's band from year 4 on, and as stated.
        assert value.floor == 1200 + 3_000_00
        assert value.low == value.high == value.floor
        assert "no value is below" in value.lines[-1].en

    def test_says_what_was_pledged(self) -> None:
        value = valued(replace(right(), pledged=True))

        assert value.pledged == 1
        assert "曾质押" in value.lines[-1].zh


class TestRightsRules:
    def test_hold_the_term_of_the_day(self) -> None:
        book = load_book()

        assert rights_rules(book, on=DAY).kinds["design"].term == 15
        assert rights_rules(book, on=date(2020, 1, 1)).kinds["design"].term == 10

    def test_have_fees_that_grow_with_age(self) -> None:
        fees = rights_rules(load_book(), on=DAY).kinds["invention"].fees

        assert [year for year, _ in fees] == [1, 4, 7, 10, 13, 16]
        assert [fee for _, fee in fees] == sorted(fee for _, fee in fees)
