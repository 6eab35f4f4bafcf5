"""Write that two people are one, or two again: which rows move, and which move back.

Each row that moves is remembered by its key, with those that were of the other before, so that what
came since can be told from both. Nothing is moved that hangs on no person: what was decided about
identity, the audit and the steps of notices stay as they were written.
"""

from collections.abc import Iterable  # noqa: TC003 - for ruff only: the rows are made of it
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
    BLOCK_OF_GONE,
    BLOCK_OF_KEPT,
    DUTY,
    EVENT,
    EVENT_OF_KEPT,
    FACT,
    FORM,
    KEY_OF_GONE,
    KEY_OF_KEPT,
    NOTICE,
    RECORD,
    RECORD_OF_KEPT,
    moved_by,
)
from streams.ledger.recognising import (
    as_one,
    blocks_of,
    describe,
    find_under,
    form_of_blocks,
    has_keys,
    on_the_way,
    references_of,
)
from streams.pipeline import Work
from streams.pipeline.merge_values import REMEMBERED, Merged, Merging, Parted

LOOK_AGAIN: Final = "look_again"
LOOK_AGAIN_OF_KEPT: Final = "look_again_of_kept"
INSTANT: Final = """to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
BY_SEQ: Final = {
    EVENT: "event",
    FACT: "fact",
    "responsibility": "responsibility",
    RECORD: "source_record",
}
"""What is moved by the number of its event, and in which table it is."""
KEYS_AS_BEFORE: Final = (
    "UPDATE person_key SET person_ids = ARRAY(SELECT DISTINCT unnest("
    "array_remove(person_ids, %(kept)s)"
    " || CASE WHEN digest = ANY(%(k)s) THEN ARRAY[%(kept)s::uuid] ELSE '{}' END"
    " || CASE WHEN digest = ANY(%(g)s) THEN ARRAY[%(gone)s::uuid] ELSE '{}' END) ORDER BY 1)"
    " WHERE digest = ANY(%(had)s)"
)
"""Whoever had a key before has it again, unless it was taken from the one since."""
NOBODYS_KEYS: Final = "DELETE FROM person_key WHERE digest = ANY(%s) AND person_ids = '{}'"
"""What was learnt while two were taken for one, and is of neither."""
REMEMBER: Final = (
    "INSERT INTO merge_moved (merge_seq, what, key)"
    " SELECT DISTINCT %s, %s, {key} FROM {table} WHERE person_id = %s"
)


def move_back(session: Session, work: Work) -> None:
    """Move back what the merges moved that were undone, before anything else is written of it."""
    for parted in work.parted:
        _move_back(session, parted, work.merging)


def save_merges(
    session: Session, work: Work, at: datetime, *, secret: bytes, scorer: Scorer | None
) -> None:
    """Write the merges and the partings of some acts, after all that else came of them."""
    for merged in work.merged:
        remembered = REMEMBERED.dump_json(merged.remembered)
        row = (merged.seq, at, merged.kept, merged.gone, remembered, None)
        copy(session, tables.merge, [row])
        _move(session, merged, work.merging)
        _recognise_one(session, merged, work.merging, (scorer, secret))
        _save_labels(session, work, (*merged.notices, *merged.duties))
        _save_known(session, work, (merged.kept,))
    for parted in work.parted:
        _save_labels(session, work, (*parted.notices, *parted.duties))
        _save_known(session, work, (parted.kept, parted.gone))
        _recognise_two(session, parted, work.merging, (scorer, secret))
        had = blobs(sorted(work.merging.digests[parted.kept]))
        session.execute(NOBODYS_KEYS, (had,))


def _move(session: Session, merged: Merged, merging: Merging) -> None:
    """Move every row of who is gone to who is kept, remembering which."""
    seq, kept, gone = merged.seq, merged.kept, merged.gone
    for what, table in BY_SEQ.items():
        _remember(session, seq, (what, "seq::text", table), gone)
    _remember(session, seq, (EVENT_OF_KEPT, "seq::text", "event"), kept)
    _remember(session, seq, (RECORD_OF_KEPT, "seq::text", "source_record"), kept)
    _remember(session, seq, (LOOK_AGAIN, INSTANT, "look_again"), gone)
    _remember(session, seq, (LOOK_AGAIN_OF_KEPT, INSTANT, "look_again"), kept)
    found: list[tuple[str, Iterable[object]]] = [
        (NOTICE, merged.notices),
        (DUTY, merged.duties),
        (KEY_OF_KEPT, (each.hex() for each in merging.digests[kept])),
        (KEY_OF_GONE, (each.hex() for each in merging.digests[gone])),
        (BLOCK_OF_KEPT, merging.blocks[kept]),
        (BLOCK_OF_GONE, merging.blocks[gone]),
        (FORM, filter(None, (form_of_blocks(session),))),
    ]
    rows = [(seq, what, str(each)) for what, keys in found for each in keys]
    copy(session, tables.merge_moved, rows)
    for table in BY_SEQ.values():
        _give(session, table, gone, kept)
    session.execute(
        "INSERT INTO look_again (person_id, at) SELECT %s, at FROM look_again WHERE person_id = %s"
        " ON CONFLICT DO NOTHING",
        (kept, gone),
    )
    session.execute("DELETE FROM look_again WHERE person_id = %s", (gone,))
    has_keys(session, merging.digests[gone], gone=gone, kept=kept)


def _recognise_one(
    session: Session, merged: Merged, merging: Merging, scoring: tuple[Scorer | None, bytes]
) -> None:
    """Let one person be recognised by what two were called, and the other by nothing."""
    scorer, secret = scoring
    kept, gone = merged.kept, merged.gone
    if scorer is None:
        return
    said = references_of(session, (kept,))
    portrait = as_one(said) if said else None
    under = merging.blocks[kept] | merging.blocks[gone]
    if portrait is not None:
        describe(session, kept, portrait)
        under |= blocks_of([portrait], scorer, secret)
    find_under(session, gone, before=merging.blocks[gone], now=())
    find_under(session, kept, before=(), now=under)


def _recognise_two(
    session: Session, parted: Parted, merging: Merging, scoring: tuple[Scorer | None, bytes]
) -> None:
    """Let each of two be recognised by what they were before, and by what they were taught since.

    Where a record is theirs no more, or keys have another form now, all of it is made again.
    """
    scorer, secret = scoring
    moved, was = moved_by(session, parted.merge_seq), merging.moved
    if scorer is None or was is None:
        return
    before = merging.blocks[parted.kept]
    is_same_form = moved[FORM] == [str(each) for each in filter(None, (form_of_blocks(session),))]
    sides = (
        (was.remembered.kept, moved[RECORD_OF_KEPT], moved[BLOCK_OF_KEPT]),
        (was.remembered.gone, moved[RECORD], moved[BLOCK_OF_GONE]),
    )
    for side, records, blocks in sides:
        person_id, known = side.case.person_id, frozenset(map(int, records))
        said = references_of(session, (person_id,))
        new = [portrait for seq, _, portrait in said if seq not in known]
        stands = is_same_form and known <= _records_of(session, person_id)
        portraits = on_the_way(new, side.portrait) if stands else on_the_way(p for *_, p in said)
        describe(session, person_id, portraits[-1] if portraits else side.portrait)
        under = blocks_of(portraits, scorer, secret)
        if stands:
            under |= frozenset(map(int, blocks))
        find_under(session, person_id, before=before, now=under)
        before = frozenset()


def _records_of(session: Session, person_id: UUID) -> frozenset[int]:
    """Return the numbers of a person's records."""
    rows = session.execute("SELECT seq FROM source_record WHERE person_id = %s", (person_id,))
    return frozenset(row[0] for row in rows)


def _remember(
    session: Session, merge_seq: int, what: tuple[str, str, str], person_id: UUID
) -> None:
    """Remember the keys of the rows that are somebody's."""
    name, key, table = what
    statement = REMEMBER.replace("{key}", key).replace("{table}", table)
    session.execute(statement.encode(), (merge_seq, name, person_id))


def _give(session: Session, table: str, from_id: UUID, to_id: UUID) -> None:
    """Let every row of one person in a table be of another."""
    statement = f"UPDATE {table} SET person_id = %s WHERE person_id = %s"  # noqa: S608 - names of our own tables
    session.execute(statement.encode(), (to_id, from_id))


def _move_back(session: Session, parted: Parted, merging: Merging) -> None:
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
    had = blobs(sorted(merging.digests[kept]))
    values = {"k": of_kept, "g": of_gone, "kept": kept, "gone": gone, "had": had}
    session.execute(KEYS_AS_BEFORE, values)


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
            "UPDATE person SET family_names = %s, birth_dates = %s, given_names = %s"
            " WHERE person_id = %s",
            (
                sorted(known.family_names),
                sorted(known.birth_dates),
                sorted(known.given_names),
                person_id,
            ),
        )
