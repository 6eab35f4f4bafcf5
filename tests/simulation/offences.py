"""What the police and the courts say in the made-up traffic: call-outs and steps of matters."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import world_builder as world
from world_builder import Person, Said

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.traffic import Traffic

REFERENCES: Final = 24
"""So few call-outs that people meet at them, and that some of them are closed."""
ROLES: Final = ("suspect", "suspect", "suspect", "victim", "witness", "both", "unclear")
GRADES: Final = ("standard", "standard", "medium", "high")
TITLES: Final = (
    ("Theft from a shop", ("acquisitive",)),
    ("Assault by beating", ("violence",)),
    ("Assault by beating", ()),
    ("Breach of a non-molestation order", ()),
    ("Possession of a bladed article", ()),
    ("Indecent exposure", ("sexual", "public_order")),
    ("Driving without insurance", ("motoring",)),
)
OUTCOMES: Final = (
    *("convicted", "acquitted", "discontinued", "adjourned", "order_made", "custody"),
    *("remanded_in_custody", "remanded_on_bail", "warrant_issued", "protective_order_made", "fine"),
)
ORDERS: Final = ("community_order", "suspended_sentence_order", "custody", "protective_order")


def callout(traffic: Traffic) -> Said:
    """Say who was at a call-out and as what; few references, so that people meet there."""
    person = traffic.person()
    few, own = f"DA-{traffic.rng.randrange(REFERENCES)}", f"DB-{traffic.number()}"
    reference = few if traffic.is_so(0.6) else own
    traffic.callouts = [*traffic.callouts, (person, reference)][-REFERENCES:]
    children = traffic.is_so(0.2)
    named = {
        "role": traffic.rng.choice(ROLES),
        "grade": traffic.rng.choice(GRADES),
        "children_present": children,
        "children_count": 2 if children else None,
        "order_breached": traffic.is_so(0.1),
    }
    return _sent(traffic, world.callout(person, reference, **named))


def anything(traffic: Traffic) -> Said:
    """Say a step of a matter of one of few arrests and court cases."""
    person = traffic.person()
    return _sent(traffic, traffic.rng.choice(STEPS)(traffic, person))


def _sent(traffic: Traffic, said: Said) -> Said:
    """Let an event come now, with times and handling of its own."""
    return Said(said.type, said.but(**traffic.when()).record, traffic.now)


def _arrest(traffic: Traffic, person: Person) -> str:
    """Draw one of a person's few arrests."""
    return f"AR-{person.number}-{traffic.rng.randrange(2)}"


def _court_case(traffic: Traffic, person: Person) -> str:
    """Draw one of a person's few court cases."""
    return f"CC-{person.number}-{traffic.rng.randrange(3)}"


def _offences(traffic: Traffic) -> dict[str, Any]:
    """Draw some offences."""
    some = traffic.rng.sample(TITLES, traffic.rng.randint(0, 2))
    return {"offences": [world.an_offence(title, *groups) for title, groups in some]}


def _titles(traffic: Traffic) -> dict[str, Any]:
    """Draw some offences as a court lists them."""
    some = traffic.rng.sample(TITLES, traffic.rng.randint(0, 2))
    return {"offences": [{"title": title} for title, _ in some]}


def arrested(traffic: Traffic, person: Person) -> Said:
    """Arrest somebody, one in five covertly."""
    covert = traffic.is_so(0.2)
    return world.arrested(person, _arrest(traffic, person), covert=covert, **_offences(traffic))


def bailed(traffic: Traffic, person: Person) -> Said:
    """Bail somebody."""
    arrest = _arrest(traffic, person)
    return world.bailed(person, arrest_reference=arrest, **_offences(traffic))


def investigated(traffic: Traffic, person: Person) -> Said:
    """Release somebody under investigation."""
    arrest = _arrest(traffic, person)
    return world.under_investigation(person, arrest_reference=arrest, **_offences(traffic))


def charged(traffic: Traffic, person: Person) -> Said:
    """Charge somebody."""
    return world.charged(person, _court_case(traffic, person), **_offences(traffic))


def cautioned(traffic: Traffic, person: Person) -> Said:
    """Caution somebody."""
    arrest = _arrest(traffic, person)
    return world.cautioned(person, arrest_reference=arrest, **_offences(traffic))


def closed(traffic: Traffic, person: Person) -> Said:
    """Take no further action, at times on a call-out of anybody."""
    if traffic.callouts and traffic.is_so(0.6):
        person, reference = traffic.rng.choice(traffic.callouts)
        return world.no_further_action(person, incident_reference=reference)
    return world.no_further_action(person, arrest_reference=_arrest(traffic, person))


def listed(traffic: Traffic, person: Person) -> Said:
    """List a hearing."""
    named = {"court_case": _court_case(traffic, person), "hearing_id": f"H-{traffic.number()}"}
    return world.listed(person, **named, **_titles(traffic))


def resulted(traffic: Traffic, person: Person) -> Said:
    """Say what a court decided."""
    outcomes = traffic.rng.sample(OUTCOMES, traffic.rng.randint(0, 2))
    made = {"made_on": (traffic.now - timedelta(days=1)).date()}
    orders = [{"kind": kind, **made} for kind in ORDERS if traffic.is_so(0.15)]
    named = {"court_case": _court_case(traffic, person), "hearing_id": f"H-{traffic.number()}"}
    return world.resulted(person, *outcomes, orders=orders, **named, **_titles(traffic))


def wanted(traffic: Traffic, person: Person) -> Said:
    """Issue a warrant."""
    return world.warrant(person, court_case=_court_case(traffic, person))


STEPS: Final[tuple[Callable[[Traffic, Person], Said], ...]] = (
    *(arrested, arrested, bailed, investigated, charged, charged, cautioned),
    *(closed, closed, listed, resulted, resulted, resulted, wanted),
)
