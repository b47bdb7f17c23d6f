"""Run as a process of its own: customers are served by children that are killed.

Each child is forked before any engine or thread is there; what it does is what the desk
does, and it is killed by SIGKILL. After each kill what stands is held against what
somebody was told, and the next child goes on. Prints JSON.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import sqlalchemy as sa
from alembic import command
from tests.desk.deciding.afterwards import check
from tests.desk.deciding.course import (
    COURSES,
    HELD,
    Tell,
    at_home,
    go_on,
    home_of,
    prepare,
    telling,
    told_in,
)

from xiaowei.desk.home import VIEWS
from xiaowei.records.journal import Entry, Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store

JOBS: Final = len(COURSES)
"""Of a home whose child is killed at a point; at random moments there are more."""
MANY: Final = 4 * JOBS
FROM_NOTHING: Final = 4
"""Every so many homes begin with an empty database, whose making is killed too."""
MOMENTS: Final = ("written", "followed", "kept", "committed", "told")
"""Of each act: it stands in the journal, the read models have followed, all is done
but the commit, the commit is done, somebody was told of it."""
MOST_ACTS: Final = 9
SPAN, OPENING = 0.01, 0.04
"""Seconds that an act and the opening of a home take at most, mostly."""
assert command  # Read before any child is forked, as it is read when a home opens.


class Databases:
    """Makes databases, each a copy of one that was made and closed."""

    def __init__(self, place: str) -> None:
        """Take a folder, or the URL of a PostgreSQL."""
        self._place, self._made = place, 0
        self._files = "://" not in place
        self._model = self._empty()
        with at_home(self._model, Path(place)):
            pass

    @contextmanager
    def one(self, *, empty: bool = False) -> Iterator[str]:
        """Make one, and take it away again."""
        url = self._empty() if empty else self._copy()
        yield url
        if self._files:
            for path in Path(self._place).glob(f"{_name(url)}*"):
                path.unlink()
        else:
            self._do(f"DROP DATABASE {_name(url)} WITH (FORCE)")

    def _empty(self) -> str:
        url = self._next()
        if not self._files:
            self._do(f"CREATE DATABASE {_name(url)}")
        return url

    def _copy(self) -> str:
        url = self._next()
        if self._files:
            model = Path(self._place) / _name(self._model)
            (Path(self._place) / _name(url)).write_bytes(model.read_bytes())
        else:
            self._do(f"CREATE DATABASE {_name(url)} TEMPLATE {_name(self._model)}")
        return url

    def _next(self) -> str:
        self._made += 1
        name = f"killed_{os.getpid()}_{self._made}"
        if self._files:
            return f"sqlite:///{Path(self._place) / name}.sqlite"
        stated = sa.make_url(self._place).set(database=name)
        return stated.render_as_string(hide_password=False)

    def _do(self, statement: str) -> None:
        stated = sa.make_url(self._place).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(stated, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def _name(url: str) -> str:
    """Return the name of a database, or of the file that it is."""
    return Path(sa.make_url(url).database or "").name


class Pointed(Store):
    """A store, and a journal on it, that say what was just done."""

    def __init__(self, url: str, at: Callable[[str], None]) -> None:
        """Open it; nothing was done yet."""
        super().__init__(url)
        self._at, self._kind = at, ""

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Say of each transaction that it will be committed, and that it is."""
        with super().writing() as connection:
            yield connection
            self.reached("kept")
        self.reached("committed")

    def reached(self, moment: str) -> None:
        """Say so, if anything was put on record."""
        if self._kind:
            self._at(f"{self._kind} {moment}")

    def told(self) -> None:
        """Say that somebody was told, and that nothing is under way any more."""
        self.reached("told")
        self._kind = ""

    def journal(self) -> Journal:
        """Return a journal whose first and last follower tell of each entry."""
        return Journal(
            self,
            followers=[_Says(self, "written"), *VIEWS, _Says(self, "followed")],
        )

    def begun(self, kind: str) -> None:
        """Take over of what kind the entry is."""
        self._kind = kind


