"""A file that holds secrets in; what it states out, if its owner alone may read it."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import yaml

from xiaowei.errors import XiaoweiError

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def stated_in_secret(file: Path, fault: Callable[[str], XiaoweiError]) -> Any:  # noqa: ANN401
    """Return what a file of YAML states that only its owner may read.

    Args:
        file: which.
        fault: returns the error to raise, of why it cannot be used. No secret is in it.
    """
    try:
        if stat.S_IMODE(file.stat().st_mode) & _OTHERS:
            raise fault("others may read it; chmod 600")
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise fault(error.strerror or "unreadable") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        # What YAML says of a fault quotes the line, which may be a secret.
        raise fault("it is no YAML") from error
