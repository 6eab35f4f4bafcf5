"""One event of one person in one case of a hearing, built from what the other modules read.

The event's id is made of the hearing, the case, the person and a digest of everything that the
event says, so that the same payload sent again has the same ids, and a changed one has a new id for
those it changed and for nobody else. Ids are kept of strangers too, so the digest has a key: who
guesses what was said of somebody cannot see by the id that they are right.
"""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from connectors.json_node import FaultError, Node
from connectors.sources.common_platform.entries import (
    Entry,
    linked_cases,
    linked_offences,
)
from connectors.sources.common_platform.hearing import Hearing
from connectors.sources.common_platform.orders import orders_of
from connectors.sources.common_platform.people import given_fields, person_of
from connectors.sources.common_platform.results import (
    ReadResult,
    results_in,
    results_of_offence,
    single_results,
)
from connectors.translation import SourceEvent
from streams.domain.records import MANY_MAX, TEXT_MAX

HEARING_LISTED = "courts.hearing_listed.v1"
HEARING_RESULTED = "courts.hearing_resulted.v1"
DIGEST_CHARS = 16
NO_ID = "-"
SPLIT = "operations must raise the limit or the publisher must split the hearing by case"


@dataclass(frozen=True, slots=True)
class Arrival:
    """What an event has from its arrival, not from the payload's content."""

    agency: str
    received_at: datetime
    gateway: str
    message_digest: str
    secret: bytes = field(default=b"", repr=False)


def event_of(entry: Entry, hearing: Hearing, arrival: Arrival) -> SourceEvent:
    """Return the event of one entry: resulted where it has any result, else listed."""
    content, is_resulted = _content(entry, hearing)
    _demand_few(entry, content)
    resulted = {"shared_at": hearing.shared_at} if is_resulted else {}
    occurred_at = resulted.get("shared_at") or hearing.sittings[0]
    convicted = any(result["convicts"] for result in _all_results(content))
    record = {
        "meta": {
            "event_id": _event_id(entry, hearing, {**content, **resulted}, arrival.secret),
            "publisher": arrival.agency,
            "occurred_at": occurred_at,
            "published_at": arrival.received_at,
            "supersedes": None,
            "retracts": None,
            "gateway": arrival.gateway,
            "handling": "official_sensitive",
            "nature": "fact",
            "subject_category": "convicted" if convicted else "suspect",
            "as_at": None,
            "source_grading": None,
            "handling_conditions": [],
        },
        **content,
        **resulted,
        "source_digest": arrival.message_digest,
        "source_path": entry.defendant.path.rpartition(">")[2],
    }
    if not is_resulted:
        del record["results"], record["orders"]
    return SourceEvent(HEARING_RESULTED if is_resulted else HEARING_LISTED, record)


def _content(entry: Entry, hearing: Hearing) -> tuple[dict[str, Any], bool]:
    """Return what the event says, and whether the court has resulted anything for this person."""
    defendant_id = _defendant_id(entry)
    offences = entry.defendant["offences"].entries()
    if entry.is_application:
        offences = linked_offences(entry.case)
    results = tuple(_results(entry))
    applications = [(node, tuple(_application_results(node))) for node in entry.applications]
    ordering = [*results, *(result for _, found in applications for result in found)]
    content = {
        "person": person_of(entry.defendant, defendant_id),
        "hearing_id": hearing.hearing_id,
        "court_case": _court_case(entry),
        "prosecution_case_id": _prosecution_case_id(entry),
        "defendant_id": defendant_id,
        "court": hearing.court,
        "jurisdiction": hearing.jurisdiction,
        "hearing_type": hearing.hearing_type,
        "sittings": hearing.sittings,
        "offences": [_offence(offence) for offence in offences],
        "applications": [_application(node, found) for node, found in applications],
        "given": given_fields(entry.defendant),
        "results": [result.record for result in results],
        "orders": orders_of(ordering),
    }
    return content, bool(ordering) or _has_deleted_results(entry)


def _demand_few(entry: Entry, content: dict[str, Any]) -> None:
    """Refuse a person with more of anything than an event may hold."""
    for name, value in content.items():
        if isinstance(value, list) and len(value) > MANY_MAX:
            expected = f"at most {MANY_MAX} {name} for one person"
            raise FaultError(entry.defendant.place, expected, f"{len(value):,}", SPLIT)


