"""A replay takes events and acts in the order in which they were, and gives the same ledger."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from chaos.generator import County
from chaos.offline import Log, apply_all

from streams.domain.acts import DutyFell
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.comparing import differences
from streams.ledger.replaying import replay

if TYPE_CHECKING:
    from fixtures.new_ledgers import NewLedger

    from streams.ledger.transaction import Ledger

NOW: Final = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
PARTS: Final = 5
AT_ONCE: Final = 20


def let_duties_fall(ledger: Ledger, at: datetime) -> int:
    """Let the duties that are due by an instant fall; return how many did."""
    actor = Actor(ledger.session, ledger.rules, CLOCK_CHAIN)
    rows = ledger.session.execute(
        "SELECT id FROM duty WHERE state = 'open' AND due_at <= %s ORDER BY id LIMIT %s",
        (at, AT_ONCE),
    ).fetchall()
    return len(actor.act([DutyFell(row[0]) for row in rows], at).acts)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_events_and_acts_are_replayed_in_one_order(new_ledger: NewLedger, seed: int) -> None:
    """What fell between events falls there again, down to the hash at the end of each chain."""
    first, again = new_ledger(), new_ledger()
    county, log, fallen = County(seed, NOW, 40), Log(), 0
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    log.append(county.opening(), NOW)
    apply_all(first, log, rng, NOW)
    for part in range(PARTS):
        at = NOW + timedelta(days=3 * part)
        log.append(county.mixed(60), at)
        apply_all(first, log, rng, at)
        fallen += let_duties_fall(first, at)
    assert fallen > AT_ONCE
    assert (fallen,) == first.session.execute("SELECT count(*) FROM act").fetchone()

    replay(first.session, again)

    assert differences(first.session, again.session) == []
    heads = "SELECT chain, length, hash FROM audit_head ORDER BY chain"
    assert first.session.execute(heads).fetchall() == again.session.execute(heads).fetchall()
    following = "SELECT nextval('event_seq')"
    assert again.session.execute(following).fetchone() == (last_number(first) + 1,)


def last_number(ledger: Ledger) -> int:
    """Return the highest number that an event or an act has."""
    row = ledger.session.execute(
        "SELECT greatest((SELECT max(seq) FROM event), (SELECT max(seq) FROM act))"
    ).fetchone()
    return 0 if row is None else int(row[0])
