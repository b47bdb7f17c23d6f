"""Circular trade is called where it is no chance, and nowhere else."""

from collections.abc import Iterable
from datetime import date, timedelta

import pyarrow as pa
import pytest
from tests.factories import Row, arrow
from tests.verification.cases import case, findings
from tests.verification.network.rings import AS_OF, crowd, ring, rounds, sold

from xiaowei.verification.checks.circles import CIRCULAR_TRADE
from xiaowei.verification.finding import Case
from xiaowei.verification.network.rings import circles_of

RING = ("F1", "F2", "F3", "F4")
SEEDS = range(12)


def world(*rows: Row, seed: int = 0, owners: Iterable[Row] = ()) -> Case:
    invoices = pa.concat_tables([crowd(seed), arrow("invoices", rows)])
    return case(as_of=AS_OF, invoices=invoices, owners=owners)


def called(looked_at: Case) -> set[str]:
    found = findings(CIRCULAR_TRADE, looked_at)
    return {firm for firm, one in found.items() if one.outcome == "differs"}


def owner(firm: str) -> Row:
    return {
        "enterprise_id": firm,
        "person_id": "P1",
        "role": "controller",
        "happened_on": date(2018, 1, 1),
    }


class TestCircularTrade:
    def test_calls_the_members_of_a_ring_and_names_them_in_order(self) -> None:
        looked_at = world(*rounds(*RING, months=8))

        found = findings(CIRCULAR_TRADE, looked_at)

        called = {firm for firm, one in found.items() if one.outcome == "differs"}
        assert called == set(RING)
        assert "F1 → F2 → F3 → F4 → F1" in found["F2"].text.en
        assert found["F2"].severity != "low"
        assert [one.text.en[:18] for one in found["F2"].evidence] == [
            "2019-08-03 F1 → F2",
            "2019-08-08 F2 → F3",
            "2019-08-13 F3 → F4",
            "2019-08-18 F4 → F1",
        ]
        assert all(one.file == "invoices.csv" for one in found["F2"].evidence)

    @pytest.mark.parametrize("length", [3, 5, 6])
    def test_calls_rings_of_other_lengths(self, length: int) -> None:
        firms = [f"F{n}" for n in range(length)]

        found = called(world(*rounds(*firms, months=8)))

        # Of those called one in twenty may be a bystander.
        assert set(firms) <= found
        assert len(found) <= length + 1

    def test_is_not_misled_by_invoices_cut_up_over_days(self) -> None:
        cut = [
            row | {"net_fen": row["net_fen"] // 4, "happened_on": on, "tax_fen": tax}
            for row in rounds(*RING, months=8)
            for n in range(4)
            for on in [row["happened_on"] + timedelta(days=n)]
            for tax in [row["tax_fen"] // 4]
        ]

        assert called(world(*cut)) == set(RING)

    def test_leaves_a_single_round_alone(self) -> None:
        assert called(world(*ring(*RING))) == set()

    def test_leaves_legs_that_run_backwards_alone(self) -> None:
        # Each leg lies before the one that should have fed it, month by month.
        rows = [
            row
            for n in range(8)
            for row in ring(*RING[::-1], month=date(2019, 1 + n, 1))
        ]
        turned = [
            row
            | {
                "enterprise_id": row["counterparty_id"],
                "counterparty_id": row["enterprise_id"],
            }
            for row in rows
        ]

        assert called(world(*turned)) == set()

    def test_leaves_goods_sent_back_alone(self) -> None:
        out = rounds("F1", "F2", months=8)[::2]
        back = [
            row
            | {
                "happened_on": row["happened_on"] + timedelta(days=4),
                "net_fen": -row["net_fen"],
                "tax_fen": -row["tax_fen"],
            }
            for row in out
        ]

        assert called(world(*out, *back)) == set()

    def test_leaves_work_on_material_alone(self) -> None:
        rows = [
            row
            for n in range(8)
            for row in ring("F1", "F2", month=date(2019, 1 + n, 1), fee=-0.07)
        ]

        assert called(world(*rows)) == set()

    def test_leaves_value_that_is_not_kept_alone(self) -> None:
        assert called(world(*rounds(*RING, months=8, fee=0.3))) == set()

    def test_leaves_a_groups_treasury_alone_and_says_what_it_is(self) -> None:
        owners = [owner(firm) for firm in RING]

        looked_at = world(*rounds(*RING, months=8), owners=owners)

        assert called(looked_at) == set()
        assert [one.one_group for one in circles_of(looked_at, "F1")][:1] == [True]

    def test_calls_a_ring_of_which_one_firm_is_of_another_owner(self) -> None:
        owners = [owner(firm) for firm in RING[:3]]

        looked_at = world(*rounds(*RING, months=8), owners=owners)

        assert called(looked_at) == set(RING)

    def test_calls_chance_no_more_often_than_stated(self) -> None:
        calls = [called(world(seed=seed)) for seed in SEEDS]

        assert sum(map(bool, calls)) <= 1

    def test_is_silent_where_too_few_trade_with_each_other(self) -> None:
        looked_at = case(as_of=AS_OF, invoices=rounds(*RING, months=8))

        outcomes = {one.outcome for one in findings(CIRCULAR_TRADE, looked_at).values()}

        assert outcomes == {"silent"}

    def test_has_nothing_to_say_of_who_does_not_pass_trade_on(self) -> None:
        lone = sold("F1", "ONLY_BUYS", on=AS_OF, net_fen=9_000_000)

        assert "ONLY_BUYS" not in findings(CIRCULAR_TRADE, world(lone))


class TestCirclesOf:
    def test_tell_firms_legs_and_months_for_a_drawing(self) -> None:
        looked_at = world(*rounds(*RING, months=3))

        circle = circles_of(looked_at, "F3")[0]

        assert circle.firms == RING
        assert [(leg.seller, leg.buyer) for leg in circle.legs] == [
            ("F1", "F2"),
            ("F2", "F3"),
            ("F3", "F4"),
            ("F4", "F1"),
        ]
        assert circle.months == tuple(date(2019, n, 1) for n in (1, 2, 3))
        assert circle.days == 15
        assert 0.85 < circle.kept < 0.86

    def test_are_none_for_a_firm_outside(self) -> None:
        looked_at = case(as_of=AS_OF, invoices=rounds(*RING, months=3))

        assert circles_of(looked_at, "F9") == ()
