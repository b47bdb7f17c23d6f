"""Two decision snapshots in; every place where they differ out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MOST: Final = 200
"""So many differences are told; more are counted."""
_ABSENT: Final = "—"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two snapshots are not the same.

    Args:
        path: where, e.g. `portrait.sales_12m`.
        then: what stood there; `—` where nothing did.
        now: likewise.
    """

    path: str
    then: Any
    now: Any


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """Return every place where two snapshots differ, in order of their paths.

    >>> differences({"a": {"b": 1, "c": [1]}}, {"a": {"b": 2, "c": [1, 3]}})
    ... # doctest: +NORMALIZE_WHITESPACE
    [Difference(path='a.b', then=1, now=2),
     Difference(path='a.c.1', then='—', now=3)]
    """
    return list(_apart("", then, now))


def _apart(path: str, then: Any, now: Any) -> Iterator[Difference]:  # noqa: ANN401
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        for key in sorted({*then, *now}):
            yield from _apart(
                _under(path, key), then.get(key, _ABSENT), now.get(key, _ABSENT)
            )
    elif _listed(then) and _listed(now):
        for at in range(max(len(then), len(now))):
            yield from _apart(_under(path, at), _nth(then, at), _nth(now, at))
    elif type(then) is not type(now) or then != now:
        yield Difference(path, then, now)


def _under(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _listed(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _nth(values: Sequence[Any], at: int) -> Any:  # noqa: ANN401
    return values[at] if at < len(values) else _ABSENT
