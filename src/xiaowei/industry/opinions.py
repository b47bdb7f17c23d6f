"""Opinions of experts on a trade or a case, as they are put on record and read back."""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite
from typing import Any, Final, Literal

from xiaowei.errors import InputError
from xiaowei.industry.classification import industry_of
from xiaowei.said import Said

Kind = Literal["industry", "case"]

MOST: Final = 2.0
"""No opinion moves a logarithm of odds or of a coefficient by more."""

_KINDS: Final = ("industry", "case")
_TEXTS: Final = {"expert": 100, "about": 100, "reasoning": 2_000}
"""What must be said, and in how many characters at most."""
_UNSEEN: Final = ("Cc", "Cf", "Cs")
"""Marks that are not seen: they could turn a line round or steer a terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What one expert said, and why.

    Args:
        expert: who.
        day: when.
        kind: whether it is about a trade or one case.
        about: code of the trade, or the enterprise.
        shift: of a trade the logarithm of its coefficient, of a case what is to be
            added to the logarithm of its odds of default; above 0 is riskier.
        confidence: 0..1, how sure the expert is.
        reasoning: why; never empty.
        saw_model: whether the expert knew what the model said, which draws opinions
            towards it.
    """

    expert: str
    day: date
    kind: Kind
    about: str
    shift: float
    confidence: float
    reasoning: str
    saw_model: bool

    def __post_init__(self) -> None:
        """Refuse what is no opinion.

        Raises:
            OpinionError: every fault is named.
        """
        faults = _faults(self)
        if faults:
            raise OpinionError(faults)

    @property
    def text(self) -> Said:
        """The opinion in one line."""
        seen = Said("，已见模型结果", ", having seen the model's")
        after = seen if self.saw_model else Said("", "")
        return Said(
            f"{self.day} {self.expert}：{self.shift:+.2f}"
            f"（把握{self.confidence:.0%}{after.zh}）：{self.reasoning}",
            f"{self.day} {self.expert}: {self.shift:+.2f} "
            f"(confidence {self.confidence:.0%}{after.en}): {self.reasoning}",
        )


class OpinionError(InputError):
    """What was said is no opinion that can be put on record."""

    def __init__(self, faults: list[str]) -> None:
        """Name every fault."""
        super().__init__(
            "the opinion cannot be recorded: " + "; ".join(faults),
            expected=f"who, a trade or case, a shift within {MOST:g}, a confidence "
            "of 0..1, and why",
            remedy="Ask the expert for what is missing",
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record of opinions holds.

    Args:
        opinions: in the order of the lines.
        rejects: number of each line that cannot be read, and why.
    """

    opinions: tuple[Opinion, ...]
    rejects: tuple[tuple[int, str], ...]


def opinion_line(opinion: Opinion) -> str:
    """Return an opinion as one line of JSON, without the end of the line."""
    stated = asdict(opinion) | {"day": opinion.day.isoformat()}
    return json.dumps(stated, ensure_ascii=False, sort_keys=True)


def read_opinions(text: str) -> Reading:
    """Return the opinions that lines of JSON state, beside the lines that do not.

    Args:
        text: one opinion per line; empty lines are passed over.
    """
    opinions, rejects = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            opinions.append(_opinion(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, InputError) as error:
            rejects.append((number, str(error)))
    return Reading(tuple(opinions), tuple(rejects))


def standing(
    opinions: Iterable[Opinion], *, kind: Kind, about: str, on: date, months: int
) -> tuple[Opinion, ...]:
    """Return the opinions on a trade or case that stand on a day.

    Args:
        opinions: all on record.
        kind: trade or case.
        about: which; a trade's code in any form.
        on: the day; later opinions are not known yet.
        months: an opinion stands that long.

    Returns:
        the last of each expert, by expert.
    """
    last: dict[str, Opinion] = {}
    for opinion in sorted(opinions, key=lambda one: one.day):
        same = opinion.kind == kind and _key(kind, opinion.about) == _key(kind, about)
        if same and opinion.day <= on and months_gone(opinion.day, on) < months:
            last[opinion.expert] = opinion
    return tuple(last[expert] for expert in sorted(last))


def months_gone(since: date, on: date) -> int:
    """Return how many whole months lie between two days.

    >>> months_gone(date(2026, 1, 31), date(2026, 2, 28))
    0
    """
    gone = (on.year - since.year) * 12 + on.month - since.month
    return gone - (on.day < since.day)


def has_unseen(text: str) -> bool:
    """Return whether a text holds line breaks or marks that are not seen."""
    return any(unicodedata.category(mark) in _UNSEEN for mark in text)


def _key(kind: Kind, about: str) -> str:
    industry = industry_of(about) if kind == "industry" else None
    return industry.path[-1] if industry else about


def _opinion(stated: dict[str, Any]) -> Opinion:
    return Opinion(**{**stated, "day": date.fromisoformat(stated["day"])})


def _faults(opinion: Opinion) -> list[str]:
    faults = list(_text_faults(opinion))
    if opinion.kind not in _KINDS:
        faults.append(f"'{opinion.kind}' is neither industry nor case")
    if opinion.kind == "industry" and industry_of(opinion.about) is None:
        faults.append(f"'{opinion.about}' is no code of GB/T 4754")
    if not (isfinite(opinion.shift) and abs(opinion.shift) <= MOST):
        faults.append(f"shift {opinion.shift} is too large")
    if not 0 <= opinion.confidence <= 1:
        faults.append(f"confidence {opinion.confidence} is not within 0..1")
    return faults


def _text_faults(opinion: Opinion) -> Iterator[str]:
    for name, most in _TEXTS.items():
        text = str(getattr(opinion, name))
        if not text.strip():
            yield f"'{name}' is empty"
        elif len(text) > most:
            yield f"'{name}' has {len(text)} characters, {most} is the most"
        if has_unseen(text):
            yield f"'{name}' holds line breaks or marks that are not seen"
