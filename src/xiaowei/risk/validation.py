"""How far PD and grades hold on firms they were not learnt from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.risk import measures
from xiaowei.risk.card import Card
from xiaowei.risk.fit import Expected, fit_card
from xiaowei.risk.leakage import Leak
from xiaowei.risk.measures import Interval
from xiaowei.risk.pd import BASELINE
from xiaowei.risk.rating import likeliest
from xiaowei.risk.sample import GRADES, Floats, Ints, Sample, folds, one_thread
from xiaowei.said import Said

REPEATS: Final = 20
FOLDS: Final = 5
SEED: Final = 20200221

PROTOCOL: Final = Said(
    f"分层{FOLDS}折交叉验证，重复{REPEATS}次；每户的违约概率取各次未用该户学习和校准的"
    f"评分卡之平均；区间为对企业自助抽样（{measures.BOOTSTRAPS}次，各类户数不变）的95%"
    f"分位区间；种子{SEED}",
    f"stratified {FOLDS}-fold cross-validation, {REPEATS} times; each firm's PD is "
    "the mean over the repeats of cards learnt and calibrated without it; intervals "
    f"are 95% percentile bootstraps over firms ({measures.BOOTSTRAPS} draws, each "
    f"class kept in number); seed {SEED}",
)


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Firms with a known outcome, and PDs that never saw them.

    Args:
        sample: they, with their traits as known when their outcome was not.
        pds: Shape: one per firm.
        defaulted: Shape: 1 for a default, 0 else.
    """

    sample: Sample
    pds: Floats
    defaulted: Ints

    @property
    def ids(self) -> tuple[str, ...]:
        """The enterprises."""
        return self.sample.ids

    @property
    def by_firm(self) -> dict[str, float]:
        """Enterprise to its PD."""
        return dict(zip(self.ids, map(float, self.pds), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class PdValidation:
    """How PDs held out of fold.

    Args:
        held_out: firms with PDs of cards that had not seen them.
        baseline: area under the curve of a card of BASELINE alone, same protocol.
        baseline_raw: that of BASELINE as it stands, nothing fitted.
        difference: area of the card less that of the baseline, drawn in pairs.
        calibration: (mean PD, share defaulted, low, high, firms) per fifth of firms.
    """

    firms: int
    bads: int
    held_out: HeldOut
    auc: Interval
    ks: float
    brier: float
    ece: float
    intercept: float
    slope: float
    baseline: Interval
    baseline_raw: float
    difference: Interval
    roc: list[tuple[float, float]]
    calibration: list[tuple[float, float, float, float, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeValidation:
    """How grades held on firms that had not been seen.

    Args:
        odds: Shape: (firms, 4), the average of the members that had not seen a firm.
        single_accuracy: of one member per firm: mean, least and most over repeats.
        single_qwk: the same of the kappa.
        majority: accuracy of always naming the commonest grade.
        confusion: Shape: 4 x 4, given grade down, predicted across.
    """

    firms: int
    odds: Floats
    accuracy: Interval
    qwk: Interval
    single_accuracy: Interval
    single_qwk: Interval
    within_one: float
    majority: float
    confusion: list[list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What is known of the models' worth; `leaks` were refused as traits."""

    pd: PdValidation
    grades: GradeValidation | None
    leaks: list[Leak]


def validate_pd(
    sample: Sample, defaulted: Ints, *, expected: tuple[Expected, ...]
) -> PdValidation:
    """Return how the PD card holds on firms it was not learnt from.

    Args:
        sample: firms whose outcome is known.
        defaulted: Shape: 1 for a default, 0 else.
        expected: the traits that the card may use.
    """
    held_out = held_out_pd(sample, defaulted, expected=expected)
    alone = held_out_pd(sample, defaulted, expected=(BASELINE,))
    generator = np.random.default_rng(SEED)
    raw = -sample.traits[BASELINE.trait]
    # Whoever has stated no sales ranks as the riskiest.
    raw = np.where(np.isnan(raw), np.inf, raw)

    def gain(places: Ints) -> float:
        outcomes = defaulted[places]
        return measures.auc(held_out[places], outcomes) - measures.auc(
            alone[places], outcomes
        )

    intercept, slope = measures.slope(held_out, defaulted)
    return PdValidation(
        firms=len(sample),
        bads=int(defaulted.sum()),
        held_out=HeldOut(sample, held_out, defaulted),
        auc=_area(held_out, defaulted, generator=generator),
        ks=measures.ks(held_out, defaulted),
        brier=measures.brier(held_out, defaulted),
        ece=measures.ece(held_out, defaulted),
        intercept=intercept,
        slope=slope,
        baseline=_area(alone, defaulted, generator=generator),
        baseline_raw=measures.auc(raw, defaulted),
        difference=measures.interval(gain, firms=defaulted, generator=generator),
        roc=measures.roc(held_out, defaulted),
        calibration=_calibration(held_out, defaulted),
    )


def held_out_pd(
    sample: Sample, defaulted: Ints, *, expected: tuple[Expected, ...]
) -> Floats:
    """Return each firm's mean PD of cards learnt and calibrated without it."""
    total = np.zeros(len(sample))
    with one_thread():
        for repeat in range(REPEATS):
            generator = np.random.default_rng([SEED, repeat])
            for learn, judge in folds(defaulted, count=FOLDS, generator=generator):
                card = fit_card(
                    sample.take(learn),
                    defaulted[learn],
                    expected=expected,
                    generator=generator,
                )
                total[judge] += _pd(card, sample.take(judge))
    return np.round(total / REPEATS, 9)


def validate_grades(unseen: Floats, grades: Ints) -> GradeValidation:
    """Return how grades hold on firms that had not been seen.

    Args:
        unseen: Shape: (repeats, firms, 4), odds by members that had not seen the firm.
        grades: Shape: 0 for A to 3 for D.
    """
    odds = np.round(unseen.mean(axis=0), 9)
    found = likeliest(odds)
    singly = [likeliest(one) for one in unseen]
    generator = np.random.default_rng(SEED)
    counts = np.bincount(grades, minlength=len(GRADES))
    confusion = np.zeros((len(GRADES), len(GRADES)), dtype=np.int64)
    np.add.at(confusion, (grades, found), 1)
    return GradeValidation(
        firms=len(grades),
        odds=odds,
        accuracy=measures.interval(
            lambda at: measures.accuracy(grades[at], found[at]),
            firms=grades,
            generator=generator,
        ),
        qwk=measures.interval(
            lambda at: measures.qwk(grades[at], found[at]),
            firms=grades,
            generator=generator,
        ),
        single_accuracy=_range([measures.accuracy(grades, one) for one in singly]),
        single_qwk=_range([measures.qwk(grades, one) for one in singly]),
        within_one=measures.within_one(grades, found),
        majority=float(counts.max() / len(grades)),
        confusion=confusion.tolist(),
    )


def _range(values: Sequence[float]) -> Interval:
    """Return mean, least and most."""
    return Interval(float(np.mean(values)), min(values), max(values))


def _area(pd: Floats, defaulted: Ints, *, generator: np.random.Generator) -> Interval:
    return measures.interval(
        lambda at: measures.auc(pd[at], defaulted[at]),
        firms=defaulted,
        generator=generator,
    )


def _pd(card: Card, sample: Sample) -> Floats:
    return card.pd(card.score(sample))


def _calibration(
    pd: Floats, defaulted: Ints
) -> list[tuple[float, float, float, float, int]]:
    rows = []
    for places in measures.bins_of(pd):
        bads = int(defaulted[places].sum())
        low, high = measures.share_interval(bads, len(places))
        rows.append(
            (float(pd[places].mean()), bads / len(places), low, high, len(places))
        )
    return rows
