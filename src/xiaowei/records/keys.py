"""Idempotency keys: what was done once under a key is not done again.

The key and its effect are one transaction: a key is there if the effect is, so that a
crash leaves no key stuck, and whoever asks at the same time waits for the writer.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from xiaowei.errors import InputError
from xiaowei.records.journal import canonical, digest_of
from xiaowei.records.schema import META

DAYS: Final = 30
"""So long a key is kept at least."""
LONGEST: Final = 200
KEYS: Final = sa.Table(
    "idempotency_keys",
    META,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("asked", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False, index=True),
)


class KeyUsedError(InputError):
    """A key came before with something else."""

    def __init__(self, key: str) -> None:
        """Name it."""
        super().__init__(
            f"the key '{key}' was used for something else",
            expected="the same request as before, or a key of its own",
            remedy="Send it with a new key",
        )


class KeyFormError(InputError):
    """A key is empty or too long."""

    def __init__(self) -> None:
        """Say how long it may be."""
        super().__init__(
            "the idempotency key is empty or too long",
            expected=f"1 to {LONGEST} characters",
            remedy="Send a UUID",
        )


def once(
    connection: sa.Connection,
    key: str,
    asked: Any,  # noqa: ANN401 - any plain value
    *,
    made_at: str,
    act: Callable[[], str],
) -> str:
    """Return what an act answers, doing it only if its key is new.

    Args:
        connection: of `Store.writing`: keys and effects are written by one at a time.
        key: made by whoever asks.
        asked: what is asked for, as plain values.
        made_at: the moment, ISO 8601 in UTC.
        act: does it in the same transaction, and answers with a text.

    Raises:
        KeyUsedError: the key came before with something else.
        KeyFormError: it is no key.
    """
    held = answered(connection, key, asked)
    if held is not None:
        return held
    answer, digest = act(), digest_of(canonical(asked))
    connection.execute(
        KEYS.insert().values(key=key, asked=digest, answer=answer, made_at=made_at)
    )
    _forget(connection, made_at)
    return answer


def answered(
    connection: sa.Connection,
    key: str,
    asked: Any,  # noqa: ANN401 - any plain value
) -> str | None:
    """Return what was answered under a key before; null where it is new.

    Args:
        connection: any of the store's.
        key: made by whoever asks.
        asked: what is asked for, as plain values.

    Raises:
        KeyUsedError: the key came before with something else.
        KeyFormError: it is no key.
    """
    if not 0 < len(key) <= LONGEST:
        raise KeyFormError
    held = connection.execute(KEYS.select().where(KEYS.c.key == key)).first()
    if held is None:
        return None
    if held.asked != digest_of(canonical(asked)):
        raise KeyUsedError(key)
    answer: str = held.answer
    return answer


def _forget(connection: sa.Connection, made_at: str) -> None:
    oldest = datetime.fromisoformat(made_at) - timedelta(days=DAYS)
    last = oldest.isoformat(timespec="seconds")
    connection.execute(KEYS.delete().where(KEYS.c.made_at < last))
