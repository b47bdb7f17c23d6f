"""What monitoring said of a model month by month, kept and read as a course."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.errors import InputError
from xiaowei.risk.trend import trend_of

MONITORING: Final = "model_monitoring"
"""Kind of the journal's entries that hold what monitoring said of one day's firms."""
MEASURES: Final = ("psi", "mean_pd", "expected_auc", "ratio", "auc", "moved")
"""What is followed: PSI of the PD, mean PD, AUC expected before outcomes, defaults that
came per default expected, AUC of the ripe, how many traits have moved."""


class NoFirmsSeenError(InputError):
    """A day of monitoring would be put on record that saw nobody."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        super().__init__(
            f"'{file}' holds no firm, so there is nothing to put on record",
            expected="a table of one firm or more",
            remedy="Give the firms seen on that day, or leave --on away",
        )


def keep(home: Home, told: Mapping[str, Any], *, seen_on: date) -> None:
    """Put on record what monitoring said of the firms of a day.

    Args:
        home: the workspace.
        told: see `desk.modelling.monitoring.monitor`.
        seen_on: the day that the firms are of; of one day the last entry counts.

    Raises:
        NoFirmsSeenError: there was no firm.
    """
    if not told["seen"]["firms"]:
        raise NoFirmsSeenError(told["seen"]["file"])
    ripe = told["ripe"] or {}
    body = {
        "name": told["model"]["name"],
        "fingerprint": told["model"]["fingerprint"],
        "seen_on": seen_on.isoformat(),
        "seen": told["seen"],
        "reference": told["reference"],
        "psi": told["pd"]["psi"],
        "mean_pd": told["mean_pd"]["now"],
        "expected_auc": told["expected_auc"],
        "ripe": ripe.get("firms", 0),
        "ratio": ripe.get("ratio"),
        "auc": ripe.get("auc"),
        "moved": [one["name"] for one in told["traits"] if one["moved"]],
    }
    home.journal.add(MONITORING, body, made_at=clock.now())


def course_of(home: Home, told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the course of a model: its days on record, and where its measures go.

    Only days compared with the same reference are told: a PSI against another one says
    something else.

    Args:
        home: the workspace.
        told: see `desk.modelling.monitoring.monitor`.

    Returns:
        `points`, the earliest day first, and `trends` by measure.
    """
    by_day = {
        entry.body["seen_on"]: entry.body
        for entry in home.journal.entries(MONITORING)
        if entry.body["fingerprint"] == told["model"]["fingerprint"]
        and entry.body["reference"] == told["reference"]
    }
    points = [by_day[day] for day in sorted(by_day)]
    return {
        "points": points,
        "trends": {
            name: _plain([_value(one[name]) for one in points]) for name in MEASURES
        },
    }


def _plain(values: Iterable[float | None]) -> dict[str, Any]:
    found = trend_of(list(values))
    return asdict(found) | {"goes": found.goes}


def _value(told: Any) -> float | None:  # noqa: ANN401 - what a body holds
    """Return a measure as a number: an interval's value, a list's length."""
    if isinstance(told, Mapping):
        return float(told["value"])
    if isinstance(told, list):
        return float(len(told))
    return None if told is None else float(told)
