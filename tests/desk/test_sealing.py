"""What is sealed opens in its own place by its own key, and nowhere else."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from xiaowei.desk import sealing
from xiaowei.desk.sealing import (
    CipherName,
    Keyring,
    KeyringError,
    NoCipherError,
    SealError,
    load_keyring,
    new_keyring,
    offered,
)

PLACE = ("contacts", "phone", "7")
VALUE = "13812345678 张伟"
RANDOM = [bytes((n * 37 + k) % 256 for n in range(32)) for k in (1, 5, 9)]


def ring(cipher: CipherName = "aes-256-gcm", *, active: str = "new") -> Keyring:
    return Keyring(cipher, active, {"old": RANDOM[0], "new": RANDOM[1]}, RANDOM[2])


def keyring_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "keys.yaml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
class TestSealing:
    def test_opens_in_its_place(self, cipher: CipherName) -> None:
        keys = ring(cipher)
        sealed = keys.seal(VALUE, place=PLACE)
        assert sealed.startswith(f"x1.{cipher}.new.")
        assert keys.unseal(sealed, place=PLACE) == VALUE
        assert keys.seal(VALUE, place=PLACE) != sealed
        assert keys.unseal(keys.seal("", place=PLACE), place=PLACE) == ""

    @pytest.mark.parametrize(
        "place",
        [
            ("contacts", "phone", "8"),
            ("contacts", "name", "7"),
            ("contacts", "phone7", ""),
            ("contactsphone", "7"),
        ],
    )
    def test_opens_nowhere_else(
        self, cipher: CipherName, place: tuple[str, ...]
    ) -> None:
        sealed = ring(cipher).seal(VALUE, place=PLACE)
        with pytest.raises(SealError, match="another place"):
            ring(cipher).unseal(sealed, place=place)

    def test_notices_every_changed_byte(self, cipher: CipherName) -> None:
        head, _, body = ring(cipher).seal(VALUE, place=PLACE).rpartition(".")
        whole = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        for at in range(len(whole)):
            changed = bytearray(whole)
            changed[at] ^= 1
            text = base64.urlsafe_b64encode(bytes(changed)).decode().rstrip("=")
            with pytest.raises(SealError):
                ring(cipher).unseal(f"{head}.{text}", place=PLACE)
        for length in range(len(whole)):
            text = base64.urlsafe_b64encode(whole[:length]).decode().rstrip("=")
            with pytest.raises(SealError):
                ring(cipher).unseal(f"{head}.{text}", place=PLACE)

    def test_is_opened_by_another_cipher_never(self, cipher: CipherName) -> None:
        other = {"aes-256-gcm": "sm4-gcm", "sm4-gcm": "aes-256-gcm"}[cipher]
        sealed = ring(cipher).seal(VALUE, place=PLACE).replace(cipher, other)
        with pytest.raises(SealError):
            ring(cipher).unseal(sealed, place=PLACE)

    def test_is_rotated(self, cipher: CipherName) -> None:
        before = ring(active="old").seal(VALUE, place=PLACE)
        now = ring(cipher)
        after = now.reseal(before, place=PLACE)
        assert now.reseal(after, place=PLACE) == after
        newest = replace(now, keys={"new": RANDOM[1]})
        assert newest.unseal(after, place=PLACE) == VALUE
        with pytest.raises(SealError, match="'old' is not on the ring"):
            newest.unseal(before, place=PLACE)


class TestCiphers:
    def test_give_what_their_standards_say(self) -> None:
        # RFC 8998, appendix A.1.
        key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
        nonce = bytes.fromhex("00001234567800000000ABCD")
        bound = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
        plain = bytes.fromhex(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
            "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
        )
        sealer = sealing._cipher("sm4-gcm", key, modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(bound)
        body = sealer.update(plain) + sealer.finalize()
        assert body.hex().upper() == (
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
            "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        )
        assert sealer.tag.hex().upper() == "83DE3541E4C2B58177E065A9BF7B62EC"

    def test_that_are_not_offered_are_named(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def lacks(_: object) -> None:
            raise UnsupportedAlgorithm("no SM4 here")

        offered.cache_clear()
        monkeypatch.setattr(Cipher, "encryptor", lacks)
        try:
            with pytest.raises(NoCipherError, match="sm4-gcm"):
                ring("sm4-gcm").seal(VALUE, place=PLACE)
        finally:
            offered.cache_clear()


class TestBlindIndex:
    def test_is_the_same_for_the_same_in_one_column(self) -> None:
        keys = ring()
        assert keys.blind(VALUE, column="phone") == keys.blind(VALUE, column="phone")
        assert keys.blind(VALUE, column="phone") != keys.blind(VALUE, column="mobile")
        assert keys.blind(VALUE, column="phone") != keys.blind("x", column="phone")
        other = replace(keys, index=RANDOM[0])
        assert keys.blind(VALUE, column="phone") != other.blind(VALUE, column="phone")


class TestKeyring:
    def test_is_read_as_it_was_made(self, tmp_path: Path) -> None:
        file = keyring_file(tmp_path, new_keyring("2025-07", cipher="sm4-gcm"))
        keys = load_keyring(file)
        assert (keys.cipher, keys.active) == ("sm4-gcm", "2025-07")
        sealed = keys.seal(VALUE, place=PLACE)
        assert load_keyring(file).unseal(sealed, place=PLACE) == VALUE
        for secret in (*keys.keys.values(), keys.index):
            assert repr(secret) not in repr(keys)

    def test_that_others_may_read_is_refused(self, tmp_path: Path) -> None:
        file = keyring_file(tmp_path, new_keyring("k"))
        file.chmod(0o640)
        with pytest.raises(KeyringError, match="chmod 600"):
            load_keyring(file)

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (("cipher: aes-256-gcm", "cipher: rot13"), "cipher is none of"),
            (("active: k", "active: other"), "not among the keys"),
            (("index: ", "indexx: "), "its keys are not"),
            (("  k: ", "  k: AA"), "32 bytes"),
        ],
    )
    def test_that_is_malformed_is_refused(
        self, tmp_path: Path, change: tuple[str, str], why: str
    ) -> None:
        text = new_keyring("k")
        file = keyring_file(tmp_path, text.replace(*change, 1))
        with pytest.raises(KeyringError, match=why) as refused:
            load_keyring(file)
        secret = text.partition("  k: ")[2].partition("\n")[0]
        assert secret not in str(refused.value)

    @pytest.mark.parametrize("weak", [bytes(32), b"secret" + bytes(26), b"ab" * 16])
    def test_that_is_not_random_is_refused(self, tmp_path: Path, weak: bytes) -> None:
        good = base64.b64encode(RANDOM[0]).decode()
        stated = base64.b64encode(weak).decode()
        text = f"cipher: aes-256-gcm\nactive: k\nkeys: {{k: {stated}}}\nindex: {good}\n"
        with pytest.raises(KeyringError, match="not random"):
            load_keyring(keyring_file(tmp_path, text))

    def test_needs_an_index_of_its_own(self, tmp_path: Path) -> None:
        same = base64.b64encode(RANDOM[0]).decode()
        text = f"cipher: aes-256-gcm\nactive: k\nkeys: {{k: {same}}}\nindex: {same}\n"
        with pytest.raises(KeyringError, match="one of the keys"):
            load_keyring(keyring_file(tmp_path, text))

    def test_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(KeyringError, match=r"none\.yaml"):
            load_keyring(tmp_path / "none.yaml")
        with pytest.raises(KeyringError, match="no YAML"):
            load_keyring(keyring_file(tmp_path, "a: ["))
