"""What a firm lets the bank look at, for what and until when: the consent gate.

The lake knows consents as a source of facts, which portraits honour. An authorisation
here is the bank's own paper: with its number a query is justified, and once it is
withdrawn the sources it covered are silent, whatever the lake holds.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal, TypeAlias

from xiaowei.errors import InputError
from xiaowei.portraits.consent import ASKING
from xiaowei.said import Said

Purpose: TypeAlias = Literal["pre_credit", "approval", "post_loan"]
PURPOSES: Final[Mapping[Purpose, Said]] = {
    "pre_credit": Said("预授信", "pre-credit"),
    "approval": Said("授信审批", "approval"),
    "post_loan": Said("贷后管理", "after lending"),
}
Standing: TypeAlias = Literal["live", "not_yet", "run_out", "withdrawn"]
"""How an authorisation stands on a day."""
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class AuthorisationError(InputError):
    """An authorisation cannot be taken as it is."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name every fault."""
        super().__init__(
            "the authorisation cannot be taken: " + "; ".join(faults),
            expected=f"families of {', '.join(ASKING)}; a purpose of "
            f"{', '.join(PURPOSES)}; a last day not before the first; the SHA-256 of "
            "the signed paper",
            remedy="Correct it and send it again; nothing was put on record",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """One authorisation 授权书.

    Args:
        enterprise_id: whose.
        families: the families of sources that may be looked at.
        purpose: for what.
        from_on: the first day it holds.
        until_on: the last day it holds.
        evidence: SHA-256 of the signed paper, in hexadecimal.
        by: who took it.
        number: of its entry; 0 before it is on record.
        withdrawn_on: from this day on it does not hold; null while it stands.
    """

    enterprise_id: str
    families: tuple[str, ...]
    purpose: Purpose
    from_on: date
    until_on: date
    evidence: str
    by: str
    number: int = 0
    withdrawn_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse what no authorisation can be.

        Raises:
            AuthorisationError: every fault is named.
        """
        unknown = [name for name in self.families if name not in ASKING]
        faults = [f"no family '{name}' asks for consent" for name in unknown]
        if not self.families:
            faults.append("no family is named")
        if self.purpose not in PURPOSES:
            faults.append(f"the purpose '{self.purpose}'")
        if self.until_on < self.from_on:
            faults.append(f"it ends on {self.until_on} and begins on {self.from_on}")
        if not _HASH.fullmatch(self.evidence):
            faults.append("the evidence is no SHA-256")
        if faults:
            raise AuthorisationError(faults)

    def live(self, on: date) -> bool:
        """Test whether it holds on a day; not on the day it is withdrawn, nor later."""
        return self.standing(on) == "live"

    def standing(self, on: date) -> Standing:
        """Return how it stands on a day; one that is withdrawn is nothing else."""
        if self.withdrawn_on is not None and self.withdrawn_on <= on:
            return "withdrawn"
        if on < self.from_on:
            return "not_yet"
        return "live" if on <= self.until_on else "run_out"

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values, without what came after."""
        return {
            "enterprise_id": self.enterprise_id,
            "families": list(self.families),
            "purpose": self.purpose,
            "from_on": self.from_on.isoformat(),
            "until_on": self.until_on.isoformat(),
            "evidence": self.evidence,
            "by": self.by,
        }


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a family may be looked at, and by which paper.

    Args:
        family: of sources.
        number: of the authorisation that lets, or that was withdrawn; null of neither.
        why: `authorised`, `agreed` by the consents in the lake, `withdrawn`, or `none`.
    """

    family: str
    number: int | None
    why: Literal["authorised", "agreed", "withdrawn", "none"]

    @property
    def granted(self) -> bool:
        """Whether it may be looked at."""
        return self.why in {"authorised", "agreed"}

    def as_plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self) | {"granted": self.granted}


def permissions(
    held: Iterable[Authorisation], *, purpose: Purpose, on: date, agreed: bool
) -> tuple[Permission, ...]:
    """Return for each family that asks for consent whether it may be looked at.

    Args:
        held: all authorisations of the enterprise.
        purpose: for which it would be looked at.
        on: the day.
        agreed: whether the lake holds consents, which portraits honour by themselves:
            then no paper is needed beside, and a withdrawn one closes all the same.
    """
    mine = sorted(
        (one for one in held if one.purpose == purpose), key=lambda one: one.number
    )
    return tuple(_permission(family, mine, on, agreed=agreed) for family in ASKING)


def left_open(
    held: Iterable[Authorisation], gone: Authorisation, *, on: date
) -> tuple[str, ...]:
    """Return the families that stay open on a day if one authorisation is withdrawn.

    Args:
        held: all authorisations of the enterprise.
        gone: the one that would be withdrawn.
        on: the day.

    Returns:
        those of its families that another live one of the same purpose names.
    """
    others = [
        one
        for one in held
        if one.number != gone.number and one.purpose == gone.purpose and one.live(on)
    ]
    return tuple(
        family
        for family in gone.families
        if any(family in one.families for one in others)
    )


def _permission(
    family: str, held: Sequence[Authorisation], on: date, *, agreed: bool
) -> Permission:
    mine = [one for one in held if family in one.families]
    live = [one.number for one in mine if one.live(on)]
    if live:
        return Permission(family, live[-1], "authorised")
    withdrawn = [
        one.number for one in mine if one.withdrawn_on and one.withdrawn_on <= on
    ]
    if withdrawn:
        return Permission(family, withdrawn[-1], "withdrawn")
    if agreed:
        return Permission(family, None, "agreed")
    return Permission(family, None, "none")
