"""The course of a model over time as lines to draw."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

_LINES: Final = (
    ("psi", "违约概率稳定性 PSI", "PSI of the PD"),
    ("mean_pd", "平均违约概率", "mean PD"),
    ("ratio", "实际／预期", "came / expected"),
)
_LEFT: Final = 4.0
_WIDE: Final = 632.0
_TOP: Final = 8.0
_HIGH: Final = 88.0


def lines_of(course: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a course: path, dots and where they go.

    Days stand as far apart as they are apart; where a measure is not known for a day
    there is no dot, and the line goes on.

    Args:
        course: see `desk.modelling.trending.course_of`.
    """
    return [
        _line(course, name, zh, en)
        for name, zh, en in _LINES
        if any(_value(one[name]) is not None for one in course["points"])
    ]


def _line(course: Mapping[str, Any], name: str, zh: str, en: str) -> dict[str, Any]:
    known = [
        (one["seen_on"], value)
        for one in course["points"]
        if (value := _value(one[name])) is not None
    ]
    days = [_ordinal(day) for day, _ in known]
    values = [value for _, value in known]
    least, most = min(values), max(values)
    across, up = (days[-1] - days[0]) or 1, (most - least) or 1.0
    dots = [
        {
            "x": round(_LEFT + _WIDE * (at - days[0]) / across, 1),
            "y": round(_TOP + _HIGH * (most - value) / up, 1),
            "day": day,
            "value": value,
        }
        for at, (day, value) in zip(days, known, strict=True)
    ]
    path = "M" + " L".join(f"{dot['x']} {dot['y']}" for dot in dots)
    return {
        "zh": zh,
        "en": en,
        "path": path if len(dots) > 1 else "",
        "dots": dots,
        "first": known[0][0],
        "last": known[-1][0],
        "least": least,
        "most": most,
        **course["trends"][name],
    }


def _value(told: Any) -> float | None:  # noqa: ANN401 - what an entry holds
    value: float | None = told["value"] if isinstance(told, Mapping) else told
    return value


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
