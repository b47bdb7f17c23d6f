"""Firms are referred at the error stated, and a model without bounds says so."""

import numpy as np
import pytest

from xiaowei.desk.modelling.committee import (
    ERRORS,
    UnknownErrorRateError,
    bounds_at,
    referred,
    referring,
)
from xiaowei.risk.sample import Floats, Ints

SEED = 3
WORLDS = 60
FIRMS = 2_000


def world(chance: np.random.Generator) -> tuple[Floats, Ints]:
    pds = chance.beta(1, 6, FIRMS)
    return pds, (chance.random(FIRMS) < pds).astype(np.int64)


class TestReferred:
    def test_errors_are_as_stated_over_drawn_worlds(self) -> None:
        chance = np.random.default_rng(SEED)
        wrong: dict[float, list[list[float]]] = {error: [] for error in ERRORS}
        for _ in range(WORLDS):
            kept = referring(*world(chance))
            assert [one["error"] for one in kept] == list(ERRORS)
            for one in referred(kept, *world(chance)):
                pair = (one["good_told_bad"], one["bad_told_good"])
                wrong[one["error"]].append([share["value"] for share in pair])
                assert 0 <= one["referred"] <= 1
        for error, found in wrong.items():
            # Split conformal holds the mean over worlds; 60 of them tell it this well.
            assert (np.mean(found, axis=0) <= error + 0.012).all()
            assert np.mean(found) > error / 3

    def test_too_few_of_an_outcome_leave_an_error_out(self) -> None:
        pds, bad = np.linspace(0, 1, 100), np.zeros(100, dtype=np.int64)
        bad[-7:] = 1
        assert [one["error"] for one in referring(pds, bad)] == [0.2]
        assert referring(pds, np.zeros(100, dtype=np.int64)) == []


class TestBoundsAt:
    def test_names_what_is_kept_where_there_are_none(self) -> None:
        kept = referring(*world(np.random.default_rng(SEED)))
        assert bounds_at(kept, 0.1).error == 0.1
        with pytest.raises(UnknownErrorRateError, match=r"one of 0\.05, 0\.1, 0\.2"):
            bounds_at(kept, 0.15)
        with pytest.raises(UnknownErrorRateError, match="judged cases held enough"):
            bounds_at([], 0.1)
