"""Bad input on the command line: what, which, expected, what to do."""

from pathlib import Path

import pytest
from tests.journeys.conftest import Xiaowei

from xiaowei.desk.home import open_home


class TestBadInput:
    def test_names_an_empty_folder(self, tmp_path: Path, xiaowei: Xiaowei) -> None:
        (tmp_path / "empty").mkdir()

        done = xiaowei(tmp_path / "home", "run", str(tmp_path / "empty"))

        assert done.returncode == 5
        assert "has no file of a known source" in done.stderr
        assert "sales_invoices" in done.stderr

    def test_names_a_folder_that_is_not_there(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(tmp_path / "home", "run", str(tmp_path / "nowhere"))

        assert done.returncode == 3
        assert "there is no folder" in done.stderr

    def test_names_a_public_set_it_cannot_read(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(tmp_path / "home", "run", "--public", f"kaggle={tmp_path}")

        assert done.returncode == 3
        assert "cumcm2020c" in done.stderr

    def test_names_the_files_that_a_public_set_lacks(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(tmp_path / "home", "run", "--public", f"cumcm2020c={tmp_path}")

        assert done.returncode == 5
        assert "firms_123.csv" in done.stderr

    @pytest.mark.parametrize("budget", ["1,234.5万", "much", ""])
    def test_names_a_budget_that_is_no_amount(
        self, tmp_path: Path, xiaowei: Xiaowei, budget: str
    ) -> None:
        done = xiaowei(tmp_path / "home", "run", str(tmp_path), "--budget", budget)

        assert done.returncode == 5
        assert f"'{budget}' is not an amount in yuan" in done.stderr

    def test_asks_for_one_of_folder_and_public_set(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        assert xiaowei(tmp_path / "home", "run").returncode == 2

    def test_says_how_to_make_the_first_run(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        done = xiaowei(tmp_path / "home", "firms")

        assert done.returncode == 3
        assert "xiaowei --home HOME run FOLDER" in done.stderr

    def test_takes_the_good_files_beside_the_bad(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        files = tmp_path / "files"
        files.mkdir()
        (files / "企业名录.csv").write_text(
            "企业代号,企业名称,获知日期\nE1,甲,2025-01-01\n", "utf-8"
        )
        (files / "销项发票.xlsx").write_bytes(b"no workbook")
        (files / "holiday.jpg").write_bytes(b"\xff\xd8")

        done = xiaowei(tmp_path / "home", "run", str(files))

        # One firm and no credit history is too little for a PD: that is what is said.
        assert done.returncode == 5
        assert "0 defaults and 0 firms without one" in done.stderr
        with_home = tmp_path / "home"
        with open_home(with_home) as home:
            assert [account.file for account in home.lake.accounts()] == [
                "企业名录.csv"
            ]

    def test_leaves_nothing_half_written(
        self, tmp_path: Path, xiaowei: Xiaowei
    ) -> None:
        files = tmp_path / "files"
        files.mkdir()
        (files / "销项发票.csv").write_text(
            "企业代号,开票日期\nE1,2019-02-30\n", "utf-8"
        )

        done = xiaowei(
            tmp_path / "home", "run", str(files), "--json", str(tmp_path / "out.json")
        )

        assert done.returncode == 5
        assert "发票号码" in done.stderr
        assert not (tmp_path / "out.json").exists()
        assert not (tmp_path / "home" / "report.html").exists()
        assert not list((tmp_path / "home" / "lake").rglob("*.parquet"))
