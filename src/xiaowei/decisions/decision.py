"""What is known of an application, and rules, in; the bank's decision out.

Everything that decides is in the evidence and the settled rules: the same two always
come to the same bytes. Nothing here reads a lake, a record or a clock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from xiaowei.decisions.application import Application
from xiaowei.decisions.authorisation import Permission
from xiaowei.decisions.rules.fields import FIELDS
from xiaowei.decisions.rules.grammar import Outcome
from xiaowei.decisions.rules.ruling import Ruling
from xiaowei.decisions.rules.ruling import decide as rule
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.silence import told_by_silence
from xiaowei.money import Fen
from xiaowei.said import Said

_STRICTEST: Final[Mapping[Outcome, int]] = {"approve": 0, "refer": 1, "decline": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the last run before the day says of a firm.

    Args:
        as_of: the day of the run.
        facts: what it knows, by the names that rules use; null where it is not known.
        pd: probability of default within 12 months by the day's portrait, of the model
            on record that the run was made with, else of the run's own card; null where
            any trait that it rests on was silenced: of sources that may not be looked
            at nothing follows, for or against.
        pd_high: the upper end of its interval.
        pd_of_run: as the run had it.
        tier: of the firm, as the run has it.
    """

    as_of: date
    facts: Mapping[str, Any]
    pd: float | None
    pd_high: float | None
    pd_of_run: float
    tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """What could be lent, as the offers of the day have it.

    Args:
        product: its code.
        amount_fen: how much.
        rate: a year, as a decimal text.
        months: for how long.
        papers: that are asked for.
    """

    product: str
    amount_fen: Fen
    rate: str
    months: int
    papers: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that is known of an application on the day that it is decided.

    Args:
        application: what is asked for.
        day: when.
        permissions: which families may be looked at.
        portrait: trait to value; null where it cannot be known or may not be looked at.
        silenced: traits that were taken away, as their sources may not be looked at.
        held: families that state anything of anybody; see `silence`.
        standing: by the last run; null where no run knows the firm.
        loan: what could be lent; null where nothing can.
        longest_days: so old may the run be.
        highest_rise: so far may the PD have risen since, as a factor.
    """

    application: Application
    day: date
    permissions: Sequence[Permission]
    portrait: Mapping[str, Any]
    silenced: Sequence[str]
    held: Sequence[str]
    standing: Standing | None
    loan: Loan | None
    longest_days: int
    highest_rise: float

    def row(self) -> dict[str, Any]:
        """Return every field that rules may test, null where it is not known."""
        stated = self.standing
        row: dict[str, Any] = dict.fromkeys(FIELDS)
        row |= {name: value for name, value in self.portrait.items() if name in row}
        if stated is not None:
            row |= {
                name: stated.facts.get(name) for name in stated.facts if name in row
            }
            row |= {"pd": stated.pd, "pd_high": stated.pd_high, "tier": stated.tier}
        if self.loan is not None:
            row |= {
                "offer_limit": self.loan.amount_fen,
                "offer_rate": Decimal(self.loan.rate),
                "offer_months": self.loan.months,
                "product": self.loan.product,
            }
        closed = [one.family for one in self.permissions if not one.granted]
        row |= dict.fromkeys(
            told_by_silence({**self.portrait, **row}, held=self.held, closed=closed), 0
        )
        asked = self.application
        return row | {
            "amount": asked.amount_fen,
            "term": asked.months,
            "purpose": asked.purpose,
            "applied_on": asked.applied_on,
            "consent": "yes" if all(one.granted for one in self.permissions) else "no",
            "new_borrower": _new(row["own_loans_all"]),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Something that keeps a decision from being made without a person.

    Args:
        code: which.
        text: for people.
    """

    code: str
    text: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the bank does about an application 授信决策.

    Args:
        outcome: approve, refer to a person, or decline.
        ruling: what the rules say, with the values they met.
        guards: what else speaks against deciding without a person.
        loan: what is lent; null unless it is approved.
        conditions: what is asked for before it is paid out.
    """

    outcome: Outcome
    ruling: Ruling
    guards: tuple[Guard, ...]
    loan: Loan | None
    conditions: tuple[Said, ...]

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "outcome": self.outcome,
            "ruling": self.ruling.as_plain(),
            "guards": [
                {"code": one.code, "text": _both(one.text)} for one in self.guards
            ],
            "loan": None if self.loan is None else loan_plain(self.loan),
            "conditions": [_both(one) for one in self.conditions],
            "lines": [_both(one) for one in self.ruling.lines],
        }


def decide(evidence: Evidence, rules: Settled) -> Decision:
    """Return what the bank does about an application.

    The rules decide first. What they approve is referred where a guard speaks against
    it; a guard never makes a decision more generous. What is approved is the loan of
    the day's offers, within what is asked for and within the rule's cap.

    Args:
        evidence: what is known.
        rules: of the day, with the numbers of the day.

    Raises:
        RowError: a value is not of its kind: a table is broken.
    """
    ruling = rule(rules, evidence.row())
    loan = _within(evidence, ruling)
    guards = tuple(_guards(evidence, ruling, loan))
    outcome = ruling.outcome
    if guards and _STRICTEST[outcome] < _STRICTEST["refer"]:
        outcome = "refer"
    approved = loan if outcome == "approve" else None
    papers = loan.papers if loan is not None and outcome != "decline" else ()
    return Decision(
        outcome=outcome,
        ruling=ruling,
        guards=guards,
        loan=approved,
        conditions=(*ruling.ask, *papers),
    )


def loan_plain(loan: Loan) -> dict[str, Any]:
    """Return a loan as plain values."""
    return {
        "product": loan.product,
        "amount_fen": loan.amount_fen,
        "rate": loan.rate,
        "months": loan.months,
        "papers": [_both(one) for one in loan.papers],
    }


def loan_of(plain: Mapping[str, Any]) -> Loan:
    """Return a loan from plain values, as `loan_plain` has them."""
    return Loan(
        **{**plain, "papers": tuple(Said(**paper) for paper in plain["papers"])}
    )


def _within(evidence: Evidence, ruling: Ruling) -> Loan | None:
    """Return the loan within what is asked for and the rule's cap, at its rate."""
    offered = evidence.loan
    if offered is None:
        return None
    caps = [offered.amount_fen, evidence.application.amount_fen]
    if ruling.cap_fen is not None:
        caps.append(ruling.cap_fen)
    if min(caps) <= 0:
        return None
    return Loan(
        product=offered.product,
        amount_fen=min(caps),
        rate=str(Decimal(offered.rate) + ruling.rate_add),
        months=offered.months,
        papers=offered.papers,
    )


