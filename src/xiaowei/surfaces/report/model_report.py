"""What a model was worth, as a page and a workbook that a committee can sign."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from xiaowei.errors import InputError
from xiaowei.surfaces.report.html import policy_of
from xiaowei.surfaces.report.regime_sheet import (
    REGIME_MEASURES,
    REGIME_NAMES,
    regime_sheet,
)
from xiaowei.surfaces.report.render import STATIC, STYLES, render
from xiaowei.surfaces.report.sheets import Cell, Column, Sheet
from xiaowei.surfaces.report.texts import Words
from xiaowei.surfaces.report.whole import write_whole
from xiaowei.surfaces.report.workbook import book_bytes

Card = Mapping[str, Any]
"""The card of a model on record, with `verdict`, and `by` where it was validated."""

MEASURES: Final[Mapping[str, Words]] = {
    "auc": Words("区分度 AUC", "AUC, 0.5 is chance"),
    "ks": Words("KS", "KS"),
    "brier": Words("Brier 误差", "Brier score"),
    "ece": Words("期望校准误差", "expected calibration error"),
    "intercept": Words("校准截距（应为0）", "calibration intercept, 0 is right"),
    "slope": Words("校准斜率（应为1）", "calibration slope, 1 is right"),
}
"""What is measured, in the order it is shown."""

FAIRNESS_MEASURES: Final[Mapping[str, Words]] = {
    "auc": Words("区分度差", "AUC"),
    "calibration": Words("实际减预期违约率差", "bad rate less mean PD"),
    "approval": Words("通过率差", "approval share"),
    "miss": Words("漏放率差", "share of defaults approved"),
    "approval_at_equal_pd": Words("同等违约概率下通过率差", "approval at equal PD"),
}
"""By what a group is compared with all others, in the order it is told."""

_SIDE: Final = 320
"""Pixels of the drawing's side."""


