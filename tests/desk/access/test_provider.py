"""A provider of identities as a file states it, and what of it is refused."""

from pathlib import Path

import pytest
import yaml

from xiaowei.desk.access.provider import ProviderError, load_provider

SECRET = "Zq3-not-to-be-shown"  # noqa: S105 - a test's
GOOD = {
    "issuer": "https://sso.bank.example/realms/staff",
    "client_id": "xiaowei",
    "client_secret": SECRET,
    "service": "https://xiaowei.bank.example/",
}


def written(tmp_path: Path, **stated: object) -> Path:
    file = tmp_path / "oidc.yaml"
    whole = {**GOOD, **stated}
    plain = {name: one for name, one in whole.items() if one is not None}
    file.write_text(yaml.safe_dump(plain), encoding="utf-8")
    file.chmod(0o600)
    return file


class TestLoadProvider:
    def test_reads_what_is_stated(self, tmp_path: Path) -> None:
        found = load_provider(written(tmp_path, account="employee_number"))
        assert found.issuer == GOOD["issuer"]
        assert found.service == "https://xiaowei.bank.example"
        assert (found.account, found.scopes) == (
            "employee_number",
            ("openid", "profile"),
        )
        assert found.encrypted
        assert SECRET not in repr(found)

    @pytest.mark.parametrize(
        ("stated", "why"),
        [
            ({"client_secret": None}, "lacks client_secret"),
            ({"isuer": "x"}, "unknown isuer"),
            ({"scopes": ["profile"]}, "no list with openid"),
            ({"scopes": "openid"}, "no list with openid"),
            ({"client_id": 7}, "'client_id' is no text"),
            ({"label": "x" * 401}, "'label' is no text"),
            ({"issuer": "http://sso.bank.example"}, "'issuer' is no https"),
            ({"issuer": "https://u:p@sso.bank.example"}, "'issuer' is no https"),
            ({"issuer": "https://[bad"}, "'issuer' is no https"),
            ({"service": "ftp://xiaowei.bank.example"}, "'service' is no https"),
            ({"service": "https://x.example/sub"}, "more than a host"),
        ],
    )
    def test_refuses_what_cannot_be_used(
        self, tmp_path: Path, stated: dict[str, object], why: str
    ) -> None:
        with pytest.raises(ProviderError, match=why.replace("(", r"\(")) as refused:
            load_provider(written(tmp_path, **stated))
        assert SECRET not in str(refused.value)

    def test_refuses_a_file_that_others_may_read(self, tmp_path: Path) -> None:
        file = written(tmp_path)
        file.chmod(0o640)
        with pytest.raises(ProviderError, match="chmod 600"):
            load_provider(file)

    @pytest.mark.parametrize("text", ["", "- a", "client_secret: [Zq3-not", "\x00"])
    def test_refuses_what_is_no_list_of_keys(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "oidc.yaml"
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        with pytest.raises(ProviderError) as refused:
            load_provider(file)
        assert "Zq3" not in str(refused.value)

    def test_says_that_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(ProviderError, match="No such file"):
            load_provider(tmp_path / "none.yaml")

    def test_trusts_this_machine_without_https(self, tmp_path: Path) -> None:
        near = {"issuer": "http://127.0.0.1:9000/o", "service": "http://localhost:8000"}
        assert not load_provider(written(tmp_path, **near)).encrypted
