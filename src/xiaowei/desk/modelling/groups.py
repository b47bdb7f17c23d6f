"""Firms and their owners in; which firms hang together out."""

from collections.abc import Mapping, Sequence
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

_FIRM: Final = "enterprise_id"
_OWNERS: Final = "owners"


def groups_of(
    known: Mapping[str, ir.Table], firms: Sequence[str], *, engine: ibis.BaseBackend
) -> list[str]:
    """Return for each firm the name of its group: its first firm.

    Firms belong together where a person owns or represents both, also by way of others.
    Those of whom no owner is known are groups of their own.

    Args:
        known: a family's name to its facts known by the day.
        firms: each once.
        engine: that reads the facts.
    """
    if _OWNERS not in known:
        return list(firms)
    owners = known[_OWNERS].filter(known[_OWNERS].role != "manager")
    pairs = engine.to_pyarrow(owners.select(_FIRM, "person_id").distinct())
    pairs = pairs.filter(pc.is_in(pairs[_FIRM], pa.array(firms, pa.string())))
    if not pairs.num_rows:
        return list(firms)
    place = {firm: at for at, firm in enumerate(firms)}
    mine = np.array([place[firm] for firm in pairs[_FIRM].to_pylist()], dtype=np.int64)
    names, theirs = np.unique(pairs["person_id"].to_pylist(), return_inverse=True)
    count = len(firms) + len(names)
    joined = (np.ones(len(mine)), (mine, theirs + len(firms)))
    web = coo_array(joined, shape=(count, count))
    _, part = connected_components(web, directed=False)
    first: dict[int, str] = {}
    parts = part[: len(firms)].tolist()
    for firm, one in zip(firms, parts, strict=True):
        first.setdefault(one, firm)
    return [first[one] for one in parts]