class ReportNameError(InputError):
    """A report of a model was asked for in a form that is not there."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        super().__init__(
            f"'{path.name}' names no form of report",
            expected="a name that ends in .html or .xlsx",
            remedy="Give such a name with --report",
        )


def write_model_report(card: Card, *, path: Path) -> None:
    """Write what a model was worth, in Chinese and in English.

    The same card gives the same bytes.

    Args:
        card: of the model.
        path: a file that ends in .html or .xlsx; it appears whole or not at all.

    Raises:
        ReportNameError: it ends in something else.
    """
    if path.suffix.lower() == ".html":
        write_whole(path, model_html(card).encode("utf-8"))
    elif path.suffix.lower() == ".xlsx":
        write_whole(path, model_book(card))
    else:
        raise ReportNameError(path)


def model_html(card: Card) -> str:
    """Return the page: one file, no script, no request to anybody."""
    style = "\n".join(
        (STATIC / name).read_text(encoding="utf-8").strip() for name in STYLES
    )
    return render(
        "model_report.html",
        card=card,
        measures=MEASURES,
        fairness_measures=FAIRNESS_MEASURES,
        regime_measures=REGIME_MEASURES,
        regime_names=REGIME_NAMES,
        points=list(_points(card["verdict"]["tenths"])),
        side=_SIDE,
        policy=policy_of(style, ()),
        style=Markup(style),  # noqa: S704 (our own files)
    )


def model_book(card: Card) -> bytes:
    """Return the workbook: summary, tenths, parts, regimes, fairness, leaks, traits."""
    regimes = card.get("regimes")
    return book_bytes(
        [
            _summary(card),
            _tenths(card),
            _parts(card),
            *([regime_sheet(regimes, measures=MEASURES)] if regimes else []),
            *([_fairness(card)] if card.get("fairness") else []),
            _refused(card),
            _traits(card),
        ],
        title=f"xiaowei {card['name']} {card['fingerprint'][:12]}",
        day=datetime.fromisoformat(card["made_at"]),
    )


def _points(tenths: Sequence[Mapping[str, float]]) -> Iterator[dict[str, float]]:
    """Yield where each tenth stands in the drawing, from its lower left corner."""
    most = max(max(one["pd"], one["high"]) for one in tenths) or 1.0
    for one in tenths:
        yield {
            "x": round(_SIDE * one["pd"] / most, 1),
            "y": round(_SIDE * (1 - one["bad_rate"] / most), 1),
            "low": round(_SIDE * (1 - one["low"] / most), 1),
            "high": round(_SIDE * (1 - one["high"] / most), 1),
            "most": most,
        }


def _summary(card: Card) -> Sheet:
    data, split, verdict = card["data"], card["split"], card["verdict"]
    facts: list[tuple[str, str, Cell]] = [
        ("模型", "model", card["name"]),
        ("种类", "kind", card["kind"]),
        ("指纹 SHA-256", "fingerprint SHA-256", card["fingerprint"]),
        ("入册时间", "on record since", card["made_at"]),
        ("样本文件", "file of cases", data["file"]),
        ("文件 SHA-256", "SHA-256 of the file", data["sha256"]),
        ("样本数", "cases", data["cases"]),
        ("违约数", "defaults", data["bads"]),
        ("表现期（月）", "window, months", data["window_months"]),
        ("跨期检验", "out of time", "是 yes" if split["out_of_time"] else "否 no"),
        ("检验起始日", "judged from", split["judged_from"]),
        ("训练数", "learnt from", split["learnt_from"]),
        ("检验数", "judged", verdict["firms"]),
        ("未成熟", "not ripe", split["unripe"]),
        ("与检验同组而剔除", "left out, group is judged", split["shared"]),
        ("平均违约概率", "mean PD", verdict["mean_pd"]),
        ("实际违约率", "bad rate", verdict["bad_rate"]),
        ("训练人", "trained by", card.get("trained_by")),
        ("检验人", "validated by", card.get("by")),
        ("签名人", "signed by", _signers(card)),
    ]
    rows: list[list[Cell]] = [[zh, en, value, None, None] for zh, en, value in facts]
    rows += [
        [label.zh, label.en, *_three(verdict[key])] for key, label in MEASURES.items()
    ]
    columns = [
        Column(Words("项目", "item"), width=24),
        Column(Words("英文", "in English"), width=30),
        Column(Words("值", "value"), "number", 28),
        Column(Words("95%下限", "95% from"), "number"),
        Column(Words("95%上限", "95% to"), "number"),
    ]
    return Sheet(Words("摘要", "summary"), columns, rows)


def _signers(card: Card) -> str | None:
    """Return whose signatures are good, or null."""
    good = [one for one in card.get("signatures", ()) if one["state"] == "good"]
    return ", ".join(f"{one['by']} {one['key'][:12]}" for one in good) or None


def _tenths(card: Card) -> Sheet:
    columns = [
        Column(Words("组", "tenth"), "count"),
        Column(Words("户数", "firms"), "count"),
        Column(Words("平均违约概率", "mean PD"), "share"),
        Column(Words("违约率", "bad rate"), "share"),
        Column(Words("95%下限", "95% from"), "share"),
        Column(Words("95%上限", "95% to"), "share"),
    ]
    rows = [
        [at, one["firms"], one["pd"], one["bad_rate"], one["low"], one["high"]]
        for at, one in enumerate(card["verdict"]["tenths"], start=1)
    ]
    return Sheet(Words("校准", "calibration"), columns, rows)


def _parts(card: Card) -> Sheet:
    columns = [
        Column(Words("分组", "part"), width=24),
        Column(Words("户数", "firms"), "count"),
        Column(Words("违约数", "bads"), "count"),
        Column(Words("平均违约概率", "mean PD"), "share"),
        Column(Words("违约率", "bad rate"), "share"),
        Column(Words("AUC", "AUC"), "number"),
        Column(Words("95%下限", "95% from"), "number"),
        Column(Words("95%上限", "95% to"), "number"),
    ]
    rows = [
        [
            name,
            one["firms"],
            one["bads"],
            one["mean_pd"],
            one["bad_rate"],
            *_three(one["auc"]),
        ]
        for name, one in card["verdict"]["segments"].items()
    ]
    return Sheet(Words("分组检验", "parts"), columns, rows)


def _fairness(card: Card) -> Sheet:
    columns = [
        Column(Words("分组字段", "column"), width=24),
        Column(Words("组", "group"), width=24),
        Column(Words("户数", "firms"), "count"),
        Column(Words("是否评判", "judged")),
        Column(Words("指标", "measure"), width=30),
        Column(Words("差值", "difference"), "number"),
        Column(Words("95%下限", "95% from"), "number"),
        Column(Words("95%上限", "95% to"), "number"),
        Column(Words("校正后p值", "corrected p"), "number"),
    ]
    rows: list[list[Cell]] = []
    for one in card["fairness"]:
        for group in one["groups"]:
            start = [one["column"], group["name"], group["firms"]]
            if not group["judged"]:
                rows.append([*start, "否 no", None, None, None, None, None])
            rows += [
                [
                    *start,
                    "是 yes",
                    _both(FAIRNESS_MEASURES[gap["measure"]]),
                    gap["value"],
                    gap["low"],
                    gap["high"],
                    gap["corrected"],
                ]
                for gap in group["gaps"]
            ]
    return Sheet(Words("公平性", "fairness"), columns, rows)


def _both(words: Words) -> str:
    return f"{words.zh} {words.en}"


def _refused(card: Card) -> Sheet:
    columns = [
        Column(Words("列", "column"), width=24),
        Column(Words("处理", "severity")),
        Column(Words("原因", "reason"), width=44),
        Column(Words("英文", "in English"), width=44),
        Column(Words("依据", "evidence"), width=44),
    ]
    rows = [
        [one["column"], one["severity"], one["zh"], one["en"], str(one["evidence"])]
        for one in card["refused"]
    ]
    return Sheet(Words("数据泄漏", "leaks"), columns, rows)


def _traits(card: Card) -> Sheet:
    columns = [Column(Words("指标", "trait"), width=32)]
    return Sheet(Words("指标", "traits"), columns, [[one] for one in card["traits"]])


def _three(one: Mapping[str, float]) -> list[Cell]:
    return [one["value"], one["low"], one["high"]]
