"""Passwords that others could guess are refused, and none is kept as it is."""

from datetime import date

import pytest

from xiaowei.desk.access.passwords import Passwords, WeakPasswordError
from xiaowei.policy.book import load_book

PHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(load_book(), on=date(2025, 7, 1))


class TestPasswords:
    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("short", "fewer than 12"),
            ("x" * 129, "more than 128"),
            ("123456789012", "tried first"),
            ("passwordpassword", "tried first"),
            ("qwertyuiop[]", "tried first"),
            ("a b" * 40, "tried first"),
            ("administrator", "tried first"),
            ("Password1234", "tried first"),
            ("mifospassword", "tried first"),
            ("mine-is-ZHANG.WEI-ok", "holds a name"),
            ("ok-then-xiaowei-2025", "holds a name"),
            ("ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ", "tried first"),
        ],
    )
    def test_that_others_could_guess_are_refused(
        self, passwords: Passwords, password: str, why: str
    ) -> None:
        with pytest.raises(WeakPasswordError, match=why) as refused:
            passwords.check(password, names=("zhang.wei", "张伟", "E1"))
        assert password not in str(refused.value)

    @pytest.mark.parametrize(
        ("password", "kind"),
        [
            ("short", "short-password"),
            ("x" * 129, "long-password"),
            ("mine-is-ZHANG.WEI-ok", "named-password"),
            ("passwordpassword", "common-password"),
        ],
    )
    def test_say_what_is_wrong_with_them(
        self, passwords: Passwords, password: str, kind: str
    ) -> None:
        with pytest.raises(WeakPasswordError) as refused:
            passwords.check(password, names=("zhang.wei",))
        assert refused.value.kind == kind
        assert refused.value.figures == {"least": "12", "most": "128"}

    @pytest.mark.parametrize(
        "password", [PHRASE, "北山有松 四月听泉 七盏灯火", "x7#Qz!m2Lp9@vT", PHRASE * 4]
    )
    def test_that_nobody_guesses_will_do(
        self, passwords: Passwords, password: str
    ) -> None:
        passwords.check(password, names=("zhang.wei", "张伟", "E1"))

    def test_are_hashed_as_owasp_says(self, passwords: Passwords) -> None:
        kept = passwords.hash(PHRASE)
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert passwords.hash(PHRASE) != kept
        assert passwords.right(kept, PHRASE)
        assert not passwords.right(kept, PHRASE + " ")
        assert not passwords.stale(kept)
        assert not passwords.right("no hash at all", PHRASE)
        assert not passwords.right(kept, "x" * 10_000)

    def test_are_the_same_from_any_keyboard(self, passwords: Passwords) -> None:
        kept = passwords.hash("ｆｕｌｌ width and half")
        assert passwords.right(kept, "full width and half")

    def test_of_nobody_are_looked_at_like_any_other(self, passwords: Passwords) -> None:
        nobody = passwords.nobody()
        assert not passwords.stale(nobody)
        assert not passwords.right(nobody, PHRASE)
