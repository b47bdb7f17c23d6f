"""What a bank lays over a shipped file of policy, whatever the file states."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from xiaowei.errors import InputError

T = TypeVar("T")
Refuse = Callable[[str, Sequence[str]], InputError]
"""Makes the error that names a file and its faults."""


class Read(Protocol[T]):
    """Reads a text, beside what it does not replace."""

    def __call__(self, text: str, *, file: str, shipped: T | None = None) -> T:
        """Return what it states; `file` is what it is called in errors."""


def laid_over(
    shipped: Traversable, overlay: Path | None, *, read: Read[T], refuse: Refuse
) -> T:
    """Return what a shipped file states, with what a bank has set in its place.

    Args:
        shipped: the file of our own.
        overlay: the bank's, in the same form; null for none.
        read: reads either.
        refuse: makes the error for a file that cannot be read.

    Raises:
        InputError: of `refuse` or `read`; nothing is taken over.
    """
    own: T = _own(cast("Any", shipped), cast("Any", read))
    if overlay is None:
        return own
    try:
        text = overlay.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(str(overlay), [f"cannot be read: {error}"]) from error
    return read(text, file=overlay.name, shipped=own)


@cache
def _own(shipped: Any, read: Any) -> Any:  # noqa: ANN401 - hashable, and what it reads
    """Read a shipped file once: it does not change, and decisions ask it often."""
    return read(shipped.read_text(encoding="utf-8"), file=shipped.name)
