"""Several who decide side by side, each with what a decision needs at hand."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final

from xiaowei.desk.deciding.evidence import Gatherer, gatherer_by
from xiaowei.desk.home import OVERLAYS, Home, open_home
from xiaowei.desk.runs import last_run
from xiaowei.errors import ConflictError, XiaoweiError

SIDE_BY_SIDE: Final = 2
"""A decision keeps a processor busy for most of its time."""
PATIENCE: Final = 2.0
"""Seconds that a request waits for somebody free to decide."""


class BusyError(ConflictError):
    """As much is being decided as can be; nothing was taken."""

    status = 503

    def __init__(self, seconds: float) -> None:
        """Say how long one waited."""
        super().__init__(
            f"all who decide were busy for {seconds:g} s 系统繁忙",
            expected="fewer applications at once",
            remedy="Send it again, with the same key; nothing was put on record",
        )


class NotReadyError(ConflictError):
    """The home cannot be read as it is: policy with faults, a lake without a part."""

    status = 503

    def __init__(self) -> None:
        """Say it; what is wrong is for whoever runs the service, by `xiaowei run`."""
        super().__init__(
            "the home cannot be read as it is now 暂不可用",
            expected="policy without faults and a whole lake",
            remedy="Send it again later, with the same key; nothing was put on record",
        )


class Decider:
    """Decides for one at a time, keeping what it read from one to the next.

    Plans of portraits take seconds to make and serve a whole day. They are made anew
    where the day, the lake or the run that counts has changed.
    """

    def __init__(self, root: Path) -> None:
        """Take the home; it is opened when first needed."""
        self._root = root
        self._open = ExitStack()
        self._home: Home | None = None
        self._policy: tuple[str | None, ...] = ()
        self._gathering = ExitStack()
        self._kept: tuple[object, Gatherer] | None = None

    @property
    def home(self) -> Home:
        """The home, opened for this one alone: engines are not shared."""
        if self._home is None:
            self._home = self._open.enter_context(open_home(self._root))
        return self._home

    def readable(self) -> Home:
        """Return the home, whose policy was found to be without faults.

        Raises:
            NotReadyError: it is not.
        """
        try:
            _ = self.home.strategies
        except XiaoweiError as error:
            raise NotReadyError from error
        return self.home

    def look_again(self) -> None:
        """Let the home go where the bank has laid another policy over it.

        Done before it is lent, so that nothing is let go under whoever holds it.
        """
        policy = tuple(_text(self._root / name) for name in OVERLAYS)
        if policy != self._policy:
            self.close()
            self._policy = policy

    def gatherer(self, day: date) -> Gatherer:
        """Return what gathers evidence on a day, as lake and records stand now.

        Args:
            day: of the decision.

        Raises:
            NotReadyError: the home cannot be read as it is.
        """
        try:
            return self._gatherer(day)
        except XiaoweiError as error:
            raise NotReadyError from error

    def _gatherer(self, day: date) -> Gatherer:
        home = self.home
        run = last_run(home, until=day)
        stands = (day, None if run is None else run.seq, home.lake.state)
        if self._kept is None or self._kept[0] != stands:
            self._forget()
            opened = gatherer_by(home, day=day, run=run)
            self._kept = stands, self._gathering.enter_context(opened)
        return self._kept[1]

    def close(self) -> None:
        """Let go of engines and records."""
        self._forget()
        self._open.close()
        self._open = ExitStack()
        self._home = None

    def _forget(self) -> None:
        self._kept = None
        self._gathering.close()
        self._gathering = ExitStack()


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


class Deciders:
    """Lends deciders, each to one at a time.

    Args:
        root: the home.
        count: how many decide side by side.
    """

    def __init__(self, root: Path, *, count: int = SIDE_BY_SIDE) -> None:
        """Take them on; none opens anything yet."""
        self._all = [Decider(root) for _ in range(count)]
        self._aside = Decider(root)
        self._free: SimpleQueue[Decider] = SimpleQueue()
        for one in self._all:
            self._free.put(one)
        self._free_aside: SimpleQueue[Decider] = SimpleQueue()
        self._free_aside.put(self._aside)
        self._closing = Event()
        self._reading: Thread | None = None

    @contextmanager
    def one(self, *, patience: float, aside: bool = False) -> Iterator[Decider]:
        """Lend one, as soon as one is free.

        Args:
            patience: seconds to wait at most.
            aside: whether it is for another day than that of business; for those there
                is one more, so that the plans of the day stay where they are.

        Raises:
            BusyError: none was free in time.
        """
        free = self._free_aside if aside else self._free
        try:
            lent = free.get(timeout=patience)
        except Empty:
            raise BusyError(patience) from None
        try:
            lent.look_again()
            yield lent
        except XiaoweiError:
            raise
        except BaseException:
            # What broke off half-way may have left another firm's facts in its rooms.
            lent.close()
            raise
        finally:
            free.put(lent)

    def begin(self, day: date) -> None:
        """Have them read what decisions of a day need, while others are answered.

        Args:
            day: of the decisions.
        """
        self._reading = Thread(target=self._read, args=[day])
        self._reading.start()

    def _read(self, day: date) -> None:
        for _ in self._all:
            # One who decides already has read what it needs.
            with suppress(BusyError), self.one(patience=0) as one:
                if self._closing.is_set():
                    return
                gathers = one.gatherer(day)
                if not self._closing.is_set():
                    gathers.ready()

    def close(self) -> None:
        """Let all go that they hold; none may be lent."""
        self._closing.set()
        if self._reading is not None:
            # An engine that is let go while it reads takes the process down with it.
            self._reading.join()
        for one in (*self._all, self._aside):
            one.close()
