"""What an event said about nobody we know is kept while that can be reversed, and then erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from deciding import clock_does, does, held_callout, joins, number_of, overrides, person_of, rejects
from fixtures.ledger import Story
from following import answers, passes
from replays import assert_replays_exactly
from sealing.planted import dump
from world_builder import HEARD_AT, NOW, PARTNER, STRANGER, Said, a_county, allocated, assigned

from streams.domain.identity_acts import ContentErased, ReviewShown
from streams.domain.notices import Move
from streams.domain.reviews import NOBODYS_FOR_MAX
from streams.engines.embedded import EmbeddedEngine
from streams.engines.rehearsal import Rehearsal
from streams.ledger.picking import Watch
from streams.ledger.picking_erased import nobodys_past_their_time
from streams.ledger.queries_reviews import review_story
from streams.ledger.recorded import LedgerLog
from streams.pipeline.erasing import ERASED

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def content_of(story: Story, said: Said) -> bytes | None:
    """Return what is kept of what an event said."""
    ((payload,),) = story.rows("SELECT payload FROM event WHERE seq = %s", number_of(story, said))
    return payload  # type: ignore[no-any-return]  # the driver gives the column's type


def a_stranger(**fields: object) -> Said:
    """Return a call-out that is held, about somebody who is named nowhere else."""
    said = held_callout(summary="Ottoline Vexborough of Quillane was there.", **fields)
    person = {**said.record["person"], "name": {"family_name": "Vexborough"}}
    return said.but(person=person)


def test_a_rejected_event_keeps_its_content_until_its_time_is_up(story: Story) -> None:
    """For 28 days somebody may be overridden; then nothing of it is left in any table."""
    said = a_stranger()
    story.when(said)
    rejects(story, number_of(story, said))
    passes(story, NOW + NOBODYS_FOR_MAX - HOUR)
    assert content_of(story, said) is not None
    assert b"Vexborough" in dump(story)
    passes(story, NOW + NOBODYS_FOR_MAX)
    assert content_of(story, said) is None
    assert story.rows("SELECT seq, at FROM erased") == [
        (number_of(story, said), NOW + NOBODYS_FOR_MAX)
    ]
    assert b"Vexborough" not in dump(story)
    assert b"Quillane" not in dump(story)


def test_it_is_said_and_audited(story: Story) -> None:
    """The event, its review and the audit of the clock say that it was erased, and when."""
    said = a_stranger()
    story.when(said)
    seq = number_of(story, said)
    rejects(story, seq)
    passes(story, NOW + NOBODYS_FOR_MAX)
    ((because,),) = story.rows("SELECT because FROM event WHERE seq = %s", seq)
    assert because.endswith(ERASED)
    told = review_story(story.session, seq)
    assert told is not None
    assert told["erased_at"] == NOW + NOBODYS_FOR_MAX
    ((events, ended),) = story.rows(
        "SELECT body -> 'events', body -> 'ended' FROM"
        " (SELECT convert_from(body, 'UTF8')::jsonb AS body FROM audit WHERE chain = 'clock') AS a"
        " WHERE body ->> 'action' = 'content_erased'"
    )
    assert events == [seq]
    assert ended == [{"seq": seq, "disposition": "recorded", "person": None}]


def test_nothing_is_decided_about_it_any_more(story: Story) -> None:
    """Who would override, join or read it is told that it was erased, and when."""
    said = a_stranger()
    story.when(said)
    seq = number_of(story, said)
    rejects(story, seq)
    passes(story, NOW + NOBODYS_FOR_MAX)
    on = f"{ERASED} on {NOW + NOBODYS_FOR_MAX:%d %b %Y}: nothing can be decided about it any more"
    later = {"at": NOW + NOBODYS_FOR_MAX + HOUR}
    assert overrides(story, seq, person_of(story), "DESK01", **later).refused == (on,)
    assert joins(story, seq, person_of(story), **later).refused == (on,)
    assert does_show(story, seq, later["at"]) == (on,)


def does_show(story: Story, seq: int, at: datetime) -> tuple[str, ...]:
    """Let the desk ask to be shown a review; return why it is not."""
    return does(story, ReviewShown(seq, "DESK01"), at=at).refused


def test_a_resend_of_what_was_erased_is_still_known(story: Story) -> None:
    """Else it would be held again, and somebody asked once more."""
    said = a_stranger()
    story.when(said)
    rejects(story, number_of(story, said))
    passes(story, NOW + NOBODYS_FOR_MAX)
    (again,) = story.when(said)
    assert again.is_repeat


@pytest.mark.parametrize("how", ["retracted", "corrected"])
def test_what_is_taken_back_while_it_is_held_goes_at_once(story: Story, how: str) -> None:
    """Nobody can decide about it, so nothing is kept for anybody."""
    said = a_stranger()
    story.when(said)
    story.when(said.retracted() if how == "retracted" else said.corrected(grade="high"))
    passes(story, NOW + HOUR)
    assert content_of(story, said) is None


def test_a_rejected_event_that_is_retracted_goes_at_once(story: Story) -> None:
    """A decision about it cannot be reversed either, since there is nothing to tell."""
    said = a_stranger()
    story.when(said)
    rejects(story, number_of(story, said))
    story.when(said.retracted())
    passes(story, NOW + HOUR)
    assert content_of(story, said) is None


def test_what_waits_or_is_somebodys_is_kept(story: Story) -> None:
    """A held event waits as long as nobody decides; one that was joined is its person's."""
    waits, joined = held_callout(reference="DA-1"), held_callout(reference="DA-2")
    story.when(waits, joined)
    joins(story, number_of(story, joined), person_of(story))
    passes(story, NOW + 60 * DAY)
    assert content_of(story, waits) is not None
    assert content_of(story, joined) is not None
    assert story.rows("SELECT FROM erased") == []


