"""Somebody with leave files an application, which is decided at once if it can be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from xiaowei.decisions.application import Application
from xiaowei.desk import clock
from xiaowei.desk.deciding import applying, deciding, seeing
from xiaowei.desk.deciding.customers import only_for_customers
from xiaowei.desk.deciding.deciders import PATIENCE, Deciders
from xiaowei.desk.deciding.evidence import Gatherer
from xiaowei.desk.home import Home
from xiaowei.errors import XiaoweiError
from xiaowei.money import Fen
from xiaowei.policy.access.actor import Hand
from xiaowei.policy.access.permissions import Permit
from xiaowei.policy.products.product import Purpose


@dataclass(frozen=True, slots=True)
class Office:
    """Where applications are taken, decided and concluded.

    Args:
        home: the workspace.
        deciders: those who decide, each with a home of its own.
        day: the day of business 营业日.
    """

    home: Home
    deciders: Deciders
    day: Callable[[], date] = clock.today


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for, as whoever files it states it.

    Args:
        enterprise_id: for whom.
        amount_fen: how much.
        months: for how long.
        purpose: for what.
        product: the code of the product asked for; null for what suits best.
    """

    enterprise_id: str
    amount_fen: Fen
    months: int
    purpose: Purpose
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """An application on record.

    Args:
        number: of it.
        undecided: why it could not be decided: it is taken all the same, and waits;
            null where it was decided, or was to be held.
    """

    number: int
    undecided: XiaoweiError | None


def file_application(
    office: Office,
    leave: Permit,
    asked: Asked,
    *,
    key: str | None = None,
    hold: bool = False,
) -> Filed:
    """Take an application, and decide it at once as far as policy allows.

    Args:
        office: where.
        leave: of whoever files it, to submit applications.
        asked: what is asked for.
        key: the same each time that it is sent; each account's own. See
            `applying.apply`.
        hold: whether to take it and not decide it yet.

    Raises:
        AnothersCustomerError: others look after the enterprise.
        ApplicationError: it cannot be taken as it is.
        KeyUsedError: the key came before with another application.
        BusyError: nobody was free to decide; nothing was taken.
        NotReadyError: the home cannot be read as it is; nothing was taken.
    """
    day = office.day()
    if hold:
        return Filed(_taken(office, leave, asked, day=day, key=key), None)
    # Somebody to decide is found first: what is busy takes nothing that it cannot do.
    with office.deciders.one(patience=PATIENCE) as decider:
        gathers = decider.gatherer(day)
        number = _taken(office, leave, asked, day=day, key=key)
        hand = leave.actor.hand
        return Filed(number, _undecided(decider.home, gathers, number, by=hand))


def _taken(
    office: Office, leave: Permit, asked: Asked, *, day: date, key: str | None
) -> int:
    """Put an application on record, for whom whoever files it may act."""
    who = leave.actor
    application = Application(
        enterprise_id=asked.enterprise_id,
        amount_fen=asked.amount_fen,
        months=asked.months,
        purpose=asked.purpose,
        applied_on=day,
        manager=who.person,
        branch=who.branch,
        region=who.region,
        product=asked.product,
    )
    return applying.apply(
        office.home,
        application,
        by=who.hand,
        key=None if key is None else f"{who.login}:{key}",
        check=only_for_customers(asked.enterprise_id, leave),
    )


def decide_filed(office: Office, leave: Permit, number: int) -> None:
    """Decide an application that was held, or could not be decided yet.

    Args:
        office: where.
        leave: of whoever has it decided, to submit applications.
        number: of the application.

    Raises:
        UnknownApplicationError: there is none of that number in reach.
        DecidedError: it was decided before.
        UnknownEnterpriseError: nothing is known of the enterprise by the day.
        BusyError: nobody was free to decide.
        NotReadyError: the home cannot be read as it is.
    """
    hand = seeing.hand_on(office.home, number, leave)
    with office.deciders.one(patience=PATIENCE) as decider:
        gathers = decider.gatherer(office.day())
        deciding.decide_application(decider.home, number, gatherer=gathers, by=hand)


def _undecided(
    home: Home, gathers: Gatherer, number: int, *, by: Hand
) -> XiaoweiError | None:
    """Decide what still waits; sent again it was decided before, or is just being."""
    if seeing.application(home, number)["state"] not in deciding.DECIDABLE:
        return None
    try:
        deciding.decide_application(home, number, gatherer=gathers, by=by)
    except deciding.DecidedError:
        return None
    except XiaoweiError as error:
        return error
    return None
