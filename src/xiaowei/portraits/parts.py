"""All that a portrait is made of, source by source."""

from typing import Final

from xiaowei.portraits.traits import (
    accounts,
    balance,
    bank,
    bureau,
    chain,
    courts,
    electricity,
    freshness,
    goods,
    limits,
    links,
    loans,
    payers,
    power,
    programmes,
    registry,
    rights,
    staff,
    surroundings,
    tax,
    tax_credit,
    utilities,
)
from xiaowei.portraits.traits.books import book_part
from xiaowei.portraits.traits.invoice_months import MONTHS, all_months
from xiaowei.portraits.traits.partners import partner_part
from xiaowei.portraits.traits.trait import Grain, Part, Trait

PARTS: Final[tuple[Part, ...]] = (
    book_part("sale"),
    book_part("purchase"),
    partner_part("sale"),
    partner_part("purchase"),
    balance.PART,
    goods.PART,
    *limits.PARTS,
    *tax.PARTS,
    tax_credit.PART,
    electricity.MONTHS,
    electricity.DAYS,
    *power.PARTS,
    *utilities.PARTS,
    bank.PART,
    accounts.PART,
    *payers.PARTS,
    *staff.PARTS,
    *bureau.PARTS,
    courts.PART,
    *loans.PARTS,
    *rights.PARTS,
    *registry.PARTS,
    *programmes.PARTS,
    *links.PARTS,
    chain.PART,
    surroundings.PART,
    freshness.PART,
)
TRAITS: Final[tuple[Trait, ...]] = tuple(
    trait for part in PARTS for trait in part.traits
)
"""The dictionary, in the order of a portrait's columns."""
GRAINS: Final = (Grain(MONTHS, "invoices", all_months),)
"""What several of the parts look at."""
