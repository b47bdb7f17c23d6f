"""What an enterprise agrees to have looked at, in whatever words a clerk has for it."""

from collections.abc import Iterable
from typing import Final

from xiaowei.facts.contracts.contract import (
    Column,
    Source,
    enterprise,
    happened_on,
    known_on,
    words,
)
from xiaowei.said import Said

ALL: Final = "all"
"""What `covers` holds where an enterprise agrees, or refuses, to everything."""


def consents_to(sources: Iterable[Source]) -> Source:
    """Return the source that states what enterprises agree to have looked at.

    Args:
        sources: all that there are; those that ask for consent can be named.
    """
    asking = [source for source in sources if source.asks_consent]
    covers = words({"全部": ALL, "发票": "invoices"}) | {
        word: source.family
        for source in asking
        for word in (source.zh, source.name, source.family)
    }
    return Source(
        name="consents",
        zh="数据授权",
        family="consents",
        meaning=Said(
            "企业对某类数据的授权与撤回。未授权的来源视为未知，绝不视为零",
            "What an enterprise agrees to have looked at, and what it takes back. A "
            "source without consent is silent, never zero",
        ),
        columns=(
            enterprise(),
            Column("covers", "choice", ("数据类别", "covers"), choices=covers),
            Column(
                "state",
                "choice",
                ("状态", "state"),
                choices=words({"授权": "granted", "撤回": "withdrawn"}),
            ),
            Column("until_on", "day", ("有效期至", "until_on"), required=False),
            happened_on("签署日期", "signed_on"),
            known_on(),
        ),
        happened="happened_on",
        known=("happened_on",),
        about=("covers", "happened_on"),
    )
