"""Rules in; what is proven of them out, and what somebody must account for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.plain import number_text
from xiaowei.decisions.rules.proof import KINDS, Proof, prove
from xiaowei.decisions.rules.settled import settle
from xiaowei.desk.home import Home
from xiaowei.errors import InputError
from xiaowei.said import Said


class FaultyRulesError(InputError):
    """Rules have faults, and nobody has said why they may stand."""

    def __init__(self, rules: RuleSet, doubts: "Sequence[Doubt]") -> None:
        """Name each fault."""
        self.doubts = tuple(doubts)
        self.faults = tuple(f"{one.name}: {one.text.en}" for one in doubts)
        super().__init__(
            f"rules '{rules.name}' version {rules.version} have {len(doubts)} fault(s) "
            "that nobody accounts for: "
            + "; ".join(f"{one.name}: {one.text.en}" for one in doubts),
            expected="no fault, or for each a reason why it may stand",
            remedy="Mend the rules, or state reasons with --accept NAME=REASON",
        )


class NoDoubtError(InputError):
    """A reason is stated for a fault that is not there."""

    def __init__(self, names: Sequence[str], doubts: "Sequence[Doubt]") -> None:
        """Name them, and what there is."""
        super().__init__(
            f"nothing is wrong with {', '.join(map(repr, names))}",
            expected="the name of a fault: "
            + (", ".join(sorted({one.name for one in doubts})) or "there is none"),
            remedy="Leave the reason out, or correct the name",
        )


@dataclass(frozen=True, slots=True)
class Doubt:
    """A fault of rules, or a question about them that is not proven.

    Args:
        name: the rule's code that it is about, or the kind where it is about all.
        kind: what kind of fault.
        text: what it is.
    """

    name: str
    kind: str
    text: Said


def doubts_of(proof: Proof) -> tuple[Doubt, ...]:
    """Return what somebody must account for: faults, and what is not proven."""
    found = [
        Doubt(_named(one.kind, one.rules), one.kind, one.lines[0])
        for one in proof.faults
    ]
    for kind, rules in proof.unproven:
        title = KINDS[kind]
        text = Said(f"未证明：{title.zh}", f"not proven: {title.en}")
        found.append(Doubt(_named(kind, rules), kind, text))
    return tuple(found)


def check_doubts(
    rules: RuleSet, doubts: Sequence[Doubt], accepted: Mapping[str, str]
) -> None:
    """Refuse rules of which somebody has not accounted for every doubt.

    Args:
        rules: that are doubted.
        doubts: of them.
        accepted: name of a doubt to the reason why it may stand.

    Raises:
        FaultyRulesError: a doubt has no reason.
        NoDoubtError: a reason has no doubt.
    """
    named = {one.name for one in doubts}
    spare = sorted(set(accepted) - named)
    if spare:
        raise NoDoubtError(spare, doubts)
    left = [one for one in doubts if one.name not in accepted]
    if left:
        raise FaultyRulesError(rules, left)


def proof_of(home: Home, rules: RuleSet) -> Proof:
    """Return what holds of rules by the numbers of their first day.

    Raises:
        RuleSetError: they name a number that is not there; every fault is named.
    """
    return prove(settle(rules, book=home.book, on=rules.since))


def proof_plain(proof: Proof) -> dict[str, Any]:
    """Return a proof as JSON holds it."""
    return {
        "sound": proof.sound,
        "asked": proof.asked,
        "remarks": [
            {
                "kind": one.kind,
                "fault": one.fault,
                "rules": list(one.rules),
                "zh": one.text.zh,
                "en": one.text.en,
                "example": _row_plain(one.example),
                "beside": _row_plain(one.beside),
            }
            for one in proof.remarks
        ],
        "unproven": [[kind, list(rules)] for kind, rules in proof.unproven],
    }


def _row_plain(row: Mapping[str, object] | None) -> dict[str, Any] | None:
    return None if row is None else {name: _plain(one) for name, one in row.items()}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _named(kind: str, rules: Sequence[str]) -> str:
    return rules[0] if rules else kind
