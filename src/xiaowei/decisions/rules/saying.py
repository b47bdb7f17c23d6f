"""Rules in Chinese and English, from the very operator and limit that they test."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from xiaowei.decisions.rules.fields import FIELDS, Field
from xiaowei.decisions.rules.grammar import (
    OUTCOMES,
    WHEN_UNKNOWN,
    Comparison,
    Condition,
    Limit,
    Outcome,
    Rule,
    Value,
)
from xiaowei.decisions.rules.plain import number_text
from xiaowei.money import FEN_PER_WAN, FEN_PER_YUAN
from xiaowei.offers.asked import written
from xiaowei.portraits.traits.trait import Unit
from xiaowei.said import Said

_WORDS: Final[Mapping[str, Said]] = {
    "<": Said("低于", "is below"),
    "<=": Said("不超过", "is at most"),
    ">": Said("高于", "is above"),
    ">=": Said("不低于", "is at least"),
    "=": Said("为", "is"),
    "!=": Said("不为", "is not"),
    "in": Said("属于", "is one of"),
    "not in": Said("不属于", "is none of"),
}
_UNITS: Final[Mapping[str, Unit]] = {
    "share": "share",
    "ratio": "ratio",
    "count": "count",
    "days": "days",
    "months": "months",
    "kwh": "kwh",
    "m3": "m3",
    "grade": "grade",
}
"""Units that products say as well."""
_JOINS: Final[Mapping[str, Said]] = {
    "all": Said("，且", " and "),
    "any": Said("，或", " or "),
}
_NO_NAMES: Final[Mapping[str, Said]] = {}


def condition_said(
    condition: Condition, *, names: Mapping[str, Said] = _NO_NAMES, inner: bool = False
) -> Said:
    """Say a condition.

    Args:
        condition: settled or not; a number of the book is said by its name, and with
            its value where it has one.
        names: what people call the numbers of the book.
        inner: whether it stands within another, so that several parts need brackets.
    """
    if isinstance(condition, Comparison):
        return comparison_said(condition, names=names)
    word = _JOINS[condition.join]
    parts = [condition_said(part, names=names, inner=True) for part in condition.parts]
    zh, en = word.zh.join(one.zh for one in parts), word.en.join(o.en for o in parts)
    return Said(f"（{zh}）", f"({en})") if inner and len(parts) > 1 else Said(zh, en)


def comparison_said(
    comparison: Comparison, *, names: Mapping[str, Said] = _NO_NAMES
) -> Said:
    """Say one comparison, to the last digit of its limit."""
    field = FIELDS[comparison.field]
    label, operator = field.label, comparison.operator
    if operator == "missing":
        return Said(f"{label.zh}未知", f"{label.en} is unknown")
    if operator == "known":
        return Said(f"{label.zh}已知", f"{label.en} is known")
    limits = [_limit_said(one, field, names) for one in comparison.limits]
    if operator == "between":
        low, high = limits
        return Said(
            f"{label.zh}介于{low.zh}与{high.zh}之间（含两端）",
            f"{label.en} is from {low.en} to {high.en}, both included",
        )
    word = _WORDS[operator]
    listed = _listed(limits)
    return Said(f"{label.zh}{word.zh}{listed.zh}", f"{label.en} {word.en} {listed.en}")


def value_said(value: Value | None, *, field: Field) -> Said:
    """Say a value as rows hold it, to its last digit.

    Args:
        value: money in fen; null where missing.
        field: whose it is.

    >>> value_said(Decimal(500_000_00), field=FIELDS["amount"])
    Said(zh='50 万元', en='CNY 500,000')
    >>> value_said(Decimal("0.0525"), field=FIELDS["pd"]).en
    '5.25%'
    """
    if value is None:
        return Said("未知", "unknown")
    if isinstance(value, date):
        return Said(*[value.isoformat()] * 2)
    if isinstance(value, str):
        choices = field.choices or {}
        told = choices.get(value)
        return Said(f"“{value}”", f"'{value}'") if told is None else told
    return _number_said(value, field.unit or "")


def outcome_said(outcome: Outcome | None) -> Said:
    """Say what is done; null is said as that nothing decides."""
    return (
        Said("无规则判定", "no rule decides") if outcome is None else OUTCOMES[outcome]
    )


def rule_said(rule: Rule, *, names: Mapping[str, Said] = _NO_NAMES) -> Said:
    """Say a rule: its condition, outcome, what comes with it, and what if unknown."""
    when, done = condition_said(rule.when, names=names), effect_said(rule)
    unknown = WHEN_UNKNOWN[rule.when_unknown]
    return Said(
        f"若{when.zh}，则{done.zh}；未知时{unknown.zh}",
        f"if {when.en}: {done.en}; where unknown, {unknown.en}",
    )


def effect_said(rule: Rule) -> Said:
    """Say what a rule does where it holds."""
    done = OUTCOMES[rule.outcome]
    zh, en = [done.zh], [done.en]
    if rule.cap_fen is not None:
        cap = _number_said(Decimal(rule.cap_fen), "fen")
        zh.append(f"额度不超过{cap.zh}")
        en.append(f"a limit of at most {cap.en}")
    if rule.rate_add:
        add = number_text(rule.rate_add * 10_000)
        zh.append(f"年利率加{add}基点")
        en.append(f"{add} basis points more a year")
    if rule.ask:
        zh.append("须补充：" + "、".join(one.zh for one in rule.ask))
        en.append("ask for: " + ", ".join(one.en for one in rule.ask))
    return Said("，".join(zh), ", ".join(en))


def _limit_said(limit: Limit, field: Field, names: Mapping[str, Said]) -> Said:
    value = limit.value
    if isinstance(value, Decimal) and field.unit == "fen":
        value *= FEN_PER_YUAN
    if limit.policy is None:
        return value_said(value, field=field)
    name = names.get(limit.policy, Said(limit.policy, limit.policy))
    if value is None:
        return Said(f"政策数“{name.zh}”", f"policy number '{name.en}'")
    told = value_said(value, field=field)
    return Said(f"{told.zh}（政策数“{name.zh}”）", f"{told.en} ('{name.en}')")


def _number_said(value: Decimal, unit: str) -> Said:
    if unit == "fen" and value and not value % FEN_PER_WAN:
        wan = f"{int(value) // FEN_PER_WAN:,}" if value > 0 else None
        wan = wan or f"-{int(-value) // FEN_PER_WAN:,}"
        return Said(f"{wan} 万元", written(value, "fen").en)
    if unit == "fen":
        return written(value, "fen")
    if unit == "points":
        return Said(f"{number_text(value)} 分", f"{number_text(value)} points")
    if unit in _UNITS:
        return written(value, _UNITS[unit])
    return Said(*[number_text(value)] * 2)


def _listed(limits: Sequence[Said]) -> Said:
    return Said("、".join(one.zh for one in limits), ", ".join(o.en for o in limits))
