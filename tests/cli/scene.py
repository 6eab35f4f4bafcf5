"""A small made-up morning in the ledger, which the commands are asked about.

One officer has one person. The police send call-outs about that person, the same twice, one about
somebody with the same surname and birth date, one about nobody we know, and rubbish.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from schemas.codec import encode
from streams.engines.embedded import EmbeddedEngine
from streams.engines.wiring import rules_of
from streams.ledger.connection import connect
from streams.ledger.transaction import Applied, Ledger
from streams.settings import Settings

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
"""A Monday; 10:00 in Durham, whose clocks are an hour ahead in July."""
SECRET = "made-up-for-tests"
PROVIDER = "crc-durham-tees-valley"
CRN = "X123456"
PNC = "1979/0163001B"
OFFICER = "OFF-1"
DESK = "DESK-1"
FAMILY = "Canarysurname"
GIVEN = "Canarygiven"
STREET = "7 Canary Lane"
SUMMARY = "Canary: the neighbour at number nine rang."
BORN = date(1979, 5, 5)
PERSONAL = (FAMILY, GIVEN, "Canary Lane", "neighbour", "1979-05-05", PNC, FAMILY.upper())
"""What no output but --reveal, and no log at all, may ever show."""

Event = tuple[str, Mapping[str, Any]]


def meta(publisher: str, event_id: str, **more: object) -> dict[str, Any]:
    """Make the head of an event."""
    return {
        "event_id": event_id,
        "publisher": publisher,
        "occurred_at": NOW,
        "published_at": NOW,
        "supersedes": None,
        "retracts": None,
        "gateway": "offender_management_act_2007_s14",
        "handling": "official_sensitive",
        "nature": "fact",
        "subject_category": None,
        "as_at": None,
        "source_grading": None,
        "handling_conditions": [],
        **more,
    }


def person(pnc: str | None = None, crn: str | None = None) -> dict[str, Any]:
    """Make a reference to the person of this scene, full of what must not be shown."""
    given = {"pnc": pnc, "crn": crn}
    return {
        "identifiers": [{"kind": k, "value": v} for k, v in given.items() if v is not None],
        "name": {"given_name": GIVEN, "middle_names": None, "family_name": FAMILY},
        "aliases": [],
        "born_on": BORN,
        "addresses": [
            {"kind": "home", "lines": [STREET], "postcode": None, "no_fixed_address": False}
        ],
    }


def officer_recorded() -> Event:
    """Make the event that puts the officer into the directory."""
    return "directory.officer_recorded.v1", {
        "meta": meta("staff-directory", "dir-1"),
        "officer": OFFICER,
        "name": "Ann Example",
        "grade": "PO",
        "team": "team-1",
        "provider": PROVIDER,
        "email": "ann@example.invalid",
        "phone": None,
        "verified_on": None,
        "effective_at": NOW - timedelta(days=30),
    }


def of_the_desk() -> tuple[Event, Event]:
    """Return the events that put somebody at the provider's duty desk."""
    kind, record = officer_recorded()
    desk = {**record, "officer": DESK, "name": "Dee Example", "grade": "desk"}
    role = {
        "meta": meta("staff-directory", "role-1"),
        "role": "duty_desk",
        "provider": PROVIDER,
        "holder": DESK,
        "cover": None,
        "effective_at": NOW - timedelta(days=30),
        "ended_at": None,
    }
    return (
        (kind, {**desk, "meta": meta("staff-directory", "dir-desk")}),
        ("directory.role_recorded.v1", role),
    )


def allocated_and_assigned() -> tuple[Event, Event]:
    """Make the events that give the person to the officer."""
    about = {"person": person(PNC, CRN), "provider": PROVIDER, "team": "team-1"}
    return (
        (
            "case.allocated.v1",
            {
                "meta": meta("case-management", "alloc-1"),
                **about,
                "effective_at": NOW - timedelta(days=40),
                "reason": None,
            },
        ),
        (
            "case.assigned.v1",
            {
                "meta": meta("case-management", "assign-1"),
                **about,
                "officer": OFFICER,
                "role": "responsible_officer",
                "effective_at": NOW - timedelta(days=39),
            },
        ),
    )


def callout(event_id: str, pnc: str | None = PNC, **more: object) -> Event:
    """Make a call-out about a person with that PNC."""
    return "police.domestic_abuse_callout.v1", {
        "meta": meta("durham-police", event_id, **more),
        "person": person(pnc),
        "callout_reference": f"DA-{event_id}",
        "role": "suspect",
        "grade": "high",
        "children_present": True,
        "children_count": 1,
        "children_age_bands": ["under_5"],
        "arrest_made": True,
        "at_address_of": "own",
        "order_breached": False,
        "summary": SUMMARY,
    }


@dataclass(slots=True)
class Scene:
    """A ledger with an engine whose clock moves only when told."""

    url: str
    settings: Settings
    engine: EmbeddedEngine = field(init=False)

    def __post_init__(self) -> None:
        """Open the engine on the ledger."""
        secret = self.settings.key_secret
        assert secret is not None
        ledger = Ledger(
            connect(self.url, name="scene"),
            rules_of(self.settings),
            secret.get_secret_value().encode(),
        )
        self.engine = EmbeddedEngine(ledger, NOW)

    def close(self) -> None:
        """Let the ledger go."""
        self.engine.ledger.session.close()

    def publish(self, agency: str, *events: Event) -> Applied:
        """Apply events of one agency as one batch."""
        values = [(encode(kind, record), {"ce_type": kind.encode()}) for kind, record in events]
        return self.engine.publish(f"feed.{agency}", values)

    def rubbish(self, agency: str, value: bytes | None, **headers: str) -> Applied:
        """Apply bytes that are no event."""
        given = {name: text.encode() for name, text in headers.items()}
        return self.engine.publish(f"feed.{agency}", [(value, given)])

    def morning(self) -> None:
        """Play the whole morning."""
        self.publish("staff-directory", officer_recorded())
        self.publish("case-management", *allocated_and_assigned())
        self.engine.advance(timedelta(minutes=30))
        self.publish("durham-police", callout("call-1"), callout("call-1"))
        self.publish(
            "durham-police",
            callout("call-held", pnc=None),
            ("police.domestic_abuse_callout.v1", _nobody()),
            callout("call-2", handling_conditions=["do_not_tell_person"]),
        )
        self.rubbish("durham-police", f"{FAMILY} of {STREET}".encode(), ce_id="call-bad")


def _nobody() -> Mapping[str, Any]:
    """Make a call-out about somebody whom nobody has."""
    _, record = callout("call-nobody", pnc="2002/0073319Z")
    stranger = {**record["person"], "name": None, "born_on": None}
    return {**record, "person": stranger}
