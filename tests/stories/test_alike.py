"""Who an event without an identifier is about, through the ledger: told, held, or nobody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import psycopg
import pytest
from chaos.people import at_home
from world_builder import (
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    Person,
    Said,
    allocated,
    assigned,
    callout,
    restricted,
)
from world_run import SCORER

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixtures.ledger import Story

TOLD: Final = "raised: domestic_abuse_callout_role_unclear to OFF01"
DECIDED: Final = "SELECT outcome, reason FROM identity_decision ORDER BY seq DESC LIMIT 1"
BLOCKS: Final = "SELECT count(*) FROM person_block"
ROLES: Final = {"role": "unclear"}


def about(person: dict[str, Any], number: int = 1) -> Said:
    """Return a call-out whose role is unclear, so that it opens no duties."""
    return callout(reference=f"DA-{number}", **ROLES).but(person=person)


def lives(story: Story, person: Person = PERSON) -> None:
    """Let case management have said where somebody lives."""
    story.given(assigned(person, at=NOW).but(person=at_home(person, "crn")))


def test_name_birth_and_address_reach_the_officer(story: Story) -> None:
    """No identifier came, and everything else is the person's: their officer is told."""
    lives(story)
    story.when(about(at_home(PERSON)))
    assert story.came_out() == [TOLD]
    assert story.rows(DECIDED) == [("matched", "scored")]


def test_without_the_address_a_desk_decides(story: Story) -> None:
    """Name and birth date alone stay a question, also where the address is known."""
    lives(story)
    story.when(about(PERSON.reference()))
    assert story.outcomes[-1][1] == "held"
    assert story.rows(DECIDED) == [("possible", "name_and_birth_date_only")]


NEAR: Final[dict[str, dict[str, Any]]] = {
    "a letter of the surname": {"name": {"given_name": "Callum", "family_name": "Brackenrigde"}},
    "another day of the month": {"born_on": date(1991, 6, 15)},
    "an address before": {"addresses": at_home(PERSON, moved=True)["addresses"]},
}


@pytest.mark.parametrize("name", NEAR)
def test_whoever_comes_near_is_held_without_its_content(story: Story, name: str) -> None:
    """A desk learns that something may concern one of theirs; nothing says whom, or of what."""
    lives(story)
    said = about({**at_home(PERSON), **NEAR[name]}).but(summary="Quarrel heard through the wall.")
    story.when(said)
    assert story.outcomes[-1][1] == "held"
    shown = repr(story.outbox) + repr(story.notice("identity_held"))
    for content in (PERSON.family_name, PERSON.crn, PERSON.pnc, "Brackenrigde", "Kiln", "Quarrel"):
        assert content not in shown


def test_whoever_is_restricted_is_not_disclosed(story: Story) -> None:
    """What is held for somebody under restricted access names neither them nor their officer."""
    lives(story)
    story.given(restricted(PERSON, "OFF01", at=NOW))
    story.when(about({**at_home(PERSON), **NEAR["another day of the month"]}))
    notice = story.notice("identity_held")
    assert (notice.person_id, notice.crn) == (None, None)
    for content in (PERSON.family_name, PERSON.crn, "Kiln", str(_person_id(story))):
        assert content not in repr(notice.facts) + repr(story.outbox[-1])


def _person_id(story: Story) -> object:
    return story.rows("SELECT person_id FROM person")[0][0]


def test_a_stranger_leaves_no_trace(story: Story) -> None:
    """Of somebody who is like nobody we know, nothing is kept that would find them again."""
    lives(story)
    before = story.rows(BLOCKS), story.rows("SELECT count(*) FROM source_record")
    story.when(about(at_home(STRANGER, moved=True)))
    assert story.came_out() == []
    assert story.outcomes[-1][1] == "recorded"
    assert story.rows("SELECT payload FROM event ORDER BY seq DESC LIMIT 1") == [(None,)]
    assert (story.rows(BLOCKS), story.rows("SELECT count(*) FROM source_record")) == before


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_a_batch_sees_what_it_has_taught(empty_story: Story, *, in_one_batch: bool) -> None:
    """An allocation and an event of one feed end alike in one batch and in two."""
    begins = allocated(at=NOW).but(person=at_home(PERSON, "crn"))
    found = assigned(PERSON, at=NOW).but(person=at_home(PERSON))
    for batch in [(begins, found)] if in_one_batch else [(begins,), (found,)]:
        empty_story.when(*batch)
    assert empty_story.rows("SELECT DISTINCT person_id IS NULL FROM event") == [(False,)]
    assert empty_story.rows(DECIDED) == [("matched", "scored")]


