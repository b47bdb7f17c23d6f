"""Whether a rating is on record or predicted, and whether the PD bears it out."""

from typing import Final

from xiaowei.surfaces.report.document import Firm
from xiaowei.surfaces.report.texts import words

_GOOD: Final = ("A", "B")
_POOR: Final = ("C", "D")
_HIGH_PD: Final = 0.15
_LOW_PD: Final = 0.03


def predicted(firm: Firm) -> bool:
    """Return whether a firm's rating is the model's and not one on record."""
    return firm["rating"] is not None and firm["rating_given"] is None


def disagree(firm: Firm) -> bool:
    """Return whether a firm's rating and PD tell opposite stories.

    >>> disagree({"rating": "A", "pd": 0.15}), disagree({"rating": "C", "pd": 0.03})
    (True, False)
    """
    rating, pd = firm["rating"], firm["pd"]
    if pd is None:
        return False
    if rating in _GOOD:
        return bool(pd >= _HIGH_PD)
    return rating in _POOR and bool(pd < _LOW_PD)


def rating_text(firm: Firm) -> str | None:
    """Return a firm's rating for one cell, marked where it is predicted.

    >>> rating_text({"rating": "A", "rating_given": None})
    'A 预测 predicted'
    """
    if not predicted(firm):
        rating: str | None = firm["rating"]
        return rating
    mark = words("rating_predicted")
    return f"{firm['rating']} {mark.zh} {mark.en}"
