"""Made-up people, and what one agency says about them: the ground of `world_builder`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from schemas import catalogue
from schemas.codec import decode, encode, to_json
from streams.domain.case_events import CASE_EVENTS
from streams.domain.directory_events import DIRECTORY_EVENTS
from streams.domain.log import RawRecord
from streams.engines.wiring import discovered_flows
from streams.settings import load_register

if TYPE_CHECKING:
    from streams.domain.records import Event

NOW: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday, in working hours; when everything happens that does not say otherwise."""
LONG_AGO: Final = NOW - timedelta(days=90)
"""When the county was set up."""
MODELS: Final[dict[str, type[Event]]] = {
    **CASE_EVENTS,
    **DIRECTORY_EVENTS,
    **{name: model for flow in discovered_flows() for name, model in flow.events.items()},
}
_REGISTER: Final = load_register(Path(__file__).parents[1] / "agencies.toml")
_PUBLISHERS: Final = {
    event_type: agency.id
    for agency in reversed(_REGISTER.agencies.values())
    for event_type in agency.event_types
}
"""Who publishes each event type: the first agency of the register that may."""
_IDS: Final = UUID("2f1f5d0a-6f3e-5a8e-9d55-0f4a7a1e77aa")
_CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person on supervision, with identifiers that carry the right check letters."""

    given_name: str
    family_name: str
    born_on: date
    number: int

    @property
    def pnc(self) -> str:
        """Return the PNC id in its long form."""
        serial = f"{self.number:07d}"
        return f"2009/{serial}{_CHECK_LETTERS[int('09' + serial) % 23]}"

    @property
    def crn(self) -> str:
        """Return the case reference number."""
        return f"X{self.number % 1_000_000:06d}"

    def reference(self, *kinds: str) -> dict[str, Any]:
        """Return how an agency names the person, with identifiers of these kinds only."""
        values = {"pnc": self.pnc, "crn": self.crn}
        return {
            "identifiers": [{"kind": kind, "value": values[kind]} for kind in kinds],
            "name": {"given_name": self.given_name, "family_name": self.family_name},
            "born_on": self.born_on,
        }


PEOPLE: Final = (
    Person("Callum", "Brackenridge", date(1991, 6, 14), 417_728),
    Person("Rosalind", "Ashcombe-Pryor", date(1988, 1, 30), 204_817),
    Person("Desmond", "Wetherlam", date(1979, 11, 2), 550_120),
    Person("Imogen", "Starkholme", date(1996, 8, 21), 638_402),
)
"""The only made-up people; the last of them nobody supervises."""
PERSON, PARTNER, THIRD, STRANGER = PEOPLE


@dataclass(frozen=True, slots=True)
class Said:
    """What one agency says: an event type without version, its record, and when it came."""

    type: str
    record: dict[str, Any]
    came_at: datetime = NOW
    headers: tuple[tuple[str, bytes], ...] = field(default=())

    @property
    def feed(self) -> str:
        """Return the topic of the agency."""
        return f"feed.{self.record['meta']['publisher']}"

    @property
    def key(self) -> tuple[str, str]:
        """Return the publisher and its id for the event."""
        return (self.record["meta"]["publisher"], self.record["meta"]["event_id"])

    @property
    def event_id(self) -> str:
        """Return the publisher's id for the event."""
        return self.key[1]

    @property
    def value(self) -> bytes:
        """Return the bytes that travel."""
        return encode(f"{self.type}.v1", self.record)

    def raw(self, offset: int = 0) -> RawRecord:
        """Return the record as a log gives it."""
        headers = (("ce_type", f"{self.type}.v1".encode()), *self.headers)
        return RawRecord(offset, None, self.value, headers, self.came_at)

    def model(self) -> Any:  # noqa: ANN401 - the model of any event
        """Return the event as the pipeline sees it, through bytes and back."""
        return MODELS[self.type].model_validate(decode(self.value).record)

    def line(self) -> str:
        """Return the event as a line of JSON, as a publisher of our own schemas writes it."""
        return json.dumps({"type": f"{self.type}.v1", **to_json(self.record)})

    def but(self, **fields: object) -> Said:
        """Return the same said otherwise, as another event; names of `meta` are put there."""
        return _identified(self._changed(fields))

    def same_id_but(self, **fields: object) -> Said:
        """Return the same event id with other content."""
        return self._changed(fields)

    def corrected(self, **fields: object) -> Said:
        """Return the correction of this event, with an id of its own."""
        return self.but(supersedes=self.event_id, **fields)

    def retracted(self, **fields: object) -> Said:
        """Return the retraction of this event, with an id of its own."""
        return self.but(retracts=self.event_id, **fields)

    def late(self, **ago: float) -> Said:
        """Return the same event, come so much later than it happened."""
        return replace(self, came_at=self.came_at + timedelta(**ago))

    def _changed(self, fields: dict[str, object]) -> Said:
        """Replace fields of the record, or of its `meta` where they stand there."""
        names = _META_FIELDS
        meta = {**self.record["meta"], **{n: v for n, v in fields.items() if n in names}}
        rest = {n: v for n, v in fields.items() if n not in names}
        return replace(self, record={**self.record, **rest, "meta": meta})


_META_FIELDS: Final = frozenset(
    each["name"]
    for each in catalogue.schema_of("case.allocated.v1").tree["fields"][0]["type"]["fields"]
)


def _identified(said: Said) -> Said:
    """Give an event an id that follows from what it says."""
    bare = {**said.record, "meta": {**said.record["meta"], "event_id": ""}}
    event_id = str(uuid5(_IDS, json.dumps([said.type, bare], default=str, sort_keys=True)))
    return replace(said, record={**bare, "meta": {**bare["meta"], "event_id": event_id}})


def event(event_type: str, person: dict[str, Any] | None = None, /, **fields: object) -> Said:
    """Return any event; `at` is when it happened and came, other fields go where they belong."""
    at = fields.pop("at", NOW)
    if not isinstance(at, datetime):
        message = f"`at` is an instant, not {at!r}"
        raise TypeError(message)
    meta = {
        "event_id": "",
        "publisher": _PUBLISHERS[event_type],
        "occurred_at": at,
        "published_at": at,
        "gateway": "offender_management_act_2007_s14",
        "handling": "official",
        "nature": "fact",
    }
    about = {} if person is None else {"person": person}
    return Said(event_type, {"meta": meta, **about}, at).but(**fields)
