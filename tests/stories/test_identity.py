"""Who an event is about, through the ledger: found, held, nobody's, and no trace of strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from world_builder import (
    NOW,
    NPS,
    PARTNER,
    PERSON,
    STRANGER,
    Said,
    a_team,
    allocated,
    an_officer,
    arrested,
    assigned,
    callout,
    holds,
    no_further_action,
)

from schemas.codec import decode
from streams.domain.notices import NoticeState, Urgency

if TYPE_CHECKING:
    from fixtures.ledger import Story

TOLD: Final = "raised: domestic_abuse_callout_role_unclear to OFF01"
HELD: Final = ["held", "raised: identity_held to DESK01"]


def known_as(*identifiers: tuple[str, str], **reference: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a reference
    """Return a person reference with these identifiers."""
    given = [{"kind": kind, "value": value} for kind, value in identifiers]
    return {"identifiers": given, **reference}


def about(person: dict[str, Any], **fields: object) -> Said:
    """Return a call-out whose role is unclear, so that it opens no duties."""
    return callout(role="unclear", **fields).but(person=person)


def spellings(canonical: str) -> tuple[str, ...]:
    """Return every way in which agencies write one PNC id, but for the ambiguous one."""
    year, serial, letter = canonical[:4], canonical[5:12], canonical[12]
    short = serial.lstrip("0")
    forms = [f"{y}/{s}{letter}" for y in (year, year[2:]) for s in (serial, short)]
    forms += [
        f"{year}{serial}{letter}",
        f"{year[2:]}{serial}{letter}",
        f"{year[2:]}{short}{letter}",
    ]
    forms += [form.lower() for form in forms]
    return (*forms, *(f"  {form} " for form in forms), " ".join(canonical))


@pytest.mark.parametrize("spelling", spellings(PERSON.pnc))
def test_every_spelling_of_a_pnc_finds_the_person(story: Story, spelling: str) -> None:
    """However the force writes the PNC id, the same officer is told."""
    story.when(about(known_as(("pnc", spelling))))
    assert story.came_out() == [TOLD]


NOBODYS: Final[dict[str, dict[str, Any]]] = {
    "the ambiguous spelling": known_as(("pnc", PERSON.pnc.replace("/0", ""))),
    "a wrong check letter": known_as(("pnc", PERSON.pnc[:-1] + "I")),
    "a placeholder": known_as(("pnc", "2009/0000000Z")),
    "not known": known_as(("pnc", "NOT KNOWN")),
    "a dummy arrest number": known_as(("asn", "0800NP0100000000001H")),
    "a court's defendant id": known_as(("cp_defendant", PERSON.pnc)),
    "an agency's own id": known_as(("agency_person", PERSON.crn)),
    "a PNC id under the wrong kind": known_as(("cro", PERSON.pnc)),
    "a stranger's PNC id": known_as(("pnc", STRANGER.pnc)),
    "a name alone": known_as(name={"family_name": PERSON.family_name}),
    "a birth date alone": known_as(born_on=PERSON.born_on),
    "a junk birth date with the name": known_as(
        name={"family_name": PERSON.family_name}, born_on=NOW.date().replace(1970, 1, 1)
    ),
    "nothing": known_as(),
}


@pytest.mark.parametrize("name", NOBODYS)
def test_what_says_nothing_for_certain_is_nobodys(story: Story, name: str) -> None:
    """Junk, and what is not an identifier of a known person, is recorded without its content."""
    before = story.rows("SELECT count(*) FROM person_key")
    story.when(about(NOBODYS[name]))
    assert story.came_out() == []
    assert story.outcomes[-1] == ("police.domestic_abuse_callout", "recorded")
    assert story.rows("SELECT payload FROM event ORDER BY seq DESC LIMIT 1") == [(None,)]
    assert story.rows("SELECT count(*) FROM person_key") == before


def test_junk_beside_a_good_identifier_does_not_hide_it(story: Story) -> None:
    """A placeholder in one box does not lose the person whom another box names."""
    person = known_as(("pnc", "UNKNOWN"), ("cro", "000000/00Z"), ("crn", PERSON.crn.lower()))
    story.when(about(person))
    assert story.came_out() == [TOLD]


def both_known(story: Story) -> None:
    """Let two people be known, with officers of one team."""
    story.given(allocated(PARTNER, team="ALD"), assigned(PARTNER, "OFF02"))


def someone_elses(**reference: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a reference
    """Return the person's PNC id with another name and birth date."""
    other = {"name": {"family_name": STRANGER.family_name}, "born_on": STRANGER.born_on}
    return known_as(("pnc", PERSON.pnc), **(other | reference))


