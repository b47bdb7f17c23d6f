"""A model is signed by one person, validated by another, and refused when altered."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.test_few import LEARN_FEW, few
from typer.testing import CliRunner

from xiaowei.desk.home import open_home
from xiaowei.desk.modelling.applied import apply_model
from xiaowei.desk.modelling.signing import (
    AlteredModelError,
    BrokenSignatureError,
    UnsignedModelError,
)
from xiaowei.surfaces.cli import app

DEMAND = 'model_signatures_demanded: {values: {2016-01-01: "1"}, set_by: test}\n'


def tried(place: Path, *words: str) -> Any:  # noqa: ANN401 - a result of Typer
    return CliRunner().invoke(app, ["--home", str(place / "home"), *words])


def said(place: Path, *words: str) -> str:
    done = tried(place, *words)
    assert done.exit_code == 0, (done.output, done.exception)
    return str(done.stdout)


def changed(place: Path, statement: str, *values: str) -> None:
    """Change records past their guards, as somebody with the file could."""
    with sqlite3.connect(place / "home" / "records.sqlite") as records:
        for table in ("journal", "documents"):
            records.execute(f"DROP TRIGGER {table}_no_update")
        assert records.execute(statement, values).rowcount == 1
    records.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    few().to_csv(tmp_path / "few.csv", index=False)
    said(
        tmp_path, "train", str(tmp_path / "few.csv"), *LEARN_FEW, "--name", "few",
        "--model", "firth", "--by", "王丽",
    )  # fmt: skip
    for name in ("li", "stranger"):
        said(tmp_path, "models", "key", str(tmp_path / f"{name}.pem"))
    said(tmp_path, "models", "trust", str(tmp_path / "li.pem.pub"), "--by", "李强")
    return tmp_path


def signed(place: Path, key: str, by: str) -> str:
    words = ("models", "sign", "few", "--key", str(place / f"{key}.pem"), "--by", by)
    return said(place, *words)


def score(place: Path) -> Any:  # noqa: ANN401 - a result of Typer
    return tried(place, "score", "few", str(place / "few.csv"), "--json")


class TestSign:
    def test_stands_on_the_card_beside_who_trained_and_validated(
        self, place: Path
    ) -> None:
        assert "good 有效" in signed(place, "li", "李强")
        validate = ("validate", "few", str(place / "few.csv"), "--outcome", "defaulted")
        page = place / "page.html"
        said(place, *validate, "--by", "赵敏", "--report", str(page))
        told = said(place, "models", "show", "few")
        (card,) = json.loads(said(place, "models", "--json"))

        for word in ("训练人: 王丽", "验证人: 赵敏", "签名人: 李强", "good 有效"):
            assert word in told
        assert [one["state"] for one in card["signatures"]] == ["good"]
        assert [one["by"] for one in card["validations"]] == ["赵敏"]
        assert all(name in page.read_text("utf-8") for name in ("王丽", "赵敏", "李强"))
        assert "each follows" in said(place, "audit")

    def test_keeps_the_private_half_from_others_and_never_writes_over_one(
        self, place: Path
    ) -> None:
        assert (place / "li.pem").stat().st_mode & 0o077 == 0
        done = tried(place, "models", "key", str(place / "li.pem"))

        assert "cannot be used" in str(done.exception)

    @pytest.mark.parametrize(("there", "other"), [("", ".pub"), (".pub", "")])
    def test_leaves_what_is_there_and_no_half_of_a_key(
        self, place: Path, there: str, other: str
    ) -> None:
        kept = place / f"zhao.pem{there}"
        kept.write_text("another's", encoding="utf-8")
        done = tried(place, "models", "key", str(place / "zhao.pem"))

        assert f"'{kept.name}' cannot be used" in str(done.exception)
        assert kept.read_text("utf-8") == "another's"
        assert not (place / f"zhao.pem{other}").exists()

    @pytest.mark.parametrize("file", ["few.csv", "li.pem.pub"])
    def test_names_a_file_that_is_no_private_key(self, place: Path, file: str) -> None:
        words = ("--key", str(place / file), "--by", "李强")
        done = tried(place, "models", "sign", "few", *words)

        assert f"'{file}' cannot be used" in str(done.exception)


class TestValidate:
    @pytest.mark.parametrize("by", ["王丽", " 王 丽 "])
    def test_is_not_for_whoever_trained(self, place: Path, by: str) -> None:
        table = str(place / "few.csv")
        words = ("validate", "few", table, "--outcome", "defaulted", "--by", by)
        done = tried(place, *words)

        assert "cannot also validate it" in str(done.exception)
        assert json.loads(said(place, "models", "--json"))[0]["validations"] == []


class TestScore:
    def test_asks_for_no_signature_unless_the_policy_does(self, place: Path) -> None:
        assert score(place).exit_code == 0
        (place / "home" / "policy.yaml").write_text(DEMAND, encoding="utf-8")

        assert isinstance(score(place).exception, UnsignedModelError)
        assert isinstance(
            tried(place, "score", "few", "--pmml").exception, UnsignedModelError
        )
        signed(place, "li", "李强")
        assert score(place).exit_code == 0

    @pytest.mark.parametrize(
        ("key", "by", "fault"),
        [
            ("stranger", "赵敏", "0 have signed it, 1 signature(s) are of unknown"),
            ("stranger", "李强", "0 have signed it, 1 signature(s) are of unknown"),
            ("li", "赵敏", "0 have signed it, 1 signature(s) are of unknown"),
        ],
    )
    def test_believes_no_key_but_its_owners(
        self, place: Path, key: str, by: str, fault: str
    ) -> None:
        (place / "home" / "policy.yaml").write_text(DEMAND, encoding="utf-8")
        assert "not trusted" in signed(place, key, by)

        assert fault in str(score(place).exception)

    def test_takes_no_signature_of_the_maker(self, place: Path) -> None:
        (place / "home" / "policy.yaml").write_text(DEMAND, encoding="utf-8")
        public = str(place / "stranger.pem.pub")
        said(place, "models", "trust", public, "--by", "王丽")
        assert "good" in signed(place, "stranger", "王丽")

        assert "0 have signed it" in str(score(place).exception)

    def test_forgets_a_key_that_is_trusted_no_more(self, place: Path) -> None:
        (place / "home" / "policy.yaml").write_text(DEMAND, encoding="utf-8")
        signed(place, "li", "李强")
        (key,) = json.loads(said(place, "models", "keys", "--json"))
        said(place, "models", "distrust", key["key"][:8])

        assert isinstance(score(place).exception, UnsignedModelError)
        assert "no key is trusted" in said(place, "models", "keys")

    def test_refuses_a_text_that_was_altered(self, place: Path) -> None:
        changed(
            place,
            "UPDATE documents SET text = replace(text, '\"slope\": ', '\"slope\": 1') "
            "WHERE text LIKE '%xiaowei.firth/1%'",
        )

        assert isinstance(score(place).exception, AlteredModelError)
        assert "text ALTERED" in said(place, "models", "show", "few")
        assert json.loads(said(place, "models", "show", "few", "--json"))["altered"]

    def test_refuses_a_card_that_is_not_the_one_signed(self, place: Path) -> None:
        signed(place, "li", "李强")
        changed(
            place,
            "UPDATE journal SET body = replace(body, '王丽', '钱进') WHERE kind = ?",
            "model",
        )

        assert isinstance(score(place).exception, BrokenSignatureError)
        assert "BROKEN" in said(place, "models")
        told = said(place, "models", "show", "few")
        assert "签名人: 李强" in told
        assert "BROKEN 已失效" in told
        assert "ALTERED" not in told

    @pytest.mark.parametrize(
        ("old", "new"), [("李强", "赵敏"), ("BEGIN PUBLIC KEY", "BEGIN")]
    )
    def test_refuses_a_signature_that_was_made_over(
        self, place: Path, old: str, new: str
    ) -> None:
        signed(place, "li", "李强")
        changed(
            place,
            "UPDATE journal SET body = replace(body, ?, ?) WHERE kind = ?",
            old, new, "model_signature",
        )  # fmt: skip

        assert isinstance(score(place).exception, BrokenSignatureError)


class TestRun:
    def test_asks_for_the_signature_too(self, place: Path) -> None:
        (place / "home" / "policy.yaml").write_text(DEMAND, encoding="utf-8")
        nobody: Any = None

        with (
            open_home(place / "home") as home,
            pytest.raises(UnsignedModelError, match="'few' may not be used"),
        ):
            apply_model(home, "few", nobody, [])
