"""The optimiser's curse: what a chosen book is believed to earn, and an honest look.

Whoever chooses by estimates chooses those that err to the good. A book chosen by the
PDs of one half of the cases and valued by the PDs of the other half has no such favour,
as the errors of the two do not know each other; the mean of both ways round is shown
beside what each half believed of its own book.

Source: J. E. Smith, R. L. Winkler, The optimizer's curse, Management Science 52 (2006).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xiaowei.money import Fen
from xiaowei.offers.demand import FloatArray
from xiaowei.offers.portfolio.book import make_book, silent
from xiaowei.offers.portfolio.limits import Limit
from xiaowei.offers.portfolio.options import Options
from xiaowei.offers.portfolio.relaxed import Tell
from xiaowei.offers.portfolio.views import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Curse:
    """Two books, each chosen by one half and valued by both; means of the two, in fen.

    Args:
        believed_fen: by the PDs that the book was chosen by.
        honest_fen: by the PDs of the other half.
    """

    believed_fen: Fen
    honest_fen: Fen


def curse(
    options: Options, limits: Sequence[Limit], *, view: View, tell: Tell = silent
) -> Curse | None:
    """Return what choosing by estimates feigns; null where a half's PD is not known.

    Args:
        options: with `pd_a` and `pd_b`.
        limits: of the book.
        view: with which PDs it is chosen; upper ones by their width alone, as a stated
            upper PD belongs to the stated PD.
        tell: is told of progress.

    Raises:
        ContradictionError: the limits cannot be kept with the PDs of a half.
    """
    a, b = options.pd_a, options.pd_b
    if bool(np.isnan(a).any() or np.isnan(b).any()):
        return None
    believed = honest = 0
    for own, other in ((a, b), (b, a)):
        tell("the book of one half of the cases")
        half = _seen_by(options, own)
        lots = make_book(half, limits, view=view, tell=tell).lots
        believed += int(half.profit_fen(own) @ lots)
        honest += int(half.profit_fen(other) @ lots)
    return Curse(believed_fen=believed // 2, honest_fen=honest // 2)


def _seen_by(options: Options, pd: FloatArray) -> Options:
    return replace(options, pd=pd, pd_high=np.full(options.count, np.nan))
