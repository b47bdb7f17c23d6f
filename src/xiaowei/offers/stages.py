"""Phased credit: which stage of a limit is open, what is missing for the next.

Stages open one after another, by what the enterprise has done since the first money
went out. What is not known opens nothing. What is released already is not called back
here: a stage that would no longer open today is a matter for watching the loan.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from xiaowei.errors import InputError
from xiaowei.money import FEN_PER_YUAN, Fen, wan_text
from xiaowei.offers.asked import Values, check_asked, known
from xiaowei.offers.eligibility import Line, compiled, lines_of
from xiaowei.offers.rules import All
from xiaowei.offers.terms import cny
from xiaowei.policy.products.product import Product, Stage
from xiaowei.said import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How much of a limit is released, and what the next step asks for.

    Args:
        product: the product.
        limit_fen: the whole limit.
        stage: the stage open, 1 for the first.
        stages: how many there are.
        released_fen: what may have been drawn in all, the open stages together.
        next_fen: what the next stage would add; 0 where there is none.
        lines: what the next stage asks for and what of it is met; empty likewise.
    """

    product: Product
    limit_fen: Fen
    stage: int
    stages: int
    released_fen: Fen
    next_fen: Fen
    lines: tuple[Line, ...]

    @property
    def missing(self) -> tuple[Line, ...]:
        """What of the next stage is not met, or unknown."""
        return tuple(line for line in self.lines if line.state != "met")

    @property
    def text(self) -> Said:
        """The stage open and the money released in one line."""
        title, yuan = self.product.title, cny(self.released_fen)
        whole, wan = cny(self.limit_fen), wan_text(self.released_fen)
        return Said(
            f"{title.zh}：第 {self.stage}/{self.stages} 阶段，已开放 {wan} 万元，"
            f"总额度 {wan_text(self.limit_fen)} 万元",
            f"{title.en}: stage {self.stage} of {self.stages}, {yuan} of {whole} "
            f"released",
        )


class LimitError(InputError):
    """A limit cannot be released in stages."""

    def __init__(self, product: Product, limit_fen: Fen) -> None:
        """Name the product and the limit."""
        super().__init__(
            f"a limit of {limit_fen / FEN_PER_YUAN:,.2f} yuan cannot be released under "
            f"'{product.code}'",
            expected="a limit of 0 or more",
            remedy="Ask again with the limit that was granted",
        )


def stage_amounts(stages: Iterable[Stage], *, limit_fen: Fen) -> tuple[Fen, ...]:
    """Return what each stage adds; all together they are the limit, to the fen.

    Every stage but the last is rounded so that no more than its share and those before
    it are released.

    Args:
        stages: those of a product.
        limit_fen: the whole limit, 0 or more.

    >>> half = Stage(Decimal("0.5"), None)
    >>> stage_amounts([half, half], limit_fen=101)
    (50, 51)
    """
    amounts: list[Fen] = []
    share, released = Decimal(0), 0
    for stage in stages:
        share += stage.share
        part, whole = share.as_integer_ratio()
        upto = limit_fen * part // whole
        amounts.append(upto - released)
        released = upto
    return tuple(amounts)


def release(product: Product, *, limit_fen: Fen, behaviour: Values) -> Release:
    """Return which stage of a limit is open and what is missing for the next.

    Args:
        product: a product of the day; one without stages releases all at once.
        limit_fen: the limit granted, 0 or more.
        behaviour: facts since the first drawdown (`months_since_drawdown`,
            `worst_dpd`, `sales_ratio`, `worst_finding`) and any trait; null, NaN or
            not there is unknown and opens nothing.

    Raises:
        LimitError: the limit is below 0.
        UnknownFactsError: a stage asks for what does not exist.
    """
    if limit_fen < 0:
        raise LimitError(product, limit_fen)
    check_asked([product])
    traits = known(behaviour, facts={leaf.trait for leaf in product.conditions})
    stages = product.stages or (Stage(Decimal(1), None),)
    amounts = stage_amounts(stages, limit_fen=limit_fen)
    asked = [_asked(product, place, one) for place, one in enumerate(stages, start=1)]
    opened = 1
    while opened < len(stages) and asked[opened].hit(traits):
        opened += 1
    more = opened < len(stages)
    code = _code(product, opened + 1)
    return Release(
        product=product,
        limit_fen=limit_fen,
        stage=opened,
        stages=len(stages),
        released_fen=sum(amounts[:opened]),
        next_fen=amounts[opened] if more else 0,
        lines=lines_of(asked[opened], traits, code=code) if more else (),
    )


def _asked(product: Product, place: int, stage: Stage) -> All:
    if stage.opens_when is None:
        return All(())
    return compiled(stage.opens_when, code=_code(product, place))


def _code(product: Product, place: int) -> str:
    return f"{product.code}.stage{place}"
