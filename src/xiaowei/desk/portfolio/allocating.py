"""Candidates and limits in; the book of loans, its limits, proof and curse, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xiaowei.desk.home import Home
from xiaowei.desk.portfolio.candidates import Candidates, read_candidates
from xiaowei.desk.portfolio.last_run import candidates_of_run
from xiaowei.errors import InputError
from xiaowei.money import Fen
from xiaowei.offers.portfolio.book import Book, make_book, worth_without
from xiaowei.offers.portfolio.contradiction import ContradictionError
from xiaowei.offers.portfolio.curse import Curse, curse
from xiaowei.offers.portfolio.emptiness import why_empty
from xiaowei.offers.portfolio.limits import Limit, LimitsError
from xiaowei.offers.portfolio.reading import Mandate, read_mandate
from xiaowei.offers.portfolio.relaxed import Tell
from xiaowei.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """What was allocated.

    Args:
        candidates: what the file stated.
        mandate: limits, and with which PDs.
        book: the book.
        curse: believed and honest profit; null where the PDs of halves are not known.
        costs: code of a limit to what the book would be worth more without it; empty
            where not asked for.
        empty: why no loan is made; empty where one is.
        limits: the text of the limits.
        source: the file of candidates, or the run.
    """

    candidates: Candidates
    mandate: Mandate
    book: Book
    curse: Curse | None
    costs: Mapping[str, Fen]
    empty: tuple[Said, ...]
    limits: str
    source: str


class NoCapitalError(InputError):
    """Capital is limited and not stated."""

    def __init__(self, codes: Sequence[str]) -> None:
        """Name the limits."""
        super().__init__(
            f"limit {', '.join(map(repr, codes))} counts capital, and no candidate "
            "states any",
            expected="a column capital_fen",
            remedy="Add the column, or leave the limit out",
        )


def allocate_file(
    path: Path, limits: Path, *, costs: bool = False, tell: Tell
) -> Allocated:
    """Choose the book of loans among the candidates of a file.

    Args:
        path: candidates, see `candidates`.
        limits: YAML, see `offers.portfolio.reading`.
        costs: whether to say what each limit costs, which solves once for each.
        tell: is told of progress.

    Raises:
        CandidatesError: the file of candidates cannot be used.
        LimitsError: the limits have faults.
        NoCapitalError: capital is limited and not stated.
        ContradictionError: no book keeps all limits.
    """
    asked = _asked(limits, source=path.name)
    tell("reading candidates")
    return _allocated(read_candidates(path), asked, costs=costs, tell=tell)


def allocate_run(
    home: Home, limits: Path, *, costs: bool = False, tell: Tell
) -> Allocated:
    """Choose the book of loans among the firms of the last run.

    Args:
        home: the workspace.
        limits: YAML, see `offers.portfolio.reading`.
        costs: whether to say what each limit costs, which solves once for each.
        tell: is told of progress.

    Raises:
        NoRunError: nothing has been run.
        NobodyError: no firm of it may be lent to.
        LimitsError, NoCapitalError, ContradictionError: as for a file.
    """
    run = home.journal.newest("run").body.get("run_id", "")
    asked = _asked(limits, source=f"run {run}".strip())
    return _allocated(candidates_of_run(home), asked, costs=costs, tell=tell)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for, as read and as written."""

    mandate: Mandate
    text: str
    source: str


def _asked(limits: Path, *, source: str) -> _Asked:
    text = _text(limits)
    return _Asked(read_mandate(text, file=limits.name), text, source)


def _allocated(
    candidates: Candidates, asked: _Asked, *, costs: bool, tell: Tell
) -> Allocated:
    mandate = asked.mandate
    capital = [one.code for one in mandate.limits if one.counts == "capital"]
    if capital and "capital_fen" not in candidates.stated:
        raise NoCapitalError(capital)
    options, view = candidates.options, mandate.view
    book = make_book(options, mandate.limits, view=view, tell=tell)
    return Allocated(
        candidates=candidates,
        mandate=mandate,
        book=book,
        curse=_curse(candidates, mandate, tell),
        costs=_costs(candidates, mandate, book, tell) if costs else {},
        empty=() if book.firms else why_empty(options, mandate.limits, view=view),
        limits=asked.text,
        source=asked.source,
    )


def _curse(candidates: Candidates, mandate: Mandate, tell: Tell) -> Curse | None:
    """Return the curse; null where the PDs of a half let no book keep the limits."""
    try:
        return curse(candidates.options, mandate.limits, view=mandate.view, tell=tell)
    except ContradictionError:
        return None


def _costs(
    candidates: Candidates, mandate: Mandate, book: Book, tell: Tell
) -> dict[str, Fen]:
    found: dict[str, Fen] = {}
    for limit in mandate.limits:
        if _binds(book, limit):
            tell(f"without '{limit.code}'")
            without = worth_without(
                candidates.options,
                mandate.limits,
                without=limit,
                view=mandate.view,
                tell=tell,
            )
            found[limit.code] = max(without - book.worth_fen, 0)
        else:
            found[limit.code] = 0
    return found


def _binds(book: Book, limit: Limit) -> bool:
    """Tell whether leaving out a limit can raise the bound; else it costs the gap."""
    return any(use.price for use in book.uses if use.limit.code == limit.code)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LimitsError(path.name, [f"cannot be read: {error}"]) from error


def lines_of(allocated: Allocated) -> dict[str, np.ndarray]:
    """Return the book's loans as columns, by firm.

    Returns:
        `enterprise_id`, `option`, `lots`, `offered_fen`, `drawn_fen`, `capital_fen`,
        `pd`, `expected_profit_fen`; one row per firm that is lent to.
    """
    options, lots = allocated.candidates.options, allocated.book.lots
    lent = np.flatnonzero(lots)
    profit = options.profit_fen(options.pd)
    return {
        "enterprise_id": options.firms[options.firm[lent]],
        "option": options.names[lent],
        "lots": lots[lent],
        "offered_fen": (options.offered_fen * lots)[lent],
        "drawn_fen": (options.drawn_fen * lots)[lent],
        "capital_fen": (options.capital_fen * lots)[lent],
        "pd": options.pd[lent],
        "expected_profit_fen": (profit * lots)[lent],
    }
