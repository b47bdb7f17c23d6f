"""Calibration by the state of the economy, as a sheet of a model's workbook."""

from collections.abc import Mapping
from typing import Any, Final

from xiaowei.surfaces.report.sheets import Cell, Column, Sheet
from xiaowei.surfaces.report.texts import Words

REGIME_NAMES: Final[Mapping[str, Words]] = {
    "up": Words("扩张", "up"),
    "down": Words("收缩", "down"),
    "shock": Words("冲击", "shock"),
    "unknown": Words("未知", "unknown"),
}
"""States told by an index; those that a column names are called as there."""
REGIME_MEASURES: Final = ("ece", "intercept", "slope")


def regime_sheet(regimes: Mapping[str, Any], *, measures: Mapping[str, Words]) -> Sheet:
    """Return the sheet.

    Args:
        regimes: `column` and `regimes`, one entry per state.
        measures: what each measure is called.
    """
    columns = [
        Column(Words("状态", "state"), width=24),
        Column(Words("读数", "readings"), "count"),
        Column(Words("户数", "cases"), "count"),
        Column(Words("违约数", "bads"), "count"),
        Column(Words("平均违约概率", "mean PD"), "share"),
        Column(Words("违约率", "bad rate"), "share"),
        Column(Words("指标", "measure"), width=30),
        Column(Words("值", "value"), "number"),
        Column(Words("95%下限", "95% from"), "number"),
        Column(Words("95%上限", "95% to"), "number"),
    ]
    rows: list[list[Cell]] = []
    for one in regimes["regimes"]:
        told = [
            one[key] for key in ("readings", "firms", "bads", "mean_pd", "bad_rate")
        ]
        for key in REGIME_MEASURES:
            found = one[key]
            three = [found[end] if found else None for end in ("value", "low", "high")]
            named = f"{measures[key].zh} {measures[key].en}"
            rows.append([_named(one["name"]), *told, named, *three])
    return Sheet(Words("经济状态", "regimes"), columns, rows)


def _named(name: str) -> str:
    known = REGIME_NAMES.get(name)
    return name if known is None else f"{known.zh} {known.en}"
