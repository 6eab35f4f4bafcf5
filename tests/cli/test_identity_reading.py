"""Files of people as all sorts of programs write them: read, or refused by row and field."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams.cli import run
from streams.cli._identity_dates import are_months_first, birth_digits, is_a_day

ROWS = (
    "id,first_name,surname,dob",
    "a1,Zoë,Garsdyke,1980-02-03",
    "a2,Zoe,Garsdyke,03/02/1980",
)

Told = tuple[int, list[dict[str, Any]], str]


def scored(
    file: Path, content: bytes | str, capsys: pytest.CaptureFixture[str], *options: str
) -> Told:
    """Write a file, score it, and return status, lines and what was complained of."""
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    capsys.readouterr()
    status = run(["identity", "score", "--json", str(file), *options])
    told = capsys.readouterr()
    return status, [json.loads(line) for line in told.out.splitlines()], told.err


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_whatever_parts_the_columns_and_marks_the_beginning(
    separator: str, encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Commas, semicolons, tabs and bars are told by the header, and so is UTF-16 by its mark."""
    content = "\r\n".join(ROWS).replace(",", separator).encode(encoding)
    status, lines, _ = scored(tmp_path / "people.csv", content, capsys)
    assert status == 0
    assert [line["decision"] for line in lines if "left" in line] == ["join"]
    assert lines[-1]["summary"]["records"] == 2


