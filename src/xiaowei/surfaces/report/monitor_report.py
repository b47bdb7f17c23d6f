"""What has changed for a model, as one page that asks nobody for anything."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from xiaowei.errors import InputError
from xiaowei.surfaces.report.course import lines_of
from xiaowei.surfaces.report.html import policy_of
from xiaowei.surfaces.report.render import STATIC, STYLES, render
from xiaowei.surfaces.report.whole import write_whole

LISTED: Final = 1_000
"""So many traits are listed, the most moved first; the page says how many are not."""
OPENED: Final = 60
"""Of so many the parts are told."""
_NAME: Final = 80
_DRAWN: Final = 20


class MonitorReportNameError(InputError):
    """A report of monitoring was asked for in a form that is not there."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(
            f"'{path.name}' names no form of report",
            expected="a name that ends in .html",
            remedy="Give such a name with --report",
        )


def write_monitor_report(told: Mapping[str, Any], *, path: Path) -> None:
    """Write what has changed for a model, in Chinese and in English.

    The page is no longer however many firms were seen: it holds parts, not firms.

    Args:
        told: see `desk.modelling.monitoring.monitor`, with the `course` of
            `desk.modelling.trending.course_of`.
        path: a file that ends in .html; it appears whole or not at all.

    Raises:
        MonitorReportNameError: it ends in something else.
    """
    if path.suffix.lower() != ".html":
        raise MonitorReportNameError(path)
    write_whole(path, monitor_html(told).encode("utf-8"))


def monitor_html(told: Mapping[str, Any]) -> str:
    """Return the page: one file, no script, no request to anybody."""
    style = "\n".join(
        (STATIC / name).read_text(encoding="utf-8").strip() for name in STYLES
    )
    traits = told["traits"]
    most = max([one["psi"]["high"] for one in traits[:_DRAWN]], default=0.0) or 1.0
    return render(
        "monitor_report.html",
        told=told,
        course=told["course"],
        course_lines=lines_of(told["course"]),
        listed=traits[:LISTED],
        left_out=max(len(traits) - LISTED, 0),
        opened=[told["pd"], *traits[:OPENED]],
        drawn=traits[:_DRAWN],
        most=most,
        short=_short,
        policy=policy_of(style, ()),
        style=Markup(style),  # noqa: S704 (our own files)
    )


def _short(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[:_NAME]}…"
