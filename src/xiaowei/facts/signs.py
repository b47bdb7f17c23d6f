"""Rows that name an enterprise in; the signs by which two of them are compared out."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from xiaowei.facts.identity import organisation_code
from xiaowei.facts.names import NormalName, normal, without_level

MOST_SHARING: Final = 100
"""Names that may share a block. A key that more share tells little and costs much:
with it the pairs compared would grow with the square of the names."""

_NUMBERS: Final = re.compile(r"\d+|第[一二三四五六七八九十百千]+")
_LEAST_SLIPPED: Final = 3
_LEAST_WORD: Final = 2
_LEADS: Final = (2, 3, 4)
_OUTLET: Final = ("店", "公司", "部", "厂", "所")
_LEVEL: Final = re.compile("[省市县区]")
_LEVEL_AT_START: Final = re.compile("^(.{2,3}?)[省市县]")

EXACT: Final = ("account", "phone", "address", "region_code")
"""Signs that agree or do not, without degrees."""

_TELLING: Final = ("account", "phone")

SIGNS: pa.Schema = pa.schema(
    [
        ("unique_id", pa.int64()),
        ("core", pa.string()),
        ("size", pa.int64()),
        ("slips", pa.list_(pa.string())),
        ("numbers", pa.string()),
        ("places", pa.list_(pa.string())),
        ("form", pa.string()),
        ("kind", pa.string()),
        *((name, pa.string()) for name in EXACT),
        ("keys", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says of the enterprise it means.

    Args:
        name: taken apart; None if missing or empty.
        code: any code, cleaned; None if missing.
        places: of the name and of the region's words, without level.
        exact: account, phone, address and region code, cleaned; only those stated.
    """

    name: NormalName | None
    code: str | None
    places: frozenset[str]
    exact: Mapping[str, str]

    @property
    def organisation(self) -> str | None:
        """Return the organisation code inside the code, if it is sound."""
        return None if self.code is None else organisation_code(self.code)

    @property
    def branch(self) -> str:
        """Name the branch in one way, whether brackets or the name's end tell it."""
        if self.name is None:
            return ""
        outlets = [aside for aside in self.name.asides if aside.endswith(_OUTLET)]
        return _LEVEL.sub("", "".join([self.name.branch, *outlets]))

    @property
    def core(self) -> str | None:
        """Return what tells the name from others, with what its brackets hold."""
        if self.name is None:
            return None
        asides = (aside for aside in self.name.asides if not aside.endswith(_OUTLET))
        return "".join([self.name.core, *asides]) or None

    @property
    def exact_name(self) -> tuple[object, ...] | None:
        """Return what two writings of one full name have in common."""
        if self.name is None or self.core is None:
            return None
        return self.core, self.name.places, self.name.form, self.branch


def read_row(row: Mapping[str, str | None], *, places: Collection[str] = ()) -> Row:
    """Return what a row says.

    Args:
        row: `name`, and as far as known `code`, `region` (words or digits), `account`,
            `phone`, `address`.
        places: as `normal` takes them.
    """
    stated = {key: _clean(value) for key, value in row.items() if value}
    region = stated.pop("region", "")
    if region.isdigit():
        stated["region_code"], region = region, ""
    name = normal(row.get("name") or "", places=places)
    found = name.places | normal(f"{region}无名", places=places).places
    if region and not found:
        found |= {without_level(region)}
    return Row(
        name=name if name.text else None,
        code=stated.get("code"),
        places=found,
        exact={key: stated[key] for key in EXACT if stated.get(key)},
    )


def places_in(rows: Iterable[Mapping[str, str | None]]) -> frozenset[str]:
    """Return the places, without level, that a list of enterprises tells of itself.

    They are the words before 省, 市 or 县 at the start of names and regions: no list
    of all places is shipped, and names in a county leave 县 out more often than not.
    """
    found: set[str] = set()
    for row in rows:
        found |= normal(row.get("name") or "").places
        region = _clean(row.get("region") or "")
        while stated := _LEVEL_AT_START.match(region):
            found.add(stated[1])
            region = region[stated.end() :]
        if region and not region.isdigit():
            found.add(without_level(region))
    return frozenset(place for place in found if len(place) >= _LEAST_WORD)


def signs_of(
    rows: Mapping[int, Row], *, known: Collection[str], listed: bool
) -> pa.Table:
    """Return the table of signs that Splink compares.

    Args:
        rows: what each row says, by its number.
        known: the keys that may make a block.
        listed: whether the rows are those of the list of enterprises.

    Returns:
        Shape: one row per row; `SIGNS`.
    """
    signs = [_signs(*item, known=known, listed=listed) for item in rows.items()]
    return pa.Table.from_pylist(signs, schema=SIGNS)


def telling_keys(enterprises: Iterable[Row]) -> frozenset[str]:
    """Return the keys that few enough enterprises share to make a block of them."""
    shared = Counter(key for row in enterprises for key in _keys(row, listed=True))
    return frozenset(key for key, count in shared.items() if count <= MOST_SHARING)


def _signs(
    number: int, row: Row, *, known: Collection[str], listed: bool
) -> dict[str, object]:
    core = row.core
    return {
        "unique_id": number,
        "core": core,
        "size": None if core is None else len(core),
        "slips": sorted(_slips(core or "")),
        "numbers": ",".join(_NUMBERS.findall(core or "")),
        "places": sorted(row.places) or None,
        "form": (row.name and row.name.form) or None,
        "kind": (row.name and row.name.kind) or None,
        **{name: row.exact.get(name) for name in EXACT},
        "keys": sorted(key for key in _keys(row, listed=listed) if key in known),
    }


def _slips(core: str) -> set[str]:
    """Return the core and all it becomes by losing one character.

    Two cores share one of them exactly if at most one character was changed, added,
    lost or moved. (DuckDB's edit distances count bytes: a Chinese character is three.)
    """
    if len(core) < _LEAST_SLIPPED:
        return {core} - {""}
    lost = {core[:place] + core[place + 1 :] for place in range(len(core))}
    return {core} | lost


def _keys(row: Row, *, listed: bool) -> set[str]:
    """Return words of which two rows of one enterprise are bound to share one.

    A shortened core is looked for in the list, and the list's in a longer one; two
    cores that merely start alike share no key, since every brand would then be a block.
    """
    keys = {f"{name}:{row.exact[name]}" for name in _TELLING if name in row.exact}
    core = row.core
    if core is None:
        return keys
    tail = f"|{row.branch}"
    keys |= {slip + tail for slip in _slips(core)}
    keys |= {f"{core}@{place}{tail}" for place in row.places}
    ends = {core[:size] for size in range(_LEAST_WORD, len(core))}
    ends |= {core[size:] for size in _LEADS if len(core) - size >= _LEAST_WORD}
    longer, shorter = ("<", ">") if listed else (">", "<")
    return keys | {longer + end + tail for end in ends} | {shorter + core + tail}


def _clean(value: str) -> str:
    folded = unicodedata.normalize("NFKC", value).upper()
    return "".join(sign for sign in folded if sign.isalnum())
