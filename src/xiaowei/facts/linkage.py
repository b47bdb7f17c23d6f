"""Counterparties as others write them in; the enterprises they mean out."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.errors import InputError
from xiaowei.facts.former import borne_by
from xiaowei.facts.likeness import likely_pairs
from xiaowei.facts.signs import Row, places_in, read_row, signs_of, telling_keys

THRESHOLD: Final = 0.9
"""A link made by likeness is wrong at most once in ten if the list's own crowding is
that of the world outside it. Measured in `bench/linkage.py`, where the truth is known:
about one link in 150 over all, most of them strangers whose name differs from one of
the list in one character. The model by itself expects fewer, see `expected_wrong`."""

LINKS: pa.Schema = pa.schema(
    [
        ("counterparty_id", pa.string()),
        ("enterprise_id", pa.string()),
        ("probability", pa.float64()),
        ("result", pa.string()),
        ("agreed", pa.string()),
    ]
)
"""One row per counterparty, or per candidate of an ambiguous one. `result` is linked,
ambiguous or unmatched; an unmatched one has no `enterprise_id` and, as `probability`,
that of its best candidate, or none. `agreed` names what agreed, joined by "; "."""

_STATED: Final = ("name", "code", "region", "account", "phone", "address")
_SAMPLED: Final = 10_000
"""Enterprises compared with all others to count how often two look alike."""

_SHOWN: Final = 0.01
"""Candidates of an ambiguous counterparty that are less likely are not listed."""


class MissingLinkColumnError(InputError):
    """A table to link lacks a column that tells its rows apart or names them."""

    def __init__(self, table: str, *, missing: Sequence[str]) -> None:
        """Name the table and the columns."""
        super().__init__(
            f"the table of {table} lacks {', '.join(missing)}",
            expected="an id and a name in each row, and "
            + ", ".join(_STATED[1:])
            + " as far as known",
            remedy="Add the column or rename the one that is meant",
        )


class DoubledIdError(InputError):
    """Two rows of a table to link bear one id, or a row bears none."""

    def __init__(self, table: str, *, rows: int, ids: int) -> None:
        """Name the table and say how many rows share an id."""
        super().__init__(
            f"the table of {table} has {rows} rows and {ids} different ids",
            expected="one id of its own in each row",
            remedy="Group the rows by id before linking",
        )


class ThresholdError(InputError):
    """A threshold is no probability that can tell two candidates apart."""

    def __init__(self, threshold: float) -> None:
        """Name the threshold."""
        super().__init__(
            f"the threshold of linkage is {threshold:g}",
            expected="a probability above 0.5 and below 1",
            remedy=f"Leave it out to link at {THRESHOLD:g}",
        )


@dataclass(frozen=True, slots=True)
class _Enterprises:
    """The enterprises by row; rows from `count` on are former names.

    Args:
        ids: of the enterprise of each row.
        rows: what each row says.
        count: of enterprises.
    """

    ids: list[str]
    rows: list[Row]
    count: int


@dataclass(frozen=True, slots=True)
class _Found:
    """One enterprise that a counterparty may mean."""

    enterprise_id: str | None
    probability: float | None
    result: str
    agreed: str | None = None


def link(
    enterprises: pa.Table,
    counterparties: pa.Table,
    *,
    as_of: date,
    former: pa.Table | None = None,
    threshold: float = THRESHOLD,
) -> pa.Table:
    """Return which enterprise each counterparty means.

    A code that agrees settles it, then a full name that one enterprise alone bears or
    bore; what is left is weighed by likeness. Sound codes of two organisations, and
    names of two branches, are never linked by likeness. A counterparty of whom more
    than one enterprise is too likely is ambiguous, never guessed.

    Args:
        enterprises: Shape: one row per enterprise; `enterprise_id`, `name` and as far
            as known `code`, `region` (words or digits), `account`, `phone`, `address`;
            all texts, null where unknown.
        counterparties: Shape: one row per counterparty; `counterparty_id` and the rest
            as above.
        as_of: names taken later are not known yet.
        former: Shape: one row per name; `former.FORMER`. May name current names again.
        threshold: least probability of a link, above 0.5 and below 1.

    Returns:
        Shape: `LINKS`, in the order of the counterparties.

    Raises:
        MissingLinkColumnError, DoubledIdError, ThresholdError: see each.
        BackwardNameError: as `former.borne_by`.
    """
    if not 0.5 < threshold < 1:  # noqa: PLR2004 - below half two could be linked
        raise ThresholdError(threshold)
    stated = _stated(enterprises, "enterprises", key="enterprise_id")
    meant = _stated(counterparties, "counterparties", key="counterparty_id")
    places = places_in(stated.values())
    known = _enterprises(stated, former, as_of=as_of, places=places)
    others = [read_row(row, places=places) for row in meant.values()]
    found = _settled(known, others)
    open_rows = {
        number: row for number, row in enumerate(others) if number not in found
    }
    found |= _weighed(known, open_rows, threshold=threshold)
    return _written(list(meant), found)


def expected_wrong(links: pa.Table) -> float:
    """Return the share of links that the model itself expects to be wrong.

    Args:
        links: Shape: `LINKS`.

    Returns:
        A share 0..1 of the linked rows, links by code or full name counted as right;
        0 if none is linked.
    """
    made = links.filter(pc.equal(links["result"], "linked"))
    mean = pc.mean(made["probability"]).as_py()
    return 0.0 if mean is None else 1 - float(mean)


def _stated(
    table: pa.Table, called: str, *, key: str
) -> dict[str, dict[str, str | None]]:
    missing = [name for name in (key, "name") if name not in table.column_names]
    if missing:
        raise MissingLinkColumnError(called, missing=missing)
    ids = table[key].cast(pa.string()).to_pylist()
    different = len(set(ids) - {None})
    if different != len(ids):
        raise DoubledIdError(called, rows=len(ids), ids=different)
    here = [name for name in _STATED if name in table.column_names]
    columns = [table[name].cast(pa.string()).to_pylist() for name in here]
    if not here:
        return {}
    rows = (dict(zip(here, row, strict=True)) for row in zip(*columns, strict=True))
    return dict(zip(ids, rows, strict=True))


def _enterprises(
    stated: Mapping[str, Mapping[str, str | None]],
    former: pa.Table | None,
    *,
    as_of: date,
    places: Collection[str],
) -> _Enterprises:
    ids = list(stated)
    rows = [read_row(row, places=places) for row in stated.values()]
    borne = () if former is None else borne_by(former, as_of=as_of)
    seen = {(one, row["name"]) for one, row in stated.items()}
    for one, name in borne:
        if one not in stated or (one, name) in seen:
            continue
        seen.add((one, name))
        ids.append(one)
        rows.append(read_row({**stated[one], "name": name}, places=places))
    return _Enterprises(ids, rows, len(stated))


def _settled(known: _Enterprises, others: Sequence[Row]) -> dict[int, list[_Found]]:
    """Return what a code or a full name settles, by the number of the counterparty."""
    codes = _index(known.rows[: known.count], 0, _codes)
    current = _index(known.rows[: known.count], 0, _full_names)
    before = _index(known.rows[known.count :], known.count, _full_names)
    found: dict[int, list[_Found]] = {}
    for number, other in enumerate(others):
        by_code = _bearers(known, codes, _codes(other))
        if by_code:
            found[number] = _by_code(sorted(by_code))
            continue
        agreed, index = "full name", current
        bearers = _bearers(known, current, _full_names(other))
        if not bearers:
            agreed, index = "former full name", before
            bearers = _bearers(known, index, _full_names(other))
        if len(bearers) == 1:
            ((enterprise_id, row),) = bearers.items()
            if not _clash(row, other) and not _elsewhere(row, other):
                found[number] = [_Found(enterprise_id, 1.0, "linked", agreed)]
    return found


def _codes(row: Row) -> list[str]:
    """Return the code as stated and the organisation code inside it."""
    return sorted({code for code in (row.code, row.organisation) if code})


def _full_names(row: Row) -> list[Hashable]:
    return [] if row.exact_name is None else [row.exact_name]


def _index(
    rows: Sequence[Row], start: int, keys: Callable[[Row], Sequence[Hashable]]
) -> dict[Hashable, list[int]]:
    index: dict[Hashable, list[int]] = defaultdict(list)
    for number, row in enumerate(rows, start):
        for key in keys(row):
            index[key].append(number)
    return index


def _bearers(
    known: _Enterprises,
    index: Mapping[Hashable, Sequence[int]],
    keys: Sequence[Hashable],
) -> dict[str, Row]:
    numbers = (number for key in keys for number in index.get(key, ()))
    return {known.ids[number]: known.rows[number] for number in numbers}


def _by_code(bearers: Sequence[str]) -> list[_Found]:
    result = "linked" if len(bearers) == 1 else "ambiguous"
    return [_Found(one, 1 / len(bearers), result, "code") for one in bearers]


def _clash(one: Row, other: Row) -> bool:
    """Test whether two rows cannot be one enterprise, however alike their names."""
    codes = one.organisation, other.organisation
    named = one.name is not None and other.name is not None
    return (None not in codes and codes[0] != codes[1]) or (
        named and one.branch != other.branch
    )


def _elsewhere(one: Row, other: Row) -> bool:
    """Test whether both rows tell a place and none is the same."""
    codes = {
        row.exact["region_code"] for row in (one, other) if "region_code" in row.exact
    }
    apart = bool(one.places and other.places and not one.places & other.places)
    return apart or len(codes) > 1


def _weighed(
    known: _Enterprises, others: Mapping[int, Row], *, threshold: float
) -> dict[int, list[_Found]]:
    keys = telling_keys(known.rows)
    rows = dict(enumerate(known.rows))
    step = -(-known.count // _SAMPLED) or 1
    some = {number: rows[number] for number in range(0, known.count, step)}
    pairs = likely_pairs(
        signs_of(rows, known=keys, listed=True),
        signs_of(others, known=keys, listed=False),
        sample=signs_of(some, known=keys, listed=False),
        count=known.count,
    )
    columns = ("counterparty", "enterprise", "odds", "agreed", "written")
    listed = zip(*(pairs[name].to_pylist() for name in columns), strict=True)
    found: dict[int, list[_Found]] = {}
    for number, group in groupby(listed, key=itemgetter(0)):
        other = others[number]
        fitting = [pair for pair in group if not _clash(known.rows[pair[1]], other)]
        # Nobody is thought to have slipped into the very name of another.
        written = [pair for pair in fitting if pair[-1]]
        odds: dict[str, tuple[float, str]] = {}
        for _, row, odd, agreed, _ in written or fitting:
            one = known.ids[row]
            odds[one] = max(odds.get(one, (0.0, "")), (odd, agreed))
        found[number] = _decided(odds, threshold=threshold)
    return found


def _decided(
    odds: Mapping[str, tuple[float, str]], *, threshold: float
) -> list[_Found]:
    """Return the link, the candidates, or that there is none.

    A counterparty is one of its candidates or none of the list, so the odds of all
    share one whole with 1, which stands for none.
    """
    whole = 1 + sum(odd for odd, _ in odds.values())
    ranked = sorted(
        ((odd / whole, one, agreed) for one, (odd, agreed) in odds.items()),
        key=lambda rank: (-rank[0], rank[1]),
    )
    if not ranked:
        return [_Found(None, None, "unmatched")]
    best, one, agreed = ranked[0]
    if best >= threshold:
        return [_Found(one, best, "linked", agreed)]
    if 1 - 1 / whole < threshold:
        return [_Found(None, best, "unmatched")]
    return [
        _Found(one, share, "ambiguous", agreed)
        for share, one, agreed in ranked
        if share >= min(_SHOWN, best)
    ]


def _written(ids: Sequence[str], found: Mapping[int, Sequence[_Found]]) -> pa.Table:
    none = [_Found(None, None, "unmatched")]
    rows = [
        (one, link.enterprise_id, link.probability, link.result, link.agreed)
        for number, one in enumerate(ids)
        for link in found.get(number, none)
    ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in LINKS]
    return pa.table(
        [
            pa.array(column, field.type)
            for column, field in zip(columns, LINKS, strict=True)
        ],
        schema=LINKS,
    )
