"""Whoever is killed between a decision and its delivery loses and invents nothing."""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest
from tests.desk.webhooks.conftest import open_to_here
from tests.desk.webhooks.killed import POINTS
from tests.desk.webhooks.receiving import Authority, receiving

ROOT: Final = Path(__file__).parents[3]
JOBS, KILLS = 40, 14
NIGHTLY_JOBS, NIGHTLY_KILLS = 400, 150


def killed(
    url: str, folder: Path, authority: Authority, *, jobs: int, kills: int
) -> None:
    root = folder / "home"
    root.mkdir()
    open_to_here(root, authority)
    with receiving() as receiver:
        # Of some it says that it was not told, though it was.
        receiver.answers += [(500, {}), (204, {}), (503, {}), (204, {}), (429, {})]
        done = subprocess.run(  # noqa: S603 - our own code
            [
                sys.executable, "-m", "tests.desk.webhooks.killed",
                url, str(root), receiver.url("127.0.0.1"), str(jobs), str(kills), "1",
            ],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    bodies: dict[str, set[str]] = defaultdict(set)
    for got in receiver.got:
        bodies[got.headers["webhook-id"]].add(got.body.decode())
    # Each event that stands came, each that came stands, always as the same text.
    assert dict(bodies) == {event: {body} for event, body in told["events"].items()}
    assert told["states"] == {"done": len(told["events"])}
    assert told["ids"] == sorted(told["events"])
    # Of four customers in turn: three decisions, two conclusions, one withdrawal.
    assert len(told["events"]) == jobs // 4 * 6
    assert all(told["kills"][point] == 1 for point in POINTS)
    assert told["kills"]["random"] > kills / 2
    # Some came twice: what was sent, and not put on record before the kill.
    assert len(receiver.got) > len(told["events"])


class TestKill:
    def test_loses_and_invents_nothing(
        self, url: str, tmp_path: Path, authority: Authority
    ) -> None:
        killed(url, tmp_path, authority, jobs=JOBS, kills=KILLS)

    @pytest.mark.nightly
    def test_loses_and_invents_nothing_at_night(
        self, url: str, tmp_path: Path, authority: Authority
    ) -> None:
        killed(url, tmp_path, authority, jobs=NIGHTLY_JOBS, kills=NIGHTLY_KILLS)
