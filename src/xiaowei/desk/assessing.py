"""One enterprise of a run in; its assessment and who said it out, as plain values."""

from collections.abc import Mapping
from typing import Any, Final

SAID: Final = (
    "enterprise_id", "name", "as_of", "pd", "pd_low", "pd_high", "pd_card",
    "pd_reasons", "score", "base_points", "reasons", "out_of_range", "rating",
    "rating_given", "tier", "tier_before", "tier_reasons",
)  # fmt: skip
"""What of an enterprise in a run's document is its assessment."""


def assessment_of(run: Mapping[str, Any], firm: Mapping[str, Any]) -> dict[str, Any]:
    """Return the assessment of an enterprise as the run has it.

    Args:
        run: the run's document.
        firm: the enterprise, of that run.

    Returns:
        those of `SAID`, null where the run does not tell it; `run_id`; and `model`,
        whose PD it is: `name` and `fingerprint` of one on record, null for the card
        that the run itself learnt.
    """
    told = {name: firm.get(name) for name in SAID}
    return {**told, "run_id": run["run_id"], "model": run.get("pd_by")}
