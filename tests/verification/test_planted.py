"""Checks of flows, goods, month ends and loans: the planted is found, peers are not."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import numpy as np
import pytest
from tests.factories import Row, invoice, registered
from tests.verification.cases import case, findings

from xiaowei.verification.chances import both_tails
from xiaowei.verification.checks.debts import QUIET, STACKED
from xiaowei.verification.checks.goods import GOODS
from xiaowei.verification.checks.shown import SHOWN
from xiaowei.verification.checks.washes import WASHES
from xiaowei.verification.combine import tail_of
from xiaowei.verification.finding import Case, Check, Finding
from xiaowei.verification.measured import Measured

AS_OF = date(2025, 6, 30)
FIRMS = 60
LIAR = "E00"

Facts: TypeAlias = dict[str, list[Row]]


def firms() -> list[str]:
    """The liar first."""
    return [f"E{n:02}" for n in range(FIRMS)]


def flow(firm: str, on: date, way: str, fen: int, no: int) -> Row:
    """A flow of trade."""
    return {
        "enterprise_id": firm,
        "account": "A1",
        "flow_no": f"{firm}-{no}",
        "happened_on": on,
        "way": way,
        "amount_fen": fen,
        "purpose": "trade",
    }


def flows(*, washed: bool) -> Facts:
    """Sixty trades in and out of each firm; the liar's money goes out again."""
    rng = np.random.default_rng(1)
    rows: list[Row] = []
    for firm in firms():
        for no in range(60):
            on = AS_OF - timedelta(days=int(rng.integers(5, 700)))
            fen = int(rng.lognormal(15, 1))
            rows.append(flow(firm, on, "in", fen, 2 * no))
            again = washed and firm == LIAR and no % 3 == 0
            out = fen - fen // 100 if again else int(rng.lognormal(15, 1))
            later = on + timedelta(days=1 if again else int(rng.integers(0, 60)))
            rows.append(flow(firm, min(later, AS_OF), "out", out, 2 * no + 1))
    return {"bank_flows": rows}


def goods(*, washed: bool) -> Facts:
    """Every firm buys grain; the liar lately bought gold, too."""
    rows: list[Row] = []
    for firm in firms():
        for no in range(60):
            on = AS_OF - timedelta(days=12 * no + 3)
            strange = washed and firm == LIAR and no < 10
            rows.append(
                invoice(
                    enterprise_id=firm,
                    direction="purchase",
                    happened_on=on,
                    invoice_no=f"{firm}-{no}",
                    goods="1080400000000000000" if strange else "1010115000000000000",
                )
            )
    register = [registered(enterprise_id=firm, industry="C13") for firm in firms()]
    return {"invoices": rows, "enterprises": register}


def month_ends(*, washed: bool) -> Facts:
    """Sales all over the month; the liar shows as much again and takes it back."""
    rng = np.random.default_rng(2)
    rows: list[Row] = []
    for firm in firms():
        for no in range(120):
            on = AS_OF - timedelta(days=int(rng.integers(0, 700)))
            void = rng.random() < 0.05
            rows.append(
                invoice(
                    enterprise_id=firm,
                    happened_on=on,
                    invoice_no=f"{firm}-{no}",
                    state="voided" if void else "valid",
                )
            )
    for no in range(20 if washed else 0):
        on = date(2025, 1 + no % 5, 28)
        rows.append(
            invoice(
                enterprise_id=LIAR,
                happened_on=on,
                invoice_no=f"shown-{no}",
                state="voided",
            )
        )
    return {"invoices": rows}


def bureau(*, washed: bool) -> Facts:
    """One lender each year; the liar had six in a month."""
    rows: list[Row] = []
    for number, firm in enumerate(firms()):
        many = washed and firm == LIAR
        for no in range(6 if many else 2):
            opened = (
                date(2025, 3, 1 + no) if many else date(2024 - no, 3, 1 + number % 28)
            )
            rows.append(
                {
                    "enterprise_id": firm,
                    "subject": "enterprise",
                    "lender": f"B{no}",
                    "contract_no": f"{firm}-{no}",
                    "happened_on": AS_OF,
                    "opened_on": opened,
                    "limit_fen": 50_000_000,
                    "balance_fen": 1,
                    "overdue_fen": 0,
                    "dpd": 0,
                }
            )
    return {"bureau_loans": rows}


