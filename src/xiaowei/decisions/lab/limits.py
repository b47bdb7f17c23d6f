"""A rule set with one limit moved, to be tried before anybody drafts it."""

from dataclasses import replace
from typing import Any

from xiaowei.decisions.rules.fields import near
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.plain import as_plain
from xiaowei.decisions.rules.reading import rule_set_of
from xiaowei.errors import InputError


class NoLimitError(InputError):
    """A limit that is to be moved is not there, or is not one alone."""

    def __init__(self, code: str, trait: str, why: str) -> None:
        """Name it."""
        super().__init__(
            f"the limit of '{trait[:40]}' in rule '{code[:40]}' cannot be moved: {why}",
            expected="a rule that compares the trait with one value, once",
            remedy="See rules and traits with 'xiaowei rules show', or draft the rule "
            "anew",
        )


def moved(rules: RuleSet, *, code: str, trait: str, limit: str) -> RuleSet:
    """Return rules with another limit in one comparison.

    Args:
        rules: any.
        code: of the rule.
        trait: that it compares.
        limit: the new one in the unit of the comparison, e.g. "0.12".

    Raises:
        NoLimitError: the rule does not compare the trait with one value, once.
        RuleSetError: the limit is none for the trait.
    """
    rule = rules.rule(code)
    if rule is None:
        codes = [one.code for one in rules.rules]
        raise NoLimitError(code, trait, f"there is no such rule{near(code, codes)}")
    plain = as_plain(rules)
    (mine,) = (one for one in plain["rules"] if one["code"] == code)
    found = [one for one in _leaves(mine["when"]) if one["trait"] == trait]
    if len(found) != 1:
        raise NoLimitError(code, trait, f"it compares the trait {len(found)} times")
    if isinstance(found[0].get("limit"), list | None):
        raise NoLimitError(code, trait, f"it asks for '{found[0]['operator']}'")
    found[0]["limit"] = limit
    again = rule_set_of(plain, file=f"{rules.name} with {code}.{trait}={limit}")
    return replace(rules, rules=again.rules)


def _leaves(when: dict[str, Any]) -> list[dict[str, Any]]:
    if "trait" in when:
        return [when]
    parts = when.get("all") or when["any"]
    return [leaf for part in parts for leaf in _leaves(part)]
