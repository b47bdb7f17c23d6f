"""How a home is set up: read once when it is opened, and handed in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from xiaowei.errors import InputError

FILE: Final = "settings.yaml"
_KNOWN: Final = {"records"}


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
    """

    records: str | None = None


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
    records = stated.get("records")
    if records is not None and not isinstance(records, str):
        raise SettingsError(file, "'records' is no text")
    return Settings(records=records)
