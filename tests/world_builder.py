"""A made-up county in one line each: people, staff and the events that agencies send about them.

Every builder returns a `Said`: what one agency says, ready to become a record (`raw`), a model
(`model`), a line of JSON (`line`), or to be said otherwise (`but`, `corrected`, `retracted`). The
same call gives the same event with the same id; a body that differs gives another id. All names
come from `PEOPLE` and `STAFF`; no other test may make up a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from world_said import LONG_AGO, NOW, PARTNER, PEOPLE, PERSON, STRANGER, THIRD, Person, Said, event

__all__ = [
    "CRC",
    "HEARD_AT",
    "LONG_AGO",
    "NOW",
    "NPS",
    "OTHER_TEAM",
    "PARTNER",
    "PEOPLE",
    "PERSON",
    "STAFF",
    "STRANGER",
    "TEAM",
    "THIRD",
    "Person",
    "Said",
    "a_county",
    "a_team",
    "absent",
    "allocated",
    "an_offence",
    "an_officer",
    "arrested",
    "assigned",
    "back",
    "bailed",
    "callout",
    "cautioned",
    "charged",
    "enforced_by",
    "event",
    "holds",
    "left",
    "listed",
    "no_further_action",
    "on_register",
    "order_ended",
    "order_made",
    "restricted",
    "resulted",
    "under_investigation",
    "warrant",
]

NPS: Final = "nps-north-east"
CRC: Final = "crc-durham-tees-valley"
TEAM: Final = "ALD"
OTHER_TEAM: Final = "SEA"
HEARD_AT: Final = LONG_AGO + timedelta(days=30)
"""When case management told who has whom: so long after that it is no news to anybody."""
STAFF: Final = {
    "OFF01": "Marguerite Oxenholme",
    "OFF02": "Tobias Fenwright",
    "OFF03": "Ingrid Sallowby",
    "MGR01": "Perpetua Hallgarth",
    "MGR02": "Lucian Thornaby-Vane",
    "ENF01": "Hesper Quillfeather",
    "DESK01": "Aldermoor duty desk",
    "DESK02": "Aldermoor allocation desk",
    "LEAD01": "Ottoline Brackwater",
    "NPS01": "Quentin Ashgrove-Lisle",
    "TUT01": "Barnaby Stillwater",
    "WSW01": "Clementine Farrowdale",
}
"""Made-up staff by the id of each."""
_HEARING: Final[dict[str, object]] = {
    "hearing_id": "H-1",
    "court_case": "11AM0417826",
    "court": {"code": "B99AM00", "name": "Aldermoor Magistrates' Court"},
    "jurisdiction": "MAGISTRATES",
    "sittings": [NOW + timedelta(days=14)],
    "offences": [{"title": "Theft from a shop"}],
    "source_digest": "0" * 64,
    "source_path": "$.hearing",
}


def a_team(team: str = TEAM, manager: str | None = "MGR01", **fields: object) -> Said:
    """Return a team of the CRC and who manages it."""
    known = {"provider": CRC, "name": f"Team {team}", "effective_at": LONG_AGO, "at": LONG_AGO}
    return event("directory.team_recorded", team=team, manager=manager, **(known | fields))


def an_officer(officer: str = "OFF01", team: str | None = TEAM, **fields: object) -> Said:
    """Return an officer of the CRC's team."""
    known = {
        "name": STAFF[officer],
        "grade": "manager" if officer.startswith("MGR") else "PO",
        "provider": CRC,
        "effective_at": LONG_AGO,
        "at": LONG_AGO,
    }
    return event("directory.officer_recorded", officer=officer, team=team, **(known | fields))


def left(officer: str = "OFF01", left_at: datetime = LONG_AGO, **fields: object) -> Said:
    """Return that an officer left."""
    return event("directory.officer_left", officer=officer, left_at=left_at, **fields)


def absent(officer: str = "OFF01", cover: str | None = None, **fields: object) -> Said:
    """Return that an officer is away since yesterday, and who covers."""
    known = {"absence_id": f"A-{officer}", "starts_at": NOW - timedelta(days=1)}
    return event("directory.absence_recorded", officer=officer, cover=cover, **(known | fields))


def back(officer: str = "OFF01", ended_at: datetime = NOW, **fields: object) -> Said:
    """Return that an officer is back."""
    absence = f"A-{officer}"
    return event("directory.absence_ended", absence_id=absence, ended_at=ended_at, **fields)


def holds(role: str, holder: str, provider: str = CRC, **fields: object) -> Said:
    """Return who holds a provider's role."""
    known = {"role": role, "holder": holder, "provider": provider, "effective_at": LONG_AGO}
    return event("directory.role_recorded", **(known | {"at": LONG_AGO} | fields))


def allocated(person: Person = PERSON, provider: str = CRC, **fields: object) -> Said:
    """Return that a provider has the person, known by PNC id and CRN from here on."""
    known = {"provider": provider, "team": TEAM, "effective_at": LONG_AGO, "at": HEARD_AT}
    return event("case.allocated", person.reference("pnc", "crn"), **(known | fields))


def assigned(person: Person = PERSON, officer: str = "OFF01", **fields: object) -> Said:
    """Return that an officer of the CRC's team has the person."""
    known = {
        "provider": CRC,
        "team": TEAM,
        "role": "responsible_officer",
        "effective_at": LONG_AGO,
        "at": HEARD_AT,
    }
    return event("case.assigned", person.reference("crn"), officer=officer, **(known | fields))


