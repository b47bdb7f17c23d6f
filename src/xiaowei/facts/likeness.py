"""How likely two rows mean one enterprise: a Fellegi-Sunter model run by Splink.

How often two *different* enterprises look alike (u) is counted in the list of
enterprises itself, where every pair is of two. So a crowded list, where names differ in
one character by design, asks for more evidence than a sparse one. How often *one*
enterprise is written in each way (m) is stated below. Splink's adjustment for frequent
terms is left off: it lets an enterprise with a frequent name score low against itself;
here the enterprises that share the name compete instead.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.comparison_level_library import CustomLevel, NullLevel
from splink.comparison_library import CustomComparison

from xiaowei.facts.signs import EXACT

CHUNK: Final = 50_000
"""Counterparties compared at once, so that memory does not grow with their number."""

MEMORY_LIMIT: Final = "2GB"
_THREADS: Final = 2
_WEAKEST: Final = -12.0
"""Log2 odds below which a pair is no candidate."""

_SAME_NUMBERS: Final = "numbers_l = numbers_r"
_SAME: Final = "core_l = core_r"
_NEAR: Final = "list_has_any(places_l, places_r)"
_UNPLACED: Final = "(places_l IS NULL OR places_r IS NULL)"
_SAME_START: Final = "substr(core_l, 1, 3) = substr(core_r, 1, 3)"
"""Enterprises of one trade differ where a name starts; writers slip anywhere."""
_SLIPPED: Final = f"list_has_any(slips_l, slips_r) AND {_SAME_NUMBERS}"
_CUT: Final = (
    f"(starts_with(core_l, core_r) OR starts_with(core_r, core_l)) AND {_SAME_NUMBERS}"
)
_BEHEADED: Final = (
    f"(ends_with(core_l, core_r) OR ends_with(core_r, core_l)) AND {_SAME_NUMBERS}"
)
"""Two ways to be shorter, since two enterprises look alike in them unequally often: who
is called by the trade alone looks like all others of it without their start."""


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two rows agree.

    Args:
        label: what a reader is told.
        sql: when it holds; levels are tried in order.
        m: share of the pairs of one enterprise that agree so.
        u: share of the pairs of two enterprises that do, before any are counted.
    """

    label: str
    sql: str
    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Model:
    """What weighs how much.

    Args:
        levels: ways to agree, from the strongest, by what is compared.
        prior: probability of a match before anything is compared, 0..1; one enterprise
            of the list or none of it gives 1 / (enterprises + 1).
        weakest: log2 odds below which a pair is no candidate.
    """

    levels: Mapping[str, tuple[Level, ...]]
    prior: float
    weakest: float


CORE: Final = (
    Level("core and place", f"{_SAME} AND {_NEAR}", 0.28, 1e-9),
    Level("core", f"{_SAME} AND {_UNPLACED}", 0.118, 1e-8),
    Level("core of another place", _SAME, 0.002, 1e-4),
    Level("core but one late slip", f"{_SAME_START} AND {_SLIPPED}", 0.20, 1e-7),
    Level("core but one slip", f"size_l >= 5 AND {_SLIPPED}", 0.10, 1e-6),
    Level("short core but one slip", _SLIPPED, 0.05, 1e-5),
    Level("core cut short", _CUT, 0.15, 1e-4),
    Level("core without its start", _BEHEADED, 0.05, 1e-4),
    Level("", "ELSE", 0.05, 0.99978),
)
"""Of names that are not written in full: those in full are linked before."""

_RIGHT: Final = 2
"""Levels of the core, from the first, at which it is written right."""

_COUNTED_AS: Final = 1e4
"""Pairs of two enterprises that the stated u is worth beside those counted."""

_PLACES: Final = (
    # Firms of other places bear the same core more often than chance would have it:
    # where cores are the same, the levels of the core have weighed the place.
    Level("", _SAME, 1.0, 1.0),
    Level("place", _NEAR, 0.97, 0.3),
    Level("", "ELSE", 0.03, 0.7),
)
_FORM: Final = (
    Level("form", "form_l = form_r", 0.85, 0.5),
    Level("kind of form", "kind_l = kind_r", 0.13, 0.2),
    Level("", "ELSE", 0.02, 0.3),
)
_EXACT: Final = {
    "account": (0.6, 1e-6),
    "phone": (0.7, 1e-5),
    "address": (0.6, 1e-4),
    "region_code": (0.97, 0.2),
}
"""m and u as stated: an enterprise has several accounts and rarely another phone."""

