"""Profiles of trades from YAML; every fault of a file is named at once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import yaml

from xiaowei.errors import InputError
from xiaowei.policy.overlay import laid_over
from xiaowei.policy.trades.profile import (
    EMPHASES,
    Dimension,
    Profile,
    Profiles,
    Stress,
)
from xiaowei.said import Said

_KEYS: Final = frozenset(
    {
        "checks",
        "codes",
        "papers",
        "reason",
        "reference",
        "set_by",
        "since",
        "title",
        "weights",
    }
)
_GENERAL: Final = ""


class ProfilesError(InputError):
    """A file of profiles cannot be used; all of its faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"profiles in '{file}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected="dimensions with title and traits; profiles with "
            + ", ".join(sorted(_KEYS))
            + ", whose weights in quotes add up to 1",
            remedy="Mend these entries and load the file again; nothing was taken over",
        )


def load_profiles(overlay: Path | None = None) -> Profiles:
    """Return the shipped profiles, with those a bank has set in their place.

    Args:
        overlay: a YAML file in the same form; a dimension or profile there stands in
            place of the shipped one of that name, or beside them.

    Raises:
        ProfilesError: the overlay is not there or malformed; every fault is named.
    """
    shipped = files("xiaowei.policy.trades").joinpath("profiles.yaml")
    return laid_over(shipped, overlay, read=read_profiles, refuse=ProfilesError)


def read_profiles(text: str, *, file: str, shipped: Profiles | None = None) -> Profiles:
    """Return the profiles that a text states, beside those it does not replace.

    Args:
        text: YAML.
        file: what it is called in errors.
        shipped: what it is laid over.

    Raises:
        ProfilesError: it is malformed; every fault is named.
    """
    try:
        stated = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ProfilesError(file, [" ".join(str(error).split())]) from error
    if not isinstance(stated, dict) or stated.keys() - {"dimensions", "profiles"}:
        raise ProfilesError(file, ["'dimensions' and 'profiles' are due, no more"])
    raw, bodies = stated.get("dimensions") or {}, stated.get("profiles") or {}
    if not isinstance(raw, dict) or not isinstance(bodies, dict):
        raise ProfilesError(file, ["'dimensions' and 'profiles' hold names and bodies"])
    known = set(raw) | set(shipped.dimensions if shipped else ())
    faults = [
        *(fault for key, body in raw.items() for fault in _side_faults(key, body)),
        *(f for key, body in bodies.items() for f in _faults(key, body, known)),
    ]
    if faults:
        raise ProfilesError(file, faults)
    dimensions = dict(shipped.dimensions) if shipped else {}
    profiles = dict(shipped.profiles) if shipped else {}
    for key, body in raw.items():
        dimensions[key] = Dimension(key, _said(body["title"]), tuple(body["traits"]))
    for key, body in bodies.items():
        profiles[key] = _profile(key, body)
    if not any(_GENERAL in profile.codes for profile in profiles.values()):
        raise ProfilesError(file, ['no profile has the code ""'])
    return Profiles(dimensions, profiles)


def _profile(key: str, body: Mapping[str, Any]) -> Profile:
    return Profile(
        key=key,
        codes=tuple(body["codes"]),
        since=body["since"],
        title=_said(body["title"]),
        reason=_said(body["reason"]),
        weights={name: Decimal(value) for name, value in body["weights"].items()},
        checks={
            name: Stress(stress["emphasis"], _said(stress["reason"]))
            for name, stress in body["checks"].items()
        },
        papers=tuple(map(_said, body["papers"])),
        set_by=body["set_by"],
        reference=dict(body["reference"]),
    )


def _said(stated: Mapping[str, str]) -> Said:
    return Said(stated["zh"].strip(), stated["en"].strip())


def _is_said(stated: object) -> bool:
    return (
        isinstance(stated, dict)
        and stated.keys() == {"zh", "en"}
        and all(isinstance(text, str) and text.strip() for text in stated.values())
    )


def _side_faults(key: str, body: object) -> Iterator[str]:
    if not isinstance(body, dict) or body.keys() != {"title", "traits"}:
        yield f"dimension '{key}' needs 'title' and 'traits', no more"
        return
    if not _is_said(body["title"]):
        yield f"dimension '{key}': 'title' needs zh and en"
    if not body["traits"] or not isinstance(body["traits"], list):
        yield f"dimension '{key}': 'traits' must name one at least"


def _faults(key: str, body: object, known: set[str]) -> Iterator[str]:
    if not isinstance(body, dict) or body.keys() != _KEYS:
        keys = set(body) if isinstance(body, dict) else set()
        wrong = ", ".join(sorted(map(str, keys ^ _KEYS)))
        yield f"profile '{key}': missing or not a part: {wrong}"
        return
    codes = body["codes"]
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        yield f"profile '{key}': 'codes' must be a list of codes"
    if type(body["since"]) is not date:
        yield f"profile '{key}': 'since' must be a day such as 2016-01-01"
    for name in ("title", "reason"):
        if not _is_said(body[name]):
            yield f"profile '{key}': '{name}' needs zh and en"
    if not isinstance(body["papers"], list) or not all(map(_is_said, body["papers"])):
        yield f"profile '{key}': each of 'papers' needs zh and en"
    if not isinstance(body["reference"], dict) or not body["reference"].get("title"):
        yield f"profile '{key}': 'reference' must hold a 'title'"
    yield from _weight_faults(key, body["weights"], known)
    yield from _check_faults(key, body["checks"])


def _weight_faults(key: str, weights: object, known: set[str]) -> Iterator[str]:
    if not isinstance(weights, dict) or not all(
        isinstance(value, str) and value.replace(".", "", 1).isdecimal()
        for value in weights.values()
    ):
        yield f"profile '{key}': 'weights' must map dimensions to quoted shares"
        return
    for name in sorted(weights.keys() - known):
        yield f"profile '{key}': there is no dimension '{name}'"
    whole = sum(map(Decimal, weights.values()), Decimal(0))
    if whole != 1:
        yield f"profile '{key}': weights add up to {whole}, not to 1"


def _check_faults(key: str, checks: object) -> Iterator[str]:
    if not isinstance(checks, dict):
        yield f"profile '{key}': 'checks' must map names of checks"
        return
    for name, stress in checks.items():
        if (
            not isinstance(stress, dict)
            or stress.get("emphasis") not in EMPHASES
            or not _is_said(stress.get("reason"))
        ):
            yield (
                f"profile '{key}': check '{name}' needs a reason in zh and en and an "
                f"emphasis, one of {', '.join(EMPHASES)}"
            )
