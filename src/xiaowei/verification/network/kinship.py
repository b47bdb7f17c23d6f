"""The register in; which enterprises share a person, an address or a phone out.

A park, an incubator or an agent lends its address or phone to many; what more than
MOST_TOGETHER share, or what all who share it have from their common park, ties nobody.
"""

from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from xiaowei.verification.finding import Case
from xiaowei.verification.network.trade import Ints

MOST_TOGETHER: Final = 20
"""An address, phone or person of more enterprises is everybody's."""

KINDS: Final = ("owner", "address", "phone")
FAMILIES: Final = ("owners", "enterprises")

_OWNING: Final = ("legal_person", "shareholder", "controller")
_HOSTS: Final = "园区|产业园|科技园|孵化|众创|集群注册|托管|秘书"
"""What an address says of itself that many are registered at."""

_SEEN: Final = "who shares what"


def shared(case: Case) -> ir.Table:
    """Return what enterprises share, worked out once for all checks of a case.

    Returns:
        Shape: one row per enterprise, kind and thing; `enterprise_id`, `kind` of KINDS,
        `thing`, `file`, `line`, and `firms`, how many share it, at least 2.
    """
    return case.once(_SEEN, lambda: _shared(case))


def _shared(case: Case) -> ir.Table:
    parts = [_persons(case)] if "owners" in case.facts else []
    if "enterprises" in case.facts:
        parts += [_places(case, "address"), _places(case, "phone")]
    held = ibis.union(*parts) if len(parts) > 1 else parts[0]
    together = ibis.window(group_by=["kind", "thing"])
    firms = held.enterprise_id.count().over(together)
    one_park = held.park.min().over(together) == held.park.max().over(together)
    everyone = held.park.count().over(together) == firms
    counted = held.mutate(firms=firms, one_park=one_park & everyone)
    close = counted.filter(
        (counted.firms > 1) & (counted.firms <= MOST_TOGETHER) & ~counted.one_park
    )
    return close.select("enterprise_id", "kind", "thing", "file", "line", "firms")


def _persons(case: Case) -> ir.Table:
    rows = case.current("owners")
    live = rows.filter(
        (rows.until_on.isnull() | (rows.until_on >= case.as_of))
        & rows.role.isin(_OWNING)
    )
    once = live.group_by("enterprise_id", "person_id").aggregate(
        file=live.file.min(), line=live.line.min()
    )
    return once.select(
        "enterprise_id",
        kind=ibis.literal("owner"),
        thing=once.person_id,
        file=once.file,
        line=once.line.cast("int64"),
        # A person has no park: what he owns in one park is still his.
        park=ibis.null("string"),
    )


def _places(case: Case, name: str) -> ir.Table:
    rows = case.current("enterprises")
    thing = rows[name].re_replace(r"\s", "")
    rows = rows.mutate(thing=thing)
    stated = rows.filter((rows.thing != "") & ~rows.thing.re_search(_HOSTS))
    return stated.select(
        "enterprise_id",
        kind=ibis.literal(name),
        thing=stated.thing,
        file=stated.file,
        line=stated.line.cast("int64"),
        park=stated.park,
    )


def pairs(case: Case) -> ir.Table:
    """Return enterprises that share something, each pair both ways.

    Returns:
        Shape: one row per enterprise, `other`, kind and thing; see `shared`.
    """
    rows = shared(case)
    they = rows.view()
    joined = rows.join(
        they,
        [
            rows.kind == they.kind,
            rows.thing == they.thing,
            rows.enterprise_id != they.enterprise_id,
        ],
    )
    return joined.select(
        *[rows[name] for name in rows.columns], other=they.enterprise_id
    )


def owner_groups(case: Case, names: tuple[str, ...]) -> Ints:
    """Return a number for each enterprise that those of its owners share.

    Args:
        case: where `owners` are held or not; without them each stands alone.
        names: of enterprises.
    """
    place = {name: number for number, name in enumerate(names)}
    ends: list[tuple[int, int]] = []
    if "owners" in case.facts:
        table = pairs(case)
        own = table.filter(table.kind == "owner").select("enterprise_id", "other")
        ends = [
            (place[row["enterprise_id"]], place[row["other"]])
            for row in own.distinct().to_pyarrow().to_pylist()
            if row["enterprise_id"] in place and row["other"] in place
        ]
    one, other = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    size = len(names)
    graph = sparse.csr_array(
        (np.ones(len(one), dtype=np.int8), (one, other)), shape=(size, size)
    )
    _, label = connected_components(graph, directed=False)
    return np.asarray(label, dtype=np.int64)
