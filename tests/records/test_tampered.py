"""Whatever is changed behind the guards shows in the chain, or by an anchor outside."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from tests.records.test_journal import AT, behind_the_guards

from xiaowei.records.anchors import CutJournalError, anchor, check_anchors
from xiaowei.records.journal import (
    BrokenJournalError,
    Journal,
    LostDocumentError,
    canonical,
    digest_of,
)
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store

SEED: Final = 20_261_130
TAMPERS: Final = 5_000
"""Of each database."""
LAST: Final = 12
COLUMNS: Final = ("made_at", "kind", "body", "before", "hash")
LETTERS: Final = '0123456789abcdef{}[]",: \\-+.eE微企'


class Within(Store):
    """A store that reads within one transaction."""

    def __init__(self, kind: str, connection: sa.Connection) -> None:
        """Take the transaction."""
        self.kind, self._connection = kind, connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Read what the transaction sees."""
        yield self._connection


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who may do all, and knows how the journal is made."""

    connection: sa.Connection
    chance: random.Random
    rows: list[dict[str, Any]]
    documents: list[dict[str, str]]

    def do(self, statement: str, **values: object) -> None:
        done = self.connection.execute(sa.text(statement), values)
        assert done.rowcount >= 1, statement

    def one(self, *, last: int = LAST) -> dict[str, Any]:
        return self.chance.choice(self.rows[:last])

    def document(self) -> dict[str, str]:
        return self.chance.choice(self.documents)

    def edited(self, text: str) -> str:
        """Change one letter, take one away, or put one in."""
        while True:
            at, letter = self.chance.randrange(len(text)), self.chance.choice(LETTERS)
            ways = (
                text[:at] + letter + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + letter + text[at:],
            )
            made = self.chance.choice(ways)
            if made != text:
                return made

    def forged(self, seq: int, before: str) -> dict[str, Any]:
        """Make an entry that is right in itself."""
        body = canonical({"number": self.chance.randrange(10**6)})
        return hashed({"seq": seq, "made_at": AT, "kind": "run", "body": body}, before)

    def insert(self, row: dict[str, Any]) -> None:
        names = ", ".join(f":{name}" for name in ("seq", *COLUMNS))
        columns = "seq, made_at, kind, body, before, hash"
        self.do(f"INSERT INTO journal ({columns}) VALUES ({names})", **row)  # noqa: S608

    def put(self, row: dict[str, Any]) -> None:
        """Put an entry in the place of that of its number."""
        stated = ", ".join(f"{name} = :{name}" for name in COLUMNS)
        self.do(f"UPDATE journal SET {stated} WHERE seq = :seq", **row)  # noqa: S608


def hashed(row: dict[str, Any], before: str) -> dict[str, Any]:
    """Return a row with the hash that follows from the one before."""
    said = [row["seq"], row["made_at"], row["kind"], json.loads(row["body"]), before]
    return {**row, "before": before, "hash": digest_of(canonical(said))}


def letter(hand: Hand) -> None:
    row, column = hand.one(), hand.chance.choice(COLUMNS)
    new = hand.edited(row[column])
    hand.do(
        f"UPDATE journal SET {column} = :new WHERE seq = :seq",  # noqa: S608 - ours
        new=new,
        seq=row["seq"],
    )


def respelt(hand: Hand) -> None:
    """The same facts, written so that another reader may find others."""
    row = hand.one()
    body, text = json.loads(row["body"]), row["body"]
    ways = (
        json.dumps(body, ensure_ascii=False, indent=hand.chance.randrange(1, 9)),
        json.dumps(body, ensure_ascii=True, separators=(",", ":")),
        canonical_of(dict(reversed(body.items()))),
        '{"number":' + str(hand.chance.randrange(10**6)) + "," + text[1:],
        " " * hand.chance.randrange(1, 9) + text,
    )
    hand.put({**row, "body": hand.chance.choice([one for one in ways if one != text])})


def canonical_of(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def swapped(hand: Hand) -> None:
    one, other = hand.chance.sample(hand.rows, 2)
    hand.put({**one, "body": other["body"], "made_at": other["made_at"]})
    hand.put({**other, "body": one["body"], "made_at": one["made_at"]})


def in_another_order(hand: Hand) -> None:
    one, other = (row["seq"] for row in hand.chance.sample(hand.rows, 2))
    move = "UPDATE journal SET seq = :to WHERE seq = :seq"
    for seq, to in ((one, 10**9), (other, one), (10**9, other)):
        hand.do(move, seq=seq, to=to)


def gone(hand: Hand) -> None:
    hand.do("DELETE FROM journal WHERE seq = :seq", seq=hand.one(last=LAST - 1)["seq"])


def put_in(hand: Hand) -> None:
    aside = (0, -1, -(10**6), LAST + 2, 10**9)
    seq = hand.chance.choice(aside)
    hand.insert(hand.forged(seq, hand.one()["hash"]))


def with_its_own_hash(hand: Hand) -> None:
    row = hand.one(last=LAST - 1)
    hand.put(hand.forged(row["seq"], row["before"]))


def from_there_on(hand: Hand) -> None:
    """All that follows is made anew: the chain alone does not show it."""
    first = hand.one()["seq"]
    row = hand.forged(first, hand.rows[first - 1]["before"])
    hand.put(row)
    for later in hand.rows[first:]:
        row = hashed(later, row["hash"])
        hand.put(row)


def cut(hand: Hand) -> None:
    hand.do("DELETE FROM journal WHERE seq >= :seq", seq=hand.one()["seq"])


def cut_and_grown(hand: Hand) -> None:
    first = hand.one()["seq"]
    hand.do("DELETE FROM journal WHERE seq >= :seq", seq=first)
    before = hand.rows[first - 1]["before"]
    for seq in range(first, LAST + 1 + hand.chance.randrange(3)):
        row = hand.forged(seq, before)
        hand.insert(row)
        before = row["hash"]


def document_letter(hand: Hand) -> None:
    one, column = hand.document(), hand.chance.choice(("text", "digest"))
    hand.do(
        f"UPDATE documents SET {column} = :new WHERE digest = :digest",  # noqa: S608
        new=hand.edited(one[column]),
        digest=one["digest"],
    )


def document_swapped(hand: Hand) -> None:
    one, other = hand.chance.sample(hand.documents, 2)
    change = "UPDATE documents SET text = :text WHERE digest = :digest"
    hand.do(change, text=other["text"], digest=one["digest"])
    hand.do(change, text=one["text"], digest=other["digest"])


def document_gone(hand: Hand) -> None:
    hand.do(
        "DELETE FROM documents WHERE digest = :digest", digest=hand.document()["digest"]
    )


WAYS: Final[tuple[Callable[[Hand], None], ...]] = (
    letter, letter, letter, letter, respelt, swapped, in_another_order, gone, put_in,
    with_its_own_hash, from_there_on, cut, cut_and_grown, document_letter,
    document_letter, document_swapped, document_gone,
)  # fmt: skip


def fill(journal: Journal) -> None:
    for number in range(LAST):
        body = {
            "number": number,
            "said": f"第{number}号小微企业",
            "at": [1, {"a": None}],
        }
        kind = ("run", "application", "decision")[number % 3]
        journal.add(kind, body, made_at=AT, document=f"第{number}份 text {number}")


def rows(connection: sa.Connection, asked: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.text(asked)).mappings()]


def shows(journal: Journal, anchors: Path) -> bool:
    """Tell whether whoever verifies is told, in the words that he is to be told."""
    try:
        journal.verify()
        check_anchors(journal, anchors)
    except (BrokenJournalError, LostDocumentError, CutJournalError):
        return True
    return False


class TestJournal:
    def test_shows_each_of_thousands_of_tampers(self, url: str, tmp_path: Path) -> None:
        chance = random.Random(SEED)  # noqa: S311 - which tamper, no secret
        anchors, unseen, done = tmp_path / "anchors", [], Counter[str]()
        with open_journal(url) as journal:
            fill(journal)
            anchor(journal, anchors, made_at=AT)
            with behind_the_guards(journal.store) as connection:
                within = Journal(Within(journal.store.kind, connection))
                known = rows(connection, "SELECT * FROM journal ORDER BY seq")
                texts = rows(connection, "SELECT * FROM documents ORDER BY digest")
                for number in range(TAMPERS):
                    way = chance.choice(WAYS)
                    connection.exec_driver_sql("SAVEPOINT untouched")
                    way(Hand(connection, chance, known, texts))
                    if not shows(within, anchors):
                        unseen.append((number, way.__name__))
                    done[way.__name__] += 1
                    connection.exec_driver_sql("ROLLBACK TO untouched")
                    connection.exec_driver_sql("RELEASE untouched")
                assert not shows(within, anchors)
        assert unseen == []
        assert min(done.values()) > TAMPERS / len(WAYS) / 2
