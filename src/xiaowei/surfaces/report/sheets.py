"""What each sheet of the workbook holds: its columns, and a row per thing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from xiaowei.money import FEN_PER_YUAN
from xiaowei.surfaces.report.document import Document
from xiaowei.surfaces.report.ratings import rating_text
from xiaowei.surfaces.report.texts import Words, words, words_or

Kind = Literal["text", "yuan", "share", "number", "count"]
Cell: TypeAlias = str | float | int | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Args:
        name: its heading in both languages.
        kind: how its cells are written; text is never a formula.
        width: in characters.
    """

    name: Words
    kind: Kind = "text"
    width: int = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: `sheet_NAME` of the catalogue, its columns and rows."""

    name: Words
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


def column(key: str, kind: Kind = "text", width: int = 14) -> Column:
    """Return a column headed by a text of the catalogue; money says its unit."""
    name = words(key)
    if kind == "yuan":
        unit = words("yuan")
        name = Words(f"{name.zh}（{unit.zh}）", f"{name.en} ({unit.en})")
    return Column(name, kind, width)


def yuan(fen: int | None) -> float | None:
    """Return fen as yuan, for a cell of money.

    >>> yuan(123_45)
    123.45
    """
    return None if fen is None else fen / FEN_PER_YUAN


def said(value: Mapping[str, str] | str | None, lang: str) -> str | None:
    """Return what a run says, in one language."""
    return value[lang] if isinstance(value, Mapping) else value


def both(value: Mapping[str, str] | str | None) -> str | None:
    """Return what a run says, in both languages where they differ, in one cell.

    >>> both({"zh": "甲", "en": "A"})
    '甲 / A'
    """
    if not isinstance(value, Mapping) or value["zh"] == value["en"]:
        return said(value, "zh")
    return f"{value['zh']} / {value['en']}"


def label(prefix: str, key: str | None) -> str | None:
    """Return a key's name in both languages, in one cell."""
    if key is None:
        return None
    pair = words_or(f"{prefix}_{key}", key)
    return pair.zh if pair.zh == pair.en else f"{pair.zh} {pair.en}"


def overview(run: Document) -> Sheet:
    """Return what was run, its key figures and its caveats."""
    money = run["portfolio"]
    rows: list[Sequence[Cell]] = [
        (_both("run"), run["run_id"], None),
        (_both("as_of_day"), run["as_of"], None),
        (_both("version"), run["version"], None),
        *_figures(
            money,
            ("budget_fen", "budget"),
            ("offered_fen", "offered_amount"),
            ("drawn_fen", "drawn_amount"),
            ("expected_profit_fen", "expected_profit"),
            ("profit_at_pd_low_fen", "at_pd_low"),
            ("profit_at_pd_high_fen", "at_pd_high"),
        ),
        *_breakeven(money),
        (_both("offered_firms"), None, money["firms"]),
        (_both("firms"), None, len(run["firms"])),
        (_both("mean_rate"), None, money["mean_rate"]),
        (_both("mean_pd_offered"), None, money["mean_pd"]),
    ]
    rows += [
        (_both("warning"), f"{said(one, 'zh')}\n{said(one, 'en')}", None)
        for one in run["warnings"]
    ]
    columns = (
        column("item", width=34),
        column("what_it_states", width=70),
        column("value", "number", 18),
    )
    return Sheet(words("sheet_overview"), columns, rows)


def firms(run: Document) -> Sheet:
    """Return every enterprise, one row each."""
    columns = (
        column("enterprise_id", width=22),
        column("firm_title", width=30),
        column("industry", width=24),
        column("park"),
        column("tier", width=26),
        column("rating", width=18),
        column("rating_given", width=10),
        column("score", "count", 10),
        column("pd_stated", "share"),
        column("pd_low", "share"),
        column("pd_high", "share"),
        column("limit", "yuan", 18),
        column("rate", "share", 10),
        column("churn", "share"),
        column("expected_profit", "yuan", 18),
        column("defaulted", width=12),
        column("differs_count", "count", 12),
        column("offer_path", width=60),
    )
    return Sheet(words("sheet_firms"), columns, [_firm(one) for one in run["firms"]])


def reasons(run: Document) -> Sheet:
    """Return the points of every score, one row per trait and the base."""
    columns = (
        column("enterprise_id", width=22),
        column("trait_key", width=26),
        column("name_zh", width=24),
        column("name_en", width=30),
        column("value", "number"),
        column("unit", width=10),
        column("points", "count", 10),
        column("text_zh", width=44),
        column("text_en", width=44),
    )
    return Sheet(words("sheet_reasons"), columns, list(_reasons(run)))


