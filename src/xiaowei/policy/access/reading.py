"""Permissions from YAML; what a bank may move in them, and what it may not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Final

from xiaowei.errors import InputError
from xiaowei.policy.access.actor import REACHES, ROLES, RoleName
from xiaowei.policy.access.permissions import (
    Act,
    Operation,
    Permissions,
    Role,
    within,
)
from xiaowei.policy.overlay import laid_over
from xiaowei.policy.stated import Stated, stated_in

_ACTS: Final[tuple[Act, ...]] = ("read", "change")
_MOVABLE: Final = ("roles", "fresh")
_LONGEST: Final = 100


class PermissionsError(InputError):
    """A file of permissions cannot be used; all of its faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"permissions in '{file}' have {len(faults)} fault(s): "
            + "; ".join(faults),
            expected="roles with reach and most, operations with the roles that may; "
            "in an overlay whichever of them change",
            remedy="Mend these entries and load the file again; nothing was taken over",
        )


def load_permissions(overlay: Path | None = None) -> Permissions:
    """Return the shipped permissions, with what a bank has set in their place.

    Args:
        overlay: a YAML file; per role it may state another `reach` and `most`, per
            operation other `roles`, or `fresh`, and further pairs `apart`. What is
            checked by a second person, and what keeps roles apart, no overlay lifts.

    Raises:
        PermissionsError: the overlay is not there, malformed, or breaks what holds
            for every bank; every fault is named.
    """
    shipped = files("xiaowei.policy.access").joinpath("access.yaml")
    return laid_over(shipped, overlay, read=read_permissions, refuse=PermissionsError)


def read_permissions(
    text: str, *, file: str, shipped: Permissions | None = None
) -> Permissions:
    """Return the permissions that a text states, over those it is laid over.

    Args:
        text: YAML.
        file: what it is called in errors.
        shipped: what it is laid over.

    Raises:
        PermissionsError: it is malformed; every fault is named.
    """
    stated = stated_in(text)
    if shipped is None:
        parts = stated.parts("roles", "apart", "operations")
        read = Permissions(
            {_role_name(name, one): _role(one) for name, one in _named(parts["roles"])},
            {name: _operation(one) for name, one in _named(parts["operations"])},
            _pairs(parts["apart"]),
        )
    else:
        read = _over(stated, shipped)
    faults = [*stated.faults, *_broken(read)]
    if faults:
        raise PermissionsError(file, faults)
    return read


def _over(stated: Stated, shipped: Permissions) -> Permissions:
    parts = stated.parts(may=("roles", "apart", "operations"))
    roles, operations = dict(shipped.roles), dict(shipped.operations)
    for name, one in _named(parts.get("roles")):
        role = _role_name(name, one)
        found = one.parts(may=("reach", "most"))
        if "reach" in found:
            reach = found["reach"].one_of(tuple(REACHES))
            roles[role] = replace(roles[role], reach=reach)
        if "most" in found:
            most = found["most"].one_of(tuple(REACHES))
            roles[role] = replace(roles[role], most=most)
    for name, one in _named(parts.get("operations")):
        if name not in operations:
            one.fault("no such operation; an overlay changes those that xiaowei has")
            continue
        found = one.parts(may=_MOVABLE)
        if "roles" in found:
            may = found["roles"].some_of(ROLES)
            operations[name] = replace(operations[name], roles=may)
        if "fresh" in found:
            operations[name] = replace(operations[name], fresh=_truth(found["fresh"]))
    apart = _pairs(parts["apart"]) if "apart" in parts else frozenset()
    return Permissions(roles, operations, shipped.apart | apart)


def _named(stated: Stated | None) -> Iterator[tuple[str, Stated]]:
    yield from stated.mapping().items() if stated else ()


def _role_name(name: str, stated: Stated) -> RoleName:
    return replace(stated, value=name).one_of(ROLES)


def _role(stated: Stated) -> Role:
    parts = stated.parts("title", "reach", "most")
    return Role(
        parts["title"].said(),
        parts["reach"].one_of(tuple(REACHES)),
        parts["most"].one_of(tuple(REACHES)),
    )


def _operation(stated: Stated) -> Operation:
    due = ("title", "act", "customer", "roles")
    parts = stated.parts(*due, may=("fresh", "checked"))
    return Operation(
        said=parts["title"].said(),
        act=parts["act"].one_of(_ACTS),
        customer=_truth(parts["customer"]),
        fresh=_truth(parts["fresh"]) if "fresh" in parts else False,
        checked=_truth(parts["checked"]) if "checked" in parts else False,
        roles=parts["roles"].some_of(ROLES),
    )


def _truth(stated: Stated) -> bool:
    if not isinstance(stated.value, bool):
        stated.fault("true or false is due")
    return stated.value is True


def _pairs(stated: Stated) -> frozenset[frozenset[RoleName]]:
    found = set()
    for one in stated.items(most=_LONGEST):
        pair = frozenset(one.some_of(ROLES))
        if len(pair) != 2:  # noqa: PLR2004 - a pair
            one.fault("two roles are due")
        found.add(pair)
    return frozenset(found)


def _broken(read: Permissions) -> Iterator[str]:
    """Name what breaks what holds for every bank, whatever its overlay says."""
    for name in ROLES:
        if name not in read.roles:
            yield f"role '{name}' is missing"
    for name, role in read.roles.items():
        if not within(role.reach, role.most):
            yield f"'{name}': reach {role.reach} goes further than most, {role.most}"
    yield from _overstepped(read.operations)


def _overstepped(operations: Mapping[str, Operation]) -> Iterator[str]:
    for name, one in operations.items():
        if one.act == "change" and "auditor" in one.roles:
            yield f"'{name}': an auditor changes nothing"
        if one.customer and "it_operator" in one.roles:
            yield f"'{name}': an IT operator sees no data of customers"
        if one.customer and "administrator" in one.roles:
            yield f"'{name}': an administrator sees no data of customers"
    for name in ("users.change", "exports.make", "pii.unmask"):
        if name in operations and not operations[name].fresh:
            yield f"'{name}': a fresh password stays due"
