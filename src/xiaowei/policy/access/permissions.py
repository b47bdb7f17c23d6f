"""What each role may do, and how far it sees while doing it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from xiaowei.errors import ConflictError, NotFoundError
from xiaowei.policy.access.actor import REACHES, Actor, Reach, RoleName
from xiaowei.said import Said

Act: TypeAlias = Literal["read", "change"]
_ORDER: Final = tuple(REACHES)


@dataclass(frozen=True, slots=True)
class Role:
    """One role.

    Args:
        said: its name for people.
        reach: how far it sees unless given otherwise.
        most: the furthest that it may be given with.
    """

    said: Said
    reach: Reach
    most: Reach


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that may be done.

    Args:
        said: its name for people.
        act: whether it changes anything.
        customer: whether it shows or changes data of customers.
        fresh: whether a password given within minutes is due.
        checked: whether it approves what another person made.
        roles: who may.
    """

    said: Said
    act: Act
    customer: bool
    fresh: bool
    checked: bool
    roles: tuple[RoleName, ...]


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave for one operation; the only key to rows of read models.

    Args:
        actor: who has it.
        operation: for what.
        reach: how far rows are seen.
    """

    actor: Actor
    operation: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Permissions:
    """The bank's roles and operations.

    Args:
        roles: name to role.
        operations: name to operation.
        apart: pairs of roles that one employee never holds together.
    """

    roles: Mapping[RoleName, Role]
    operations: Mapping[str, Operation]
    apart: frozenset[frozenset[RoleName]]

    def operation(self, name: str) -> Operation:
        """Return an operation.

        Raises:
            NoOperationError: there is none of that name.
        """
        if name not in self.operations:
            raise NoOperationError(name)
        return self.operations[name]

    def reach(self, actor: Actor, operation: str) -> Reach | None:
        """Return how far an actor sees in an operation; null where he may not do it.

        Only roles that may do it count: an auditor's sight of the whole bank does not
        widen what the same account may change as another role.

        Raises:
            NoOperationError: there is none of that name.
        """
        may = self.operation(operation).roles
        held = [reach for role, reach in actor.roles.items() if role in may]
        return max(held, key=_ORDER.index, default=None)

    def permit(self, actor: Actor, operation: str) -> Permit:
        """Return leave for an operation.

        Raises:
            NoOperationError: there is none of that name.
            NotAllowedError: none of the actor's roles may do it.
        """
        reach = self.reach(actor, operation)
        if reach is None:
            raise NotAllowedError(actor, operation, self.operations[operation])
        return Permit(actor, operation, reach)

    def clashes(self, roles: Iterable[RoleName]) -> tuple[frozenset[RoleName], ...]:
        """Return the pairs among roles that nobody holds together."""
        held = frozenset(roles)
        return tuple(sorted((pair for pair in self.apart if pair <= held), key=sorted))


def within(reach: Reach, most: Reach) -> bool:
    """Test whether a reach goes no further than another.

    >>> within("branch", "region"), within("all", "region")
    (True, False)
    """
    return _ORDER.index(reach) <= _ORDER.index(most)


class NotAllowedError(ConflictError):
    """None of somebody's roles may do what he asks for."""

    status = 403

    def __init__(self, actor: Actor, operation: str, stated: Operation) -> None:
        """Name the account, the operation and the roles that may."""
        super().__init__(
            f"'{actor.login}' may not {stated.said.en} 无权{stated.said.zh} "
            f"({operation})",
            expected="one of the roles " + ", ".join(stated.roles),
            remedy="Ask somebody who has it, or an administrator for the role",
        )


class WholeBankError(ConflictError):
    """What is asked for is about every customer, and somebody sees only some."""

    status = 403

    def __init__(self, permit: Permit) -> None:
        """Say how far one sees."""
        self.login = permit.actor.login
        super().__init__(
            f"'{permit.operation}' is about the whole bank here; '{self.login}' sees "
            f"'{permit.reach}' 无权查看全行数据",
            expected="a role that reaches the whole bank",
            remedy="Ask somebody who sees it whole, or open one of your customers",
        )


def whole_bank(permit: Permit) -> Permit:
    """Return leave that reaches every customer, as it is.

    Raises:
        WholeBankError: it reaches some of them only.
    """
    if permit.reach != "all":
        raise WholeBankError(permit)
    return permit


class NoOperationError(NotFoundError):
    """There is no operation of that name."""

    def __init__(self, name: str) -> None:
        """Name it."""
        super().__init__(
            f"there is no operation '{name[:60]}'",
            expected="one that 'xiaowei access matrix' lists",
            remedy="Correct the name",
        )
