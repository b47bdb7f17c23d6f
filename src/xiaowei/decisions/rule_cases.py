"""Test cases of rules: firms with the outcome that is due, written by officers.

A case states what is known of a firm in the words and units of limits (yuan, not fen);
whatever it does not state is missing. Cases are run by the very evaluator that decides.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from xiaowei.decisions.rules.conditions import day_of
from xiaowei.decisions.rules.fields import FIELDS, Field, near
from xiaowei.decisions.rules.grammar import OUTCOMES, Outcome, Value
from xiaowei.decisions.rules.plain import number_text
from xiaowei.decisions.rules.rows import RowError
from xiaowei.decisions.rules.ruling import decide
from xiaowei.decisions.rules.settled import Settled
from xiaowei.errors import InputError
from xiaowei.money import FEN_PER_YUAN
from xiaowei.policy.stated import Stated, stated_in
from xiaowei.said import Said

DEFAULT: Final = "default"
"""What a case names where no rule is to decide."""
_MOST: Final = 1_000
_WIDEST: Final = 10**15
_LONGEST_FILE: Final = 2**20


class CasesError(InputError):
    """Test cases cannot be used; all of their faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"test cases in '{file}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected="cases: a list of name, firm (field to value, numbers in quotes) "
            f"and outcome ({', '.join(OUTCOMES)}), with rule where one is due",
            remedy="Mend these cases and run them again; nothing was put on record",
        )
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One firm and what is due.

    Args:
        name: of the case, each once.
        firm: field to value in the unit of limits; what is left out is missing.
        outcome: that is due.
        rule: code of the rule that is to decide, `default` for none; null for any.
    """

    name: str
    firm: Mapping[str, Value]
    outcome: Outcome
    rule: str | None = None

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it; `cases_of` gives the same case back."""
        rule = {} if self.rule is None else {"rule": self.rule}
        firm = {name: _text(value) for name, value in sorted(self.firm.items())}
        return {"name": self.name, "firm": firm, "outcome": self.outcome, **rule}


@dataclass(frozen=True, slots=True)
class Tried:
    """A case and what came of it.

    Args:
        case: that was run.
        outcome: that came of it; null where the firm could not be decided at all.
        rule: code of the rule that decided, or `default`.
        fault: why the firm could not be decided; empty where it was.
    """

    case: Case
    outcome: Outcome | None
    rule: str
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Whether what is due came of it."""
        return self.outcome == self.case.outcome and self.case.rule in (None, self.rule)

    @property
    def text(self) -> Said:
        """What was due and what came, for people."""
        due = self.case.outcome + (f" by {self.case.rule}" if self.case.rule else "")
        if self.outcome is None:
            return Said(
                f"{self.case.name}：无法判定：{self.fault}",
                f"{self.case.name}: cannot be decided: {self.fault}",
            )
        came = f"{self.outcome} by {self.rule}"
        if self.passed:
            return Said(f"{self.case.name}：通过测试", f"{self.case.name}: as due")
        return Said(
            f"{self.case.name}：应为 {due}，实为 {came}",
            f"{self.case.name}: {due} is due, {came} came",
        )

    def as_plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "name": self.case.name,
            "passed": self.passed,
            "due": {"outcome": self.case.outcome, "rule": self.case.rule},
            "came": {"outcome": self.outcome, "rule": self.rule},
            "fault": self.fault,
        }


def read_cases(text: str, *, file: str) -> tuple[Case, ...]:
    """Return the test cases that a YAML text states.

    Args:
        text: one document of at most a mebibyte.
        file: what it is called in errors.

    Raises:
        CasesError: it is malformed; every fault is named.
    """
    if len(text) > _LONGEST_FILE:
        raise CasesError(file, [f"{len(text)} characters, {_LONGEST_FILE} at most"])
    stated = stated_in(text)
    if stated.faults:
        raise CasesError(file, stated.faults)
    return cases_of(stated.value, file=file)


def cases_of(plain: object, *, file: str = "cases") -> tuple[Case, ...]:
    """Return the test cases that plain values state.

    Args:
        plain: as YAML or JSON gives it: `cases`, a list.
        file: what it is called in errors.

    Raises:
        CasesError: it is malformed; every fault is named.
    """
    stated = Stated(plain, "", [])
    items = stated.parts("cases")["cases"].items(least=1, most=_MOST)
    cases = [
        _case(Stated(item.value, f"case {place}", stated.faults))
        for place, item in enumerate(items, 1)
    ]
    names = [case.name for case in cases]
    for name, count in sorted(Counter(names).items()):
        if name and count > 1:
            stated.fault(f"'{name}' comes {count} times; name each case once")
    if stated.faults:
        raise CasesError(file, stated.faults)
    return tuple(cases)


def try_cases(settled: Settled, cases: Sequence[Case]) -> tuple[Tried, ...]:
    """Return what came of each case.

    Args:
        settled: rules of a day.
        cases: any number.
    """
    return tuple(_tried(settled, case) for case in cases)


def _tried(settled: Settled, case: Case) -> Tried:
    row = {name: _as_row(value, FIELDS[name]) for name, value in case.firm.items()}
    try:
        ruling = decide(settled, {**dict.fromkeys(settled.rules.fields), **row})
    except RowError as error:
        return Tried(case, None, DEFAULT, error.what)
    return Tried(case, ruling.outcome, ruling.rule.code if ruling.rule else DEFAULT)


def _case(stated: Stated) -> Case:
    parts = stated.parts("name", "firm", "outcome", may=("rule",))
    firm = {}
    for name, part in parts["firm"].mapping().items():
        field = FIELDS.get(name)
        if field is None:
            part.fault(f"'{name[:40]}' is no field{near(name, FIELDS)}")
        else:
            firm[name] = _value(part, field)
    return Case(
        name=parts["name"].text(),
        firm=firm,
        outcome=parts["outcome"].one_of(OUTCOMES),
        rule=parts["rule"].text() if "rule" in parts else None,
    )


def _value(part: Stated, field: Field) -> Value:
    if field.kind == "day":
        return day_of(part)
    if field.kind == "text":
        return part.text()
    return part.number(-_WIDEST, _WIDEST)


def _as_row(value: Value, field: Field) -> Value:
    """Return a value as rows hold it: money in fen."""
    if isinstance(value, Decimal) and field.unit == "fen":
        return value * FEN_PER_YUAN
    return value


def _text(value: Value) -> str:
    if isinstance(value, Decimal):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else value
