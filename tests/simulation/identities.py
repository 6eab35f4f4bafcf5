"""Who is meant in the made-up traffic: strangers, namesakes, kin, and numbers that are others'."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import world_builder as world
from chaos.people import LONERS, LONERS_FROM, STRANGERS_FROM, a_person, at_home
from simulation import offences
from world_builder import Person, Said

if TYPE_CHECKING:
    from simulation.traffic import Traffic


def unsure(traffic: Traffic) -> Said:
    """Say something of a stranger, of a namesake, or under somebody else's number."""
    said, person = offences.anything(traffic), traffic.person()
    stranger = a_person(STRANGERS_FROM + traffic.number())
    other = a_person(person.number + 1)
    named = traffic.rng.choice(
        (
            stranger.reference("pnc"),
            person.reference(),
            {**stranger.reference(), "identifiers": person.reference("pnc")["identifiers"]},
            {**person.reference(), "identifiers": [*person.reference("pnc")["identifiers"],
                                                   *other.reference("crn")["identifiers"]]},
        )
    )  # fmt: skip
    return Said(said.type, said.but(person=named).record, traffic.now)


def borrowed(traffic: Traffic) -> Said:
    """Say something under somebody's number of their kin, or of them, written otherwise."""
    if not traffic.known:
        return unsure(traffic)
    said, person = offences.anything(traffic), traffic.rng.choice(traffic.known)
    other = traffic.rng.choice(
        [each for each in world.PEOPLE if each.family_name != person.family_name]
    )
    later = person.born_on.replace(year=person.born_on.year + traffic.rng.choice((2, 31)))
    given, born = {"given_name": other.given_name}, {"born_on": later.replace(day=27, month=11)}
    name = {"given_name": person.given_name, "family_name": person.family_name}
    ids = person.reference("pnc")["identifiers"]
    stranger = a_person(STRANGERS_FROM + traffic.number()).reference("crn")["identifiers"]
    how: tuple[dict[str, Any], ...] = (
        {"name": {**name, **given}},
        {"name": {**name, **given}, **born},
        {"name": {**name, **given}, "born_on": None},
        born,
        {"name": {**name, "given_name": None}, **born},
        {"identifiers": [*ids, *stranger]},
        {"name": {**name, "given_name": name["given_name"][0]}},
        {"name": {"given_name": name["family_name"], "family_name": name["given_name"]}},
        {"name": {**name, "family_name": other.family_name}},
        {"name": {**name, "given_name": None}},
        {"born_on": person.born_on + timedelta(days=10)},
    )
    named = {**person.reference("pnc"), **traffic.rng.choice(how)}
    return Said(said.type, said.but(person=named).record, traffic.now)


def renamed(traffic: Traffic) -> Said:
    """Let case management call somebody otherwise, or know their kin by a number of their own."""
    if not traffic.known:
        return unsure(traffic)
    person, other = traffic.rng.choice(traffic.known), traffic.rng.choice(world.PEOPLE)
    name = {"given_name": other.given_name, "family_name": person.family_name}
    if traffic.is_so(0.5):
        named = {**person.reference("crn", "pnc"), "name": name}
        return _sent(traffic, world.on_register("ADVP", person), named)
    born_on = date(2025, 1, 2) + timedelta(days=traffic.number())
    child = replace(a_person(STRANGERS_FROM + traffic.number()), born_on=born_on)
    ids = [*child.reference("crn")["identifiers"], *person.reference("pnc")["identifiers"]]
    named = {"identifiers": ids, "name": name, "born_on": child.born_on}
    return _sent(traffic, world.allocated(child), named)


def described(traffic: Traffic) -> Said:
    """Say of a loner, without an identifier, what they are called and where they live or lived."""
    person, said = a_loner(traffic), offences.anything(traffic)
    named = traffic.rng.choice((at_home(person), at_home(person, moved=True), person.reference()))
    return Said(said.type, said.but(person=named).record, traffic.now)


def a_loner(traffic: Traffic) -> Person:
    """Draw somebody whom nobody else is like."""
    return a_person(LONERS_FROM + traffic.rng.randrange(LONERS))


def _sent(traffic: Traffic, said: Said, named: dict[str, Any]) -> Said:
    """Let an event about somebody come now, with times and handling of its own."""
    return Said(said.type, said.but(person=named, **traffic.when()).record, traffic.now)
