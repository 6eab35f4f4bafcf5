"""Planted names, addresses, dates and free text turn up nowhere but where the design says."""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import structlog
from stories.applied import feed_of
from stories.poison import POLICE
from world_builder import (
    PERSON,
    Said,
    allocated,
    an_offence,
    arrested,
    bailed,
    callout,
    event,
    resulted,
)
from world_run import FLOWS

from streams.domain.case_events import RiskAssessed
from streams.domain.instructions import CaseView, Flow, Instruction
from streams.ledger import tables

if TYPE_CHECKING:
    from datetime import datetime

    import pytest
    from fixtures.ledger import Story

    from streams.domain.records import PersonEvent

COURTS: Final = "feed.hmcts"
CASES: Final = "feed.case-management"
BORN: Final = date(1987, 3, 29)
PNC: Final = "1997/0123456"
CANARIES: Final = (
    "Goldcrest",
    "Siskin",
    "Wagtail",
    "Nightjarson",
    "Finchfield Terrace",
    "ZZ99 3CZ",
    "1987-03-29",
    "0123456",
    "Linnetworth",
    "Fieldfare",
    "Canarywharf",
    "Dunnock",
    "Bullfinch",
    "Redpoll",
    "Twitehall",
    "Whinchat",
)
PAYLOAD: Final = "event.payload"
REFUSED: Final = {"quarantine.record_value"}
TOLD: Final = {"notice.document", "outbox.record_value"}


def who(*identifiers: tuple[str, str]) -> dict[str, Any]:
    """Return a reference in which every part is planted."""
    return {
        "identifiers": [{"kind": kind, "value": value} for kind, value in identifiers],
        "name": {"given_name": "Siskin", "family_name": "Goldcrest"},
        "aliases": [
            {"kind": "alias", "given_name": None, "family_name": "Wagtail"},
            {"kind": "protected", "given_name": None, "family_name": "Nightjarson"},
        ],
        "born_on": BORN,
        "addresses": [{"kind": "home", "lines": ["Finchfield Terrace"], "postcode": "ZZ99 3CZ"}],
    }


def pnc() -> str:
    """Return a planted PNC id with the letter that fits it."""
    return f"{PNC}{'ZABCDEFGHJKLMNPQRTUVWXY'[int('97' + '0123456') % 23]}"


def planted(person: dict[str, Any], **meta: object) -> tuple[Said, ...]:
    """Return events of police and court in which all that agencies write freely is planted."""
    offences = [an_offence("Assault on a Fieldfare", "violence")]
    condition = {"kind": "exclusion", "text": "Not to enter Canarywharf Lane."}
    result = {
        "label": "Dunnock label",
        "outcome": "order_made",
        "text": "Dunnock text",
        "prompts": [{"reference": "p", "label": "Clinic", "value": "Bullfinch clinic"}],
    }
    requirement = {"kind": "drug_rehabilitation", "label": "Redpoll methadone"}
    order = {"kind": "community_order", "made_on": None, "requirements": [requirement]}
    said = (
        callout(summary="Neighbour Linnetworth rang."),
        arrested(offences=offences, custody_station="Twitehall"),
        bailed(conditions=[condition], arrest_reference="AR-2"),
        resulted(PERSON, results=[result], orders=[order]),
    )
    return tuple(each.but(person=person, source_grading="Whinchat", **meta) for each in said)


def places(story: Story) -> dict[str, set[str]]:
    """Return in which columns of which tables each canary stands, whatever the column's type."""
    found: dict[str, set[str]] = {}
    for table in tables.metadata.sorted_tables:
        names = [column.name for column in table.columns]
        columns = ", ".join(f'"{name}"' for name in names)
        for row in story.rows(f"SELECT {columns} FROM {table.name}"):  # noqa: S608 - our own tables
            for name, value in zip(names, row, strict=True):
                for canary in seen(text_of(value)):
                    found.setdefault(canary, set()).add(f"{table.name}.{name}")
    return found


def text_of(value: object) -> str:
    """Return all text that a value of the ledger has in it, bytes and lists included."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        return "\n".join(map(text_of, value))
    return str(value)


def seen(text: str) -> list[str]:
    """Return the canaries that stand in a text, in whatever case."""
    lower = text.lower()
    return [canary for canary in CANARIES if canary.lower() in lower]


def test_of_an_unknown_person_nothing_is_kept(empty_story: Story) -> None:
    """After events about somebody nobody supervises, no table has a word of them."""
    empty_story.when(*planted(who(("pnc", pnc()))))
    assert len(empty_story.outcomes) == 4
    assert places(empty_story) == {}
    assert empty_story.rows("SELECT digest FROM person_key") == []


def test_of_a_retracted_or_repeated_unknown_nothing_is_kept(empty_story: Story) -> None:
    """Neither repeats, nor corrections, nor retractions bring back what was not kept."""
    said = planted(who(("pnc", pnc())))
    empty_story.when(*said, *said)
    empty_story.when(*(each.corrected(as_at=each.came_at) for each in said))
    empty_story.when(*(each.retracted() for each in said))
    assert places(empty_story) == {}


def test_of_a_held_event_only_the_event_itself_is_kept(story: Story) -> None:
    """What nobody is sure about waits in the event's payload, and stands nowhere else."""
    story.when(*planted(who(("pnc", PERSON.pnc))))
    assert [outcome for _, outcome in story.outcomes[-4:]] == ["held"] * 4
    assert set().union(*places(story).values()) == {PAYLOAD}


