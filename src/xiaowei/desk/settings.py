"""How a home is set up: read once when it is opened, and handed in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from xiaowei.desk.openings import Openings, openings_in
from xiaowei.errors import InputError

FILE: Final = "settings.yaml"
_KNOWN: Final = {"keyring", "oidc", "production", "records", "webhooks"}
_SHUT: Final = Openings()


class SettingsError(InputError):
    """The settings of a home cannot be used."""

    def __init__(self, file: Path, why: str) -> None:
        """Name the file."""
        super().__init__(
            f"settings '{file}' cannot be used: {why}",
            expected="YAML with none but these keys: " + ", ".join(sorted(_KNOWN)),
            remedy="Correct the file, or take it away for the defaults",
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """How a home is set up.

    Args:
        records: where its records are kept, as SQLAlchemy writes it; null for SQLite
            in the home. A password is better kept where PostgreSQL looks for it
            itself, `PGPASSFILE` or `~/.pgpass`.
        production: whether it serves a bank: then it refuses to serve with weak
            secrets or without an administrator.
        keyring: the file of keys by which data of persons is sealed; null for none.
        oidc: the file that states the bank's provider of identities; null for none.
        webhooks: networks within the bank that may be told of events. They stand in
            this file alone, which no route and no verb writes.
    """

    records: str | None = None
    production: bool = False
    keyring: Path | None = None
    oidc: Path | None = None
    webhooks: Openings = _SHUT


def settings_of(root: Path) -> Settings:
    """Return the settings of a home, the defaults where it states none.

    Args:
        root: the home's folder.

    Raises:
        SettingsError: the file is malformed or holds a key that is not known: a typo
            would otherwise pass for a setting.
    """
    file = root / FILE
    try:
        stated = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(file, str(error).splitlines()[0]) from error
    if stated is None:
        return Settings()
    if not isinstance(stated, dict):
        raise SettingsError(file, "it is no list of keys with values")
    unknown = sorted(set(map(str, stated)) - _KNOWN)
    if unknown:
        raise SettingsError(file, "unknown " + ", ".join(unknown))
    for key, kind, named in _KINDS:
        if stated.get(key) is not None and not isinstance(stated[key], kind):
            raise SettingsError(file, f"'{key}' is no {named}")
    keyring, oidc = stated.get("keyring"), stated.get("oidc")
    return Settings(
        records=stated.get("records"),
        production=stated.get("production") is True,
        keyring=root / keyring if keyring else None,
        oidc=root / oidc if oidc else None,
        webhooks=_openings(stated.get("webhooks"), root),
    )


def _openings(stated: object, root: Path) -> Openings:
    try:
        return _SHUT if stated is None else openings_in(stated, root)
    except ValueError as error:
        raise SettingsError(root / FILE, str(error)) from error


_KINDS: Final = (
    ("keyring", str, "text"),
    ("oidc", str, "text"),
    ("production", bool, "true or false"),
    ("records", str, "text"),
)
