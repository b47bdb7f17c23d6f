"""Fields of a form as values; each that cannot be taken is named."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from xiaowei.errors import InputError
from xiaowei.money import Fen, fen_from_yuan

LONGEST_NUMBER: Final = 15
"""Digits; more are none of ours, and Python reads no thousands of them."""
Filled = TypeVar("Filled", bound=BaseModel)


class FaultyFormError(InputError):
    """Fields of a form cannot be taken as they are."""

    def __init__(self, faults: Iterable[str]) -> None:
        """Name them."""
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__(
            f"these fields cannot be taken: {', '.join(self.faults)}",
            expected="what is said beside each",
            remedy="Correct them and send the form again; nothing was put on record",
        )


def filled(form: type[Filled], stated: Mapping[str, object]) -> Filled:
    """Return a form's values, checked as those are that programs send.

    Args:
        form: its fields and what each may hold.
        stated: field to value; those that are null were left empty.

    Raises:
        FaultyFormError: some cannot be taken; all are named.
    """
    given = {name: value for name, value in stated.items() if value is not None}
    try:
        return form.model_validate(given)
    except ValidationError as error:
        raise FaultyFormError(str(one["loc"][0]) for one in error.errors()) from error


def fen_in(text: str) -> Fen | str | None:
    """Return the fen that a field states in yuan; what is no amount as it is.

    >>> fen_in("200,000"), fen_in("two"), fen_in("")
    (20000000, 'two', None)
    """
    if not text:
        return None
    try:
        return fen_from_yuan(text)
    except InputError:
        return text


def whole_in(text: str) -> int | str | None:
    """Return the whole number that a field states; what is none as it is.

    >>> whole_in("12"), whole_in("1.5"), whole_in("")
    (12, '1.5', None)
    """
    if not text:
        return None
    whole = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if whole else text