def test_what_an_officer_was_told_as_theirs_is_kept_with_what_they_were_told(story: Story) -> None:
    """Their notice repeats it, and says that it was withdrawn: its event is the proof of why."""
    said = held_callout()
    story.when(said)
    seq = number_of(story, said)
    joins(story, seq, person_of(story))
    overrides(story, seq, None, "DESK01")
    passes(story, NOW + 60 * DAY)
    assert content_of(story, said) is not None


def test_a_decision_that_was_overridden_meanwhile_stands(story: Story) -> None:
    """Whoever decides first under the locks decides: the clock looks again before it erases."""
    said = held_callout()
    story.when(said)
    seq = number_of(story, said)
    rejects(story, seq)
    ((decided,),) = story.rows("SELECT decided_seq FROM review")
    overrides(story, seq, person_of(story), "DESK01")
    assert clock_does(story, ContentErased(seq, decided)).acts == ()
    assert content_of(story, said) is not None


def lived(story: Story) -> list[Said]:
    """Let events be held and end as nobody's in every way, with acts of desks and clock between."""
    story.when(*a_county(), allocated(PARTNER, team="ALD"), assigned(PARTNER, "OFF02"), at=HEARD_AT)
    urgent = a_stranger(reference="DA-1", grade="high")
    later = [a_stranger(reference=f"DA-{n}") for n in range(2, 7)]
    plain, back, corrected, both, _ = later
    story.when(urgent, *later)
    answers(story, story.notices[0], Move.ACKNOWLEDGE, "DESK01", at=NOW + HOUR)
    for hours in (3, 5, 26):
        passes(story, NOW + hours * HOUR)
    rejects(story, number_of(story, urgent), at=NOW + 27 * HOUR)
    joins(story, number_of(story, urgent), person_of(story), "MGR01", at=NOW + 27 * HOUR)
    rejects(story, number_of(story, plain), at=NOW + 28 * HOUR)
    story.when(back.retracted(person=STRANGER.reference("pnc")), at=NOW + 28 * HOUR)
    story.when(corrected.corrected(grade="high"), at=NOW + 29 * HOUR)
    rejects(story, number_of(story, both), at=NOW + 29 * HOUR)
    story.when(both.retracted(), at=NOW + 30 * HOUR)
    for days in (2, 3, 15, 31, 32):
        passes(story, NOW + days * DAY)
    story.when(plain, replace(plain, came_at=NOW + 33 * DAY), at=NOW + 33 * DAY)
    return [urgent, plain, back, corrected, both]


def test_a_ledger_with_erased_events_is_replayed_exactly(new_ledger: NewLedger) -> None:
    """What was held is held again by what was decided when it came, down to the audit's hashes."""
    first, again = new_ledger(), new_ledger()
    story = Story(EmbeddedEngine(first, NOW))
    gone = lived(story)
    assert [content_of(story, each) for each in gone] == [None] * len(gone)
    kinds = {row[0] for row in story.rows("SELECT DISTINCT kind FROM act")}
    assert kinds >= {"answered", "notice_waited", "review_waited", "event_rejected"}
    assert kinds >= {"content_erased"}

    assert_replays_exactly(first, again)


def test_a_rehearsal_does_not_miss_what_was_erased(new_ledger: NewLedger) -> None:
    """Nothing is decided about it again, so that its desk was told is no difference."""
    first, scratch = new_ledger(), new_ledger()
    lived(Story(EmbeddedEngine(first, NOW)))
    with first.session.transaction():
        log = LedgerLog(first.session)
        rehearsal = Rehearsal(EmbeddedEngine(scratch, NOW))
        rehearsal.run(log, lambda _: None)
        before = {told.event_id for told in log.told()}
    erased = first.session.execute(
        "SELECT e.event_id FROM event e JOIN erased USING (seq)"
    ).fetchall()
    assert len(erased) == 5
    assert before.isdisjoint(row[0] for row in erased)
    assert rehearsal.refused == []


def test_a_clock_that_found_nothing_looks_again_a_minute_later(story: Story) -> None:
    """It looks every second for what is urgent, and for this it need not."""
    rules = story.engine.ledger.rules
    watch = Watch(rules, HOUR)
    assert nobodys_past_their_time(story.session, watch, NOW, 10) == []
    said = a_stranger()
    story.when(said)
    story.when(said.retracted())
    second, minute = NOW + timedelta(seconds=1), NOW + timedelta(minutes=1)
    assert nobodys_past_their_time(story.session, watch, second, 10) == []
    acts = [ContentErased(number_of(story, said))]
    assert nobodys_past_their_time(story.session, watch, minute, 10) == acts
