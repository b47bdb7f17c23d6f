"""Templates to HTML, escaped by default, the same for the server and the file."""

from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xiaowei.surfaces.report import figures, geometry, listing, ratings
from xiaowei.surfaces.report.pages import BOOK
from xiaowei.surfaces.report.texts import words

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
STYLES: Final = ("tokens.css", "page.css", "tables.css", "parts.css", "print.css")
CHART_SCRIPTS: Final = ("echarts.min.js", "looks.js", "kinds.js", "charts.js")


@cache
def environment() -> Environment:
    """Return the templates with all they may call."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "t": figures.text,
        "words": words,
        "say": figures.say,
        "named": figures.named,
        "unknown": figures.unknown,
        "whisker": geometry.whisker,
        "share_bar": geometry.share_bar,
        "searched": listing.searched,
        "defined": listing.defined,
        "differing": listing.differing,
        "predicted": ratings.predicted,
        "disagree": ratings.disagree,
        "TIERS": listing.TIERS,
        "RATINGS": listing.RATINGS,
        "SEVERITIES": listing.SEVERITIES,
        "BOOK": BOOK,
    }
    made.filters |= {
        "money": figures.money,
        "percent": figures.percent,
        "decimal": figures.decimal,
        "whole": figures.whole,
        "signed": figures.signed,
        "amount": figures.amount,
        "data": figures.data,
    }
    return made


def render(template: str, **content: object) -> Markup:
    """Return a template filled in.

    Args:
        template: its file.
        content: what it shows.
    """
    filled = environment().get_template(template).render(**content)
    return Markup(filled)  # noqa: S704 (autoescape made it safe)
