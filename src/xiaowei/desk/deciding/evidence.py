"""An application in; all that is known of it on a day out, from lake and records."""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import pandas as pd

from xiaowei.decisions.application import Application
from xiaowei.decisions.authorisation import Permission, permissions
from xiaowei.decisions.decision import Evidence, Loan, Standing
from xiaowei.desk.bearing.agreements import NotOfferedError, Wish
from xiaowei.desk.bearing.heard import heard_from
from xiaowei.desk.bearing.ways import ways_on
from xiaowei.desk.counsel.products import Proposal, counsel_for
from xiaowei.desk.counsel.told import Teller, Told, teller
from xiaowei.desk.deciding.authorising import authorisations_of
from xiaowei.desk.deciding.committed import approved_since
from xiaowei.desk.home import Home
from xiaowei.desk.modelling.scoring import Asked, scoring_of
from xiaowei.desk.portraying.one import Portrayer, portrayer
from xiaowei.desk.runs import last_run
from xiaowei.facts.sources import FAMILIES
from xiaowei.money import Fen
from xiaowei.portraits.parts import TRAITS
from xiaowei.records.journal import Entry
from xiaowei.risk.card import Card, card_of
from xiaowei.risk.sample import Sample
from xiaowei.verification.finding import SEVERITIES

_PORTRAITS: Final = "portraits"
_DIGITS: Final = 9
_LEVEL: Final = 0.95
_BARS: Final = ("court_dishonest_now", "court_restricted_now")
_NEEDS: Final[Mapping[str, frozenset[str]]] = {
    trait.name: frozenset(trait.sources) for trait in TRAITS
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered of an application.

    Args:
        evidence: that decides.
        made_by: which run, model and version of xiaowei stand behind it.
        committed: what was approved since the run for the firm and those who stand and
            fall with it, as counted.
        group: those.
        since: from which day on.
        owed_fen: what they owe us by the run, and the firm guarantees; null if unknown.
    """

    evidence: Evidence
    made_by: dict[str, Any]
    committed: Mapping[str, Fen]
    group: frozenset[str]
    since: date
    owed_fen: Fen | None = None

    @property
    def group_plain(self) -> dict[str, Any]:
        """The group as whoever concludes a referral must know it again."""
        return {
            "firms": sorted(self.group),
            "since": self.since.isoformat(),
            "owed_fen": self.owed_fen,
        }


class Gatherer:
    """Gathers evidence for applications of one day.

    The run that was last on the day is read once, and the plans of portraits are made
    once; for each application only its own enterprise is looked up.
    """

    def __init__(
        self, home: Home, day: date, portraits: Portrayer, run: Entry | None
    ) -> None:
        """Read the run; `gatherer` opens one."""
        self._home, self._day, self._portraits = home, day, portraits
        self._held_open = ExitStack()
        self._entry = run
        self._held = tuple(name for name in FAMILIES if home.lake.holds(name))
        self._run: Mapping[str, Any] | None = None
        self._firms: dict[str, Mapping[str, Any]] = {}
        if run is not None:
            self._run = json.loads(home.journal.document(run.body["document"]))
            self._firms = {one["enterprise_id"]: one for one in self._run["firms"]}

    @cached_property
    def _teller(self) -> Teller:
        """What tells of money and ties; a firm comes of a run, so that there is one."""
        return self._held_open.enter_context(teller(self._home, self._run or {}))

    def ready(self) -> None:
        """Read what all applications share; else the first one waits for it."""
        if not self._firms:
            return
        self._teller.ready()
        # Plans are made when they are first run.
        first = next(iter(self._firms))
        self._portraits.portrait(first)
        self._teller.told(first)

    def close(self) -> None:
        """Let go of the engines that it opened."""
        self._held_open.close()

    @property
    def day(self) -> date:
        """The day that evidence is gathered for."""
        return self._day

    def gather(
        self, application: Application, *, before: int | None = None
    ) -> Gathered:
        """Return what is known of an application on the day.

        Args:
            application: what is asked for.
            before: of what was approved, only what stands before this number in the
                journal counts; null for all.

        Raises:
            UnknownEnterpriseError: no fact known by the day is about the enterprise.
        """
        firm = self._firms.get(application.enterprise_id)
        allowed = self._permissions(application.enterprise_id, on=self._day)
        portrait, silenced = self._portrait(application.enterprise_id, allowed)
        told = self._teller.told(application.enterprise_id) if firm else None
        group = frozenset({application.enterprise_id, *(told.fellows if told else ())})
        since = self._day if firm is None else date.fromisoformat(firm["as_of"])
        with self._home.journal.store.reading() as connection:
            committed = approved_since(connection, group, since=since, before=before)
        book = self._home.book
        evidence = Evidence(
            application=application,
            day=self._day,
            permissions=allowed,
            portrait=portrait,
            silenced=silenced,
            held=self._held,
            standing=self._standing(
                firm,
                portrait,
                silenced,
                told,
                application.amount_fen + sum(committed.values()),
            )
            if firm and told
            else None,
            loan=_less(
                self._loan(firm, told, application),
                committed.get(application.enterprise_id, 0),
            )
            if firm and told
            else None,
            longest_days=int(book.number("decision_run_days", on=self._day)),
            highest_rise=float(book.number("decision_pd_rise", on=self._day)),
        )
        owed = told.money.known.group_fen if told else None
        return Gathered(evidence, self._made_by(), committed, group, since, owed)

    def portrait(
        self, enterprise_id: str, *, seen_on: date
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Return the portrait without what may not be looked at, and what that is.

        Args:
            enterprise_id: whose.
            seen_on: the day that somebody looks at it: what was withdrawn by then is
                silent, even if it was open on the day of the portrait.

        Raises:
            UnknownEnterpriseError: no fact known by the day is about the enterprise.
        """
        allowed = (
            *self._permissions(enterprise_id, on=self._day),
            *self._permissions(enterprise_id, on=seen_on),
        )
        return self._portrait(enterprise_id, allowed)

    def _permissions(self, enterprise_id: str, *, on: date) -> tuple[Permission, ...]:
        return permissions(
            authorisations_of(self._home, enterprise_id),
            purpose="approval",
            on=on,
            agreed=self._home.lake.holds("consents"),
        )

    def _portrait(
        self, enterprise_id: str, allowed: tuple[Permission, ...]
    ) -> tuple[dict[str, Any], tuple[str, ...]]:
        values = self._portraits.portrait(enterprise_id)
        closed = {one.family for one in allowed if not one.granted}
        silenced = tuple(
            sorted(
                name
                for name, value in values.items()
                if value is not None and not _NEEDS[name].isdisjoint(closed)
            )
        )
        kept = {
            name: None if name in set(silenced) else value
            for name, value in values.items()
        }
        return kept, silenced

    def _standing(
        self,
        firm: Mapping[str, Any],
        portrait: Mapping[str, Any],
        silenced: tuple[str, ...],
        told: Told,
        added_fen: Fen,
    ) -> Standing:
        """Return where a firm stands by the run and the day's portrait.

        Args:
            firm: as the run has it.
            portrait: of the day.
            silenced: traits of it that may not be looked at.
            told: what is known beside the run.
            added_fen: what is asked for, and what was approved since the run.
        """
        now, high = self._pd(firm, portrait, silenced)
        worst = [SEVERITIES.index(one["severity"]) for one in firm["findings"]]
        bars = [portrait.get(name) for name in _BARS]
        known = [one for one in bars if one is not None]
        industry = firm["industry"]
        return Standing(
            as_of=date.fromisoformat(firm["as_of"]),
            facts={
                **told.beside,
                "group_exposure": _with(told.money.known.group_fen, added_fen),
                "score": firm["score"],
                "worst_finding": max(worst) if worst else None,
                "defaults": None
                if firm["defaulted"] is None
                else int(bool(firm["defaulted"])),
                "court_bars": sum(known) if len(known) == len(bars) else None,
                "fake_trade": firm["deceit"]["probability"],
                "industry": industry,
                "section": industry[0] if industry else None,
                "region": firm["region"],
            },
            pd=now,
            pd_high=high,
            pd_of_run=firm["pd"],
            tier=firm["tier"],
        )

    def _pd(
        self,
        firm: Mapping[str, Any],
        portrait: Mapping[str, Any],
        silenced: tuple[str, ...],
    ) -> tuple[float | None, float | None]:
        """Return PD and upper end by the day's portrait; null where it is silenced.

        A run by a model on record is asked of that very model again, else the run's own
        card is. Of the card's PD no interval is known for the day: its upper end is
        never below the run's.
        """
        if self._run is None:  # pragma: no cover - a firm comes of a run
            return firm["pd"], firm["pd_high"]
        model = self._run["pd_by"]
        if model is None:
            card = card_of(self._run["model"])
            if {line.trait for line in card.lines} & set(silenced):
                return None, None
            found = _by_card(card, portrait)
            high = firm["pd_high"]
            return found, None if high is None else max(high, found)
        scoring = scoring_of(
            self._home, model["fingerprint"], beside=Asked(level=_LEVEL)
        )
        if set(scoring.model.names) & set(silenced):
            return None, None
        row = {
            name: [portrait.get(name, firm.get(name))] for name in scoring.model.names
        }
        told = scoring.scored(pd.DataFrame(row))
        found = round(float(told.pds[0]), _DIGITS)
        if told.bounds is None:
            return found, None
        return found, max(round(float(told.bounds.high[0]), _DIGITS), found)

    def _loan(
        self, firm: Mapping[str, Any], told: Told, application: Application
    ) -> Loan | None:
        run = self._run
        if run is None:  # pragma: no cover - a firm comes of a run
            return None
        try:
            found = counsel_for(
                firm,
                told.beside,
                money=told.money,
                wish=Wish(product=application.product, months=application.months),
                ways=ways_on(
                    date.fromisoformat(firm["as_of"]), strategies=self._home.strategies
                ),
                heard=heard_from(run),
            )
        except NotOfferedError:
            return None
        return None if found.proposal is None else _loan_of(found.proposal)

    def _made_by(self) -> dict[str, Any]:
        run, entry = self._run, self._entry
        return {
            "xiaowei": version("xiaowei"),
            "run": None
            if entry is None or run is None
            else {
                "entry": entry.seq,
                "hash": entry.hash,
                "run_id": run["run_id"],
                "as_of": run["as_of"],
            },
            "model": None if run is None else run["pd_by"],
        }


@contextmanager
def gatherer(home: Home, *, day: date) -> Iterator[Gatherer]:
    """Open a gatherer for a day, by the run that counts on it.

    Args:
        home: the workspace.
        day: of the decisions.
    """
    with gatherer_by(home, day=day, run=last_run(home, until=day)) as open_one:
        yield open_one


@contextmanager
def gatherer_by(
    home: Home, *, day: date, run: Entry | None, known_by: date | None = None
) -> Iterator[Gatherer]:
    """Open a gatherer for a day, by a run.

    Args:
        home: the workspace.
        day: of the decisions.
        run: the entry of the run that counts; null for none.
        known_by: what became known until then of what had happened by the day counts,
            too: corrections. Null for what was known on the day alone.
    """
    folder = home.root / _PORTRAITS
    with (
        portrayer(home.lake, as_of=day, folder=folder, known_by=known_by) as portraits,
        closing(Gatherer(home, day, portraits, run)) as one,
    ):
        yield one


def _with(group_fen: Fen | None, amount_fen: Fen) -> Fen | None:
    """Return the exposure to a group with a loan; unknown where the group's is."""
    return None if group_fen is None else group_fen + amount_fen


def _less(loan: Loan | None, committed_fen: Fen) -> Loan | None:
    """Return a loan without what was approved since its limit was reckoned."""
    if loan is None or loan.amount_fen <= committed_fen:
        return None
    return replace(loan, amount_fen=loan.amount_fen - committed_fen)


def _loan_of(proposal: Proposal) -> Loan:
    product, borrowing = proposal.product, proposal.schedule.agreement.borrowing
    return Loan(
        product=product.code,
        amount_fen=proposal.amount_fen,
        rate=str(proposal.rate),
        months=borrowing.instalments * borrowing.every_months,
        papers=proposal.papers,
    )


def _by_card(card: Card, portrait: Mapping[str, Any]) -> float:
    """Return the PD that a card gives a portrait."""
    traits = {
        line.trait: np.array([_number(portrait.get(line.trait))]) for line in card.lines
    }
    return round(float(card.pd(card.score(Sample(("",), traits)))[0]), _DIGITS)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
