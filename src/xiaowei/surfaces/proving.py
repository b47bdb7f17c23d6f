"""Who acts at a terminal proves to be somebody: by a password that nobody sees.

Passwords and tokens are asked for, or read from standard input one a line; they are
never arguments, which any process of the machine can see.
"""

import sys
from typing import Final

import typer

from xiaowei.desk import clock
from xiaowei.desk.access.house import House
from xiaowei.desk.access.signing import session_of, sign_in, sign_out
from xiaowei.policy.access.permissions import Permit

_HERE: Final = "terminal"


def leave_of(house: House, login: str, operation: str) -> Permit:
    """Return somebody's leave for an operation, having asked for the password.

    Args:
        house: what access is decided from.
        login: the account.
        operation: for what.

    Raises:
        WrongPasswordError: account and password do not belong together.
        TooManyTriesError: of this account.
        NotAllowedError: none of the account's roles may do it.
    """
    given = secret(f"password of {login}")
    token = sign_in(house, login, given, at=clock.moment(), address=_HERE)
    try:
        return session_of(house, token, at=clock.moment()).permit(operation)
    finally:
        sign_out(house, token, at=clock.moment())


def secret(named: str) -> str:
    """Return a secret that is typed unseen, or the next line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt(named, hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")
