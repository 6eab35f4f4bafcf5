"""A ledger with the sealed store on for the police, and a clock that may open it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sealing.planted import sealing
from world_builder import NOW, STRANGER, allocated, assigned

from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.picking import Watch
from streams.ledger.unsealing import SealedStore
from streams.ledger.vault import vault_of
from streams.services.clock import Clock

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.ledger import Story
    from world_builder import Person, Said

    from streams.ledger.transaction import Ledger, Step

VAULT: Final = vault_of(bytes(range(7, 39)))
FEED_LATE_AFTER: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def turn_on(ledger: Ledger) -> None:
    """Turn the sealed store on for the police."""
    ledger.rules = sealing(ledger.rules)
    ledger.vault = VAULT


def a_clock(ledger: Ledger, at: datetime, step: Step | None = None) -> Clock:
    """Return the clock of a ledger at an instant, with the key of its store."""
    store = SealedStore(VAULT)
    actor = Actor(ledger.session, ledger.rules, CLOCK_CHAIN, store=store)
    actor.secret = ledger.secret
    if step is not None:
        actor.step = step
    watch = Watch(ledger.rules, FEED_LATE_AFTER, secret=ledger.secret, vault=VAULT)
    return Clock(actor, watch, lambda: at)


def passes(story: Story, at: datetime) -> int:
    """Let the clock look once; return how many acts that took."""
    return a_clock(story.engine.ledger, at).tick()


def becomes_known(at: datetime = NOW + DAY, person: Person = STRANGER) -> tuple[Said, ...]:
    """Return that case management has a person from now on, and who has them."""
    case = (allocated(person, effective_at=at, at=at), assigned(person, effective_at=at, at=at))
    return tuple(replace(each, came_at=at) for each in case)


def kept(story: Story) -> list[tuple[str | None, bool, int]]:
    """Return of each sealed event what became of it, whether it has content, and its keys."""
    return story.rows(
        "SELECT s.ended, s.ciphertext IS NOT NULL OR s.wrapped_key IS NOT NULL,"
        " (SELECT count(*) FROM sealed_key k WHERE k.seq = s.seq)::int FROM sealed s ORDER BY seq"
    )
