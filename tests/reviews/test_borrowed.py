"""An identifier given for a relative: the right officer is told, and the wrong one never."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from deciding import ended, joins, number_of, person_of, rejects, review_of
from following import passes
from merging.merges import merge, part
from world_builder import (
    NOW,
    PERSON,
    Person,
    Said,
    allocated,
    arrested,
    assigned,
    order_made,
)

from streams.domain.matching import POSSIBLE_WORDS, PossibleReason
from streams.domain.reviews import ReviewState

if TYPE_CHECKING:
    from fixtures.ledger import Story

SON: Final = replace(PERSON, given_name="Desmond", born_on=date(2007, 2, 3), number=417_729)
TWIN: Final = replace(PERSON, given_name="Desmond", number=417_729)
NAMESAKE: Final = replace(PERSON, born_on=date(2007, 2, 3), number=417_729)
TOLD: Final = "raised: new_offence to OFF01"
HELD: Final = ["held", "raised: identity_held to DESK01"]
DECIDED: Final = "SELECT outcome, reason FROM identity_decision ORDER BY seq DESC LIMIT 1"
GIVEN: Final = "SELECT given_names FROM person WHERE person_id = %s"
HELD_EVENTS: Final = "SELECT seq FROM event WHERE disposition = 'held'"
CRO: Final = ({"kind": "cro", "value": "SF83/50058Z"}, {"kind": "cro", "value": "SF05/482703J"})


def under(holder: Person, person: Person, number: int = 1, **fields: object) -> Said:
    """Return an arrest of somebody under another's PNC id."""
    ids = holder.reference("pnc")["identifiers"]
    said = arrested(reference=f"AR-{number}", **fields)
    return said.but(person={**person.reference(), "identifiers": ids})


def known(story: Story, person: Person) -> None:
    """Let somebody else be known, whom OFF02 has."""
    crn = person.reference("crn")
    story.given(allocated(person).but(person=crn), assigned(person, "OFF02"))


def told(story: Story) -> list[str]:
    """List who was told of an arrest, and what was held."""
    lines = story.came_out()
    return [each for each in lines if each == "held" or each.startswith("raised: ")]


@pytest.mark.parametrize("person", [SON, TWIN, NAMESAKE], ids=["son", "twin", "namesake"])
def test_an_officer_is_not_told_of_a_relative(story: Story, person: Person) -> None:
    """One's identifier on the other's arrest tells the desk, without its content, and nobody."""
    said = under(PERSON, person)
    story.when(said)
    assert told(story) == HELD
    assert story.rows(DECIDED) == [("possible", "borrowed_identifier")]
    assert review_of(story, number_of(story, said)).candidates == (person_of(story),)
    assert story.because()[-1] == POSSIBLE_WORDS[PossibleReason.BORROWED_IDENTIFIER]
    shown = repr(story.outbox) + repr(story.notice("identity_held"))
    for content in (person.family_name, person.given_name, PERSON.crn, PERSON.pnc, "Theft"):
        assert content not in shown


@pytest.mark.parametrize("person", [SON, TWIN, NAMESAKE], ids=["son", "twin", "namesake"])
def test_whom_the_event_describes_is_put_first(story: Story, person: Person) -> None:
    """The relative who is known stands before whom the identifier names; their officer is told."""
    known(story, person)
    said = under(PERSON, person)
    story.when(said)
    seq = number_of(story, said)
    assert review_of(story, seq).candidates == (person_of(story, person), person_of(story))
    assert story.outcomes[-1][1] == "held"
    story.given()
    joins(story, seq, person_of(story, person))
    assert [line for line in told(story) if "held" not in line] == ["raised: new_offence to OFF02"]
    assert ended(story, seq) == ("routed", person_of(story, person))


def test_a_decision_gives_nobody_the_others_identifier(story: Story) -> None:
    """Once one arrest is decided, the father's own is told his officer, and the son's is held."""
    known(story, SON)
    first = under(PERSON, SON)
    story.given(first)
    joins(story, number_of(story, first), person_of(story, SON))
    story.given()
    story.when(under(PERSON, SON, 2))
    assert story.outcomes[-1][1] == "held"
    story.when(under(PERSON, PERSON, 3))
    assert ended(story, number_of(story, under(PERSON, PERSON, 3)))[1] == person_of(story)


def test_somebody_who_is_called_otherwise_is_so_from_then_on(story: Story) -> None:
    """Where a human says that it is the same person, the next event under that name is certain."""
    first, second = under(PERSON, TWIN), under(PERSON, TWIN, 2)
    story.given(first, second)
    joins(story, number_of(story, first), person_of(story))
    assert story.rows(GIVEN, person_of(story)) == [(["CALLUM", "DESMOND"],)]
    passes(story, NOW + timedelta(hours=1))
    assert review_of(story, number_of(story, second)).state is ReviewState.BOUND
    story.when(under(PERSON, TWIN, 3))
    assert ended(story, number_of(story, under(PERSON, TWIN, 3))) == ("routed", person_of(story))


