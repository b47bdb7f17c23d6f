"""Strategies from YAML; every fault of a file is named at once."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Final

from xiaowei.errors import InputError
from xiaowei.policy.overlay import laid_over
from xiaowei.policy.products.product import MOST_MONTHS
from xiaowei.policy.products.requirements import requirement_of
from xiaowei.policy.stated import Stated, check_period, entries_in
from xiaowei.policy.strategy.strategy import (
    SEGMENTS,
    STAGED,
    Segment,
    Strategies,
    Strategy,
)

_DUE: Final = (
    "segment",
    "since",
    "title",
    "reason",
    "limit_share",
    "rate_bp",
    "longest_months",
    "review_months",
    "watch_days",
    "products",
    "staged",
    "set_by",
    "reference",
)
_MAY: Final = ("until", "established_when")
_NEW: Final = "newcomer"
_LEAST_SHARE: Final = Decimal("0.01")
_MOST_BP: Final = 1000
_MOST_DAYS: Final = 366


class StrategiesError(InputError):
    """A file of strategies cannot be used; all of its faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"strategies in '{file}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected="per strategy: "
            + ", ".join(_DUE)
            + "; established_when for newcomers; until where it ends; quoted numbers",
            remedy="Mend these entries and load the file again; nothing was taken over",
        )


def load_strategies(overlay: Path | None = None) -> Strategies:
    """Return the shipped strategies, with those a bank has set in their place.

    Args:
        overlay: a YAML file in the same form; an entry there stands in place of the
            shipped one of that name, or beside them.

    Raises:
        StrategiesError: the overlay is not there or malformed; every fault is named.
    """
    shipped = files("xiaowei.policy.strategy").joinpath("strategy.yaml")
    return laid_over(shipped, overlay, read=read_strategies, refuse=StrategiesError)


def read_strategies(
    text: str, *, file: str, shipped: Strategies | None = None
) -> Strategies:
    """Return the strategies that a text states, beside those it does not replace.

    Args:
        text: YAML.
        file: what it is called in errors.
        shipped: what it is laid over.

    Raises:
        StrategiesError: it is malformed; every fault is named.
    """
    own, faults = entries_in(text, _strategy, noun="strategy")
    entries = {**(shipped.entries if shipped else {}), **own}
    faults = faults or list(_clashes(entries))
    if faults:
        raise StrategiesError(file, faults)
    return Strategies(entries)


def _strategy(stated: Stated) -> Strategy:
    parts = stated.parts(*_DUE, may=_MAY)
    since = parts["since"].day()
    until = parts["until"].day() if "until" in parts else None
    check_period(parts, since, until)
    segment = parts["segment"].one_of(SEGMENTS)
    established = parts.get("established_when")
    if (established is not None) != (segment == _NEW):
        stated.fault("'established_when' is due for newcomers and for them alone")
    return Strategy(
        segment=segment,
        since=since,
        until=until,
        title=parts["title"].said(),
        reason=parts["reason"].said(),
        established_when=requirement_of(established) if established else None,
        limit_share=parts["limit_share"].number(_LEAST_SHARE, 1),
        rate_bp=parts["rate_bp"].whole(0, _MOST_BP),
        longest_months=parts["longest_months"].whole(1, MOST_MONTHS),
        review_months=parts["review_months"].whole(1, MOST_MONTHS),
        watch_days=parts["watch_days"].whole(1, _MOST_DAYS),
        products=tuple(one.text() for one in parts["products"].items(least=1)),
        staged=parts["staged"].one_of(tuple(STAGED)),
        set_by=parts["set_by"].text(),
        reference=parts["reference"].reference(),
    )


def _clashes(entries: Mapping[str, Strategy]) -> Iterator[str]:
    """Name versions of which it could not be told which one holds."""
    begun: dict[tuple[Segment, object], str] = {}
    for name, one in entries.items():
        version = one.segment, one.since
        if version in begun:
            yield (
                f"'{name}' and '{begun[version]}' are both for '{one.segment}' since "
                f"{one.since}"
            )
        begun[version] = name
