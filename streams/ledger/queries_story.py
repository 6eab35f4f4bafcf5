"""The story of one event or one refused record, from the broker to whoever was told.

Everything is read from what the ledger kept; identifiers only, never a name. One thing is worked
out anew: by which kinds of identifier an event was matched is not kept, so its payload is opened
again and its keys are looked up, as they stand now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from streams.domain.alike import SCORED
from streams.domain.log import REPAIR, Place, RawRecord
from streams.domain.matching import (
    NAME_AND_BIRTH_DATE,
    POSSIBLE_WORDS,
    UNKNOWN_WORDS,
    digest,
)
from streams.ledger.connection import Session
from streams.ledger.queries_audit import Trail, trail_of
from streams.ledger.queries_people import merges_of_event
from streams.ledger.queries_quarantine import repairs_of
from streams.ledger.queries_reviews import review_story
from streams.ledger.queries_sealed import sealed_story
from streams.ledger.queries_told import duties_opened, told_by
from streams.ledger.reading import Row, rows
from streams.ledger.records import OURS
from streams.pipeline import Rules, prepare

Story = dict[str, Any]

EVENT_COLUMNS: Final = (
    "seq, publisher, event_id, content, type, version, topic, topic_id, partition, log_offset,"
    " broker_at, raised_at, happened_at, disposition, because, person_id, suspect_time, late,"
    " supersedes, retracts, payload"
)


@dataclass(frozen=True, slots=True)
class Teller:
    """What it takes to tell a story: a session, the rules, and the secret of the look-up keys."""

    session: Session
    rules: Rules
    secret: bytes


def story_of_event(teller: Teller, seq: int) -> Story:
    """Tell the story of an admitted event; a number without one is a LookupError."""
    session = teller.session
    found = rows(session, f"SELECT {EVENT_COLUMNS} FROM event WHERE seq = %s", (seq,))  # noqa: S608 - the columns are a constant
    if not found:
        raise LookupError(seq)
    event = found[0]
    trail = trail_of(session, event)
    return {
        "story": "event",
        "event_id": event["event_id"],
        "publisher": event["publisher"],
        "type": f"{event['type']}.v{event['version']}",
        "seq": event["seq"],
        "received": _received(event),
        "sealed": sealed_story(session, event["seq"]),
        "repaired": _repaired(session, event),
        "ended": event["disposition"],
        "because": event["because"],
        "about": _about(teller, event),
        "merged": merges_of_event(session, seq),
        "review": review_story(session, seq),
        "responsible": _responsible(session, event),
        "told": told_by(session, seq, trail.disclosed),
        "duties": duties_opened(session, seq),
        **_relations(session, event),
        **_of_trail(trail),
    }


def story_of_refusal(session: Session, record: Row) -> Story:
    """Tell the story of a quarantined record, without anything that it holds."""
    trail = trail_of(session, {**record, "log_offset": record["offset"], "publisher": None})
    later = (
        "SELECT seq, disposition, publisher FROM event"
        " WHERE event_id = %s AND topic = %s ORDER BY seq"
    )
    return {
        "story": "quarantine",
        "quarantine_id": record["quarantine_id"],
        "event_id": record["event_id"],
        "claimed_id": _claimed(record),
        "type": record["type"],
        "received": {
            "topic": record["topic"],
            "topic_id": record["topic_id"],
            "partition": record["partition"],
            "offset": record["offset"],
            "broker_at": record["broker_at"],
            "worked_at": record["raised_at"],
        },
        "ended": "quarantined",
        "code": record["code"],
        "because": record["words"],
        "owner": record["owner"],
        "is_ours": record["owner"] == OURS,
        "state": record["state"],
        "detail": record["detail"],
        "repairs": repairs_of(session, record),
        "admitted_under_this_id": rows(session, later, (record["event_id"], record["topic"])),
        **_of_trail(trail),
    }


def _repaired(session: Session, event: Row) -> Row | None:
    """Say what an event was before it was repaired; None where it came by itself."""
    if event["topic"] != REPAIR:
        return None
    found = rows(
        session,
        "SELECT q.id AS quarantine_id, q.topic, q.partition, q.log_offset AS offset, r.code,"
        " r.account, r.at FROM repair r JOIN quarantine q USING (topic_id, partition, log_offset)"
        " WHERE r.seq = %s",
        (event["seq"],),
    )
    return found[0] if found else None


def _claimed(record: Row) -> str | None:
    """Return the id that a refused record's header gives, which nothing vouches for."""
    headers = dict(zip(record["header_names"], record["header_values"], strict=True))
    given = headers.get("ce_id")
    return None if given is None else bytes(given).decode("utf-8", errors="replace")


def _received(event: Row) -> dict[str, object]:
    """Say when and where an event came in, and whether its own time can be trusted."""
    return {
        "topic": event["topic"],
        "topic_id": event["topic_id"],
        "partition": event["partition"],
        "offset": event["log_offset"],
        "broker_at": event["broker_at"],
        "worked_at": event["raised_at"],
        "happened_at": event["happened_at"],
        "late": event["late"],
        "suspect_time": event["suspect_time"],
    }