def busts(*, washed: bool) -> Facts:
    """Loans of one size and steady sales; the liar's last is large, then nothing."""
    loans: list[Row] = []
    sales: list[Row] = []
    for firm in firms():
        liar = washed and firm == LIAR
        for no, on in enumerate((date(2023, 6, 1), date(2024, 11, 1))):
            loans.append(
                {
                    "enterprise_id": firm,
                    "loan_no": f"{firm}-{no}",
                    "product": "P",
                    "principal_fen": 90_000_000 if liar and no else 10_000_000,
                    "rate": 0.05,
                    "due_on": date(2026, 6, 1),
                    "happened_on": on,
                }
            )
        for ago in range(36):
            on = AS_OF - timedelta(days=30 * ago + 2)
            if liar and on > date(2024, 11, 1):
                continue
            sales.append(
                invoice(enterprise_id=firm, happened_on=on, invoice_no=f"{firm}-{ago}")
            )
    return {"loans": loans, "invoices": sales}


PLANTS: list[tuple[Check, Callable[..., Facts]]] = [
    (WASHES, flows),
    (GOODS, goods),
    (SHOWN, month_ends),
    (STACKED, bureau),
    (QUIET, busts),
]


def held_on(facts: Facts, **more: Any) -> Case:  # noqa: ANN401 - as of the factory
    """A case of these facts."""
    industries = dict.fromkeys(firms(), "C13")
    return case(as_of=AS_OF, industries=industries, **facts, **more)


def tail(check: Check, facts: Facts, firm: str = LIAR) -> float | None:
    """How unlikely what a check sees of a firm is."""
    found: Finding | None = findings(check, held_on(facts)).get(firm)
    return None if found is None else found.unlikely


@pytest.mark.parametrize(("check", "plant"), PLANTS, ids=lambda one: str(one)[:0])
class TestPlanted:
    def test_is_the_oddest_of_all(
        self, check: Check, plant: Callable[..., Facts]
    ) -> None:
        found = findings(check, held_on(plant(washed=True)))

        tails = {firm: tail_of(one) or 0.0 for firm, one in found.items()}
        assert tails[LIAR] <= 2 / (FIRMS - 1)
        others = [one for firm, one in tails.items() if firm != LIAR]
        assert min(others) > tails[LIAR]

    def test_is_not_seen_where_it_is_not(
        self, check: Check, plant: Callable[..., Facts]
    ) -> None:
        found = findings(check, held_on(plant(washed=False)))

        assert found
        assert all(one.outcome != "differs" for one in found.values())

    def test_is_put_into_words_for_whom_it_is_asked_alone(
        self, check: Check, plant: Callable[..., Facts]
    ) -> None:
        facts = plant(washed=True)
        asked = Case(
            facts=held_on(facts).facts,
            as_of=AS_OF,
            industries=dict.fromkeys(firms(), "C13"),
            whom=frozenset({LIAR}),
        )

        alone = check.find(asked)

        assert [one.enterprise_id for one in alone] == [LIAR]
        assert alone[0].unlikely == tail(check, facts)

    def test_is_silent_with_too_few_peers(
        self, check: Check, plant: Callable[..., Facts]
    ) -> None:
        few = {
            family: [row for row in rows if row["enterprise_id"] < "E10"]
            for family, rows in plant(washed=True).items()
        }

        assert isinstance(check.find, Measured)
        outcomes = {one.outcome for one in findings(check, held_on(few)).values()}
        assert outcomes <= {"silent"}


def test_a_busy_account_shows_by_chance_as_much_backwards_and_is_left_in_peace() -> (
    None
):
    """Of thousands of flows of one size nearly each has another within days."""
    rng = np.random.default_rng(2)
    rows = flows(washed=True)["bank_flows"]
    for no in range(3_000):
        on = AS_OF - timedelta(days=int(rng.integers(5, 700)))
        way = "in" if no % 2 else "out"
        rows.append(flow("E01", on, way, int(rng.normal(1e6, 5e4)), 1_000 + no))

    found = findings(WASHES, case(as_of=AS_OF, bank_flows=rows))

    busy, liar = tail_of(found["E01"]), tail_of(found[LIAR])
    assert found["E01"].outcome != "differs"
    assert busy is not None
    assert liar is not None
    assert liar < 0.001
    assert busy > 0.05


class TestBothTails:
    def test_hold_their_rate_where_two_oddities_go_their_own_ways(self) -> None:
        rng = np.random.default_rng(3)
        called = []
        for _ in range(400):
            one, other = rng.exponential(1, (2, 400))
            tails = both_tails(one, other, (one > 1) & (other > 1))
            called.append((tails <= 0.01).mean())

        assert np.mean(called) == pytest.approx(0.01, rel=0.3)

    def test_do_not_say_more_where_the_two_go_together(self) -> None:
        rng = np.random.default_rng(4)
        one = rng.exponential(1, 4_000)
        tails = both_tails(one, one, one > 1)

        assert tails[one > 1].max() == pytest.approx((one > 1).mean(), rel=0.05)

    def test_show_nothing_where_nobody_shows(self) -> None:
        one = np.arange(10.0)

        assert both_tails(one, one, one > 99).tolist() == [1.0] * 10
