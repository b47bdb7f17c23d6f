"""Grades say what came, and of an empty one what can still be said."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from xiaowei.policy.book import load_book
from xiaowei.risk.scale import GRADES, ScaleError, edges_on, grades_of, grades_seen

DAY = date(2026, 1, 1)
EDGES = [0.01, 0.05, 0.2]
SEED = 11


class TestEdgesOn:
    def test_are_the_banks_and_rise(self) -> None:
        edges = edges_on(load_book(), on=DAY)
        assert len(edges) == GRADES - 1
        assert edges == sorted(set(edges))

    def test_that_do_not_rise_are_refused(self, tmp_path: Path) -> None:
        overlay = tmp_path / "bank.yaml"
        overlay.write_text(
            "grade_4_from:\n  values: {2016-01-01: '0.005'}\n  set_by: test\n"
        )
        with pytest.raises(ScaleError, match="do not rise") as raised:
            edges_on(load_book(overlay), on=DAY)
        assert "0.005" in str(raised.value)
        assert "grade_2_from" in raised.value.remedy


class TestGradesSeen:
    def test_hold_every_firm_once(self) -> None:
        generator = np.random.default_rng(SEED)
        pds = generator.beta(1, 20, 3_000)
        bad = (generator.random(3_000) < pds).astype(np.int64)
        found = grades_seen(pds, bad, edges=EDGES)
        assert sum(one.firms for one in found) == len(pds)
        assert sum(one.bads for one in found) == bad.sum()
        assert [one.grade for one in found] == [1, 2, 3, 4]
        for one in found:
            mine = grades_of(pds, EDGES) == one.grade
            assert one.mean_pd == pytest.approx(pds[mine].mean())

    def test_right_pds_are_called_too_low_as_seldom_as_stated(self) -> None:
        generator = np.random.default_rng(SEED)
        called = []
        for _ in range(400):
            pds = generator.beta(1, 20, 500)
            bad = (generator.random(500) < pds).astype(np.int64)
            found = grades_seen(pds, bad, edges=EDGES)
            called.append(any(one.too_low for one in found))
        assert np.mean(called) <= 0.05

    def test_pds_of_half_the_truth_are_found(self) -> None:
        generator = np.random.default_rng(SEED)
        pds = generator.beta(1, 20, 20_000)
        bad = (generator.random(20_000) < np.minimum(2 * pds, 1)).astype(np.int64)
        assert all(one.too_low for one in grades_seen(pds, bad, edges=EDGES)[1:3])

    def test_an_empty_grade_is_not_free_of_risk(self) -> None:
        pds, bad = np.full(50, 0.1), np.zeros(50, dtype=np.int64)
        bad[:2] = 1
        found = grades_seen(pds, bad, edges=EDGES)
        assert [one.firms for one in found] == [0, 0, 50, 0]
        assert found[0].mean_pd is None
        assert found[0].prudent == pytest.approx(found[2].prudent)
        assert 2 / 50 < found[0].prudent < 0.12
        assert found[3].prudent == 1.0
