"""The list of a lake: which files came, and which of its parts count."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from xiaowei.errors import ConflictError

_FORM: Final = 2
_LONGEST_STEM: Final = 150


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of the rows of one file.

    Args:
        file: its name.
        source: what it stated.
        digest: SHA-256 of its bytes.
        rows: how many it has; accepted + quarantined + duplicates.
        accepted: rows that became facts.
        quarantined: rows set aside with a reason.
        duplicates: rows that state what another row already stated.
        accepted_amount_fen: sum of the source's amount over accepted rows; null where
            the source states no amount.
        unused: headings that stand for nothing known.
        notes: how often each stated rule of the reader applied.
        parts: the lake's files that held its facts when it came; they may have been
            merged into others since.
    """

    file: str
    source: str
    digest: str
    rows: int
    accepted: int
    quarantined: int
    duplicates: int
    accepted_amount_fen: int | None
    unused: tuple[str, ...]
    notes: dict[str, int]
    parts: tuple[str, ...]

    @property
    def mark(self) -> str:
        """What everything kept from it bears in its name."""
        return mark_of(self.digest, self.source)

    @property
    def rejects_file(self) -> str:
        """The name of the list of its rows that were not accepted.

        It begins with the source's name, so that the mended list can be handed in.
        """
        stem = self.file.rsplit(".", 1)[0].removesuffix(".errors")
        short = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
        named = short if short.startswith(self.source) else f"{self.source}-{short}"
        return f"{named}-{self.mark}.errors.csv"


class BrokenLakeError(ConflictError):
    """The list of the lake's files cannot be read."""

    def __init__(self, path: Path) -> None:
        """Name the list."""
        super().__init__(
            f"the lake's list '{path.name}' is damaged",
            expected="the JSON that an earlier run wrote",
            remedy="Restore it from a backup, or begin with an empty --home",
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that counts in a lake.

    Args:
        accounts: one per file held, in the order they came.
        parts: the files that hold its facts, relative to the lake, in the order they
            came.
        retired: files whose facts were merged into others; whoever opened an older
            list may still be reading them, so they go when the lake is next held.
        unmarked: parts from before facts said whether they state something `again`.
    """

    accounts: tuple[FileAccount, ...] = ()
    parts: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()

    def with_file(self, account: FileAccount) -> "Manifest":
        """Return the same with one more file and its parts."""
        return replace(
            self,
            accounts=(*self.accounts, account),
            parts=(*self.parts, *account.parts),
            retired=(),
        )

    def with_merged(self, merged: Mapping[str, Sequence[str]]) -> "Manifest":
        """Return the same with some parts each in the place of several others.

        Args:
            merged: a new part to the parts whose facts it holds.
        """
        gone = {part for parts in merged.values() for part in parts}
        kept = [part for part in self.parts if part not in gone]
        return replace(
            self,
            parts=(*kept, *merged),
            retired=tuple(sorted(gone)),
            unmarked=tuple(part for part in self.unmarked if part not in gone),
        )

    def written(self) -> str:
        """Return it as the text that `manifest_at` reads."""
        return json.dumps({"form": _FORM, **asdict(self)}, ensure_ascii=False, indent=1)


def mark_of(digest: str, source: str) -> str:
    """Return the mark that everything kept from one file bears in its name.

    Args:
        digest: SHA-256 of the file's bytes.
        source: the source it was handed in for.
    """
    return hashlib.sha256(f"{digest}{source}".encode()).hexdigest()[:16]


def manifest_at(path: Path) -> Manifest:
    """Return the list kept at a path; an empty one where there is none.

    The first form, a bare list of accounts, is read as well.

    Raises:
        BrokenLakeError: it is no list of ours.
    """
    if not path.exists():
        return Manifest()
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(stated, list):
            accounts = tuple(_account(entry) for entry in stated)
            parts = tuple(part for account in accounts for part in account.parts)
            return Manifest(accounts, parts, unmarked=parts)
        return Manifest(
            tuple(_account(entry) for entry in stated["accounts"]),
            *(tuple(stated[name]) for name in ("parts", "retired", "unmarked")),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenLakeError(path) from error


def _account(entry: dict[str, Any]) -> FileAccount:
    lists = {name: tuple(entry[name]) for name in ("unused", "parts")}
    return FileAccount(**{**entry, **lists})
