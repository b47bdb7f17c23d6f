"""Opinions are put on record once, about what is known, with what the model said."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from xiaowei.desk.home import Home, open_home
from xiaowei.desk.opining import (
    AmbiguousSubjectError,
    UnknownSubjectError,
    on_record,
    opine,
    subject_of,
)
from xiaowei.desk.taking import take_folder
from xiaowei.industry.opinions import Opinion

DAY = date(2026, 1, 15)
SAID = Opinion(
    expert="李娜",
    day=DAY,
    kind="case",
    about="F001",
    shift=0.4,
    confidence=0.8,
    reasoning="两张大单流失",
    saw_model=False,
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home that knows F001 and E47, which is a code of GB/T 4754 too."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "企业名录.csv").write_text(
        "企业代号,企业名称\nF001,一号\nE47,四十七号\n", encoding="utf-8"
    )
    with open_home(tmp_path / "home") as home:
        take_folder(tmp_path / "files", lake=home.lake, received_on=DAY)
        yield home


def run_on_record(home: Home, *, pd: float, held_out: float | None) -> None:
    """Put a run on record that says a PD of F001, a restaurant, and of two others."""
    firms = [
        {"enterprise_id": firm, "pd": pd, "pd_held_out": held_out, "industry": industry}
        for firm, industry in (("F001", "6210"), ("F002", "C13"), ("F003", None))
    ]
    text = json.dumps({"run_id": "r1", "as_of": "2026-01-01", "firms": firms})
    home.journal.add("run", {}, made_at="2026-01-02T00:00:00+00:00", document=text)


class TestSubjectOf:
    @pytest.mark.parametrize(
        ("about", "expected"),
        [
            ("H62", ("industry", "H62")),
            ("6210", ("industry", "H6210")),
            ("F001", ("case", "F001")),
        ],
    )
    def test_is_a_trade_or_an_enterprise(
        self, home: Home, about: str, expected: tuple[str, str]
    ) -> None:
        assert subject_of(home, about, kind=None) == expected

    @pytest.mark.parametrize("about", ["F999", "餐饮", "", "\udcff", "F' OR '1'='1"])
    def test_is_refused_where_it_is_neither(self, home: Home, about: str) -> None:
        with pytest.raises(UnknownSubjectError, match="is no trade, and no enterprise"):
            subject_of(home, about, kind=None)

    def test_is_asked_for_where_it_may_be_both(self, home: Home) -> None:
        with pytest.raises(AmbiguousSubjectError, match="--kind"):
            subject_of(home, "E47", kind=None)

        assert subject_of(home, "E47", kind="case") == ("case", "E47")
        assert subject_of(home, "E47", kind="industry") == ("industry", "E47")

    def test_may_be_a_trade_before_any_file_was_taken(self, tmp_path: Path) -> None:
        with open_home(tmp_path / "empty") as empty:
            assert subject_of(empty, "H", kind=None) == ("industry", "H")
            with pytest.raises(UnknownSubjectError):
                subject_of(empty, "F001", kind=None)


class TestOpine:
    def test_is_read_back_as_it_was_said(self, home: Home) -> None:
        recorded, new = opine(home, SAID)

        assert new
        assert on_record(home.journal) == (recorded,)
        assert recorded.opinion == SAID
        assert home.journal.verify() == 1

    def test_records_the_same_once_and_what_differs_again(self, home: Home) -> None:
        first, _ = opine(home, SAID)
        again, new = opine(home, SAID)
        other, changed = opine(home, replace(SAID, shift=0.1))
        back, returned = opine(home, SAID)

        assert (again, new) == (first, False)
        assert (changed, returned) == (True, True)
        assert [one.seq for one in on_record(home.journal)] == [1, 2, 3]
        assert other.opinion.shift == 0.1
        assert back.opinion == SAID

    def test_keeps_what_the_model_said_without_the_outcome(self, home: Home) -> None:
        bare, _ = opine(home, SAID)
        run_on_record(home, pd=0.02, held_out=0.05)
        later, _ = opine(home, replace(SAID, shift=0.1))
        trade, _ = opine(home, replace(SAID, kind="industry", about="H62"))
        stranger, _ = opine(home, replace(SAID, about="E47"))

        assert later.model == trade.model == {"F001": 0.05}
        assert not bare.model
        assert not stranger.model

    def test_keeps_it_of_all_firms_of_a_trade_at_any_level(self, home: Home) -> None:
        run_on_record(home, pd=0.02, held_out=None)
        for about, firms in (("H", {"F001"}), ("C1310", set()), ("C13", {"F002"})):
            trade, _ = opine(home, replace(SAID, kind="industry", about=about))

            assert trade.model.keys() == firms

    def test_takes_the_models_own_where_no_outcome_was_known(self, home: Home) -> None:
        run_on_record(home, pd=0.02, held_out=None)

        assert opine(home, SAID)[0].model == {"F001": 0.02}

    def test_counts_as_said_when_it_was_on_record(self, home: Home) -> None:
        early, _ = opine(home, replace(SAID, day=date(2001, 1, 1)))
        late, _ = opine(home, replace(SAID, day=date(2999, 1, 1)))

        assert early.said_on == early.recorded_on
        assert late.said_on == date(2999, 1, 1)
