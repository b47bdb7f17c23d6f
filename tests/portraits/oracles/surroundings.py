"""What surrounds enterprises, reckoned a second time in plain Python."""

from collections.abc import Mapping
from datetime import date

from tests.factories import Row
from tests.portraits.oracles.base import ago
from tests.portraits.oracles.harness import Portraits, Told


def portray(facts: Told, as_of: date) -> Portraits:
    series: dict[str, dict[int, tuple[date, float]]] = {}
    for row in facts["series"]:
        months = series.setdefault(row["series"], {})
        month = ago(row["happened_on"], as_of)
        told = (row["happened_on"], row["value"])
        months[month] = max(months.get(month, told), told)
    values = {
        name: {month: value for month, (_, value) in months.items()}
        for name, months in series.items()
    }
    return {
        row["enterprise_id"]: {
            **_rate(values.get("LPR1Y", {})),
            **_index("economy", values.get("PMI", {})),
            **_index("trade", _trade(values, row["industry"])),
        }
        for row in facts["enterprises"]
    }


def _rate(months: Mapping[int, float]) -> Row:
    now = months[min(months)] if months else None
    before = [month for month in months if month >= 12]
    stood = months[min(before)] if before else None
    return {"lpr_now": now, "lpr_change_12m": _less(now, stood)}


def _trade(
    series: Mapping[str, Mapping[int, float]], industry: str | None
) -> Mapping[int, float]:
    for length in range(len(industry or ""), 0, -1):
        months = series.get(f"INDUSTRY-{(industry or '')[:length]}", {})
        if months and min(months) <= 6:
            return months
    return {}


def _index(name: str, months: Mapping[int, float]) -> Row:
    if not months or min(months) > 6:
        return dict.fromkeys(
            f"{name}_index_{end}" for end in ("now", "change_12m", "mean_12m")
        )
    last = min(months)
    year = [months[last + n] for n in range(12) if last + n in months]
    return {
        f"{name}_index_now": months[last],
        f"{name}_index_change_12m": _less(months[last], months.get(last + 12)),
        f"{name}_index_mean_12m": sum(year) / len(year) if len(year) > 6 else None,
    }


def _less(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before
