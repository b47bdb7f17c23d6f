"""Files as nobody should make them: each row is accounted for all the same."""

import csv
import io
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.facts.balancing import balanced

from xiaowei.errors import InputError
from xiaowei.facts.intake import Delivery, Receipt, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import ELECTRICITY

HandIn = Callable[..., Receipt]
NewClerk = Callable[[], HandIn]

HEADS = "企业代号,电表号,用电日期,用电量"
CELLS = st.one_of(
    st.sampled_from(["E1", "E2", "91330100716105852F", "913301007161058520"]),
    st.sampled_from(["M1", "2024-02-29", "2024-02-30", "2025年1月2日", "45292"]),
    st.sampled_from(
        ["1", "1.5", "1,234.5", "1,234.5万", "１２", "9.133E+17", "", "-1"]
    ),
    st.sampled_from(['"', '"a', 'a"', "\0", "=1+1", " E1 ", "\u3000", "\ufffd", "\t"]),
    st.text(max_size=5),
)
ROWS = st.lists(
    st.one_of(
        st.just(["E1", "M1", "2025-01-01", "1.5"]),
        st.lists(CELLS, min_size=4, max_size=4),
        st.lists(CELLS, max_size=6),
    ),
    max_size=12,
)


def raw(rows: list[list[str]]) -> str:
    """Write rows with no thought for the commas and quotes in them."""
    return "".join(",".join(row) + "\n" for row in rows)


def sound(rows: list[list[str]]) -> str:
    """Write rows as a CSV writer does."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def quoted(rows: list[list[str]]) -> str:
    """Write rows as a CSV writer does that puts every cell in quotes."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def handed_in(hand_in: HandIn, name: str, content: bytes) -> Receipt | InputError:
    """Hand a file in and return what comes of it."""
    try:
        return hand_in(name, content)
    except InputError as error:
        return error


class TestTakeIn:
    @settings(
        deadline=None,
        max_examples=15,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        ROWS,
        st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
        st.sampled_from([raw, sound, quoted]),
    )
    def test_accounts_for_every_row_and_adds_nothing_twice(
        self,
        new_clerk: NewClerk,
        rows: list[list[str]],
        encoding: str,
        write: Callable[[list[list[str]]], str],
    ) -> None:
        hand_in = new_clerk()
        text = f"{HEADS}\n{write(rows)}"
        content = text.encode(encoding, "replace")

        first = hand_in("electricity.csv", content)
        again = hand_in("electricity.csv", content)
        renamed = hand_in("用电量-2.txt", content)

        assert balanced(first)
        assert (again.added, renamed.added) == (0, 0)

    @settings(deadline=None, max_examples=15)
    @given(content=st.binary(max_size=300), headed=st.booleans())
    @example(content=b"\xff\xfe", headed=False)
    @example(content=b"E1,M1,2025-01-01,\xff\n" * 3, headed=True)
    def test_takes_or_refuses_any_bytes_and_never_breaks(
        self, new_clerk: NewClerk, content: bytes, headed: bool
    ) -> None:
        head = f"{HEADS}\n".encode() if headed else b""

        for name in ("electricity.csv", "electricity.xlsx", "electricity.parquet"):
            outcome = handed_in(new_clerk(), name, head + content)

            if isinstance(outcome, Receipt):
                assert balanced(outcome)
            else:
                assert f"'{name}'" in outcome.what

    @settings(deadline=None, max_examples=8)
    @given(ROWS)
    def test_adds_nothing_from_rejects_that_nobody_mended(
        self, new_clerk: NewClerk, rows: list[list[str]]
    ) -> None:
        hand_in = new_clerk()
        text = f"{HEADS}\n{raw(rows)}"
        first = hand_in("electricity.csv", text.encode("utf-8", "replace"))

        if first.rejects is not None:
            second = hand_in(first.rejects.name, first.rejects.read_bytes())

            assert balanced(second)
            assert second.added == 0


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
import ibis
from xiaowei.facts.intake import Delivery, take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import ELECTRICITY

class Killed(Lake):
    def put(self, facts, *, family, mark):
        super().put(facts, family=family, mark=mark)
        os.kill(os.getpid(), signal.SIGKILL)

lake = Killed(Path(sys.argv[1]), engine=ibis.duckdb.connect())
take_in(Delivery(Path(sys.argv[2]), ELECTRICITY, date(2026, 6, 30)), lake=lake)
"""


class TestKill:
    def test_in_the_middle_leaves_nothing_that_counts(
        self, tmp_path: Path, engine: ibis.BaseBackend
    ) -> None:
        path = tmp_path / "electricity.csv"
        days = "".join(f"E{n},M1,2025-01-01,{n}\n" for n in range(30))
        path.write_text(f"{HEADS}\n{days}E1,M1,x,1\n", encoding="utf-8")
        delivery = Delivery(path, ELECTRICITY, date(2026, 6, 30))

        ended = subprocess.run(  # noqa: S603 - our own code, killed on purpose
            [sys.executable, "-c", KILLED, str(tmp_path / "killed"), str(path)],
            check=False,
        )
        lake = Lake(tmp_path / "killed", engine=engine)
        left = list((tmp_path / "killed").glob("*/bucket=*/*.parquet"))

        assert ended.returncode == -signal.SIGKILL
        assert left
        assert lake.accounts() == ()
        assert lake.facts("electricity").count().to_pyarrow().as_py() == 0

        receipt = take_in(delivery, lake=lake)

        assert (receipt.account.accepted, receipt.account.quarantined) == (30, 1)
        assert not (tmp_path / "killed" / "scratch").exists()
