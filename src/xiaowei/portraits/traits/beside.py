"""Two sources beside each other, month by month, since both began."""

from functools import reduce

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.whole import added


def beside(moments: Moments, **sides: ir.Table) -> ir.Table:
    """Return what each of several sources says of each month.

    A source that began later than another says nothing of the months before, so only
    the months since all have begun can be compared.

    Args:
        moments: the days asked for.
        sides: a name to rows with the keys, `ago` and a whole `amount`; rows without
            an amount say nothing.

    Returns:
        Shape: one row per key and month `ago` of which some side speaks, since all of
        them began; for each side its name, the sum of its amounts, 0 where it says
        nothing, and its name with `_told`, whether it says something.
    """
    rows = [_only(side, name, tuple(sides), moments) for name, side in sides.items()]
    whole = reduce(lambda a, b: a.union(b), rows)
    months = whole.group_by([*moments.keys, "ago"]).aggregate(
        **{name: added(whole[name]) for name in sides},
        **{f"{name}_told": whole[f"{name}_told"].max() for name in sides},
    )
    months = months.mutate(**{f"{n}_told": months[f"{n}_told"] == 1 for n in sides})
    own = ibis.window(group_by=moments.keys)
    begun = {
        f"{name}_begun": months.ago.max(where=months[f"{name}_told"]).over(own)
        for name in sides
    }
    dated = months.mutate(**begun)
    # A side that never began is null, which keeps no month.
    both = dated.filter([dated.ago <= dated[name] for name in begun])
    return both.drop(*begun)


def _only(
    side: ir.Table, mine: str, names: tuple[str, ...], moments: Moments
) -> ir.Table:
    """Return one side's rows with the columns of all sides."""
    spoken = side.filter(side.amount.notnull())
    whole = {
        name: spoken.amount if name == mine else ibis.literal(0, "int64")
        for name in names
    }
    told = {
        f"{name}_told": ibis.literal(1 if name == mine else 0, "int64")
        for name in names
    }
    return spoken.select(*moments.keys, "ago", **whole, **told)