class _Says:
    def __init__(self, store: Pointed, moment: str) -> None:
        self._store, self._moment = store, moment

    def follow(self, connection: sa.Connection, entry: Entry) -> None:
        del connection
        self._store.begun(entry.kind)
        self._store.reached(self._moment)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a child is killed: so long after it was heard so many times."""

    heard: int
    seconds: float


def serve(url: str, told: Path, jobs: int, hear: Callable[[], None]) -> None:
    """Go on with all customers, as a program does that was started again."""
    with at_home(url, told.parent) as home, telling(told) as tell:
        hear()
        go_on(home, jobs, told_in(told), _then(tell, hear))


def serve_to(
    url: str, told: Path, points: Path, last: int, _hear: Callable[[], None]
) -> None:
    """Go on up to a point, and be killed there; write down the names of all before."""
    left = [last]
    with telling(points) as names, telling(told) as tell:

        def at(point: str) -> None:
            names(f"{point}\n")
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        with open_journal(url, views=VIEWS):
            store = Pointed(url, at)
        home = home_of(told.parent, store.journal())
        go_on(home, JOBS, told_in(told), _then(tell, store.told))
        store.close()


def _then(tell: Tell, after: Callable[[], None]) -> Tell:
    def both(line: str) -> None:
        tell(line)
        after()

    return both


def in_child(
    work: Callable[[Callable[[], None]], None], *, moment: Moment | None = None
) -> bool:
    """Do some work in a child; return whether it was killed at it.

    Args:
        work: is handed what makes itself heard.
        moment: when it is killed; null for not from here.
    """
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hears)
        code = 1
        try:
            work(lambda: _whole(os.write(says, b".")))
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(says)
    if moment is not None:
        for _ in range(moment.heard):
            os.read(hears, 1)
        time.sleep(moment.seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(hears)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, -signal.SIGKILL}:
        raise SystemExit(f"a child ended with {code}: neither done nor killed")
    return code != 0


def _whole(written: int) -> None:
    assert written == 1


def finish(url: str, told: Path, jobs: int) -> int:
    """Go on undisturbed, then send everything again; return how much is on record."""
    again = told.with_suffix(".again")
    again.touch()
    for one in (told, again):
        if in_child(partial(serve, url, one, jobs)):
            raise SystemExit("an undisturbed child was killed")
    known = told_in(told)
    for number, answers in told_in(again).items():
        # Under its key the same answer; of all else that it was done before.
        assert answers[0] == known[number][0]
        assert set(answers[1:]) == {HELD}
    return check(url, known, jobs=jobs, ended=True)


def drawn(chance: np.random.Generator) -> Moment:
    """Draw a moment of the opening of a home, or of one of the acts after it."""
    heard = int(chance.integers(MOST_ACTS))
    return Moment(heard, float(chance.uniform(0, SPAN if heard else OPENING)))


def at_random(made: Databases, folder: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill children at random moments, until so many were killed."""
    moments = np.random.default_rng(seed)
    done = homes = entries = 0
    while done < kills:
        homes += 1
        told = folder / f"told-{homes}"
        told.touch()
        with made.one(empty=homes % FROM_NOTHING == 0) as url:
            while done < kills:
                moment = drawn(moments)
                if not in_child(partial(serve, url, told, MANY), moment=moment):
                    break
                done += 1
                if homes % FROM_NOTHING or told.stat().st_size:
                    check(url, told_in(told), jobs=MANY)
            entries += finish(url, told, MANY)
    return {"kills": done, "homes": homes, "entries": entries}


def at_each_point(made: Databases, folder: Path, *, once: bool) -> dict[str, object]:
    """Kill a child at each point there is; where asked, once by each name alone."""
    named = folder / "points"
    told = folder / "told-whole"
    told.touch()
    with made.one() as url:
        in_child(partial(serve_to, url, told, named, 0))
        check(url, told_in(told), jobs=JOBS, ended=True)
    points = named.read_text(encoding="utf-8").splitlines()
    kills = 0
    for number, point in enumerate(points, start=1):
        if once and point in points[: number - 1]:
            continue
        told = folder / f"told-{number}"
        told.touch()
        with made.one() as url:
            passed = folder / f"points-{number}"
            if not in_child(partial(serve_to, url, told, passed, number)):
                raise SystemExit(f"nobody was killed at point {number}, {point}")
            assert passed.read_text(encoding="utf-8").splitlines() == points[:number]
            kills += 1
            check(url, told_in(told), jobs=JOBS)
            finish(url, told, JOBS)
    return {"kills": kills, "points": sorted(set(points))}


if __name__ == "__main__":
    place, base, how = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    prepare()
    databases = Databases(place)
    if how in {"points", "names"}:
        json.dump(at_each_point(databases, base, once=how == "names"), sys.stdout)
    else:
        json.dump(at_random(databases, base, int(how), int(sys.argv[4])), sys.stdout)