AS_KNOWN: Final[dict[str, dict[str, Any]]] = {
    "a short form": {"name": {"given_name": "Cal", "family_name": "Brackenridge"}},
    "an initial": {"name": {"given_name": "C", "family_name": "Brackenridge"}},
    "a slip": {"name": {"given_name": "Calum", "family_name": "Brackenrige"}},
    "in the other order": {"name": {"given_name": "Brackenridge", "family_name": "Callum"}},
    "another surname": {"name": {"given_name": "Callum", "family_name": "Ashcombe"}},
    "no given name": {"name": {"family_name": "Brackenridge"}},
    "no name": {"name": None},
    "an estimate": {"born_on": date(1991, 1, 1)},
    "a slip in the date": {"born_on": date(1991, 6, 4)},
    "no birth date": {"born_on": None},
}


@pytest.mark.parametrize("name", AS_KNOWN)
def test_what_is_written_otherwise_is_told(story: Story, name: str) -> None:
    """Spellings, slips and what is left out hold nothing up."""
    story.when(arrested().but(person={**PERSON.reference("pnc"), **AS_KNOWN[name]}))
    assert TOLD in story.came_out()


def test_of_whom_there_is_no_description_nothing_differs(story: Story) -> None:
    """In a ledger that was never described exact identifiers decide as they did before."""
    story.given()
    story.session.execute("UPDATE person SET description = NULL, given_names = '{}'")
    story.when(under(PERSON, TWIN))
    assert TOLD in story.came_out()


def test_a_second_number_of_one_kind_is_asked_about(story: Story) -> None:
    """Another CRO number than the person's holds an event, whatever else agrees."""
    has, other = ({**PERSON.reference("crn", "pnc")} for _ in CRO)
    has["identifiers"] = [*has["identifiers"], CRO[0]]
    other["identifiers"] = [*PERSON.reference("pnc")["identifiers"], CRO[1]]
    story.when(arrested().but(person=other))
    assert TOLD in story.came_out()
    story.given(order_made().but(person=has))
    story.when(arrested(reference="AR-2").but(person=other))
    assert told(story) == HELD
    assert story.rows(DECIDED) == [("possible", "identifiers_contradict")]


def test_case_management_knows_whom_its_number_is_of(story: Story) -> None:
    """A given name that case management changes is the person's, and the police's next event is."""
    crn = {**TWIN.reference(), "identifiers": PERSON.reference("crn")["identifiers"]}
    story.given(order_made(at=NOW).but(person=crn))
    assert story.rows(HELD_EVENTS) == []
    assert story.rows(GIVEN, person_of(story)) == [(["CALLUM", "DESMOND"],)]
    story.when(under(PERSON, TWIN), under(PERSON, PERSON, 2))
    assert [each for each in told(story) if each.startswith("raised: new_offence")] == [TOLD] * 2


def test_a_new_number_beside_a_fathers_identifier_begins_the_son(story: Story) -> None:
    """Case management's new number is another person; the identifier stays with whom it names."""
    story.given(allocated(SON).but(person={**_with_pnc_of(PERSON, SON, "crn")}))
    assert story.rows(DECIDED) == [("created", "borrowed_identifier")]
    story.given(assigned(SON, "OFF02"))
    story.when(under(PERSON, SON))
    assert told(story) == HELD
    candidates = review_of(story, number_of(story, under(PERSON, SON))).candidates
    assert candidates == (person_of(story, SON), person_of(story))
    story.given()
    story.when(under(PERSON, PERSON, 2))
    assert told(story) == [TOLD]


def test_a_second_number_of_one_person_is_theirs(story: Story) -> None:
    """Case management gives one man two numbers: name, birth and PNC id say who he is."""
    other = replace(PERSON, number=417_729)
    story.given(allocated(other, at=NOW).but(person=_with_pnc_of(PERSON, other, "crn")))
    assert story.rows("SELECT count(*) FROM person") == [(1,)]


def test_who_is_rejected_is_nobodys(story: Story) -> None:
    """An arrest of a son whom nobody knows is decided to be about nobody, and its content stays."""
    said = under(PERSON, SON)
    story.given(said)
    rejects(story, number_of(story, said))
    assert ended(story, number_of(story, said)) == ("recorded", None)


def test_who_was_parted_again_is_told_of_nobody_else(story: Story) -> None:
    """What came while father and son were taken for one waits for a human once they are two."""
    known(story, SON)
    merged = merge(story, PERSON, SON)
    said = under(PERSON, SON)
    story.given(said)
    assert ended(story, number_of(story, said)) == ("routed", person_of(story))
    part(story, merged)
    assert ended(story, number_of(story, said)) == ("held", None)


def _with_pnc_of(holder: Person, person: Person, *kinds: str) -> dict[str, Any]:
    """Return how somebody is named with another's PNC id beside their own identifiers."""
    named = person.reference(*kinds)
    named["identifiers"] = [*named["identifiers"], *holder.reference("pnc")["identifiers"]]
    return named
