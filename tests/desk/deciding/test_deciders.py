"""Deciders are lent one at a time, and never with what broke off half-way."""

from datetime import date
from pathlib import Path
from typing import NoReturn

import pytest

from xiaowei.desk.deciding.deciders import BusyError, Deciders, NotReadyError
from xiaowei.desk.home import OVERLAY, STRATEGIES, open_home

DAY = date(2025, 7, 1)
POLICY = """
decision_run_days: {values: {2020-01-01: "9"}, set_by: the board}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with open_home(tmp_path / "home") as home:
        return home.root


class TestDeciders:
    def test_lend_each_to_one(self, root: Path) -> None:
        deciders = Deciders(root, count=1)
        with deciders.one(patience=0):
            with pytest.raises(BusyError), deciders.one(patience=0):
                pass
            # Who portrays other days is another.
            with deciders.one(patience=0, aside=True):
                pass
        with deciders.one(patience=0):
            pass
        deciders.close()

    def test_keep_a_gatherer_until_day_or_policy_change(self, root: Path) -> None:
        deciders = Deciders(root, count=1)
        with deciders.one(patience=0) as one:
            first = one.gatherer(DAY)
            assert one.gatherer(DAY) is first
            assert one.gatherer(date(2025, 7, 2)) is not first
            second = one.gatherer(DAY)
            (root / OVERLAY).write_text(POLICY, encoding="utf-8")
            assert one.gatherer(DAY) is second
        with deciders.one(patience=0) as one:
            assert one.gatherer(DAY) is not second
            assert one.home.book.number("decision_run_days", on=DAY) == 9
        deciders.close()

    def test_say_so_where_the_home_cannot_be_read(self, root: Path) -> None:
        deciders = Deciders(root, count=1)
        (root / OVERLAY).write_text("nonsense: [", encoding="utf-8")
        with deciders.one(patience=0) as one, pytest.raises(NotReadyError):
            one.gatherer(DAY)
        with deciders.one(patience=0) as one, pytest.raises(NotReadyError):
            one.readable()
        (root / OVERLAY).unlink()
        (root / STRATEGIES).write_text("nonsense: [", encoding="utf-8")
        with deciders.one(patience=0) as one, pytest.raises(NotReadyError):
            one.readable()
        (root / STRATEGIES).unlink()
        with deciders.one(patience=0) as one:
            assert one.gatherer(DAY).day == DAY
        deciders.close()

    def test_begin_anew_after_a_break(self, root: Path) -> None:
        deciders, held = Deciders(root, count=1), []

        def breaks() -> NoReturn:
            with deciders.one(patience=0) as one:
                held.append(one.gatherer(DAY))
                raise MemoryError

        with pytest.raises(MemoryError):
            breaks()
        with deciders.one(patience=0) as one:
            assert one.gatherer(DAY) is not held[0]
        deciders.close()
