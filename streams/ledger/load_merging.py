"""What merging two people, or parting them, needs to know: everything about both, under the locks.

The directory's lock is taken for itself, as DESIGN 4.8 says: no batch and no other act is under way
meanwhile, so nothing can come to either of two people while they become one, and no key needs a
lock of its own. The rest of the order stands: cases by person id, then duties and notices by id.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from streams.domain.acts import from_bytes
from streams.domain.identifiers import IdentifierKind
from streams.domain.identity_acts import EventJoined, EventOverridden
from streams.domain.matching import LookupKey, digest
from streams.domain.merge_acts import MergeAct, PeopleUnmerged
from streams.domain.reviews import Review
from streams.ledger.alike import portraits_of
from streams.ledger.arrays import uuids
from streams.ledger.connection import Session
from streams.ledger.histories import folded_of
from streams.ledger.load import Keys, load
from streams.ledger.load_binding import (
    Needs,
    duties_about,
    facts_about,
    notices_about,
)
from streams.ledger.load_cases import AS_NUMBER, cases_of
from streams.ledger.load_following import Whose, to_look_at
from streams.ledger.reading_again import ADMITTED, admitted_of
from streams.ledger.recognising import known_by, still_known_by
from streams.ledger.reviews import REVIEW_COLUMNS, read_review
from streams.ledger.standing_merges import merges_of
from streams.pipeline import Loaded, Rules
from streams.pipeline.merge_values import REMEMBERED, DecidedSince, Merging, Moved, Standing
from streams.pipeline.values import Admitted

EVENT: Final = "event"
EVENT_OF_KEPT: Final = "event_of_kept"
FACT: Final = "fact"
KEY_OF_KEPT: Final = "key_of_kept"
KEY_OF_GONE: Final = "key_of_gone"
RECORD: Final = "source_record"
RECORD_OF_KEPT: Final = "source_record_of_kept"
BLOCK_OF_KEPT: Final = "block_of_kept"
BLOCK_OF_GONE: Final = "block_of_gone"
FORM: Final = "form_of_blocks"
NOTICE: Final = "notice"
DUTY: Final = "duty"

AWAITED: Final = (
    "SELECT FROM duty WHERE person_id = ANY(%s) AND state IN ('open', 'overdue') LIMIT 1"
)
EVENTS: Final = (
    f"SELECT {ADMITTED} FROM event e WHERE person_id = ANY(%s) AND payload IS NOT NULL"  # noqa: S608 - a constant
    " AND retracts IS NULL ORDER BY seq"
)
MEANWHILE: Final = (
    f"SELECT {ADMITTED} FROM event e WHERE person_id = %s AND payload IS NOT NULL"  # noqa: S608 - the same
    " AND NOT EXISTS (SELECT FROM merge_moved m WHERE m.merge_seq = %s"
    " AND m.what IN ('event', 'event_of_kept') AND m.key = e.seq::text) ORDER BY seq"
)
"""What came to the one person since two became one."""


@dataclass(frozen=True, slots=True)
class _Undo:
    """What is known of the merge that is to be undone."""

    moved: Moved | None
    keys: dict[bytes, frozenset[UUID]]
    meanwhile: tuple[Admitted, ...] = ()


def load_merging(session: Session, act: MergeAct, needs: Needs) -> tuple[Loaded, Keys | None]:
    """Load and lock everything about two people, and what came to the one since they are one."""
    people = sorted(act.touched.people, key=AS_NUMBER)
    before = known_by(session, people)
    staff = needs.directory.load(session, exclusive=True)
    found = still_known_by(session, people, before)
    standing, undone = merges_of(session, people)
    undo = _undo(session, act, needs.rules, standing)
    batch = [each.prepared for each in undo.meanwhile]
    loaded, keys = Loaded(directory=staff), None
    if batch:
        loaded, keys = load(
            session, batch, needs.directory, needs.secret, scorer=needs.rules.scorer
        )
    everybody = sorted({*people, *(fact.person_id for fact in loaded.facts)}, key=AS_NUMBER)
    known, files = cases_of(session, everybody)
    reviews = reviews_about(session, people, [each.seq for each in undo.meanwhile])
    whole = replace(
        loaded,
        found={} if keys is None else _found(loaded.found, undo, keys, frozenset(people)),
        known=known,
        cases=files,
        facts=tuple(dict.fromkeys((*facts_about(session, people), *loaded.facts))),
        notices=notices_about(session, people, reviews),
        duties=duties_about(session, people),
        histories=folded_of(session, people),
        to_look_at=to_look_at(session, Whose((), frozenset(people))),
        reviews={each.event_seq: each for each in reviews},
        merging=Merging(
            standing,
            undone,
            undo.moved,
            undo.meanwhile,
            _decided(session, act, undo, (reviews, needs.secret)),
            tuple(_events(session, act, needs.rules)),
            portraits_of(session, people),
            found.digests,
            found.blocks,
        ),
    )
    return whole, keys


def _undo(session: Session, act: MergeAct, rules: Rules, standing: Iterable[Standing]) -> _Undo:
    """Read what the merge moved that is to be undone, and what came since."""
    if not isinstance(act, PeopleUnmerged) or act.merge_seq not in {s.seq for s in standing}:
        return _Undo(None, {})
    row = session.execute(
        "SELECT remembered FROM merge WHERE seq = %s", (act.merge_seq,)
    ).fetchone()
    moved = moved_by(session, act.merge_seq)
    keys: dict[bytes, frozenset[UUID]] = {}
    for what, person_id in ((KEY_OF_KEPT, act.kept), (KEY_OF_GONE, act.gone)):
        for key in moved[what]:
            held = bytes.fromhex(key)
            keys[held] = keys.get(held, frozenset()) | {person_id}
    assert row is not None  # noqa: S101 - the merge stands, so it is there
    facts = session.execute(
        "SELECT DISTINCT publisher, event_id FROM fact WHERE person_id = %s AND seq = ANY(%s)",
        (act.kept, [int(each) for each in moved[FACT]]),
    ).fetchall()
    # What can no longer be read stays where it is.
    came = session.execute(MEANWHILE.encode(), (act.kept, act.merge_seq)).fetchall()
    return _Undo(
        Moved(
            REMEMBERED.validate_json(bytes(row[0])),
            frozenset(int(each) for each in moved[EVENT]),
            frozenset((publisher, event) for publisher, event in facts),
            frozenset(UUID(each) for each in moved[NOTICE]),
            frozenset(UUID(each) for each in moved[DUTY]),
        ),
        keys,
        tuple(admitted_of(came, rules)),
    )


def _decided(
    session: Session, act: MergeAct, undo: _Undo, known: tuple[Iterable[Review], bytes]
) -> dict[int, DecidedSince]:
    """Return what humans have decided about events of the one person since two became one."""
    reviews, secret = known
    since = {
        review.decided_seq: review
        for review in reviews
        if isinstance(act, PeopleUnmerged)
        and review.is_of_human
        and review.person_id == act.kept
        and (review.decided_seq or 0) > act.merge_seq
    }
    statement = "SELECT seq, kind, body FROM act WHERE seq = ANY(%s)"
    found: dict[int, DecidedSince] = {}
    for seq, kind, body in session.execute(statement, (list(since),)) if since else ():
        done = from_bytes(kind, bytes(body))
        number = done.named if isinstance(done, EventJoined | EventOverridden) else None
        held = digest(LookupKey(IdentifierKind.CRN.value, number or ""), secret)
        whose = undo.keys.get(held, frozenset()) & act.touched.people
        named = next(iter(whose)) if number and len(whose) == 1 else None
        found[since[seq].event_seq] = DecidedSince(done.touched.by or "", named)
    return found


def _events(session: Session, act: MergeAct, rules: Rules) -> Iterable[Admitted]:
    """Open what is kept of two who are to be one, where anything is awaited about either."""
    if isinstance(act, PeopleUnmerged):
        return ()
    people = uuids(sorted(act.touched.people))
    if session.execute(AWAITED, (people,)).fetchone() is None:
        return ()
    return admitted_of(session.execute(EVENTS.encode(), (people,)).fetchall(), rules)


def moved_by(session: Session, merge_seq: int) -> dict[str, list[str]]:
    """Return the keys of all that one merge moved, or had of either, by what it is."""
    moved = defaultdict[str, list[str]](list)
    statement = "SELECT what, key FROM merge_moved WHERE merge_seq = %s ORDER BY what, key"
    for what, key in session.execute(statement, (merge_seq,)):
        moved[what].append(key)
    return moved


def _found(
    found: Mapping[LookupKey, frozenset[UUID]], undo: _Undo, keys: Keys, people: frozenset[UUID]
) -> dict[LookupKey, frozenset[UUID]]:
    """Return who has each key as it was before the two became one.

    A key that was taken from the one since, by a human's decision, stays taken.
    """
    nobody = frozenset[UUID]()
    return {
        key: (who - people) | (undo.keys.get(keys.digests[key], nobody) if who & people else nobody)
        for key, who in found.items()
    }


def reviews_about(session: Session, people: Sequence[UUID], seqs: Sequence[int]) -> list[Review]:
    """Lock and read the reviews that name any of them, and those of events by their numbers."""
    rows = session.execute(
        f"SELECT {REVIEW_COLUMNS} FROM review"  # noqa: S608 - a constant
        " WHERE event_seq = ANY(%s) OR person_id = ANY(%s) OR candidates && %s OR rejected && %s"
        " ORDER BY event_seq FOR UPDATE",
        (list(seqs), *(uuids(people),) * 3),
    ).fetchall()
    return [read_review(row) for row in rows]
