"""Passwords: which will do, and how they are kept.

Hashed by Argon2id with the parameters of the policy (`argon2_*`, those of the OWASP
cheat sheet as shipped); who signs in with a hash of other parameters gets a new one.
"""

import unicodedata
from datetime import date
from typing import Final

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from xiaowei.errors import InputError
from xiaowei.policy.book import Book

LONGEST: Final = 128
_LEAST_SCORE: Final = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses, safe where tries are slowed down."""
_WEIGHED: Final = 72
"""So many characters are weighed: zxcvbn takes no more."""
_SHORTEST_NAME: Final = 4


class WeakPasswordError(InputError):
    """A password is one that others could guess."""

    def __init__(self, why: str, *, least: int) -> None:
        """Say why; the password itself is in no message."""
        super().__init__(
            f"the password will not do: {why}",
            expected=f"{least} to {LONGEST} characters that are no common password and "
            "hold no name of yours",
            remedy="Take several words that have nothing to do with each other",
        )
        self.figures = {"least": str(least), "most": str(LONGEST)}


class ShortPasswordError(WeakPasswordError):
    """A password has too few characters."""


class LongPasswordError(WeakPasswordError):
    """A password has more characters than are taken."""


class NamedPasswordError(WeakPasswordError):
    """A password holds what others know of its owner, or the old one."""


class CommonPasswordError(WeakPasswordError):
    """A password is among those that are tried first."""


class Passwords:
    """Hashes passwords and checks them by the parameters of a day.

    Args:
        book: the bank's numbers.
        on: the day.
    """

    def __init__(self, book: Book, *, on: date) -> None:
        """Read the parameters."""
        self._least = int(book.number("password_least_length", on=on))
        self._hasher = PasswordHasher(
            memory_cost=int(book.number("argon2_memory_kib", on=on)),
            time_cost=int(book.number("argon2_passes", on=on)),
            parallelism=int(book.number("argon2_lanes", on=on)),
            type=Type.ID,
        )

    def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        return self._hasher.hash(_plain(password))

    def right(self, kept: str, password: str) -> bool:
        """Test whether a password is the one of which a hash was kept."""
        if len(password) > LONGEST:
            return False
        try:
            return self._hasher.verify(kept, _plain(password))
        except (VerificationError, InvalidHashError):
            return False

    def stale(self, kept: str) -> bool:
        """Test whether a hash was made by other parameters."""
        return self._hasher.check_needs_rehash(kept)

    def nobody(self) -> str:
        """Return a hash that no password has, to spend the same time on a stranger."""
        blank = "A" * 22, "A" * 43
        return (
            f"$argon2id$v=19$m={self._hasher.memory_cost},t={self._hasher.time_cost},"
            f"p={self._hasher.parallelism}${blank[0]}${blank[1]}"
        )

    def check(self, password: str, *, names: tuple[str, ...] = ()) -> None:
        """Refuse a password that others could guess.

        Args:
            password: as typed.
            names: of the account and the person, which it may not hold.

        Raises:
            WeakPasswordError: it is short, long, common, or holds a name; each has
                its own kind.
        """
        plain = _plain(password)
        least, known = self._least, [name.lower() for name in (*names, "xiaowei")]
        if len(plain) < least:
            why = f"it has fewer than {least} characters"
            raise ShortPasswordError(why, least=least)
        if len(plain) > LONGEST:
            why = f"it has more than {LONGEST} characters"
            raise LongPasswordError(why, least=least)
        held = [name for name in known if len(name) >= _SHORTEST_NAME]
        if any(name in plain.lower() for name in held):
            why = "it holds a name of account, person or system, or the old password"
            raise NamedPasswordError(why, least=least)
        # Only now: its lists of passwords take longer to read than a command to run.
        from zxcvbn import zxcvbn  # noqa: PLC0415

        if zxcvbn(plain[:_WEIGHED], user_inputs=known)["score"] < _LEAST_SCORE:
            raise CommonPasswordError(
                "it is among those that are tried first", least=least
            )


def _plain(password: str) -> str:
    """Return one form of a password, whichever keyboard typed it (NIST 800-63B)."""
    return unicodedata.normalize("NFKC", password)
