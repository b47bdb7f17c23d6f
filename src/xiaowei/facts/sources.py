"""Every source there is, and which of them a file's name states."""

from collections.abc import Sequence
from typing import Final

from xiaowei.errors import InputError
from xiaowei.facts.contracts.applicant import (
    DECLARATIONS,
    ORDER_CLAIMS,
    STATEMENTS,
)
from xiaowei.facts.contracts.bank import (
    APPLICATIONS,
    BANK_FLOWS,
    CREDIT_HISTORY,
    LOANS,
    REPAYMENTS,
)
from xiaowei.facts.contracts.bureau import (
    BUREAU_ENQUIRIES,
    BUREAU_GUARANTEES,
    BUREAU_LOANS,
    COURTS,
)
from xiaowei.facts.contracts.consents import consents_to
from xiaowei.facts.contracts.contract import EARLIEST, LATEST, MAX_YUAN, Column, Source
from xiaowei.facts.contracts.invoices import INVOICE_LIMITS, PURCHASES, SALES
from xiaowei.facts.contracts.people import PAYROLL, SOCIAL_SECURITY
from xiaowei.facts.contracts.programmes import (
    MEMBERSHIPS,
    RIGHTS,
    SURVEYS,
    TRAINING,
)
from xiaowei.facts.contracts.registry import CHANGES, ENTERPRISES, OWNERS
from xiaowei.facts.contracts.surroundings import PARKS, SERIES
from xiaowei.facts.contracts.taxation import TAX_CREDIT, TAX_FILINGS
from xiaowei.facts.contracts.utilities import (
    ELECTRICITY,
    METERS,
    UTILITY_BILLS,
    WATER,
)

__all__ = [
    "APPLICATIONS",
    "BANK_FLOWS",
    "BUREAU_ENQUIRIES",
    "BUREAU_GUARANTEES",
    "BUREAU_LOANS",
    "CHANGES",
    "CONSENTS",
    "COURTS",
    "CREDIT_HISTORY",
    "DECLARATIONS",
    "EARLIEST",
    "ELECTRICITY",
    "ENTERPRISES",
    "EVERY_SOURCE",
    "FAMILIES",
    "INVOICE_LIMITS",
    "LATEST",
    "LOANS",
    "MAX_YUAN",
    "MEMBERSHIPS",
    "METERS",
    "ORDER_CLAIMS",
    "OWNERS",
    "PARKS",
    "PAYROLL",
    "PURCHASES",
    "REPAYMENTS",
    "RIGHTS",
    "SALES",
    "SERIES",
    "SOCIAL_SECURITY",
    "SOURCES",
    "STATEMENTS",
    "SURROUNDINGS",
    "SURVEYS",
    "TAX_CREDIT",
    "TAX_FILINGS",
    "TRAINING",
    "UTILITY_BILLS",
    "WATER",
    "Column",
    "Source",
    "UnknownSourceError",
    "contracts_of",
    "names_of_sources",
    "source_of",
]

_OF_OTHERS: Final = (
    ENTERPRISES,
    OWNERS,
    CHANGES,
    SALES,
    PURCHASES,
    INVOICE_LIMITS,
    TAX_FILINGS,
    TAX_CREDIT,
    ELECTRICITY,
    METERS,
    WATER,
    UTILITY_BILLS,
    BANK_FLOWS,
    SOCIAL_SECURITY,
    PAYROLL,
    BUREAU_LOANS,
    BUREAU_GUARANTEES,
    BUREAU_ENQUIRIES,
    COURTS,
    RIGHTS,
    MEMBERSHIPS,
    SURVEYS,
    TRAINING,
)
"""What others than the bank and itself state of an enterprise."""
_OF_ITSELF: Final = (DECLARATIONS, STATEMENTS, ORDER_CLAIMS)
"""What an enterprise states of itself, which is its consent to have it looked at."""
CONSENTS: Final = consents_to(_OF_OTHERS)
SOURCES: Final = (
    *_OF_OTHERS,
    CONSENTS,
    LOANS,
    REPAYMENTS,
    APPLICATIONS,
    CREDIT_HISTORY,
    *_OF_ITSELF,
)
"""The sources that state something about an enterprise."""
SURROUNDINGS: Final = (SERIES, PARKS)
"""The sources that state something about what surrounds enterprises."""
EVERY_SOURCE: Final = (*SOURCES, *SURROUNDINGS)
FAMILIES: Final = tuple(dict.fromkeys(source.family for source in SOURCES))


class UnknownSourceError(InputError):
    """A file's name is that of no source."""

    def __init__(self, file: str) -> None:
        """Name the file and the names it could have."""
        super().__init__(
            f"'{file}' does not say which source it is",
            expected=f"a file name that begins with one of {names_of_sources()}",
            remedy="Rename the file, e.g. sales_invoices-2025.csv",
        )


def names_of_sources() -> str:
    """Return what files of each source are called, in both languages."""
    return ", ".join(f"{source.name} ({source.zh})" for source in EVERY_SOURCE)


def contracts_of(family: str) -> tuple[Source, ...]:
    """Return the sources whose facts are kept in a family.

    >>> [source.name for source in contracts_of("invoices")]
    ['sales_invoices', 'purchase_invoices']
    """
    return tuple(s for s in EVERY_SOURCE if s.family == family)


def source_of(file_name: str, *, sources: Sequence[Source] = EVERY_SOURCE) -> Source:
    """Return the source that a file's name states.

    Args:
        file_name: e.g. `sales_invoices-2025.csv` or `销项发票.xlsx`.
        sources: those it may be; of several that fit, the one with the longest name.

    Raises:
        UnknownSourceError: the name begins with no source's name.

    >>> source_of("销项发票-2025.xlsx").name
    'sales_invoices'
    """
    stem = file_name.strip().lower()
    fits = {
        name: source
        for source in sources
        for name in (source.name, source.zh)
        if stem.startswith(name)
    }
    if not fits:
        raise UnknownSourceError(file_name)
    return fits[max(fits, key=len)]
