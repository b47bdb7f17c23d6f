"""What holds for every schedule is tried on thousands, against exact fractions."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaowei.offers.schedules.agreement import NO_INCOME, Agreement, Income, Keep, Pays
from xiaowei.offers.schedules.borrowing import Borrowing
from xiaowei.offers.schedules.changes import pause, prepay, settle, with_true_income
from xiaowei.offers.schedules.days import DayCount
from xiaowei.offers.schedules.schedule import Schedule, schedule_of
from xiaowei.policy.products.product import KINDS, Kind

LOANS: Final = 3_000
NIGHTLY_LOANS: Final = 280_000
"""Each loan is tried as agreed, and most with a holiday, prepaid, and settled."""

HALF: Final = Fraction(1, 2)
KIND_NAMES: Final[tuple[Kind, ...]] = tuple(KINDS)
DAY_COUNTS: Final[tuple[DayCount, ...]] = get_args(DayCount)
PAYS: Final[tuple[Pays, ...]] = get_args(Pays)
KEEPS: Final[tuple[Keep, ...]] = get_args(Keep)
WEEKENDS: Final = frozenset(
    day
    for day in (date(2024, 1, 1) + timedelta(days=n) for n in range(3_000))
    if day.weekday() > 4
)
GOLDEN_WEEK: Final = frozenset(date(2026, 10, day) for day in range(1, 9))


@dataclass(frozen=True, slots=True)
class Chance:
    """Whole numbers by chance from a seed."""

    rng: np.random.Generator

    def number(self, low: int, high: int) -> int:
        return low + int((high - low + 1) * self.rng.random())

    def weighted(self, low: int, high: int) -> int:
        """Small numbers as often as large ones."""
        return round(math.exp(self.rng.uniform(math.log(low), math.log(high))))

    def happens(self, share: float) -> bool:
        return self.rng.random() < share


def some_borrowing(chance: Chance) -> Borrowing:
    instalments = chance.weighted(1, 120 if chance.happens(0.9) else 300)
    drawn_on = date(2024, 1, 1) + timedelta(days=chance.number(0, 1_000))
    first, due_day = None, chance.number(1, 31) if chance.happens(0.5) else None
    if chance.happens(0.3):
        first, due_day = drawn_on + timedelta(days=chance.number(1, 70)), None
    return Borrowing(
        amount_fen=max(100 * instalments, chance.weighted(10_000, 100_000_000_000)),
        rate=Decimal(chance.number(0, 2_400)) / 10_000,
        drawn_on=drawn_on,
        instalments=instalments,
        every_months=chance.number(1, 12) if chance.happens(0.2) else 1,
        first_due_on=first,
        due_day=due_day,
        day_count=DAY_COUNTS[chance.number(0, 2)],
        closed_on=WEEKENDS | GOLDEN_WEEK if chance.happens(0.3) else frozenset(),
    )


def some_agreement(chance: Chance, kind: Kind) -> Agreement:
    borrowing = some_borrowing(chance)
    n, amount = borrowing.instalments, borrowing.amount_fen
    weights, income = list[int](), NO_INCOME
    if kind == "seasonal":
        weights = [chance.number(0, 9) * chance.number(0, 1) for _ in range(12)]
        weights[borrowing.due(n).month - 1] += 1
    if kind == "income_linked":
        income = Income(
            incomes_fen=tuple(chance.number(0, 4 * amount // n) for _ in range(n)),
            share=Decimal(chance.number(1, 100)) / 100,
            floor_fen=chance.number(0, amount // n),
            cap_fen=chance.number(amount // n, amount),
        )
    grace = chance.number(0, n - 1) if chance.happens(0.3) and kind != "at_end" else 0
    return Agreement(
        borrowing=borrowing,
        kind=kind,
        grace=grace,
        weights=tuple(weights),
        income=income,
    )


def some_holiday(chance: Chance, schedule: Schedule) -> Schedule | None:
    n = schedule.instalments
    if schedule.agreement.kind == "at_end" or n == 1:
        return None
    first = chance.number(1, n - 1)
    return pause(
        schedule,
        first=first,
        count=chance.number(1, n - first),
        pays=PAYS[chance.number(0, 1)],
        keep=KEEPS[chance.number(0, 1)],
    )


def some_prepayment(chance: Chance, schedule: Schedule) -> Schedule:
    drawn_on = schedule.agreement.borrowing.drawn_on
    on = drawn_on + timedelta(chance.number(1, (schedule.ends_on - drawn_on).days))
    if chance.happens(0.3):
        on = schedule.lines[chance.number(0, len(schedule.lines) - 1)].due_on
    amount = chance.number(0, schedule.outstanding_on(on))
    # Fewer instalments may leave none for a holiday to come, which is refused.
    keep: Keep = "term" if schedule.agreement.holidays else KEEPS[chance.number(0, 1)]
    return prepay(schedule, on=on, amount_fen=amount, keep=keep)


def days(start: date, end: date, day_count: DayCount) -> Fraction:
    """Count days by another way than the code under test."""
    if day_count == "30E/360":
        counts = [360 * d.year + 30 * d.month + min(d.day, 30) for d in (start, end)]
        return Fraction(counts[1] - counts[0], 360)
    year = {"ACT/360": 360, "ACT/365F": 365}[day_count]
    return Fraction(end.toordinal() - start.toordinal(), year)


def must_hold(schedule: Schedule) -> None:
    """Walk the lines with exact fractions."""
    borrowing = schedule.agreement.borrowing
    rate, day_count = Fraction(borrowing.rate), borrowing.day_count
    day, owed, carried = borrowing.drawn_on, borrowing.amount_fen, 0
    for line in schedule.lines:
        assert line.due_on > day
        exact = owed * rate * days(day, line.due_on, day_count)
        assert line.accrued_fen == math.floor(exact + HALF)
        assert min(line.principal_fen, line.interest_fen, line.carried_fen) >= 0
        day = line.due_on
        owed -= line.principal_fen
        carried += line.accrued_fen - line.interest_fen
        assert (line.outstanding_fen, line.carried_fen) == (owed, carried)
    assert owed == carried == 0
    assert sum(line.principal_fen for line in schedule.lines) == borrowing.amount_fen
    assert schedule.paid_fen == borrowing.amount_fen + schedule.interest_fen
    numbers = [line.number for line in schedule.lines if line.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert schedule.ends_on == schedule.lines[-1].due_on


def must_fall_due_as_agreed(schedule: Schedule) -> None:
    """Compare due days with months counted by hand, before any change."""
    borrowing = schedule.agreement.borrowing
    start = borrowing.first_due_on or borrowing.drawn_on
    skipped = 0 if borrowing.first_due_on else borrowing.every_months
    due_day = borrowing.due_day or start.day
    for line in schedule.lines:
        at = schedule.instalments if line.number is None else line.number
        if schedule.agreement.kind == "at_end":
            at = borrowing.instalments
        months = start.month - 1 + skipped + (at - 1) * borrowing.every_months
        day = date(start.year + months // 12, months % 12 + 1, 1)
        wanted = day + timedelta(due_day - 1)
        if wanted.month != day.month:
            wanted = date(wanted.year, wanted.month, 1) - timedelta(1)
        while wanted in borrowing.closed_on:
            wanted += timedelta(1)
        assert line.due_on == wanted
    if schedule.agreement.kind != "income_linked":
        assert schedule.ends_on == borrowing.ends_on
    assert schedule.ends_on <= borrowing.ends_on


def must_be_equal(schedule: Schedule) -> None:
    """Compare instalments after the grace, unless one is its interest alone."""
    lines = schedule.lines[schedule.agreement.grace :]
    if schedule.agreement.kind == "equal_principal":
        parts = [line.principal_fen for line in lines]
        assert max(parts) - min(parts) <= 1
    if schedule.agreement.kind == "equal_instalments" and len(lines) > 1:
        paid = [line.paid_fen for line in lines]
        if all(line.principal_fen for line in lines):
            assert max(paid[:-1]) - min(paid[:-1]) <= 1
            assert max(abs(paid[-1] - one) for one in paid[:-1]) <= 2


def must_keep_the_past(new: Schedule, old: Schedule, *, until: date) -> None:
    past = [line for line in old.lines if line.due_on < until]
    assert list(new.lines[: len(past)]) == past


def some_changes(chance: Chance, schedule: Schedule) -> Iterator[Schedule]:
    """Change a schedule by chance, and check what each change must keep to."""
    holiday = some_holiday(chance, schedule) or schedule
    assert holiday.interest_fen >= schedule.interest_fen
    assert holiday.ends_on >= schedule.ends_on
    for one in holiday.agreement.holidays:
        until = schedule.lines[one.first - 1].due_on
        must_keep_the_past(holiday, schedule, until=until)
    prepaid = some_prepayment(chance, holiday)
    assert prepaid.ends_on <= holiday.ends_on
    for early in prepaid.agreement.prepayments:
        must_keep_the_past(prepaid, holiday, until=early.on)
    drawn_on = schedule.agreement.borrowing.drawn_on
    day = drawn_on + timedelta(chance.number(1, (schedule.ends_on - drawn_on).days))
    if day < schedule.ends_on:
        settled = settle(schedule, on=day)
        assert settled.ends_on == day
        must_keep_the_past(settled, schedule, until=day)
        yield settled
    yield from (holiday, prepaid)


def try_loans(seed: int, loans: int) -> int:
    """Try some loans and return how many schedules these were."""
    chance, tried = Chance(np.random.default_rng(seed)), 0
    for at in range(loans):
        schedule = schedule_of(some_agreement(chance, KIND_NAMES[at % len(KIND_NAMES)]))
        must_hold(schedule)
        must_fall_due_as_agreed(schedule)
        must_be_equal(schedule)
        tried += 1
        for other in some_changes(chance, schedule):
            must_hold(other)
            tried += other is not schedule
    return tried


@st.composite
def corner_cases(draw: st.DrawFn) -> Agreement:
    """Loans of the smallest amounts and of any rate, which chance seldom makes."""
    instalments = draw(st.integers(1, 40))
    drawn_on = draw(st.dates(date(2023, 12, 1), date(2024, 3, 31)))
    borrowing = Borrowing(
        amount_fen=100 * instalments + draw(st.integers(0, 10_000)),
        rate=draw(st.decimals(0, 1, places=8)),
        drawn_on=drawn_on,
        instalments=instalments,
        due_day=draw(st.none() | st.integers(1, 31)),
        day_count=draw(st.sampled_from(DAY_COUNTS)),
    )
    weights = draw(st.lists(st.integers(0, 3), min_size=12, max_size=12))
    weights[borrowing.due(instalments).month - 1] += 1
    kind: Kind = draw(
        st.sampled_from(["equal_instalments", "equal_principal", "seasonal"])
    )
    return Agreement(
        borrowing=borrowing,
        kind=kind,
        grace=draw(st.integers(0, instalments - 1)),
        weights=tuple(weights) if kind == "seasonal" else (),
    )


class TestEverySchedule:
    def test_is_exact_whatever_changes_among_ten_thousand(self) -> None:
        assert try_loans(seed=20_250_829, loans=LOANS) >= 10_000

    @pytest.mark.nightly
    @pytest.mark.parametrize("seed", range(8))
    def test_is_exact_whatever_changes_among_a_million(self, seed: int) -> None:
        # An eighth each, so that they may run side by side.
        assert try_loans(seed=seed, loans=NIGHTLY_LOANS // 8) >= 1_000_000 // 8

    @settings(max_examples=400, deadline=None)
    @given(agreement=corner_cases())
    def test_is_exact_in_the_corners(self, agreement: Agreement) -> None:
        schedule = schedule_of(agreement)

        must_hold(schedule)
        must_fall_due_as_agreed(schedule)
        must_be_equal(schedule)

    @settings(max_examples=200, deadline=None)
    @given(agreement=corner_cases(), data=st.data())
    def test_costs_no_less_with_a_holiday(
        self, agreement: Agreement, data: st.DataObject
    ) -> None:
        n = agreement.borrowing.instalments + 1
        first = data.draw(st.integers(1, n - 1))
        count = data.draw(st.integers(1, n - first))
        pays, keep = data.draw(st.sampled_from(PAYS)), KEEPS[1]

        schedule = schedule_of(agreement)
        paused = pause(schedule, first=first, count=count, pays=pays, keep=keep)

        must_hold(paused)
        assert paused.interest_fen >= schedule.interest_fen


class TestEqualInstalments:
    def test_are_the_annuity_in_exact_fractions(self) -> None:
        chance = Chance(np.random.default_rng(11))
        for _ in range(300):
            borrowing = some_borrowing(chance)
            borrowing = replace(borrowing, instalments=chance.number(2, 24))
            schedule = schedule_of(
                Agreement(borrowing=borrowing, kind="equal_instalments")
            )
            worth, discount, day = Fraction(0), Fraction(1), borrowing.drawn_on
            for line in schedule.lines:
                time = days(day, line.due_on, borrowing.day_count)
                discount /= 1 + Fraction(borrowing.rate) * time
                worth, day = worth + discount, line.due_on
            annuity = math.floor(borrowing.amount_fen / worth + HALF)

            assert schedule.first_fen == max(annuity, schedule.lines[0].interest_fen)


class TestTrueIncome:
    def test_changes_nothing_before_it_differs_from_what_was_expected(self) -> None:
        chance = Chance(np.random.default_rng(12))
        for _ in range(300):
            schedule = schedule_of(some_agreement(chance, "income_linked"))
            expected = schedule.agreement.income.incomes_fen
            known = chance.number(1, len(expected))
            true = (*expected[: known - 1], 2 * expected[known - 1] + 1)

            as_expected = with_true_income(schedule, incomes_fen=expected[:known])
            otherwise = with_true_income(schedule, incomes_fen=true)

            assert as_expected == schedule
            must_hold(otherwise)
            assert otherwise.lines[: known - 1] == schedule.lines[: known - 1]
            assert otherwise.interest_fen <= schedule.interest_fen
