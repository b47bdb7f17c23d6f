"""Signing in by the bank's provider of identities 单点登录: OpenID Connect, by code.

The browser is sent there with an errand whose secrets it keeps, and comes back with a
code, for which the provider tells this service who it is. What is told counts if the
provider signed it, for this service and for this errand. Accounts are not made here: an
administrator adds them, with their roles, and the provider says whose they are.

As OpenID Connect Core 1.0, 3.1, with PKCE (RFC 7636) and the issuer in the answer (RFC
9207) where the provider states it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

import httpx
import sqlalchemy as sa
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from xiaowei.desk.access.provider import Provider
from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import NoLoginError, login_of
from xiaowei.records.access.users import NoAccountError, account
from xiaowei.records.moments import seconds

START: Final = "/sign-in/oidc"
BACK: Final = "/sign-in/oidc/back"
"""Where a browser sets out, and where it comes back to."""
_SECRET_BYTES: Final = 32
_VERIFIER_BYTES: Final = 48
_SECONDS: Final = 5.0
"""The provider's answer is waited for so long."""
_MOST_BYTES: Final = 1024 * 1024
_LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""
_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signed by a key that the provider alone has; `none` and shared keys are not."""
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_KEPT_SECONDS: Final = 3600
"""For so long what the provider says of itself is not asked again."""
_LONGEST_REASON: Final = 60


class NoProviderError(ConflictError):
    """The provider of identities does not answer, or not as one does."""

    status = 502

    def __init__(self, why: str) -> None:
        """Say why; what it answered is not repeated."""
        super().__init__(
            f"the provider of identities cannot be asked: {why} 统一身份认证暂不可用",
            expected="its answer as OpenID Connect has it",
            remedy="Try again, or sign in by password; if it stays so, tell whoever "
            "runs the service",
        )


class NotVouchedError(ConflictError):
    """The provider did not say who it is, or what came back is not its word."""

    status = 401

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"the sign-in did not come about: {why} 登录未完成",
            expected="a sign-in begun on this page and ended within minutes",
            remedy="Begin again",
        )


class NoAccountHereError(ConflictError):
    """Whom the provider vouched for has no open account here."""

    status = 403

    def __init__(self) -> None:
        """Say it; whether there is a closed one is not said."""
        super().__init__(
            "there is no account for you here 您在本系统没有账户",
            expected="an open account of the name that the provider states",
            remedy="Ask an administrator for one",
        )


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser keeps while it is at the provider's.

    Args:
        state: comes back with the answer, so that nobody else's answer is taken.
        nonce: stands in the provider's word, so that no older one is taken.
        verifier: of which the provider has the hash, so that nobody else uses the code.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Vouched:
    """An account whose owner the provider vouched for.

    Args:
        login: the account.
        issuer: who vouched.
        subject: what the provider calls its owner.
        given_at: seconds since 1970 at which the owner last proved to the provider who
            he is; 0 where it does not say, so that nothing sensitive rests on it.
    """

    login: str
    issuer: str
    subject: str
    given_at: int

    @property
    def shown(self) -> Mapping[str, str]:
        """Return what goes on record of it."""
        return {"issuer": self.issuer, "subject": self.subject}

    def fresh_at(self, moment: int) -> int:
        """Return when a proof was last given, in seconds; no later than the moment."""
        return min(self.given_at, moment)

    def check(self, connection: sa.Connection) -> None:
        """Refuse where there is no such account, or it is closed.

        Raises:
            NoAccountHereError: as said.
        """
        try:
            open_one = account(connection, self.login).disabled_at is None
        except NoAccountError:
            open_one = False
        if not open_one:
            raise NoAccountHereError


@dataclass(frozen=True, slots=True)
class _Known:
    """What a provider says of itself, its keys, and when it said so."""

    stated: Mapping[str, Any]
    keys: KeySet
    at: int


@dataclass(slots=True)
class SingleSignOn:
    """Sends browsers to a provider, and reads what they bring back.

    Args:
        provider: to which.
    """

    provider: Provider
    _known: _Known | None = field(default=None, repr=False)

    def begin(self, *, at: datetime, again: bool = False) -> tuple[str, Errand]:
        """Return where a browser goes, and what it keeps meanwhile.

        Args:
            at: the moment.
            again: whether its owner is to prove anew who he is.

        Raises:
            NoProviderError: the provider cannot be asked.
        """
        known = self._asked_lately(seconds(at)).stated
        errand = Errand(
            secrets.token_urlsafe(_SECRET_BYTES),
            secrets.token_urlsafe(_SECRET_BYTES),
            secrets.token_urlsafe(_VERIFIER_BYTES),
        )
        more = {"prompt": "login", "max_age": "0"} if again else {}
        url = prepare_grant_uri(
            known["authorization_endpoint"],
            self.provider.client_id,
            "code",
            redirect_uri=self.provider.service + BACK,
            scope=" ".join(self.provider.scopes),
            state=errand.state,
            nonce=errand.nonce,
            code_challenge=create_s256_code_challenge(errand.verifier),
            code_challenge_method="S256",
            **more,
        )
        return str(url), errand

    def finish(
        self, answer: Mapping[str, str], errand: Errand | None, *, at: datetime
    ) -> Vouched:
        """Return for whom the provider vouches.

        Args:
            answer: what the browser brought back in its address.
            errand: what it kept; null where it kept nothing.
            at: the moment.

        Raises:
            NotVouchedError: it does not; or the answer is to no errand of this browser.
            NoProviderError: the provider cannot be asked.
            NoAccountHereError: what it states can be no account.
        """
        if errand is None or not secrets.compare_digest(
            answer.get("state", "").encode(), errand.state.encode()
        ):
            raise NotVouchedError("it was not begun here, or too long ago")
        if "error" in answer:
            raise NotVouchedError(f"the provider says '{_short(answer['error'])}'")
        if answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise NotVouchedError("another provider answered")
        if not answer.get("code"):
            raise NotVouchedError("no code came back")
        moment = seconds(at)
        endpoint = self._asked_lately(moment).stated["token_endpoint"]
        token = self._token(endpoint, answer["code"], errand)
        claims = self._claims(token, errand, moment)
        return self._vouched(claims)

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        stated = claims.get(self.provider.account)
        if (
            self.provider.account == "email"
            and claims.get("email_verified") is not True
        ):
            raise NotVouchedError("the address was never verified")
        try:
            login = login_of(stated if isinstance(stated, str) else "")
        except NoLoginError as error:
            raise NoAccountHereError from error
        given_at = claims.get("auth_time") or 0
        return Vouched(login, self.provider.issuer, str(claims["sub"]), int(given_at))

    def _token(self, endpoint: str, code: str, errand: Errand) -> Mapping[str, Any]:
        """Return what the provider gives for a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.service + BACK,
            "code_verifier": errand.verifier,
        }
        # RFC 6749, 2.3.1: both are encoded as in a form before they are joined.
        known = quote(self.provider.client_id, safe="")
        secret = quote(self.provider.client_secret, safe="")
        token = _asked("POST", endpoint, data=form, auth=(known, secret))
        if "error" in token:
            raise NotVouchedError(f"the provider says '{_short(str(token['error']))}'")
        if not isinstance(token.get("id_token"), str):
            raise NoProviderError("it gave no ID token")
        return token

    def _claims(
        self, token: Mapping[str, Any], errand: Errand, moment: int
    ) -> Mapping[str, Any]:
        """Return what the provider signed, checked as OpenID Connect 3.1.3.7 has it."""
        try:
            read = self._read(token["id_token"], moment)
            claims = CodeIDToken(
                read.claims,
                read.header,
                options={
                    "iss": {"essential": True, "value": self.provider.issuer},
                    "aud": {"essential": True, "value": self.provider.client_id},
                },
                params={
                    "nonce": errand.nonce,
                    "client_id": self.provider.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=moment, leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            why = f"its word does not hold ({_short(type(error).__name__)})"
            raise NotVouchedError(why) from error
        return dict(claims)

    def _read(self, id_token: str, moment: int) -> jwt.Token:
        """Return a token by the provider's keys, asked anew once for a new one."""
        keys = self._asked_lately(moment).keys
        try:
            return jwt.decode(id_token, keys, algorithms=[*_ALGORITHMS])
        except (InvalidKeyIdError, BadSignatureError):
            self._known = None
        keys = self._asked_lately(moment).keys
        return jwt.decode(id_token, keys, algorithms=[*_ALGORITHMS])

    def _asked_lately(self, moment: int) -> _Known:
        """Return what the provider says of itself, kept for an hour.

        Nobody waits for another who asks: several may ask at once, and the last stays.
        """
        known = self._known
        if known is None or not 0 <= moment - known.at < _KEPT_SECONDS:
            known = self._known = _introduced(self.provider.issuer, moment)
        return known


def _introduced(issuer: str, moment: int) -> _Known:
    stated = _asked("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
    if stated.get("issuer") != issuer:
        raise NoProviderError("it calls itself otherwise than 'issuer' states")
    if not all(isinstance(stated.get(one), str) for one in _ENDPOINTS):
        raise NoProviderError("it does not say where to ask")
    keys = _asked("GET", stated["jwks_uri"])
    try:
        signers = KeySet.import_key_set({"keys": keys["keys"]})
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise NoProviderError("it states no keys") from error
    return _Known(stated, signers, moment)


def _asked(method: str, url: str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what an address of the provider's answers; much is not read.

    A refusal of RFC 6749, 5.2 is an answer, too: status 400 or 401, and `error`.
    """
    try:
        with httpx.stream(method, url, timeout=_SECONDS, **sent) as answer:
            read = b""
            for chunk in answer.iter_bytes():
                read += chunk
                if len(read) > _MOST_BYTES:
                    raise NoProviderError("it says too much")
            stated = httpx.Response(answer.status_code, content=read).json()
            refusal = isinstance(stated, dict) and "error" in stated
            if not answer.is_success and not (answer.is_client_error and refusal):
                raise NoProviderError(f"it answers {answer.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NoProviderError("what it says cannot be read") from error
    if not isinstance(stated, dict):
        raise NoProviderError("what it says is no object")
    return stated


def _short(text: str) -> str:
    plain = "".join(sign for sign in text if sign.isalnum() or sign in "_-. ")
    return plain[:_LONGEST_REASON]
