"""An application comes in, is decided, concluded by another, and made again later."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from tests.journeys.staff import safest
from typer.testing import CliRunner

from xiaowei.errors import XiaoweiError
from xiaowei.surfaces.cli import app

DAY: Final = "2025-07-01"
FAULT: Final = 4
FINDINGS: Final = 6
NEWS: Final = """\
统一社会信用代码,案号,类型,地位,发生日期,获知日期
{firm},AH99999999999,失信,被告,2025-06-02,2025-08-01
"""


def called(place: Path, *words: str) -> tuple[int, str]:
    """Give a command within this process; return its exit code and what it says."""
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    if isinstance(done.exception, XiaoweiError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.stdout


def said(place: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON
    code, output = called(place, *words, "--json")
    assert code == 0, output
    return json.loads(output)


def applied(place: Path, firm: str, *words: str) -> dict[str, Any]:
    told: dict[str, Any] = said(
        place, "apply", firm, "--amount", "200000", "--manager", "张三",
        "--branch", "城东支行", "--on", DAY, *words,
    )  # fmt: skip
    return told


@pytest.fixture(scope="module")
def place(judged: Path) -> Path:
    return judged


@pytest.fixture(scope="module")
def firms(place: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = said(place, "firms")
    return found


@pytest.fixture(scope="module")
def referred(place: Path) -> dict[str, Any]:
    """The first application of a safe firm that is referred."""
    (firm,) = safest(place / "home", count=1)
    told = applied(place, firm)
    assert told["state"] == "referred"
    return told


class TestApply:
    def test_declines_the_worst_firm_with_its_reasons(
        self, place: Path, firms: list[dict[str, Any]]
    ) -> None:
        worst = max(firms, key=lambda one: float(one["pd"]))
        told = applied(place, worst["enterprise_id"])

        assert told["state"] == "declined"
        assert told["decided"]["loan"] is None
        assert told["decided"]["ruling"]["reasons"]
        letter = said(place, "letter", str(told["number"]))
        assert "未获通过" in letter[1]["zh"]
        assert "人工复核" in letter[-1]["zh"]
        code, shown = called(place, "letter", str(told["number"]))
        assert (code, "declined" in shown) == (0, True)

    def test_counts_once_what_is_sent_twice(
        self, place: Path, firms: list[dict[str, Any]]
    ) -> None:
        firm = firms[0]["enterprise_id"]
        first = applied(place, firm, "--key", "k-1", "--hold")
        again = applied(place, firm, "--key", "k-1", "--hold")

        assert first == again
        code, output = called(
            place, "apply", firm, "--amount", "300000", "--manager", "张三",
            "--on", DAY, "--key", "k-1",
        )  # fmt: skip
        assert code == 5
        assert "used for something else" in output

    def test_refers_with_the_reason(self, referred: dict[str, Any]) -> None:
        decided = referred["decided"]
        assert decided["outcome"] == "refer"
        assert decided["lines"][0]["zh"].startswith("转人工")
        assert referred["due_at"] > referred["received_at"]

    def test_names_what_cannot_be_taken(self, place: Path) -> None:
        code, output = called(
            place, "apply", "X", "--amount", "200000", "--manager", "张三",
            "--months", "0",
        )  # fmt: skip
        assert code == 5
        assert "a term of 0 months" in output


class TestReplay:
    def test_is_the_same_to_the_byte_also_from_the_facts(
        self, place: Path, referred: dict[str, Any]
    ) -> None:
        number = str(referred["decided"]["number"])
        for words in ([], ["--from-facts"]):
            told = said(place, "replay", number, *words)
            assert told["same"], told["differences"][:5]

    def test_tells_what_has_become_known_since(
        self, place: Path, referred: dict[str, Any]
    ) -> None:
        news, firm = place / "news", referred["enterprise_id"]
        news.mkdir()
        (news / "司法记录-补.csv").write_text(NEWS.format(firm=firm), "utf-8")
        assert called(place, "take", str(news))[0] == 0
        number = str(referred["decided"]["number"])

        assert said(place, "replay", number, "--from-facts")["same"]
        told = said(place, "replay", number, "--with-corrections")
        apart = {one["path"]: one["now"] for one in told["differences"]}
        assert apart["evidence.portrait.court_dishonest_now"] == 1
        assert told["outcome_again"] == "decline"

    def test_names_a_decision_that_is_not_there(self, place: Path) -> None:
        code, output = called(place, "replay", "99999")
        assert code == 3
        assert "no decision 99999" in output


class TestReferral:
    def test_is_concluded_by_a_second_person_alone(
        self, place: Path, referred: dict[str, Any]
    ) -> None:
        number = str(referred["number"])

        def act(*words: str) -> tuple[int, str]:
            return called(place, "referral", *words)

        why = ("--why", "流水与合同已核实")
        assert act("claim", number, "--by", "张三")[0] == FAULT
        assert act("conclude", number, "approve", "--by", "李四", *why)[0] == FAULT
        assert act("claim", number, "--by", "李四")[0] == 0
        assert act("claim", number, "--by", "王五")[0] == FAULT
        assert act("conclude", number, "approve", "--by", "王五", *why)[0] == FAULT
        assert act("return", number, "--by", "李四", "--why", "补充合同")[0] == 0
        assert act("claim", number, "--by", "李四")[0] == FAULT
        assert act("resubmit", number, "--by", "张三", "--why", "合同已补")[0] == 0
        assert act("claim", number, "--by", "李四")[0] == 0
        assert act("conclude", number, "approve", "--by", "李四", "--why", " ")[0] == 5
        more = act(
            "conclude", number, "approve", "--by", "李四", *why, "--amount", "1e9"
        )
        assert more[0] == 5
        done = act(
            "conclude", number, "approve", "--by", "李四", *why, "--amount", "150000"
        )
        assert done[0] == 0, done[1]

        told = said(place, "applications", number)
        assert told["state"] == "approved"
        assert told["conclusion"]["limit_fen"] == 15_000_000
        assert (told["conclusion"]["maker"], told["conclusion"]["checker"]) == (
            "张三", "李四",
        )  # fmt: skip
        assert act("conclude", number, "decline", "--by", "李四", *why)[0] == FAULT


class TestAuthorisation:
    def test_withdrawn_makes_its_sources_silent_at_once(
        self, place: Path, referred: dict[str, Any]
    ) -> None:
        firm = referred["enterprise_id"]
        paper = place / "授权书.pdf"
        paper.write_bytes(b"signed")
        number = said(
            place, "authorise", firm, "--paper", str(paper), "--until", "2026-06-30",
            "--family", "invoices", "--by", "张三", "--on", "2025-06-01",
        )["number"]  # fmt: skip
        told = said(
            place, "withdraw", str(number), "--why", "客户撤回", "--by", "张三",
            "--on", DAY,
        )  # fmt: skip
        assert told["families"] == ["invoices"]
        assert referred["decided"]["number"] in told["decisions"]

        decided = applied(place, firm)["decided"]
        # It is declined for want of leave alone: of what may not be looked at nothing
        # follows, for the firm or against it.
        assert decided["outcome"] == "decline"
        assert [one["code"] for one in decided["ruling"]["reasons"]] == ["consent"]
        assert "  probability of default: unknown" in "\n".join(
            line["en"] for line in decided["lines"]
        )
        assert "silenced" in {guard["code"] for guard in decided["guards"]}
        code, _ = called(
            place, "withdraw", str(number), "--why", "again", "--by", "张三"
        )
        assert code == FAULT


class TestRecords:
    def test_are_anchored_backed_up_and_restored(
        self, place: Path, referred: dict[str, Any]
    ) -> None:
        anchors, backup = place / "anchors.jsonl", place / "backup"
        assert called(place, "records", "anchor", str(anchors))[0] == 0
        told = said(place, "records", "backup", str(backup))
        code, output = called(place, "records", "verify", "--anchors", str(anchors))
        assert (code, "1 anchors stand" in output) == (0, True)

        other = place / "other"
        words = ["--home", str(other / "home"), "records", "restore", str(backup)]
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        number = str(referred["decided"]["number"])
        assert said(other, "replay", number)["same"]
        entries = said(other, "records", "verify")["entries"]
        assert entries == told["entries"]

        (backup / "records.sqlite").write_bytes(b"x")
        code, output = called(place, "records", "check", str(backup))
        assert code == 5
        assert "records.sqlite was changed" in output

    def test_come_out_the_same_when_read_models_are_rebuilt(self, place: Path) -> None:
        before = said(place, "applications")
        assert said(place, "records", "rebuild")["applications"] > 0
        assert said(place, "applications") == before
