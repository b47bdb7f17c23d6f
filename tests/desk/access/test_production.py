"""A home in production serves nobody before it is safe to."""

from pathlib import Path

import pytest
from tests.desk.access.conftest import PASSWORD, START

from xiaowei.desk.access.house import House
from xiaowei.desk.access.letting_in import Newcomer, begin_set_up, first_administrator
from xiaowei.desk.access.production import (
    UnsafeProductionError,
    check_production,
    weak_secret,
)
from xiaowei.desk.sealing import new_keyring
from xiaowei.desk.settings import Settings, SettingsError, settings_of

GOOD = "postgresql://bank:k3y-8fQz1mLp0vTw@db/records"


def keyring(tmp_path: Path) -> Path:
    file = tmp_path / "keys.yaml"
    file.write_text(new_keyring("k"), encoding="utf-8")
    file.chmod(0o600)
    return file


class TestProduction:
    def test_names_all_that_is_unsafe(self, house: House, tmp_path: Path) -> None:
        settings = Settings(
            records="postgresql://postgres:postgres@db/records", production=True
        )
        with pytest.raises(UnsafeProductionError) as refused:
            check_production(house, settings)
        told = str(refused.value)
        assert "no administrator" in told
        assert "no keyring" in told
        assert "password of the records is a default" in told
        loose = keyring(tmp_path)
        loose.chmod(0o644)
        with pytest.raises(UnsafeProductionError, match="others may read it"):
            check_production(house, Settings(production=True, keyring=loose))

    def test_serves_once_all_is_mended(self, house: House, tmp_path: Path) -> None:
        safe = Settings(records=GOOD, production=True, keyring=keyring(tmp_path))
        with pytest.raises(UnsafeProductionError, match="1 fault"):
            check_production(house, safe)
        token = begin_set_up(house, at=START)
        newcomer = Newcomer(login="boss", name="x", person="E0")
        with pytest.raises(UnsafeProductionError):
            # A token that nobody has used is no administrator.
            check_production(house, safe)
        first_administrator(house, token, newcomer, PASSWORD, at=START)
        check_production(house, safe)

    def test_asks_no_provider_whom_others_can_hear(
        self, house: House, tmp_path: Path
    ) -> None:
        file = tmp_path / "oidc.yaml"
        stated = "issuer: http://localhost:9/o\nclient_id: x\nclient_secret: changeme\n"
        file.write_text(stated + "service: https://x.example\n", encoding="utf-8")
        file.chmod(0o600)
        with pytest.raises(UnsafeProductionError) as refused:
            check_production(house, Settings(production=True, oidc=file))
        assert "not asked by https" in str(refused.value)
        assert "secret of the provider of identities is a default" in str(refused.value)
        file.chmod(0o644)
        with pytest.raises(UnsafeProductionError, match="others may read it"):
            check_production(house, Settings(production=True, oidc=file))

    def test_is_no_matter_of_a_trial(self, house: House) -> None:
        check_production(house, Settings())

    @pytest.mark.parametrize("secret", ["", "admin", "CHANGEME", "short", "ab" * 20])
    def test_takes_no_weak_secret(self, secret: str) -> None:
        assert weak_secret(secret)
        assert weak_secret("k3y-8fQz1mLp0vTw") is None


class TestSettings:
    def test_know_production_and_keyring(self, tmp_path: Path) -> None:
        assert settings_of(tmp_path) == Settings()
        (tmp_path / "settings.yaml").write_text("production: true\nkeyring: k.yaml\n")
        assert settings_of(tmp_path) == Settings(
            production=True, keyring=tmp_path / "k.yaml"
        )

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("production: 'yes'", "'production' is no true or false"),
            ("production: 1", "'production' is no true or false"),
            ("keyring: 3", "'keyring' is no text"),
            ("records: [x]", "'records' is no text"),
            ("Production: true", "unknown Production"),
        ],
    )
    def test_refuse_what_they_do_not_know(
        self, tmp_path: Path, text: str, why: str
    ) -> None:
        (tmp_path / "settings.yaml").write_text(text)
        with pytest.raises(SettingsError, match=why):
            settings_of(tmp_path)
