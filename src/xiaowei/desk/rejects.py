"""Rows that were set aside when files came, as far as somebody may see them.

A row that was not taken in is nobody's yet: its code may be wrong. Whoever sees the
whole bank sees all of them; anybody else those of the files that he handed in himself.
"""

from itertools import islice
from pathlib import Path

from xiaowei.desk.home import Home
from xiaowei.desk.jobs.handlers import TAKE
from xiaowei.errors import NotFoundError
from xiaowei.facts.lake import FileAccount
from xiaowei.facts.rejects import Reject, rejects_in
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.jobs.queue import Jobs


class UnknownRejectsError(NotFoundError):
    """There is no such list of rows set aside, or none in reach."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(
            f"no list of rows set aside is called '{name[:200]}'",
            expected="one of a file that was taken in with rows left over",
            remedy="See the list's name where the file is listed, or in its job",
        )


def files_with_rejects(home: Home, permit: Permit) -> list[FileAccount]:
    """Return the files of which rows were set aside, in the order they came.

    Args:
        home: the workspace.
        permit: which has to reach them.
    """
    found = [one for one in home.lake.accounts() if home.lake.rejects_of(one)]
    if permit.reach == "all":
        return found
    mine = _handed_in(home, permit.actor.login)
    return [one for one in found if one.rejects_file in mine]


def list_of_rejects(home: Home, name: str, permit: Permit) -> Path:
    """Return where a list of rows set aside lies.

    Args:
        home: the workspace.
        name: of the list.
        permit: which has to reach it.

    Raises:
        UnknownRejectsError: there is none of that name, or none in reach.
    """
    for one in files_with_rejects(home, permit):
        path = home.lake.rejects_of(one)
        if one.rejects_file == name and path is not None and path.exists():
            return path
    raise UnknownRejectsError(name)


def rejects_of(
    home: Home, name: str, permit: Permit, *, after: int = 0, most: int
) -> list[Reject]:
    """Return rows set aside of one file, by their lines.

    Args:
        home: the workspace.
        name: of the list.
        permit: which has to reach it.
        after: so many rows are passed over.
        most: so many at a time.

    Raises:
        UnknownRejectsError: there is none of that name, or none in reach.
    """
    path = list_of_rejects(home, name, permit)
    return list(islice(rejects_in(path), after, after + most))


def _handed_in(home: Home, login: str) -> frozenset[str]:
    """Return the lists of rows set aside of all files that an account handed in."""
    return frozenset(
        file["rejects"]
        for answer in Jobs(home.journal).answers(TAKE, by=login)
        for file in answer["files"]
        if file["rejects"]
    )