def test_of_a_refused_record_only_the_record_is_kept(story: Story) -> None:
    """What is quarantined is kept as it came; reasons, alarms and audit say nothing of it."""
    story.when(*planted(who(("pnc", PERSON.pnc)), gateway="safeguarding_duties"))
    refused = story.rows("SELECT count(*) FROM quarantine")
    assert refused == [(4,)]
    assert set().union(*places(story).values()) == REFUSED


def test_what_a_closed_list_does_not_have_is_refused_without_quoting(story: Story) -> None:
    """Free text in a wrong place, a header or an id included, is not repeated by the reason."""
    said = callout(summary="Neighbour Linnetworth rang. " * 400)
    story.send(POLICE, said)
    value, headers = callout().value, {"ce_type": b"police.arrested.v1", "note": b"Linnetworth"}
    story.send_raw(POLICE, (value, headers))
    assert places(story) == {"Linnetworth": {"quarantine.record_value", "quarantine.header_values"}}


def test_a_name_in_the_place_of_an_id_is_not_quoted(story: Story) -> None:
    """A publisher or type that is no id may be somebody's name, put there by mistake."""
    header = {"ce_type": b"Siskin Goldcrest"}
    story.send(POLICE, callout(publisher="Siskin Goldcrest, Finchfield Terrace"))
    story.send_raw(POLICE, (callout().value, header))
    words = story.rows("SELECT words FROM quarantine ORDER BY id")
    assert seen(repr(words)) == []
    assert ["text of 36 characters" in words[0][0], "text of 16 characters" in words[1][0]] == [
        True,
        True,
    ]


def test_of_a_known_person_each_thing_stands_where_it_must(story: Story) -> None:
    """Names go nowhere but into the event; an officer's notice has conditions and offences."""
    known = who(("pnc", PERSON.pnc))
    known["aliases"].append({"kind": "alias", **PERSON.reference()["name"]})
    story.when(*planted(known))
    assert len([line for line in story.came_out() if line.startswith("raised")]) == 5
    expected = {canary: {PAYLOAD} for canary in CANARIES if canary not in {"1987-03-29", "0123456"}}
    expected["Canarywharf"] = {PAYLOAD, *TOLD}
    expected["Fieldfare"] = {PAYLOAD, *TOLD}
    assert places(story) == expected


def test_of_a_new_person_what_tells_people_apart_is_kept(empty_story: Story) -> None:
    """An allocation keeps names, birth date, home and identifiers, as given and to compare."""
    empty_story.when(allocated().but(person=who(("pnc", pnc()), ("crn", "X777123"))))
    found = places(empty_story)
    compared = {PAYLOAD, "person.description", "source_record.reference"}
    by_surname = compared | {"person.family_names"}
    assert found == {
        **dict.fromkeys(("Goldcrest", "Wagtail", "Nightjarson"), by_surname),
        **dict.fromkeys(("Finchfield Terrace", "ZZ99 3CZ"), compared),
        "Siskin": compared | {"person.given_names"},
        "1987-03-29": {"person.birth_dates"},
        "0123456": compared | {"source_record.identifiers"},
    }


def quote(given: PersonEvent, _view: CaseView, _now: datetime) -> tuple[Instruction, ...]:
    """Raise with all that an event says, as a careless rule would."""
    raise ValueError(given.model_dump_json())


QUOTING: Final = Flow("quoting", 1, {"case.risk_assessed": RiskAssessed}, quote, lambda _event: ())


def test_no_log_and_no_print_names_anybody(
    story: Story, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Good, held, unknown, refused and defective events: logs carry identifiers only."""
    story.with_rules(*FLOWS, QUOTING)
    assessed = event("case.risk_assessed", PERSON.reference("crn"), rosh="low", assessed_on=BORN)
    careless = assessed.but(person={**who(("crn", PERSON.crn)), "born_on": PERSON.born_on})
    police, cases = feed_of(story, POLICE), feed_of(story, CASES)
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as logs:
        for person in (who(("pnc", pnc())), who(("pnc", PERSON.pnc)), PERSON.reference("pnc")):
            police.send(*planted(person)[:3])
        police.send(*planted(who(("pnc", PERSON.pnc)), publisher="hmcts"))
        cases.send(careless)
    assert "quarantined: defect, switchboard must act" in story.came_out()
    printed = capsys.readouterr()
    assert logs
    assert seen("\n".join([repr(logs), caplog.text, printed.out, printed.err])) == []
    kept = "SELECT words, detail FROM quarantine UNION ALL SELECT words, subject FROM alarm"
    assert seen(repr(story.rows(kept))) == []


def test_no_audit_entry_says_what_an_event_says(story: Story) -> None:
    """The audit chain holds identifiers and digests of everything that was done."""
    story.when(*planted(PERSON.reference("pnc")), *planted(who(("pnc", pnc()))))
    bodies = "\n".join(bytes(row[0]).decode() for row in story.rows("SELECT body FROM audit"))
    assert '"to":"OFF01"' in bodies
    assert seen(bodies) == []
    for part in (PERSON.family_name, PERSON.given_name, PERSON.pnc, PERSON.crn):
        assert part not in bodies
