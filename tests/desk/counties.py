"""Simulated counties in a home, for tests that need a whole bank's facts."""

from datetime import date
from pathlib import Path

from xiaowei.desk.home import open_home
from xiaowei.desk.taking import take_folder
from xiaowei.simulate.county import write_county


def taken_county(place: Path, *, seed: int, firms: int, until: date) -> Path:
    """Return a folder with `county`, its truth apart, and `home`, which holds it."""
    write_county(
        place / "county",
        seed=seed,
        firms=firms,
        until=until,
        form="parquet",
        daily_meters=0.0,
    )
    with open_home(place / "home") as home:
        take_folder(place / "county" / "sources", lake=home.lake, received_on=until)
    return place
