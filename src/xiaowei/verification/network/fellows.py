"""Who sold to whom in; firms that share the same new customers out."""

from typing import Final

import ibis.expr.types as ir
import numpy as np
from scipy import stats

from xiaowei.verification.chances import Floats
from xiaowei.verification.network.trade import Ints

MOST_SELLERS: Final = 30
"""A new customer of more firms is a big buyer that came to the county."""


def shared_new(links: ir.Table) -> ir.Table:
    """Return how many new customers each pair of firms has in common.

    Args:
        links: Shape: one row per firm and new customer; `enterprise_id`,
            `counterparty_id`.

    Returns:
        Shape: one row per pair, both ways; `enterprise_id`, `other`, `both`, and `held`
        and `other_held`, how many new customers of several firms each has.
    """
    sellers = links.group_by("counterparty_id").aggregate(sellers=links.count())
    few = sellers.filter((sellers.sellers > 1) & (sellers.sellers <= MOST_SELLERS))
    rows = links.semi_join(few, "counterparty_id")
    held = rows.group_by("enterprise_id").aggregate(held=rows.count())
    mine = rows.inner_join(held, "enterprise_id")
    they = mine.view()
    joined = mine.join(
        they,
        [
            mine.counterparty_id == they.counterparty_id,
            mine.enterprise_id != they.enterprise_id,
        ],
    )
    pairs = joined.select(
        "enterprise_id", "held", other=they.enterprise_id, other_held=they.held
    )
    return pairs.group_by("enterprise_id", "other", "held", "other_held").aggregate(
        both=pairs.count()
    )


def fellow_tails(
    firm: Ints, held: Floats, other_held: Floats, both: Floats, *, firms: int
) -> Floats:
    """Return how probable it is that two others share as many new customers by chance.

    Customers shared by several firms are dealt to firms as often as each has any; the
    second least likely pair counts, among all that a firm may have.

    Args:
        firm: of each pair, by place.
        held: how many new customers of several firms it has.
        other_held: how many the other has.
        both: how many are the same.
        firms: how many there are.

    Returns:
        Shape: one per firm, 0..1; 1 for firms that share with fewer than two others.
    """
    found = np.ones(firms)
    if not len(firm):
        return found
    links = float(held[np.unique(firm, return_index=True)[1]].sum())
    # Pairs that meet at all, not how often: those who share a lot are no measure.
    expected = held * other_held * len(firm) / links**2
    pair = np.asarray(stats.poisson.sf(both - 1, expected), dtype=np.float64)
    order = np.lexsort((pair, firm))
    firm, pair = firm[order], pair[order]
    second = np.flatnonzero(firm[1:] == firm[:-1]) + 1
    second = second[np.unique(firm[second], return_index=True)[1]]
    # That two of all the pairs a firm may have are as unlikely as the second.
    found[firm[second]] = stats.poisson.sf(1, pair[second] * (firms - 1))
    return found
