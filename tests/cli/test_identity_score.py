"""`switchboard identity score`: files of people compared, explained, and their bad rows named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from streams.cli import run

HEADER = "id,first_name,surname,dob,house_number,street,city,postcode,pnc"
PEOPLE = (
    "a1,John,Garsdyke,1980-02-03,12,High St,Aldermoor,QX1 2AB,79/163001B",
    "a2,Jon,Garsdyke,03/02/1980,12,High Street,Aldermoor,QX1 2AB,",
    "a3,Peter,Garsdyke,19800203,12,High Street,Aldermoor,QX1 2AB,",
    "b1,Wei,Chen,1971-12-30,7,Mill Lane,Coldwell,QX3 8AB,",
    "b2,Chen,Wei,1971-12-30,7,Mill Lane,Coldwell,QX3 8AB,",
)

Score = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Score:
    """Give a function that writes files of rows, scores them, and returns status and lines."""

    def scored(*files: tuple[str, ...], options: tuple[str, ...] = ()) -> Any:  # noqa: ANN401 - JSON
        """Score files of rows."""
        names = []
        for number, rows in enumerate(files):
            file = tmp_path / f"{number}.csv"
            file.write_text("\n".join(rows), "utf-8")
            names.append(str(file))
        status = run(["identity", "score", "--json", *names, *options])
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return scored


def pairs(lines: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return the decision of each pair by ids."""
    return {
        (line["left"]["id"], line["right"]["id"]): line["decision"]
        for line in lines
        if "left" in line
    }


def test_one_file_is_compared_with_itself(score: Score) -> None:
    """Who is one is joined, who may be a twin is asked about, others are not printed."""
    status, lines = score((HEADER, *PEOPLE))
    assert status == 0
    assert pairs(lines) == {
        ("a1", "a2"): "join",
        ("a1", "a3"): "ask",
        ("a2", "a3"): "ask",
        ("b1", "b2"): "join",
    }
    summary = lines[-1]["summary"]
    assert (summary["records"], summary["join"], summary["ask"]) == (5, 2, 2)


def test_each_pair_is_explained_field_by_field(score: Score) -> None:
    """The fields with the start are the score, and each has its words."""
    _, lines = score((HEADER, *PEOPLE[:2]))
    pair = lines[0]
    fields = {field["field"]: field for field in pair["fields"]}
    assert fields["given"]["level"] in {"variant", "near"}
    assert fields["birth"]["words"].startswith("the date of birth is the same")
    assert len(pair["explanation"]) == len(pair["fields"]) + 2
    assert 0.99 < pair["probability"] <= 1


def test_two_files_are_linked(score: Score) -> None:
    """With two files, pairs go across them and never within one."""
    status, lines = score((HEADER, PEOPLE[0], PEOPLE[3]), (HEADER, PEOPLE[1], PEOPLE[2], PEOPLE[4]))
    assert status == 0
    assert pairs(lines) == {("a1", "a2"): "join", ("a1", "a3"): "ask", ("b1", "b2"): "join"}


def test_truth_is_measured_where_the_file_has_it(score: Score) -> None:
    """A column or a pattern in the id names the person; then quality is counted."""
    rows = (HEADER, *PEOPLE[:2], *PEOPLE[3:])
    _, lines = score(rows, options=("--truth-id", "([a-z])"))
    summary = lines[-1]["summary"]
    assert (summary["pairs_of_one_person"], summary["recall"]) == (2, 1.0)
    assert (summary["precision"], summary["false_joins"], summary["blocking_recall"]) == (1, 0, 1)
    named = (f"{HEADER},who", *(f"{row},{row[0]}" for row in rows[1:]))
    _, lines = score(named, options=("--map", "truth=who"))
    assert lines[-1]["summary"]["recall"] == 1.0


def test_columns_are_mapped_and_put_together(score: Score) -> None:
    """Names of columns that say nothing are mapped; a date may be in three columns."""
    rows = ("n,v,y,m,d,w", "Corwin,Garsdyke,1984,5,7,x", "Corwin,Garsdyke,1984,5,7,x")
    options = ("--map", "given_name=n", "--map", "family_name=v", "--map", "born_on=y+m+d")
    _, lines = score(rows, options=(*options, "--map", "other.word=w"))
    levels = {field["field"]: field["level"] for field in lines[0]["fields"]}
    assert levels == {"given": "exact", "family": "exact", "birth": "exact", "other": "exact"}
    assert (lines[0]["left"], lines[0]["right"]) == ({"id": "2", "row": 2}, {"id": "3", "row": 3})


def test_bad_rows_are_named_by_row_and_field(score: Score) -> None:
    """What cannot be read is said without its text, the rest is scored, and the answer is no."""
    bad = (
        "c1,Corwin,Mossgarth,31/02/1980,,,,,79/163001C",
        "c2,Corwin,Mossgarth,soon,,,,,",
        "c3,,,,,,,,",
        "c4,Corwin",
    )
    status, lines = score((HEADER, *PEOPLE, *bad))
    named = [(line["bad"]["row"], line["bad"]["field"]) for line in lines if "bad" in line]
    assert status == 1
    assert named == [(7, "born_on"), (7, "pnc"), (8, "born_on"), (9, "(row)"), (10, "(row)")]
    assert "163001C" not in json.dumps(lines)
    assert pairs(lines)["b1", "b2"] == "join"


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ((), (), "is empty"),
        ((HEADER,), ("--map", "colour=city"), "write FIELD=COLUMN"),
        ((HEADER,), ("--map", "given_name=nope"), "there is no column 'nope'"),
        ((HEADER,), ("--truth-id", "(x)(y)"), "one group"),
        ((HEADER,), ("--truth-id", "("), "is no pattern"),
    ],
)
def test_a_file_or_option_that_cannot_be_used_is_a_usage_error(
    rows: tuple[str, ...],
    options: tuple[str, ...],
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The words say what was expected, and nothing is scored."""
    file = tmp_path / "people.csv"
    file.write_text("\n".join(rows), "utf-8")
    assert run(["identity", "score", str(file), *options]) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""


def test_weights_that_cannot_be_used_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A weights file without its parts is refused in words."""
    people, weights = tmp_path / "people.csv", tmp_path / "weights.toml"
    people.write_text("\n".join((HEADER, *PEOPLE)), "utf-8")
    weights.write_text("version = '1'", "utf-8")
    assert run(["identity", "score", str(people), "--weights", str(weights)]) == 2
    assert "identity weights" in capsys.readouterr().err
