"""What a user of xiaowei runs, as it is."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np
from bench.peers.world import SEED, codes_of
from ibis.backends.duckdb import Backend

from xiaowei.desk.portraying.chunks import chunks_for, opened, paths_of
from xiaowei.desk.portraying.daily import Portraits
from xiaowei.desk.portraying.one import portrayer
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import FAMILIES
from xiaowei.portraits import portrait
from xiaowei.portraits.traits import balance
from xiaowei.portraits.traits.books import book_part
from xiaowei.portraits.traits.partners import partner_part

BOOKS: Final = (
    book_part("sale"),
    book_part("purchase"),
    partner_part("sale"),
    partner_part("purchase"),
    balance.PART,
)
"""All that is reckoned from invoices alone but what concerns goods."""


def portray(*, lake: str, day: str, into: str) -> dict[str, Any]:
    """Write the invoice traits of every enterprise of a lake, chunk by chunk.

    Args:
        lake: its folder.
        day: as of which, ISO.
        into: a folder; a Parquet file per chunk.

    Returns:
        how many traits, and the seconds the engine was at work.
    """
    folder = Path(into)
    folder.mkdir()
    asked = paths_of(held(lake))
    count = chunks_for(asked)
    as_of = date.fromisoformat(day)
    with Watch() as watch:
        scratch = folder / "scratch"
        with opened(asked, scratch=scratch, as_of=as_of, parts=BOOKS) as chunks:
            for chunk in range(count):
                chunks.write(chunk, of=count, into=folder / f"{chunk:02d}.parquet")
    traits = sum(len(part.traits) for part in BOOKS)
    return {"traits": traits, "engine": watch.seconds}


def renew(*, lake: str, home: str, day: str) -> dict[str, Any]:
    """Bring the portraits kept in a folder to a day; all traits of all sources.

    Returns:
        how many were made anew, whether those are all, and the seconds the engine was
        at work.
    """
    with Watch() as watch:
        kept = Portraits(Path(home), lake=held(lake))
        done = kept.renew(as_of=date.fromisoformat(day))
    return {
        "renewed": done.renewed,
        "whole": done.whole,
        "traits": len(portrait.TRAITS),
        "engine": watch.seconds,
    }


def panel(*, lake: str, days: Sequence[str], into: str) -> None:
    """Write portraits as of many days, or of one, of all sources that a lake holds.

    Args:
        lake: its folder.
        days: as of which, ISO.
        into: Parquet.
    """
    engine = ibis.duckdb.connect(
        threads=2,
        memory_limit="4GiB",
        preserve_insertion_order=False,
        temp_directory=f"{into}.spill",
    )
    asked = held(lake).through(engine)
    facts = {family: asked.facts(family) for family in FAMILIES if asked.holds(family)}
    rows = portrait.panel(facts, days=[date.fromisoformat(day) for day in days])
    engine.to_parquet(rows, into)


def on_demand(
    *, lake: str, home: str, enterprises: int, asked: int, day: str
) -> dict[str, Any]:
    """Portray some enterprises of a lake one by one, taken at random.

    Args:
        lake: its folder.
        home: a folder for what a portrayer keeps.
        enterprises: how many the lake holds.
        asked: how many are portrayed.
        day: as of which, ISO.

    Returns:
        seconds of opening; milliseconds of each, in order.
    """
    codes = codes_of(enterprises, np.random.default_rng(SEED))
    chosen = np.random.default_rng(SEED).integers(0, enterprises, asked)
    begun = time.perf_counter()
    spent = []
    as_of = date.fromisoformat(day)
    with portrayer(held(lake), as_of=as_of, folder=Path(home)) as portraits:
        opening = time.perf_counter() - begun
        for place in chosen:
            begun = time.perf_counter()
            portraits.portrait(codes[int(place)].as_py())
            spent.append((time.perf_counter() - begun) * 1000)
    return {"opening": opening, "ms": spent}


def held(lake: str) -> Lake:
    """Return the lake in a folder, read by an engine of two threads."""
    engine = ibis.duckdb.connect(threads=2, preserve_insertion_order=False)
    return Lake(Path(lake), engine=engine)


class Watch:
    """Adds up the seconds in which an engine is at work, whichever it is."""

    def __init__(self) -> None:
        """Stand still."""
        self.seconds = 0.0
        self._plain: Callable[..., Any] = Backend.raw_sql

    def __enter__(self) -> "Watch":
        """Begin to count."""
        watch = self

        def timed(engine: Any, *asked: Any, **named: Any) -> Any:  # noqa: ANN401
            begun = time.perf_counter()
            try:
                return watch._plain(engine, *asked, **named)
            finally:
                watch.seconds += time.perf_counter() - begun

        Backend.raw_sql = timed
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        Backend.raw_sql = self._plain
