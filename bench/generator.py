"""A believable day of a county's events, drawn from a seed, as the bytes that agencies send.

What the day is made of is `TRAFFIC`: the police and the courts tell of call-outs and of matters
that go from arrest to result, case management of what changes in cases. One in eight of those the
police and courts tell of is nobody the county supervises, and one event in thirty comes twice.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from bench.county import REGISTERS, County, Record, Said, meta, on_register
from bench.day import OFFENCES, Day, Traffic
from connectors.publisher.spool import Parcel
from connectors.publisher.wire import to_parcel
from connectors.translation import SourceEvent
from schemas.codec import encode
from streams.domain.agencies import AgencyRegister

SPACE: Final = UUID("7a0c4b52-52b5-5d29-9c0e-0c1f0f1c5b01")
CALLOUT_ROLES: Final = ("suspect",) * 9 + ("victim",) * 7 + ("witness",) * 3 + ("unclear", "both")
GRADES: Final = ("standard",) * 5 + ("medium",) * 3 + ("high",) * 2
SENTENCES: Final = (
    ("fine", None),
    ("fine", None),
    ("adjourned", None),
    ("acquitted", None),
    ("order_made", "community_order"),
    ("custody", "custody"),
)
COURT: Final = {"code": "B99AM00", "name": "Aldermoor Magistrates' Court", "lja_code": "9901"}


def _callout(day: Day) -> Said:
    """A call-out: one in four is told of a second person at the same incident."""
    shared = day.callouts and day.random.random() < 1 / 4
    reference = day.random.choice(day.callouts[-50:])[0] if shared else f"DA-{day.number}"
    person = day.somebody()
    day.callouts.append((reference, person))
    children = day.random.random() < 1 / 3
    return day.police(
        "domestic_abuse_callout",
        person,
        callout_reference=reference,
        role=day.random.choice(CALLOUT_ROLES),
        grade=day.random.choice(GRADES),
        children_present=children,
        children_count=2 if children else None,
        children_age_bands=["under_5", "from_5_to_10"] if children else [],
        arrest_made=day.random.random() < 1 / 4,
        at_address_of=day.random.choice(("own", "other_party", "shared")),
        order_breached=day.random.random() < 1 / 10,
        summary="Officers attended after a neighbour rang.",
    )


def _arrested(day: Day) -> Said:
    """An arrest, which opens a matter."""
    matter = day.opened()
    return day.police(
        "arrested", matter.person, arrest_reference=matter.arrest, incident_reference=None,
        offences=day.offences(), covert=day.random.random() < 1 / 50, custody_station="Aldermoor",
    )  # fmt: skip


def _bailed(day: Day) -> Said:
    """Bail before charge, with a condition."""
    matter = day.matter()
    condition = {"kind": "residence", "text": "To live and sleep at the address given."}
    return day.police(
        "bailed", matter.person, arrest_reference=matter.arrest, court_case=None,
        kind="pre_charge", conditions=[condition], until_on=day.at.date() + timedelta(days=28),
        offences=day.offences(),
    )  # fmt: skip


def _charged(day: Day) -> Said:
    """A charge, which gives the matter its court case."""
    matter = day.matter()
    return day.police(
        "charged", matter.person, court_case=matter.court_case, arrest_reference=matter.arrest,
        offences=day.offences(), first_hearing_on=day.at.date() + timedelta(days=14),
        court="Aldermoor Magistrates' Court",
    )  # fmt: skip


def _no_further_action(day: Day) -> Said:
    """The end of a matter, or of a call-out, without a charge."""
    if day.callouts and day.random.random() < 1 / 2:
        reference, person = day.random.choice(day.callouts)
        place: Record = {"arrest_reference": None, "incident_reference": reference}
    else:
        matter = day.matter()
        person = matter.person
        place = {"arrest_reference": matter.arrest, "incident_reference": None}
    return day.police("no_further_action", person, **place, court_case=None, reason=None)


def _released(day: Day) -> Said:
    """A release under investigation."""
    matter = day.matter()
    return day.police(
        "released_under_investigation", matter.person, arrest_reference=matter.arrest,
        offences=day.offences(),
    )  # fmt: skip


def _hearing(day: Day, name: str, **more: object) -> Said:
    """A hearing of a matter, listed or resulted."""
    matter = day.matter()
    code, title, _ = day.random.choice(OFFENCES)
    offence = {
        "offence_id": str(uuid5(SPACE, f"o{matter.number}")), "code": code, "title": title,
        "wording": f"{title}, at Aldermoor, contrary to statute.", "plea": None,
        "convicted_on": None, "charged_on": day.at.date() - timedelta(days=9),
    }  # fmt: skip
    record = {
        "meta": meta("hmcts", f"H{day.number}", day.at),
        "person": matter.person.reference("pnc"),
        "hearing_id": str(uuid5(SPACE, f"h{matter.number}")),
        "court_case": matter.court_case,
        "prosecution_case_id": str(uuid5(SPACE, f"p{matter.number}")),
        "defendant_id": str(uuid5(SPACE, f"d{matter.number}")),
        "court": COURT,
        "jurisdiction": "MAGISTRATES",
        "hearing_type": "First hearing",
        "sittings": [day.at + timedelta(days=14)],
        "offences": [offence],
        "applications": [],
        "given": [{"field": "pncId", "presence": "set", "value": matter.person.pnc}],
        "source_digest": f"{day.number:064x}",
        "source_path": "$.hearing.prosecutionCases[0].defendants[0]",
        **more,
    }
    return Said("hmcts", f"courts.{name}.v1", record)


def _listed(day: Day) -> Said:
    """A hearing to come."""
    return _hearing(day, "hearing_listed")


def _resulted(day: Day) -> Said:
    """What a court decided."""
    outcome, kind = day.random.choice(SENTENCES)
    on = day.at.date()
    result: Record = {
        "result_id": str(uuid5(SPACE, f"r{day.number}")), "offence_id": None, "cjs_code": "1116",
        "type_id": None, "label": outcome.replace("_", " "), "ordered_on": on, "category": "FINAL",
        "level": "OFFENCE", "convicts": outcome != "acquitted", "text": None, "outcome": outcome,
        "prompts": [],
    }  # fmt: skip
    orders: list[Record] = []
    if kind is not None:
        ends_on = on + timedelta(days=365)
        orders = [
            {"result_id": None, "kind": kind, "made_on": on, "ends_on": ends_on, "requirements": []}
        ]
    return _hearing(day, "hearing_resulted", shared_at=day.at, results=[result], orders=orders)


def _requirement(day: Day) -> Said:
    """A requirement of an order."""
    person = day.supervised()
    return day.county.case(
        "requirement_imposed", person, f"E{day.number}", at=day.at,
        order_id=f"CO-{person.number}", requirement_id=f"RQ-{day.number}",
        kind=day.random.choice(("programme", "unpaid_work", "rehabilitation_activity")),
        days=20, hours=None, ends_on=None,
    )  # fmt: skip


def _assigned(day: Day) -> Said:
    """Another officer of the team takes a person on."""
    person = day.supervised()
    return day.county.case(
        "assigned", person, f"E{day.number}", at=day.at, provider=person.provider,
        team=person.team, officer=f"O{person.team[1:]}-{day.random.randrange(10)}",
        role="responsible_officer", effective_at=day.at,
    )  # fmt: skip


def _risk(day: Day) -> Said:
    """An assessment of risk."""
    rosh = day.random.choice(("low", "medium", "medium", "high"))
    return day.case(
        "risk_assessed", rosh=rosh, assessed_on=day.at.date(), tier="B2", tier_scheme="2015"
    )


def _registered(day: Day) -> Said:
    """A registration."""
    return day.case("registered", **on_register(day.random.choice(REGISTERS), day.at.date()))


def _deregistered(day: Day) -> Said:
    """The end of a registration."""
    register = day.random.choice(REGISTERS)
    return day.case("deregistered", register=register, ended_on=day.at.date())


TRAFFIC: Final[Traffic] = (
    (24, _callout),
    (12, _arrested),
    (5, _bailed),
    (3, _released),
    (8, _charged),
    (5, _no_further_action),
    (9, _listed),
    (10, _resulted),
    (7, _requirement),
    (6, _risk),
    (5, _assigned),
    (4, _registered),
    (2, _deregistered),
)
"""Of a hundred events, how many are of which kind. Assumed: nobody has counted a county's."""


def events(county: County, at: datetime, count: int) -> Iterator[Said]:
    """Yield a day's events from an instant on."""
    return Day(county, at).events(count, TRAFFIC)


def parcels(said: Iterable[Said], register: AgencyRegister, secret: bytes) -> Iterator[Parcel]:
    """Turn what was said into records as the connectors send them: bytes, key and headers."""
    for each in said:
        agency = register.agencies[each.agency]
        yield to_parcel(SourceEvent(each.event_type, each.record), agency, secret, encode)
