"""Write that two people are one, or two again: which rows move, and which move back.

Each row that moves is remembered by its key, with those that were of the other before, so that what
came since can be told from both. Nothing is moved that hangs on no person: what was decided about
identity, the audit and the steps of notices stay as they were written.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from streams.domain.alike import Scorer
from streams.ledger import tables
from streams.ledger.arrays import blobs, uuids
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.ledger.load import NOTICES
from streams.ledger.load_merging import (
    DUTY,
    EVENT,
    EVENT_OF_KEPT,
    FACT,
    KEY_OF_GONE,
    KEY_OF_KEPT,
    NOTICE,
    moved_by,
)
from streams.ledger.recognising import describe_again, recognise_as_one
from streams.pipeline import Work
from streams.pipeline.merge_values import REMEMBERED, Merged, Parted

LOOK_AGAIN: Final = "look_again"
LOOK_AGAIN_OF_KEPT: Final = "look_again_of_kept"
INSTANT: Final = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
BY_SEQ: Final = {
    EVENT: "event",
    FACT: "fact",
    "responsibility": "responsibility",
    "source_record": "source_record",
}
"""What is moved by the number of its event, and in which table it is."""
KEYS_AS_BEFORE: Final = (
    "UPDATE person_key SET person_ids = ARRAY(SELECT DISTINCT unnest("
    "array_remove(person_ids, %(kept)s)"
    " || CASE WHEN digest = ANY(%(k)s) THEN ARRAY[%(kept)s::uuid] ELSE '{}' END"
    " || CASE WHEN digest = ANY(%(g)s) THEN ARRAY[%(gone)s::uuid] ELSE '{}' END) ORDER BY 1)"
    " WHERE %(kept)s = ANY(person_ids)"
)
"""Whoever had a key before has it again, unless it was taken from the one since."""
NOBODYS_KEYS: Final = "DELETE FROM person_key WHERE person_ids = '{}'"
"""What was learnt while two were taken for one, and is of neither."""
REMEMBER: Final = (
    "INSERT INTO merge_moved (merge_seq, what, key)"
    " SELECT DISTINCT %s, %s, {key} FROM {table} WHERE {whose} ON CONFLICT DO NOTHING"
)


def move_back(session: Session, work: Work) -> None:
    """Move back what the merges moved that were undone, before anything else is written of it."""
    for parted in work.parted:
        _move_back(session, parted)


def save_merges(
    session: Session, work: Work, at: datetime, *, secret: bytes, scorer: Scorer | None
) -> None:
    """Write the merges and the partings of some acts, after all that else came of them."""
    for merged in work.merged:
        remembered = REMEMBERED.dump_json(merged.remembered)
        row = (merged.seq, at, merged.kept, merged.gone, remembered, None)
        copy(session, tables.merge, [row])
        # What is recognised is read from records that are still of either.
        recognise_as_one(session, (merged.kept, merged.gone), scorer, secret)
        _move(session, merged)
        _save_labels(session, work, (*merged.notices, *merged.duties))
        _save_known(session, work, (merged.kept,))
    for parted in work.parted:
        _save_labels(session, work, (*parted.notices, *parted.duties))
        _save_known(session, work, (parted.kept, parted.gone))
        describe_again(session, (parted.kept, parted.gone), scorer, secret)
        session.execute(NOBODYS_KEYS)


def _move(session: Session, merged: Merged) -> None:
    """Move every row of who is gone to who is kept, remembering which."""
    seq, kept, gone = merged.seq, merged.kept, merged.gone
    for what, table in BY_SEQ.items():
        _remember(session, seq, (what, "seq::text", table), gone)
    _remember(session, seq, (EVENT_OF_KEPT, "seq::text", "event"), kept)
    _remember(session, seq, (LOOK_AGAIN, INSTANT, "look_again"), gone)
    _remember(session, seq, (LOOK_AGAIN_OF_KEPT, INSTANT, "look_again"), kept)
    for what, person_id in ((KEY_OF_KEPT, kept), (KEY_OF_GONE, gone)):
        _remember(session, seq, (what, "encode(digest, 'hex')", "person_key"), person_id)
    ids = [(NOTICE, merged.notices), (DUTY, merged.duties)]
    rows = [(seq, what, str(each)) for what, found in ids for each in found]
    copy(session, tables.merge_moved, rows)
    for table in BY_SEQ.values():
        _give(session, table, gone, kept)
    session.execute(
        "INSERT INTO look_again (person_id, at) SELECT %s, at FROM look_again WHERE person_id = %s"
        " ON CONFLICT DO NOTHING",
        (kept, gone),
    )
    session.execute("DELETE FROM look_again WHERE person_id = %s", (gone,))
    session.execute(
        "UPDATE person_key SET person_ids = ARRAY(SELECT DISTINCT unnest"
        "(array_append(array_remove(person_ids, %(gone)s), %(kept)s)) ORDER BY 1)"
        " WHERE %(gone)s = ANY(person_ids)",
        {"gone": gone, "kept": kept},
    )


def _remember(
    session: Session, merge_seq: int, what: tuple[str, str, str], person_id: UUID
) -> None:
    """Remember the keys of the rows that are somebody's."""
    name, key, table = what
    whose = "%s = ANY(person_ids)" if table == "person_key" else "person_id = %s"
    statement = REMEMBER.replace("{key}", key).replace("{table}", table).replace("{whose}", whose)
    session.execute(statement.encode(), (merge_seq, name, person_id))


