"""`switchboard identity reconcile`: a register beside the ledger, by case reference number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from cli.scene import (
    CRN,
    FAMILY,
    GIVEN,
    OFFICER,
    PERSONAL,
    PNC,
    PROVIDER,
    allocated_and_assigned,
    meta,
    person,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cli.scene import Scene
    from fixtures.command_line import Answer, Switchboard

HEADER = "CRN;Forename;Surname;DOB;PNC;Provider;Team;Officer"
RIGHT = f"{CRN};{GIVEN};{FAMILY};05/05/1979;{PNC};{PROVIDER};team-1;{OFFICER}"

COUNTS: Final = (
    b"SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM case_file),"
    b" (SELECT count(*) FROM responsibility), (SELECT count(*) FROM act),"
    b" (SELECT count(*) FROM audit), (SELECT count(*) FROM event)"
)
Reconcile = Any


@pytest.fixture
def reconcile(switchboard: Switchboard, scene: Scene, tmp_path: Path) -> Reconcile:
    """Give a function that writes a register and compares it with the ledger of the morning."""
    scene.morning()

    def compared(
        *rows: str, options: tuple[str, ...] = ("--json",), header: str = HEADER
    ) -> Answer:
        """Compare rows."""
        file = tmp_path / "register.csv"
        file.write_text("\n".join((header, *rows) if header else rows), "utf-8")
        return switchboard("identity", "reconcile", file, *options)

    return compared


def test_a_register_that_agrees_is_said_to(reconcile: Reconcile) -> None:
    """Nothing differs, whatever the capitals and the way in which the date is written."""
    answer = reconcile(RIGHT.replace(FAMILY, FAMILY.upper()))
    assert answer.status == 0
    assert answer.lines == [
        {
            "summary": {
                "same": 1,
                "differs": 0,
                "other_crn": 0,
                "only_there": 0,
                "only_here": 0,
                "ended_only_here": 0,
                "bad_row": 0,
            }
        }
    ]


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        (GIVEN, "Peter", ["given_name"]),
        (FAMILY, "Langley", ["family_name"]),
        ("05/05/1979", "1979-05-06", ["born_on"]),
        (PNC, "2002/0073319Z", ["pnc"]),
        (PROVIDER, "crc-elsewhere", ["provider"]),
        ("team-1", "team-9", ["team"]),
        (OFFICER, "OFF-9", ["officer"]),
        (PNC, "", []),
    ],
)
def test_each_field_that_differs_is_named(
    reconcile: Reconcile, old: str, new: str, fields: list[str]
) -> None:
    """What the register does not say is not compared; what it says otherwise is said in words."""
    answer = reconcile(RIGHT.replace(old, new))
    assert answer.status == (1 if fields else 0)
    told = [line for line in answer.lines if "crn" in line]
    assert [line["fields"] for line in told] == ([fields] if fields else [])


def test_the_words_name_nobody(reconcile: Reconcile) -> None:
    """Codes of providers and officers are printed; names, dates and identifiers never are."""
    given = RIGHT.replace("05/05/1979", "1979-05-06").replace(OFFICER, "OFF-9")
    answer = reconcile(given.replace(FAMILY, "Langley"), options=())
    assert answer.status == 1
    assert (
        f"{CRN}: the family name is another here; the date of birth is another here" in answer.out
    )
    assert f"the officer is OFF-9 there and {OFFICER} here" in answer.out
    said = answer.out + answer.err
    assert not [text for text in (*PERSONAL, "Langley", "1979-05-06") if text in said]


def test_what_only_one_of_them_has_is_counted_apart(reconcile: Reconcile) -> None:
    """A number that is not known here, and one that the register does not have."""
    answer = reconcile("X320742;Ann;Other;1980-01-02;;;;")
    kinds = {line["crn"]: line["kind"] for line in answer.lines if "crn" in line}
    assert kinds == {"X320742": "only_there", CRN: "only_here"}
    assert answer.status == 1
    assert answer.lines[-1]["summary"]["only_here"] == 1


def test_another_number_of_a_person_is_told_from_one_that_nobody_has(
    reconcile: Reconcile, scene: Scene
) -> None:
    """Who got a second number is found under it: the words say under which one the case is."""
    kind, record = allocated_and_assigned()[0]
    later = {**record, "meta": meta("case-management", "alloc-2"), "person": person(PNC, "X320744")}
    scene.publish("case-management", (kind, later))
    assert reconcile(RIGHT).status == 0
    answer = reconcile(RIGHT.replace(CRN, "X320744"))
    kinds = {line["crn"]: line["kind"] for line in answer.lines if "crn" in line}
    assert (answer.status, kinds) == (1, {"X320744": "other_crn"})
    assert any(f"another number of the case {CRN}" in str(line) for line in answer.lines)


def test_rows_that_cannot_be_read_are_named_by_row_and_field(reconcile: Reconcile) -> None:
    """Without their text; the other rows are compared, and the answer is no."""
    bad = ("garbage;A;B;;;;;", f"{RIGHT};", RIGHT, "X320743;Ann;Other;31/02/1980;79/163001C;;;")
    answer = reconcile(*bad)
    assert answer.status == 1
    named = [(line["bad"]["row"], line["bad"]["field"]) for line in answer.lines if "bad" in line]
    assert named == [(2, "crn"), (5, "born_on"), (5, "pnc")]
    assert [line["words"] for line in answer.lines if line.get("crn") == CRN] == [
        ["the register has it twice"]
    ]
    assert "163001C" not in answer.out


def test_a_register_may_be_json_lines(reconcile: Reconcile) -> None:
    """One object a line is read like a row of a table; a line that is none is a bad row."""
    row = {"crn": CRN, "family_name": FAMILY, "officer_code": OFFICER, "team": None}
    answer = reconcile(json.dumps(row), "{not json", header="")
    assert answer.lines[-1]["summary"] | {"bad_row": 1, "same": 1} == answer.lines[-1]["summary"]
    assert answer.status == 1


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ((), (), "is empty"),
        (("surname",), (), "no column is the CRN"),
        ((HEADER,), ("--map", "colour=CRN"), "write FIELD=COLUMN"),
        ((HEADER,), ("--map", "crn=nope"), "there is no column 'nope'"),
        (("[1]",), (), "one JSON list"),
    ],
)
def test_a_register_that_cannot_be_used_is_a_usage_error(
    reconcile: Reconcile, rows: tuple[str, ...], options: tuple[str, ...], words: str
) -> None:
    """The words say what was expected."""
    answer = reconcile(*rows, options=options, header="")
    assert answer.status == 2
    assert words in answer.err


def test_nothing_is_repaired(reconcile: Reconcile, scene: Scene) -> None:
    """The ledger is as it was: not a row is written, of any table."""
    ask = scene.engine.ledger.session.execute
    before = ask(COUNTS).fetchall()
    reconcile(RIGHT.replace(OFFICER, "OFF-9"))
    assert ask(COUNTS).fetchall() == before