def _about(teller: Teller, event: Row) -> dict[str, object]:
    """Say who an event is about and how that was decided, by kinds of identifier alone."""
    statement = "SELECT outcome, reason, candidates FROM identity_decision WHERE seq = %s"
    decided = rows(teller.session, statement, (event["seq"],))
    if event["person_id"] is None and not decided:
        return {"decision": "nobody", "words": "the event is about no person"}
    crn = rows(
        teller.session, "SELECT crn FROM case_file WHERE person_id = %s", (event["person_id"],)
    )
    about: dict[str, object] = {
        "decision": _decision(decided, event),
        "person_id": event["person_id"],
        "crn": crn[0]["crn"] if crn else None,
    }
    if event["person_id"] is not None:
        about["by"] = list(_BY_SCORE) if _is_scored(decided) else _kinds(teller, event)
    if decided and decided[0]["outcome"] != "matched":
        about["reason"] = decided[0]["reason"]
        about["words"] = _WORDS.get(decided[0]["reason"], decided[0]["reason"])
        about["candidates"] = len(decided[0]["candidates"])
    return about


def _is_scored(decided: Sequence[Row]) -> bool:
    """Answer whether a score said whom an event is about, and no identifier."""
    return bool(decided) and (decided[0]["outcome"], decided[0]["reason"]) == ("matched", SCORED)


def _decision(decided: Sequence[Row], event: Row) -> str:
    """Return how it was decided whom an event is about; since, where it was held or sealed."""
    outcome = str(decided[0]["outcome"]) if decided else "matched"
    since = outcome in {"possible", "unknown"} and event["person_id"] is not None
    return "decided_since" if since else outcome


_BY_SCORE: Final = ("name", "birth_date", "address")
"""What agrees, all of it, where a score alone says who it is."""
_WORDS: Final[dict[str, str]] = {
    **{reason.value: words for reason, words in POSSIBLE_WORDS.items()},
    **{reason.value: words for reason, words in UNKNOWN_WORDS.items()},
}


def _kinds(teller: Teller, event: Row) -> list[str]:
    """Return the kinds of the event's identifiers that the person has now."""
    agency = teller.rules.register.agencies.get(event["publisher"])
    if event["payload"] is None or agency is None:
        return []
    raw = RawRecord(event["log_offset"], None, event["payload"], (), event["broker_at"])
    looked = prepare(raw, agency.feed, teller.rules).looked
    if looked is None:
        return []
    kinds = {digest(key, teller.secret): key.kind for key in looked.keys}
    held = teller.session.execute(
        "SELECT digest FROM person_key WHERE digest = ANY(%s) AND %s = ANY(person_ids)",
        (list(kinds), event["person_id"]),
    ).fetchall()
    by = {kinds[bytes(row[0])] for row in held}
    return sorted(by - {NAME_AND_BIRTH_DATE} or by)


def _responsible(session: Session, event: Row) -> list[Row]:
    """Return who had the person, in each role, at the instant at which somebody was told."""
    statement = (
        "SELECT DISTINCT ON (role) role, provider, team, officer, from_at AS since"
        " FROM responsibility WHERE person_id = %s AND seq <= %s AND from_at <= %s"
        " ORDER BY role, from_at DESC, seq DESC"
    )
    return rows(session, statement, (event["person_id"], event["seq"], event["raised_at"]))


def _relations(session: Session, event: Row) -> dict[str, object]:
    """Say which events this one takes back or corrects, and which do so to it."""
    others = rows(
        session,
        "SELECT seq, event_id, retracts, supersedes FROM event WHERE publisher = %s"
        " AND (retracts = %s OR supersedes = %s) AND seq <> %s ORDER BY seq",
        (event["publisher"], event["event_id"], event["event_id"], event["seq"]),
    )
    return {
        "retracts": event["retracts"],
        "supersedes": event["supersedes"],
        "retracted_by": _ids(others, "retracts"),
        "superseded_by": _ids(others, "supersedes"),
    }


def _ids(others: Sequence[Row], how: str) -> list[dict[str, object]]:
    """Return the events that do something to this one."""
    return [{"seq": o["seq"], "event_id": o["event_id"]} for o in others if o[how] is not None]


def _of_trail(trail: Trail) -> Story:
    """Say where the audit has it, and what else the audit says of the same id."""
    return {"audit": trail.own, "came_again": trail.others}


def story_of_repeat(place: Place, entry: Row) -> Story:
    """Tell of a record that was the same event again, which left only its audit entry."""
    return {
        "story": "repeat",
        "event_id": entry["body"].get("event"),
        "publisher": entry["body"].get("publisher"),
        "type": entry["body"].get("type"),
        "received": {
            "topic": place.topic,
            "topic_id": place.topic_id,
            "partition": place.partition,
            "offset": entry["body"].get("offset"),
            "worked_at": entry["at"],
        },
        "ended": "repeated",
        "because": "the same event again; nothing was to be done",
        "audit": {"chain": entry["chain"], "number": entry["number"], "at": entry["at"]},
    }
