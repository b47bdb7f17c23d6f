"""Rule sets from YAML or plain JSON values; every fault is named at once."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from xiaowei.decisions.rules.conditions import condition_of, day_of
from xiaowei.decisions.rules.fields import near
from xiaowei.decisions.rules.grammar import (
    MOST_RULES,
    OUTCOMES,
    WHEN_UNKNOWN,
    Outcome,
    Rule,
    RuleSet,
    WhenUnknown,
)
from xiaowei.decisions.rules.reasons import reason_keys
from xiaowei.errors import InputError
from xiaowei.money import FEN_PER_YUAN
from xiaowei.policy.book import Book
from xiaowei.policy.stated import Stated, check_period, stated_in

_DUE: Final = (
    "name", "version", "since", "title", "purpose", "default", "set_by", "rules",
)  # fmt: skip
_RULE_DUE: Final = ("code", "title", "when", "outcome", "reason", "source")
_RULE_MAY: Final = ("cap_yuan", "rate_add", "ask", "when_unknown")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MOST_YUAN: Final = 10**9
_MOST_VERSION: Final = 10**6
_MOST_ASKED: Final = 20
_LONGEST_FILE: Final = 2**20
_MOST_ADD: Final = Decimal("0.2")
_BASIS_POINT: Final = Decimal("0.0001")
SHIPPED: Final = "start.yaml"
"""The rule set that a bank may start with."""


class RuleSetError(InputError):
    """A rule set cannot be used; all of its faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"rules in '{file}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected=f"{', '.join(_DUE)}, and until where it ends; per rule "
            f"{', '.join(_RULE_DUE)}, and {', '.join(_RULE_MAY)} where it has any; "
            "numbers in quotes, or {policy: NAME}",
            remedy="Mend these rules and load the file again; nothing was taken over",
        )
        self.faults = tuple(faults)


def shipped_rules(*, book: Book) -> RuleSet:
    """Return the rule set that a bank may start with."""
    return rule_set_of(_shipped(), file=SHIPPED, book=book)


@cache
def _shipped() -> object:
    """Read their text, once for all decisions: it takes longer than to decide."""
    text = files("xiaowei.policy.rules").joinpath(SHIPPED).read_text(encoding="utf-8")
    stated = stated_in(text)
    if stated.faults:  # pragma: no cover - a test reads what is shipped
        raise RuleSetError(SHIPPED, stated.faults)
    return stated.value


def read_rules(text: str, *, file: str, book: Book | None = None) -> RuleSet:
    """Return the rule set that a YAML text states.

    Args:
        text: one document of at most a mebibyte.
        file: what it is called in errors.
        book: of which numbers are named; null to look at names when they are settled.

    Raises:
        RuleSetError: it is malformed; every fault is named.
    """
    if len(text) > _LONGEST_FILE:
        raise RuleSetError(file, [f"{len(text)} characters, {_LONGEST_FILE} at most"])
    stated = stated_in(text)
    if stated.faults:
        raise RuleSetError(file, stated.faults)
    return rule_set_of(stated.value, file=file, book=book)


def rule_set_of(
    plain: object, *, file: str = "rules", book: Book | None = None
) -> RuleSet:
    """Return the rule set that plain values state.

    Args:
        plain: as YAML or JSON gives it; see `as_plain`.
        file: what it is called in errors.
        book: see `read_rules`.

    Raises:
        RuleSetError: it is malformed; every fault is named.
    """
    stated = Stated(plain, "", [])
    parts = stated.parts(*_DUE, may=("until",))
    found = RuleSet(
        name=_code(parts["name"]),
        version=parts["version"].whole(1, _MOST_VERSION),
        since=day_of(parts["since"]),
        until=day_of(parts["until"]) if "until" in parts else None,
        title=parts["title"].said(),
        purpose=parts["purpose"].said(),
        default=_default(parts["default"]),
        rules=_rules(parts["rules"], book),
        set_by=parts["set_by"].text(),
    )
    check_period(parts, found.since, found.until)
    if stated.faults:
        raise RuleSetError(file, stated.faults)
    return found


def _default(stated: Stated) -> Outcome | None:
    if stated.value in (None, "none"):
        return None
    names: tuple[Outcome | str, ...] = (*OUTCOMES, "none")
    name = stated.one_of(names)
    return next((outcome for outcome in OUTCOMES if outcome == name), None)


def _rules(stated: Stated, book: Book | None) -> tuple[Rule, ...]:
    items = stated.items(least=1, most=MOST_RULES)
    keys = reason_keys() if items else ()
    seen: dict[str, int] = {}
    rules = []
    for place, item in enumerate(items, 1):
        code = item.value.get("code") if isinstance(item.value, dict) else None
        named = f"rule {place}" + (f" '{code[:40]}'" if isinstance(code, str) else "")
        rule = _rule(Stated(item.value, named, stated.faults), book, keys)
        if rule.code in seen and rule.code:
            stated.fault(
                f"rules {seen[rule.code]} and {place} are both '{rule.code}'; "
                "give each its own code"
            )
        seen.setdefault(rule.code, place)
        rules.append(rule)
    return tuple(rules)


def _rule(stated: Stated, book: Book | None, keys: Sequence[str]) -> Rule:
    parts = stated.parts(*_RULE_DUE, may=_RULE_MAY)
    outcome = parts["outcome"].one_of(OUTCOMES)
    asked = parts["ask"].items(least=1, most=_MOST_ASKED) if "ask" in parts else []
    return Rule(
        code=_code(parts["code"]),
        title=parts["title"].said(),
        when=condition_of(parts["when"], book=book),
        outcome=outcome,
        reason=_reason(parts["reason"], keys),
        source=parts["source"].text(),
        cap_fen=_cap(parts["cap_yuan"], outcome) if "cap_yuan" in parts else None,
        rate_add=_add(parts["rate_add"], outcome)
        if "rate_add" in parts
        else Decimal(0),
        ask=tuple(one.said() for one in asked),
        when_unknown=_unknown(parts["when_unknown"], outcome)
        if "when_unknown" in parts
        else "refer",
    )


def _code(stated: Stated) -> str:
    code = stated.text()
    if code and not _CODE.fullmatch(code):
        stated.fault("small letters, digits and _ are due, at most 40, a letter first")
    return code


def _reason(stated: Stated, keys: Sequence[str]) -> str:
    key = stated.text()
    if key and key not in keys:
        stated.fault(
            f"'{key[:40]}' is no family of reasons{near(key, keys)}; one of "
            + ", ".join(keys)
        )
    return key


def _cap(stated: Stated, outcome: Outcome) -> int:
    if outcome == "decline":
        stated.fault("a rule that declines lends nothing; leave the cap out")
    return stated.whole(1, _MOST_YUAN) * FEN_PER_YUAN


def _add(stated: Stated, outcome: Outcome) -> Decimal:
    if outcome == "decline":
        stated.fault("a rule that declines has no rate; leave the add-on out")
    add = stated.number(0, _MOST_ADD)
    if add % _BASIS_POINT:
        stated.fault(f"{add} is no whole number of basis points, such as 0.0050")
    return add


def _unknown(stated: Stated, outcome: Outcome) -> WhenUnknown:
    found = stated.one_of(WHEN_UNKNOWN)
    if found == "fire" and outcome == "approve":
        stated.fault("a rule that approves may not fire on what is unknown; refer")
    if found == "skip" and outcome != "approve":
        stated.fault(f"a rule to {outcome} may not be skipped unknown; refer or fire")
    return found
