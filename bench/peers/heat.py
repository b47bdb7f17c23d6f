"""What heat and cold do to real meters, by their days within months.

A month's production may follow the season, a day's within its month hardly follows the
weather: what a meter reads more on hot days than on cool ones of the same month is
heat. Days off and twenty days about Spring Festival are left out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.csv as pc
import pyarrow.parquet as pq

from xiaowei.verification.electricity.weather import COOLING_FROM, HEATING_FROM

Floats = npt.NDArray[np.float64]

_FESTIVALS: Final = np.array(["2015-02-19", "2016-02-08"], dtype="datetime64[D]")
_ABOUT: Final = 20
_LEAST_DAYS: Final = 150
_FAR, _FAR_SLOPE = 1.0, 0.2
"""Days and slopes beyond so much are taken to be so much: a few meters stand still."""


@dataclass(frozen=True, slots=True)
class Heat:
    """What the weather was, and did.

    Args:
        degrees: Shape: (months, 2); mean degrees Celsius above 24 and below 8; missing
            where the weather is not known.
        slopes: Shape: (meters, 2); what a degree adds to the logarithm of a day, drawn
            to all meters' by how sure it is; missing where a meter has too few days.
        differ: spread between meters of both slopes, beyond their unsureness.
    """

    degrees: Floats
    slopes: Floats
    differ: Floats

    def of_months(self) -> Floats:
        """Return the logarithm that the weather adds; Shape: (meters, months)."""
        usual = np.where(np.isnan(self.slopes), 0.0, self.slopes)
        return np.asarray(usual @ np.nan_to_num(self.degrees).T, dtype=np.float64)

    def known(self) -> Floats:
        """Return the slopes of meters that have enough days."""
        return self.slopes[~np.isnan(self.slopes).any(axis=1)]


def heat(folder: Path, *, months: int, users: npt.NDArray[np.int64]) -> Heat:
    """Return what the weather was and did to some meters.

    Args:
        folder: of the public set yangzhong_power.
        months: from the first on.
        users: whose, in rising order.
    """
    day, warmth = _weather(folder / "weather.csv")
    beyond = np.stack(
        [
            np.clip(warmth - COOLING_FROM, 0, None),
            np.clip(HEATING_FROM - warmth, 0, None),
        ],
        axis=1,
    )
    month = (day.astype("datetime64[M]") - day[0].astype("datetime64[M]")).astype(int)
    degrees = np.full((months, 2), np.nan)
    for at in range(int(month.max()) + 1):
        degrees[at] = beyond[month == at].mean(axis=0)
    counts = _workdays(folder / "calendar.csv", day)
    logs = _logs(folder / "power_daily.parquet", day, users)
    found = np.array(
        [_slopes(one[counts], beyond[counts], month[counts]) for one in logs]
    )
    slopes, unsure = np.clip(found[:, :2], -_FAR_SLOPE, _FAR_SLOPE), found[:, 2:]
    able = ~np.isnan(slopes).any(axis=1)
    mean = slopes[able].mean(axis=0)
    between = np.maximum(slopes[able].var(axis=0) - unsure[able].mean(axis=0), 1e-6)
    drawn = mean + (slopes - mean) * between / (between + unsure)
    return Heat(degrees, drawn, np.sqrt(between))


def _slopes(logs: Floats, beyond: Floats, month: npt.NDArray[np.int64]) -> Floats:
    """Return least squares within months, and variances robust to each month's own."""
    known = ~np.isnan(logs)
    if known.sum() < _LEAST_DAYS:
        return np.full(4, np.nan)
    x, y, month = beyond[known], logs[known], month[known]
    days = np.maximum(np.bincount(month), 1)
    y = np.clip(y - (np.bincount(month, y) / days)[month], -_FAR, _FAR)
    for k in range(2):
        x[:, k] -= (np.bincount(month, x[:, k]) / days)[month]
    inverse = np.linalg.pinv(x.T @ x)
    slope = inverse @ x.T @ y
    off = x * (y - x @ slope)[:, None]
    sums = np.stack([np.bincount(month, off[:, k]) for k in range(2)])
    return np.concatenate([slope, np.diag(inverse @ sums @ sums.T @ inverse)])


def _weather(path: Path) -> tuple[npt.NDArray[np.datetime64], Floats]:
    table = pc.read_csv(path)
    texts = [table.column(name).to_pylist() for name in table.column_names[:3]]
    day = np.array([str(one)[:10] for one in texts[0]], dtype="datetime64[D]")
    high, low = (
        np.array([float(str(one).rstrip("℃")) for one in column])
        for column in texts[1:]
    )
    every = np.arange(day[0], day[-1] + 1)
    place = np.arange(len(every))
    told = np.searchsorted(every, day)
    return every, np.interp(place, told, (high + low) / 2)


def _workdays(path: Path, day: npt.NDArray[np.datetime64]) -> npt.NDArray[np.bool_]:
    table = pc.read_csv(path)
    told = np.asarray(table["record_date"].to_pylist(), dtype="datetime64[D]")
    works = np.isin(day, told[table["is_holiday"].to_numpy() == 0])
    for festival in _FESTIVALS:
        works &= np.abs((day - festival).astype(int)) > _ABOUT
    return works


def _logs(
    path: Path, day: npt.NDArray[np.datetime64], users: npt.NDArray[np.int64]
) -> Floats:
    table = pq.read_table(path)
    at = (table["record_date"].to_numpy().astype("datetime64[D]") - day[0]).astype(
        np.int64
    )
    user = table["user_id"].to_numpy()
    used = table["power_consumption"].to_numpy().astype(np.float64)
    row = np.minimum(np.searchsorted(users, user), len(users) - 1)
    # A reading of 1 is no use.
    kept = (at < len(day)) & (users[row] == user) & (used > 1)
    logs = np.full((len(users), len(day)), np.nan)
    logs[row[kept], at[kept]] = np.log(used[kept])
    return logs