def test_another_encoding_is_said_or_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody's accents are guessed at: the error says which option reads the file."""
    content = "\n".join(ROWS).encode("cp1252")
    status, lines, said = scored(tmp_path / "people.csv", content, capsys)
    assert (status, lines) == (2, [])
    assert "--encoding" in said
    assert scored(tmp_path / "people.csv", content, capsys, "--encoding", "cp1252")[0] == 0
    assert scored(tmp_path / "people.csv", content, capsys, "--encoding", "klingon")[0] == 2


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("a,b\n1,2\n", "say with --map"),
        ("surname,dob,surname\n1,2,3\n", "two columns are called 'surname'"),
        (b"\x00\xff\x00", "UTF-8"),
    ],
)
def test_a_file_that_is_no_table_of_people_is_refused_in_words(
    content: bytes | str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback is no answer, and neither is silence."""
    status, lines, said = scored(tmp_path / "people.csv", content, capsys)
    assert (status, lines) == (2, [])
    assert words in " ".join(said.split())


def test_a_file_with_a_header_alone_has_no_pairs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody is compared with nobody, and that is no error."""
    status, lines, _ = scored(tmp_path / "people.csv", ROWS[0], capsys)
    assert (status, lines[-1]["summary"]["records"]) == (0, 0)


def test_rows_that_do_not_fit_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An id twice, cells too many and too few, and a date that is none: by row and field."""
    bad = ("a1,Ann,Garsdyke,1980-02-04", "a4,Ann,Garsdyke,1980-02-04,surplus", "a5,Ann", "a6,B,C,x")
    status, lines, _ = scored(tmp_path / "people.csv", "\n".join((*ROWS, *bad)), capsys)
    named = [(line["bad"]["row"], line["bad"]["field"]) for line in lines if "bad" in line]
    assert (status, named) == (1, [(4, "id"), (5, "(row)"), (6, "(row)"), (7, "born_on")])


def test_cells_in_which_there_is_nothing_say_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What programs write for a missing value is no name, no date and no fault; Nan is a name."""
    rows = ("id,first_name,surname,dob", "1,Nan,Garsdyke,nan", "2,Nan,Garsdyke,NULL", "3,NaN,X,")
    status, lines, _ = scored(tmp_path / "p.csv", "\n".join(rows), capsys, "--least", "-90")
    assert status == 0
    (pair,) = [line for line in lines if "left" in line]
    assert {part["field"]: part["level"] for part in pair["fields"]} == {
        "given": "exact",
        "family": "exact",
    }


def test_columns_of_published_sets_are_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A date in three columns, a second given name, an e-mail address, and who it really is."""
    rows = (
        "unique_id,fname_c1,fname_c2,lname_c1,by,bm,bd,email,cluster",
        "1,Corwin,Alan,Garsdyke,1984,5,7,c@example.invalid,p1",
        "2,Corwyn,A,Garsdyke,1984,5,7,c@example.invalid,p1",
    )
    status, lines, _ = scored(tmp_path / "people.csv", "\n".join(rows), capsys)
    levels = {part["field"]: part["level"] for part in lines[0]["fields"]}
    assert status == 0
    assert (levels["birth"], levels["middle"], levels["other"]) == ("exact", "initial", "exact")
    summary = lines[-1]["summary"]
    assert (summary["pairs_of_one_person"], summary["even_odds_f1"]) == (1, 1.0)


@pytest.mark.parametrize(
    ("given", "digits"),
    [
        ("1984-05-17", "19840517"),
        ("1984-05-17 00:00:00", "19840517"),
        ("1984-05-17T09:30:00Z", "19840517"),
        ("19840517.0", "19840517"),
        ("17/5/1984", "19840517"),
        ("17 May 1984", "19840517"),
        ("17-MAY-1984", "19840517"),
        ("3rd September, 1984", "19840903"),
        ("May 17, 1984", "19840517"),
        ("September 3rd 1984", "19840903"),
        ("1984", "19840101"),
        ("17/05/84", ""),
        ("May 1984", ""),
        ("soon", ""),
        ("17 Smarch 1984", ""),
        ("Smarch 17, 1984", ""),
    ],
)
def test_dates_of_birth_are_read_as_people_write_them(given: str, digits: str) -> None:
    """A year of two digits is no year; a year alone is an estimate."""
    assert birth_digits(given) == digits
    assert not digits or is_a_day(digits)


def read(
    file: Path, rows: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> tuple[list[str], dict[str, Any]]:
    """Score two rows and return how far their births agree, and the summary."""
    _, lines, _ = scored(file, "\n".join(rows), capsys, "--least", "-99")
    levels = [f["level"] for line in lines if "left" in line for f in line["fields"]]
    return levels, lines[-1]["summary"]


def test_names_of_columns_may_have_blanks_and_capitals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Date of Birth is date_of_birth, and a column of which nothing is made is named."""
    rows = (
        "Full Name,Date of Birth,Post Code,Shoe-Size",
        *["Ann Garsdyke,1980-02-03,QX1 2AB,6"] * 2,
    )
    levels, summary = read(tmp_path / "people.csv", rows, capsys)
    assert levels == ["exact"] * 4
    assert summary["columns_left_out"] == ["Shoe-Size"]


def test_what_stands_in_brackets_in_a_header_is_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """First Name(s) and Date of Birth (DD/MM/YYYY) are names of columns, as forms have them."""
    rows = (
        "Last Name,First Name(s),Date of Birth (DD/MM/YYYY),Home Postcode,Address Line 1,Mobile No",
        *["Garsdyke,Ann,03/02/1980,QX1 2AB,6 Mill Lane,07700 900123"] * 2,
    )
    levels, summary = read(tmp_path / "people.csv", rows, capsys)
    assert levels == ["exact"] * 6
    assert summary["columns_left_out"] == []


def test_a_column_without_a_note_goes_before_one_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Surname (at birth) is no surname where there is a Surname; it is named as left out."""
    rows = ("Surname (at birth),Surname,First Name,DOB", "A,Garsdyke,Ann,1980-02-03")
    levels, summary = read(tmp_path / "people.csv", (*rows, rows[1].replace("A,", "B,")), capsys)
    assert levels == ["exact", "exact", "exact"]
    assert summary["columns_left_out"] == ["Surname (at birth)"]


def test_a_family_name_before_a_comma_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one box, what stands before a comma is the family name."""
    rows = ("name,dob", "Zoe Ann Garsdyke,1980-02-03", '"Garsdyke, Zoe Ann",1980-02-03')
    levels, _ = read(tmp_path / "people.csv", rows, capsys)
    assert levels == ["exact", "exact", "exact", "exact"]


def test_months_first_are_told_by_the_days_over_twelve(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where more second numbers than first ones are over 12, a file has its months first."""
    there = ("first_name,surname,dob", "Ann,Garsdyke,01/02/1980", "Ann,Garsdyke,12/31/1980")
    here = ("first_name,surname,dob", "Ann,Garsdyke,01/02/1980", "Ann,Garsdyke,31/12/1980")
    assert are_months_first(row.split(",")[-1] for row in there[1:])
    assert not are_months_first(row.split(",")[-1] for row in here[1:])
    assert birth_digits("01/02/1980", month_first=True) == "19800102"
    for rows, is_first in ((there, True), (here, False)):
        status, lines, _ = scored(tmp_path / "people.csv", "\n".join(rows), capsys)
        assert (status, lines[-1]["summary"]["months_first"]) == (0, is_first)


def test_a_second_part_of_a_family_name_and_a_year_alone_are_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The columns of R's RecordLinkage and of a census are understood as they are."""
    rows = (
        "fname_c1,fname_c2,lname_c1,lname_c2,birthyear",
        *["Ann,NA,Garsdyke,Mossgarth,1860"] * 2,
    )
    levels, summary = read(tmp_path / "people.csv", rows, capsys)
    assert levels == ["exact", "exact", "first_january"]
    assert summary["columns_left_out"] == []
