"""A lake becomes a table to learn from; two columns of it are compared as policies."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.desk.counties import taken_county
from typer.testing import CliRunner

from xiaowei.desk.home import Home, open_home
from xiaowei.desk.knowledge import Portrayed, facts_held, portray
from xiaowei.desk.modelling.applied import apply_model
from xiaowei.desk.modelling.frontiers import Question, frontiers
from xiaowei.desk.modelling.lesson import Lesson
from xiaowei.desk.modelling.panels import PanelError, days_between, write_panel
from xiaowei.desk.modelling.scoring import NoRefitsError
from xiaowei.desk.modelling.tables import Roles, TableError
from xiaowei.desk.modelling.training import train
from xiaowei.risk.assess import Assessment
from xiaowei.surfaces.cli import app

TODAY = date(2025, 6, 30)
DAYS = (date(2024, 3, 31), date(2024, 9, 30))
FIRMS = 150


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("panels")
    return taken_county(place, seed=11, firms=FIRMS, until=TODAY)


@pytest.fixture(scope="module")
def home(place: Path) -> Iterator[Home]:
    with open_home(place / "home") as home:
        yield home


@pytest.fixture(scope="module")
def panel(home: Home, place: Path) -> pd.DataFrame:
    made = write_panel(home, place / "panel.parquet", days=DAYS, today=TODAY)
    table = pd.read_parquet(made.path)
    assert made.cases == len(table)
    assert made.bads == table["defaulted"].sum() > 0
    assert made.unknown == table["defaulted"].isna().sum()
    return table


@pytest.fixture(scope="module")
def portrayed(home: Home) -> Portrayed:
    return portray(facts_held(home.lake), as_of=DAYS[0], engine=home.lake.engine)


class TestWritePanel:
    def test_holds_the_portraits_of_each_day(
        self, portrayed: Portrayed, panel: pd.DataFrame
    ) -> None:
        mine = panel[panel["as_of"] == DAYS[0]].set_index("enterprise_id")

        for trait in ("sales_12m", "vat_burden_12m", "capital_now"):
            rows = portrayed.rows.items()
            known = {firm: row[trait] for firm, row in rows if firm in mine.index}
            assert mine[trait].reindex(known).tolist() == pytest.approx(
                [np.nan if v is None else v for v in known.values()], nan_ok=True
            )

    def test_knows_no_outcome_before_its_window_is_over(
        self, panel: pd.DataFrame
    ) -> None:
        late = panel[panel["as_of"] == DAYS[1]]

        assert len(late)
        assert late["defaulted"].isna().all()

    def test_knows_no_outcome_of_whom_nobody_lent_to(
        self, home: Home, panel: pd.DataFrame
    ) -> None:
        early = panel[panel["as_of"] == DAYS[0]]
        owing = set()
        for family in ("bureau_loans", "repayments", "credit_history"):
            facts = home.lake.facts(family)
            if "subject" in facts.columns:
                facts = facts.filter(facts.subject == "enterprise")
            owing |= set(facts.enterprise_id.to_pyarrow().to_pylist())

        unwatched = early[~early["enterprise_id"].isin(owing)]
        assert len(unwatched)
        assert unwatched["defaulted"].isna().all()

    def test_tells_defaults_as_they_truly_were(
        self, place: Path, panel: pd.DataFrame
    ) -> None:
        files = sorted((place / "county" / "truth").glob("firms*.parquet"))
        truth = pd.concat(map(pd.read_parquet, files)).set_index("enterprise_id")
        known = panel[panel["defaulted"].notna()]
        lost = pd.to_datetime(truth["default_on"]).reindex(known["enterprise_id"])
        day, end = pd.Timestamp(DAYS[0]), pd.Timestamp(2025, 3, 31)
        bad = ((lost > day) & (lost <= end)).to_numpy()

        # What is recorded days later may fall beyond the window's end.
        assert (known["defaulted"].to_numpy() == bad).mean() > 0.97

    def test_names_firms_of_one_owner_alike(
        self, home: Home, panel: pd.DataFrame
    ) -> None:
        owners = home.lake.facts("owners").to_pyarrow().to_pandas()
        owners = owners[(owners["role"] != "manager") & (owners["known_on"] <= DAYS[0])]
        early = panel[panel["as_of"] == DAYS[0]].set_index("enterprise_id")["group"]
        owners = owners[owners["enterprise_id"].isin(early.index)]
        groups = owners["enterprise_id"].map(early)

        assert (groups.groupby(owners["person_id"]).nunique() == 1).all()
        assert 1 < early.nunique() < len(early)

    def test_leaves_nothing_half_made(self, home: Home, tmp_path: Path) -> None:
        def stop(_done: int, _of: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            write_panel(
                home, tmp_path / "p.parquet", days=DAYS[:1], today=TODAY, told=stop
            )
        assert list(tmp_path.iterdir()) == []

    def test_says_what_it_cannot(self, home: Home, tmp_path: Path) -> None:
        with pytest.raises(PanelError, match="not named as Parquet"):
            write_panel(home, tmp_path / "p.csv", days=DAYS, today=TODAY)
        with pytest.raises(PanelError, match="no month ends"):
            days_between(date(2024, 3, 1), date(2024, 3, 30), months=1)
        with (
            open_home(tmp_path / "empty") as empty,
            pytest.raises(PanelError, match="no fact is held"),
        ):
            write_panel(empty, tmp_path / "p.parquet", days=DAYS, today=TODAY)


class TestFrontier:
    def test_compares_two_columns(self, home: Home, place: Path) -> None:
        rng = np.random.default_rng(0)
        bad = (rng.random(800) < 0.2).astype(int)
        sharp = bad + rng.normal(scale=0.6, size=800)
        blunt = bad + rng.normal(scale=3, size=800)
        table = pd.DataFrame({"bad": bad, "old_score": -blunt, "new": sharp})
        table.loc[:20, "new"] = np.nan
        table.to_csv(place / "applicants.csv", index=False)
        question = Question(
            old="-old_score", new="new", roles=Roles(outcome="bad"), approved=0.4
        )
        told = frontiers(home, place / "applicants.csv", question).as_plain()

        assert told["unscored"] == {"-old_score": 0, "new": 21}
        assert told["gain"]["low"] > 0.3
        assert told["swap"]["into"]["bad_rate"] is not None

        done = CliRunner().invoke(
            app,
            ["--home", str(place / "home"), "frontier", str(place / "applicants.csv"),
             "--outcome", "bad", "--old=-old_score", "--new", "new",
             "--approved", "0.4", "--json"],
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["gain"] == told["gain"]

    def test_says_where_a_model_has_learnt_from_the_applicants(
        self, home: Home, place: Path
    ) -> None:
        rng = np.random.default_rng(1)
        late = rng.normal(size=400)
        bad = (rng.random(400) < 1 / (1 + np.exp(1 - late))).astype(int)
        pd.DataFrame({"bad": bad, "late": late}).to_csv(place / "own.csv", index=False)
        roles = Roles(outcome="bad")
        train(
            home, place / "own.csv", Lesson(name="own", kind="scorecard", roles=roles)
        )
        told = frontiers(
            home, place / "own.csv", Question(old="late", new="own", roles=roles)
        )

        assert told.learnt == ("own",)

    def test_needs_numbers(self, home: Home, place: Path) -> None:
        table = pd.DataFrame({"bad": [0, 1], "grade": ["A", "B"]})
        table.to_csv(place / "grades.csv", index=False)
        question = Question(old="grade", new="grade", roles=Roles(outcome="bad"))

        with pytest.raises(TableError, match="'grade' does not hold numbers"):
            frontiers(home, place / "grades.csv", question)


def card_of(portrayed: Portrayed) -> list[Assessment]:
    """What a run's own card would say: the same of everybody."""
    return [
        Assessment(
            enterprise_id=firm,
            score=600,
            base=600,
            points={},
            pd=0.1,
            pd_low=0.05,
            pd_high=0.2,
            grade_odds={},
            outside=(),
            unknown=(),
        )
        for firm in portrayed.sample.ids
    ]