UNSURE: Final[dict[str, tuple[dict[str, Any], int]]] = {
    "name and birth date both differ": (someone_elses(), 1),
    "identifiers of two people": (known_as(("pnc", PERSON.pnc), ("crn", PARTNER.crn)), 2),
    "name and birth date only": (PERSON.reference(), 1),
    "name and birth date beside a stranger's PNC id": (
        PERSON.reference() | known_as(("pnc", STRANGER.pnc)),
        1,
    ),
}


@pytest.mark.parametrize("name", UNSURE)
def test_whoever_is_uncertain_is_held_and_a_desk_told(story: Story, name: str) -> None:
    """The desk of the agency's provider learns that something is held, and nothing of what."""
    both_known(story)
    person, candidates = UNSURE[name]
    said = about(person, summary="Quarrel heard through the wall.", children_present=True)
    story.when(said)
    assert story.came_out() == HELD
    notice = story.notice("identity_held")
    assert notice.facts["held_event"] == said.event_id
    assert notice.facts["candidates"] == candidates
    assert (notice.person_id, notice.crn) == (None, None)
    shown = repr(story.outbox) + repr(notice)
    for content in (*_names(), "Quarrel", "DA-1", "children_present"):
        assert content not in shown


def _names() -> list[str]:
    """Return what would name the people of these stories."""
    return [part for each in (PERSON, PARTNER, STRANGER) for part in (each.family_name, each.pnc)]


def test_one_of_name_and_birth_date_may_differ(story: Story) -> None:
    """A surname after marriage, or a mistyped birth date, does not hold what a PNC id says."""
    story.when(about(someone_elses(born_on=PERSON.born_on)))
    story.when(about(someone_elses(name=PERSON.reference()["name"]), reference="DA-2"))
    assert story.came_out() == [TOLD, TOLD]


@pytest.mark.parametrize(
    ("grade", "urgency", "due"),
    [
        ("high", Urgency.IMMEDIATE, NOW.replace(hour=12)),
        ("standard", Urgency.NEXT_WORKING_DAY, NOW.replace(day=3, hour=17)),
    ],
)
def test_a_held_event_that_is_immediate_is_reviewed_at_once(
    story: Story, grade: str, urgency: Urgency, due: object
) -> None:
    """An uncertain person on an immediate event is reviewed within two working hours."""
    story.when(about(someone_elses(), grade=grade))
    notice = story.notice("identity_held")
    assert (notice.urgency, notice.actions[0].due_at) == (urgency, due)


def test_a_held_event_that_is_taken_back_is_withdrawn_from_the_desk(story: Story) -> None:
    """Nobody is left to find out whom a retracted event was about."""
    said = about(someone_elses())
    story.given(said)
    story.when(said.retracted())
    assert story.came_out() == ["withdraw: identity_held to DESK01"]
    assert story.notices[0].state is NoticeState.WITHDRAWN


def test_a_held_event_that_is_corrected_finds_its_person(story: Story) -> None:
    """The correction tells the officer and takes the question back from the desk."""
    said = about(someone_elses())
    story.given(said)
    story.when(said.corrected(person=PERSON.reference("pnc")))
    assert story.came_out() == [TOLD, "withdraw: identity_held to DESK01"]


def test_an_unknown_person_leaves_no_trace(empty_story: Story) -> None:
    """Of people nobody supervises neither content, nor keys, nor source records are kept."""
    empty_story.when(callout(STRANGER), arrested(STRANGER), no_further_action(STRANGER))
    for table in ("person", "person_key", "source_record", "case_file", "fact", "notice"):
        assert empty_story.rows(f"SELECT count(*) FROM {table}") == [(0,)], table  # noqa: S608 - names of our tables
    assert empty_story.rows("SELECT DISTINCT payload, person_id, disposition FROM event") == [
        (None, None, "recorded")
    ]
    assert empty_story.came_out() == []


