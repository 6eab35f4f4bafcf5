"""How long good events wait whose neighbours on the feed are poison.

Source: issue of the way of one event, 6: neighbours arrive within 5 s.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Final

import psycopg

from bench.cluster import send
from bench.day import Day
from bench.generator import TRAFFIC, parcels
from bench.ground import SECRET, Ground
from connectors.publisher.spool import Parcel

GOOD: Final = 500
POISONED_EACH: Final = 10
"""One in so many is poison."""
WAIT_SECONDS_MAX: Final = 60.0
POLL_SECONDS: Final = 0.02


def neighbours_wait(made: Ground, bootstrap: str) -> float:
    """Send good events mixed with poison; return the seconds until the last good one is there."""
    day = Day(replace(made.county, seed=made.county.seed + 77), made.now)
    day.number = 10_000_000
    good = list(parcels(day.events(GOOD, TRAFFIC), made.rules.register, SECRET))
    names = {parcel.name for parcel in good}
    begun = time.monotonic()
    send(bootstrap, _poisoned(good))
    with psycopg.connect(made.url, autocommit=True) as session:
        while time.monotonic() - begun < WAIT_SECONDS_MAX:
            row = session.execute(
                "SELECT count(DISTINCT event_id) FROM event WHERE event_id = ANY(%s)",
                (list(names),),
            ).fetchone()
            if row is not None and row[0] == len(names):
                return time.monotonic() - begun
            time.sleep(POLL_SECONDS)  # the ledger does not say when a row comes
    return WAIT_SECONDS_MAX


def _poisoned(good: list[Parcel]) -> Iterator[Parcel]:
    """Put poison between good records, under the keys of its neighbours."""
    draw = Random(7)
    for number, parcel in enumerate(good):
        if number % POISONED_EACH == 0:
            bad = (
                draw.randbytes(300),
                parcel.value[: len(parcel.value) // 2],
                parcel.value[:2] + draw.randbytes(8) + parcel.value[10:],
                parcel.value + b"\x00",
                b"",
            )
            yield replace(parcel, name=f"bad-{number}", value=draw.choice(bad))
        yield parcel
