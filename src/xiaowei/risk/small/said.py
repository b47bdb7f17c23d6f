"""What experts say of a trait before any data: a file in, statements out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite, log
from typing import Any, Final

from xiaowei.errors import InputError
from xiaowei.policy.stated import stated_in

MOST: Final = 100.0
"""No odds ratio is above this, or below one by it: nobody knows that much."""
_TEXTS: Final = ("expert", "trait", "reason")
_KEYS: Final = frozenset(
    (*_TEXTS, "day", "from", "to", "direction", "odds_ratio", "range_90")
)
_DUE: Final = "'priors' with a list is due, no more"
NORMAL_90: Final = 1.6448536269514722
"""Half the width of 90% of a normal distribution, in standard deviations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one expert says of one trait.

    Args:
        expert: who.
        day: when, ISO 8601.
        trait: of what.
        start: a value of it: a number, or a category.
        end: another one.
        odds_ratio: odds of default at `end` over those at `start`, all else equal.
        low: of the range that the expert is 90% sure of.
        high: likewise; low <= odds_ratio <= high.
        reason: why; never empty.
    """

    expert: str
    day: str
    trait: str
    start: float | str
    end: float | str
    odds_ratio: float
    low: float
    high: float
    reason: str

    @property
    def mean(self) -> float:
        """Of the log-odds ratio."""
        return log(self.odds_ratio)

    @property
    def deviation(self) -> float:
        """Standard deviation of the log-odds ratio, by the wider side of the range."""
        wide = max(log(self.high) - self.mean, self.mean - log(self.low))
        return wide / NORMAL_90


class StatementsError(InputError):
    """A file of what experts say cannot be used; all of its faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"priors in '{file}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected="'priors', a list; each states expert, day, trait, from, to, "
            "direction (riskier or safer at 'to'), odds_ratio, range_90 with two odds "
            f"ratios around it, within {MOST:g}, and reason",
            remedy="Mend these statements with the experts, and train again",
        )


def read_statements(text: str, *, file: str) -> tuple[Statement, ...]:
    """Return what experts say; of each expert the last word on a trait.

    Args:
        text: YAML.
        file: what it is called in errors.

    Raises:
        StatementsError: it is malformed; every fault is named.
    """
    whole = stated_in(text)
    stated, faults = whole.value, whole.faults
    bodies = stated.get("priors") if isinstance(stated, dict) else None
    if not isinstance(stated, dict) or not isinstance(bodies, list) or not bodies:
        raise StatementsError(file, faults or [_DUE])
    faults += [_DUE] if len(stated) > 1 else []
    faults += [
        f"number {at}: {fault}"
        for at, body in enumerate(bodies, start=1)
        for fault in _faults(body)
    ]
    if faults:
        raise StatementsError(file, faults)
    last: dict[tuple[object, ...], Statement] = {}
    for one in sorted(map(_statement, bodies), key=lambda one: one.day):
        pair = () if isinstance(one.start, float) else (one.start, one.end)
        last[one.expert, one.trait, *pair] = one
    return tuple(last.values())


def plain(statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Return statements as plain values that JSON can hold."""
    return [asdict(one) for one in statements]


def of_plain(stated: Sequence[Mapping[str, Any]]) -> list[Statement]:
    """Return the statements of plain values."""
    return [Statement(**one) for one in stated]


def _statement(body: Mapping[str, Any]) -> Statement:
    low, high = map(float, body["range_90"])
    return Statement(
        expert=body["expert"].strip(),
        day=body["day"].isoformat(),
        trait=body["trait"],
        start=_value(body["from"]),
        end=_value(body["to"]),
        odds_ratio=float(body["odds_ratio"]),
        low=low,
        high=high,
        reason=body["reason"].strip(),
    )


def _value(stated: float | str) -> float | str:
    return stated if isinstance(stated, str) else float(stated)


def _faults(body: object) -> Iterator[str]:
    if not isinstance(body, dict) or body.keys() != _KEYS:
        yield "states " + ", ".join(sorted(_KEYS)) + ", no more and no less"
        return
    for name in _TEXTS:
        if not isinstance(body[name], str) or not body[name].strip():
            yield f"'{name}' must be a text"
    if type(body["day"]) is not date:
        yield "'day' must be a day such as 2025-03-01"
    yield from _value_faults(body["from"], body["to"])
    yield from _ratio_faults(body["odds_ratio"], body["range_90"], body["direction"])


def _value_faults(start: object, end: object) -> Iterator[str]:
    texts = isinstance(start, str) and isinstance(end, str)
    if not texts and not (_number(start) and _number(end)):
        yield "'from' and 'to' must be two numbers, or two categories"
    elif start == end:
        yield "'from' and 'to' must be apart"


def _ratio_faults(ratio: object, ends: object, direction: object) -> Iterator[str]:
    ratios = [ratio, *ends] if isinstance(ends, list) else [ratio]
    if len(ratios) != len(("ratio", "low", "high")) or not all(map(_ratio, ratios)):
        yield f"odds ratios must be numbers within 1/{MOST:g} and {MOST:g}"
        return
    middle, low, high = (float(str(one)) for one in ratios)
    if not low <= middle <= high or low == high:
        yield f"range_90 [{low:g}, {high:g}] must hold the odds ratio {middle:g}"
    found = "riskier" if middle > 1 else "safer"
    if not isinstance(direction, str) or direction not in {"riskier", "safer"}:
        yield "'direction' must be riskier or safer"
    elif middle != 1 and direction != found:
        yield f"an odds ratio of {middle:g} is {found} at 'to', not {direction}"


def _number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return isfinite(value)
    except OverflowError:  # A whole number of more digits than a float holds.
        return False


def _ratio(value: object) -> bool:
    return _number(value) and 1 / MOST <= float(str(value)) <= MOST
