"""What the faces ask about portraits: all renewed for a day, or one at once."""

from datetime import date
from typing import Any, Final

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.portraying.daily import Portraits, Progress, Renewal
from xiaowei.desk.portraying.one import portrayer
from xiaowei.portraits.parts import TRAITS

_FOLDER: Final = "portraits"


def renew_portraits(
    home: Home, *, as_of: date | None = None, progress: Progress | None = None
) -> Renewal:
    """Bring the portraits of a home to a day.

    Args:
        home: the workspace.
        as_of: the day; null for today.
        progress: is told how far it is, where all are made anew.
    """
    kept = Portraits(home.root / _FOLDER, lake=home.lake)
    return kept.renew(as_of=as_of or clock.today(), progress=progress)


def portrait_at_once(
    home: Home, enterprise_id: str, *, as_of: date | None = None
) -> list[dict[str, Any]]:
    """Return the portrait of one enterprise, reckoned from the lake as it is.

    Args:
        home: the workspace.
        enterprise_id: whose.
        as_of: the day; null for today.

    Returns:
        one entry per trait in the order of the dictionary: name, zh, en, unit, value;
        the value is null where it cannot be known.

    Raises:
        UnknownEnterpriseError: no fact known by the day is about it.
    """
    folder = home.root / _FOLDER
    day = as_of or clock.today()
    with portrayer(home.lake, as_of=day, folder=folder) as one:
        values = one.portrait(enterprise_id)
    return [
        {
            "trait": trait.name,
            "zh": trait.zh,
            "en": trait.en,
            "unit": trait.unit,
            "value": values[trait.name],
        }
        for trait in TRAITS
    ]
