"""The list of a lake: which files came, and which of its parts count."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from xiaowei.errors import ConflictError

FORM: Final = 3
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


class OldLakeError(ConflictError):
    """A lake was kept in a form that is no longer read."""

    def __init__(self, form: int) -> None:
        """Name the form."""
        super().__init__(
            f"the lake is kept in form {form}",
            expected=f"form {FORM}, which says more of each fact",
            remedy="Hand the files in again into an empty --home",
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
        origins: a part that was merged from others to all parts, as they came with
            files, whose facts it holds.
    """

    accounts: tuple[FileAccount, ...] = ()
    parts: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
        origins = {
            new: tuple(one for part in parts for one in self.origins_of(part))
            for new, parts in merged.items()
        }
        left = {part: of for part, of in self.origins.items() if part not in gone}
        return replace(
            self,
            parts=(*(part for part in self.parts if part not in gone), *merged),
            retired=tuple(sorted(gone)),
            origins={**left, **origins},
        )

    def origins_of(self, part: str) -> tuple[str, ...]:
        """Return the parts, as they came with files, whose facts a part holds."""
        return self.origins.get(part, (part,))

    def written(self) -> str:
        """Return it as the text that `manifest_at` reads."""
        return json.dumps({"form": FORM, **asdict(self)}, ensure_ascii=False, indent=1)


def mark_of(digest: str, source: str) -> str:
    """Return the mark that everything kept from one file bears in its name.

    Args:
        digest: SHA-256 of the file's bytes.
        source: the source it was handed in for.
    """
    return hashlib.sha256(f"{digest}{source}".encode()).hexdigest()[:16]


def manifest_at(path: Path) -> Manifest:
    """Return the list kept at a path; an empty one where there is none.

    Raises:
        OldLakeError: it is one of an earlier form.
        BrokenLakeError: it is no list of ours.
    """
    if not path.exists():
        return Manifest()
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
        form = _form(stated)
        if form < FORM:
            raise OldLakeError(form)
        return Manifest(
            tuple(_account(entry) for entry in stated["accounts"]),
            tuple(stated["parts"]),
            tuple(stated["retired"]),
            {part: tuple(of) for part, of in stated["origins"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BrokenLakeError(path) from error


def _form(stated: Any) -> int:  # noqa: ANN401 - whatever a damaged file may hold
    """Return the form of a list; the first was bare, without a word of its form."""
    return 1 if isinstance(stated, list) else int(stated["form"])


def _account(entry: dict[str, Any]) -> FileAccount:
    lists = {name: tuple(entry[name]) for name in ("unused", "parts")}
    return FileAccount(**{**entry, **lists})
