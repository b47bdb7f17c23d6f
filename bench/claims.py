"""A claim: what was measured, what was aimed at, and whether it holds."""

import json
import platform
from collections.abc import Sequence
from typing import Any


def claim(
    name: str,
    measured: float | tuple[float, ...],
    aim: float,
    *,
    most: bool = True,
    peer: str | None = None,
) -> dict[str, Any]:
    """Return a claim as the last line of a bench holds it.

    Args:
        name: what was measured, with its unit.
        measured: the value; as a tuple also the bounds of its interval, or none.
        aim: what it should be.
        most: whether it should be that at most, else at least.
        peer: what it is measured beside.
    """
    value, *bounds = measured if isinstance(measured, tuple) else (measured,)
    low, high = (round(one, 4) for one in bounds) if bounds else (None, None)
    return {
        "name": name,
        "value": round(value, 4),
        "low": low,
        "high": high,
        "aim": f"at {'most' if most else 'least'} {aim:g}",
        "peer": peer,
        "holds": value <= aim if most else value >= aim,
    }


def told(one: dict[str, Any]) -> str:
    """Return a claim as a line for people."""
    bounds = "" if one["low"] is None else f" [{one['low']}, {one['high']}]"
    sign = "holds" if one["holds"] else "DOES NOT HOLD"
    return f"{one['name']}: {one['value']}{bounds} (aim {one['aim']}) {sign}"


def tell(
    bench: str, claims: Sequence[dict[str, Any]], *, seed: int | str, as_json: bool
) -> None:
    """Print claims on standard output: as one line of JSON, or a line each for people.

    Args:
        bench: its name.
        claims: what it measured.
        seed: of its chance.
        as_json: which of the two.
    """
    if as_json:
        head = {"bench": bench, "machine": platform.machine(), "seed": seed}
        print(json.dumps({**head, "claims": list(claims)}, ensure_ascii=False))
        return
    for one in claims:
        print(told(one))
