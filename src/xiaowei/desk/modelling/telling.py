"""Models on record, and whether the last run holds their PDs, as plain values."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from xiaowei.desk.home import Home
from xiaowei.desk.modelling.keeping import card_shown, models_on_record
from xiaowei.records.journal import NoRunError

Latest: TypeAlias = Callable[[], Mapping[str, Any]]
"""Returns the document of the last run."""
_SHORT: Final = (
    "entry", "made_at", "name", "kind", "fingerprint", "trained_by", "data", "split",
    "signatures", "validations",
)  # fmt: skip
_MEASURES: Final = ("auc", "slope")


def models_told(home: Home, *, latest: Latest) -> list[dict[str, Any]]:
    """Return all models on record in short, the first one first.

    Args:
        home: the workspace.
        latest: see `Latest`.

    Returns:
        of each who trained, validated and signed it, what it was worth by `auc` and
        `slope` with their intervals, and whether it is `in_use`: whether the last run
        holds its PDs.
    """
    used = _used(latest)
    return [_short(card, used) for card in models_on_record(home)]


def model_told(home: Home, asked: str, *, latest: Latest) -> dict[str, Any]:
    """Return a model on record, also one that is refused.

    Args:
        home: the workspace.
        asked: a name, or the first characters of a fingerprint.
        latest: see `Latest`.

    Returns:
        as `models_told` has it, with its whole `card`, and `altered`: whether its text
        is another than on record.

    Raises:
        UnknownModelError: there is none.
    """
    card = card_shown(home, asked)
    told = _short(card, _used(latest)) | {"altered": card["altered"]}
    beside = {"altered", "entry", "made_at", "signatures", "validations"}
    return told | {"card": {key: card[key] for key in card if key not in beside}}


def _short(card: Mapping[str, Any], used: str | None) -> dict[str, Any]:
    told = {name: card.get(name) for name in _SHORT}
    measures = {name: card["verdict"].get(name) for name in _MEASURES}
    return {**told, **measures, "in_use": card["fingerprint"] == used}


def _used(latest: Latest) -> str | None:
    """Return the fingerprint of the model whose PDs the last run holds, if any."""
    try:
        by = latest().get("pd_by")
    except NoRunError:
        return None
    return None if by is None else str(by["fingerprint"])
