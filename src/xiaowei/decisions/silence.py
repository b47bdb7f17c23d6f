"""What the silence of a complete source says: no entry is an entry of nothing.

Missing is a value and never zero, but for a source that lists all there is. The bank's
own books know every loan of ours; the lists of the courts are public and taken whole; a
report of the bureau that is on file names every loan there is. A firm that such a
source passes over has none, and that is known, not guessed. Of any other source, and of
one that may not be looked at or holds nothing of anybody, silence says nothing.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

_OWN_BOOKS: Final[Mapping[str, str]] = {
    "own_loans_all": "loans",
    "defaults": "credit_history",
}
_LISTS: Final[Mapping[str, str]] = {
    "court_bars": "court_cases",
    "court_dishonest_now": "court_cases",
    "court_restricted_now": "court_cases",
}
_REPORTING: Final = "bureau_loans"
_REPORTED: Final = ("debt_balance_now", "debt_overdue_now")
_REPORT: Final = (
    "bureau_loans_fresh_days",
    "bureau_guarantees_fresh_days",
    "bureau_enquiries_fresh_days",
)


def told_by_silence(
    values: Mapping[str, Any], *, held: Collection[str], closed: Collection[str]
) -> tuple[str, ...]:
    """Return the fields that are 0 because a complete source passes a firm over.

    Args:
        values: fields and traits of the firm; null where no source speaks.
        held: families that state anything of anybody.
        closed: families that may not be looked at.

    Returns:
        names in order, of fields that are null in `values`.
    """
    complete = {
        name for name, family in {**_OWN_BOOKS, **_LISTS}.items() if family in held
    }
    if _REPORTING in held and _REPORTING not in closed and _on_file(values):
        complete.update(_REPORTED)
    return tuple(sorted(name for name in complete if values.get(name) is None))


def _on_file(values: Mapping[str, Any]) -> bool:
    """Test whether a report of the bureau about the firm is on file.

    A report comes whole: whoever has its enquiries or guarantees has its loans, where
    the loans of anybody are handed in at all.
    """
    return any(values.get(name) is not None for name in _REPORT)
