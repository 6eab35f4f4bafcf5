"""A ledger with a sealed store is replayed exactly, by whoever has no key to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sealing.planted import Planted, strangers
from sealing.stored import DAY, a_clock, becomes_known, turn_on
from world_builder import HEARD_AT, NOW, STRANGER, a_county, callout

from streams.engines.embedded import EmbeddedEngine
from streams.engines.rehearsal import Rehearsal
from streams.ledger.comparing import differences
from streams.ledger.queries_outcomes import outcomes
from streams.ledger.recorded import LedgerLog
from streams.ledger.replaying import replay
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.new_ledgers import NewLedger
    from world_builder import Said

    from streams.ledger.transaction import Ledger

HOUR: Final = timedelta(hours=1)
HEADS: Final = "SELECT chain, length, hash FROM audit_head ORDER BY chain"


def tell(ledger: Ledger, *said: Said) -> None:
    """Let agencies say things, each in a batch of its own at its time."""
    engine = EmbeddedEngine(ledger, NOW)
    for each in said:
        engine.now = each.came_at
        engine.publish(each.feed, [(each.value, {"ce_type": f"{each.type}.v1".encode()})])


def ticks(ledger: Ledger, at: datetime) -> None:
    """Let the clock look once."""
    a_clock(ledger, at).tick()


def known(planted: Planted, number: int, at: datetime) -> tuple[Said, ...]:
    """Return that case management has a planted stranger from now on."""
    crn = {"kind": "crn", "value": f"X{number:06d}"}
    reference = planted.reference
    person = {**reference, "identifiers": [*reference["identifiers"], crn]}
    return tuple(each.but(person=person) for each in becomes_known(at))


def come_true(ledger: Ledger) -> None:
    """Let sealed events come to every end there is, and to two ends one after the other."""
    turn_on(ledger)
    tell(ledger, *(replace(each, came_at=HEARD_AT) for each in a_county()))
    told, back, twice, waits, late = strangers(5, seed=11)
    said = {each: each.said() for each in (told, back, twice, waits, late)}
    tell(ledger, *said.values(), said[told])
    maybe = callout(STRANGER, "DA-M").but(person=STRANGER.reference())
    tell(ledger, maybe, callout(STRANGER, "DA-V", role="victim"))
    ticks(ledger, NOW + HOUR)
    tell(ledger, said[back].retracted())
    tell(ledger, *known(told, 700_001, NOW + DAY), *known(twice, 700_002, NOW + DAY))
    ticks(ledger, NOW + DAY + HOUR)
    tell(ledger, *becomes_known(NOW + 2 * DAY))
    ticks(ledger, NOW + 2 * DAY + HOUR)
    tell(ledger, replace(said[twice].retracted(), came_at=NOW + 3 * DAY))
    last = said[told].but(callout_reference="DA-AGAIN")
    tell(ledger, replace(last, came_at=NOW + 3 * DAY), replace(late.said(), came_at=NOW + 3 * DAY))
    ticks(ledger, NOW + 28 * DAY)
    newest = strangers(1, seed=12)[0].said()
    tell(ledger, replace(newest, came_at=NOW + 29 * DAY))


@pytest.fixture
def lived(new_ledger: NewLedger) -> Ledger:
    """Give a ledger in which all of that came true."""
    ledger = new_ledger()
    come_true(ledger)
    return ledger


def test_every_end_came_true(lived: Ledger) -> None:
    """Delivered (and once taken back later), held, erased, taken back, and one that waits."""
    ends = lived.session.execute("SELECT ended, count(*) FROM sealed GROUP BY 1").fetchall()
    assert {"delivered", "held", "erased", "taken_back", None} == {row[0] for row in ends}
    with lived.session.transaction():
        assert [finding for finding in verify(lived.session, lambda _: None) if finding] == []


def test_a_replay_without_the_key_ends_in_the_same_ledger(
    lived: Ledger, new_ledger: NewLedger
) -> None:
    """Every table and the end of every chain, the sealed store included."""
    again = new_ledger()
    again.rules = lived.rules
    assert again.vault is None
    replay(lived.session, again)
    assert differences(lived.session, again.session) == []
    heads = [each.session.execute(HEADS).fetchall() for each in (lived, again)]
    assert heads[0] == heads[1]


def test_a_rehearsal_tells_what_was_told(lived: Ledger, new_ledger: NewLedger) -> None:
    """What was opened late is told in a scratch ledger as well, by the act that opened it."""
    scratch = new_ledger()
    scratch.rules = lived.rules
    rehearsal = Rehearsal(EmbeddedEngine(scratch, NOW))
    with lived.session.transaction():
        rehearsal.run(LedgerLog(lived.session), lambda _: None)
    assert (rehearsal.acts_failed, rehearsal.refused) == (0, [])
    notices = "SELECT type, matter, recipient, state FROM notice ORDER BY 1, 2, 3, 4"
    told = [each.session.execute(notices).fetchall() for each in (lived, scratch)]
    assert told[0] == told[1]
    assert len(told[0]) > 3


def test_what_was_opened_is_left_out_of_a_comparison_with_the_model(lived: Ledger) -> None:
    """The model knows of events and of no acts: what one of these told is not its to say."""
    with lived.session.transaction():
        ended = {each.seq: each for each in outcomes(lived.session)}
    rows = lived.session.execute("SELECT seq FROM sealed WHERE ended IN ('delivered', 'held')")
    opened = [ended[row[0]] for row in rows.fetchall()]
    assert len(opened) > 2
    assert {each.after_act for each in opened} == {True}


def test_what_is_erased_is_in_no_log(lived: Ledger) -> None:
    """An act names the events that were erased, and nothing of what they said is kept."""
    rows = lived.session.execute(
        "SELECT e.payload, s.ciphertext, s.wrapped_key FROM sealed s JOIN event e USING (seq)"
        " WHERE s.ended IN ('erased')"
    ).fetchall()
    assert set(rows) == {(None, None, None)}
