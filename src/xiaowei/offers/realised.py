"""What offers would have earned among enterprises whose fate is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.errors import InputError
from xiaowei.money import Fen, round_fen
from xiaowei.offers.loan import Loan, realised_profit_fen
from xiaowei.offers.terms import Terms

_DRAWS: Final = 2_000
_TAIL: Final = 0.025


@dataclass(frozen=True, slots=True)
class Realised:
    """Realised profit with what chance in the choice of enterprises does to it.

    Args:
        profit_fen: profit over the labelled enterprises.
        low_fen: 2.5 % quantile over bootstrap samples of enterprises.
        high_fen: 97.5 % quantile.
        enterprises: labelled enterprises, with a loan or without.
        loans: loans to them.
        defaults: loans to those that defaulted.
        offered_fen: money offered to them.
        unlabelled: loans left out because their enterprise has no label.
    """

    profit_fen: Fen
    low_fen: Fen
    high_fen: Fen
    enterprises: int
    loans: int
    defaults: int
    offered_fen: Fen
    unlabelled: int


class NoLabelError(InputError):
    """There is no enterprise whose fate is known."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "no enterprise has a label",
            expected="at least one enterprise of which default or not is known",
            remedy="Leave the realised profit out, or add labels",
        )


def realise(
    loans: Sequence[Loan],
    *,
    defaulted: Mapping[str, bool],
    terms: Terms,
    rng: np.random.Generator,
    draws: int = _DRAWS,
) -> Realised:
    """Return the profit of loans on labelled enterprises, with a bootstrap interval.

    Profit is expected over who stays and realised over who defaults. The interval
    draws enterprises, also those without a loan, with replacement; the loans stay as
    they are, so it does not show what another sample would have taught the model.

    Args:
        loans: at most one per enterprise.
        defaulted: enterprise to whether it defaulted, for all that are labelled.
        terms: loss given default and costs.
        rng: chance.
        draws: bootstrap samples, at least 1.

    Raises:
        NoLabelError: nothing is labelled.
    """
    if not defaulted:
        raise NoLabelError
    labelled = [loan for loan in loans if loan.enterprise_id in defaulted]
    profits = dict.fromkeys(sorted(defaulted), 0)
    for loan in labelled:
        failed = defaulted[loan.enterprise_id]
        profits[loan.enterprise_id] = realised_profit_fen(
            loan, defaulted=failed, terms=terms
        )
    each = np.array(list(profits.values()), dtype=np.float64)
    times = rng.multinomial(len(each), np.full(len(each), 1 / len(each)), size=draws)
    low, high = np.quantile(times @ each, [_TAIL, 1 - _TAIL])
    return Realised(
        profit_fen=sum(profits.values()),
        low_fen=round_fen(float(low)),
        high_fen=round_fen(float(high)),
        enterprises=len(profits),
        loans=len(labelled),
        defaults=sum(defaulted[loan.enterprise_id] for loan in labelled),
        offered_fen=sum(loan.limit_fen for loan in labelled),
        unlabelled=len(loans) - len(labelled),
    )
