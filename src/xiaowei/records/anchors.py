"""Anchors of the journal: what stood at its end, kept where the database is not.

A chain shows every change within it, but not that its end was cut off. An anchor is a
line of a file outside, best where the database's own administrator cannot write: what
was anchored must still be there, under the same hash.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from xiaowei.errors import ConflictError, InputError
from xiaowei.records.journal import FIRST, Journal


@dataclass(frozen=True, slots=True)
class Anchor:
    """What stood at the end of the journal at a moment.

    Args:
        seq: number of the last entry; 0 of an empty journal.
        hash: of that entry.
        made_at: when it was anchored, ISO 8601 in UTC.
    """

    seq: int
    hash: str
    made_at: str


class CutJournalError(ConflictError):
    """The journal is not what was anchored."""

    def __init__(self, anchor: Anchor) -> None:
        """Name the anchor."""
        super().__init__(
            f"the journal's entry {anchor.seq} is not the one anchored at "
            f"{anchor.made_at}",
            expected="every entry that was anchored, under its hash",
            remedy="The journal was cut or replaced: restore a backup made after that",
        )


class AnchorFileError(InputError):
    """A file holds no anchors."""

    def __init__(self, file: Path, line: int) -> None:
        """Name the file and the line."""
        super().__init__(
            f"line {line} of '{file.name}' is no anchor",
            expected="one JSON object a line with seq, hash and made_at",
            remedy="Take the file that 'xiaowei records anchor' writes",
        )


def anchor(journal: Journal, file: Path, *, made_at: str) -> Anchor:
    """Write what stands at the end of the journal to the end of a file.

    Args:
        journal: the records.
        file: outside the database; it is made where it is not there.
        made_at: when, ISO 8601 in UTC.
    """
    made = Anchor(*journal.head(), made_at)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(made)) + "\n")
    return made


def check_anchors(journal: Journal, file: Path) -> int:
    """Return how many anchors there are, having found each in the journal.

    Args:
        journal: the records, whose chain is verified beside.
        file: as `anchor` wrote it.

    Raises:
        AnchorFileError: a line is no anchor.
        CutJournalError: what was anchored is not there any more.
    """
    count = 0
    for found in _anchors(file):
        entry = journal.entry(found.seq)
        stands = FIRST if found.seq == 0 else entry and entry.hash
        if stands != found.hash:
            raise CutJournalError(found)
        count += 1
    return count


def _anchors(file: Path) -> Iterator[Anchor]:
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield Anchor(**json.loads(line))
            except (TypeError, ValueError) as error:
                raise AnchorFileError(file, number) from error
