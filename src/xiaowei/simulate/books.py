"""Every file that the sources of one district hand over."""

from xiaowei.simulate.accounts import flow_books
from xiaowei.simulate.bureau import bureau_books
from xiaowei.simulate.cases import court_books
from xiaowei.simulate.declared import declared_books
from xiaowei.simulate.filings import tax_books
from xiaowei.simulate.grid import grid_books
from xiaowei.simulate.history import County
from xiaowei.simulate.invoicing import invoice_books
from xiaowei.simulate.lent import bank_books
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.orders import order_books
from xiaowei.simulate.programmes import programme_books
from xiaowei.simulate.registry import registry_books
from xiaowei.simulate.staff import staff_books
from xiaowei.simulate.statements import statement_books


def source_books(county: County, *, daily: float) -> list[Book]:
    """Return every file of every source about enterprises.

    Args:
        county: what was lived.
        daily: share of meters that are read every day, 0..1.
    """
    plan = county.world.plan
    seen = Observer(county, seed=(plan.seed, 4, plan.place.number))
    return [
        *registry_books(seen),
        *invoice_books(seen),
        *tax_books(seen),
        *grid_books(seen, daily=daily),
        *flow_books(seen),
        *staff_books(seen),
        *bureau_books(seen),
        *court_books(seen),
        *programme_books(seen),
        *bank_books(seen),
        *declared_books(seen),
        *statement_books(seen),
        *order_books(seen),
    ]