def findings(run: Document) -> Sheet:
    """Return every finding of every enterprise, silent ones too."""
    columns = (
        column("enterprise_id", width=22),
        column("check_key", width=22),
        column("outcome", width=18),
        column("severity", width=12),
        column("expected", width=20),
        column("observed", width=20),
        column("by_chance", "share"),
        column("text_zh", width=50),
        column("text_en", width=50),
        column("benign", width=30),
        column("evidence_count", "count", 12),
        column("evidence_label", width=60),
    )
    return Sheet(words("sheet_findings"), columns, list(_findings(run)))


def traits(run: Document) -> Sheet:
    """Return the dictionary of traits."""
    columns = (
        column("trait_key", width=28),
        column("name_zh", width=28),
        column("name_en", width=44),
        column("meaning", width=70),
        column("unit", width=14),
        column("window", width=10),
        column("sources", width=30),
        column("direction", width=28),
        column("missing_share", "share"),
    )
    rows = [
        (
            one["name"],
            one["zh"],
            one.get("en") or one["name"],
            one["meaning"],
            label("unit", one["unit"]),
            one["window"],
            ", ".join(one["sources"]),
            label("direction", one["direction"]),
            one["missing_share"],
        )
        for one in run["traits"]
    ]
    return Sheet(words("sheet_traits"), columns, rows)


def _both(key: str) -> str:
    pair = words(key)
    return f"{pair.zh} {pair.en}"


def _figures(
    money: Mapping[str, Any], *keys: tuple[str, str]
) -> Iterator[Sequence[Cell]]:
    for key, name in keys:
        if key in money:
            yield f"{_both(name)} ({_both('yuan')})", None, yuan(money[key])


def _breakeven(money: Mapping[str, Any]) -> Iterator[Sequence[Cell]]:
    if money.get("breakeven_pd") is not None:
        yield _both("breakeven_pd"), None, money["breakeven_pd"]


def _firm(one: Mapping[str, Any]) -> Sequence[Cell]:
    offered = bool(one["limit_fen"])
    steps = [both(step) or "" for step in one["offer_steps"]]
    return (
        one["enterprise_id"],
        one["name"],
        one["industry"],
        one["park"],
        label("tier", one["tier"]),
        rating_text(one),
        one["rating_given"],
        one["score"],
        one["pd"],
        one["pd_low"],
        one["pd_high"],
        yuan(one["limit_fen"]),
        one["rate"],
        one["churn"],
        yuan(one["expected_profit_fen"]) if offered else None,
        _yes(one["defaulted"]),
        sum(1 for row in one["findings"] if row["outcome"] == "differs"),
        "\n".join(steps),
    )


def _yes(value: bool | None) -> str | None:  # noqa: FBT001 (a value, not a switch)
    return None if value is None else _both("said_yes" if value else "said_no")


def _reasons(run: Document) -> Iterator[Sequence[Cell]]:
    base = words("base_points")
    for firm in run["firms"]:
        whom = firm["enterprise_id"]
        points = firm["base_points"]
        yield whom, "base_points", base.zh, base.en, None, None, points, None, None
        for one in firm["reasons"]:
            yield (
                whom,
                one["trait"],
                one["zh"],
                one.get("en") or one["trait"],
                yuan(one["value"]) if one["unit"] == "fen" else one["value"],
                _both("yuan") if one["unit"] == "fen" else label("unit", one["unit"]),
                one["points"],
                said(one["text"], "zh"),
                said(one["text"], "en"),
            )


def _findings(run: Document) -> Iterator[Sequence[Cell]]:
    for firm in run["firms"]:
        for one in firm["findings"]:
            yield (
                firm["enterprise_id"],
                one["check"],
                label("outcome", one["outcome"]),
                label("severity", one["severity"]),
                both(one["expected"]),
                both(one["observed"]),
                one["unlikely"],
                said(one["text"], "zh"),
                said(one["text"], "en"),
                both(one["benign"]),
                len(one["evidence"]),
                "\n".join(map(_evidence, one["evidence"])),
            )


def _evidence(fact: Mapping[str, Any]) -> str:
    line = "?" if fact["line"] is None else fact["line"]
    return f"{fact['file']}:{line} {both(fact['text'])}"
