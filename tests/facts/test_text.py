"""Delimited files, as banks and tax offices export them."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from xiaowei.facts.clean import clean_columns
from xiaowei.facts.text import (
    EmptyFileError,
    misfit,
    rows_of_text,
)
from xiaowei.facts.writing import (
    EncodingError,
    EndlessLineError,
    Writing,
    writing_of,
)

CELLS = st.text(
    st.characters(codec="gb18030", exclude_characters="\0\r\ufeff"), max_size=4
)

CODEC = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}


def rows(path: Path) -> list[tuple[int, tuple[str, ...], str | None]]:
    """Return each row's line, values and fault."""
    _, batches = rows_of_text(path)
    return [
        (line, tuple(map(str, values)), batch.faults.get(place))
        for batch in batches
        for place, (line, *values) in enumerate(
            zip(batch.lines, *batch.columns, strict=True)
        )
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "enterprises.csv"


class TestWritingOf:
    @pytest.mark.parametrize(
        ("content", "encoding"),
        [
            ("企业代号\n甲\n".encode(), "utf-8-sig"),
            ("企业代号\n甲\n".encode("utf-8-sig"), "utf-8-sig"),
            ("企业代号\n甲\n".encode("gb18030"), "gb18030"),
            ("name\n甲\n乙\n".encode("gb18030"), "gb18030"),
            (b"name\nx\n", "utf-8-sig"),
        ],
    )
    def test_finds_how_excel_saved_it(
        self, file: Path, content: bytes, encoding: str
    ) -> None:
        file.write_bytes(content)

        assert writing_of(file) == Writing(encoding)

    def test_does_not_take_a_file_for_gb18030_because_of_one_bad_line(
        self, file: Path
    ) -> None:
        good = "杭州\n".encode() * 9
        file.write_bytes(b"name\n" + good + "杭州\n".encode("gb18030"))

        assert writing_of(file).encoding == "utf-8-sig"

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_refuses_utf_16(self, file: Path, encoding: str) -> None:
        file.write_bytes("企业代号,企业名称\nE1,甲\n".encode(encoding))

        with pytest.raises(EncodingError) as caught:
            writing_of(file)

        assert str(caught.value) == (
            "'enterprises.csv' has a heading that is text neither in UTF-8 nor in "
            "GB18030. Expected: UTF-8 (with or without BOM) or GB18030, as Excel saves "
            "CSV. Save it again as 'CSV UTF-8' and hand it in once more."
        )

    def test_refuses_bytes_that_are_no_text(self, file: Path) -> None:
        file.write_bytes(b"\x80\xff\xfe\x81,\xff\n")

        with pytest.raises(EncodingError):
            writing_of(file)

    def test_refuses_a_line_that_never_ends(self, file: Path) -> None:
        file.write_bytes(b"name\n" + b"x" * 2**21)

        with pytest.raises(EndlessLineError) as caught:
            writing_of(file)

        assert str(caught.value) == (
            "'enterprises.csv' has more than 1 MiB in line 2. Expected: a table with "
            "one row per line. Export the file again as 'CSV UTF-8'."
        )


class TestRowsOfText:
    def test_counts_lines_as_an_editor_does(self, file: Path) -> None:
        file.write_text('\na,b\n1,2\n\n3,"4\n4"\n,\n5,6\n', encoding="utf-8")

        assert rows(file) == [
            (3, ("1", "2"), None),
            (5, ("3", "4\n4"), None),
            (8, ("5", "6"), None),
        ]

    def test_keeps_all_text_of_a_row_of_another_width(self, file: Path) -> None:
        file.write_text("a,b\n1,2,3\n4\n5,6\n", encoding="utf-8")

        assert rows(file) == [
            (2, ("1,2,3", ""), misfit(3, width=2)),
            (3, ("4", ""), misfit(1, width=2)),
            (4, ("5", "6"), None),
        ]

    def test_loses_one_row_to_a_quote_left_open_and_no_more(self, file: Path) -> None:
        file.write_text('a,b\n1,"2\n3,4\n5,"6"7\n8,9"\n', encoding="utf-8")
        fault = (
            "有未闭合的引号，或单元格内的引号没有写成两个 / "
            "has a quote that is opened and not closed, or not doubled in a cell"
        )

        assert rows(file) == [
            (2, ('1,"2', ""), fault),
            (3, ("3", "4"), None),
            (4, ('5,"6"7', ""), fault),
            (5, ("8", '9"'), None),
        ]

    def test_goes_on_where_a_quote_is_never_closed(self, file: Path) -> None:
        good = [f"{place},x" for place in range(3000)]
        file.write_text("\n".join(["a,b", '"1,2', *good]), encoding="utf-8")

        found = rows(file)

        assert [line for line, _, fault in found if fault] == [2]
        assert len(found) == 3001
        assert found[-1] == (3002, ("2999", "x"), None)

    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_sees_the_delimiter_in_the_heading(
        self, file: Path, delimiter: str
    ) -> None:
        file.write_text(f"a{delimiter}b\n1{delimiter}2\n", encoding="utf-8")

        assert rows(file) == [(2, ("1", "2"), None)]

    def test_reads_a_heading_that_is_broken_over_two_lines(self, file: Path) -> None:
        file.write_text('a,"金额\n(元)"\n1,2\n', encoding="utf-8")

        heads, _ = rows_of_text(file)

        assert heads == ("a", "金额\n(元)")
        assert rows(file) == [(3, ("1", "2"), None)]

    def test_marks_bytes_that_cannot_be_read(self, file: Path) -> None:
        file.write_bytes("企业,b\n".encode() + b"\xff,2\n")

        assert rows(file) == [(2, ("\ufffd", "2"), None)]

    def test_sets_lines_of_another_encoding_aside(self, file: Path) -> None:
        lines = ["企业代号,b\n", "杭州,1\n"]
        strayed = "宁波,2\n".encode()
        file.write_bytes("".join(lines).encode("gb18030") + strayed)

        (_, good, no_fault), (line, _, fault) = rows(file)

        assert (good, no_fault) == (("杭州", "1"), None)
        assert (line, fault) == (
            3,
            "在GB18030文件中写成了UTF-8；请将文件另存为“CSV UTF-8” / "
            "is UTF-8 in a file of GB18030; save the file as 'CSV UTF-8'",
        )

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b",,\n"])
    def test_refuses_a_file_without_heading(self, file: Path, content: bytes) -> None:
        file.write_bytes(content)

        with pytest.raises(EmptyFileError) as caught:
            rows_of_text(file)

        assert str(caught.value) == (
            "'enterprises.csv' is empty. Expected: a heading in the first row and rows "
            "below it. Export the file again or leave it out of the folder."
        )

    @given(
        st.lists(st.tuples(CELLS, CELLS), max_size=1500),
        st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
        st.booleans(),
    )
    def test_reads_back_what_a_csv_writer_wrote(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        cells: list[tuple[str, str]],
        encoding: str,
        quoted: bool,
    ) -> None:
        text = io.StringIO(newline="")
        plain, all_quoted = csv.writer(text), csv.writer(text, quoting=csv.QUOTE_ALL)
        writer = all_quoted if quoted else plain
        writer.writerows([("企业代号", "企业名称"), *cells])
        path = tmp_path_factory.mktemp("text") / "enterprises.csv"
        path.write_bytes(text.getvalue().encode(encoding))

        assume(not writing_of(path).mixed)
        read = [values for _, values, fault in rows(path) if fault is None]
        assert read == [pair for pair in cells if any(pair)]

    def test_counts_lines_over_many_chunks(self, file: Path) -> None:
        """Chunks that need no thought, and between them some that do."""
        odd = {
            20_000: 'x,"1\n2"',
            40_000: "x",
            60_000: ",",
            80_000: '"x,1',
            100_000: "",
        }
        lines = [odd.get(n, f"{n:020d},x") for n in range(120_000)]
        file.write_text("\n".join(["a,b", *lines]), encoding="utf-8")

        found = rows(file)

        faulty = [line for line, _, fault in found if fault]
        assert faulty == [40_003, 80_003]
        assert len(found) == 120_000 - 2
        last = {line: values for line, values, _ in found}
        assert last[20_002] == ("x", "1\n2")
        for number in (19_999, 20_001, 59_999, 60_001, 119_999):
            line = number + 2 + (number > 20_000)
            assert last[line] == (f"{number:020d}", "x")


