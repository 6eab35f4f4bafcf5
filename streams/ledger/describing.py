"""Descriptions and blocks made from what is kept, for ledgers that are older than their form.

A ledger that began before people were scored has their events. Whoever is known is described from
these, once, by the first worker or by `switchboard ledger migrate`; and again where the form of the
keys has changed. What comes out is what would stand there had it been so from the beginning.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from streams.domain.agencies import AgencyKind
from streams.domain.alike import Scorer
from streams.domain.block_keys import key_number, key_numbers, keys_of
from streams.domain.passage import Looked
from streams.domain.portraits import (
    PORTRAIT,
    Portrait,
    SaidHome,
    SaidName,
    given_names_of,
    homes_are_new,
    portrait_of,
    together,
)
from streams.ledger import tables
from streams.ledger.arrays import blobs, numbers, texts, uuids
from streams.ledger.connection import Session, connect
from streams.ledger.copying import copy
from streams.ledger.matching_rows import kept_identifiers
from streams.ledger.reading_again import opened_again
from streams.pipeline import Rules
from streams.stages.identify import look

Advance = Callable[[int], None]
"""Is told how many people more were described."""
Described = tuple[UUID, Portrait, frozenset[int], frozenset[str]]
"""Who, by what they are recognised, under which keys they are found, and their given names."""
LIMITS: Final = {"lock_timeout": "60s"}
"""Described once, while workers wait; so many people take minutes, and no transaction limit."""
PEOPLE_AT_ONCE: Final = 2_000
SAMPLES: Final = (
    Portrait((SaidName("Ann", "", "Example"),), ("19010203",), (SaidHome(("1 A Rd",), "A1 1AA"),)),
    Portrait((SaidName("Jon", "Paul", "O'Example-Smith"),), ("19020101",)),
    Portrait((SaidName("Mohammed", "", "Example"),), ("19031231",), (SaidHome(("Flat 2",), ""),)),
)
"""Nobody: people by whose keys it shows that keys are made otherwise than they were."""
UNDESCRIBED: Final = (
    "SELECT e.person_id, e.seq, e.publisher, e.log_offset, e.payload, e.broker_at,"
    " s.seq IS NOT NULL FROM event e JOIN person p USING (person_id)"
    " LEFT JOIN source_record s ON s.seq = e.seq"
    " WHERE p.description IS NULL AND e.publisher = ANY(%s) AND e.payload IS NOT NULL"
    " AND e.retracts IS NULL ORDER BY e.person_id, e.seq"
)
RECORDS: Final = (
    "SELECT person_id, reference FROM source_record WHERE reference IS NOT NULL"
    " ORDER BY person_id, seq"
)
REFERRED: Final = (
    "UPDATE source_record s SET reference = n.reference"
    " FROM unnest(%s::bigint[], %s::bytea[]) AS n (seq, reference) WHERE s.seq = n.seq"
)
DESCRIBED: Final = (
    "UPDATE person p SET description = n.description,"
    " given_names = string_to_array(n.given, ' ')"
    " FROM unnest(%s::uuid[], %s::bytea[], %s::text[]) AS n (person_id, description, given)"
    " WHERE p.person_id = n.person_id"
)


def form_of(scorer: Scorer, secret: bytes) -> int:
    """Return a number that differs where the keys of people are made otherwise."""
    keys = tuple(key for sample in SAMPLES for key in keys_of(scorer.ready(sample)))
    junk = scorer.junk
    listed = (sorted(junk.birth_dates), sorted(junk.postcodes), sorted(junk.words))
    return key_number(repr((keys, listed)), secret)


def describe_everybody(
    url: str, rules: Rules, secret: bytes, advance: Advance | None = None
) -> int:
    """Describe whoever is known where that was not done with keys of this form; return how many."""
    scorer = rules.scorer
    if scorer is None:
        return 0
    form = form_of(scorer, secret)
    with closing(connect(url, name="describe", limits=LIMITS)) as session:
        if _is_of(session, form):
            return 0
        with session.transaction():
            session.execute("LOCK TABLE identity_turn IN SHARE ROW EXCLUSIVE MODE")
            if _is_of(session, form):
                return 0
            _refer(session, rules)
            count = _describe(session, scorer, secret, advance or _tell_nobody)
            session.execute("DELETE FROM block_form")
            session.execute("INSERT INTO block_form (form) VALUES (%s)", (form,))
    return count


def people_to_describe(session: Session) -> int:
    """Count whom descriptions are made of, for a progress bar."""
    return int(session.execute("SELECT count(*) FROM person").fetchall()[0][0])


def _tell_nobody(_done: int) -> None:
    """Leave it unsaid how far it is."""


def _is_of(session: Session, form: int) -> bool:
    """Answer whether people were described with keys of this form."""
    return session.execute("SELECT form FROM block_form").fetchall() == [(form,)]


def _refer(session: Session, rules: Rules) -> None:
    """Keep with the records of people what case management said in their events."""
    agencies = rules.register.agencies.values()
    ids = sorted(each.id for each in agencies if each.kind is AgencyKind.CASE_MANAGEMENT)
    said: list[tuple[int, bytes]] = []
    new: list[tuple[Any, ...]] = []
    with session.cursor("undescribed") as cursor:
        cursor.itersize = PEOPLE_AT_ONCE
        rows = cursor.execute(UNDESCRIBED, (texts(ids),))
        for person_id, events in groupby(rows, itemgetter(0)):
            for row, portrait, looked in _taught(events, rules):
                reference = PORTRAIT.dump_json(portrait)
                if row[6]:
                    said.append((row[1], reference))
                else:
                    new.append((row[1], row[2], person_id, kept_identifiers(looked), reference))
    held = numbers(seq for seq, _ in said), blobs(reference for _, reference in said)
    session.execute(REFERRED, held)
    copy(session, tables.source_record, new)


def _taught(
    events: Iterable[Sequence[Any]], rules: Rules
) -> Iterator[tuple[Sequence[Any], Portrait, Looked]]:
    """Yield of a person's events those that taught something: keys, or an address."""
    known: Portrait | None = None
    called: frozenset[str] = frozenset()
    for row in events:
        _, _, publisher, offset, payload, broker_at, is_record = row
        opened = opened_again((publisher, offset, payload, broker_at), rules)
        # What can no longer be read teaches nothing.
        looked = None if opened is None else look(opened, rules.junk)
        if looked is None or looked.said is None:
            continue
        said = portrait_of(looked.said, looked.identifiers)
        given = given_names_of([said])
        if is_record or homes_are_new(known, said) or not given <= called:
            known, called = together(known, said), called | given
            yield row, said, looked


