"""Surveys, training and consents against a second reckoning."""

import pytest
from tests.factories import DAY, MONTH_END, Row
from tests.portraits.oracles import programmes as oracle
from tests.portraits.oracles.harness import Draw, check, single

from xiaowei.portraits.traits.programmes import PARTS


def surveys(draw: Draw) -> Row:
    return {
        "topic": draw.one_of(*oracle.TOPICS),
        "severity": int(draw.rng.integers(6)),
        "happened_on": draw.day(),
    }


def training(draw: Draw) -> Row:
    return {
        "course": draw.one_of("K1", "K2"),
        "happened_on": draw.day(),
        "invited": draw.one_of("yes", "no"),
        "attended": draw.one_of("yes", "no"),
    }


def consents(draw: Draw) -> Row:
    day = draw.day()
    return {
        "covers": draw.one_of("invoices", "bureau_loans", "water", "all"),
        "state": draw.one_of("granted", "granted", "withdrawn"),
        "happened_on": day,
        "until_on": draw.end(day),
    }


class TestProgrammes:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_agree_with_a_second_reckoning(self, seed: int) -> None:
        draw = Draw(seed, MONTH_END)
        facts = {
            "surveys": draw.rows(surveys, most=9),
            "training": draw.rows(training, most=9),
            "consents": draw.rows(consents, most=5),
        }

        check(PARTS, facts, oracle.portray)

    def test_know_no_share_of_followed_invitations_without_one(self) -> None:
        row = {
            "enterprise_id": "E1",
            "course": "K1",
            "happened_on": DAY,
            "invited": "no",
            "attended": "yes",
        }

        found = single(PARTS[1:2], {"training": [row]}, MONTH_END)["E1"]

        assert found["training_attended_12m"] == 1
        assert found["training_came_share_24m"] is None
