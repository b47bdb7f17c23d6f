"""Counties as tables to learn from and to judge, each made once and used again.

What a bank knew on the first day judged is learnt from; what truly became of everybody
in the twelve months after is what it is judged by, also of those it never lent to.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from bench.peers.counties import AS_OF, make, truth_of

from xiaowei.desk.home import Home, open_home
from xiaowei.desk.knowledge import facts_held, known_facts
from xiaowei.desk.modelling.panels import DECIDED, GROUP, OUTCOME, WHOSE, write_panel
from xiaowei.portraits.portrait import TRAITS
from xiaowei.portraits.standing import current
from xiaowei.risk.sample import Ints

LEARN_DAYS: Final = (date(2022, 12, 31), date(2023, 3, 31), date(2023, 6, 30))
"""Their windows are over on the day judged."""
JUDGE_DAY: Final = date(2024, 6, 30)
"""Twelve months before the counties end."""
_ASIDE: Final = (WHOSE, DECIDED, GROUP, OUTCOME)
_PAPER: Final = ("industry", "region")
_FORMAL: Final = frozenset(["enterprises", "statements", "owners"])
_BUREAU: Final = frozenset(
    ["bureau_loans", "bureau_guarantees", "bureau_enquiries", "consents"]
)
_OWN: Final = frozenset(["loans", "repayments", "applications", "credit_history"])
_FAMILIES: Final = {trait.name: frozenset(trait.sources) for trait in TRAITS}


@dataclass(frozen=True, slots=True)
class Town:
    """One county, or several as one.

    Args:
        learn: cases whose outcome the bank knew on the day judged, `bad` with them.
        judge: everybody alive and not in default then, `bad` is the truth.

    Columns that begin with `latent_` are what only the simulator knows.
    """

    learn: pd.DataFrame
    judge: pd.DataFrame

    @property
    def everything(self) -> list[str]:
        """Columns that a model of the whole portrait may use, the papers' too."""
        return [
            c
            for c in self.learn.columns
            if c not in (*_ASIDE, "bad", "seed") and not c.startswith("latent_")
        ]

    @property
    def latent(self) -> list[str]:
        """Columns that only the simulator knows."""
        return [c for c in self.learn.columns if c.startswith("latent_")]

    def incumbent(self, *, bureau: bool = False, own: bool = False) -> list[str]:
        """Return columns that a bank looks at which judges by papers.

        Statements and what follows from them, the register, age, capital, trade,
        region; there is no collateral in the county. On demand also the bureau and the
        bank's own loans, grades and applications.
        """
        may = _FORMAL | (_BUREAU if bureau else set()) | (_OWN if own else set())
        return [
            name
            for name in self.everything
            if name in _PAPER
            or name.startswith("paper_")
            or (name in _FAMILIES and _FAMILIES[name] <= may)
        ]


def bad_of(town: pd.DataFrame) -> Ints:
    """Return who defaulted: 1, else 0."""
    return np.asarray(town["bad"], dtype=np.int64)


def town(folder: Path, seed: int, *, firms: int) -> Town:
    """Return a county, making what is not there.

    Args:
        folder: where counties are kept.
        seed: of all chance.
        firms: how many there are.
    """
    own = make(folder, seed, firms=firms, share=0.06)
    learn, judge = own / "learn.parquet", own / "judge.parquet"
    with open_home(own / "home") as home:
        if not learn.exists():
            write_panel(home, learn, days=LEARN_DAYS, today=JUDGE_DAY)
        if not judge.exists():
            write_panel(home, judge, days=(JUDGE_DAY,), today=JUDGE_DAY)
        papers = pd.concat([_papers(home, day) for day in (*LEARN_DAYS, JUDGE_DAY)])
    early, late = (
        pd.read_parquet(file)
        .merge(papers, on=[WHOSE, DECIDED], how="left")
        .merge(_latent(own), on=[WHOSE, DECIDED], how="left")
        .assign(seed=seed)
        for file in (learn, judge)
    )
    early = early[early[OUTCOME].notna()]
    lost = pd.to_datetime(
        late[WHOSE].map(truth_of(own).to_pandas().set_index(WHOSE)["default_on"])
    )
    late = late.assign(bad=(lost <= pd.Timestamp(AS_OF)).astype("int64"))
    return Town(
        early.assign(bad=early[OUTCOME].astype("int64")).reset_index(drop=True),
        late[~(lost <= pd.Timestamp(JUDGE_DAY))].reset_index(drop=True),
    )


def together(towns: list[Town]) -> Town:
    """Return several counties as one; groups keep apart by their county."""

    def joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
        whole = pd.concat(parts, ignore_index=True)
        if GROUP in whole:
            whole[GROUP] = whole["seed"].astype(str) + " " + whole[GROUP].astype(str)
        return whole

    return Town(
        joined([one.learn for one in towns]),
        joined([one.judge for one in towns]),
    )


def _latent(own: Path) -> pd.DataFrame:
    """Return what is true of each firm on each day and no source states."""
    firms = truth_of(own).to_pandas().set_index(WHOSE)
    files = sorted((own / "county" / "truth").glob("monthly*.parquet"))
    columns = [WHOSE, "month", "cash_closing_yuan", "arrears_yuan", "capacity_use"]
    monthly = pd.concat(pd.read_parquet(file, columns=columns) for file in files)
    parts = []
    for day in (*LEARN_DAYS, JUDGE_DAY):
        then = monthly[monthly["month"].astype(str) == f"{day:%Y-%m}"].set_index(WHOSE)
        told = {
            "latent_quality": firms["quality"],
            "latent_margin": firms["margin"],
            "latent_cash": then["cash_closing_yuan"].astype(float),
            "latent_arrears": then["arrears_yuan"].astype(float),
            "latent_use": then["capacity_use"].astype(float),
        }
        parts.append(pd.DataFrame(told).rename_axis(WHOSE).reset_index())
        parts[-1][DECIDED] = day
    return pd.concat(parts)


def _papers(home: Home, day: date) -> pd.DataFrame:
    """Return what the last statement known by a day says of each firm."""
    known = known_facts(facts_held(home.lake), as_of=day)
    if "statements" not in known:
        return pd.DataFrame({WHOSE: [], DECIDED: []})
    rows = home.lake.engine.to_pyarrow(
        current(known["statements"], family="statements")
    )
    frame = rows.to_pandas().sort_values([WHOSE, "happened_on"])
    last, before = (_nth_last(frame, n) for n in (1, 2))
    told = _ratios(last).join(
        (last["revenue_fen"] / before["revenue_fen"] - 1).rename("paper_growth")
    )
    told = told.replace([np.inf, -np.inf], np.nan)
    return told.reset_index().assign(**{DECIDED: day})


def _nth_last(frame: pd.DataFrame, n: int) -> pd.DataFrame:
    place = frame.groupby(WHOSE).cumcount(ascending=False)
    return frame[place == n - 1].set_index(WHOSE)


def _ratios(last: pd.DataFrame) -> pd.DataFrame:
    """Return the ratios of an Altman kind of score that the statements allow."""
    columns = {
        "paper_assets": last["assets_fen"],
        "paper_revenue": last["revenue_fen"],
        "paper_equity_share": last["equity_fen"] / last["assets_fen"],
        "paper_profit_margin": last["profit_fen"] / last["revenue_fen"],
        "paper_return": last["profit_fen"] / last["assets_fen"],
        "paper_turnover": last["revenue_fen"] / last["assets_fen"],
    }
    return pd.DataFrame(columns, index=last.index)
