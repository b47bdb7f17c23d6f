"""Whole worlds: honest ones are left in peace, planted liars are found."""

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from tests.factories import Row, arrow, invoice
from tests.verification.cases import case
from tests.verification.honest import AS_OF, MONTHS, Honest, honest

from xiaowei.verification.chances import count_tails, discoveries, own_tails
from xiaowei.verification.checks.amounts import TICKETS
from xiaowei.verification.checks.undone import PERIOD_END, REVERSALS
from xiaowei.verification.statistical import FALSE_DISCOVERIES

STATISTICAL = (REVERSALS, PERIOD_END, TICKETS)
SEEDS = range(12)

Rates: TypeAlias = Callable[[np.random.Generator, int], NDArray[np.float64]]


def called(world: Honest, *more: Row) -> set[tuple[str, str]]:
    """Return check and firm of each call that statistical checks make."""
    invoices = pa.concat_tables([world.invoices, arrow("invoices", more)])
    facts = case(as_of=AS_OF, invoices=invoices)
    judged = [one for check in STATISTICAL for one in check.find(facts)]

    assert sum(one.outcome != "silent" for one in judged) > 450
    return {
        (one.check, one.enterprise_id) for one in judged if one.outcome == "differs"
    }


class TestHonestWorlds:
    def test_are_left_in_peace(self) -> None:
        """Whoever is called is called falsely, so few worlds may have any call."""
        calls = [called(honest(seed)) for seed in SEEDS]

        families = [
            any(name == check.name for name, _ in world)
            for world in calls
            for check in STATISTICAL
        ]
        assert sum(families) <= 2 * FALSE_DISCOVERIES * len(families)

    @pytest.mark.parametrize(
        "rates",
        [
            lambda rng, firms: rng.beta(1.5, 4, firms),
            lambda rng, firms: rng.beta(0.3, 3, firms),
            lambda _, firms: np.full(firms, 0.2),
            lambda rng, firms: np.where(
                rng.random(firms) < 0.5, 0, rng.beta(2, 5, firms)
            ),
        ],
        ids=["varied", "mostly rare", "all alike", "half without"],
    )
    @pytest.mark.parametrize("trials", [(5, 20), (10, 100)])
    def test_have_a_false_call_no_more_often_than_stated(
        self, rates: Rates, trials: tuple[int, int]
    ) -> None:
        rng = np.random.default_rng(11)
        worlds = []
        for _ in range(100):
            n = rng.integers(*trials, 200)
            k = rng.binomial(n, rates(rng, 200))
            tails = count_tails(k.tolist(), n.tolist())
            worlds.append(discoveries(tails.tolist(), rate=FALSE_DISCOVERIES).any())

        assert np.mean(worlds) <= 0.08

    def test_have_none_more_often_where_firms_are_judged_by_their_own_share(
        self,
    ) -> None:
        rng = np.random.default_rng(12)
        worlds = []
        for _ in range(100):
            share = rng.beta(3, 9, 200)
            n = rng.integers(10, 100, 200)
            k = rng.binomial(n, rng.beta(20 * share, 20 * (1 - share)))
            tails = own_tails(k.tolist(), n.tolist(), share.tolist())
            worlds.append(discoveries(tails.tolist(), rate=FALSE_DISCOVERIES).any())

        assert np.mean(worlds) <= 0.08


def months_back(day: int) -> list[date]:
    """Return one day of each of the months up to AS_OF."""
    return [date(2020 - (n + 10) // 12, (1 - n) % 12 + 1, day) for n in range(MONTHS)]


class TestPlantedLiars:
    def test_are_found_among_the_honest(self) -> None:
        fresh = [
            invoice(enterprise_id="VOID", happened_on=day) for day in months_back(9)
        ]
        shown = [
            invoice(enterprise_id="VOID", happened_on=day, state="voided")
            for day in months_back(28)
        ]
        lone = [
            invoice(enterprise_id="RED", happened_on=AS_OF, net_fen=-1000 - n)
            for n in range(20)
        ]
        split = [
            invoice(enterprise_id="CAP", happened_on=AS_OF, net_fen=9_900_000)
            for _ in range(60)
        ]
        found = called(honest(1), *fresh, *shown, *lone, *split)

        assert {
            ("period_end_voids", "VOID"),
            ("reversals", "RED"),
            ("ticket_caps", "CAP"),
        } <= found
        assert len(found) <= 4
