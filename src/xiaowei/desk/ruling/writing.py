"""A version and its test cases as YAML, to be changed into those of the next one."""

from datetime import timedelta
from typing import Any, Final

import yaml

from xiaowei.decisions.rules.plain import as_plain
from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.testing import cases_kept
from xiaowei.desk.ruling.versions import next_version, rules_of, version

_WIDTH: Final = 88


def next_draft(home: Home, number: int) -> str:
    """Return a version as the YAML of the next one of its name.

    It would hold from tomorrow on: whoever is to publish it has the day to do so.

    Args:
        home: the workspace.
        number: of the version to begin with; 0 for the rules that are shipped.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    rules = rules_of(home, number)
    plain = as_plain(rules)
    plain.pop("until", None)
    version_ = str(next_version(home, rules.name))
    since = clock.today() + timedelta(days=1)
    return _written({**plain, "version": version_, "since": since})


def cases_written(home: Home, number: int) -> str:
    """Return the test cases last run on a version as YAML; empty where none were.

    Args:
        home: the workspace.
        number: of any version.

    Raises:
        UnknownRulesError: there is none of that number.
    """
    digest = version(home, number).get("cases")
    if digest is None:
        return ""
    kept = [one.as_plain() for one in cases_kept(home, digest)]
    return _written({"cases": kept})


def _written(plain: dict[str, Any]) -> str:
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=_WIDTH)
