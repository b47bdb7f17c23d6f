"""A home is verified, anchored, backed up whole, and restored."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from xiaowei.desk import clock
from xiaowei.desk.home import LAKE, OVERLAYS, RECORDS, VIEWS, Home, records_url
from xiaowei.errors import ConflictError, InputError
from xiaowei.facts.lake import MANIFEST, Lake, LostPartError
from xiaowei.facts.manifest import manifest_at
from xiaowei.records.anchors import anchor, check_anchors
from xiaowei.records.backup import copy_records, load_records
from xiaowei.records.store import Store
from xiaowei.records.upgrade import version_of

CONTENTS: Final = "backup.json"
_CHUNK: Final = 2**20


class BackupTargetError(ConflictError):
    """Something stands where a backup or a home would be made."""

    def __init__(self, place: Path) -> None:
        """Name it."""
        super().__init__(
            f"'{place}' is there already",
            expected="a path where nothing stands",
            remedy="Give another path, or take it away",
        )


class BackupError(InputError):
    """A backup is not what was backed up."""

    def __init__(self, place: Path, faults: list[str]) -> None:
        """Name every file that is wrong."""
        super().__init__(
            f"the backup '{place}' is not whole: " + "; ".join(faults),
            expected=f"each file of {CONTENTS} under its SHA-256, and no other",
            remedy="Take another backup; this one was changed or half copied",
        )


def verify(home: Home, *, anchors: Path | None = None) -> dict[str, Any]:
    """Check that the records are whole: chain, documents, anchors.

    Args:
        home: the workspace.
        anchors: the file of anchors; without it a cut of the end does not show.

    Returns:
        how many entries and anchors there are, and the schema.

    Raises:
        BrokenJournalError: an entry was changed, removed, or put in between.
        LostDocumentError: a document was.
        CutJournalError: what was anchored is not there any more.
    """
    journal = home.journal
    return {
        "entries": journal.verify(),
        "anchors": None if anchors is None else check_anchors(journal, anchors),
        "where": journal.store.where,
        "schema": version_of(journal.store),
    }


def anchored(home: Home, file: Path) -> dict[str, Any]:
    """Write what stands at the end of the journal to the end of a file, once whole.

    Raises:
        BrokenJournalError: the journal is not whole, and is not anchored.
    """
    home.journal.verify()
    return asdict(anchor(home.journal, file, made_at=clock.now()))


def rebuild(home: Home) -> dict[str, int]:
    """Drop every read model and build it from the journal.

    Returns:
        name of each to the entries that it took over.
    """
    with home.journal.store.writing() as connection:
        return {view.name: view.rebuild(connection) for view in VIEWS}


def back_up(home: Home, place: Path) -> dict[str, Any]:
    """Copy records, lake and policy into a folder that appears whole or not at all.

    Work may go on meanwhile: the records are those of one moment, and of the lake all
    files are copied that its list named before.

    Args:
        home: the workspace.
        place: the folder that is made.

    Returns:
        when it was made, the end of the journal, and each file with its SHA-256.

    Raises:
        BackupTargetError: something stands there.
        LostPartError: a part of the lake is gone, or two intakes swept it meanwhile.
    """
    if place.exists():
        raise BackupTargetError(place)
    scratch = place.with_name(f"{place.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    _copy_lake(home.lake, scratch / LAKE)
    seq, digest = copy_records(home.journal.store, scratch / RECORDS)
    for name in OVERLAYS:
        if (home.root / name).exists():
            shutil.copy2(home.root / name, scratch / name)
    contents = {
        "made_at": clock.now(),
        "entries": seq,
        "hash": digest,
        "files": {_name(file, scratch): _sha256(file) for file in _in(scratch)},
    }
    text = json.dumps(contents, ensure_ascii=False, indent=1, sort_keys=True)
    (scratch / CONTENTS).write_text(text, encoding="utf-8")
    scratch.rename(place)
    return contents


def _copy_lake(lake: Lake, to: Path) -> None:
    """Copy a lake as its list has it at one moment, and nothing that is no part of it.

    Raises:
        LostPartError: a part was merged into another and swept meanwhile.
    """
    to.mkdir()
    listed = lake.root / MANIFEST
    if not listed.exists():
        return
    # The list first: what it names is never changed, only added to.
    held = manifest_at(Path(shutil.copy2(listed, to / MANIFEST)))
    rejects = [lake.rejects_of(account) for account in held.accounts]
    for part in (*held.parts, *(_name(one, lake.root) for one in rejects if one)):
        (to / part).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(lake.root / part, to / part)
        except FileNotFoundError as error:
            raise LostPartError(part) from error


def check_backup(place: Path) -> dict[str, Any]:
    """Return what a backup holds, having checked each file.

    Args:
        place: as `back_up` made it.

    Raises:
        BackupError: a file is missing, changed or another's.
    """
    try:
        text = (place / CONTENTS).read_text(encoding="utf-8")
        contents: dict[str, Any] = json.loads(text)
        stated: dict[str, str] = contents["files"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(place, [f"{CONTENTS} is missing or unreadable"]) from error
    found = {
        _name(file, place): _sha256(file)
        for file in _in(place)
        if file != place / CONTENTS
    }
    faults = [
        *(f"{name} is missing" for name in sorted(stated.keys() - found.keys())),
        *(f"{name} is another's" for name in sorted(found.keys() - stated.keys())),
        *(
            f"{name} was changed"
            for name in sorted(stated.keys() & found.keys())
            if stated[name] != found[name]
        ),
    ]
    if faults:
        raise BackupError(place, faults)
    return contents


def restore(place: Path, root: Path) -> dict[str, Any]:
    """Make a home from a backup.

    Args:
        place: as `back_up` made it.
        root: the home's folder: not there, or empty but for `settings.yaml`, which says
            where its records are to stand.

    Returns:
        what the backup holds.

    Raises:
        BackupError: the backup is not whole; nothing was restored.
        BackupTargetError: something stands there.
        NotEmptyError: the database that the settings name holds records.
    """
    contents = check_backup(place)
    standing = [one for one in _entries(root) if one.name != "settings.yaml"]
    if standing:
        raise BackupTargetError(standing[0])
    root.mkdir(parents=True, exist_ok=True)
    store = Store(records_url(root))
    try:
        load_records(place / RECORDS, store)
    finally:
        store.close()
    if (place / LAKE).exists():
        shutil.copytree(place / LAKE, root / LAKE)
    for name in OVERLAYS:
        if (place / name).exists():
            shutil.copy2(place / name, root / name)
    return contents


def _entries(root: Path) -> Iterator[Path]:
    return root.iterdir() if root.exists() else iter(())


def _in(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _name(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