CHUNKS = st.one_of(
    st.lists(
        st.text(st.sampled_from("ab甲,,\n\r\t;\"' \0\ufeff1"), max_size=12), max_size=8
    ).map("\n".join),
    st.lists(st.tuples(CELLS, CELLS, CELLS).map(",".join), min_size=1, max_size=8).map(
        "\n".join
    ),
)


class TestCleanColumns:
    @settings(max_examples=600)
    @given(CHUNKS, st.sampled_from(["utf-8", "gb18030"]), st.sampled_from("\n\r"))
    @example("a,b,c\n1,2,3", "utf-8", "\r")
    @example("a,b,c\n,,\n1,2,3", "utf-8", "\n")
    @example("a,b,c\n\n1,2,3", "utf-8", "\n")
    @example("a,b,c\n1,2", "utf-8", "\n")
    @example("\ufeffa,b,c", "utf-8", "\n")
    @example("\ufeffa,b,c", "gb18030", "\n")
    @example(f"a,b,{'c' * 140_000}", "utf-8", "\n")
    def test_are_what_the_other_reader_reads(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        text: str,
        encoding: str,
        end: str,
    ) -> None:
        ends = "\r\n" if end == "\r" else "\n"
        content = (text.replace("\n", ends) + ends).encode(encoding)
        path = tmp_path_factory.mktemp("clean") / "enterprises.csv"
        heads = "甲一,甲二,甲三\n".encode(encoding)
        path.write_bytes(heads + content)
        assume(writing_of(path) == Writing(CODEC[encoding]))

        columns = clean_columns(
            content, width=3, delimiter=",", encoding=CODEC[encoding]
        )

        careful = rows(path)
        if columns is not None:
            assert [values for _, values, _ in careful] == list(
                zip(*(column.to_pylist() for column in columns), strict=True)
            )
            assert [line for line, _, _ in careful] == list(
                range(2, len(columns[0]) + 2)
            )
            assert not any(fault for _, _, fault in careful)

    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_are_found_where_all_is_clean(self, encoding: str) -> None:
        content = "甲, 1 \r\n,2".encode(encoding)

        columns = clean_columns(
            content, width=2, delimiter=",", encoding=CODEC[encoding]
        )

        assert columns is not None
        assert [column.to_pylist() for column in columns] == [["甲", ""], [" 1 ", "2"]]
