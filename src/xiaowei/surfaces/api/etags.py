"""Entity tags: what somebody holds already is not sent again, nor changed unseen."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final

from fastapi import Header
from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from xiaowei.desk.checking import ChangedMeanwhileError, Check

ANY: Final = "*"
_OK, _NOT_MODIFIED = 200, 304
_JSON: Final = "application/json"
_KEPT: Final = frozenset({b"etag", b"cache-control", b"vary", b"date"})
"""Headers of an answer that one without a body still bears."""
Match = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=1000,
        description="The ETag of the version as it was read; 412 where it is another.",
    ),
]
_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 1000},
    "description": "The ETag of what one holds; 304 where it still stands.",
}
_ETAG: Final = {"description": "Of this content.", "schema": {"type": "string"}}


class Tagged:
    """Gives each answer to a GET a strong tag of what it holds.

    A tag is the SHA-256 of the answer as canonical JSON, so that it is the same for
    the same content in whatever process it was written, and another one for any other.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say that what is held still stands."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        held = Headers(scope=scope).getlist("If-None-Match")
        begun: list[Message] = []
        body = bytearray()

        async def hold(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_json(message):
                begun.append(message)
            elif not begun:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await _send_tagged(begun[0], bytes(body), held, send)

        await self.app(scope, receive, hold)


def describe_tags(paths: dict[str, dict[str, Any]]) -> None:
    """Describe what `Tagged` reads of every GET, and what it answers.

    Args:
        paths: of an OpenAPI document; they are changed.
    """
    for path in paths.values():
        if "get" not in path:
            continue
        answers = path["get"]["responses"]
        if _JSON in answers[str(_OK)].get("content", {}):
            path["get"].setdefault("parameters", []).append(_NONE_MATCH)
            answers[str(_OK)]["headers"] = {"ETag": _ETAG}
            answers[str(_NOT_MODIFIED)] = {
                "description": "What one holds still stands."
            }


def tag_of(content: BaseModel) -> str:
    """Return the tag that a GET of some content bears.

    Args:
        content: what the route returns.
    """
    return _tag(content.model_dump(mode="json"))


def unchanged(stated: str | None, content: Callable[[Any], BaseModel]) -> Check | None:
    """Return what refuses to change a thing that is not as somebody read it.

    It looks within the transaction that changes it, where nobody else writes.

    Args:
        stated: of `If-Match`; null where nothing was stated.
        content: returns, by the connection of the transaction, what a GET of the thing
            answers.
    """
    if stated is None:
        return None

    def check(connection: object, /) -> None:
        # Strong comparison: a tag that is marked weak is none of ours.
        if not {ANY, tag_of(content(connection))} & set(_listed([stated])):
            raise ChangedMeanwhileError

    return check


async def _send_tagged(
    start: Message, body: bytes, held: Iterable[str], send: Send
) -> None:
    tag = _tag(json.loads(body))
    MutableHeaders(scope=start)["ETag"] = tag
    known = {one.removeprefix("W/") for one in _listed(held)}
    if known & {ANY, tag}:
        kept = [(name, value) for name, value in start["headers"] if name in _KEPT]
        start, body = {**start, "status": _NOT_MODIFIED, "headers": kept}, b""
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _is_json(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("Content-Type", "")
    return start["status"] == _OK and kind.startswith(_JSON)


def _tag(plain: Any) -> str:  # noqa: ANN401 - any plain value
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(text.encode()).hexdigest()}"'


def _listed(headers: Iterable[str]) -> list[str]:
    """Return the tags that headers list; ours hold no commas.

    >>> _listed(['"a", W/"b"', "*"])
    ['"a"', 'W/"b"', '*']
    """
    return [one.strip() for header in headers for one in header.split(",")]
