"""Addresses inside the pages: paths on the server, fragments in the single file."""

from collections.abc import Callable, Mapping
from typing import TypeAlias
from urllib.parse import quote, urlencode

Link: TypeAlias = Callable[..., str]


def server_links(lang: str) -> Link:
    """Return what writes a link between pages of the server; the language is kept.

    >>> server_links("en")("/firms", tier="steady")
    '/firms?tier=steady&lang=en'
    """
    kept = {} if lang == "zh" else {"lang": lang}

    def link(path: str, **query: object) -> str:
        return _address(path, {**query, **kept})

    return link


def file_links(path: str, **query: object) -> str:
    """Write a link between sections of the single file.

    >>> file_links("/firms/甲 1")
    '#/firms/%E7%94%B2%201'
    """
    return "#" + _address(path, query)


def _address(path: str, query: Mapping[str, object]) -> str:
    stated = {key: value for key, value in query.items() if value not in (None, "")}
    tail = f"?{urlencode(stated)}" if stated else ""
    return quote(path) + tail