def _guards(evidence: Evidence, ruling: Ruling, loan: Loan | None) -> list[Guard]:
    found = [*_stale(evidence), *_risen(evidence)]
    if evidence.silenced:
        count = len(evidence.silenced)
        found.append(
            Guard(
                code="silenced",
                text=Said(
                    f"{count}项指标的来源未获授权，视为未知",
                    f"{count} traits rest on sources without a live authorisation and "
                    "count as unknown",
                ),
            )
        )
    if ruling.outcome == "approve" and loan is None:
        found.append(
            Guard(
                code="no_offer",
                text=Said("当日没有可用方案", "no loan can be offered on the day"),
            )
        )
    return found


def _stale(evidence: Evidence) -> list[Guard]:
    if evidence.standing is None:
        text = Said("没有评估过该企业", "no run has assessed the enterprise")
        return [Guard(code="not_assessed", text=text)]
    days = (evidence.day - evidence.standing.as_of).days
    if days <= evidence.longest_days:
        return []
    text = Said(
        f"评估已过{days}天，超过{evidence.longest_days}天",
        f"the assessment is {days} days old, more than {evidence.longest_days}",
    )
    return [Guard(code="stale", text=text)]


def _risen(evidence: Evidence) -> list[Guard]:
    stated = evidence.standing
    if stated is None or stated.pd is None:
        return []
    if stated.pd <= evidence.highest_rise * stated.pd_of_run:
        return []
    text = Said(
        f"违约概率自上次评估由{stated.pd_of_run:.2%}升至{stated.pd:.2%}",
        f"the PD rose from {stated.pd_of_run:.2%} to {stated.pd:.2%} since the run",
    )
    return [Guard(code="pd_risen", text=text)]


def _new(loans: float | None) -> str | None:
    if loans is None:
        return None
    return "no" if loans > 0 else "yes"


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
