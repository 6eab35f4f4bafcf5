"""What desks decide about held events in a story, and what a review looks like afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from world_builder import NOW, PERSON, STRANGER, Said, assigned, callout

from streams.domain.identity_acts import EventJoined, EventOverridden, EventRejected
from streams.ledger.acting import CLOCK_CHAIN, DESK_CHAIN, Acted, Actor
from streams.ledger.reviews import reviews_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from fixtures.ledger import Story
    from world_builder import Person

    from streams.domain.acts import Act
    from streams.domain.reviews import Review

RANG: Final = "the police have read the arrest record again"


def held_callout(person: Person = PERSON, **fields: object) -> Said:
    """Return a call-out about whoever has this person's PNC id, under a stranger's name."""
    other = {"name": {"family_name": STRANGER.family_name}, "born_on": STRANGER.born_on}
    known = {"identifiers": [{"kind": "pnc", "value": person.pnc}], **other}
    return callout(role="unclear", **fields).but(person=known)


def by_name_only(**fields: object) -> Said:
    """Return a call-out that names the person without an identifier that we know yet."""
    ids = {"identifiers": [{"kind": "nomis", "value": "A1234BC"}]}
    return callout(role="unclear", **fields).but(person=PERSON.reference() | ids)


def teaching(**fields: object) -> Said:
    """Return an assignment by which case management teaches the person's prison number."""
    taught = PERSON.reference("crn")
    taught["identifiers"] = [*taught["identifiers"], {"kind": "nomis", "value": "A1234BC"}]
    return assigned(at=NOW + timedelta(hours=1), **fields).but(person=taught)


def number_of(story: Story, said: Said) -> int:
    """Return the number of the newest statement of an event."""
    rows = story.rows("SELECT max(seq) FROM event WHERE event_id = %s", said.event_id)
    return int(rows[0][0])


def person_of(story: Story, person: Person = PERSON) -> UUID:
    """Return the id of somebody known."""
    ((found,),) = story.rows("SELECT person_id FROM case_file WHERE crn = %s", person.crn)
    return found  # type: ignore[no-any-return]  # the driver gives the column's type


def does(story: Story, *acts: Act, at: datetime = NOW, chain: str = DESK_CHAIN) -> Acted:
    """Let acts be done in one chain."""
    ledger = story.engine.ledger
    return Actor(story.session, ledger.rules, chain, secret=ledger.secret).act(acts, at)


def clock_does(story: Story, *acts: Act, at: datetime = NOW) -> Acted:
    """Let the clock do acts."""
    return does(story, *acts, at=at, chain=CLOCK_CHAIN)


def joins(story: Story, seq: int, person_id: UUID, by: str = "DESK01", **given: Any) -> Acted:  # noqa: ANN401 - an instant or words
    """Let somebody say that a held event is about a person."""
    reason, at = given.get("reason", RANG), given.get("at", NOW)
    return does(story, EventJoined(seq, person_id, by, reason), at=at)


def rejects(story: Story, seq: int, by: str = "DESK01", **given: Any) -> Acted:  # noqa: ANN401 - an instant or words
    """Let somebody say that a held event is about none of those it may be about."""
    reason, at = given.get("reason", RANG), given.get("at", NOW)
    return does(story, EventRejected(seq, by, reason), at=at)


def overrides(
    story: Story,
    seq: int,
    person_id: UUID | None,
    by: str = "MGR01",
    **given: Any,  # noqa: ANN401 - an instant or words
) -> Acted:
    """Let somebody say that an event is about somebody else than was decided."""
    reason, at = given.get("reason", RANG), given.get("at", NOW)
    act = EventOverridden(seq, person_id, by, reason, given.get("instead_of"))
    return does(story, act, at=at)


def review_of(story: Story, seq: int) -> Review:
    """Return the review of an event."""
    return reviews_of(story.session, [seq])[seq]


def ended(story: Story, seq: int) -> tuple[str, UUID | None]:
    """Return how an event has ended and about whom it is."""
    ((disposition, person_id),) = story.rows(
        "SELECT disposition, person_id FROM event WHERE seq = %s", seq
    )
    return disposition, person_id
