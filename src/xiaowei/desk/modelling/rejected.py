"""A model on record and all applicants in; what holds of all of them out."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xiaowei.desk.home import Home
from xiaowei.desk.modelling.keeping import model_on_record
from xiaowei.desk.modelling.tables import bads_of, picked, read_table, sha256_of
from xiaowei.risk.rejects import Applicants, whole_of
from xiaowei.risk.sample import Floats


def all_applicants(
    home: Home,
    asked: str,
    path: Path,
    *,
    cut_off: float,
    outcome: tuple[str, str | None],
    chance: str | None = None,
) -> dict[str, Any]:
    """Return what holds of all applicants at a cut-off, as plain values.

    Args:
        home: the workspace.
        asked: which model.
        path: a row per applicant, accepted or not.
        cut_off: PD up to which all would be approved.
        outcome: the column that says who defaulted, empty where nobody knows, and its
            value for a default, null where it says 1 or 0, yes or no, 是 or 否.
        chance: the column of the chance with which the outcome came to be known, from
            the policy that decided; null where it is not known.

    Raises:
        UnknownModelError: there is no such model.
        TableError: a column is not there or cannot be read.
        RejectsError: chances cannot be, or an outcome is lacking.
    """
    card, model = model_on_record(home, asked)
    frame = read_table(path)
    column, bad = outcome
    needed = [column, *([chance] if chance else [])]
    told = picked(frame, needed, file=path.name)
    accepted = told[column].notna().to_numpy()
    bads = np.zeros(len(frame), dtype=np.int64)
    bads[accepted] = bads_of(told[column][accepted], bad=bad, file=path.name)
    applicants = Applicants(
        pd=model.pd(picked(frame, model.names, file=path.name)),
        accepted=accepted,
        bad=bads,
        chance=_chances(told, chance),
    )
    # The same table gives the same intervals.
    generator = np.random.default_rng(int(card["seed"]))
    found = whole_of(applicants, cut_off=cut_off, generator=generator)
    return {
        "model": {key: card[key] for key in ("name", "kind", "fingerprint")},
        "applicants": {
            "file": path.name,
            "sha256": sha256_of(path),
            "rows": len(frame),
        },
        **asdict(found),
    }


def _chances(told: pd.DataFrame, chance: str | None) -> Floats | None:
    if chance is None:
        return None
    # A text is NaN, which no chance is: it is named with its row.
    found = pd.to_numeric(told[chance], errors="coerce")
    return np.asarray(found.to_numpy(dtype=np.float64, na_value=np.nan))