def test_an_unknown_person_is_not_in_a_receipt(empty_story: Story) -> None:
    """An agency hears that its record came, in the same words as for somebody we know."""
    said = callout(STRANGER)
    empty_story.when(said)
    ((topic, value),) = empty_story.rows("SELECT topic, record_value FROM outbox")
    assert topic == "receipts.durham-police"
    (told,) = decode(bytes(value)).record["answers"]
    assert told["outcome"] == "accepted"
    shown = repr(told)
    given = (STRANGER.pnc, STRANGER.family_name, "recorded", "unknown", "nobody")
    assert not [each for each in given if each and each in shown]


@pytest.mark.parametrize("allocated_first", [True, False])
@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_person_begins_with_the_allocation(
    empty_story: Story, *, allocated_first: bool, in_one_batch: bool
) -> None:
    """What comes after the allocation finds the person; what came before it was nobody's."""
    begins = allocated(at=NOW)
    event = assigned(officer="OFF01", at=NOW, effective_at=NOW - timedelta(days=20))
    order = (begins, event) if allocated_first else (event, begins)
    for batch in [order] if in_one_batch else [(each,) for each in order]:
        empty_story.when(*batch)
    empty_story.when(about(PERSON.reference("pnc")))
    to = "OFF01" if allocated_first else "duty_desk:crc-durham-tees-valley"
    assert empty_story.came_out() == [f"raised: domestic_abuse_callout_role_unclear to {to}"]


def test_the_assignment_finds_by_crn_only(story: Story) -> None:
    """Case management names people by CRN; the police by PNC id; both mean one person."""
    story.when(about(known_as(("crn", PERSON.crn))))
    story.when(about(known_as(("pnc", PERSON.pnc)), reference="DA-2"))
    assert story.came_out() == [TOLD, TOLD]
    assert len({notice.person_id for notice in story.notices}) == 1


def test_case_management_teaches_identifiers(story: Story) -> None:
    """A NOMIS number or an alias that case management gives is found afterwards."""
    learnt = {
        **PERSON.reference("crn"),
        "aliases": [{"kind": "maiden", "given_name": None, "family_name": "Hollowgate"}],
    }
    learnt["identifiers"] = [*learnt["identifiers"], {"kind": "nomis", "value": "A1234BC"}]
    story.given(assigned(at=NOW).but(person=learnt))
    story.when(about(known_as(("nomis", "a1234bc"))))
    assert story.came_out() == [TOLD]
    married = known_as(name={"family_name": "hollowgate"}, born_on=PERSON.born_on)
    story.when(about(married, reference="DA-2"))
    assert story.came_out() == sorted([TOLD, *HELD])


def test_the_police_teach_nothing(story: Story) -> None:
    """An identifier that only the police put beside a known one is not believed."""
    story.given(about(known_as(("pnc", PERSON.pnc), ("nomis", "A1234BC"))))
    story.when(about(known_as(("nomis", "A1234BC")), reference="DA-2"))
    assert story.came_out() == []


def test_two_people_with_one_pnc_are_held(story: Story) -> None:
    """Where case management gave one PNC id to two people, nobody is told for the other."""
    twin = PARTNER.reference("crn")
    twin["identifiers"] = [*twin["identifiers"], {"kind": "pnc", "value": PERSON.pnc}]
    story.given(allocated(PARTNER))
    story.when(assigned(PARTNER, "OFF02", at=NOW).but(person=twin))
    assert story.came_out() == HELD
    story.when(about(known_as(("crn", PARTNER.crn))))
    assert story.came_out() == sorted(
        [*HELD, "raised: domestic_abuse_callout_role_unclear to MGR01"]
    )


def test_an_allocation_under_a_known_pnc_is_held(story: Story) -> None:
    """A person allocated with somebody else's PNC id is no new person and not that one either."""
    twin = PARTNER.reference("crn")
    twin["identifiers"] = [*twin["identifiers"], {"kind": "pnc", "value": PERSON.pnc}]
    story.when(allocated(at=NOW).but(person=twin))
    assert story.came_out() == HELD
    assert story.rows("SELECT count(*) FROM person") == [(1,)]


def test_the_desk_is_that_of_who_has_the_person(empty_story: Story) -> None:
    """What is held goes to the desk of the provider that has whoever may be meant."""
    empty_story.given(
        a_team(),
        an_officer("DESK01", None, grade="desk", provider=NPS),
        holds("duty_desk", "DESK01", NPS),
        holds("duty_desk", "OFF99"),
        allocated(),
    )
    empty_story.when(about(someone_elses()))
    assert empty_story.came_out() == ["held", "raised: identity_held to OFF99"]
