"""What says something of a person is masked unless it is asked for in full."""

import json
import logging

import pytest

from xiaowei.desk.masking import FIELDS, Private, mask, mask_text, masked

ID = "110101199003071234"
PHONE = "13812345678"


class TestMask:
    @pytest.mark.parametrize(
        ("kind", "value", "shown"),
        [
            ("id_number", "11010119900307123X", "110***********123X"),
            ("id_number", "110101900307123", "110********7123"),
            ("phone", "0571-88886666", "057******6666"),
            ("phone", "1", "*"),
            ("phone", "", ""),
            ("name", "伟", "伟*"),
            ("name", "李小娜", "李**"),
            ("name", "诸葛", "诸*"),
            ("name", "Anna Smith", "A*********"),
            ("name", "", ""),
        ],
    )
    def test_strikes_out_what_tells_a_person_apart(
        self, kind: str, value: str, shown: str
    ) -> None:
        assert mask(kind, value) == shown  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "written",
        [
            PHONE,
            "138 1234 5678",
            "138-1234-5678",
            "+86 13812345678",
            "8613812345678",
            "１３８１２３４５６７８",
            ID,
            "110101 19900307 1234",
            "11010119900307123x",
            "１１０１０１１９９００３０７１２３４",
        ],
    )
    def test_finds_numbers_in_a_text_however_written(self, written: str) -> None:
        for text in (written, f"电话{written}。", f"({written})", f"a {written}, b"):
            told = mask_text(text)
            assert written not in told
            assert "****" in told
            assert len(told) == len(text)

    @pytest.mark.parametrize(
        "text",
        [
            "91330100MA2812345X",
            "发票号 12345678，金额 1234567890123 分",
            "订单 113812345678901",
            "2025-07-01T08:00:00+00:00",
            "",
        ],
    )
    def test_leaves_what_is_of_no_person(self, text: str) -> None:
        assert mask_text(text) == text


class TestPrivate:
    def test_shows_its_mask_wherever_it_is_written(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        value = Private("id_number", ID)
        logging.getLogger("x").warning("refused %s %r", value, value)
        for text in (str(value), repr(value), f"{value:>40}", caplog.text):
            assert ID not in text
            assert "0307" not in text
        with pytest.raises(TypeError):
            json.dumps(value)


class TestMasked:
    def test_masks_the_fields_of_persons_at_any_depth(self) -> None:
        row = {
            "name": "杭州某某有限公司",
            "phone": PHONE,
            "owners": [{"person": "张伟", "person_id": ID, "share": "0.5"}],
            "联系人": ["李娜", "王芳"],
            "legal_person": None,
            "note": Private("phone", PHONE),
        }
        told = masked(row)
        assert told == {
            "name": "杭州某某有限公司",
            "phone": "138****5678",
            "owners": [
                {"person": "张*", "person_id": "110***********1234", "share": "0.5"}
            ],
            "联系人": ["李*", "王*"],
            "legal_person": None,
            "note": "138****5678",
        }
        assert set(FIELDS.values()) == {"id_number", "name", "phone"}
