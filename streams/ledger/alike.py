"""People who are alike, found in the ledger for a whole batch: two statements, whatever its size.

Only what exact keys left open is looked up, and a batch in which they leave nothing open asks
nothing. The rows are not locked, which would be tens of thousands. Instead those who look and those
who teach take turns, by a table's lock in two modes that go with themselves and not with each
other: so what an event found is what was there by its number, and a replay finds the same.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import chain
from struct import Struct
from typing import Any, Final, NamedTuple
from uuid import UUID

from streams.domain.agencies import AgencyKind
from streams.domain.alike import Alike, Rated, Scorer, is_sure
from streams.domain.block_keys import key_numbers
from streams.domain.case_events import CaseAllocated
from streams.domain.matching import (
    NAME_AND_BIRTH_DATE,
    Known,
    LookupKey,
    Possible,
    PossibleReason,
    Unknown,
    decide,
)
from streams.domain.portraits import PORTRAIT, Portrait
from streams.domain.scoring.guards import Decision as Verdict
from streams.ledger import tables
from streams.ledger.arrays import Array, numbers, texts, uuids
from streams.ledger.connection import Session
from streams.ledger.copying import copy
from streams.pipeline import Prepared, Work
from streams.pipeline.doubting import says_otherwise, why_doubted
from streams.pipeline.seeking import gives_new_name, is_to_be_sought, rated, sought_by

ID_BYTES: Final = 16
Found = Mapping[LookupKey, frozenset[UUID]]

BLOCKS: Final = (
    "SELECT key, string_agg(uuid_send(person_id), ''::bytea) FROM person_block"
    " WHERE key = ANY ((SELECT %s::bigint[])::bigint[]) GROUP BY key"
)
"""Who has each key, in one piece. Read in the order of the index, so that keys on one page cost one
descent; the inner SELECT keeps the planner from weighing thousands of keys one by one."""
ROWS_AT_ONCE: Final = 1_000
"""Assumed: so many keys are taken apart while PostgreSQL looks up the next."""
PORTRAITS: Final = (
    "SELECT person_id, description FROM person"
    " WHERE person_id = ANY(%s) AND description IS NOT NULL"
)
NAMED: Final = (
    "SELECT p.person_id, p.family_names, p.birth_dates, p.given_names"
    " FROM unnest(%s::uuid[], %s::text[]) AS s (person_id, given) JOIN person p USING (person_id)"
    " WHERE s.given IS NULL OR s.given <> ALL (p.given_names)"
)
"""What is known of people who are called otherwise than this, or by any name where none is said."""
ADDED: Final = (
    "INSERT INTO person_block (key, person_id)"
    " SELECT * FROM unnest(%s::bigint[], %s::uuid[]) ON CONFLICT DO NOTHING"
)


def take_turn(session: Session, *, looks: bool, teaches: bool) -> None:
    """Wait until nobody who looks for people who are alike meets anybody who teaches.

    Taken after the keys of people and before their cases, as every transaction does.
    """
    if looks or teaches:
        mode = "SHARE ROW EXCLUSIVE" if looks and teaches else "SHARE" if looks else "ROW EXCLUSIVE"
        session.execute(f"LOCK TABLE identity_turn IN {mode} MODE".encode())


def load_alike(
    session: Session,
    batch: Sequence[Prepared],
    found: Found,
    scoring: tuple[bytes, Scorer | None],
) -> Alike:
    """Load who is like whom the batch's exact keys left open, and what is known of the taught.

    `near` are those whom an event may turn out to be about by its score, and `shown` those for
    whom it may be held: their cases are needed.
    """
    secret, scorer = scoring
    alike = Alike(scorer)
    if scorer is None:
        return alike
    keyed = [_keyed(each, found) for each in batch]
    named = _named(session, keyed)
    open_ones = list(_left_open(keyed, named))
    doubtful = [each for each in keyed if _is_doubtful(each, named)]
    taught = _taught(keyed, named)
    take_turn(session, looks=bool(open_ones or doubtful), teaches=taught is not None)
    ids = set(taught or ())
    alike.portraits = portraits_of(session, chain.from_iterable(d.pointed for d in doubtful))
    open_ones += _borrowed(doubtful, alike, ids)
    for each, decision in open_ones:
        assert each.opened is not None and each.looked is not None  # noqa: PT018, S101 - of a person
        sought_by(each.opened.content, each.looked, alike)
        ids |= set(_pointed(decision))
    load_blocks(session, alike, secret)
    for sought in alike.sought.values():
        ids.update(alike.met(sought))
    alike.portraits |= portraits_of(session, ids - alike.portraits.keys())
    near = list(_near(open_ones, alike))
    # Where the batch itself teaches, who is only shown now may be the one a little later.
    alike.near = frozenset(each.person_id for each in near if taught is not None or is_sure(each))
    alike.shown = frozenset(each.person_id for each in near) - alike.near
    return alike


class _Keyed(NamedTuple):
    """An event, whom its keys found, to whom its identifiers point, and its name and birth date."""

    prepared: Prepared
    found: Found
    pointed: frozenset[UUID]
    named: frozenset[UUID]

    @property
    def is_certain(self) -> bool:
        """Answer whether identifiers point to one person, and name and birth date to them too."""
        return len(self.pointed) == 1 and self.pointed <= self.named


def _keyed(prepared: Prepared, found: Found) -> _Keyed:
    """Say to whom the keys of an event point."""
    keys = prepared.looked.keys if prepared.looked else ()
    of_event = {key: found.get(key, frozenset()) for key in keys}
    pointed: set[UUID] = set()
    named: set[UUID] = set()
    for key, people in of_event.items():
        (named if key.kind == NAME_AND_BIRTH_DATE else pointed).update(people)
    return _Keyed(prepared, of_event, frozenset(pointed), frozenset(named))


def _named(session: Session, keyed: Sequence[_Keyed]) -> dict[UUID, Known]:
    """Read what is known of those of whom anything else may be said than is known.

    Names are asked about and not read: nearly everybody is called as they are known.
    """
    asked: dict[tuple[UUID, str | None], None] = {}
    for each in keyed:
        looked = each.prepared.looked
        if looked is None or len(each.pointed) != 1:
            continue
        (person,), said = each.pointed, looked.reference
        asked |= dict.fromkeys((person, given) for given in said.given_names)
        if not each.is_certain and (said.family_names or said.birth_dates):
            asked[person, None] = None
    if not asked:
        return {}
    people, given = uuids(person for person, _ in asked), texts(name for _, name in asked)
    rows = session.execute(NAMED, (people, given)).fetchall()
    return {row[0]: Known(row[0], *map(frozenset, row[1:])) for row in rows}


def _is_doubtful(each: _Keyed, known: Mapping[UUID, Known]) -> bool:
    """Answer whether something else is said than is known of whom identifiers point to."""
    opened, looked = each.prepared.opened, each.prepared.looked
    if opened is None or looked is None or len(each.pointed) != 1:
        return False
    (person,) = each.pointed
    return says_otherwise(opened, looked, each.found, known.get(person))


def _borrowed(
    doubtful: Iterable[_Keyed], alike: Alike, taught: AbstractSet[UUID]
) -> Iterator[tuple[Prepared, Possible]]:
    """Yield the events that look as if they were about another than their identifiers say.

    Of whom the batch itself teaches something it may show only then.
    """
    for each in doubtful:
        opened, looked = each.prepared.opened, each.prepared.looked
        assert opened is not None and looked is not None  # noqa: PT018, S101 - it is doubtful
        (person,) = each.pointed
        reason = why_doubted(opened, looked, alike.portraits.get(person), alike.scorer)
        if reason is None and person not in taught:
            continue
        decision = Possible((person,), reason or PossibleReason.BORROWED_IDENTIFIER)
        if is_to_be_sought(opened, looked, decision):
            yield each.prepared, decision


def _left_open(
    keyed: Iterable[_Keyed], known: Mapping[UUID, Known]
) -> Iterator[tuple[Prepared, Possible | Unknown]]:
    """Yield the events that exact keys do not decide, with what they say of them."""
    for each in keyed:
        opened, looked = each.prepared.opened, each.prepared.looked
        if each.is_certain or opened is None or looked is None:
            continue
        reference = looked.reference
        born_on = next(iter(reference.birth_dates), None)
        decision = decide(each.found, reference.family_names, born_on, known)
        if isinstance(decision, Possible | Unknown) and is_to_be_sought(opened, looked, decision):
            yield each.prepared, decision


def _pointed(decision: Possible | Unknown) -> tuple[UUID, ...]:
    return decision.candidates if isinstance(decision, Possible) else ()


def _taught(keyed: Iterable[_Keyed], known: Mapping[UUID, Known]) -> set[UUID] | None:
    """Return of whom case management may say something new; None where it says nothing."""
    taught: set[UUID] = set()
    teaches = False
    for prepared, found, pointed, _ in keyed:
        opened, looked = prepared.opened, prepared.looked
        if opened is None or looked is None or opened.agency.kind is not AgencyKind.CASE_MANAGEMENT:
            continue
        begins = isinstance(opened.event, CaseAllocated) and not pointed
        gives_home = looked.said is not None and bool(looked.said.addresses)
        is_new = any(pointed.isdisjoint(people) for people in found.values())
        is_new = is_new or any(gives_new_name(looked, known[p]) for p in pointed & known.keys())
        if begins or (pointed and (gives_home or is_new)):
            teaches = True
            taught |= pointed
    return taught if teaches else None


def load_blocks(session: Session, alike: Alike, secret: bytes) -> None:
    """Read who has each key under which somebody is sought."""
    every = chain.from_iterable(each.keys for each in alike.sought.values())
    wanted = tuple(dict.fromkeys(every))
    if not wanted:
        return
    by_number = dict(zip(key_numbers(wanted, secret), wanted, strict=True))
    # In binary: of so many rows, digits to be read again cost more than the look-up. And as a
    # stream, which is planned each time: a plan from when nobody was known would read every row.
    cursor = session.cursor(binary=True)
    asked = (numbers(sorted(by_number)),)
    for number, people in cursor.stream(BLOCKS, asked, size=ROWS_AT_ONCE):
        alike.blocks[by_number[number]] = _ids_of(len(people) // ID_BYTES).unpack(people)


@lru_cache(maxsize=256)
def _ids_of(people: int) -> Struct:
    """Return what takes the ids of so many people apart."""
    return Struct(f"{ID_BYTES}s" * people)


def portraits_of(session: Session, people: Iterable[UUID]) -> dict[UUID, Portrait]:
    """Read by what people are recognised; who was never described is left out."""
    wanted = tuple(people)
    if not wanted:
        return {}
    rows = session.execute(PORTRAITS, (uuids(wanted),)).fetchall()
    return {row[0]: PORTRAIT.validate_json(bytes(row[1])) for row in rows}


def _near(open_ones: Iterable[tuple[Prepared, Any]], alike: Alike) -> Iterator[Rated]:
    """Yield whom a score does not part from an event; the scores are kept for the pipeline."""
    for each, decision in open_ones:
        if each.opened is None or each.looked is None:
            continue
        for found in rated(each.opened.content, each.looked, _pointed(decision), alike):
            if found.score.decision is not Verdict.SPLIT:
                yield found


def save_blocks(session: Session, work: Work, secret: bytes) -> None:
    """Write under which keys people who were taught about are found from here on."""
    rows = [
        (number, person)
        for person, keys in work.alike.learnt.items()
        for number in key_numbers(tuple(keys), secret)
    ]
    if not rows:
        return
    if work.created.issuperset(work.alike.learnt):
        copy(session, tables.person_block, sorted(set(rows)))
        return
    ordered = sorted(set(rows))
    session.execute(ADDED, _pairs(ordered))


def _pairs(rows: Sequence[tuple[int, UUID]]) -> tuple[Array, Array]:
    """Turn rows into the two arrays that a statement takes."""
    return numbers(number for number, _ in rows), uuids(person for _, person in rows)