def enforced_by(person: Person = PERSON, officer: str = "ENF01", **fields: object) -> Said:
    """Return that an officer of the NPS enforces the person's order."""
    known: dict[str, object] = {"role": "enforcement_officer", "provider": NPS, "team": None}
    return assigned(person, officer, **(known | fields))


def restricted(person: Person = PERSON, *only: str, **fields: object) -> Said:
    """Return that only these officers may see the case."""
    known = {"restricted": True, "entitled_officers": list(only), "effective_at": LONG_AGO}
    return event("case.access_restricted", person.reference("crn"), **(known | fields))


def on_register(register: str, person: Person = PERSON, **fields: object) -> Said:
    """Return that the person was put on a register, by its code."""
    known = {"register": register, "registered_on": LONG_AGO.date()}
    return event("case.registered", person.reference("crn"), **(known | fields))


def order_made(order_id: str = "ORD-1", person: Person = PERSON, **fields: object) -> Said:
    """Return that the person is under a community order."""
    known = {"kind": "community_order", "made_on": LONG_AGO.date()}
    return event("case.order_made", person.reference("crn"), order_id=order_id, **(known | fields))


def order_ended(order_id: str = "ORD-1", person: Person = PERSON, **fields: object) -> Said:
    """Return that an order was completed a week ago."""
    known = {"ended_on": (NOW - timedelta(days=7)).date(), "reason": "completed"}
    return event("case.order_ended", person.reference("crn"), order_id=order_id, **(known | fields))


def callout(person: Person = PERSON, reference: str = "DA-1", **fields: object) -> Said:
    """Return a standard call-out with the person as suspect, nobody arrested, no child there."""
    known = {
        "role": "suspect",
        "grade": "standard",
        "children_present": False,
        "arrest_made": False,
        "at_address_of": "own",
        "order_breached": False,
    }
    return event(
        "police.domestic_abuse_callout",
        person.reference("pnc"),
        callout_reference=reference,
        **(known | fields),
    )


def an_offence(title: str = "Theft from a shop", *groups: str) -> dict[str, Any]:
    """Return an offence as the police give it."""
    return {"title": title, "groups": list(groups)}


def arrested(person: Person = PERSON, reference: str = "AR-1", **fields: object) -> Said:
    """Return that the person was arrested for a theft."""
    known = {"offences": [an_offence()]}
    return event(
        "police.arrested",
        person.reference("pnc"),
        arrest_reference=reference,
        **(known | fields),
    )


def bailed(person: Person = PERSON, **fields: object) -> Said:
    """Return that the person was bailed before charge, to keep away from a street."""
    condition = {"kind": "exclusion", "text": "Not to enter Tanner's Row, Aldermoor."}
    known = {"arrest_reference": "AR-1", "kind": "pre_charge", "conditions": [condition]}
    return event("police.bailed", person.reference("pnc"), **(known | fields))


def under_investigation(person: Person = PERSON, **fields: object) -> Said:
    """Return that the person was released under investigation."""
    known: dict[str, object] = {"arrest_reference": "AR-1"}
    reference = person.reference("pnc")
    return event("police.released_under_investigation", reference, **(known | fields))


def charged(person: Person = PERSON, court_case: str = "11AM0417826", **fields: object) -> Said:
    """Return that the person was charged with a theft."""
    known = {"offences": [an_offence()], "court_case": court_case}
    return event("police.charged", person.reference("pnc"), **(known | fields))


def no_further_action(person: Person = PERSON, **fields: object) -> Said:
    """Return that the police take no further action on an arrest."""
    known: dict[str, object] = {"arrest_reference": "AR-1"} if not fields else {}
    return event("police.no_further_action", person.reference("pnc"), **(known | fields))


def cautioned(person: Person = PERSON, **fields: object) -> Said:
    """Return that the person was cautioned."""
    known = {"kind": "simple", "arrest_reference": "AR-1"}
    return event("police.cautioned", person.reference("pnc"), **(known | fields))


def listed(person: Person = PERSON, **fields: object) -> Said:
    """Return that a hearing was listed for a theft, two weeks ahead."""
    return event("courts.hearing_listed", person.reference("pnc"), **(_HEARING | fields))


def resulted(person: Person = PERSON, *outcomes: str, **fields: object) -> Said:
    """Return what a court decided, by outcome."""
    results = [{"label": outcome, "outcome": outcome} for outcome in outcomes]
    known = _HEARING | {"results": results}
    return event("courts.hearing_resulted", person.reference("pnc"), **(known | fields))


def warrant(person: Person = PERSON, **fields: object) -> Said:
    """Return that a court issued a warrant."""
    known = {"court_case": "11AM0417826", "kind": "arrest_not_backed", "issued_on": NOW.date()}
    return event("courts.warrant_issued", person.reference("pnc"), **(known | fields))


def a_county(person: Person = PERSON) -> tuple[Said, ...]:
    """Return a team with its officers, desks and lead, and the person with an officer."""
    return (
        a_team(),
        an_officer("OFF01"),
        an_officer("OFF02"),
        an_officer("MGR01"),
        an_officer("DESK01", team=None, grade="desk"),
        an_officer("LEAD01", team=None, grade="manager"),
        holds("duty_desk", "DESK01"),
        holds("duty_desk", "DESK01", NPS),
        holds("restricted_access_lead", "LEAD01"),
        allocated(person),
        assigned(person),
    )
