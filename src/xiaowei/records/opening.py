"""A place in; its journal, of today's schema and with its read models, out."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from xiaowei.records.journal import Journal
from xiaowei.records.store import Store
from xiaowei.records.upgrade import upgrade
from xiaowei.records.views import View, catch_up


@contextmanager
def open_journal(url: str, *, views: Sequence[View] = ()) -> Iterator[Journal]:
    """Open the records; they are made where there are none.

    Args:
        url: of SQLAlchemy, `sqlite:///FILE` or `postgresql://...`.
        views: the read models kept beside the journal.

    Raises:
        StoreUrlError: it names another kind of database.
        StoreUnreachableError: the database does not answer.
        NewerRecordsError: a later version of xiaowei wrote them.
    """
    store = Store(url)
    try:
        upgrade(store)
        catch_up(store, views)
        yield Journal(store, followers=views)
    finally:
        store.close()
