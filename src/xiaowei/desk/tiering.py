"""The tiers that firms had in the run before, and who has moved since."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from xiaowei.desk.home import Home
from xiaowei.desk.runs import last_run
from xiaowei.offers.tiers import TIERS, Tier, Tiering


@dataclass(frozen=True, slots=True)
class Former:
    """The run before.

    Args:
        run_id: which.
        as_of: its day.
        tiers: enterprise to the tier it had.
    """

    run_id: str
    as_of: date
    tiers: Mapping[str, Tier]


def former_tiers(home: Home, *, before: date) -> Former | None:
    """Return the tiers of the last run of an earlier day; null where there is none.

    Of several runs of that day the last one made counts. A run of the same day is left
    out, so that making a run again gives the same.

    Args:
        home: the workspace.
        before: the day of the run that is being made.
    """
    entry = last_run(home, until=before - timedelta(days=1))
    if entry is None:
        return None
    body = entry.body
    document = json.loads(home.journal.document(body["document"]))
    tiers = {
        firm["enterprise_id"]: cast("Tier", firm["tier"])
        for firm in document["firms"]
        if firm["tier"] in TIERS
    }
    return Former(body["run_id"], date.fromisoformat(body["as_of"]), tiers)


def migration(
    former: Former | None, tiers: Mapping[str, Tiering]
) -> dict[str, Any] | None:
    """Return how many firms went from which tier to which, as plain values.

    Args:
        former: the run before; null for none.
        tiers: enterprise to its tier now.

    Returns:
        `run_id` and `as_of` of the run before, `moves` from each tier to each with how
        many firms and what share of those that left from it, `new` firms and those
        `gone` since; null without a run before.
    """
    if former is None:
        return None
    moves = Counter(
        (former.tiers[firm], now.tier)
        for firm, now in tiers.items()
        if firm in former.tiers
    )
    stayed = Counter(tier for firm, tier in former.tiers.items() if firm in tiers)
    return {
        "run_id": former.run_id,
        "as_of": former.as_of.isoformat(),
        "moves": [
            {
                "from": here,
                "to": there,
                "firms": moves[here, there],
                "share": moves[here, there] / stayed[here] if stayed[here] else None,
            }
            for here in TIERS
            for there in TIERS
        ],
        "new": sum(firm not in former.tiers for firm in tiers),
        "gone": sum(firm not in tiers for firm in former.tiers),
    }
