"""PDs and what came of the firms in; what the PDs were worth out, with intervals."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from xiaowei.risk import measures
from xiaowei.risk.measures import Interval
from xiaowei.risk.sample import Floats, Ints

DRAWS: Final = 500
_SEED: Final = 20261129
_TENTHS: Final = 10
_TAILS: Final = (2.5, 97.5)
_MEASURES: Final = ("auc", "ks", "brier", "ece", "intercept", "slope")


@dataclass(frozen=True, slots=True)
class Tenth:
    """Firms of like PD.

    Args:
        firms: how many.
        pd: their mean PD, 0..1.
        bad_rate: what came of them, 0..1, with the 95% interval of a share.
        low: its lower end.
        high: its upper end.
    """

    firms: int
    pd: float
    bad_rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What PDs were worth on firms they were not learnt from.

    Args:
        firms: how many were judged.
        bads: how many of them defaulted.
        mean_pd: what was expected, 0..1.
        bad_rate: what came, 0..1.
        auc: area under the ROC curve; 0.5 is chance.
        ks: largest gap of the two distributions.
        brier: mean squared error.
        ece: expected calibration error over fifths of firms; it is above 0 by chance
            alone, the more so the fewer the firms.
        intercept: of outcomes on log-odds; 0 where the level is right.
        slope: likewise; 1 where PDs are as far apart as they should be, below 1 where
            they are too far.
        tenths: firms in tenths of their PD, the safest first.
        segments: the same of parts, by name; a part with one kind of outcome has no
            AUC and is left out.
    """

    firms: int
    bads: int
    mean_pd: float
    bad_rate: float
    auc: Interval
    ks: Interval
    brier: Interval
    ece: Interval
    intercept: Interval
    slope: Interval
    tenths: tuple[Tenth, ...]
    segments: dict[str, "Verdict"]

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def verdict_of(
    pd: Floats,
    bad: Ints,
    *,
    segments: Sequence[str] | None = None,
    draws: int = DRAWS,
) -> Verdict:
    """Return what PDs were worth, each measure with the 95% of a bootstrap over firms.

    Args:
        pd: Shape: one PD per firm, 0..1, of models that had not seen it.
        bad: Shape: 1 for a default, 0 else; both occur.
        segments: the name of each firm's part, such as its region; null for none.
        draws: how many samples are drawn.
    """
    found = _intervals(pd, bad, draws=draws)
    return Verdict(
        firms=len(bad),
        bads=int(bad.sum()),
        mean_pd=float(pd.mean()),
        bad_rate=float(bad.mean()),
        **dict(zip(_MEASURES, found, strict=True)),
        tenths=_tenths(pd, bad),
        segments=_segments(pd, bad, segments, draws) if segments is not None else {},
    )


def _intervals(pd: Floats, bad: Ints, *, draws: int) -> list[Interval]:
    """Return all measures of the same draws of firms; the level is drawn with them."""
    generator = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(draws):
        places = generator.integers(0, len(bad), len(bad))
        if 0 < bad[places].sum() < len(places):
            drawn.append(_measured(pd[places], bad[places]))
    low, high = np.percentile(drawn, _TAILS, axis=0)
    found = zip(_measured(pd, bad), low.tolist(), high.tolist(), strict=True)
    return [Interval(*one) for one in found]


def _measured(pd: Floats, bad: Ints) -> list[float]:
    return [
        measures.auc(pd, bad),
        measures.ks(pd, bad),
        measures.brier(pd, bad),
        measures.ece(pd, bad),
        *measures.level_and_spread(pd, bad),
    ]


def _tenths(pd: Floats, bad: Ints) -> tuple[Tenth, ...]:
    order = np.argsort(pd, kind="stable")
    rows = []
    for places in np.array_split(order, min(_TENTHS, len(order))):
        bads = int(bad[places].sum())
        low, high = measures.share_interval(bads, len(places))
        rows.append(
            Tenth(len(places), float(pd[places].mean()), bads / len(places), low, high)
        )
    return tuple(rows)


def _segments(
    pd: Floats, bad: Ints, segments: Sequence[str], draws: int
) -> dict[str, Verdict]:
    names = np.asarray(segments, dtype=str)
    found = {}
    for name in np.unique(names):
        places = np.flatnonzero(names == name)
        if 0 < bad[places].sum() < len(places):
            found[str(name)] = verdict_of(pd[places], bad[places], draws=draws)
    return found
