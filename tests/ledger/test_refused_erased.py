"""What was refused and settled is erased when its time is up; that it was, where and why stays."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b, sha256
from typing import Any, Final

import pytest
from fixtures.ledger import SECRET, Story
from stories.poison import POLICE, TYPE
from world_builder import NOW, callout
from world_run import RULES

from streams.domain.errors import REFUSED_FOR_MAX
from streams.engines.repair import Repair
from streams.ledger.comparing import differences
from streams.ledger.erasing_refused import erase_refused
from streams.ledger.picking import Watch
from streams.ledger.refused import Refused, find
from streams.ledger.repairs import digest
from streams.ledger.replaying import replay
from streams.ledger.verify import verify

WATCH: Final = Watch(RULES, timedelta(hours=1), secret=SECRET)
REFUSED: Final = callout(role="unclear", gateway="safeguarding_duties")
MENDED: Final = callout(role="unclear")
HELD: Final = (
    "SELECT q.state, q.record_key, q.record_value, q.header_names, q.header_values,"
    " array_agg(r.record_value) FILTER (WHERE r.record_value IS NOT NULL)"
    " FROM quarantine q LEFT JOIN repair r USING (topic_id, partition, log_offset)"
    " GROUP BY q.id ORDER BY q.id"
)
GONE: Final = (None, None, [], [], None)


@pytest.fixture
def refused(story: Story) -> Story:
    """Give a story with four records that were refused: open, mended, delivered and closed."""
    for _ in range(4):
        story.send_raw(POLICE, (REFUSED.value, TYPE))
    repair = repair_of(story)
    repair.fix(number(story, 1), MENDED.value)
    repair.fix(number(story, 2), MENDED.value)
    repair.replay(number(story, 2).id)
    repair.close(number(story, 3).id, "nobody needs it")
    return story


def repair_of(story: Story) -> Repair:
    """Return a repair of a story's ledger."""
    return Repair(story.engine, "os:test", lambda _batch: True)


def number(story: Story, place: int) -> Refused:
    """Return the refused record at a place of the quarantine."""
    ids = story.rows("SELECT id FROM quarantine ORDER BY id")
    found = find(story.session, ids[place][0])
    assert found is not None
    return found


def held(story: Story) -> list[tuple[Any, ...]]:
    """Return the states of what was refused, and what is held of it."""
    return story.rows(HELD)


def test_nothing_is_erased_before_its_time(refused: Story) -> None:
    """A record may be mended up to the last instant."""
    before = held(refused)
    last = NOW + REFUSED_FOR_MAX - timedelta(microseconds=1)
    assert erase_refused(refused.session, WATCH, last) == 0
    assert held(refused) == before
    assert [row[0] for row in before] == ["open", "fixed", "replayed", "closed"]


def test_bytes_and_headers_go_and_what_it_was_stays(refused: Story) -> None:
    """What somebody saw to is still so, and counts; what waits for somebody is as it was."""
    columns = "SELECT topic, log_offset, code, words, owner FROM quarantine ORDER BY id"
    before, waits = refused.rows(columns), held(refused)[:2]
    assert erase_refused(refused.session, WATCH, NOW + REFUSED_FOR_MAX) == 2
    assert held(refused) == [*waits, ("replayed", *GONE), ("closed", *GONE)]
    assert refused.rows(columns) == before
    assert erase_refused(refused.session, WATCH, NOW + 2 * REFUSED_FOR_MAX) == 0
    assert list(verify(refused.session, lambda _step: None)) == []


def test_what_waits_can_still_be_delivered_years_later(refused: Story) -> None:
    """Nobody saw to it in time, and it is not lost; once it is settled it goes like any other."""
    late = NOW + 10 * REFUSED_FOR_MAX
    erase_refused(refused.session, WATCH, late)
    done = repair_of(refused).replay(number(refused, 1).id)
    assert done is not None
    assert done.ended is not None
    assert erase_refused(refused.session, WATCH, late) == 1
    assert held(refused)[1] == ("replayed", *GONE)


def test_what_was_erased_is_not_replayed_again(refused: Story) -> None:
    """Whoever comes too late changes nothing, and nobody is told of it."""
    erase_refused(refused.session, WATCH, NOW + REFUSED_FOR_MAX)
    before = refused.came_out()
    done = repair_of(refused).replay(number(refused, 3).id)
    assert done is not None
    assert done.ended is None
    assert refused.came_out() == before
    assert held(refused)[3] == ("closed", *GONE)


def test_the_digest_that_stays_confirms_no_guess(refused: Story) -> None:
    """Whoever has the ledger and guesses the bytes cannot see that they are right."""
    erase_refused(refused.session, WATCH, NOW + REFUSED_FOR_MAX)
    kept = " ".join(row[0] for row in refused.rows("SELECT words FROM repair"))
    kept += " ".join(row[0] for row in refused.rows("SELECT convert_from(body, 'UTF8') FROM audit"))
    for said in (REFUSED.value, MENDED.value):
        assert digest(said, SECRET) in kept
        assert sha256(said).hexdigest() not in kept
        for size in range(8, 65):
            assert blake2b(said, digest_size=size).hexdigest() not in kept


def test_an_installation_may_keep_it_for_less(refused: Story) -> None:
    """The setting is what the clock goes by."""
    watch = Watch(RULES, timedelta(hours=1), secret=SECRET, quarantine_for=timedelta(days=1))
    assert erase_refused(refused.session, watch, NOW + timedelta(days=1)) == 2


def test_a_replay_of_the_ledger_ends_the_same(refused: Story, empty_story: Story) -> None:
    """An event that was repaired is made again, though the record that was refused is empty."""
    erase_refused(refused.session, WATCH, NOW + REFUSED_FOR_MAX)
    replay(refused.session, empty_story.engine.ledger)
    assert differences(refused.session, empty_story.session) == []
