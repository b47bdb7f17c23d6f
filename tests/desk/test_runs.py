"""The run of the last day counts, not the one made last."""

from datetime import date
from pathlib import Path

from xiaowei.desk.home import Home, open_home
from xiaowei.desk.runs import RUN, last_run

AT = "2025-07-01T08:00:00+00:00"


def made(home: Home, *days: str) -> None:
    for number, day in enumerate(days):
        body = {"run_id": str(number), "as_of": day}
        home.journal.add(RUN, body, made_at=AT)


class TestLastRun:
    def test_is_of_the_last_day_however_late_another_was_made(
        self, tmp_path: Path
    ) -> None:
        with open_home(tmp_path) as home:
            assert last_run(home, until=date(2025, 7, 1)) is None
            made(home, "2025-06-30", "2025-06-30", "2025-01-31", "2025-07-02")
            found = last_run(home, until=date(2025, 7, 1))

        assert found is not None
        assert found.body == {"run_id": "1", "as_of": "2025-06-30"}
