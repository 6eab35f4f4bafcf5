"""Common Platform hearings and results, as courts send them, split by case and defendant.

What comes in: JSON without a version, wrapped or not (`envelope`). What goes out: one
`courts.hearing_listed` or `courts.hearing_resulted` for each defendant entry that is a person, and
for each application whose person is no defendant of the hearing. A fault of the hearing refuses it
whole (`hearing`); a fault of one defendant refuses that one, with its JSON path, and its neighbours
go. Organisations and deleted results are left out and said. Unknown members are ignored.

Source: court-case-matcher, court-hearing-event-receiver and hmpps-person-record consume the same
messages; the schema ids are http://justice.gov.uk/core/courts/external/*.json.
"""

from datetime import datetime

from connectors import safe_json
from connectors.json_node import FaultError
from connectors.sources.common_platform.entries import Entry, entries_of
from connectors.sources.common_platform.envelope import looks_like_ours, opened
from connectors.sources.common_platform.hearing import Hearing, read_hearing
from connectors.sources.common_platform.people import is_person
from connectors.sources.common_platform.records import Arrival, event_of
from connectors.translation import Rejection, Skipped, SourceEvent, Translated, digest_of

NAME = "common_platform"
ORGANISATION = "left out: an organisation, or a defendant without a person's details"


def recognises(raw: bytes) -> bool:
    """Say whether the bytes look like a hearing, a wrapped one, or the claim check of one."""
    return looks_like_ours(safe_json.parse(raw))


def translate(
    raw: bytes, *, agency: str, received_at: datetime, gateway: str, secret: bytes = b""
) -> Translated:
    """Turn one payload into the events of its defendants, its rejections, and what was left out."""
    digest = digest_of(raw)
    remarks: list[Skipped] = []
    document = safe_json.parse(raw)
    if isinstance(document, safe_json.Unreadable):
        return Translated((), (document.rejection(NAME, "the document"),), (), digest)
    try:
        content = opened(raw, document, remarks)
    except FaultError as fault:
        return Translated((), (fault.rejection(NAME),), tuple(remarks), digest)
    hearing = read_hearing(content)
    if not isinstance(hearing, Hearing):
        rejections = tuple(fault.rejection(NAME) for fault in hearing)
        return Translated((), rejections, tuple(remarks), digest)
    arrival = Arrival(agency, received_at, gateway, digest_of(content.message), secret)
    events, rejections = _split(hearing, arrival)
    return Translated(events, rejections, tuple(remarks), digest)


def _split(
    hearing: Hearing, arrival: Arrival
) -> tuple[tuple[SourceEvent, ...], tuple[Rejection, ...]]:
    """Return the events of the entries that are good, and the faults of the others."""
    entries, faults = entries_of(hearing.node)
    events: list[SourceEvent] = []
    rejections = [fault.rejection(NAME) for fault in faults]
    for entry in entries:
        try:
            if not _is_told(entry):
                continue
            events.append(event_of(entry, hearing, arrival))
        except FaultError as fault:
            rejections.append(fault.rejection(NAME))
    return tuple(events), tuple(rejections)


def _is_told(entry: Entry) -> bool:
    """Is this entry a person? An organisation is said to be left out."""
    if is_person(entry.defendant):
        return True
    entry.defendant.remark(ORGANISATION)
    return False