def test_a_score_teaches_nothing(story: Story) -> None:
    """Whom a machine has joined by likeness is not found by what that event said besides."""
    lives(story)
    before = story.rows(BLOCKS)
    more = {**at_home(PERSON), "identifiers": [{"kind": "nomis", "value": "A1234BC"}]}
    story.given(assigned(PERSON, at=NOW, officer="OFF02").but(person=more))
    assert story.rows(DECIDED) == [("matched", "scored")]
    assert story.rows(BLOCKS) == before
    story.when(about({"identifiers": more["identifiers"]}))
    assert story.outcomes[-1][1] == "recorded"


def test_the_police_teach_no_address(story: Story) -> None:
    """Where somebody lives is believed of case management only."""
    story.given(about(at_home(PERSON, "pnc")))
    story.when(about(at_home(PERSON), 2))
    assert story.outcomes[-1][1] == "held"


def test_a_new_number_begins_a_person_however_alike(story: Story) -> None:
    """Case management's new number is another person; without one somebody must look."""
    lives(story)
    other = replace(PERSON, number=PERSON.number + 1)
    story.given(allocated(other, at=NOW).but(person=at_home(other, "crn")))
    assert story.rows("SELECT count(*) FROM person") == [(2,)]
    story.given(allocated(at=NOW).but(person=at_home(PERSON, moved=True)))
    assert story.rows("SELECT count(*) FROM person") == [(2,)]
    assert story.outcomes[-1][1] == "held"


def test_two_who_are_alike_are_both_candidates(story: Story) -> None:
    """Nobody is told of an event that fits two people equally well."""
    lives(story)
    other = replace(PERSON, number=PERSON.number + 1)
    whole = {**at_home(other, "crn"), "addresses": at_home(PERSON)["addresses"]}
    story.given(allocated(other, at=NOW).but(person=whole))
    story.when(about(at_home(PERSON)))
    assert story.outcomes[-1][1] == "held"
    rows = story.rows("SELECT cardinality(candidates) FROM identity_decision ORDER BY seq DESC")
    assert rows[0] == (2,)


def test_what_an_installation_lists_as_junk_joins_nobody(story: Story) -> None:
    """A date that is typed where none is known is no key and no evidence here."""
    listed = SCORER.junk.extended(birth_dates=[PERSON.born_on])
    scorer = replace(SCORER, junk=listed)
    story.engine.ledger.rules = replace(story.engine.ledger.rules, scorer=scorer)
    lives(story)
    story.when(about(PERSON.reference()))
    assert story.rows("SELECT reason FROM identity_decision ORDER BY seq DESC LIMIT 1") != [
        ("name_and_birth_date_only",)
    ]
    story.when(about(at_home(PERSON), 2))
    assert story.outcomes[-1][1] == "held"


def statements(story: Story, monkeypatch: pytest.MonkeyPatch, *said: Said) -> list[str]:
    """Return the statements with which a batch is worked through."""
    asked: list[str] = []

    def seen(name: str) -> Callable[..., Any]:
        inner = getattr(psycopg.Cursor, name)

        def spy(cursor: Any, query: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - what the driver takes
            asked.append(query.decode() if isinstance(query, bytes) else str(query))
            return inner(cursor, query, *given, **named)

        return spy

    with monkeypatch.context() as patch:
        for name in ("execute", "stream"):
            patch.setattr(psycopg.Cursor, name, seen(name))
        story.when(*said)
    return asked


def test_exact_identifiers_ask_for_nobody_alike(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What identifiers decide costs no statement of those that look for likeness."""
    lives(story)
    exact = [about(at_home(PERSON, "pnc"), number) for number in range(3)]
    asked = statements(story, monkeypatch, *exact)
    assert not [each for each in asked if "person_block" in each or "identity_turn" in each]
    assert not [each for each in asked if "description" in each]


def test_many_look_ups_are_as_many_statements_as_one(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch of strangers and people who come near asks as often as one of them."""
    lives(story)
    people = [replace(STRANGER, number=number) for number in range(60)]
    many = [about(at_home(each), each.number) for each in people]
    many += [about({**at_home(PERSON), "born_on": date(1991, 6, day)}, day) for day in (15, 24)]
    one = statements(story, monkeypatch, about(at_home(PARTNER), 99), many[-1])
    asked = statements(story, monkeypatch, *many)
    assert len(asked) <= len(one)
    assert sum("person_block" in each for each in asked) == 1
    assert sum("FROM person WHERE" in each for each in asked) == 1
