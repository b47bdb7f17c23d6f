"""Products from YAML; every fault of a file is named at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Final

from xiaowei.errors import InputError
from xiaowei.policy.overlay import laid_over
from xiaowei.policy.products.product import (
    AUDIENCES,
    COLLATERALS,
    KINDS,
    MOST_MONTHS,
    PURPOSES,
    Amounts,
    Product,
    Products,
    Rate,
    Repayment,
    Stage,
    fen_of,
)
from xiaowei.policy.products.requirements import requirement_of
from xiaowei.policy.stated import Stated, check_period, entries_in

_DUE: Final = (
    "code",
    "since",
    "purpose",
    "title",
    "reason",
    "eligible",
    "tiers",
    "collateral",
    "rate",
    "amount",
    "repayment",
    "papers",
    "set_by",
    "reference",
)
_MAY: Final = ("until", "stages")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MOST_YUAN: Final = 10**9
_MOST_BP: Final = 1000
_MOST_STAGES: Final = 10
_LEAST_SHARE: Final = Decimal("0.01")


class ProductsError(InputError):
    """A file of products cannot be used; all of its faults are named."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        """Name the file and each fault."""
        super().__init__(
            f"products in '{file}' have {len(faults)} fault(s): " + "; ".join(faults),
            expected="per product: "
            + ", ".join(_DUE)
            + "; until and stages where it has any; numbers in quotes",
            remedy="Mend these entries and load the file again; nothing was taken over",
        )


def load_products(overlay: Path | None = None) -> Products:
    """Return the shipped products, with those a bank has set in their place.

    Args:
        overlay: a YAML file in the same form; an entry there stands in place of the
            shipped one of that name, or beside them. A version that begins later is an
            entry of another name and the same code.

    Raises:
        ProductsError: the overlay is not there or malformed; every fault is named.
    """
    shipped = files("xiaowei.policy.products").joinpath("products.yaml")
    return laid_over(shipped, overlay, read=read_products, refuse=ProductsError)


def read_products(text: str, *, file: str, shipped: Products | None = None) -> Products:
    """Return the products that a text states, beside those it does not replace.

    Args:
        text: YAML.
        file: what it is called in errors.
        shipped: what it is laid over.

    Raises:
        ProductsError: it is malformed; every fault is named.
    """
    own, faults = entries_in(text, _product, noun="product")
    entries = {**(shipped.entries if shipped else {}), **own}
    faults = faults or list(_clashes(entries))
    if faults:
        raise ProductsError(file, faults)
    return Products(entries)


def _product(stated: Stated) -> Product:
    parts = stated.parts(*_DUE, may=_MAY)
    until = parts["until"].day() if "until" in parts else None
    since = parts["since"].day()
    check_period(parts, since, until)
    repayment = _repayment(parts["repayment"])
    return Product(
        code=_code(parts["code"]),
        since=since,
        until=until,
        purpose=parts["purpose"].one_of(PURPOSES),
        title=parts["title"].said(),
        reason=parts["reason"].said(),
        eligible=requirement_of(parts["eligible"]),
        tiers=parts["tiers"].some_of(AUDIENCES),
        collateral=parts["collateral"].one_of(COLLATERALS),
        rate=_rate(parts["rate"]),
        amounts=_amounts(parts["amount"]),
        repayment=repayment,
        papers=tuple(one.said() for one in parts["papers"].items()),
        stages=_stages(parts["stages"]) if "stages" in parts else (),
        set_by=parts["set_by"].text(),
        reference=parts["reference"].reference(),
    )


def _code(stated: Stated) -> str:
    code = stated.text()
    if code and not _CODE.fullmatch(code):
        stated.fault("small letters, digits and _ are due, at most 40, a letter first")
    return code


def _rate(stated: Stated) -> Rate:
    parts = stated.parts("adjustment_bp", "floor", "cap")
    rate = Rate(
        parts["adjustment_bp"].whole(-_MOST_BP, _MOST_BP),
        parts["floor"].number(0, 1),
        parts["cap"].number(0, 1),
    )
    if rate.floor > rate.cap:
        stated.fault(f"floor {rate.floor} is above cap {rate.cap}")
    if rate.floor % Decimal("0.0001") or rate.cap % Decimal("0.0001"):
        stated.fault("floor and cap are whole basis points, such as 0.0435")
    return rate


def _amounts(stated: Stated) -> Amounts:
    parts = stated.parts("min_yuan", "max_yuan")
    low, high = (parts[key].whole(1, _MOST_YUAN) for key in ("min_yuan", "max_yuan"))
    if low > high:
        stated.fault(f"min_yuan {low} is above max_yuan {high}")
    return Amounts(fen_of(Decimal(low)), fen_of(Decimal(high)))


def _repayment(stated: Stated) -> Repayment:
    keys = ("min_months", "max_months", "grace_months", "holiday_months")
    parts = stated.parts(*keys, "kinds")
    least = {"min_months": 1, "max_months": 1}
    low, high, grace, holiday = (
        parts[key].whole(least.get(key, 0), MOST_MONTHS) for key in keys
    )
    if low > high:
        stated.fault(f"min_months {low} is above max_months {high}")
    if grace + holiday >= high:
        stated.fault(f"grace and holiday leave no month of {high} to pay in")
    return Repayment(low, high, parts["kinds"].some_of(KINDS), grace, holiday)


def _stages(stated: Stated) -> tuple[Stage, ...]:
    items = stated.items(least=2, most=_MOST_STAGES)
    stages = tuple(_stage(one, first=n == 0) for n, one in enumerate(items))
    whole = sum((stage.share for stage in stages), Decimal(0))
    if items and whole != 1:
        stated.fault(f"shares add up to {whole}, not to 1")
    return stages


def _stage(stated: Stated, *, first: bool) -> Stage:
    parts = stated.parts(*(("share",) if first else ("share", "opens_when")))
    share = parts["share"].number(_LEAST_SHARE, 1)
    opens = parts.get("opens_when")
    return Stage(share, requirement_of(opens) if opens else None)


def _clashes(entries: Mapping[str, Product]) -> Iterator[str]:
    """Name versions of which it could not be told which one holds."""
    begun: dict[tuple[str, object], str] = {}
    for name, product in entries.items():
        version = product.code, product.since
        if version in begun:
            yield (
                f"'{name}' and '{begun[version]}' are both '{product.code}' since "
                f"{product.since}"
            )
        begun[version] = name
