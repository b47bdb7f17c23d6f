"""Surveys, training and consents, reckoned a second time in plain Python."""

from datetime import date

from tests.factories import Row
from tests.portraits.oracles.harness import Portraits, Told, by_firm, lately, share

from xiaowei.facts.sources import SOURCES

GROUPS = {
    "pain_money_now": ("finance", "receivables"),
    "pain_market_now": ("orders", "costs", "tax"),
    "pain_means_now": ("labour", "premises", "technology"),
}
TOPICS = tuple(topic for topics in GROUPS.values() for topic in topics)
ASKING = sorted({source.family for source in SOURCES if source.asks_consent})


def agrees(rows: list[Row], family: str, as_of: date) -> bool:
    """Test whether what an enterprise signed lets a family be looked at."""
    signed = [row for row in rows if row["covers"] in {family, "all"}]
    order = max(((r["happened_on"], r["known_on"]) for r in signed), default=None)
    last = [row for row in signed if (row["happened_on"], row["known_on"]) == order]
    return bool(last) and all(
        row["state"] == "granted"
        and (row["until_on"] is None or row["until_on"] >= as_of)
        for row in last
    )


def portray(facts: Told, as_of: date) -> Portraits:
    found: Portraits = {}
    for firm, rows in by_firm(facts["surveys"]).items():
        found.setdefault(firm, {}).update(_pains(rows))
    for firm, rows in by_firm(facts["training"]).items():
        found.setdefault(firm, {}).update(_courses(rows, as_of))
    for firm, rows in by_firm(facts["consents"]).items():
        agreed = [family for family in ASKING if agrees(rows, family, as_of)]
        found.setdefault(firm, {})["consents_now"] = len(agreed)
    return found


def _pains(rows: list[Row]) -> Row:
    last = {
        row["topic"]: row["severity"]
        for row in sorted(rows, key=lambda row: row["happened_on"])
    }

    def mean(topics: tuple[str, ...]) -> float | None:
        said = [last[topic] for topic in topics if topic in last]
        return share(sum(said), len(said))

    return {name: mean(topics) for name, topics in GROUPS.items()} | {
        "pain_now": mean(TOPICS)
    }


def _courses(rows: list[Row], as_of: date) -> Row:
    def last(months: int) -> list[Row]:
        return [row for row in rows if lately(row["happened_on"], as_of, months)]

    asked = [row for row in last(24) if row["invited"] == "yes"]
    came = [row for row in asked if row["attended"] == "yes"]
    return {
        "training_invited_12m": len([r for r in last(12) if r["invited"] == "yes"]),
        "training_attended_12m": len([r for r in last(12) if r["attended"] == "yes"]),
        "training_attended_24m": len([r for r in last(24) if r["attended"] == "yes"]),
        "training_came_share_24m": share(len(came), len(asked)),
    }
