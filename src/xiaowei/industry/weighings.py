"""What a judge holds of experts, as it is put on record; weights of experts out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import yaml

from xiaowei.errors import InputError
from xiaowei.industry.best_worst import Comparisons, Weighing, weigh
from xiaowei.industry.opinions import has_unseen

_KEYS: Final = frozenset({"best", "worst", "best_over", "over_worst"})
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One judge's comparisons of experts.

    Args:
        judge: who compared them.
        day: from when on they count.
        comparisons: of the experts, by name.
    """

    judge: str
    day: date
    comparisons: Comparisons

    def __post_init__(self) -> None:
        """Refuse a judgement of nobody's, or one that weighs its own judge.

        Raises:
            JudgementError: every fault is named.
        """
        faults = []
        if not self.judge.strip() or len(self.judge) > _LONGEST:
            faults.append(f"the judge's name must have 1 to {_LONGEST} characters")
        if has_unseen("".join((self.judge, *self.comparisons.best_over))):
            faults.append("a name holds line breaks or marks that are not seen")
        if self.judge in self.comparisons.best_over:
            faults.append(f"'{self.judge}' is judge and among the judged")
        if faults:
            raise JudgementError(faults)

    @property
    def weighing(self) -> Weighing:
        """The weights that fit the comparisons best, and how consistent they are."""
        return weigh(self.comparisons)


class JudgementError(InputError):
    """A judgement of experts cannot be used."""

    def __init__(self, faults: list[str]) -> None:
        """Name every fault."""
        super().__init__(
            "the judgement cannot be used: " + "; ".join(faults),
            expected="YAML of best, worst, best_over and over_worst, the last two with "
            "a whole number 1 to 9 for each expert, by a judge who is none of them",
            remedy="Mend it with the judge who made it; nothing was recorded",
        )


def read_comparisons(text: str) -> Comparisons:
    """Return the comparisons that a text states.

    Args:
        text: YAML, see `JudgementError`.

    Raises:
        JudgementError: it has another form.
        ComparisonsError: the comparisons do not fit together.
    """
    try:
        stated = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise JudgementError([" ".join(str(error).split())]) from error
    if not isinstance(stated, dict) or stated.keys() != _KEYS:
        keys = sorted(map(str, stated)) if isinstance(stated, dict) else []
        raise JudgementError([f"its parts are: {', '.join(keys) or 'none'}"])
    return comparisons_of(stated)


def comparisons_of(stated: Mapping[str, Any]) -> Comparisons:
    """Return the comparisons that plain values state; names are texts.

    Raises:
        JudgementError: a side is not names with whole numbers.
        ComparisonsError: the comparisons do not fit together.
    """
    faults = [
        f"'{side}' must map names to whole numbers"
        for side in ("best_over", "over_worst")
        if not isinstance(stated[side], dict)
        or any(type(times) is not int for times in stated[side].values())
    ]
    if faults:
        raise JudgementError(faults)
    return Comparisons(
        best=str(stated["best"]),
        worst=str(stated["worst"]),
        best_over={str(name): times for name, times in stated["best_over"].items()},
        over_worst={str(name): times for name, times in stated["over_worst"].items()},
    )


def standing_judgements(
    judgements: Iterable[Judgement], *, on: date
) -> tuple[Judgement, ...]:
    """Return the last of each judge that counts on a day, by judge.

    A judgement stands until its judge makes another: weights that lapsed unseen would
    make a panel equal that was never meant to be.
    """
    last: dict[str, Judgement] = {}
    for one in sorted(judgements, key=lambda one: one.day):
        if one.day <= on:
            last[one.judge] = one
    return tuple(last[judge] for judge in sorted(last))


def judged_weights(judgements: Iterable[Judgement]) -> dict[str, float]:
    """Return what experts weigh by those who judged them.

    Args:
        judgements: one per judge, see `standing_judgements`.

    Returns:
        expert to weight, where 1 is the mean of those judged beside him; one whom
        several judged weighs as the mean of that.
    """
    told: dict[str, list[float]] = {}
    for one in judgements:
        weights = one.weighing.weights
        for expert, weight in weights.items():
            told.setdefault(expert, []).append(weight * len(weights))
    return {expert: sum(of) / len(of) for expert, of in sorted(told.items())}
