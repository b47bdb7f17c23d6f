"""The words of the interface, in Chinese and in English, from one catalogue."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from xiaowei.errors import NotFoundError

LANGUAGES: Final = ("zh", "en")
CATALOGUE: Final = Path(__file__).with_name("texts.yaml")


class Words(NamedTuple):
    """One text as (Chinese, English)."""

    zh: str
    en: str


class UnknownTextError(NotFoundError):
    """A page asks for a text that the catalogue lacks."""

    def __init__(self, key: str) -> None:
        """Name the key."""
        super().__init__(
            f"text '{key}' is not in the catalogue",
            expected="a key of texts.yaml",
            remedy="Add it there in both languages",
        )


@cache
def catalogue() -> Mapping[str, Words]:
    """Return every text by its key."""
    entries = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return {key: Words(*pair) for key, pair in entries.items()}


def words(key: str) -> Words:
    """Return one text in both languages.

    Raises:
        UnknownTextError: the catalogue lacks the key.

    >>> words("rating").en
    'Rating'
    """
    try:
        return catalogue()[key]
    except KeyError:
        raise UnknownTextError(key) from None


def words_or(key: str, otherwise: str) -> Words:
    """Return one text, or what stands for it where the catalogue lacks the key.

    For keys that come from a run and may be newer than this catalogue.
    """
    return catalogue().get(key, Words(otherwise, otherwise))


def labels(*keys: str) -> dict[str, list[str]]:
    """Return texts by language, in the order asked for, for a chart.

    >>> labels("rating", "score")["en"]
    ['Rating', 'Score']
    """
    chosen = [words(key) for key in keys]
    return {"zh": [one.zh for one in chosen], "en": [one.en for one in chosen]}
