"""The day, or the many days, as of which enterprises are portrayed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from xiaowei.portraits.standing import standing
from xiaowei.portraits.whole import added

Of: TypeAlias = Callable[[ir.Table], ir.Value]
"""A value of each row of facts."""

_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Moments:
    """The days as of which portraits are asked for.

    All that a portrait is reckoned from comes from here, so that nothing that became
    known later can be looked at. One day and many days are the same to a trait: for
    one, its rows are the facts as they are; for many, the facts are added up month by
    month once, and each sum is then handed to all the days that knew it.

    Args:
        days: in rising order, each once.
    """

    days: tuple[date, ...]

    @property
    def single(self) -> bool:
        """Whether one day is asked for."""
        return len(self.days) == 1

    @property
    def keys(self) -> tuple[str, ...]:
        """What a portrait is of: the enterprise, and the day where there are many."""
        return ("enterprise_id",) if self.single else ("enterprise_id", "moment")

    def rows(self, facts: ir.Table, *, family: str, all_told: bool = False) -> ir.Table:
        """Return the facts that stand as of each day.

        Args:
            facts: Shape: one row per fact, of any day.
            family: whose.
            all_told: whether what has since been corrected is wanted, too.

        Returns:
            Shape: one row per fact and day; the facts' columns and `keys`, `as_of` and
            `anchor`, the last complete month by then, see `month_of`.
        """
        timed = self._timed(facts, family=family, all_told=all_told)
        if self.single:
            return self._of_the_day(timed)
        return self._of_all_days(timed)

    def cells(  # noqa: PLR0913 - what is kept of the facts, by how it is added up
        self,
        facts: ir.Table,
        *,
        family: str,
        by: Sequence[str] = (),
        sums: Mapping[str, Of],
        firsts: Mapping[str, Of] | None = None,
        lasts: Mapping[str, Of] | None = None,
        within: int | None = None,
        all_told: bool = False,
    ) -> ir.Table:
        """Return what adds up to the facts that stand as of each day.

        Args:
            facts: Shape: one row per fact, of any day.
            family: whose.
            by: columns by which the facts are told apart, beside their month.
            sums: values that are added up.
            firsts: values of which the least counts.
            lasts: values of which the greatest counts.
            within: how many complete months before a day are wanted, and the month
                after them; all where not given.
            all_told: whether what has since been corrected is wanted, too.

        Returns:
            Shape: any number of rows per `keys` and `by`; `ago`, how many months
            before the last complete one the facts happened, -1 for the month that is
            not over yet, `as_of`, and the values.
        """
        timed = self._timed(facts, family=family, all_told=all_told)
        lows, highs = firsts or {}, lasts or {}
        values = {name: of(timed) for name, of in {**sums, **lows, **highs}.items()}
        flat = timed.select(
            "enterprise_id",
            *by,
            "since",
            "upto",
            month=month_of(timed.happened_on),
            **values,
        )
        if self.single:
            rows = self._of_the_day(flat)
        else:
            spans = self._spans(flat, within=within)
            cells = spans.group_by(
                ["enterprise_id", *by, "month", "start", "stop"]
            ).aggregate(
                **{name: added(spans[name]) for name in sums},
                **{name: spans[name].min() for name in lows},
                **{name: spans[name].max() for name in highs},
            )
            rows = self._spread(cells)
        rows = rows.mutate(ago=(rows.anchor - rows.month).cast("int64"))
        return rows if within is None else rows.filter(rows.ago < within)

    def months(  # noqa: PLR0913 - what is kept of the facts, by how it is added up
        self,
        facts: ir.Table,
        *,
        family: str,
        by: Sequence[str] = (),
        sums: Mapping[str, Of],
        counts: Mapping[str, Of],
        firsts: Mapping[str, Of] | None = None,
        lasts: Mapping[str, Of] | None = None,
    ) -> ir.Table:
        """Return what the facts of each month that stand as of each day add up to.

        For one day the facts that pass a test are counted as they are: DuckDB takes
        twice the time to add up ones and zeros.

        Args:
            facts: Shape: one row per fact, of any day.
            family: whose.
            by: columns by which the facts are told apart, beside their month.
            sums: values that are added up.
            counts: tests; how many facts pass.
            firsts: values of which the least counts.
            lasts: values of which the greatest counts.

        Returns:
            Shape: one row per `keys`, `by` and `ago`, see `cells`; the values.
        """
        if self.single:
            tests = dict(counts)
        else:
            tests = {name: _as_number(of) for name, of in counts.items()}
        cells = self.cells(
            facts,
            family=family,
            by=by,
            sums={**sums, **tests},
            firsts=firsts,
            lasts=lasts,
        )
        counted = {
            name: cells.count(where=cells[name]) if self.single else added(cells[name])
            for name in counts
        }
        return cells.group_by([*self.keys, *by, "ago"]).aggregate(
            **{name: added(cells[name]) for name in sums},
            **counted,
            **{name: cells[name].min() for name in firsts or {}},
            **{name: cells[name].max() for name in lasts or {}},
        )

    def _timed(self, facts: ir.Table, *, family: str, all_told: bool) -> ir.Table:
        """Return facts with the day since which they could count, and until which.

        What became known after the last day is left out before anything else: it must
        not even end what was known before.
        """
        known = known_by(facts, as_of=self.days[-1])
        rows = (
            known.mutate(upto=ibis.null("date"))
            if all_told
            else standing(known, family=family)
        )
        return rows.mutate(since=ibis.greatest(rows.known_on, rows.happened_on))

    def _of_the_day(self, timed: ir.Table) -> ir.Table:
        (day,) = self.days
        rows = timed.filter(timed.upto.isnull())
        return rows.drop("since", "upto").mutate(
            as_of=ibis.literal(day), anchor=ibis.literal(anchor_of(day), "int32")
        )

    def _of_all_days(self, timed: ir.Table) -> ir.Table:
        return self._spread(self._spans(timed, within=None))

    def _spans(self, timed: ir.Table, *, within: int | None) -> ir.Table:
        """Return facts with the first of the days that know them, and the first not."""
        first = ibis.literal(self.days[0])
        opens = self._calendar().view()
        closes = self._calendar().view()
        rows = timed.mutate(opened=ibis.greatest(timed.since, first))
        joined = rows.inner_join(opens, rows.opened == opens.day)
        # An engine's greatest would pass over a null, which here says 'no end'.
        closed = ibis.ifelse(
            rows.upto.isnull(), ibis.null("date"), ibis.greatest(rows.upto, first)
        )
        joined = joined.left_join(closes, closed == closes.day)
        kept = [rows[name] for name in timed.columns if name not in {"since", "upto"}]
        stop = ibis.coalesce(closes.index, ibis.literal(len(self.days), "int32"))
        spans = joined.select(*kept, start=opens.index, stop=stop)
        if within is not None:
            months = self._months(within).view()
            limited = spans.left_join(months, spans.month == months.month)
            # A month that is not listed is too old for every day.
            end = ibis.coalesce(months.index, ibis.literal(0, "int32"))
            names = [name for name in spans.columns if name != "stop"]
            spans = limited.select(
                *[spans[name] for name in names], stop=ibis.least(spans.stop, end)
            )
        return spans.filter(spans.start < spans.stop)

    def _spread(self, spans: ir.Table) -> ir.Table:
        """Return each row once for every day that knows it."""
        moment = ibis.range(spans.start, spans.stop).unnest().cast("int32")
        rows = spans.mutate(moment=moment).drop("start", "stop")
        days = self.table().view()
        joined = rows.inner_join(days, rows.moment == days.moment)
        return joined.select(
            *[rows[name] for name in rows.columns], days.as_of, days.anchor
        )

    def table(self) -> ir.Table:
        """Return the days.

        Returns:
            Shape: one row per day; `moment` 0.., `as_of`, `anchor`.
        """
        return ibis.memtable(
            pa.table(
                {
                    "moment": pa.array(range(len(self.days)), pa.int32()),
                    "as_of": pa.array(self.days, pa.date32()),
                    "anchor": pa.array(map(anchor_of, self.days), pa.int32()),
                }
            )
        )

    def _calendar(self) -> ir.Table:
        """Return for each day of the calendar the first of the days not before it."""
        first, last = self.days[0], self.days[-1]
        every = [first + timedelta(n) for n in range((last - first).days + 1)]
        indices, place = [], 0
        for day in every:
            place += self.days[place] < day
            indices.append(place)
        columns = {
            "day": pa.array(every, pa.date32()),
            "index": pa.array(indices, pa.int32()),
        }
        return ibis.memtable(pa.table(columns))

    def _months(self, within: int) -> ir.Table:
        """Return for each month the first day too late to look back at it."""
        anchors = [anchor_of(day) for day in self.days]
        months = range(anchors[0] - within - 1, anchors[-1] + 2)
        count = len(anchors)
        ends = [
            next((n for n, a in enumerate(anchors) if a - month >= within), count)
            for month in months
        ]
        early = {"month": pa.array(months, pa.int32()), "index": pa.array(ends)}
        return ibis.memtable(pa.table(early).cast(_MONTHS))


def _as_number(test: Of) -> Of:
    # What cannot be told is not counted, for many days as for one.
    return lambda t: ibis.coalesce(test(t).cast("int64"), 0)


_MONTHS: Final = pa.schema({"month": pa.int32(), "index": pa.int32()})


def known_by(facts: ir.Table, *, as_of: date) -> ir.Table:
    """Return the facts that were known on a day, and had happened by it.

    Args:
        facts: Shape: one row per fact, with `known_on` and `happened_on`.
        as_of: the day D.
    """
    day = ibis.literal(as_of)
    return facts.filter((facts.known_on <= day) & (facts.happened_on <= day))


def month_of(day: ir.Value) -> ir.Value:
    """Return a day's calendar month, counted from the year 0."""
    return (day.year() * _YEAR + day.month()).cast("int32")


def months_ago(day: ir.Value, *, as_of: date) -> ir.Value:
    """Return how many months before the last complete one a day lies.

    Months are those of the calendar, so that a window of a year holds each season once
    and what is dated at month ends falls into each month once.

    Args:
        day: days up to `as_of`.
        as_of: the day of the portrait; 0 is the last month complete by then, -1 the
            month that is not over yet.

    >>> a = months_ago(ibis.date(2020, 1, 22), as_of=date(2020, 2, 21))
    >>> b = months_ago(ibis.date(2020, 2, 21), as_of=date(2020, 2, 21))
    >>> int(a.to_pyarrow().as_py()), int(b.to_pyarrow().as_py())
    (0, -1)
    """
    return (anchor_of(as_of) - month_of(day)).cast("int64")


def anchor_of(day: date) -> int:
    """Return the last calendar month that is complete by a day.

    >>> anchor_of(date(2020, 2, 28)) - anchor_of(date(2020, 1, 31))
    0
    >>> anchor_of(date(2020, 2, 29)) - anchor_of(date(2020, 1, 31))
    1
    """
    whole = (day + timedelta(days=1)).day == 1
    return day.year * _YEAR + day.month - (0 if whole else 1)
