"""Forms that our own pages sent, read no further than they may hold."""

from typing import Annotated, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, Request

from xiaowei.errors import ConflictError, InputError
from xiaowei.surfaces.web.answers import language

MOST_BYTES: Final = 32 * 1024
"""A reason of a thousand Chinese characters takes nine thousand."""
MOST_LONG_BYTES: Final = 8 * MOST_BYTES
"""A text of 64 KiB takes thrice as many as a form, and reasons come with it."""
_READ_OUT: Final = 10
"""So many times what it may hold is read of a form before the answer: a browser that
still sends shows no answer at all."""
_AS_TYPED: Final = frozenset({"password", "new", "again"})
"""Fields of passwords, in which a space counts."""
_OWN: Final = frozenset({"same-origin", "none"})


class OtherSiteError(ConflictError):
    """Another site sent a form in somebody's name."""

    status = 403

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "the form was sent by another site 请求来自其他网站",
            expected="a form of these pages",
            remedy="Open the page and send it from there",
        )


class LargeFormError(InputError):
    """A form holds more than any of ours."""

    status = 413

    def __init__(self, most: int = MOST_BYTES) -> None:
        """Say how much it may hold."""
        super().__init__(
            f"the form holds more than {most} bytes",
            expected=f"at most {most}",
            remedy="Write less; nothing was put on record",
        )


def check_own(request: Request) -> None:
    """Refuse what a browser says that another site sent.

    Where it says so by `Sec-Fetch-Site` that counts: our own pages send no referrer,
    and so their forms come with an `Origin` of null.

    Raises:
        OtherSiteError: another site sent it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        own = site in _OWN
    else:
        own = origin is None or urlsplit(origin).netloc == request.url.netloc
    if not own:
        raise OtherSiteError


def check_answerable(request: Request) -> None:
    """Refuse a form of another site, or one whose answer nobody could read.

    What is answered once, as a token is, would be lost with the answer: so its language
    is looked at before anything is done.

    Raises:
        OtherSiteError: another site sent it.
        UnknownLanguageError: the language is neither zh nor en.
    """
    check_own(request)
    language(request)


async def own_form(request: Request) -> dict[str, str]:
    """Return the fields of a form of ours, without spaces around what is no password.

    Raises:
        OtherSiteError: another site sent it.
        UnknownLanguageError: the language is neither zh nor en.
        LargeFormError: it holds too much.
    """
    check_answerable(request)
    fields = await read_form(request, most=MOST_BYTES)
    if fields is None:
        raise LargeFormError
    return {
        name: value if name in _AS_TYPED else value.strip()
        for name, value in fields.items()
    }


async def long_form(request: Request) -> dict[str, str]:
    """Return the fields of a form of ours that brings a text of many lines.

    Its lines end as texts of ours do, and begin as they were written.

    Raises:
        OtherSiteError: another site sent it.
        UnknownLanguageError: the language is neither zh nor en.
        LargeFormError: it holds too much.
    """
    check_answerable(request)
    fields = await read_form(request, most=MOST_LONG_BYTES)
    if fields is None:
        raise LargeFormError(MOST_LONG_BYTES)
    return {name: value.replace("\r\n", "\n") for name, value in fields.items()}


async def read_form(request: Request, *, most: int) -> dict[str, str] | None:
    """Return the fields of a form as they came; null where it holds too much.

    Args:
        request: that brings it.
        most: bytes.
    """
    sent = await read_sent(request, most=most, read_out=most * _READ_OUT)
    if sent is None:
        return None
    fields = parse_qs(sent.decode(errors="replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}


async def read_sent(request: Request, *, most: int, read_out: int) -> bytearray | None:
    """Return what a request holds; null where that is too much, which is not kept.

    Args:
        request: that brings it.
        most: bytes that are kept.
        read_out: bytes that are read at all.
    """
    kept, came = bytearray(), 0
    async for chunk in request.stream():
        came += len(chunk)
        if came > read_out:
            return None
        if came > most:
            kept.clear()
        else:
            kept += chunk
    return kept if came <= most else None


OwnForm: TypeAlias = Annotated[dict[str, str], Depends(own_form)]
LongForm: TypeAlias = Annotated[dict[str, str], Depends(long_form)]
