"""The parts of the leakage check, each on the smallest data that will do."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from tests.risk.leak_files import honest_files

from xiaowei.risk.leaks.bounds import (
    ALONE,
    Doubt,
    Odds,
    Tally,
    area_floor,
    area_of,
    is_perfect,
    odds_within,
    tally,
)
from xiaowei.risk.leaks.candidate import Candidate, candidates_of, days_written, made
from xiaowei.risk.leaks.circumstances import Circumstances
from xiaowei.risk.leaks.digits import decimals_of, remainders
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.inspection import inspect
from xiaowei.risk.leaks.names import told_by_name
from xiaowei.risk.leaks.within import within
from xiaowei.risk.measures import auc
from xiaowei.risk.sample import Ints


def outcomes(bads: int, goods: int) -> Ints:
    return np.array([1] * bads + [0] * goods)


def column(values: object) -> Candidate:
    (one,) = candidates_of(pd.DataFrame({"x": values}))
    return one


class TestTally:
    def test_counts_a_region(self) -> None:
        region = tally(np.array([True, True, False, False]), np.array([1, 0, 1, 0]))

        assert region == Tally(1, 1, 1, 1)
        assert (region.firms, region.rate, region.caught) == (2, 0.5, 0.5)

    def test_turns_to_its_worse_side(self) -> None:
        assert Tally(1, 9, 9, 1).worse() == Tally(9, 1, 1, 9)
        assert Tally(9, 1, 1, 9).worse() == Tally(9, 1, 1, 9)

    def test_is_the_outcome_if_it_holds_most_bads_and_hardly_a_good(self) -> None:
        assert Tally(24, 0, 3, 96).is_outcome(Doubt(500))
        assert not Tally(24, 6, 3, 90).is_outcome(Doubt(500))
        assert not Tally(8, 0, 19, 96).is_outcome(Doubt(500))

    def test_has_a_floor_of_odds_though_a_count_is_0(self) -> None:
        normal = Tally(90, 10, 210, 1190).odds_floor(ALONE)
        empty = Tally(90, 0, 210, 1200).odds_floor(ALONE)

        assert empty > normal
        assert Tally(0, 10, 10, 10).odds_floor(ALONE) < 1

    def test_is_surer_the_fewer_looks_are_taken(self) -> None:
        region = Tally(40, 5, 10, 95)

        assert region.purity_floor(ALONE) > region.purity_floor(Doubt(1000))
        assert region.odds_floor(ALONE) > region.odds_floor(Doubt(1000))


class TestOddsWithin:
    @staticmethod
    def one(cells: list[tuple[int, int, int, int]]) -> Odds | None:
        """Take (bads, goods) marked and (bads, goods) unmarked of each stratum."""
        counts = np.array(cells, dtype=np.float64)
        (odds,) = odds_within(
            counts[:, [0]],
            counts[:, [0]] + counts[:, [1]],
            every_bad=counts[:, 0] + counts[:, 2],
            every_firm=counts.sum(axis=1),
        )
        return odds

    def test_is_the_odds_ratio_of_a_single_stratum(self) -> None:
        odds = self.one([(300, 100, 200, 400)])

        assert odds is not None
        assert np.exp(odds.log) == pytest.approx(6, rel=0.02)
        assert odds.caught == pytest.approx(0.6)

    def test_does_not_take_size_for_a_mark(self) -> None:
        # The marked are mostly in the bad stratum; inside each nothing differs.
        odds = self.one([(80, 20, 8, 2), (2, 18, 10, 90)])

        assert odds is not None
        assert abs(odds.log) < 0.2

    def test_knows_when_nothing_compares(self) -> None:
        assert self.one([(10, 10, 0, 0), (0, 0, 5, 5)]) is None


class TestAreas:
    def test_are_those_of_the_measures(self) -> None:
        rng = np.random.default_rng(0)
        values, defaulted = rng.integers(0, 9, 200).astype(float), outcomes(40, 160)

        assert area_of(values, defaulted) == pytest.approx(auc(values, defaulted))

    def test_lose_more_to_doubt_in_small_files(self) -> None:
        small = area_floor(0.95, bads=27, goods=96, doubt=ALONE)

        assert small < area_floor(0.95, bads=400, goods=1600, doubt=ALONE)

    def test_are_perfect_only_if_sure(self) -> None:
        assert not is_perfect(0.95, bads=27, goods=96, doubt=Doubt(1000))
        assert is_perfect(0.95, bads=400, goods=1600, doubt=Doubt(1000))
        assert not is_perfect(0.91, bads=400, goods=1600, doubt=Doubt(1000))
        assert not is_perfect(1.0, bads=0, goods=10, doubt=ALONE)


class TestCandidate:
    @pytest.mark.parametrize(
        "texts",
        [
            ["1997-02-28", "2004-12-01"],
            ["2/28/1997", "12/1/2004"],
            ["28-Feb-97", "1-Dec-04"],
            ["19970228", "20041201"],
            ["1997年02月28日", "2004年12月01日"],
        ],
    )
    def test_reads_days_as_they_are_written(self, texts: list[str]) -> None:
        one = column(texts)

        assert one.form == "day"
        assert one.values.tolist() == [
            (date(1997, 2, 28) - date(1970, 1, 1)).days,
            (date(2004, 12, 1) - date(1970, 1, 1)).days,
        ]

    @pytest.mark.parametrize(
        "texts", [["451120", "722410"], ["C13", "H62"], ["5", "7"]]
    )
    def test_takes_no_code_for_a_day(self, texts: list[str]) -> None:
        assert column(texts).form == "category"
        assert days_written(texts) is None

    def test_takes_blanks_for_missing(self) -> None:
        one = column(["a", " ", "", None, "b"])

        assert one.labels == ("a", "b")
        assert one.known.tolist() == [True, False, False, False, True]

    def test_knows_days_of_every_kind_of_column(self) -> None:
        days = [date(2020, 1, 1), None, date(2020, 1, 3)]

        for values in (days, pd.to_datetime(pd.Series(days))):
            one = column(values)
            assert one.form == "day"
            assert one.levels == 2
        assert column(pd.Series(days, dtype="date32[pyarrow]")).form == "day"

    def test_gives_some_of_its_rows(self) -> None:
        texts = column(["b", "a", None, "c"]).take(np.array([0, 2]))
        numbers = column([3.0, 1.0, np.nan]).take(np.array([1, 2]))

        assert (texts.labels, texts.codes.tolist()) == (("b",), [0, -1])
        assert (numbers.levels, numbers.codes.tolist()) == (1, [0, -1])


class TestWithin:
    def test_gives_the_auc_of_each_group(self) -> None:
        rng = np.random.default_rng(1)
        values, groups = rng.normal(size=90).round(1), rng.integers(-1, 3, 90)
        values[:5] = np.nan
        defaulted = rng.integers(0, 2, 90)

        inside = within(made("x", values), groups, defaulted, count=4)

        for group in range(3):
            held = (groups == group) & ~np.isnan(values)
            expected = auc(values[held], defaulted[held])
            assert inside.areas[group] == pytest.approx(expected)
        assert np.isnan(inside.areas[3])

    def test_knows_empty_files(self) -> None:
        inside = within(
            made("x", np.full(3, np.nan)), np.zeros(3, int), outcomes(1, 2), count=1
        )

        assert inside.bads.tolist() == [0]


class TestDigits:
    def test_counts_decimals(self) -> None:
        assert decimals_of(np.array([12.0, 0.1, 1234.56, 2 / 3])).tolist() == [
            0,
            1,
            2,
            7,
        ]

    def test_find_a_remainder_that_bads_lack(self) -> None:
        rng = np.random.default_rng(2)
        years = 12 * rng.integers(1, 20, 800)
        months = np.where(outcomes(200, 600) == 1, rng.integers(1, 240, 800), years)

        best = max(
            remainders(months, outcomes(200, 600)),
            key=lambda one: one.odds.floor(ALONE),
        )

        assert best.text == "remainder 0 of division by 12"

    def test_do_not_take_one_common_value_for_a_way_of_writing(self) -> None:
        files = honest_files(1)
        values = files.rng.choice([100, 250, 333, 475, 512], len(files)).astype(float)
        values[files.bad & (files.rng.random(len(files)) < 0.4)] = 333

        assert inspect(files.table.assign(x=values), files.defaulted).of("x") == ()

    def test_look_at_days_before_1970(self) -> None:
        files = honest_files(2)
        days = pd.Timestamp("1950-01-01") + pd.to_timedelta(
            files.rng.integers(0, 6000, len(files)), unit="D"
        )
        closed = files.bad & (files.rng.random(len(files)) < 0.8)
        moved = pd.Series(days).where(~closed, days + pd.offsets.MonthEnd(0))

        (leak,) = inspect(files.table.assign(x=moved), files.defaulted).of("x")

        assert leak.evidence.startswith("last of the month")


class TestGrades:
    def test_that_rise_step_by_step_to_a_bad_end_are_honest(self) -> None:
        files = honest_files(3)
        score = files.risk + files.rng.normal(0, 1.6, len(files))
        cuts = np.quantile(score, [0.4, 0.7, 0.85, 0.95])
        grade = np.array(list("ABCDE"))[np.digitize(score, cuts)]

        rates = [files.defaulted[grade == one].mean() for one in "ABCDE"]
        assert rates == sorted(rates)
        assert rates[-1] > 0.8
        assert inspect(files.table.assign(x=grade), files.defaulted).of("x") == ()


class TestDays:
    def test_that_were_fixed_beforehand_are_no_leak(self) -> None:
        files = honest_files(4)
        due = files.decided + pd.Timedelta(days=365)
        told = Circumstances(decided_on=files.decided, planned=frozenset({"due"}))

        inspection = inspect(
            files.table.assign(due=due), files.defaulted, circumstances=told
        )

        assert inspection.leaks == ()

    def test_that_are_late_in_a_few_rows_are_doubted(self) -> None:
        files = honest_files(5)
        known = files.decided - pd.Timedelta(days=3)
        known.iloc[:4] += pd.Timedelta(days=9)
        told = Circumstances(decided_on=files.decided, known_on={"margin": known})

        (leak,) = inspect(files.table, files.defaulted, circumstances=told).leaks

        assert (leak.candidate, leak.kind, leak.severity) == (
            "margin",
            "known_later",
            "suspect",
        )


class TestSnapshot:
    def test_that_differs_whatever_the_outcome_is_doubted(self) -> None:
        files = honest_files(6)
        moved = files.rng.random(len(files)) < 0.2
        table = files.table.assign(
            branch=np.where(moved, "总行", files.table["branch"]),
            rent=files.table["rent"].mask(moved),
        )
        told = Circumstances(snapshot=files.table)

        inspection = inspect(table, files.defaulted, circumstances=told)

        assert inspection.refused == ()
        assert inspection.suspected == ("branch", "rent")


class TestSides:
    def test_may_share_rows_of_common_values(self) -> None:
        rng = np.random.default_rng(7)
        table = pd.DataFrame(rng.integers(0, 3, (800, 4)), columns=list("abcd"))
        defaulted = (rng.random(800) < 0.3).astype(int)
        told = Circumstances(test=np.arange(800) >= 500)

        assert inspect(table, defaulted, circumstances=told).leaks == ()

    def test_may_have_shares_that_reach_0_and_1(self) -> None:
        files = honest_files(8)
        share = np.round(files.rng.uniform(0.1, 0.9, len(files)), 3)
        share[:3], share[-1] = 0.0, 1.0
        told = Circumstances(test=np.arange(len(files)) >= 1000)

        inspection = inspect(
            files.table.assign(share=share), files.defaulted, circumstances=told
        )

        assert inspection.refused == ()
        assert inspection.suspected == ("share",)


class TestOrder:
    def test_leaks_if_every_fifth_row_is_bad(self) -> None:
        rng = np.random.default_rng(9)
        defaulted = (np.arange(1000) % 5 == 0).astype(int)
        table = pd.DataFrame({"x": rng.normal(size=1000)})

        (leak,) = inspect(table, defaulted).leaks

        assert leak.kind == "row_order"
        assert "division by 5" in leak.evidence

    def test_is_doubted_if_it_ranks_better_than_time_does(self) -> None:
        rng = np.random.default_rng(10)
        defaulted = (rng.random(1500) < np.linspace(0.02, 0.6, 1500)).astype(int)

        (leak,) = inspect(pd.DataFrame({"x": rng.normal(size=1500)}), defaulted).leaks

        assert (leak.kind, leak.severity) == ("row_order", "suspect")


class TestDossier:
    def test_thins_itself_and_keeps_the_bad_rate(self) -> None:
        files = honest_files(11, firms=3000)
        dossier = Dossier(
            candidates=tuple(candidates_of(files.table)),
            defaulted=files.defaulted,
            groups=np.arange(3000),
        )

        thin = dossier.thinned(1000)

        assert len(thin.defaulted) == pytest.approx(1000, abs=2)
        assert thin.defaulted.mean() == pytest.approx(files.defaulted.mean(), abs=0.001)
        assert thin.groups is not None
        assert (np.diff(thin.groups) > 0).all()
        assert dossier.thinned(3000) is dossier


class TestNames:
    @pytest.mark.parametrize(
        "name", ["ChgOffPrinGr", "charge-off", "核销金额", "违约日"]
    )
    def test_of_what_follows_a_default_are_known(self, name: str) -> None:
        assert list(told_by_name(made(name, np.zeros(2))))

    @pytest.mark.parametrize(
        "name", ["sales", "DELINQ", "逾期次数", "NoEmp", "charges"]
    )
    def test_of_what_goes_before_are_let_pass(self, name: str) -> None:
        assert not list(told_by_name(made(name, np.zeros(2))))


class TestEncodings:
    @pytest.mark.parametrize(("size", "severity"), [(4, "leak"), (300, "suspect")])
    def test_as_log_odds_are_graver_the_smaller_the_groups(
        self, size: int, severity: str
    ) -> None:
        files = honest_files(12, firms=6000)
        groups = files.rng.integers(0, len(files) // size, len(files))
        rate = pd.Series(files.defaulted).groupby(groups).transform("mean")
        inner = (rate > 0) & (rate < 1)
        weight = np.log(rate[inner] / (1 - rate[inner]))

        inspection = inspect(files.table.assign(x=weight), files.defaulted)

        found = {leak.kind: leak for leak in inspection.of("x")}
        assert found["own_mean"].severity == severity
        assert "log-odds" in found["own_mean"].evidence

    def test_of_rows_learnt_from_are_found_too(self) -> None:
        files = honest_files(13)
        test = np.arange(len(files)) >= 1000
        groups = files.rng.integers(0, 300, len(files))
        learnt = pd.Series(files.defaulted).where(~test)
        rate = learnt.groupby(groups).transform("mean")
        told = Circumstances(test=test)

        inspection = inspect(
            files.table.assign(x=rate), files.defaulted, circumstances=told
        )

        (leak,) = inspection.of("x")
        assert "over the rows learnt from" in leak.evidence
