"""What was refused, and what can be done, in the language of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.report.figures import text
from xiaowei.surfaces.report.texts import catalogue

_NONE: Final[Mapping[str, str | tuple[str, str]]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done.

    Args:
        what: what happened.
        expected: what would have been right; null where `what` says it.
        remedy: what can be done.
    """

    what: Markup
    expected: Markup | None
    remedy: Markup


def refusal_of(error: XiaoweiError, *, about: str = "") -> Refusal:
    """Return what a failure says to people, in its own words where we have no others.

    Args:
        error: the catalogue holds `refused_KIND` and `refused_KIND_remedy` of those
            that people meet at work.
        about: what they work on, of which `refused_ABOUT_KIND` goes before the other;
            empty for applications.
    """
    own = refusal(f"{about}-{error.kind}", error.figures) if about else None
    return (
        own
        or refusal(error.kind, error.figures)
        or Refusal(
            Markup.escape(error.what),
            Markup.escape(error.expected),
            Markup.escape(error.remedy),
        )
    )


def refusal(
    kind: str, figures: Mapping[str, str | tuple[str, str]] = _NONE
) -> Refusal | None:
    """Return what the catalogue says of a kind of failure; null where it is silent.

    Args:
        kind: of the failure.
        figures: that the catalogue's text names.
    """
    key = f"refused_{kind.replace('-', '_')}"
    if key not in catalogue():
        return None
    return Refusal(text(key, **figures), None, text(f"{key}_remedy", **figures))
