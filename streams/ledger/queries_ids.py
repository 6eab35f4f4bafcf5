"""What an id that somebody typed stands for: events, refused records, or a repeat.

An id is a notice's, an event's (its publisher's word for it, whole or in part), a number of the
ledger, a quarantine id (`Q12`), or a place (`feed.x[0]@17`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from streams.domain.log import Place
from streams.ledger.connection import Session
from streams.ledger.queries_audit import entries_at
from streams.ledger.queries_quarantine import quarantined_at, quarantined_by_id
from streams.ledger.queries_story import Story, Teller, story_of_event, story_of_refusal
from streams.ledger.queries_story import story_of_repeat as _story_of_repeat
from streams.ledger.queries_told import told_by
from streams.ledger.reading import Row, rows

STORIES_MAX: Final = 50
"""Assumed: whoever typed a part of an id that fits more events than this meant something else."""
PART_CHARS_MIN: Final = 4
OF_EVENTS: Final = [
    "event_joined",
    "event_rejected",
    "event_overridden",
    "event_bound",
    "review_waited",
    "sealed_opened",
]
"""Kinds of acts about one event, by which notices are raised long after it came."""
NUMBER_MAX: Final = 2**63 - 1

PLACE: Final = re.compile(
    r"(?P<topic>[A-Za-z0-9._-]{1,249})\[(?P<partition>\d{1,9})\]@(?P<offset>\d{1,18})"
)
CLAIMED_ID: Final = (
    "coalesce(event_id, encode(header_values[array_position(header_names, 'ce_id')], 'escape'))"
)
"""The id of a refused record: its event's, or what its header says where the bytes say nothing."""
QUARANTINED: Final = re.compile(r"[Qq](?P<id>\d{1,18})")


@dataclass(frozen=True, slots=True)
class Found:
    """The stories that an id stands for; `more` says that there were too many to tell."""

    stories: tuple[Story, ...]
    more: bool = False


def parse_place(text: str) -> tuple[str, int, int] | None:
    """Read a place as operators write it: topic, partition and offset."""
    match = PLACE.fullmatch(text)
    if match is None:
        return None
    return match["topic"], int(match["partition"]), int(match["offset"])


def stories_of(teller: Teller, given: str) -> Found:
    """Return every story that an id stands for; none where nothing is known by it."""
    place = parse_place(given)
    if place is not None:
        return Found(tuple(_at(teller, place)))
    exact = (*_by_number(teller, given), *_by_notice(teller, given), *_by_event_id(teller, given))
    if exact:
        return Found(exact[:STORIES_MAX], more=len(exact) > STORIES_MAX)
    return _by_part(teller, given)


def _at(teller: Teller, place: tuple[str, int, int]) -> Iterable[Story]:
    """Tell what stands at a place, in any life of the topic."""
    seqs = _seqs(
        teller.session,
        "topic = %s AND partition = %s AND log_offset = %s",
        *place,
    )
    stories = [story_of_event(teller, seq) for seq in seqs]
    stories += [story_of_refusal(teller.session, r) for r in quarantined_at(teller.session, place)]
    return stories or _repeats(teller.session, place)


def _repeats(session: Session, place: tuple[str, int, int]) -> Iterable[Story]:
    """Tell of records that were the same event again."""
    topic, partition, offset = place
    lives = rows(
        session,
        "SELECT topic_id FROM position WHERE topic = %s AND partition = %s",
        (topic, partition),
    )
    places = [Place(topic, life["topic_id"], partition) for life in lives]
    return [_story_of_repeat(p, entry) for p in places for entry in entries_at(session, p, offset)]


def _by_number(teller: Teller, given: str) -> tuple[Story, ...]:
    """Tell of a number of the ledger, or of a quarantine id."""
    quarantined = QUARANTINED.fullmatch(given)
    if quarantined is not None:
        found = quarantined_by_id(teller.session, int(quarantined["id"]))
        return tuple(story_of_refusal(teller.session, record) for record in found)
    if not (given.isascii() and given.isdecimal()) or int(given) > NUMBER_MAX:
        return ()
    seqs = _seqs(teller.session, "seq = %s", int(given))
    refused = quarantined_by_id(teller.session, int(given))
    events = (story_of_event(teller, seq) for seq in seqs)
    return (*events, *(story_of_refusal(teller.session, record) for record in refused))


def _by_notice(teller: Teller, given: str) -> tuple[Story, ...]:
    """Tell of every event that moved a notice, or about which it was moved; else of the acts."""
    try:
        notice = UUID(given)
    except ValueError:
        return ()
    steps = rows(
        teller.session,
        "SELECT seq FROM notice_step JOIN event USING (seq) WHERE notice_id = %s UNION"
        " SELECT (convert_from(a.body, 'UTF8')::jsonb ->> 'event_seq')::bigint FROM notice_step"
        " JOIN act a USING (seq) WHERE notice_id = %s AND a.kind = ANY(%s) ORDER BY seq",
        (notice, notice, OF_EVENTS),
    )
    if not steps:
        return tuple(_acts_upon(teller.session, notice))
    return tuple(story_of_event(teller, step["seq"]) for step in steps)


def _acts_upon(session: Session, notice: UUID) -> Iterator[Story]:
    """Tell of what time, staff or officers brought about without an event."""
    statement = (
        "SELECT DISTINCT seq, a.at, a.chain, a.kind FROM notice_step JOIN act a USING (seq)"
        " WHERE notice_id = %s ORDER BY seq"
    )
    for act in rows(session, statement, (notice,)):
        yield {"story": "act", **act, "told": told_by(session, act["seq"], ())}


def _by_event_id(teller: Teller, given: str) -> tuple[Story, ...]:
    """Tell of the events and refused records that have exactly this id."""
    seqs = _seqs(teller.session, "event_id = %s", given)
    events = (story_of_event(teller, seq) for seq in seqs)
    return (*events, *_refused(teller.session, f"{CLAIMED_ID} = %s", given))


def _by_part(teller: Teller, given: str) -> Found:
    """Tell of the events whose id contains what was typed, such as a court's hearing id."""
    if len(given) < PART_CHARS_MIN:
        return Found(())
    where = "position(lower(%s) in lower(event_id)) > 0"
    seqs = _seqs(teller.session, where, given)
    stories = [story_of_event(teller, seq) for seq in seqs[:STORIES_MAX]]
    in_refused = f"position(lower(%s) in lower({CLAIMED_ID})) > 0"
    stories += _refused(teller.session, in_refused, given)
    return Found(tuple(stories[:STORIES_MAX]), more=len(seqs) > STORIES_MAX)


def _refused(session: Session, where: str, value: object) -> list[Story]:
    """Tell of the refused records that a condition finds."""
    ids = rows(
        session,
        f"SELECT id FROM quarantine WHERE {where} ORDER BY id LIMIT {STORIES_MAX}",  # noqa: S608 - constants of ours
        (value,),
    )
    found: list[Row] = []
    for each in ids:
        found += quarantined_by_id(session, each["id"])
    return [story_of_refusal(session, record) for record in found]


def _seqs(session: Session, where: str, *values: object) -> list[int]:
    """Return the numbers of the events that a condition finds, one more than can be told."""
    statement = f"SELECT seq FROM event WHERE {where} ORDER BY seq LIMIT {STORIES_MAX + 1}"  # noqa: S608 - constants of ours
    return [row["seq"] for row in rows(session, statement, values)]
