"""Which model the PDs of a run are of, as plain values."""

from typing import Any

from xiaowei.desk.document.said import both
from xiaowei.desk.line import Line


def pd_by(line: Line) -> dict[str, str] | None:
    """Return the model on record whose PDs a run holds; null for its own card's."""
    if line.applied is None:
        return None
    return {"name": line.applied.name, "fingerprint": line.applied.fingerprint}


def pd_of_model(line: Line, enterprise_id: str) -> dict[str, Any]:
    """Return the PD of the run's own card and why that of the model is what it is.

    Returns:
        `pd_card` and `pd_reasons`, families with what they add to the log-odds; both
        null where the PD is the card's.
    """
    if line.applied is None:
        return {"pd_card": None, "pd_reasons": None}
    return {
        "pd_card": line.applied.by_card[enterprise_id],
        "pd_reasons": [
            {
                "family": reason.family.key,
                **both(reason.family.title),
                "log_odds": round(reason.log_odds, 6),
                "traits": list(reason.traits),
            }
            for reason in line.applied.reasons[enterprise_id]
        ],
    }
