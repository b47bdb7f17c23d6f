"""The book of the bank's numbers: what held on that day, who set it, after what."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

from xiaowei.errors import InputError, NotFoundError
from xiaowei.money import FEN_PER_YUAN, Fen, round_fen
from xiaowei.policy.entries import Entry, read_entries


@dataclass(frozen=True, slots=True)
class Book:
    """All numbers of the bank, dated.

    Args:
        entries: name to entry.
    """

    entries: Mapping[str, Entry]

    def entry(self, name: str) -> Entry:
        """Return a number with all its values and where it comes from.

        Raises:
            UnknownNumberError: the book has no number of that name.
        """
        if name not in self.entries:
            raise UnknownNumberError(name, self.entries)
        return self.entries[name]

    def number(self, name: str, *, on: date) -> Decimal:
        """Return the value of a number that held on a day.

        Args:
            name: the number.
            on: the day asked for.

        Returns:
            The value in the entry's unit, written as its file writes it.

        Raises:
            UnknownNumberError: the book has no number of that name.
            NotYetSetError: the day lies before the first value.
        """
        entry = self.entry(name)
        value = entry.on(on)
        if value is None:
            raise NotYetSetError(entry, on)
        return value

    def fen(self, name: str, *, on: date) -> Fen:
        """Return an amount in yuan that held on a day, as fen.

        Args:
            name: a number whose unit is yuan.
            on: the day asked for.

        Raises:
            UnknownNumberError: the book has no number of that name.
            NotYetSetError: the day lies before the first value.
        """
        return round_fen(self.number(name, on=on) * FEN_PER_YUAN)


class UnknownNumberError(NotFoundError):
    """The book has no number of that name."""

    def __init__(self, name: str, names: Mapping[str, Entry]) -> None:
        """Name the number and what comes near it."""
        near = difflib.get_close_matches(name, names, n=3) or sorted(names)
        super().__init__(
            f"the policy book has no number '{name}'",
            expected="one of its numbers, such as " + ", ".join(near),
            remedy="Correct the name",
        )


class NotYetSetError(NotFoundError):
    """A number had no value yet on the day asked for."""

    def __init__(self, entry: Entry, day: date) -> None:
        """Name the number, the day and the first day it holds."""
        first = entry.values[0][0]
        super().__init__(
            f"'{entry.name}' has no value on {day}",
            expected=f"a day from {first} on, when its first value was set",
            remedy="Ask for a later day, or state an earlier value in the overlay",
        )


class PolicyFileError(InputError):
    """A policy file cannot be used; all of its faults are named at once."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"policy file '{file}' has {len(faults)} fault(s): " + "; ".join(faults),
            expected="per number: description, zh, unit, values by day in quotes, "
            "set_by, reference with a title; in an overlay values and set_by will do",
            remedy="Mend these entries and load the file again; nothing was taken over",
        )


def load_book(overlay: Path | None = None) -> Book:
    """Return the shipped numbers, with those a bank has set in their place.

    Args:
        overlay: a YAML file in the same form. An entry there replaces all values of
            the shipped number of that name; description, zh, unit and reference may
            be left out and are then the shipped ones.

    Raises:
        PolicyFileError: the overlay is not there or malformed; every fault is named.
    """
    entries: dict[str, Entry] = {}
    for file in sorted(files("xiaowei.policy").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            text = file.read_text(encoding="utf-8")
            entries |= _sound(text, file=file.name, shipped=None)
    if overlay is None:
        return Book(entries)
    return Book(entries | _sound(_text(overlay), file=overlay.name, shipped=entries))


def _text(overlay: Path) -> str:
    try:
        return overlay.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyFileError(str(overlay), [error.strerror or "unreadable"]) from error
    except UnicodeDecodeError as error:
        raise PolicyFileError(overlay.name, ["not written in UTF-8"]) from error


def _sound(
    text: str, *, file: str, shipped: Mapping[str, Entry] | None
) -> dict[str, Entry]:
    reading = read_entries(text, shipped=shipped)
    if reading.faults:
        raise PolicyFileError(file, reading.faults)
    return reading.entries