def _describe(session: Session, scorer: Scorer, secret: bytes, advance: Advance) -> int:
    """Make every description and every block again, from the records of people."""
    session.execute("DELETE FROM person_block")
    count = 0
    with session.cursor("records") as cursor:
        cursor.itersize = PEOPLE_AT_ONCE
        some: list[Described] = []
        for person_id, rows in groupby(cursor.execute(RECORDS), itemgetter(0)):
            said = [PORTRAIT.validate_json(bytes(row[1])) for row in rows]
            portrait, keys = _of_records(said, scorer)
            numbered = frozenset(key_numbers(tuple(keys), secret))
            some.append((person_id, portrait, numbered, given_names_of(said)))
            if len(some) == PEOPLE_AT_ONCE:
                count += _write(session, some, advance)
                some = []
        count += _write(session, some, advance)
    return count


def _of_records(references: Iterable[Portrait], scorer: Scorer) -> tuple[Portrait, set[str]]:
    """Return what references add up to, and every key that came of it on the way."""
    portrait: Portrait | None = None
    keys: set[str] = set()
    for reference in references:
        portrait = together(portrait, reference)
        keys.update(keys_of(scorer.ready(portrait)))
    return portrait or Portrait(), keys


def _write(session: Session, some: Sequence[Described], advance: Advance) -> int:
    """Write the descriptions and blocks of some people; return of how many."""
    contents = blobs(PORTRAIT.dump_json(portrait) for _, portrait, _, _ in some)
    # Normalised names have letters and digits only, so that a space parts them.
    given = texts(" ".join(sorted(names)) for *_, names in some)
    session.execute(DESCRIBED, (uuids(person for person, *_ in some), contents, given))
    blocks = [(key, person) for person, _, keys, _ in some for key in sorted(keys)]
    copy(session, tables.person_block, blocks)
    advance(len(some))
    return len(some)
