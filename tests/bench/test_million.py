"""The firms of the bench of scoring hang on the seed and their part alone."""

from pathlib import Path

import pyarrow.parquet as pq
from bench.peers.million import fates, firms, write


class TestFirms:
    def test_are_the_same_again_and_differ_between_parts(self) -> None:
        one = firms(3, count=500)

        assert one.equals(firms(3, count=500))
        assert not one.equals(firms(4, count=500))
        assert one.num_columns == 60

    def test_have_gaps_in_every_trait_and_both_fates(self) -> None:
        some = firms(3, count=2_000)

        assert all(0.04 < column.null_count / 2_000 < 0.12 for column in some.columns)
        assert 0.05 < fates(some).mean() < 0.3

    def test_are_written_as_they_are(self, tmp_path: Path) -> None:
        write(tmp_path / "firms.parquet", count=700)

        assert pq.read_table(tmp_path / "firms.parquet").equals(firms(0, count=700))
