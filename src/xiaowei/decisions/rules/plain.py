"""Rule sets as plain values, the same for the same rules, and their fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xiaowei.decisions.rules.grammar import (
    Comparison,
    Condition,
    Group,
    Limit,
    Rule,
    RuleSet,
)
from xiaowei.money import FEN_PER_YUAN
from xiaowei.said import Said


def as_plain(rules: RuleSet) -> dict[str, Any]:
    """Return a rule set as JSON holds it; `rule_set_of` gives the same set back.

    What has its usual value is left out, and sets are in order, so that one rule set
    has one form.
    """
    end = {} if rules.until is None else {"until": rules.until.isoformat()}
    return {
        "name": rules.name,
        "version": str(rules.version),
        "since": rules.since.isoformat(),
        **end,
        "title": _said(rules.title),
        "purpose": _said(rules.purpose),
        "default": rules.default or "none",
        "set_by": rules.set_by,
        "rules": [rule_plain(rule) for rule in rules.rules],
    }


def fingerprint(rules: RuleSet) -> str:
    """Return the SHA-256 of a rule set's canonical JSON, in hexadecimal digits."""
    return digest(as_plain(rules))


def digest(plain: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain values: keys in order, no spaces, UTF-8.

    >>> digest({"b": "1", "a": "微"})[:12]
    'abb3e53dd4ff'
    """
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def rule_plain(rule: Rule) -> dict[str, Any]:
    """Return one rule as JSON holds it."""
    plain: dict[str, Any] = {
        "code": rule.code,
        "title": _said(rule.title),
        "when": condition_plain(rule.when),
        "outcome": rule.outcome,
        "reason": rule.reason,
        "source": rule.source,
    }
    if rule.cap_fen is not None:
        plain["cap_yuan"] = str(rule.cap_fen // FEN_PER_YUAN)
    if rule.rate_add:
        plain["rate_add"] = number_text(rule.rate_add)
    if rule.ask:
        plain["ask"] = [_said(one) for one in rule.ask]
    if rule.when_unknown != "refer":
        plain["when_unknown"] = rule.when_unknown
    return plain


def condition_plain(condition: Condition) -> dict[str, Any]:
    """Return a condition as JSON holds it."""
    if isinstance(condition, Group):
        return {condition.join: [condition_plain(part) for part in condition.parts]}
    plain: dict[str, Any] = {"trait": condition.field, "operator": condition.operator}
    if condition.limits:
        plain["limit"] = _limits(condition)
    if condition.unit is not None:
        plain["unit"] = condition.unit
    return plain


def number_text(number: Decimal) -> str:
    """Write a number without exponent and without zeros at its end.

    >>> number_text(Decimal("0.50")), number_text(Decimal("1E+3"))
    ('0.5', '1000')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _limits(comparison: Comparison) -> Any:  # noqa: ANN401 - one value or several
    values = [_limit(one) for one in comparison.limits]
    several = comparison.operator in ("between", "in", "not in")
    return values if several else values[0]


def _limit(limit: Limit) -> Any:  # noqa: ANN401 - a text, or the name of a number
    if limit.policy is not None:
        return {"policy": limit.policy}
    if isinstance(limit.value, Decimal):
        return number_text(limit.value)
    return limit.value.isoformat() if isinstance(limit.value, date) else limit.value


def _said(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
