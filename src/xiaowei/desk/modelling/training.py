"""A model learnt from a table of cases, judged on others, and put on record."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.modelling.committee import graded, referring
from xiaowei.desk.modelling.lesson import Lesson, cautions, unlearnt
from xiaowei.desk.modelling.sides import Sides, sides_of
from xiaowei.desk.modelling.tables import CaseTable, cases_of
from xiaowei.policy.reasons.reading import load_families
from xiaowei.records.journal import Entry
from xiaowei.risk.cases import Split
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.frames import columns_of
from xiaowei.risk.intervals import refits_text
from xiaowei.risk.kept import fingerprint, model_text
from xiaowei.risk.leaks.circumstances import Circumstances
from xiaowei.risk.leaks.inspection import Inspection, inspect
from xiaowei.risk.profile import pd_profile, profile_of, profile_plain
from xiaowei.risk.refits import refits, taught
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.small.telling import told_of_small
from xiaowei.risk.verdict import Verdict, verdict_of
from xiaowei.risk.why.firmness import NoReasonsError, firmness_of

MODEL: Final = "model"
"""Kind of the journal's entries that hold a model."""

REFITS: Final = "model_refits"
"""Kind of the journal's entries that hold a model learnt anew from draws."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A model on record.

    Args:
        entry: of the journal; its body is the model's card.
        model: as learnt.
        verdict: on cases it was not learnt from.
        split: who was learnt from and judged.
        inspection: what the check for leaks found in the table.
    """

    entry: Entry
    model: RiskModel
    verdict: Verdict
    split: Split
    inspection: Inspection


def train(home: Home, path: Path, lesson: Lesson) -> Trained:
    """Learn a model, judge it on cases that came later, and put it on record.

    Columns that tell the outcome are refused before anything is learnt. The model kept
    is the one judged: it is not learnt again from all cases, of which nothing would be
    known.

    Args:
        home: the workspace.
        path: the table.
        lesson: what is to be learnt.

    Raises:
        TableError: the table cannot be used.
        SplitError: there are too few cases on either side.
        ExposureError: a model of hazards lacks a day or the window.
        SpellsError: months of loans cannot be learnt from.
    """
    roles = replace(lesson.roles, dated=lesson.kind == "hazard")
    sides = sides_of(cases_of(path, roles), lesson)
    cases, split = sides.cases, sides.split
    inspection = _inspected(sides, seed=lesson.seed)
    kept = [c for c in cases.traits.columns if c not in inspection.refused]
    learnt = sides.learnt(kept)
    model = taught(unlearnt(lesson), learnt)
    pds = model.pd(cases.traits[model.names].iloc[split.judge])
    verdict = _judged(pds, cases, split)
    text = model_text(model)
    anew = _learnt_anew(home, model, sides, lesson=lesson)
    profile = _profile(model, cases, split, pds=pds)
    card = _card(lesson, cases, split, inspection=inspection, verdict=verdict)
    entry = home.journal.add(
        MODEL,
        {
            **card,
            **anew,
            "profile": profile,
            **_committee(home, pds, cases.bad[split.judge]),
            "traits": kept,
            "cautions": [
                {"zh": one.zh, "en": one.en}
                for one in cautions(lesson, bads=int(learnt.bad.sum()))
            ],
            "small": told_of_small(model),
            "fingerprint": fingerprint(text),
        },
        made_at=clock.now(),
        document=text,
    )
    return Trained(
        entry=entry, model=model, verdict=verdict, split=split, inspection=inspection
    )


def _inspected(sides: Sides, *, seed: int) -> Inspection:
    """Look for leaks; in a panel among one case of each group, drawn by chance.

    The days of one firm are one firm: whatever ages with it ranks its own outcome, and
    a code that only it has tells it, without telling anything of others.
    """
    cases, places = sides.cases, sides.known
    if sides.split.dealt and cases.groups:
        drawn = np.random.default_rng(seed).permutation(places)
        names = np.asarray(cases.groups, dtype=str)[drawn]
        _, first = np.unique(names, return_index=True)
        places = np.sort(drawn[first])
    return inspect(
        cases.traits.iloc[places].reset_index(drop=True),
        cases.bad[places],
        circumstances=Circumstances(
            decided_on=None if cases.decided_on is None else cases.decided_on[places],
            groups=[cases.groups[at] for at in places] if cases.groups else None,
        ),
        seed=seed,
    )


def _learnt_anew(
    home: Home, model: RiskModel, sides: Sides, *, lesson: Lesson
) -> dict[str, Any]:
    """Put the model learnt anew from draws on record; return what its card says."""
    if not lesson.intervals:
        return {}
    learnt = sides.learnt(model.names)
    generator = np.random.default_rng([lesson.seed, lesson.intervals])
    anew = list(refits(model, learnt, draws=lesson.intervals, generator=generator))
    entry = home.journal.add(
        REFITS,
        {"model": fingerprint(model_text(model)), "draws": lesson.intervals},
        made_at=clock.now(),
        document=refits_text(anew),
    )
    firms = sides.cases.traits[model.names].iloc[sides.split.judge]
    try:
        found = firmness_of(model, anew, firms, families=load_families())
    except NoReasonsError:
        firm = None
    else:
        firm = asdict(found)
    return {
        "refits": {"draws": lesson.intervals, "document": entry.body["document"]},
        "firmness": firm,
    }


def _profile(
    model: RiskModel, cases: CaseTable, split: Split, *, pds: Floats
) -> dict[str, Any]:
    """Return what later firms are compared with.

    Traits of those learnt from, but PDs of those judged: of its own cases a model
    states PDs further apart than of any others.
    """
    traits = columns_of(cases.traits[model.names].iloc[split.learn])
    return {
        "traits": [profile_plain(profile_of(column)) for column in traits],
        "pd": profile_plain(pd_profile(pds)),
    }


def _committee(home: Home, pds: Floats, bad: Ints) -> dict[str, Any]:
    """Return grades, and when firms are referred, by the cases judged."""
    return {
        "grades": graded(pds, bad, book=home.book, day=clock.today()),
        "referring": referring(pds, bad),
    }


def _judged(pds: Floats, cases: CaseTable, split: Split) -> Verdict:
    segments = cases.segments
    return verdict_of(
        pds,
        cases.bad[split.judge],
        segments=[segments[at] for at in split.judge] if segments else None,
    )


def _card(
    lesson: Lesson,
    cases: CaseTable,
    split: Split,
    *,
    inspection: Inspection,
    verdict: Verdict,
) -> dict[str, Any]:
    return {
        "name": lesson.name,
        "kind": lesson.kind,
        "trained_by": lesson.by,
        "seed": lesson.seed,
        "data": {
            "file": cases.name,
            "sha256": cases.sha256,
            "cases": len(cases.bad),
            "bads": int(cases.bad.sum()),
            "outcome_not_stated": cases.unknown,
            "window_months": lesson.window_months,
        },
        "roles": json.loads(json.dumps(asdict(lesson.roles))),
        "split": {
            "out_of_time": split.out_of_time,
            "judged_from": split.judged_from.isoformat() if split.judged_from else None,
            "learnt_from": len(split.learn),
            "judged": len(split.judge),
            "unripe": split.unripe,
            "shared": split.shared,
            "dealt": split.dealt,
        },
        "refused": [
            {
                "column": leak.candidate,
                "kind": leak.kind,
                "severity": leak.severity,
                "zh": leak.reason.zh,
                "en": leak.reason.en,
                "evidence": leak.evidence,
            }
            for leak in inspection.leaks
        ],
        "verdict": verdict.as_plain(),
    }
