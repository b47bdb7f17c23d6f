"""What a run document must hold before it can be shown."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from xiaowei.errors import InputError, NotFoundError

Document: TypeAlias = Mapping[str, Any]
Firm: TypeAlias = Mapping[str, Any]

SCHEMA: Final = "xiaowei.run/1"

_KEYS: Final = frozenset(
    (
        "schema",
        "run_id",
        "as_of",
        "version",
        "facts",
        "not_read",
        "warnings",
        "firms",
        "radar_axes",
        "peer_group",
        "traits",
        "checks",
        "portfolio",
        "demand",
        "validation",
        "timing",
    )
)
_FIRM_KEYS: Final = frozenset(
    (
        "enterprise_id",
        "name",
        "industry",
        "park",
        "as_of",
        "pd",
        "pd_low",
        "pd_high",
        "score",
        "base_points",
        "rating",
        "rating_given",
        "rating_odds",
        "defaulted",
        "out_of_range",
        "tier",
        "tier_reasons",
        "limit_fen",
        "rate",
        "churn",
        "expected_profit_fen",
        "offer_steps",
        "reasons",
        "findings",
        "radar",
        "series",
        "traits",
    )
)
_NAMED_AT_MOST: Final = 5


class RunDocumentError(InputError):
    """A run document lacks what the pages show; all faults are named at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name the first faults and how many more there are."""
        named = "; ".join(faults[:_NAMED_AT_MOST])
        more = len(faults) - _NAMED_AT_MOST
        rest = f"; and {more} more" if more > 0 else ""
        super().__init__(
            f"the run document has {len(faults)} fault(s): {named}{rest}",
            expected=f"a document of schema {SCHEMA} with all its keys",
            remedy="Make the run again with this version: xiaowei run",
        )


class UnknownFirmError(NotFoundError):
    """A run holds no enterprise of this id."""

    def __init__(self, enterprise_id: str, *, run_id: str, firms: int) -> None:
        """Name the enterprise and the run."""
        super().__init__(
            f"enterprise '{enterprise_id}' is not in run {run_id}",
            expected=f"one of its {firms} enterprises",
            remedy="Look it up in the list of enterprises, or load its facts and run",
        )
        self.enterprise_id = enterprise_id


def checked(document: Document) -> Document:
    """Return the document if the pages can show it.

    Raises:
        RunDocumentError: the schema is another, or keys are missing.
    """
    faults = [f"key '{key}' is missing" for key in sorted(_KEYS - document.keys())]
    stated = document.get("schema")
    if stated != SCHEMA:
        faults.insert(0, f"schema is '{stated}'")
    for firm in document.get("firms", ()):
        missing = sorted(_FIRM_KEYS - firm.keys())
        if missing:
            whom = firm.get("enterprise_id", "?")
            faults.append(f"enterprise '{whom}' lacks {', '.join(missing)}")
    if faults:
        raise RunDocumentError(faults)
    return document


def firm_of(document: Document, enterprise_id: str) -> Firm:
    """Return one enterprise of a run.

    Raises:
        UnknownFirmError: the run does not hold it.
    """
    firms = document["firms"]
    for firm in firms:
        if firm["enterprise_id"] == enterprise_id:
            found: Firm = firm
            return found
    raise UnknownFirmError(enterprise_id, run_id=document["run_id"], firms=len(firms))
