"""Folders of files."""

from datetime import date
from pathlib import Path

import pytest

from xiaowei.facts.folder import (
    EmptyFolderError,
    NoFolderError,
    deliveries_of_folder,
)
from xiaowei.facts.sources import EVERY_SOURCE

RECEIVED_ON = date(2026, 6, 30)


class TestDeliveriesOfFolder:
    def test_gives_each_file_its_source_and_the_day(self, tmp_path: Path) -> None:
        for name in ("销项发票.xlsx", "electricity-1.csv", "readme.md", ".hidden.csv"):
            (tmp_path / name).touch()
        (tmp_path / "tax_filings").mkdir()

        deliveries, strangers = deliveries_of_folder(tmp_path, received_on=RECEIVED_ON)

        assert [(d.path.name, d.source.name, d.received_on) for d in deliveries] == [
            ("electricity-1.csv", "electricity", RECEIVED_ON),
            ("销项发票.xlsx", "sales_invoices", RECEIVED_ON),
        ]
        assert [str(error).split(".")[0] for error in strangers] == ["'readme"]

    def test_refuses_a_folder_without_any_known_source(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").touch()

        with pytest.raises(EmptyFolderError) as caught:
            deliveries_of_folder(tmp_path, received_on=RECEIVED_ON)

        names = ", ".join(f"{source.name} ({source.zh})" for source in EVERY_SOURCE)
        assert {"enterprises (企业名录)", "series (经济序列)"} <= set(names.split(", "))
        assert str(caught.value) == (
            f"folder '{tmp_path}' has no file of a known source, 1 of others. "
            f"Expected: file names that begin with one of {names}. "
            "Put the files there, e.g. sales_invoices-2025.csv, or rename them."
        )

    def test_refuses_an_empty_folder(self, tmp_path: Path) -> None:
        with pytest.raises(EmptyFolderError, match="0 of others"):
            deliveries_of_folder(tmp_path, received_on=RECEIVED_ON)

    def test_refuses_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(NoFolderError) as caught:
            deliveries_of_folder(tmp_path / "x", received_on=RECEIVED_ON)

        assert str(caught.value) == (
            f"there is no folder '{tmp_path / 'x'}'. Expected: a folder with files of "
            "the bank's sources. Check the path."
        )