_LEAST_UNPLACED: Final = 0.05
_LEAST_APART, _LEAST_ALIKE = 0.1, 0.3
"""Bounds of u for a place: counterparties come from farther off than the list."""


def likely_pairs(
    enterprises: pa.Table, counterparties: pa.Table, *, sample: pa.Table, count: int
) -> pa.Table:
    """Return the pairs that may mean one enterprise, with their odds.

    Args:
        enterprises: Shape: one row per name; `signs.SIGNS`. Rows up to `count` are the
            enterprises by their current names, the rest are former names.
        counterparties: Shape: one row per counterparty; `signs.SIGNS`.
        sample: Shape: some of the enterprises, with the signs that counterparties of
            their names would have; `signs.SIGNS`. In them two are told apart.
        count: of enterprises.

    Returns:
        Shape: one row per pair; `enterprise` and `counterparty` (numbers of rows),
        `odds` (of the pair against no link at all, before other candidates compete),
        `agreed` (labels joined by "; "), `written` (whether the core is written right,
        and in no other place), in the order of the numbers.
    """
    if not count:
        return _NO_PAIRS
    current = enterprises.filter(pc.less(enterprises["unique_id"], count))
    places = counterparties["places"]
    unplaced = max(places.null_count / max(len(places), 1), _LEAST_UNPLACED)
    model = Model(
        {
            "core": _core_as_counted(current, sample, unplaced=unplaced),
            "places": _places_as_counted(current),
            "form": _FORM,
            **_exact_as_counted(current),
        },
        prior=1 / (count + 1),
        weakest=_WEAKEST,
    )
    found = [
        _predicted(enterprises, counterparties.slice(start, CHUNK), model)
        for start in range(0, len(counterparties), CHUNK)
    ]
    pairs = pa.concat_tables([_NO_PAIRS, *found])
    return pairs.sort_by([("counterparty", "ascending"), ("enterprise", "ascending")])


_NO_PAIRS: Final = pa.table(
    {
        "enterprise": pa.array([], pa.int64()),
        "counterparty": pa.array([], pa.int64()),
        "odds": pa.array([], pa.float64()),
        "agreed": pa.array([], pa.string()),
        "written": pa.array([], pa.bool_()),
    }
)


def _core_as_counted(
    current: pa.Table, sample: pa.Table, *, unplaced: float
) -> tuple[Level, ...]:
    """Return the levels of the core with u as counted among different enterprises.

    Args:
        current: the list.
        sample: some of it, compared with all of it.
        unplaced: share of the counterparties that tell no place, 0..1.
    """
    # At even odds all levels but the last weigh more than nothing.
    model = Model({"core": CORE}, prior=0.5, weakest=0.0)
    alike = _compared(current, sample, model)
    others = alike.filter(pc.not_equal(alike["unique_id_l"], alike["unique_id_r"]))
    counts = pc.value_counts(others["gamma_core"]).to_pylist()
    seen = {row["values"]: row["counts"] for row in counts}
    pairs = len(sample) * max(len(current) - 1, 0)
    # Splink numbers levels from the last, which is 0, to the first.
    ways = list(enumerate(reversed(CORE)))[1:]
    shares = {
        level.label: (seen.get(gamma, 0) + level.u * _COUNTED_AS)
        / (pairs + _COUNTED_AS)
        for gamma, level in ways
    }
    # In the list nearly all tell their places; who does not may be of any place.
    shares["core"] += shares["core and place"] + shares["core of another place"]
    shares["core"] *= unplaced
    shares[""] = 1 - sum(shares.values())
    return tuple(replace(level, u=shares[level.label]) for level in CORE)


