"""A table is the same in chunks as whole; what is wrong with it is named."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from xiaowei.desk.modelling.chunks import chunks
from xiaowei.desk.modelling.tables import TableError, read_table
from xiaowei.risk.frames import columns_of

ROWS = 120_000


@pytest.fixture(scope="module", params=["csv", "parquet"])
def path(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    form: str = request.param
    path = tmp_path_factory.mktemp("chunks") / f"seen.{form}"
    table = pd.DataFrame(
        {
            "数": np.arange(ROWS, dtype=float),
            'a "b"': [str(at % 7) if at % 5 else None for at in range(ROWS)],
        }
    )
    if form == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False)
    return path


class TestChunks:
    def test_hold_every_row_once_in_order(self, path: Path) -> None:
        names = ['a "b"', "数"]
        found = list(chunks(path, names, texts={'a "b"'}))
        whole = pa.concat_tables(found)

        assert len(found) > 2
        assert max(one.num_rows for one in found) <= 50_000
        assert whole.column_names == names
        assert whole.column("数").to_pylist() == list(range(ROWS))
        assert whole.column('a "b"').null_count == ROWS / 5
        assert pa.types.is_string(whole.column('a "b"').type)

    def test_take_for_missing_what_a_whole_table_does(self, tmp_path: Path) -> None:
        path = tmp_path / "gaps.csv"
        path.write_text("a,b\n1,NA\nNULL,x\n,n/a\n", encoding="utf-8")
        (found,) = chunks(path, ["a", "b"], texts={"b"})
        whole = read_table(path)

        assert found.column("a").to_pylist() == [1, None, None]
        assert found.column("b").to_pylist() == [None, "x", None]
        assert whole["b"].isna().tolist() == [True, False, True]

    def test_take_fractions_after_many_whole_numbers(self, tmp_path: Path) -> None:
        path = tmp_path / "late.csv"
        path.write_text("a\n" + "5\n" * 300_000 + "5.5\n", encoding="utf-8")
        found = pa.concat_tables(chunks(path, ["a"], numbers={"a"}))

        assert found.column("a").to_pylist()[-2:] == [5.0, 5.5]

    def test_hand_out_instants_in_their_own_zone(self, tmp_path: Path) -> None:
        path = tmp_path / "zones.parquet"
        late = pd.Timestamp("2024-01-31 23:30", tz="America/New_York")
        pd.DataFrame({"at": [late]}).to_parquet(path)
        (found,) = chunks(path, ["at"])
        (day,) = columns_of(found)

        assert day.values.tolist() == columns_of(read_table(path))[0].values.tolist()

    def test_name_a_column_that_is_not_there(self, path: Path) -> None:
        with pytest.raises(TableError, match="no column 'debt'"):
            list(chunks(path, ["debt"]))

    @pytest.mark.parametrize("content", [b"", b"a,b\n1\n", b"PAR1"])
    def test_name_a_file_that_is_none(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / ("x.parquet" if content == b"PAR1" else "x.csv")
        path.write_bytes(content)

        with pytest.raises(TableError, match=path.name):
            list(chunks(path, ["a"]))

    def test_name_a_column_that_is_no_number_throughout(self, tmp_path: Path) -> None:
        path = tmp_path / "late.csv"
        rows = "".join(f"{at},{'x' * 180}\n" for at in range(100_000))
        path.write_text(f"a,b\n{rows}word,y\n", encoding="utf-8")

        with pytest.raises(TableError, match=r"late\.csv.*word"):
            list(chunks(path, ["a"]))
