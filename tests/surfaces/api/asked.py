"""How tests ask a service that runs in their own process."""

import asyncio
from typing import Any

import httpx
from tests.surfaces.api.conftest import Served
from tests.surfaces.routes import PATH


def ask(served: Served, method: str, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
    """Ask as whoever is signed in, or by other `headers`."""
    app, headers = served
    headers = headers | more.pop("headers", {})

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost"
        ) as client:
            return await client.request(method, PATH + path, headers=headers, **more)

    return asyncio.run(send())
