"""A file comes in whole under a plain name, or nothing of it is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from xiaowei.desk.jobs import uploads
from xiaowei.desk.jobs.uploads import (
    LargeUploadError,
    ManyUploadsError,
    UnknownUploadError,
    UploadNameError,
    drop_upload,
    keep_upload,
    upload_folder,
)
from xiaowei.errors import InputError
from xiaowei.facts.sources import UnknownSourceError

NAME = "sales_invoices-2025.csv"


def left(root: Path) -> list[str]:
    return sorted(str(one.relative_to(root)) for one in root.rglob("*"))


class TestKeepUpload:
    def test_keeps_it_whole_and_alone(self, tmp_path: Path) -> None:
        token = keep_upload(tmp_path, NAME, [b"ab", b"", b"c"])
        folder = upload_folder(tmp_path, token)

        assert [one.name for one in folder.iterdir()] == [NAME]
        assert (folder / NAME).read_bytes() == b"abc"
        assert folder.stat().st_mode & 0o077 == 0
        drop_upload(tmp_path, token)
        drop_upload(tmp_path, token)
        assert left(tmp_path) == ["uploads"]

    @pytest.mark.parametrize(
        "name",
        [
            "", ".", "..", "../sales_invoices.csv", "/etc/sales_invoices.csv",
            "a/sales_invoices.csv", "..\\sales_invoices.csv", ".sales_invoices.csv",
            "sales_invoices.csv\0", "sales_invoices\n.csv", "sales_invoices.csv/",
            "sales_invoices.exe", "sales_invoices", f"sales_invoices{'x' * 200}.csv",
            f"sales_invoices{'票' * 90}.csv",
            "sales_invoices\u202ecsv.exe",
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_plain_name(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(UploadNameError):
            keep_upload(tmp_path, name, [b"x"])
        assert left(tmp_path) == []

    def test_refuses_the_name_of_no_source(self, tmp_path: Path) -> None:
        with pytest.raises(UnknownSourceError):
            keep_upload(tmp_path, "holiday-photos.csv", [b"x"])
        assert left(tmp_path) == []

    def test_leaves_nothing_of_what_is_too_large_or_broken_off(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks() -> Iterator[bytes]:
            yield b"x"
            raise ConnectionError

        monkeypatch.setattr(uploads, "MOST_BYTES", 10)
        with pytest.raises(LargeUploadError, match="10 bytes"):
            keep_upload(tmp_path, NAME, [b"x" * 6] * 2)
        with pytest.raises(ConnectionError):
            keep_upload(tmp_path, NAME, breaks())
        assert left(tmp_path) == ["uploads"]

    def test_refuses_more_than_may_wait(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploads, "MOST_FILES", 2)
        tokens = [keep_upload(tmp_path, NAME, [b"x"]) for _ in range(2)]
        with pytest.raises(ManyUploadsError):
            keep_upload(tmp_path, NAME, [b"x"])
        drop_upload(tmp_path, tokens[0])
        keep_upload(tmp_path, NAME, [b"x"])


class TestUploadFolder:
    @pytest.mark.parametrize("token", ["", "..", "a/b", "0" * 32])
    def test_knows_none_that_was_not_sent(self, tmp_path: Path, token: str) -> None:
        (tmp_path / "uploads").mkdir()
        with pytest.raises(UnknownUploadError) as told:
            upload_folder(tmp_path, token)
        assert not isinstance(told.value, InputError)
