"""Rules from the draft to the decision: two people, test cases, a way back."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.journeys.conftest import Xiaowei
from tests.journeys.test_own_files import invoices
from typer.testing import CliRunner

from xiaowei.desk import clock
from xiaowei.surfaces.cli import app

WHY = "信贷委员会纪要 7"
PILOT: dict[str, Any] = {
    "name": "pilot",
    "version": "1",
    "title": {"zh": "试点规则", "en": "pilot rules"},
    "purpose": {"zh": "小额转人工", "en": "small loans to a person"},
    "default": "decline",
    "set_by": WHY,
    "rules": [
        {
            "code": "micro",
            "title": {"zh": "微额", "en": "a very small loan"},
            "when": {
                "trait": "amount",
                "operator": "<=",
                "limit": "200000",
                "unit": "yuan",
            },
            "outcome": "refer",
            "reason": "assessment",
            "source": "pilot",
        }
    ],
}
CASES = """
cases:
  - {name: at the limit, firm: {amount: "200000"}, outcome: refer, rule: micro}
  - {name: above it, firm: {amount: "200000.01"}, outcome: decline, rule: default}
"""
PAST = "amount,bad,margin,loss,region\n" + "".join(
    f"{amount},{bad},0.04,0.5,{region}\n"
    for amount, bad, region in [
        (10_000_000, 0, "01"),
        (15_000_000, 1, "01"),
        (19_000_000, "", "02"),
        (30_000_000, 0, "02"),
    ]
)


def tried(place: Path, *words: str) -> Any:  # noqa: ANN401 - a result of Typer
    return CliRunner().invoke(app, ["--home", str(place / "home"), *words])


def told(place: Path, *words: str) -> Any:  # noqa: ANN401 - JSON
    done = tried(place, *words, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def refused(place: Path, *words: str) -> str:
    done = tried(place, *words)
    assert done.exit_code == 1
    assert done.exception is not None
    return type(done.exception).__name__


def drafted(place: Path, name: str, **stated: object) -> Path:
    path = place / name
    days = {"since": clock.today().isoformat()}
    text = yaml.safe_dump(PILOT | days | stated, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path


def on_record(place: Path, draft: Path) -> str:
    return str(told(place, "rules", "draft", str(draft), "--by", "王丽")["number"])


def asked(place: Path) -> tuple[str, str | None]:
    """Apply once more, and return what was decided and by which rule."""
    words = ("apply", "F000", "--amount", "100000", "--manager", "m")
    decided = told(place, *words)["decided"]
    return decided["outcome"], decided["ruling"]["rule"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    files = tmp_path / "files"
    files.mkdir()
    rows = invoices(slip="").splitlines()[:40]
    (files / "销项发票.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    (tmp_path / "past.csv").write_text(PAST, encoding="utf-8")
    told(tmp_path, "take", str(files))
    return tmp_path


class TestRules:
    def test_go_from_a_draft_to_decisions_and_back(
        self, place: Path, xiaowei: Xiaowei
    ) -> None:
        assert asked(place) == ("decline", "no_consent")

        number = on_record(place, drafted(place, "pilot.yaml"))
        assert asked(place) == ("decline", "no_consent")
        publish = ("rules", "publish", number, "--why", WHY)
        assert refused(place, *publish, "--by", "李强") == "UntestedError"
        test = ("rules", "test", number, str(place / "cases.yaml"), "--by", "王丽")
        assert told(place, *test)["failed"] == 0

        # The drafter does not publish: with the exit code of a conflict.
        same = xiaowei(place / "home", *publish, "--by", " 王丽 ")
        assert same.returncode == 4
        assert "same account" in same.stderr
        assert told(place, *publish, "--by", "李强")["state"] == "published"
        assert asked(place) == ("refer", "micro")

        apart = told(place, "rules", "diff", "0", number)["changes"]
        assert {"removed", "added"} <= {one["kind"] for one in apart}
        back = told(place, "rules", "rollback", "0", "--by", "李强")
        assert asked(place) == ("refer", "micro")
        again = ("rules", "publish", str(back["number"]), "--why", "回退")
        assert refused(place, *again, "--by", "李强") == "SamePersonError"
        told(place, *again, "--by", "王丽")
        assert asked(place) == ("decline", "no_consent")

        listed = told(place, "rules", "list")
        assert listed["in_force"] == back["number"]
        states = [one["state"] for one in listed["versions"]]
        assert states == ["shipped", "published", "published"]
        looked = told(place, "rules", "backtest", number)
        assert looked["overall"]["moves"]["decline>refer"] == 3
        assert looked["overall"]["moves"]["refer>refer"] == 2
        decisions = [one["decision"] for one in looked["changed"]]
        assert all(told(place, "replay", str(one))["same"] for one in decisions)

    def test_that_fail_their_cases_or_proofs_are_findings(self, place: Path) -> None:
        draft = drafted(place, "pilot.yaml")
        number = on_record(place, draft)
        wrong = CASES.replace('"200000"', '"300000"')
        (place / "wrong.yaml").write_text(wrong, encoding="utf-8")
        test = ("rules", "test", number, str(place / "wrong.yaml"), "--by", "王丽")
        done = tried(place, *test)
        assert done.exit_code == 6
        assert "refer by micro is due, decline by default came" in done.output
        publish = ("rules", "publish", number, "--by", "李强", "--why", WHY)
        assert refused(place, *publish) == "FailingCasesError"

        twice = [PILOT["rules"][0], PILOT["rules"][0] | {"code": "again"}]
        faulty = drafted(place, "faulty.yaml", version="2", rules=twice)
        proven = tried(place, "rules", "prove", str(faulty))
        assert proven.exit_code == 6
        assert "不可达" in proven.output
        words = ("rules", "draft", str(faulty), "--by", "王丽")
        assert refused(place, *words) == "FaultyRulesError"
        kept = told(place, *words, "--accept", "again=过渡期保留")
        assert kept["state"] == "draft"

        late = clock.today() - timedelta(days=1)
        past = drafted(place, "past.yaml", version="3", since=late.isoformat())
        assert refused(place, "rules", "draft", str(past), "--by", "王丽") == (
            "BackDatedError"
        )
        assert tried(place, "rules", "prove").exit_code == 0

    def test_are_tried_on_a_file_with_a_limit_moved(self, place: Path) -> None:
        loan = PILOT["rules"][0] | {"outcome": "approve"}
        draft = drafted(place, "pilot.yaml", rules=[loan])
        number = str(
            told(place, "rules", "draft", str(draft), "--by", "王丽")["number"]
        )
        words = (
            "rules", "backtest", number, "--against", number,
            "--limit", "micro.amount=120000", "--table", str(place / "past.csv"),
            "--bad", "bad", "--amount", "amount", "--rate", "margin", "--lgd", "loss",
            "--group", "region",
        )  # fmt: skip
        found = told(place, *words)

        assert found["swaps"]["cells"]["out"]["firms"] == 2
        assert found["overall"]["profit"]["before_fen"][0] == 400_000 - 7_500_000
        assert found["overall"]["profit"]["after_fen"][0] == 400_000
        assert found["overall"]["bad_change"][0] == -0.5
        assert list(found["groups"]["region"]) == ["01", "02"]
        shown = tried(place, *words)
        assert "换出" in shown.output
        assert "profit of a year" in shown.output
        assert refused(place, *words, "--limit", "micro.term=3") == "NoLimitError"
        told(place, "rules", "withdraw", number, "--by", "王丽", "--why", "作罢")
        page = tried(place, "rules", "show", number).output
        assert "withdrawn" in page
        assert "若申请金额不超过20 万元" in page
