"""A run in; its page and its workbook in the home out."""

from typing import Any

from xiaowei.desk.home import Home
from xiaowei.desk.running import Publish
from xiaowei.surfaces.report.html import write_report
from xiaowei.surfaces.report.workbook import write_workbook


def publisher(home: Home) -> Publish:
    """Return what writes a run for people.

    Args:
        home: where it lies.
    """

    def publish(document: dict[str, Any]) -> None:
        write_report(document, path=home.report)
        write_workbook(document, path=home.workbook)

    return publish
