"""A ledger that began before digests had a key goes on: resends are known, replays are exact."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import SECRET
from msgspec import structs
from replays import assert_replays_exactly
from sealing.planted import sealing
from sealing.stored import DAY, VAULT, a_clock, becomes_known, turn_on
from world_builder import HEARD_AT, NOW, STRANGER, Said, a_county, callout

from streams.domain.log import Batch, RawRecord
from streams.domain.statements import KEYED_BYTES, PLAIN_BYTES
from streams.engines.embedded import place_of
from streams.engines.same_secret import NOT_THIS_ONE, demand_same_secret
from streams.ledger import positions
from streams.ledger.secret_mark import is_same_secret
from streams.pipeline import Disposition
from streams.settings import SettingsError

if TYPE_CHECKING:
    from fixtures.ledger import Story
    from fixtures.new_ledgers import NewLedger

    from streams.ledger.transaction import Ledger
    from streams.pipeline import Ended

OLD: Final = bytes(PLAIN_BYTES)
LENGTHS: Final = "SELECT DISTINCT length(content) FROM event ORDER BY 1"


def tell(ledger: Ledger, *said: Said, old: bool = False) -> list[Ended]:
    """Let agencies say things, each in a batch of its own; `old` keeps digests as they were."""
    ended: list[Ended] = []
    for each in said:
        place = place_of(each.feed)
        at = positions.begin(ledger.session, place, 0, NOW)
        raw: RawRecord = structs.replace(each.raw(at), content=OLD if old else None)
        batch = Batch(place, at, (raw,), at + 1)
        ended += ledger.apply(batch, each.came_at).ended
    return ended


@pytest.mark.parametrize("person", [STRANGER, None], ids=["of nobody", "of somebody"])
def test_a_resend_of_an_old_event_is_known(story: Story, person: object) -> None:
    """Neither is it a contradiction nor is anybody told twice; other content still is one."""
    ledger = story.engine.ledger
    said = callout(STRANGER) if person is STRANGER else callout(reference="DA-OLD")
    tell(ledger, said, old=True)
    told = story.rows("SELECT count(*) FROM notice_step")
    assert story.rows(LENGTHS)[0] == (PLAIN_BYTES,)
    (again,), (other,) = tell(ledger, said), tell(ledger, said.same_id_but(grade="high"))
    assert again.is_repeat
    assert other.disposition is Disposition.QUARANTINED
    assert story.rows("SELECT count(*) FROM notice_step") == told


def test_what_was_sealed_under_an_old_digest_is_known(story: Story) -> None:
    """It was kept by the master key and the plain digest; a resend makes both."""
    ledger = story.engine.ledger
    ledger.rules, ledger.vault = sealing(), VAULT
    said = callout(STRANGER)
    tell(ledger, said, old=True)
    assert story.rows("SELECT length(content) FROM event WHERE payload IS NULL") == [(PLAIN_BYTES,)]
    (again,) = tell(ledger, said)
    assert again.is_repeat


def test_nothing_new_is_kept_without_a_key(story: Story) -> None:
    """Whoever it is about, and whatever became of it."""
    story.when(callout(), callout(STRANGER), callout(reference="DA-2").retracted())
    fresh = "SELECT DISTINCT length(content) FROM event"
    assert story.rows(fresh) == [(KEYED_BYTES,)]
    assert story.rows(
        "SELECT DISTINCT length(body ->> 'content') FROM"
        " (SELECT convert_from(body, 'UTF8')::jsonb AS body FROM audit) AS a"
        " WHERE body ? 'publisher'"
    ) == [(2 * KEYED_BYTES,)]


def lived_on(ledger: Ledger) -> None:
    """Let a ledger begin with old digests and go on with keyed ones, acts and a store among it."""
    turn_on(ledger)
    county = [replace(each, came_at=HEARD_AT) for each in a_county()]
    told, stranger = callout(), callout(STRANGER, "DA-S")
    tell(ledger, *county, told, stranger, old=True)
    tell(ledger, callout(reference="DA-2"), told.retracted(), told, stranger)
    tell(ledger, *becomes_known(NOW + DAY))
    a_clock(ledger, NOW + 2 * DAY).tick()


def test_a_replay_of_a_ledger_with_both_forms_is_exact(new_ledger: NewLedger) -> None:
    """Every id and every hash is the same, though some come of the old form and some do not."""
    first, again = new_ledger(), new_ledger()
    lived_on(first)
    assert [row[0] for row in first.session.execute(LENGTHS)] == [PLAIN_BYTES, KEYED_BYTES]

    again.rules = first.rules
    assert_replays_exactly(first, again)


def test_the_first_secret_is_the_ledgers_and_another_is_refused(story: Story) -> None:
    """With another one duplicates would be contradictions, and nobody would be found."""
    assert is_same_secret(story.session, SECRET)
    demand_same_secret(story.session, SECRET)
    with pytest.raises(SettingsError, match="SWITCHBOARD_KEY_SECRET") as raised:
        demand_same_secret(story.session, b"another secret, just as long as it")
    assert str(raised.value) == NOT_THIS_ONE
    ((mark,),) = story.rows("SELECT mark FROM secret_mark")
    assert SECRET not in bytes(mark)


def test_a_ledger_that_is_older_than_the_mark_is_asked_whom_it_finds(story: Story) -> None:
    """A secret that was lost before the ledger had a mark is not taken for its own."""
    assert story.rows("SELECT FROM source_record") != []
    assert not is_same_secret(story.session, b"another secret, just as long as it")
    assert story.rows("SELECT mark FROM secret_mark") == []
    assert is_same_secret(story.session, SECRET)
