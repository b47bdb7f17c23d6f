"""The word of a provider of identities counts if it is its word, and meant for us."""

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from tests.desk.access.conftest import HERE, START, Staff, later
from tests.desk.access.forger import Forger, forging, signer

from xiaowei.desk.access.house import House
from xiaowei.desk.access.signing import StaleError, let_in, session_of
from xiaowei.desk.access.staff import disable_user
from xiaowei.desk.access.vouching import (
    BACK,
    Errand,
    NoAccountHereError,
    NoProviderError,
    NotVouchedError,
    SingleSignOn,
)
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.users import SIGNED_IN
from xiaowei.records.moments import seconds

NOW = seconds(START)
CODE = {"code": "c"}


@pytest.fixture(scope="module")
def served() -> Iterator[Forger]:
    with forging() as forger:
        yield forger


@pytest.fixture
def forger(served: Forger) -> Forger:
    served.published, served.said, served.asked = [served.key], {}, []
    return served


def begun(forger: Forger, **stated: str) -> tuple[SingleSignOn, Errand]:
    way = SingleSignOn(forger.provider(**stated))
    _, errand = way.begin(at=START)
    return way, errand


def claims(forger: Forger, errand: Errand, **other: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {
        "iss": forger.url,
        "aud": "xiaowei",
        "sub": "42",
        "iat": NOW,
        "exp": NOW + 300,
        "nonce": errand.nonce,
        "preferred_username": "Li.Na",
        **other,
    }
    return {name: one for name, one in told.items() if one is not None}


def half(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


class TestBegin:
    def test_sends_hashes_and_keeps_the_secrets(self, forger: Forger) -> None:
        url, errand = SingleSignOn(forger.provider()).begin(at=START)
        asked = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{forger.url}/authorize?")
        assert asked["response_type"] == "code"
        assert asked["redirect_uri"] == "http://127.0.0.1:8000" + BACK
        assert (asked["state"], asked["nonce"]) == (errand.state, errand.nonce)
        digest = hashlib.sha256(errand.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert asked["code_challenge"] == challenge
        assert asked["code_challenge_method"] == "S256"
        assert errand.verifier not in url
        assert "secret" not in url
        assert "prompt" not in asked

    def test_makes_each_errand_of_its_own(self, forger: Forger) -> None:
        way = SingleSignOn(forger.provider())
        made = [way.begin(at=START)[1] for _ in range(20)]
        each = {one for e in made for one in (e.state, e.nonce, e.verifier)}
        assert len(each) == 60

    def test_asks_for_a_new_proof_where_it_is_wanted(self, forger: Forger) -> None:
        url, _ = SingleSignOn(forger.provider()).begin(at=START, again=True)
        assert "prompt=login" in url
        assert "max_age=0" in url

    @pytest.mark.parametrize(
        "said", [{"issuer": "http://other.example"}, {"token_endpoint": None}]
    )
    def test_takes_no_other_for_the_provider(
        self, forger: Forger, said: dict[str, Any]
    ) -> None:
        forger.said = said
        with pytest.raises(NoProviderError):
            SingleSignOn(forger.provider()).begin(at=START)

    def test_says_that_nobody_answers(self, forger: Forger) -> None:
        with pytest.raises(NoProviderError, match="cannot be read"):
            SingleSignOn(forger.provider(issuer="http://127.0.0.1:9")).begin(at=START)

    def test_reads_no_endless_answer(self, forger: Forger) -> None:
        forger.said = {"more": "x" * 2_000_000}
        with pytest.raises(NoProviderError, match="too much"):
            SingleSignOn(forger.provider()).begin(at=START)


class TestFinish:
    def test_tells_for_whom_the_provider_vouches(self, forger: Forger) -> None:
        way, errand = begun(forger)
        forger.gives(claims(forger, errand, auth_time=NOW - 5, at_hash=half("a")))
        found = way.finish({**CODE, "state": errand.state}, errand, at=START)
        assert (found.login, found.subject, found.given_at) == ("li.na", "42", NOW - 5)
        assert found.issuer == forger.url
        (sent,) = forger.asked
        assert (sent["code"], sent["code_verifier"]) == ("c", errand.verifier)
        assert sent["redirect_uri"] == "http://127.0.0.1:8000" + BACK

    @pytest.mark.parametrize(
        "other",
        [
            {"iss": "http://other.example"},
            {"iss": None},
            {"aud": "another"},
            {"aud": None},
            {"aud": ["another", "third"]},
            {"aud": ["xiaowei", "another"]},
            {"azp": "another"},
            {"exp": NOW - 61},
            {"exp": None},
            {"iat": NOW + 3_600},
            {"nbf": NOW + 3_600},
            {"sub": None},
            {"nonce": "n"},
            {"nonce": None},
            {"at_hash": half("b")},
            {"auth_time": "yesterday"},
        ],
    )
    def test_refuses_a_word_that_is_not_for_us(
        self, forger: Forger, other: dict[str, Any]
    ) -> None:
        way, errand = begun(forger)
        forger.gives(claims(forger, errand, **other))
        with pytest.raises(NotVouchedError):
            way.finish({**CODE, "state": errand.state}, errand, at=START)

    def test_refuses_a_word_that_the_provider_did_not_sign(
        self, forger: Forger
    ) -> None:
        way, errand = begun(forger)
        good = claims(forger, errand)
        public = json.dumps(forger.key.as_dict(private=False))
        shared = OctKey.import_key(public)
        plain = jwt.encode({"alg": "HS256"}, good, shared, algorithms=["HS256"])
        head, body, _ = jwt.encode({"alg": "RS256"}, good, forger.key).split(".")
        none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        stranger = jwt.encode({"alg": "RS256", "kid": "one"}, good, signer("one"))
        for forged in (
            plain,
            f"{none}.{body}.",
            f"{head}.{body}.AAAA",
            f"{head}.{body}.",
            stranger,
            "no token",
            "",
        ):
            forger.token = 200, {"access_token": "a", "id_token": forged}
            with pytest.raises(NotVouchedError):
                way.finish({**CODE, "state": errand.state}, errand, at=START)

    def test_takes_only_the_answer_to_its_own_errand(self, forger: Forger) -> None:
        way, errand = begun(forger)
        _, other = way.begin(at=START)
        forger.gives(claims(forger, errand))
        for state, kept in (
            (other.state, errand),
            ("", errand),
            (errand.state, None),
            ("é", errand),
        ):
            with pytest.raises(NotVouchedError, match="not begun here"):
                way.finish({**CODE, "state": state}, kept, at=START)
        assert forger.asked == []
        # The nonce of one errand does not end another of the same browser.
        with pytest.raises(NotVouchedError):
            way.finish({**CODE, "state": other.state}, other, at=START)

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            ({"error": "access_denied\r\nX: <b>"}, "says 'access_deniedX b'"),
            ({}, "no code"),
            ({**CODE, "iss": "http://other.example"}, "another provider"),
        ],
    )
    def test_says_why_nobody_was_vouched_for(
        self, forger: Forger, answer: dict[str, str], why: str
    ) -> None:
        way, errand = begun(forger)
        with pytest.raises(NotVouchedError, match=why):
            way.finish({**answer, "state": errand.state}, errand, at=START)

    @pytest.mark.parametrize(
        ("token", "refusal"),
        [
            ((400, {"error": "invalid_grant"}), NotVouchedError),
            ((200, {"access_token": "a"}), NoProviderError),
            ((500, {}), NoProviderError),
        ],
    )
    def test_lets_nobody_in_without_a_token(
        self,
        forger: Forger,
        token: tuple[int, dict[str, Any]],
        refusal: type[Exception],
    ) -> None:
        way, errand = begun(forger)
        forger.token = token
        with pytest.raises(refusal):
            way.finish({**CODE, "state": errand.state}, errand, at=START)

    def test_asks_for_the_keys_anew_where_they_changed(self, forger: Forger) -> None:
        way, errand = begun(forger)
        old, forger.key = forger.key, signer("two")
        try:
            forger.published = [old, forger.key]
            forger.gives(claims(forger, errand))
            answer = {**CODE, "state": errand.state}
            assert way.finish(answer, errand, at=START).login == "li.na"
        finally:
            forger.key = old

    @pytest.mark.parametrize("name", [None, 7, "", "no name", "../boss", "x" * 80])
    def test_makes_no_account_of_anything(self, forger: Forger, name: object) -> None:
        way, errand = begun(forger)
        forger.gives(claims(forger, errand, preferred_username=name))
        with pytest.raises(NoAccountHereError):
            way.finish({**CODE, "state": errand.state}, errand, at=START)

    def test_takes_an_address_only_where_it_was_verified(self, forger: Forger) -> None:
        way, errand = begun(forger, account="email")
        forger.gives(claims(forger, errand, email="li.na"))
        with pytest.raises(NotVouchedError, match="never verified"):
            way.finish({**CODE, "state": errand.state}, errand, at=START)


class TestVouched:
    def test_begins_a_session_and_says_by_whose_word(
        self, boss: House, staff: Staff, forger: Forger
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        way, errand = begun(forger)
        forger.gives(claims(forger, errand, auth_time=NOW))
        found = way.finish({**CODE, "state": errand.state}, errand, at=START)
        token = let_in(boss, found, at=START, address=HERE)
        assert session_of(boss, token, at=START).actor.login == "li.na"
        last = [one for one in boss.journal.entries() if one.kind == SIGNED_IN][-1]
        assert (last.body["issuer"], last.body["subject"]) == (forger.url, "42")

    def test_is_no_fresh_proof_where_it_was_given_long_ago(
        self, boss: House, forger: Forger
    ) -> None:
        for told, at in ((NOW - 7_200, START), (None, START), (NOW, later(minutes=6))):
            way, errand = begun(forger)
            name = "boss"
            stated = claims(forger, errand, auth_time=told, preferred_username=name)
            forger.gives(stated)
            found = way.finish({**CODE, "state": errand.state}, errand, at=START)
            token = let_in(boss, found, at=START, address=HERE)
            assert not session_of(boss, token, at=at).fresh
        token = let_in(boss, found, at=START, address=HERE)
        assert session_of(boss, token, at=START).fresh
        with pytest.raises(StaleError):
            session_of(boss, token, at=later(minutes=6)).permit("users.change")

    def test_lets_nobody_in_without_an_open_account(
        self, boss: House, leave: Permit, staff: Staff, forger: Forger
    ) -> None:
        staff("li.na", "E1", "relationship_manager")
        disable_user(boss, leave, "li.na", why="left", at=START)
        for name in ("nobody", "li.na"):
            way, errand = begun(forger)
            forger.gives(claims(forger, errand, preferred_username=name))
            found = way.finish({**CODE, "state": errand.state}, errand, at=START)
            with pytest.raises(NoAccountHereError):
                let_in(boss, found, at=START, address=HERE)