def _results(entry: Entry) -> Iterator[ReadResult]:
    """Yield the results of a defendant; those under an application belong to the application."""
    if entry.is_application:
        yield from single_results(entry.hearing_results)
        return
    for offence in entry.defendant["offences"].entries():
        yield from results_of_offence(offence)
    own = (entry.defendant["judicialResults"], entry.defendant["defendantCaseJudicialResults"])
    yield from results_in(own)
    yield from single_results(entry.hearing_results)


def _application_results(application: Node) -> Iterator[ReadResult]:
    """Yield the results of an application, and those of the offences under it."""
    yield from results_in([application["judicialResults"]])
    for offence in linked_offences(application):
        yield from results_of_offence(offence)


def _has_deleted_results(entry: Entry) -> bool:
    """Is there a result at all, if only a deleted one? Its deletion amends what was told."""
    lists = [entry.defendant["judicialResults"], entry.defendant["defendantCaseJudicialResults"]]
    lists += [offence["judicialResults"] for offence in entry.defendant["offences"].entries()]
    for application in entry.applications:
        lists.append(application["judicialResults"])
        lists += [offence["judicialResults"] for offence in linked_offences(application)]
    return bool(entry.hearing_results) or any(found.entries() for found in lists)


def _defendant_id(entry: Entry) -> str | None:
    """Return the id of the person in this case; a defendant must have one."""
    if not entry.is_application:
        node = entry.defendant["id"]
        if (defendant_id := node.identifier()) is None:
            raise node.fault("the id of the defendant")
        return defendant_id
    cases = entry.defendant["defendantCase"].entries()
    return cases[0]["defendantId"].identifier() if cases else None


def _prosecution_case_id(entry: Entry) -> str | None:
    """Return the id of the case; of the first case that an application links."""
    if not entry.is_application:
        return entry.case["id"].identifier()
    cases = linked_cases(entry.case)
    return cases[0]["prosecutionCaseId"].identifier() if cases else None


def _court_case(entry: Entry) -> str:
    """Return the name of the case: its URN, else the authority's reference, else its id."""
    cases = linked_cases(entry.case)[:1] if entry.is_application else (entry.case,)
    identifiers = [case["prosecutionCaseIdentifier"] for case in cases]
    named = [node["caseURN"].identifier() for node in identifiers]
    named += [node["prosecutionAuthorityReference"].identifier() for node in identifiers]
    named += [_prosecution_case_id(entry)]
    if entry.is_application:
        named += [entry.case["applicationReference"].identifier(), entry.case["id"].identifier()]
    for name in named:
        if name is not None:
            # Producers write a URN with spaces and without; it names one case either way.
            return "".join(name.split())
    raise entry.case["prosecutionCaseIdentifier"]["caseURN"].fault("the URN of the case")


def _offence(offence: Node) -> dict[str, Any]:
    """Return one offence; one without a title is named by its code."""
    code = offence["offenceCode"].identifier()
    title = offence["offenceTitle"].prose(chars_max=TEXT_MAX) or code
    if title is None:
        raise offence["offenceTitle"].fault("the title of the offence")
    plea = offence["plea"]["pleaValue"].text()
    return {
        "offence_id": offence["id"].identifier(),
        "code": code,
        "title": title,
        "wording": offence["wording"].prose(),
        "plea": plea or offence["indicatedPlea"]["indicatedPleaValue"].text(),
        "convicted_on": offence["convictionDate"].day(),
        "charged_on": offence["chargeDate"].day(),
    }


def _application(application: Node, results: Sequence[ReadResult]) -> dict[str, Any]:
    """Return one application with its results."""
    return {
        "application_id": application["id"].identifier(),
        "title": application["type"]["type"].prose(chars_max=TEXT_MAX),
        "status": application["applicationStatus"].text(),
        "results": [result.record for result in results],
    }


def _all_results(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the person's results and those of the applications."""
    yield from content["results"]
    for application in content["applications"]:
        yield from application["results"]


def _event_id(entry: Entry, hearing: Hearing, content: dict[str, Any], secret: bytes) -> str:
    """Return an id that only what the event says can change."""
    case_id = content["prosecution_case_id"] or entry.case["id"].identifier() or NO_ID
    person_id = content["defendant_id"] or entry.defendant["masterDefendantId"].identifier()
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    digest = hmac.new(secret, canonical.encode(), sha256) if secret else sha256(canonical.encode())
    end = digest.hexdigest()[:DIGEST_CHARS]
    return f"cp:{hearing.hearing_id}:{case_id}:{person_id or NO_ID}:{entry.occurrence}:{end}"
