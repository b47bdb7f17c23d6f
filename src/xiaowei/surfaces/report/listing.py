"""Which rows of a long list are shown: filters, order and page, as the address says."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from xiaowei.errors import InputError
from xiaowei.surfaces.report.document import Document, Firm

TIERS: Final = ("high_potential", "steady", "risk_warning")
RATINGS: Final = ("A", "B", "C", "D")
SEVERITIES: Final = ("high", "medium", "low")
PAGE_ROWS: Final = 50

Row: TypeAlias = Mapping[str, Any]

_SORTS: Final[Mapping[str, Callable[[Firm], Any]]] = {
    "name": lambda firm: firm["name"] or None,
    "id": lambda firm: firm["enterprise_id"],
    "tier": lambda firm: TIERS.index(firm["tier"]),
    "score": lambda firm: firm["score"],
    "pd": lambda firm: firm["pd"],
    "limit": lambda firm: firm["limit_fen"] or None,
    "rate": lambda firm: firm["rate"],
    "profit": lambda firm: firm["expected_profit_fen"],
    "findings": lambda firm: len(differing(firm)),
}
SORTS: Final = tuple(_SORTS)


class ListingError(InputError):
    """An address asks for a list in a way that does not exist."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            f"the list cannot be shown this way: {'; '.join(faults)}",
            expected=f"tier of {', '.join(TIERS)}; rating of {', '.join(RATINGS)}; "
            f"severity of {', '.join(SEVERITIES)}; sort of {', '.join(SORTS)}, "
            "with - before it for the reverse; page from 1",
            remedy="Open the list anew and choose from its filters",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Filters, order and page; an empty text filters nothing.

    Args:
        text: part of an id, a name, a trade, a park or a trait.
        sort: a key of `SORTS`, with - before it for the reverse.
        page: from 1.
    """

    tier: str = ""
    rating: str = ""
    check: str = ""
    severity: str = ""
    text: str = ""
    sort: str = "-limit"
    page: int = 1

    @property
    def filters(self) -> dict[str, str]:
        """What is filtered and sorted, as an address states it; defaults are left out.

        >>> Query(tier="steady").filters
        {'tier': 'steady'}
        """
        stated = {
            "tier": self.tier,
            "rating": self.rating,
            "check": self.check,
            "severity": self.severity,
            "q": self.text,
            "sort": "" if self.sort == "-limit" else self.sort,
        }
        return {key: value for key, value in stated.items() if value}

    def turned(self, key: str) -> str:
        """Return the order that a click on a column's head asks for.

        >>> Query(sort="-pd").turned("pd"), Query(sort="pd").turned("score")
        ('pd', '-score')
        """
        return key if self.sort == f"-{key}" else f"-{key}"

    def direction(self, key: str) -> str:
        """Return how a column is sorted now, in the words of `aria-sort`."""
        if self.sort.removeprefix("-") != key:
            return "none"
        return "descending" if self.sort.startswith("-") else "ascending"


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that a query shows, and where they stand.

    Args:
        rows: of this page.
        total: rows that the filters keep.
        of: rows there are.
        page: from 1.
        pages: at least 1.
    """

    rows: Sequence[Any]
    total: int
    of: int
    page: int
    pages: int


def asked(params: Mapping[str, str]) -> Query:
    """Read a query from an address.

    Raises:
        ListingError: a value is none of those allowed; every fault is named.
    """
    faults = [
        f"{key} '{params[key]}'"
        for key, allowed in (
            ("tier", TIERS),
            ("rating", RATINGS),
            ("severity", SEVERITIES),
        )
        if params.get(key) and params[key] not in allowed
    ]
    sort = params.get("sort") or "-limit"
    if sort.removeprefix("-") not in _SORTS:
        faults.append(f"sort '{sort}'")
    page = params.get("page") or "1"
    if not (page.isascii() and page.isdigit() and int(page) >= 1):
        faults.append(f"page '{page}'")
    if faults:
        raise ListingError(faults)
    return Query(
        tier=params.get("tier", ""),
        rating=params.get("rating", ""),
        check=params.get("check", ""),
        severity=params.get("severity", ""),
        text=params.get("q", "").strip(),
        sort=sort,
        page=int(page),
    )


def firms(document: Document, query: Query, *, size: int | None) -> Selection:
    """Return the enterprises that a query asks for.

    Args:
        document: the run.
        query: filters, order and page.
        size: rows of a page; None for all on one.
    """
    every = document["firms"]
    kept = [firm for firm in every if _keeps(firm, query)]
    return paged(_ordered(kept, query.sort), len(every), query.page, size)


def findings(document: Document, query: Query, *, size: int | None) -> Selection:
    """Return the differences found, the gravest first, with whom they concern."""
    every = list(_differences(document))
    kept = [
        row
        for row in every
        if query.check in ("", row["finding"]["check"])
        and query.severity in ("", row["finding"]["severity"])
        and _says(row["firm"], query.text)
    ]
    kept.sort(key=_gravity)
    return paged(kept, len(every), query.page, size)


def traits(document: Document, query: Query) -> Selection:
    """Return the dictionary's entries that hold the text asked for."""
    every = document["traits"]
    wanted = query.text.casefold()
    kept = [trait for trait in every if wanted in defined(trait)]
    return paged(kept, len(every), 1, None)


def differing(firm: Firm) -> list[Row]:
    """Return the findings of a firm where its sources differ."""
    return [one for one in firm["findings"] if one["outcome"] == "differs"]


def defined(trait: Row) -> str:
    """Return what a search of the dictionary looks through."""
    parts = (trait["name"], trait["zh"], trait.get("en") or "", trait["meaning"])
    return " ".join(map(str, parts)).casefold()


def searched(firm: Firm) -> str:
    """Return what a search looks through."""
    parts = (firm["enterprise_id"], firm["name"], firm["industry"], firm["park"])
    return " ".join(part for part in parts if part).casefold()


def _keeps(firm: Firm, query: Query) -> bool:
    return (
        query.tier in ("", firm["tier"])
        and query.rating in ("", firm["rating"])
        and _says(firm, query.text)
    )


def _says(firm: Firm, text: str) -> bool:
    return text.casefold() in searched(firm)


def _ordered(rows: Sequence[Firm], sort: str) -> list[Firm]:
    value = _SORTS[sort.removeprefix("-")]
    by_id = sorted(rows, key=lambda firm: str(firm["enterprise_id"]))
    known = [firm for firm in by_id if value(firm) is not None]
    known.sort(key=value, reverse=sort.startswith("-"))
    return known + [firm for firm in by_id if value(firm) is None]


def _differences(document: Document) -> Iterator[Row]:
    for firm in document["firms"]:
        for finding in differing(firm):
            yield {"firm": firm, "finding": finding}


def _gravity(row: Row) -> tuple[int, float, str]:
    finding, severities = row["finding"], (*SEVERITIES, "none")
    chance = finding["unlikely"]
    return (
        severities.index(finding["severity"]),
        1.0 if chance is None else chance,
        row["firm"]["enterprise_id"],
    )


def paged(rows: Sequence[Any], of: int, page: int, size: int | None) -> Selection:
    """Return one page of rows.

    Args:
        rows: that the filters keep.
        of: rows there are.
        page: from 1; one beyond the last is the last.
        size: rows of a page; null for all on one.
    """
    if size is None:
        return Selection(rows, len(rows), of, 1, 1)
    pages = max(1, -(-len(rows) // size))
    shown = min(page, pages)
    return Selection(
        rows[(shown - 1) * size : shown * size], len(rows), of, shown, pages
    )