@pytest.fixture(scope="module")
def cases(portrayed: Portrayed, place: Path) -> Path:
    """Portraits with an outcome that follows from one trait and the trade."""
    table = pd.DataFrame(dict(portrayed.sample.traits))[["runway_3m", "sales_12m"]]
    profiles = portrayed.profiles
    table["industry"] = [
        profiles.get(firm, {}).get("industry") for firm in portrayed.sample.ids
    ]
    rng = np.random.default_rng(3)
    odds = 1.5 - table["runway_3m"].rank(pct=True).fillna(0) * 4
    table["bad"] = (rng.random(len(table)) < 1 / (1 + np.exp(-odds))).astype(int)
    table.to_parquet(place / "own_cases.parquet")
    return place / "own_cases.parquet"


class TestApplyModel:
    def test_says_what_the_model_on_record_says(
        self, home: Home, portrayed: Portrayed, cases: Path
    ) -> None:
        lesson = Lesson(
            name="cash", kind="scorecard", roles=Roles(outcome="bad"), intervals=4
        )
        made = train(home, cases, lesson)
        before = card_of(portrayed)
        applied, after = apply_model(home, "cash", portrayed, before)
        expected = made.model.pd(pd.read_parquet(cases)[made.model.names])

        assert applied is not None
        assert applied.fingerprint == made.entry.body["fingerprint"]
        assert [one.pd for one in after] == pytest.approx(expected, abs=1e-9)
        assert all(one.pd_low <= one.pd <= one.pd_high for one in after)
        assert set(applied.by_card.values()) == {0.1}
        assert [one.score for one in after] == [600] * len(before)
        worst = max(after, key=lambda one: one.pd)
        assert applied.reasons[worst.enterprise_id]

    def test_leaves_the_card_where_no_model_is_named(
        self, home: Home, portrayed: Portrayed
    ) -> None:
        before = card_of(portrayed)

        assert apply_model(home, None, portrayed, before) == (None, before)

    def test_needs_an_interval_and_traits_that_portraits_have(
        self, home: Home, portrayed: Portrayed, cases: Path, place: Path
    ) -> None:
        roles = Roles(outcome="bad")
        train(home, cases, Lesson(name="bare", kind="scorecard", roles=roles))
        with pytest.raises(NoRefitsError, match="'bare'"):
            apply_model(home, "bare", portrayed, card_of(portrayed))

        table = pd.read_parquet(cases)
        table["stars"] = table["runway_3m"]
        table[["stars", "bad"]].to_parquet(place / "stars.parquet")
        lesson = Lesson(name="stars", kind="scorecard", roles=roles, intervals=2)
        train(home, place / "stars.parquet", lesson)
        with pytest.raises(TableError, match="'stars'"):
            apply_model(home, "stars", portrayed, card_of(portrayed))
