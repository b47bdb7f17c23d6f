"""Stages are timed with their own peak of memory."""

import numpy as np

from xiaowei.desk.document.whole import timing_of
from xiaowei.desk.stopwatch import Stopwatch


class TestStopwatch:
    def test_tells_of_stages_as_they_begin(self) -> None:
        told: list[str] = []
        watch = Stopwatch(told.append)

        with watch.stage("one"):
            assert told == ["one"]
        with watch.stage("two"):
            pass

        assert list(watch.stages) == ["one", "two"]

    def test_gives_each_stage_its_own_peak(self) -> None:
        watch = Stopwatch(lambda _: None)

        with watch.stage("large"):
            assert np.ones(40 * 2**20, dtype=np.uint8).sum() == 40 * 2**20
        with watch.stage("small"):
            pass

        assert watch.stages["large"][1] > watch.stages["small"][1] + 30

    def test_adds_up_to_a_total(self) -> None:
        rows = timing_of({"a": (1.0, 100.0), "b": (2.5, 300.0)})

        assert rows["total"] == {"seconds": 3.5, "peak_mib": 300.0}
