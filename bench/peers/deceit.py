"""What verification and its peers make of a county, as arrays beside the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier, IsolationForest
from sklearn.model_selection import GridSearchCV, GroupKFold

from xiaowei.desk.verifying import emphases_on, weights_on
from xiaowei.policy.book import load_book
from xiaowei.policy.trades.reading import load_profiles
from xiaowei.verification.combine import (
    FAMILIES,
    FAMILY_OF,
    Emphasis,
    Suspicion,
    Weights,
    says,
    suspicions,
    tail_of,
)
from xiaowei.verification.electricity.diandai import outrun
from xiaowei.verification.electricity.panel import Panel, panel_of
from xiaowei.verification.finding import SEVERITIES, Case, Finding
from xiaowei.verification.revenue import revenues
from xiaowei.verification.verify import verify

HELD_OUT: Final = ("carousel", "packaged")
"""Kinds of deceit that no weight is learnt on, chosen before anything was tuned.
`carousel` was not looked at until all was; `packaged` was in sight when it was settled
where the tail of `sales_without_purchases` ends."""

_FORMULA: Final = 24

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A county as verification sees it, and as it is.

    Args:
        said: family to the evidence of each firm.
        heard: family to whether it spoke of each firm.
        tails: check to each firm's tail; 1 where it was silent.
        rules: per firm, what a list of rules makes of it: each finding that differs
            counts as its severity, 1 to 3.
        kind: of each firm's deceit, empty for the honest.
        intensity: of it.
        camouflage: 0..3, -1 for the honest.
        section: of GB/T 4754.
        outrun: how far sales outgrew electricity by the formula of 电E贷; below all
            others where it says nothing.
        world: number of the county.
        revenue: what is invoiced, and the lower and upper bound of true revenue, each
            over what was truly sold in a year; missing where nothing is told. Shape:
            (firms, 3), or no row.
    """

    said: Mapping[str, Floats]
    heard: Mapping[str, Flags]
    tails: Mapping[str, Floats]
    rules: Floats
    kind: Words
    intensity: Floats
    camouflage: NDArray[np.int64]
    section: Words
    outrun: Floats
    world: NDArray[np.int64]
    revenue: Floats = field(default_factory=lambda: np.empty((0, 3)))


def judged(case: Case, truth: Sequence[Mapping[str, Any]], *, world: int) -> Judged:
    """Return what all checks make of a county's firms.

    Args:
        case: the facts known by the day.
        truth: of each firm.
        world: number of the county.
    """
    rows = sorted(truth, key=lambda row: row["enterprise_id"])
    firms = [row["enterprise_id"] for row in rows]
    place = {firm: number for number, firm in enumerate(firms)}
    findings = verify(case, enterprises=firms)
    weights = weights_on(load_book(), case.as_of)
    emphases = emphases_on(
        case.industries, case.as_of, weights=weights, profiles=load_profiles()
    )
    said, heard, tails = _evidence(findings, place, emphases)
    rules = np.zeros(len(firms))
    for one in findings:
        rules[place[one.enterprise_id]] += SEVERITIES.index(one.severity)
    return Judged(
        said=said,
        heard=heard,
        tails=tails,
        rules=rules,
        kind=np.array([row["fraud_kind"] or "" for row in rows], dtype=np.str_),
        intensity=np.array([row["intensity"] or 0.0 for row in rows]),
        camouflage=np.array(
            [-1 if row["camouflage"] is None else row["camouflage"] for row in rows]
        ),
        section=np.array([case.section_of(firm) for firm in firms], dtype=np.str_),
        outrun=_outrun(case, place),
        world=np.full(len(firms), world),
        revenue=_revenue(
            case,
            suspicions(
                findings,
                weights=weights,
                emphases=emphases,
                sections={firm: case.section_of(firm) for firm in firms},
            ),
            [row.get("sold_yuan") for row in rows],
        ),
    )


def _revenue(
    case: Case, found: Mapping[str, Suspicion], sold: Sequence[float | None]
) -> Floats:
    told = revenues(case, {firm: one.probability for firm, one in found.items()})
    ranges = np.full((len(sold), 3), np.nan)
    for row, (firm, yuan) in enumerate(zip(sorted(found), sold, strict=True)):
        if firm in told and yuan:
            one = told[firm]
            bounds = one.stated_fen, one.low_fen, one.high_fen
            ranges[row] = np.array(bounds) / (100 * yuan)
    return ranges


def _outrun(case: Case, place: Mapping[str, int]) -> Floats:
    panel = panel_of(case)
    told = np.full(len(place), -np.inf)
    for firm, value in zip(panel.firms, outran(panel).tolist(), strict=True):
        told[place[firm]] = value
    return told


def outran(panel: Panel) -> Floats:
    """Return how far each firm's sales outgrew its power by the formula of 电E贷.

    The formula needs 24 months, and the last one is seldom known so soon: each firm is
    judged by its latest 24 in a row of which both are known.

    Args:
        panel: sales and electricity of firms.

    Returns:
        Shape: one per firm; below all others where it says nothing.
    """
    both = ~np.isnan(panel.sales) & ~np.isnan(panel.kwh)
    found = np.full(len(both), np.nan)
    for end in range(_FORMULA, both.shape[1] + 1):
        months = slice(end - _FORMULA, end)
        whole = both[:, months].all(axis=1)
        found[whole] = outrun(panel.sales[whole, months], panel.kwh[whole, months])
    # Our own check leaves trades that need no electricity alone; so does the peer, for
    # it finds twice as many at 1% (on the counties that the weights were learnt on).
    return np.where(np.isnan(found) | ~panel.metered, -np.inf, found)


