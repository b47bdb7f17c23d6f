"""Statements about the same things in; which say only what was said last, out.

A thing that goes back to what it was, as a bill that is unpaid, paid and unpaid again,
is stated three times. The third says what the first said, and is news all the same.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from xiaowei.facts.known import NEVER


def stated_last(
    rows: ir.Table,
    held: ir.Table | None,
    *,
    about: Sequence[str],
    whole: Sequence[str],
    side_by_side: bool,
) -> ir.Table:
    """Return the rows that state what was known last by then about the same thing.

    By then is in the order of the days known, facts held before new rows, then lines.
    On a day of which the file states anything that is held, it is taken to tell that
    day anew from its beginning, so its rows come first: a history handed in once more
    adds nothing. Where rows of one day stand side by side, all those of the last day
    are what was known last, and a day on which anything new is said is kept whole.

    Args:
        rows: Shape: one row per row of the file; `line`, `known_on`, the columns of
            `about` and `whole`, `dated`, `copied`, whether it is known to be a copy,
            and `told_before`, whether a fact held states it as known on the same day.
            Rows that are not dated are no copies here, though others may be of them.
        held: Shape: one row per fact held about one of those things; `line`,
            `known_on`, the columns of `about` and `whole`, `file`, and `same_as`, what
            it is called.
        about: the columns that say what a row is about.
        whole: those in which a copy equals what it copies.
        side_by_side: as of the source.

    Returns:
        Shape: one row per further row that is a copy; `line` and `same_as`.
    """
    told = _in_order(rows, held, about=about, whole=whole)
    order = ("known_on", "turn", "file", "line")
    mine = ibis.window(group_by=about, order_by=order)
    like_me = ibis.window(group_by=(*about, "what"), order_by=order)
    day = ibis.window(group_by=about, order_by="known_on")
    told = told.mutate(
        place=ibis.row_number().over(mine), day=ibis.dense_rank().over(day)
    )
    told = told.mutate(
        place_before=told.place.lag().over(like_me),
        day_before=told.day.lag().over(like_me),
        same_as=told.name.lag().over(like_me),
    )
    if side_by_side:
        last = _side_by_side(told, about)
    else:
        last = (told.place_before == told.place - 1).fill_null(NEVER)
    copies = told.filter(told.is_new & told.dated & ~told.copied & last)
    return copies.select("line", "same_as")


def _in_order(
    rows: ir.Table, held: ir.Table | None, *, about: Sequence[str], whole: Sequence[str]
) -> ir.Table:
    """Return new rows and facts held alike, with what tells their order.

    Returns:
        Shape: one row per statement; `turn` orders those of one day, `what` is the
        same for those that state the same.
    """
    columns = dict.fromkeys((*about, *whole, "known_on", "line"))
    told = rows.select(
        *columns,
        "dated",
        "copied",
        "told_before",
        file=ibis.literal(""),
        is_new=ibis.literal(value=True),
        name="line " + rows.line.cast("string"),
    )
    if held is not None:
        theirs = held.select(
            *columns,
            "file",
            dated=ibis.literal(value=True),
            copied=NEVER,
            told_before=NEVER,
            is_new=NEVER,
            name=held.same_as,
        )
        told = told.union(theirs.select(*told.columns))
    day = ibis.window(group_by=(*about, "known_on"))
    told = told.mutate(anew=told.told_before.any().over(day))
    told = told.filter(told.dated | ~told.copied)
    stated = ibis.window(group_by=about, order_by=whole)
    return told.mutate(
        turn=told.anew != told.is_new, what=ibis.dense_rank().over(stated)
    )


def _side_by_side(told: ir.Table, about: Sequence[str]) -> ir.BooleanValue:
    """Test whether rows were stated on their own day, or a whole day on the last."""
    same_day = (told.day_before == told.day).fill_null(NEVER)
    known = (told.day_before >= told.day - 1).fill_null(NEVER)
    day = ibis.window(group_by=(*about, "known_on"))
    return same_day | (known | ~told.is_new).all().over(day)
