"""The ground of the chaos county: its people, its staff, and a record as it is sent."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import world_builder as world
from world_builder import NPS, PEOPLE, Person, Said

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFICERS: Final = ("OFF01", "OFF02", "OFF03")
COVERED: Final = {"OFF01": "OFF02", "OFF02": "OFF03"}
"""Who covers for whom while away; OFF03 is never away."""
FIRST_NUMBER: Final = 100_000
STRANGERS_FROM: Final = 500_000
LONERS_FROM: Final = 800_000
LONERS: Final = len(PEOPLE)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record as it is sent."""

    feed: str
    key: bytes
    value: bytes
    event_id: str
    intent: str
    headers: tuple[tuple[str, bytes], ...] = ()


def staff(base: datetime) -> Iterator[Said]:
    """Say who works here."""
    ago = {"at": base - timedelta(days=90), "effective_at": base - timedelta(days=90)}
    yield world.a_team(**ago)
    for officer in (*OFFICERS, "MGR01"):
        yield world.an_officer(officer, **ago)
    for desk in ("DESK01", "DESK02"):
        yield world.an_officer(desk, None, grade="desk", **ago)
    yield world.holds("duty_desk", "DESK01", **ago)
    yield world.holds("duty_desk", "DESK01", NPS, **ago)
    yield world.holds("allocation_desk", "DESK02", **ago)
    yield world.an_officer("WSW01", None, grade="other", **ago)
    yield world.an_officer("ENF01", None, provider=NPS, **ago)
    yield world.holds("mash_probation_officer", "ENF01", NPS, **ago)
    yield world.holds("court_duty_officer", "ENF01", NPS, **ago)


def a_person(number: int) -> Person:
    """Return a person of a number, with a date of birth and identifiers of their own.

    No stranger has the date of birth of anybody who is supervised. Loners are a generation older
    than all others, and no two of the first few of them are called the same.
    """
    name = PEOPLE[number % len(PEOPLE)]
    first = date(2001, 1, 2) if number >= STRANGERS_FROM else date(1970, 1, 2)
    if number >= LONERS_FROM:
        first = date(1945, 1, 2)
    born_on = first + timedelta(days=number % 2_500)
    return Person(name.given_name, name.family_name, born_on, FIRST_NUMBER + number)


def a_newcomer(number: int) -> Person:
    """Return a person of a number whom nobody knows yet, and who is called as nobody else is.

    Where sixty are called the same, whether one is found depends on who is known by then.
    """
    rng = random.Random(number)  # noqa: S311 - seeded, and no secret
    given, family = ("".join(map(rng.choice, ("bdgklmnprstvz", "aeiou") * 4)) for _ in range(2))
    return replace(a_person(number), given_name=given.title(), family_name=family.title())


def at_home(person: Person, *kinds: str, moved: bool = False) -> dict[str, Any]:
    """Return how an agency names a person with their address, or with the one before."""
    lines = [f"{person.number % 80 + 1} Kiln Lane", "Aldermoor"]
    home = {"kind": "home", "lines": lines, "postcode": "QX9 9ZZ" if moved else "QX7 2AB"}
    return {**person.reference(*kinds), "addresses": [{**home, "no_fixed_address": False}]}


def outgoing(said: Said, key: bytes, intent: str = "event") -> Outgoing:
    """Make a record of what an agency says."""
    headers = (("ce_type", f"{said.type}.v1".encode()),)
    return Outgoing(said.feed, key, said.value, said.event_id, intent, headers)