def _evidence(
    findings: Sequence[Finding],
    place: Mapping[str, int],
    emphases: Mapping[str, Emphasis],
) -> tuple[dict[str, Floats], dict[str, Flags], dict[str, Floats]]:
    said = {family: np.zeros(len(place)) for family in FAMILIES}
    heard = {family: np.zeros(len(place), dtype=np.bool_) for family in FAMILIES}
    tails: dict[str, Floats] = {}
    for one in findings:
        tail = tail_of(one)
        if tail is None:
            continue
        row = place[one.enterprise_id]
        tails.setdefault(one.check, np.ones(len(place)))[row] = tail
        family = FAMILY_OF[one.check]
        found = says(one, emphases.get(one.enterprise_id, {}))
        if found is not None:
            heard[family][row] = True
            said[family][row] = max(said[family][row], found)
    return said, heard, tails


def together(worlds: Sequence[Judged]) -> Judged:
    """Return several counties as one."""
    checks = sorted({check for world in worlds for check in world.tails})
    join = np.concatenate
    return Judged(
        said={f: join([w.said[f] for w in worlds]) for f in FAMILIES},
        heard={f: join([w.heard[f] for w in worlds]) for f in FAMILIES},
        tails={
            c: join([w.tails.get(c, np.ones(len(w.kind))) for w in worlds])
            for c in checks
        },
        rules=join([w.rules for w in worlds]),
        kind=join([w.kind for w in worlds]),
        intensity=join([w.intensity for w in worlds]),
        camouflage=join([w.camouflage for w in worlds]),
        section=join([w.section for w in worlds]),
        outrun=join([w.outrun for w in worlds]),
        world=join([w.world for w in worlds]),
        revenue=join([w.revenue for w in worlds]),
    )


def scored(whole: Judged, weights: Weights) -> Floats:
    """Return the log-odds of each firm's deceit, but for the prevalence.

    Args:
        whole: counties.
        weights: what evidence counts.
    """
    found = np.zeros(len(whole.kind))
    for family, said in whole.said.items():
        found += weights.weights[family] * said
        found -= weights.clear * whole.heard[family]
    heard = np.any(list(whole.heard.values()), axis=0)
    usual = [weights.usual.get(str(section), 0.0) for section in whole.section]
    return np.asarray(found - np.where(heard, usual, 0.0), dtype=np.float64)


def isolation_forest(features: Floats, *, seed: int) -> Floats:
    """Return how lonely each firm is among others by its traits; higher is lonelier.

    Args:
        features: Shape: one row per firm; a missing one is the median.
        seed: of the forest.

    Source: Liu, Ting, Zhou 2008, as scikit-learn has it.
    """
    forest = IsolationForest(n_estimators=300, random_state=seed)
    known = filled(features)
    # The forest draws firms by their place: sorted, they may be handed in any order.
    return np.asarray(-forest.fit(known[np.lexsort(known.T)]).score_samples(known))


def boosted(train: Judged, whole: Judged) -> Floats:
    """Return what gradient boosting makes of the same tails, learnt on other counties.

    It is taught what the product's weights are taught, and its depth, leaves and rate
    are chosen by cross-validation over counties.

    Args:
        train: counties whose truth it learns, without the kinds held out.
        whole: counties it judges.

    Source: scikit-learn, HistGradientBoostingClassifier.
    """
    keep = ~np.isin(train.kind, HELD_OUT)
    checks = sorted(train.tails)
    x, liars = tails_of(train, checks)[keep], train.kind[keep] != ""
    search = GridSearchCV(
        HistGradientBoostingClassifier(random_state=1, max_iter=150),
        {
            "max_depth": [2, 3, 5],
            "learning_rate": [0.03, 0.1],
            "min_samples_leaf": [10, 40],
        },
        scoring="average_precision",
        cv=GroupKFold(len(np.unique(train.world))),
        n_jobs=1,
    )
    search.fit(x, liars, groups=train.world[keep])
    return np.asarray(search.decision_function(tails_of(whole, checks)))


def tails_of(whole: Judged, checks: Sequence[str]) -> Floats:
    """Return -ln of the tails of checks. Shape: one row per firm, a column each."""
    silent = np.ones(len(whole.kind))
    tails = np.stack([whole.tails.get(check, silent) for check in checks], axis=1)
    return np.asarray(-np.log(np.maximum(tails, 1e-9)), dtype=np.float64)


def ecod(features: Floats) -> Floats:
    """Return how far out each firm lies by the empirical tails of its traits.

    Args:
        features: Shape: one row per firm; a missing one is the median.

    Source: Li et al. 2022, ECOD: the sum over traits of -log of an empirical tail, the
    share of firms at or below a value, or at or above it. Of each trait the rarer side
    counts, as in a release of the authors' PyOD; the paper's sums by side find fewer.
    """
    known = filled(features)
    # Firms that are alike share their tail: most traits are silent of most firms.
    below = rankdata(known, method="max", axis=0)
    above = rankdata(-known, method="max", axis=0)
    rarer = np.minimum(below, above) / len(known)
    return np.asarray(-np.log(rarer).sum(axis=1), dtype=np.float64)


def filled(features: Floats) -> Floats:
    """Return traits with the median where one is missing; one never known is 0."""
    known = ~np.isnan(features)
    some = known.any(axis=0)
    middle = np.zeros(features.shape[1])
    middle[some] = np.nanmedian(features[:, some], axis=0)
    return np.where(known, features, middle)
