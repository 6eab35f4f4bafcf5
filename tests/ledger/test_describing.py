"""A ledger that is older than its descriptions has them made, as if they had been there always."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from chaos.people import at_home
from fixtures.ledger import SECRET, story_in
from world_builder import HEARD_AT, NOW, PARTNER, PERSON, a_county, allocated, assigned, callout
from world_run import RULES, SCORER

from streams.ledger.connection import connect
from streams.ledger.describing import describe_everybody, people_to_describe

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.ledger.connection import Session

KEPT: Final = (
    "SELECT person_id, description, given_names FROM person ORDER BY person_id",
    "SELECT seq, publisher, person_id, identifiers, reference FROM source_record ORDER BY seq",
    "SELECT key, person_id FROM person_block ORDER BY key, person_id",
)
MOVED: Final = (
    "SELECT count(*) FROM source_record WHERE convert_from(reference, 'UTF8') LIKE '%QX9%'"
)
OLDER: Final = (
    "DELETE FROM source_record WHERE convert_from(reference, 'UTF8') LIKE '%QX9%'",
    "DELETE FROM source_record WHERE convert_from(reference, 'UTF8') LIKE '%Desmond%'",
    "UPDATE source_record SET reference = NULL",
    "UPDATE person SET description = NULL, given_names = '{}'",
    "DELETE FROM person_block",
)
"""What a ledger did not have that was filled before people were scored."""


def kept(session: Session) -> list[list[tuple[Any, ...]]]:
    """Return all by which people are recognised."""
    return [session.execute(statement.encode()).fetchall() for statement in KEPT]


def filled(session: Session) -> Story:
    """Let a county be known in which people were described, moved, and spoken of."""
    story = story_in(session)
    story.when(*a_county(), at=HEARD_AT)
    story.when(allocated(PARTNER, at=NOW).but(person=at_home(PARTNER, "crn", "pnc")))
    story.when(assigned(PARTNER, at=NOW).but(person=at_home(PARTNER, "crn", moved=True)))
    renamed = {**PERSON.reference("crn"), "name": {"given_name": "Desmond"}}
    story.when(assigned(at=NOW).but(person=renamed))
    story.when(callout(PERSON).but(person=at_home(PERSON, "pnc")))
    return story


def test_whoever_an_old_ledger_knows_is_described(ledger_url: str) -> None:
    """From the events alone comes what would have been written as they came, and only once."""
    told: list[int] = []
    with connect(ledger_url, name="test", limits={}) as session:
        filled(session)
        as_it_was = kept(session)
        assert session.execute(MOVED).fetchall() == [(1,)]
        for statement in OLDER:
            session.execute(statement.encode())
        assert kept(session) != as_it_was
        assert people_to_describe(session) == 2
        assert describe_everybody(ledger_url, RULES, SECRET, told.append) == 2
        assert kept(session) == as_it_was
        assert sum(told) == 2
        assert describe_everybody(ledger_url, RULES, SECRET) == 0


def test_keys_of_another_form_are_made_again(ledger_url: str) -> None:
    """Where the junk list changes, keys do, and whoever is known is found under the new ones."""
    home = at_home(PARTNER)["addresses"][0]["postcode"].replace(" ", "")
    junk = SCORER.junk.extended(postcodes=[home])
    rules = replace(RULES, scorer=replace(SCORER, junk=junk))
    with connect(ledger_url, name="test", limits={}) as session:
        filled(session)
        before = kept(session)
        assert describe_everybody(ledger_url, RULES, SECRET) == 2
        assert kept(session) == before
        assert describe_everybody(ledger_url, rules, SECRET) == 2
        after = kept(session)
        assert after[:2] == before[:2]
        assert set(after[2]) < set(before[2])


def test_an_old_ledgers_people_are_found_again(ledger_url: str) -> None:
    """Once they are described, an event without an identifier is about them."""
    with connect(ledger_url, name="test", limits={}) as session:
        story = filled(session)
        for statement in OLDER:
            session.execute(statement.encode())
        describe_everybody(ledger_url, RULES, SECRET)
        story.when(callout(reference="DA-9", role="unclear").but(person=at_home(PARTNER)))
        decided = "SELECT outcome, reason FROM identity_decision ORDER BY seq DESC LIMIT 1"
        assert story.rows(decided) == [("matched", "scored")]


def test_without_a_scorer_nobody_is_described(ledger_url: str) -> None:
    """Rules that score nobody leave nothing behind."""
    assert describe_everybody(ledger_url, replace(RULES, scorer=None), SECRET) == 0
