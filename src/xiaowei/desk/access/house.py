"""What access is decided from: the records, the bank's numbers, its permissions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from xiaowei.desk.home import ACCESS, Home, own_file
from xiaowei.policy.access.actor import Actor
from xiaowei.policy.access.permissions import NotAllowedError, Permissions, Permit
from xiaowei.policy.access.reading import load_permissions
from xiaowei.policy.book import Book
from xiaowei.records.access.tries import Patience
from xiaowei.records.journal import Entry, Journal
from xiaowei.records.moments import stamp

_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class House:
    """What access is decided from.

    Args:
        journal: the records, with the views `users` and `reads`.
        book: the bank's numbers.
        permissions: who may do what.
    """

    journal: Journal
    book: Book
    permissions: Permissions

    def count(self, name: str, *, on: date) -> int:
        """Return a whole number of the bank's that held on a day."""
        return int(self.book.number(name, on=on))

    def seconds_of(self, name: str, *, on: date) -> int:
        """Return a time of the bank's that is stated in minutes, in seconds."""
        return self.count(name, on=on) * _MINUTE

    def patience(self, *, on: date, address: bool = False) -> Patience:
        """Return how wrong passwords are borne.

        Args:
            on: the day.
            address: of an address, from which several people may come.
        """
        free = "lockout_free_tries_address" if address else "lockout_free_tries"
        return Patience(
            free=self.count(free, on=on),
            first=self.count("lockout_first_seconds", on=on),
            longest=self.count("lockout_longest_seconds", on=on),
            forgotten=self.seconds_of("lockout_forgotten_minutes", on=on),
            most=self.count("lockout_most_strangers", on=on),
            leak=self.count("lockout_leak_seconds_address", on=on) if address else 0,
        )

    def holder(self, leave: Permit, operation: str) -> Actor:
        """Return who has leave, having checked that it is leave for this.

        Raises:
            NotAllowedError: it is leave for something else.
        """
        if leave.operation != operation:
            stated = self.permissions.operation(operation)
            raise NotAllowedError(leave.actor, operation, stated)
        return leave.actor

    def record(
        self, connection: sa.Connection, kind: str, at: datetime, **body: object
    ) -> Entry:
        """Put on record what was done, in the transaction that does it."""
        return self.journal.append(connection, kind, dict(body), made_at=stamp(at))


def house_of(home: Home) -> House:
    """Return what access to a home is decided from; read once, not at each request.

    Raises:
        PermissionsError: the bank's `access.yaml` has faults.
    """
    permissions = load_permissions(own_file(home.root, ACCESS))
    return House(home.journal, home.book, permissions)
