"""What may be somebody else's ends alike in batches of any size, and is found by few statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest
from fixtures.ledger import Story
from hypothesis import given, settings
from hypothesis import strategies as st
from stories.test_alike import statements
from world_builder import (
    HEARD_AT,
    NOW,
    PERSON,
    Said,
    a_county,
    allocated,
    arrested,
    assigned,
    on_register,
    order_made,
)
from world_run import World

from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences
from streams.ledger.replaying import replay

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

SON: Final = replace(PERSON, given_name="Desmond", born_on=date(2007, 2, 3), number=417_729)
TWIN: Final = replace(PERSON, given_name="Desmond", number=417_729)
CRO: Final = ({"kind": "cro", "value": "SF83/50058Z"}, {"kind": "cro", "value": "SF05/482703J"})
STANDING: Final = (
    "SELECT event_id, disposition, because, person_id FROM event ORDER BY 1",
    "SELECT publisher, event_id, candidates FROM review ORDER BY 1, 2",
    "SELECT person_id, family_names, birth_dates, given_names, description FROM person ORDER BY 1",
    "SELECT key, person_id FROM person_block ORDER BY 1, 2",
)


def named(said: Said, *ids: dict[str, str], **fields: Any) -> Said:  # noqa: ANN401 - fields of a reference
    """Return an event about somebody who is called as a twin is, under these identifiers."""
    return said.but(person={**TWIN.reference(), "identifiers": [*ids], **fields})


(PNC,), (CRN,) = (PERSON.reference(kind)["identifiers"] for kind in ("pnc", "crn"))
AS_KNOWN: Final = {"name": PERSON.reference()["name"]}
OF_CASES: Final[tuple[Said, ...]] = (
    named(order_made("O-1"), PNC),
    named(order_made("O-2"), CRN),
    named(order_made("O-3"), PNC, CRO[0], **AS_KNOWN),
    named(order_made("O-4"), PNC, CRO[1], **AS_KNOWN),
    named(on_register("ADVP"), PNC, born_on=SON.born_on),
    allocated(SON).but(person=SON.reference("crn")),
    named(allocated(TWIN), PNC, *TWIN.reference("crn")["identifiers"]),
    assigned(SON, "OFF02"),
    named(order_made("O-5"), PNC),
)
"""What case management says of one whom it knows, and under whose PNC id it names a twin."""
EVENTS: Final[tuple[Said, ...]] = (
    *OF_CASES,
    named(arrested(), PNC),
    arrested(SON, "AR-2").but(person={**SON.reference(), "identifiers": [PNC]}),
    named(arrested(reference="AR-3"), PNC, CRO[1], **AS_KNOWN),
    arrested(PERSON, "AR-4"),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(EVENTS), max_size=20), st.integers(1, 4))
def test_the_size_of_a_batch_changes_nothing(said: list[Said], batch_max: int) -> None:
    """Names and numbers that a batch itself teaches count from there on, and not before."""
    whole, parts = World(), World()
    for each, most in ((whole, 500), (parts, batch_max)):
        each.send(*a_county())
        each.send(*said, batch_max=most)
    assert whole.snapshot() == parts.snapshot()


@pytest.mark.parametrize("turn", range(len(OF_CASES)))
def test_the_ledger_cuts_batches_as_it_likes(new_ledger: NewLedger, turn: int) -> None:
    """One batch of case management and one for each event leave the same in the ledger."""
    said = [*OF_CASES[turn:], *OF_CASES[:turn]]
    standing = []
    for size in (len(said), 1):
        story = Story(EmbeddedEngine(new_ledger(), NOW))
        story.when(*a_county(), at=HEARD_AT)
        for start in range(0, len(said), size):
            story.send("feed.case-management", *said[start : start + size])
        standing.append([story.rows(statement) for statement in STANDING])
    assert standing[0] == standing[1]
    assert {row[1] for row in standing[0][0]} >= {"held", "recorded"}


def test_a_replay_holds_what_was_held(new_ledger: NewLedger) -> None:
    """The same events in the order of their numbers leave the same ledger, row by row."""
    first, again = new_ledger(), new_ledger()
    story = Story(EmbeddedEngine(first, NOW))
    story.when(*a_county(), at=HEARD_AT)
    story.when(*EVENTS[-4:], *OF_CASES, *(each.but(source_grading="2") for each in EVENTS[-4:]))
    reasons = {row[0] for row in story.rows("SELECT reason FROM identity_decision")}
    assert reasons >= {"borrowed_identifier", "identifiers_contradict"}
    replay(first.session, again)
    assert differences(first.session, again.session) == []


def test_many_doubts_are_as_many_statements_as_one(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch of relatives and of names written otherwise asks as often as one of them."""
    many = [named(arrested(reference=f"AR-{number}"), PNC) for number in range(40)]
    called = {"given_name": "C", "family_name": PERSON.family_name}
    many += [named(arrested(reference=f"AS-{number}"), PNC, name=called) for number in range(40)]
    one = statements(story, monkeypatch, named(arrested(reference="AT-1"), PNC))
    assert len(statements(story, monkeypatch, *many)) <= len(one)


def test_what_says_nothing_new_reads_no_portrait(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that agrees asks once whether it does, and takes no turn."""
    asked = statements(story, monkeypatch, arrested(), arrested(reference="AR-2"))
    assert sum("s.given" in each for each in asked) == 1
    assert not [each for each in asked if "identity_turn" in each or "description" in each]


def test_a_written_form_is_compared_and_nobody_is_looked_for(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name written otherwise is compared with whom the identifier names, and with nobody else."""
    called = {"given_name": "C", "family_name": PERSON.family_name}
    asked = statements(story, monkeypatch, named(arrested(), PNC, name=called))
    assert sum("description FROM person" in each for each in asked) == 1
    assert not [each for each in asked if "person_block" in each]
