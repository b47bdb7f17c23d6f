"""A table of cases is read by the roles of its columns; faults are named."""

from pathlib import Path

import numpy as np
import pytest

from xiaowei.desk.modelling.tables import (
    Roles,
    TableError,
    cases_of,
    picked,
    read_table,
)

TEXT = """id,decided,region,sales,违约
E1,2024-01-31,A,10.5,是
E2,2024-02-29,B,,否
E3,,A,7,否
E4,2024-03-31,B,8,
"""
ROLES = Roles(outcome="违约", decided_on="decided", group="id", segment="region")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cases.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


class TestCasesOf:
    def test_are_those_whose_outcome_is_stated(self, file: Path) -> None:
        cases = cases_of(file, ROLES)

        assert cases.bad.tolist() == [1, 0, 0]
        assert cases.unknown == 1
        assert cases.groups == ["E1", "E2", "E3"]
        assert cases.segments == ["A", "B", "A"]
        assert list(cases.traits.columns) == ["region", "sales"]
        assert cases.decided_on is not None
        assert np.isnat(cases.decided_on).tolist() == [False, False, True]

    def test_take_the_value_that_is_named_for_a_default(self, file: Path) -> None:
        roles = Roles(outcome="region", bad="B")

        assert cases_of(file, roles).bad.tolist() == [0, 1, 0, 1]

    @pytest.mark.parametrize(
        ("roles", "fault"),
        [
            (Roles(outcome="nothing"), "no column 'nothing'"),
            (Roles(outcome="region"), "holds 'A', 'B'"),
            (Roles(outcome="违约", decided_on="region"), "line 2, column 'region'"),
        ],
    )
    def test_name_what_is_wrong(self, file: Path, roles: Roles, fault: str) -> None:
        with pytest.raises(TableError, match=fault):
            cases_of(file, roles)


class TestReadTable:
    @pytest.mark.parametrize("content", [b"", b"a,b\n1\n", b"a\n\xff\xfe\n", b"PAR1"])
    def test_names_a_file_that_is_none(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / ("x.parquet" if content == b"PAR1" else "x.csv")
        path.write_bytes(content)

        with pytest.raises(TableError, match=path.name):
            read_table(path)


class TestPicked:
    def test_are_in_the_order_asked_for(self, file: Path) -> None:
        frame = picked(read_table(file), ["sales", "id"], file="cases.csv")

        assert list(frame.columns) == ["sales", "id"]

    def test_must_be_there(self, file: Path) -> None:
        with pytest.raises(TableError, match="no column 'debt'"):
            picked(read_table(file), ["debt"], file="cases.csv")
