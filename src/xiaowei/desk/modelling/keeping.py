"""Models on record: listed, found by name, and judged on later cases."""

from pathlib import Path
from typing import Any, Final

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.modelling.committee import graded, referred
from xiaowei.desk.modelling.fairly import FairnessAsked, fairness_told
from xiaowei.desk.modelling.signing import (
    AlteredModelError,
    check_other,
    check_signed,
    check_text,
    is_altered,
    plain_signatures,
    signatures_of,
)
from xiaowei.desk.modelling.tables import Roles, cases_of, picked
from xiaowei.desk.modelling.training import MODEL
from xiaowei.errors import NotFoundError
from xiaowei.records.journal import Entry, digest_of
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.kept import model_of
from xiaowei.risk.regimes import by_regime
from xiaowei.risk.verdict import verdict_of

VALIDATION: Final = "model_validation"
"""Kind of the journal's entries that hold what a model was worth on other cases."""

_SHORTEST: Final = 6


class UnknownModelError(NotFoundError):
    """No model on record is known by that name or fingerprint."""

    def __init__(self, asked: str, known: list[str]) -> None:
        """Name it and those on record."""
        super().__init__(
            f"no model '{asked}' is on record",
            expected="one of " + ", ".join(known) if known else "a model to be trained",
            remedy="List them with 'xiaowei models', or train one with 'xiaowei train'",
        )


def models_on_record(home: Home) -> list[dict[str, Any]]:
    """Return the cards of all models on record, the first one first.

    Each says who signed it, as `signatures`, and who validated it, as `validations`.
    """
    return [
        stood_for(home, with_number(entry)) for entry in home.journal.entries(MODEL)
    ]


def stood_for(home: Home, card: dict[str, Any]) -> dict[str, Any]:
    """Return the card of a model with who signed and who validated it.

    Args:
        home: the workspace.
        card: as on record.
    """
    validations = [
        {
            "by": entry.body["by"],
            "made_at": entry.made_at,
            "file": entry.body["judged_on"]["file"],
            "auc": entry.body["verdict"]["auc"],
        }
        for entry in home.journal.entries(VALIDATION)
        if entry.body["fingerprint"] == card["fingerprint"]
    ]
    signed = plain_signatures(signatures_of(home, card))
    return card | {"signatures": signed, "validations": validations}


def card_shown(home: Home, asked: str) -> dict[str, Any]:
    """Return the card of a model with who stands for it, also of one that is refused.

    Args:
        home: the workspace.
        asked: see `model_on_record`.

    Returns:
        as `stood_for`, with `altered`: whether the text is another than on record.

    Raises:
        UnknownModelError: there is none.
    """
    card = _card(home, asked)
    text = home.journal.document(card["document"])
    return stood_for(home, card) | {"altered": is_altered(card, text)}


def model_on_record(home: Home, asked: str) -> tuple[dict[str, Any], RiskModel]:
    """Return a model by its name, the last of that name, or by its fingerprint.

    Args:
        home: the workspace.
        asked: a name, or the first characters of a fingerprint, six or more.

    Raises:
        UnknownModelError: there is none.
        AlteredModelError: its text is another than when it was put on record.
        BrokenSignatureError: somebody signed another text or card.
    """
    card = _card(home, asked)
    text = home.journal.document(card["document"])
    check_text(home, card, text)
    return card, model_of(text)


def model_in_use(home: Home, asked: str) -> tuple[dict[str, Any], RiskModel]:
    """Return a model that may score firms: signed as the policy demands.

    Args:
        home: the workspace.
        asked: see `model_on_record`.

    Raises:
        UnsignedModelError: it lacks signatures; see also `model_on_record`.
    """
    card, model = model_on_record(home, asked)
    check_signed(home, card)
    return card, model


def document_of(home: Home, digest: str, *, name: str) -> str:
    """Return what was learnt of a model beside its text, as it was put on record.

    Args:
        home: the workspace.
        digest: of the document.
        name: of the model, for errors.

    Raises:
        AlteredModelError: the document was altered since.
    """
    text = home.journal.document(digest)
    if digest_of(text) != digest:
        raise AlteredModelError(name)
    return text


def validate(
    home: Home,
    asked: str,
    path: Path,
    *,
    roles: Roles,
    by: str,
    fair: FairnessAsked | None = None,
) -> dict[str, Any]:
    """Judge a model on record on other cases, and put the verdict on record.

    Args:
        home: the workspace.
        asked: which model.
        path: a table of cases whose outcome is known.
        roles: of its columns.
        by: who validates, by name alone; never whoever trained it.
        fair: by what groups are compared, or null.

    Returns:
        the model's card with this verdict in place of the first one, `by`, the file
        that was `judged_on`, `grades`, what came of who was `referred`, and `regimes`
        and `fairness` where they were asked for.

    Raises:
        UnknownModelError: there is no such model.
        SamePersonError: who validates has trained it.
        TableError: the table cannot be used.
        FairnessError: a column has fewer than two groups that can be judged.
        RegimeError: a column tells no regimes.
    """
    card, model = model_on_record(home, asked)
    check_other(card, by)
    cases = cases_of(path, roles)
    table = picked(cases.traits, model.names, file=cases.name)
    pds = model.pd(table)
    verdict = verdict_of(pds, cases.bad, segments=cases.segments)
    judged_on = {"file": cases.name, "sha256": cases.sha256}
    told: dict[str, Any] = {
        "by": by,
        "judged_on": judged_on,
        "verdict": verdict.as_plain(),
        "grades": graded(pds, cases.bad, book=home.book, day=clock.today()),
        "referred": referred(card.get("referring", ()), pds, cases.bad),
    }
    if roles.regime is not None:
        column = picked(cases.traits, [roles.regime], file=cases.name)[roles.regime]
        found = by_regime(pds, cases.bad, column.tolist(), column=roles.regime)
        rows = [one.as_plain() for one in found]
        told["regimes"] = {"column": roles.regime, "regimes": rows}
    if fair is not None:
        columns = picked(cases.traits, fair.columns, file=cases.name)
        told["fairness"] = fairness_told(pds, cases.bad, columns, fair)
    known = {key: card[key] for key in ("name", "fingerprint")}
    home.journal.add(VALIDATION, known | told, made_at=clock.now())
    return stood_for(home, card) | told


def with_number(entry: Entry) -> dict[str, Any]:
    """Return the card of a model with the number and the time of its entry."""
    return {"entry": entry.seq, "made_at": entry.made_at, **entry.body}


def _card(home: Home, asked: str) -> dict[str, Any]:
    """Return the card of a model, whether or not it may still be believed."""
    known = [with_number(entry) for entry in home.journal.entries(MODEL)]
    found = [
        card
        for card in known
        if card["name"] == asked
        or (len(asked) >= _SHORTEST and card["fingerprint"].startswith(asked))
    ]
    if not found:
        raise UnknownModelError(asked, sorted({card["name"] for card in known}))
    return found[-1]
