"""A provider of identities that says whatever a test lets it say, over real sockets.

The provider that people use is another's and really started, in the journeys; but none
that works would give out forged tokens.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import RSAKey

from xiaowei.desk.access.provider import Provider


@dataclass
class Forger:
    """What is given out.

    Args:
        url: where it answers.
        key: by which it signs.
        published: the keys that it states.
        token: the answer to a code, and its status.
        said: of itself, beside what it must.
        asked: the forms that came for a token.
    """

    url: str
    key: RSAKey
    published: list[RSAKey]
    token: tuple[int, dict[str, Any]] = (200, {})
    said: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def provider(self, *, issuer: str = "", account: str = "") -> Provider:
        """Return it as a home states it."""
        return Provider(
            issuer=issuer or self.url,
            client_id="xiaowei",
            client_secret="s" * 20,
            service="http://127.0.0.1:8000",
            account=account or "preferred_username",
        )

    def gives(self, claims: dict[str, Any], **header: str) -> None:
        """Give out a token of these claims from now on."""
        whole = {"alg": "RS256", "kid": str(self.key.kid), **header}
        self.token = (
            200,
            {
                "access_token": "a",
                "token_type": "Bearer",
                "id_token": jwt.encode(whole, claims, self.key),
            },
        )


@contextmanager
def forging() -> Iterator[Forger]:
    """Answer as a provider of identities until the end."""
    key = signer("one")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/keys":
                keys = [one.as_dict(private=False) for one in forger.published]
                self.say(200, {"keys": keys})
                return
            told = {
                "issuer": forger.url,
                "authorization_endpoint": f"{forger.url}/authorize",
                "token_endpoint": f"{forger.url}/token",
                "jwks_uri": f"{forger.url}/keys",
            }
            self.say(200, {**told, **forger.said})

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            forger.asked.append({k: v[0] for k, v in parse_qs(sent).items()})
            self.say(*forger.token)

        def say(self, status: int, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        forger = Forger(f"http://127.0.0.1:{server.server_port}", key, [key])
        Thread(target=server.serve_forever, daemon=True).start()
        yield forger
        server.shutdown()


def signer(name: str) -> RSAKey:
    """Return a key of that name."""
    return RSAKey.generate_key(2048, {"kid": name}, private=True)
