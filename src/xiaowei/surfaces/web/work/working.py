"""What pages of work share: who works, where, on which run, and what was asked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from xiaowei.desk.deciding.filing import Office
from xiaowei.desk.home import Home
from xiaowei.errors import InputError
from xiaowei.surfaces.report.document import Document, Firm
from xiaowei.surfaces.web.gate import Gate
from xiaowei.surfaces.web.problems import NoRunError
from xiaowei.surfaces.web.work.fields import LONGEST_NUMBER

Row: TypeAlias = Mapping[str, Any]
"""One of a list: an `application`, with its `firm`, null where the run has none."""


class FilterError(InputError):
    """An address asks for a list in a way that does not exist."""

    def __init__(self, name: str, stated: str) -> None:
        """Name the part of the address."""
        super().__init__(
            f"the list cannot be shown this way: {name} '{stated[:40]}'",
            expected="a filter of the list, and a page from 1",
            remedy="Open the list anew and choose from its filters",
        )


class UnknownActError(InputError):
    """A form asks for an act that there is not."""

    def __init__(self, act: str, acts: Iterable[str]) -> None:
        """Name it, and those that there are."""
        super().__init__(
            f"there is no act '{act[:40]}'",
            expected=f"one of {', '.join(acts)}",
            remedy="Open the page anew and use its forms",
        )


@dataclass(frozen=True, slots=True)
class Work:
    """What pages of work share.

    Args:
        gate: says who works.
        office: where applications are taken, decided and concluded.
        load: returns the last run; raises NoRunError while there is none.
    """

    gate: Gate
    office: Office
    load: Callable[[], Document]

    @property
    def home(self) -> Home:
        """The workspace."""
        return self.office.home

    def run(self) -> Document | None:
        """Return the last run; null while there is none."""
        try:
            return self.load()
        except NoRunError:
            return None


@dataclass(frozen=True, slots=True)
class Query:
    """What an address asks of a list.

    Args:
        text: part of an id or a name.
        chosen: filter to what was chosen of it.
        page: from 1.
    """

    text: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    @property
    def filters(self) -> dict[str, str]:
        """What is filtered, as an address states it."""
        stated = {**self.chosen, "q": self.text}
        return {key: value for key, value in stated.items() if value}


def asked(params: Mapping[str, str], name: str, choices: Sequence[str]) -> Query:
    """Read a query from an address.

    Args:
        params: of the address.
        name: of the filter that the list has.
        choices: what may be chosen of it.

    Raises:
        FilterError: it asks for what does not exist.
    """
    chosen, page = params.get(name, ""), params.get("page") or "1"
    if chosen and chosen not in choices:
        raise FilterError(name, chosen)
    if not (page.isascii() and page.isdigit() and int(page) >= 1):
        raise FilterError("page", page)
    return Query(params.get("q", "").strip(), {name: chosen}, int(page))


def number_asked(stated: Mapping[str, str], name: str) -> int | None:
    """Return a number of the journal that an address or a form names; null for none.

    Args:
        stated: what it states.
        name: of the number.

    Raises:
        FilterError: it is no number.
    """
    text = stated.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise FilterError(name, text)
    return int(text) if text else None


def firms_of(run: Document | None) -> dict[str, Firm]:
    """Return the firms of a run by their codes; none while there is no run."""
    if run is None:
        return {}
    return {firm["enterprise_id"]: firm for firm in run["firms"]}


def says(row: Row, text: str) -> bool:
    """Tell whether an application's number, or its firm's code or name, holds a text.

    Args:
        row: with `application`, and `firm`, null where the run has none.
        text: what is looked for.
    """
    told, firm = row["application"], row["firm"]
    name = "" if firm is None else firm["name"] or ""
    through = f"{told['enterprise_id']} {name}".casefold()
    return text.casefold() in through or text == str(told["number"])