def _give(session: Session, table: str, from_id: UUID, to_id: UUID) -> None:
    """Let every row of one person in a table be of another."""
    statement = f"UPDATE {table} SET person_id = %s WHERE person_id = %s"  # noqa: S608 - names of our own tables
    session.execute(statement.encode(), (to_id, from_id))


def _move_back(session: Session, parted: Parted) -> None:
    """Move back what a merge moved and is still of the one, and take back what was learnt since."""
    moved, seq = moved_by(session, parted.merge_seq), parted.merge_seq
    kept, gone = parted.kept, parted.gone
    session.execute("UPDATE merge SET undone_seq = %s WHERE seq = %s", (parted.seq, seq))
    for what, table in BY_SEQ.items():
        statement = f"UPDATE {table} SET person_id = %s WHERE person_id = %s AND seq = ANY(%s)"  # noqa: S608 - names of our own tables
        session.execute(statement.encode(), (gone, kept, [int(each) for each in moved[what]]))
    _look_again_as_before(session, parted, moved)
    of_kept, of_gone = (
        blobs(sorted(map(bytes.fromhex, moved[what]))) for what in (KEY_OF_KEPT, KEY_OF_GONE)
    )
    session.execute(KEYS_AS_BEFORE, {"k": of_kept, "g": of_gone, "kept": kept, "gone": gone})


def _look_again_as_before(session: Session, parted: Parted, moved: dict[str, list[str]]) -> None:
    """Let the case of each be looked at when it was to be, unless that has come meanwhile."""
    of_kept = frozenset(moved[LOOK_AGAIN_OF_KEPT])
    for at in moved[LOOK_AGAIN]:
        session.execute(
            "INSERT INTO look_again (person_id, at) SELECT %s, at FROM look_again"
            " WHERE person_id = %s AND at = %s::timestamptz ON CONFLICT DO NOTHING",
            (parted.gone, parted.kept, at),
        )
        if at not in of_kept:
            session.execute(
                "DELETE FROM look_again WHERE person_id = %s AND at = %s::timestamptz",
                (parted.kept, at),
            )


def _save_labels(session: Session, work: Work, ids: tuple[UUID, ...]) -> None:
    """Write whom notices and duties are about, and the documents that say so."""
    notices = [work.notices[each] for each in ids if each in work.notices]
    duties = [work.duties[each] for each in ids if each in work.duties]
    session.execute(
        "UPDATE notice n SET person_id = c.person_id, document = c.document"
        " FROM unnest(%s::uuid[], %s::uuid[], %s::bytea[]) AS c (id, person_id, document)"
        " WHERE n.id = c.id",
        (
            uuids(each.id for each in notices),
            uuids(each.person_id for each in notices if each.person_id is not None),
            blobs(NOTICES.dump_json(each) for each in notices),
        ),
    )
    session.execute(
        "UPDATE duty d SET person_id = c.person_id"
        " FROM unnest(%s::uuid[], %s::uuid[]) AS c (id, person_id) WHERE d.id = c.id",
        (uuids(each.id for each in duties), uuids(each.person_id for each in duties)),
    )


def _save_known(session: Session, work: Work, people: tuple[UUID, ...]) -> None:
    """Write by which names and birth dates people are compared."""
    for person_id in people:
        known = work.known[person_id]
        session.execute(
            "UPDATE person SET family_names = %s, birth_dates = %s WHERE person_id = %s",
            (sorted(known.family_names), sorted(known.birth_dates), person_id),
        )
