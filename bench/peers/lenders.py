"""Sets of loans as tables of what was known at approval, with their outcomes."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from bench.peers.towns import bad_of, town

from xiaowei.desk.home import open_home
from xiaowei.desk.knowledge import facts_held, portray
from xiaowei.desk.modelling.panels import GROUP
from xiaowei.desk.taking import public_deliveries, take_all
from xiaowei.facts.public import cumcm2020c
from xiaowei.risk.sample import Ints, folds

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"
"""Where the public sets lie beside the project, if they are there."""


@dataclass(frozen=True, slots=True)
class Loans:
    """One set.

    Args:
        name: what it is called.
        table: Shape: (loans, traits).
        bad: Shape: 1 for a default, 0 else.
        splits: pairs of places to learn from and to judge; every model has the same.
        out_of_time: whether those judged are later than those learnt from.
        groups: Shape: the number of each loan's group of owners; null where unknown.
        latent: Shape: (loans, traits), what only a simulator knows; null of real loans.
    """

    name: str
    table: pd.DataFrame
    bad: Ints
    splits: list[tuple[Ints, Ints]]
    out_of_time: bool = False
    groups: Ints | None = None
    latent: pd.DataFrame | None = None


def loans(name: str, *, seed: int, folder: Path | None = None) -> Loans | None:
    """Return a set, or null where its file is not there.

    Args:
        name: which.
        seed: of folds, and of the county.
        folder: where the county is kept; without one it is not there.
    """
    if name == COUNTY:
        return _county(folder, seed) if folder else None
    file, read = FILES[name]
    path = DATA / file
    return read(path, seed) if path.exists() else None


def _sba(path: Path, seed: int) -> Loans:
    """Learn from approvals until fiscal 2004, judge those of 2005; seed is not used."""
    raw = pd.read_parquet(path)
    raw = raw[raw["MIS_Status"].isin(["P I F", "CHGOFF"])].reset_index(drop=True)
    naics = raw["NAICS"].astype(str).str[:2]
    table = pd.DataFrame(
        {
            "State": raw["State"],
            "BankState": raw["BankState"],
            "sector": naics.where(naics != "0"),
            "NoEmp": raw["NoEmp"].astype(float),
            "NewExist": raw["NewExist"].astype(str),
            "CreateJob": raw["CreateJob"].astype(float),
            "RetainedJob": raw["RetainedJob"].astype(float),
            "franchise": (raw["FranchiseCode"].astype(float) > 1).astype(float),
            "UrbanRural": raw["UrbanRural"].astype(str),
            "LowDoc": raw["LowDoc"],
            "GrAppv": _dollars(raw["GrAppv"]),
            "SBA_Appv": _dollars(raw["SBA_Appv"]),
            "guarantee": _dollars(raw["SBA_Appv"]) / _dollars(raw["GrAppv"]),
            "same_state": (raw["State"] == raw["BankState"]).astype(float),
        }
    )
    year = raw["ApprovalFY"].astype(str).str.extract(r"(\d{4})")[0].astype(float)
    del seed
    early, late = (np.flatnonzero(one) for one in (year <= _LAST, year == _LAST + 1))
    bad = (raw["MIS_Status"] == "CHGOFF").to_numpy(dtype=np.int64)
    return Loans("sba", table, bad, [(early, late)], out_of_time=True)


def _dollars(column: "pd.Series[Any]") -> "pd.Series[float]":
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    return column.astype(str).str.replace(r"[^0-9.]", "", regex=True).astype(float)


def _polish(path: Path, seed: int) -> Loans:
    raw = pd.read_parquet(path)
    bad = _bad(raw.pop("class").astype(str).str.contains("1"))
    return _dealt("polish", raw.astype(float), bad, seed)


def _german(path: Path, seed: int) -> Loans:
    raw = pd.read_parquet(path)
    label = next(
        name for name in raw.columns if name.lower() in {"class", "target", "y"}
    )
    bad = _bad(raw.pop(label).astype(int) == _SECOND)
    return _dealt("german", raw, bad, seed)


def _hmeq(path: Path, seed: int) -> Loans:
    raw = pd.read_parquet(path)
    bad = _bad(raw.pop("BAD").astype(int) == 1)
    return _dealt("hmeq", raw, bad, seed)


def _pakdd(path: Path, seed: int) -> Loans:
    raw = pd.read_parquet(path)
    bad = _bad(raw.pop("TARGET_LABEL_BAD=1").astype(int) == 1)
    numbered = [name for name in raw.columns if name.upper().startswith("ID_")]
    return _dealt("pakdd", raw.drop(columns=numbered), bad, seed, parts=3)


def _cumcm(path: Path, seed: int) -> Loans:
    """Portraits of the 123 firms of CUMCM 2020-C whose outcome is known.

    No default has a day, so that traits may follow from it: discrimination alone, no
    lead. The bank's own rating is the outcome in other words and stays out.
    """
    with tempfile.TemporaryDirectory() as made, open_home(Path(made)) as home:
        take_all(public_deliveries(path.parent), lake=home.lake)
        facts = facts_held(home.lake)
        found = portray(facts, as_of=cumcm2020c.LAST_DAY, engine=home.lake.engine)
    known, bad = found.outcomes.labelled(found.sample)
    table = pd.DataFrame(dict(known.traits))
    own = [name for name in table.columns if name.startswith("credit_history")]
    return _dealt("cumcm", table.drop(columns=own), bad, seed)


def _county(folder: Path, seed: int) -> Loans:
    """Learn from what a bank knew on 30 June 2024, judge all firms by the year after.

    The whole portrait of a simulated county of 3,000 firms, known to a bank for three
    quarter days; see `bench.peers.towns`.
    """
    found = town(folder, seed, firms=_FIRMS)
    learn, judge = found.learn, found.judge
    both = pd.concat([learn, judge], ignore_index=True)
    early, late = np.split(np.arange(len(both)), [len(learn)])
    # A column that is empty in what is learnt from says nothing, and breaks peers.
    told = [name for name in found.everything if learn[name].nunique() > 1]
    _, groups = np.unique(both[GROUP].astype(str), return_inverse=True)
    return Loans(
        COUNTY,
        both[told],
        np.concatenate([bad_of(learn), bad_of(judge)]),
        [(early, late)],
        out_of_time=True,
        groups=groups.astype(np.int64),
        latent=both[found.latent],
    )


def _bad(flag: "pd.Series[Any]") -> Ints:
    return np.asarray(flag, dtype=np.int64)


def _dealt(
    name: str, table: pd.DataFrame, bad: Ints, seed: int, *, parts: int = 5
) -> Loans:
    constant = [c for c in table.columns if table[c].nunique(dropna=True) <= 1]
    generator = np.random.default_rng([seed, parts])
    dealt = folds(bad, count=parts, generator=generator)
    return Loans(name, table.drop(columns=constant), bad, dealt)


FILES: dict[str, tuple[str, Callable[[Path, int], Loans]]] = {
    "sba": ("sba/sba_7a_part.parquet", _sba),
    "polish": ("polish_bankruptcy/1year.parquet", _polish),
    "german": ("scorecards/german_credit.parquet", _german),
    "hmeq": ("scorecards/hmeq.parquet", _hmeq),
    "cumcm": ("cumcm2020c/firms_123.csv", _cumcm),
    "pakdd": ("scorecards/pakdd2010_train.parquet", _pakdd),
}
COUNTY = "county"
SETS = (*FILES, COUNTY)
"""All sets by name; the county is simulated, the others are read."""
_LAST = 2004
_SECOND = 2
_FIRMS = 3_000