def _places_as_counted(current: pa.Table) -> tuple[Level, ...]:
    """Return the levels of places: in a list of one county, agreeing tells little."""
    stated = current["places"].drop_null()
    counts = pc.value_counts(pc.list_flatten(stated)).field("counts")
    each = counts.to_numpy(zero_copy_only=False).astype(np.float64)
    alike = float(((each / max(len(stated), 1)) ** 2).sum())
    u = min(max(alike, _LEAST_ALIKE), 1 - _LEAST_APART)
    weighed, same, other = _PLACES
    return weighed, replace(same, u=u), replace(other, u=1 - u)


def _exact_as_counted(current: pa.Table) -> dict[str, tuple[Level, ...]]:
    """Return the levels of signs without degrees, with the chance of agreeing."""
    levels: dict[str, tuple[Level, ...]] = {}
    for name in EXACT:
        counts = pc.value_counts(current[name].drop_null()).field("counts")
        each = counts.to_numpy(zero_copy_only=False).astype(np.float64)
        alike = float((each * (each - 1)).sum())
        m, stated = _EXACT[name]
        pairs = float(each.sum() * max(each.sum() - 1, 0))
        u = (alike + stated * _COUNTED_AS) / (pairs + _COUNTED_AS)
        same = Level(name.replace("_", " "), f"{name}_l = {name}_r", m, u)
        levels[name] = (same, Level("", "ELSE", 1 - same.m, 1 - u))
    return levels


def _compared(enterprises: pa.Table, others: pa.Table, model: Model) -> pa.Table:
    """Return the pairs that share a key, with their weights and levels."""
    api = DuckDBAPI()
    with TemporaryDirectory() as spill, closing(api.duckdb_con) as connection:
        connection.execute(f"SET threads={_THREADS}")
        connection.execute(f"SET memory_limit='{MEMORY_LIMIT}'")
        connection.execute(f"SET temp_directory='{spill}'")
        frames = [
            # With names of their own the enterprises are always the left of a pair.
            api.register(enterprises, dataset_display_name="a_enterprises"),
            api.register(others, dataset_display_name="b_counterparties"),
        ]
        predicted = Linker(frames, _settings(model), log_level=None).inference.predict(
            threshold_match_weight=model.weakest, warning_mode="never"
        )
        levels = ", ".join(f"gamma_{name}" for name in model.levels)
        pairs = predicted.as_duckdbpyrelation().project(
            f"unique_id_l, unique_id_r, match_weight, {levels}"
        )
        return pairs.to_arrow_table()


def _settings(model: Model) -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only",
        comparisons=[_comparison(name, ways) for name, ways in model.levels.items()],
        blocking_rules_to_generate_predictions=[
            block_on("keys", arrays_to_explode=["keys"])
        ],
        probability_two_random_records_match=model.prior,
        # Without the matching columns Splink leaves out which level a pair is on.
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=True,
        linker_uid="linkage",
    )


def _comparison(name: str, ways: tuple[Level, ...]) -> CustomComparison:
    levels = [
        CustomLevel(way.sql, way.label or "none of these").configure(
            m_probability=way.m, u_probability=way.u
        )
        for way in ways
    ]
    return CustomComparison(
        output_column_name=name, comparison_levels=[NullLevel(name), *levels]
    )


def _predicted(
    enterprises: pa.Table, counterparties: pa.Table, model: Model
) -> pa.Table:
    pairs = _compared(enterprises, counterparties, model)
    return pa.table(
        {
            "enterprise": pairs["unique_id_l"],
            "counterparty": pairs["unique_id_r"],
            "odds": pc.power(2.0, pc.cast(pairs["match_weight"], pa.float64())),
            "agreed": _agreed(pairs, model),
            "written": pc.greater_equal(pairs["gamma_core"], len(CORE) - _RIGHT),
        }
    )


def _agreed(pairs: pa.Table, model: Model) -> pa.Array:
    parts = []
    for name, ways in model.levels.items():
        labels = pa.array([None, *(way.label or None for way in reversed(ways))])
        gammas = pc.add(pc.cast(pairs[f"gamma_{name}"], pa.int64()), 1)
        parts.append(labels.take(gammas.combine_chunks()))
    return pc.binary_join_element_wise(*parts, "; ", null_handling="skip")
