"""Stages are timed with their own peak of memory."""

from mmap import mmap

from xiaowei.desk.document.whole import timing_of
from xiaowei.desk.stopwatch import Stopwatch

MIB = 2**20


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

        # Straight from the system: an allocator might have as much left over, and
        # keep it.
        with watch.stage("large"), mmap(-1, 40 * MIB) as block:
            for _ in range(40):
                block.write(bytes(MIB))
        with watch.stage("small"):
            pass

        assert watch.stages["large"][1] > watch.stages["small"][1] + 30

    def test_adds_up_to_a_total(self) -> None:
        rows = timing_of({"a": (1.0, 100.0), "b": (2.5, 300.0)})

        assert rows["total"] == {"seconds": 3.5, "peak_mib": 300.0}
