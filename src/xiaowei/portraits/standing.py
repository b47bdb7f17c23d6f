"""From when until when each statement stands: facts in, their last day out."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.facts.sources import contracts_of

_LATEST: Final = ("known_on", "happened_on", "file", "line")
_SAME_DAY_COUNTS_TWICE: Final = {"invoices"}
"""Two invoices of one number, day and partner that became known on one day are two
lines of one invoice, not a correction."""


def about(family: str) -> tuple[str, ...]:
    """Return the columns that say what a fact of a family is about.

    >>> about("electricity")
    ('enterprise_id', 'meter', 'happened_on')
    """
    return contracts_of(family)[0].subject


def standing(facts: ir.Table, *, family: str) -> ir.Table:
    """Return facts with the day on which a later one about the same took their place.

    Of two filings of one period, or two readings of one meter and day, the one known
    later counts from the day it was known; of two known on one day the one that
    happened last, then the one that stands later in the files. Of an invoice stated
    twice on one day both count.

    Args:
        facts: Shape: one row per fact. `again` tells the facts about which something
            had been stated before; only what they are about is looked at. Facts that
            have `upto` already are returned as they are.
        family: whose facts they are.

    Returns:
        The same with `upto`, a day or null: the fact no longer stands from it on.
    """
    if "upto" in facts.columns:
        return facts
    sources = contracts_of(family)
    # What we reckoned from facts ourselves, such as `network`, has no contract: it is
    # reckoned once and never stated anew.
    if not sources or not (sources[0].about or sources[0].register):
        return facts.mutate(upto=ibis.null("date"))
    source = sources[0]
    group = about(family)
    touched = facts
    if source.about:
        told = facts.filter(facts.again).select(*group).distinct().view()
        touched = facts.semi_join(told, [facts[name] == told[name] for name in group])
    ends = _ends(touched, group, both=family in _SAME_DAY_COUNTS_TWICE).view()
    # Not by file and line alone: next month's file may bear the name of this one's.
    keys = dict.fromkeys((*group, *_LATEST))
    joined = facts.left_join(ends, [facts[name] == ends[name] for name in keys])
    return joined.select(*[facts[name] for name in facts.columns], upto=ends.upto)


def current(facts: ir.Table, *, family: str) -> ir.Table:
    """Return facts as last stated; what a later fact corrects is left out.

    Args:
        facts: Shape: one row per fact known by the day.
        family: whose facts they are, see `standing`.
    """
    rows = standing(facts, family=family)
    return rows.filter(rows.upto.isnull()).drop("upto")


def _ends(facts: ir.Table, group: tuple[str, ...], *, both: bool) -> ir.Table:
    """Return facts that are about the same, each with its end."""
    about_same = ibis.window(group_by=group, order_by=facts.known_on)
    rows = facts.select(
        *dict.fromkeys((*group, *_LATEST)),
        # Of facts known on one day, the last has the next day, the others their own.
        following=facts.known_on.lead().over(about_same),
    )
    same_day = ibis.window(group_by=(*group, "known_on"))
    later = rows.following.nullif(rows.known_on).max().over(same_day)
    if both:
        upto = later
    else:
        latest = [ibis.desc(name) for name in _LATEST]
        place = ibis.row_number().over(
            ibis.window(group_by=(*group, "known_on"), order_by=latest)
        )
        upto = ibis.ifelse(place == 0, later, rows.known_on)
    return rows.select(*dict.fromkeys((*group, *_LATEST)), upto=upto)
