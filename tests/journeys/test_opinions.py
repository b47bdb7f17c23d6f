"""Experts say what they think of a firm, and a run shows it beside the model."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.conftest import Xiaowei
from typer.testing import CliRunner

from xiaowei.surfaces.cli import app

FIRMS = 40
BADS = 12
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} "引号" \\ \'; DROP'
TRADES = ("H6210", "I6510", "C1310", "F5100")


def sales() -> str:
    """Return sales of FIRMS over two years; the first BADS fade away."""
    rows = ["企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态"]
    for firm in range(FIRMS):
        for place in range(24):
            day = date(2023 + place // 12, place % 12 + 1, 10)
            whole = 20_000 + 1_000 * firm + 300 * (place % 7)
            if firm < BADS and place >= 18:
                whole //= 20
            number = 10_000_000 + firm * 100 + place
            rows.append(f"F{firm:03d},{number},{day},B1,{whole},0,{whole},正常")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the folder: names with trades, sales, a history, one patent."""
    place = tmp_path_factory.mktemp("opinions")
    files = place / "files"
    files.mkdir()
    firms = range(FIRMS)
    texts = {
        "销项发票": sales(),
        "企业名录": "企业代号,企业名称,行业代码\n"
        + "".join(f"F{n:03d},企业{n},{TRADES[n % 4]}\n" for n in firms),
        "知识产权": "企业代号,权利编号,类型,事件,事件日期\n"
        "F021,ZL1,发明专利,授权,2022-05-01\n",
        "信贷记录": "企业代号,是否违约\n"
        + "".join(f"F{n:03d},{'是' if n < BADS else '否'}\n" for n in firms),
    }
    for name, text in texts.items():
        (files / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def said(place: Path, *words: str) -> str:
    """Give a command within this process, which saves five seconds, and its output."""
    done = CliRunner().invoke(app, ["--home", str(place / "home"), *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def opinion(about: str, shift: str, **options: str) -> list[str]:
    """Return the words with which a user says an opinion."""
    stated = {"expert": "李娜", "confidence": "0.8", "because": "大单流失"} | options
    words = [f"--{name}={value}" for name, value in stated.items()]
    return ["opine", about, f"--shift={shift}", *words]


def run(xiaowei: Xiaowei, place: Path, name: str) -> dict[str, Any]:
    done = xiaowei(
        place / "home", "run", str(place / "files"), "--budget", "1000000",
        "--received-on", "2025-01-05", "--json", str(place / name),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads((place / name).read_text("utf-8"))
    return document


@pytest.fixture(scope="module")
def before(place: Path, xiaowei: Xiaowei) -> dict[str, Any]:
    return run(xiaowei, place, "before.json")


@pytest.fixture(scope="module")
def cases(before: dict[str, Any], place: Path, xiaowei: Xiaowei) -> dict[str, Any]:
    """Run again after two experts spoke of F020, and one of F021 too late."""
    assert before["firms"]
    words = opinion("F020", "1.2", day="2025-01-02", because=HOSTILE)
    done = xiaowei(place / "home", *words)
    assert done.returncode == 0, done.stderr
    said(place, *opinion("F020", "0.2", day="2025-01-03", expert="王伟"))
    said(place, *opinion("F021", "1.0", day="2025-01-06"))
    return run(xiaowei, place, "cases.json")


def by_id(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {firm["enterprise_id"]: firm for firm in document["firms"]}


class TestOpinionOnACase:
    def test_stands_beside_the_model_and_changes_nothing_of_it(
        self, before: dict[str, Any], cases: dict[str, Any]
    ) -> None:
        was, now = by_id(before)["F020"], by_id(cases)["F020"]
        told = now["opinion"]

        assert {**now, "opinion": None} == was
        assert told["model_pd"] == now["pd"]
        assert told["pd"] > now["pd"]
        assert told["capped"]
        assert told["points"] < 0
        assert told["dispersion"] > 0
        assert [one["expert"] for one in told["experts"]] == ["李娜", "王伟"]
        assert sum(one["weight"] for one in told["experts"]) == 1
        assert told["experts"][0]["reasoning"] == HOSTILE
        assert "（模型）→" in told["line"]["zh"]

    def test_changes_no_other_firm_and_counts_from_its_day(
        self, before: dict[str, Any], cases: dict[str, Any]
    ) -> None:
        was, now = by_id(before), by_id(cases)

        assert now["F021"]["opinion"] is None
        assert {k: v for k, v in now.items() if k != "F020"} == {
            k: v for k, v in was.items() if k != "F020"
        }
        assert cases["portfolio"] == before["portfolio"]
        assert cases["industries"] == before["industries"]

    def test_is_a_line_of_the_reasons(
        self, cases: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        told = xiaowei(place / "home", "show", "F020").stdout

        assert by_id(cases)["F020"]["opinion"]["line"]["en"] in told

    def test_is_listed_with_weights_and_dispersion(
        self, cases: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        asked = ("opinions", "F020", "--as-of", "2025-01-05")
        told = json.loads(xiaowei(place / "home", *asked, "--json").stdout)
        plain = said(place, *asked)

        (one,) = told["subjects"]
        assert one["pooled"].items() <= by_id(cases)["F020"]["opinion"].items()
        assert [o["weight"] for o in one["opinions"]] == [0.5, 0.5]
        assert one["opinions"][0]["recorded_on"] > one["opinions"][0]["day"]
        assert one["pooled"]["text"]["zh"] in plain
        assert HOSTILE in plain
        assert "no opinion on record" in said(place, "opinions", "H62")

    def test_said_twice_is_recorded_once(
        self, cases: dict[str, Any], place: Path
    ) -> None:
        assert cases["firms"]
        told = said(place, *opinion("F021", "1.0", day="2025-01-06"))

        assert "was on record already as entry" in told

    def test_is_refused_of_what_nobody_knows(
        self, cases: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        assert cases["firms"]
        done = xiaowei(place / "home", *opinion("NOBODY", "0.1"))

        assert done.returncode == 3
        assert "'NOBODY' is no trade, and no enterprise" in done.stderr


class TestRights:
    def test_are_a_range_for_who_has_any_and_a_reason_for_others(
        self, before: dict[str, Any]
    ) -> None:
        rights = {f: one["profile"]["rights"] for f, one in by_id(before).items()}
        told = rights.pop("F021")

        assert 0 < told["low_fen"] < told["likely_fen"] < told["high_fen"]
        assert told["kinds"] == {"invention": 1}
        assert all(one["low_fen"] is None for one in rights.values())
        assert all("无从估值" in one["reason"]["zh"] for one in rights.values())


class TestWeigh:
    def test_makes_an_expert_count_for_more_from_its_day_on(
        self, cases: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        assert cases["firms"]
        file = place / "weights.yaml"
        file.write_text(
            "best: 李娜\nworst: 王伟\nbest_over: {李娜: 1, 王伟: 3}\n"
            "over_worst: {李娜: 3, 王伟: 1}\n",
            encoding="utf-8",
        )
        words = ("weigh", str(file), "--judge", "赵行长", "--day", "2025-01-04")
        done = xiaowei(place / "home", *words, "--json")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["weights"] == {"李娜": 0.75, "王伟": 0.25}
        asked = ("experts", "--as-of")
        plain = said(place, *asked, "2025-01-04")
        told = json.loads(said(place, *asked, "2025-01-04", "--json"))
        listed = said(place, "opinions", "F020", "--as-of", "2025-01-04", "--json")
        before = json.loads(said(place, *asked, "2025-01-03", "--json"))

        assert {e["expert"]: e["weight"] for e in told["experts"]} == {
            "李娜": 1.5,
            "王伟": 0.5,
        }
        assert {e["weight"] for e in before["experts"]} == {1.0}
        (one,) = json.loads(listed)["subjects"]
        assert [o["weight"] for o in one["opinions"]] == [0.75, 0.25]
        assert "consistency ratio 0.00" in plain

    def test_is_refused_where_the_judge_contradicts_himself(
        self, cases: dict[str, Any], place: Path, xiaowei: Xiaowei
    ) -> None:
        assert cases["firms"]
        file = place / "muddled.yaml"
        file.write_text(
            "best: a\nworst: c\nbest_over: {a: 1, b: 9, c: 2}\n"
            "over_worst: {a: 2, b: 9, c: 1}\n",
            encoding="utf-8",
        )
        done = xiaowei(place / "home", "weigh", str(file), "--judge", "赵行长")

        assert done.returncode == 5
        assert "consistency ratio" in done.stderr
        assert "赵行长: a" not in said(place, "experts", "--as-of", "2999-01-01")
