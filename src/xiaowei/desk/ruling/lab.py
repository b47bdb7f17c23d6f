"""The policy lab: a version, or a limit moved, tried on a file of past applications."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xiaowei.decisions.lab.effects import Effects, effects
from xiaowei.decisions.lab.limits import moved
from xiaowei.decisions.lab.profit import Priced
from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.past import Told
from xiaowei.decisions.rules.settled import Settled, settle
from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.past_tables import read_past
from xiaowei.errors import InputError
from xiaowei.said import Said


class HalfAskedError(InputError):
    """What is asked of past applications is not whole."""

    def __init__(self, what: str, expected: str) -> None:
        """Name it."""
        super().__init__(what, expected=expected, remedy="Name what is missing, too")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which columns of past applications tell what.

    Args:
        bad: outcomes, true and false or 1 and 0; null where no column tells.
        amount: money applied for, in fen; null likewise.
        rate: margin of a year, as a share; null for no profit.
        lgd: loss given default, 0..1; null for no profit.
        by: columns of texts to tell firms apart by.
    """

    bad: str | None
    amount: str | None
    rate: str | None
    lgd: str | None
    by: tuple[str, ...]

    @property
    def priced(self) -> Priced | None:
        """Which columns tell prices, or null.

        Raises:
            HalfAskedError: profit is asked for without all that it takes.
        """
        if self.rate is None and self.lgd is None:
            return None
        if None in (self.rate, self.lgd, self.amount, self.bad):
            expected = "columns for rate, lgd, amount and bad together, or no profit"
            raise HalfAskedError("profit takes four columns", expected)
        return Priced(self.rate or "", self.lgd or "")


def tried(
    home: Home, pair: tuple[RuleSet, RuleSet], path: Path, *, asked: Asked
) -> Effects:
    """Return what newer rules would have changed for past applications of a file.

    Args:
        home: the workspace.
        pair: the older rules and the newer.
        path: of the file, Parquet or CSV.
        asked: which columns tell what.

    Raises:
        PastTableError: the file cannot be read.
        RowError: a column of the rules is not there or not of its kind.
        ToldError: another column is.
        HalfAskedError: profit is asked for without all that it takes.
    """
    priced = asked.priced
    table = read_past(path, texts=asked.by)
    before, after = (settled(home, rules) for rules in pair)
    told = Told(bad=asked.bad, amount=asked.amount, by=asked.by)
    return effects(before, after, table, told=told, priced=priced)


def settled(home: Home, rules: RuleSet) -> Settled:
    """Return rules with the numbers of today, or of their first day if that is later.

    Rules that have ended are asked by the numbers of their first day.
    """
    today = clock.today()
    ended = rules.until is not None and today >= rules.until
    day = rules.since if ended else max(today, rules.since)
    return settle(rules, book=home.book, on=day)


def with_limits(rules: RuleSet, stated: Sequence[str]) -> RuleSet:
    """Return rules with limits moved.

    Args:
        rules: any.
        stated: each as RULE.TRAIT=VALUE.

    Raises:
        HalfAskedError: one is not of that form.
        NoLimitError: a rule does not compare the trait with one value, once.
        RuleSetError: a value is no limit for its trait.
    """
    for one in stated:
        place, sign, limit = one.partition("=")
        code, dot, trait = place.strip().partition(".")
        if not (sign and dot):
            raise HalfAskedError(
                f"'{one}' moves no limit",
                "RULE.TRAIT=VALUE, e.g. pd_vague.pd_high=0.12",
            )
        rules = moved(rules, code=code, trait=trait, limit=limit.strip())
    return rules


def names_of(home: Home, rules: RuleSet) -> Mapping[str, Said]:
    """Return what people call the numbers of the policy book that rules name."""
    return settled(home, rules).titles
