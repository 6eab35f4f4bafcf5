"""What deciding about an event needs to know: the event, its review, and everything about people.

The directory's lock is taken for itself, as for merges (DESIGN 4.8): no batch and no other act is
under way meanwhile, so an event cannot be taken back, nor a person taught about, while somebody
decides whose it is. Whoever the event was about, is to be about or may be about is loaded whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from streams.domain.acts import Act
from streams.domain.duties import Duty
from streams.domain.identifiers import MATCHING_KINDS, IdentifierKind
from streams.domain.instructions import Fact
from streams.domain.matching import (
    NAME_AND_BIRTH_DATE,
    Known,
    LookupKey,
    lookup_keys,
    normalise_family_names,
)
from streams.domain.notices import Notice
from streams.domain.portraits import PORTRAIT, Portrait, given_names_of, of_all
from streams.domain.reviews import Review
from streams.ledger.alike import portraits_of
from streams.ledger.arrays import texts, uuids
from streams.ledger.connection import Session
from streams.ledger.directories import DirectoryCache
from streams.ledger.held_before import HeldBefore
from streams.ledger.histories import folded_of
from streams.ledger.load import (
    DUTY_COLUMNS,
    FACT_COLUMNS,
    Keys,
    load,
    read_duty,
    read_fact,
    read_notices,
)
from streams.ledger.load_cases import cases_of
from streams.ledger.load_following import Whose, to_look_at
from streams.ledger.reading_again import ADMITTED, admitted_of
from streams.ledger.reviews import reviews_of
from streams.ledger.standing_merges import merges_of
from streams.pipeline import Disposition, Loaded, Rules
from streams.pipeline.merge_values import Merging
from streams.pipeline.values import Admitted
from streams.stages.notify import matter_of_held

EVENTS: Final = (
    f"SELECT {ADMITTED}, EXISTS (SELECT FROM person p WHERE p.created_seq = e.seq) AS began"  # noqa: S608 - a constant
    " FROM event e"
    " WHERE e.seq = ANY(%s) AND e.payload IS NOT NULL AND e.retracts IS NULL ORDER BY e.seq"
)
STANDING: Final = f"SELECT {ADMITTED} FROM event e WHERE e.seq = ANY(%s) ORDER BY e.seq"  # noqa: S608 - a constant
ERASED: Final = "SELECT seq, at FROM erased WHERE seq = ANY(%s)"
NEWEST: Final = (
    "SELECT max(e.seq) FROM event e JOIN unnest(%s::text[], %s::text[]) AS k (publisher, event_id)"
    " USING (publisher, event_id) GROUP BY e.publisher, e.event_id"
)
TAUGHT: Final = (
    "SELECT s.person_id, s.seq, s.identifiers, s.reference FROM source_record s"
    " WHERE s.person_id = ANY(%s) ORDER BY s.seq"
)


@dataclass(frozen=True, slots=True)
class Needs:
    """What it takes to read events again: the rules, the secret of look-ups, the staff.

    A replay has beside them what was erased since.
    """

    directory: DirectoryCache
    rules: Rules
    secret: bytes
    erased_since: Mapping[int, HeldBefore] = field(default_factory=dict)


def load_binding(session: Session, acts: Sequence[Act], needs: Needs) -> tuple[Loaded, Keys]:
    """Load and lock everything about the events of acts and about whoever they may be about."""
    needs.directory.load(session, exclusive=True)
    seqs = sorted({seq for act in acts for seq in act.touched.events})
    admitted = {each.seq: each for each in _admitted(session, seqs, needs.rules)}
    admitted |= {each.seq: each for each in _erased_since(session, seqs, needs)}
    reviews = reviews_of(session, seqs)
    batch = [each.prepared for each in admitted.values()]
    scorer = needs.rules.scorer
    loaded, keys = load(session, batch, needs.directory, needs.secret, scorer=scorer)
    named = {person for act in acts for person in act.touched.people}
    named |= {each for review in reviews.values() for each in review.candidates}
    named |= {each.person_id for each in admitted.values() if each.person_id is not None}
    people = sorted({*named, *loaded.cases}, key=lambda each: each.int)
    known, files = cases_of(session, people)
    everybody = sorted(files, key=lambda each: each.int)
    notices = notices_about(session, everybody, reviews.values())
    beside = _told_with(session, notices, admitted, needs.rules)
    loaded.alike.portraits.update(portraits_of(session, everybody))
    whole = replace(
        loaded,
        known=known,
        cases=files,
        facts=tuple(dict.fromkeys((*facts_about(session, everybody), *loaded.facts))),
        notices=notices,
        duties=duties_about(session, everybody),
        histories=folded_of(session, everybody),
        to_look_at=to_look_at(session, Whose((), frozenset(everybody))),
        reviews=reviews,
        erased=dict(session.execute(ERASED, (seqs,)).fetchall()),
        admitted={**beside, **_with_the_rest(session, admitted)},
        merging=Merging(*merges_of(session, everybody)),
    )
    return whole, keys


def _admitted(session: Session, seqs: Sequence[int], rules: Rules) -> Iterable[Admitted]:
    """Open events again; what can no longer be read is nobody's to decide about."""
    return admitted_of(session.execute(EVENTS.encode(), (list(seqs),)).fetchall(), rules)


def _erased_since(session: Session, seqs: Sequence[int], needs: Needs) -> Iterator[Admitted]:
    """Return events whose content a replay does not have, as they stand."""
    wanted = sorted(set(seqs) & needs.erased_since.keys())
    for row in session.execute(STANDING.encode(), (wanted,)).fetchall() if wanted else ():
        seq, *_, disposition, because, person_id, worked_at, is_undone = row
        kept = needs.erased_since[seq]
        yield Admitted(
            seq,
            kept.prepared,
            Disposition(disposition),
            because,
            person_id,
            worked_at,
            is_undone=is_undone,
            is_immediate=kept.is_immediate,
        )


def _told_with(
    session: Session, notices: Iterable[Notice], admitted: Mapping[int, Admitted], rules: Rules
) -> dict[int, Admitted]:
    """Open the events that were told in one notice with any of these, to be told again."""
    keys = {each.opened.key for each in admitted.values() if each.person_id is not None}
    told = {s for n in notices if not keys.isdisjoint(n.sources) for s in n.sources} - keys
    if not told:
        return {}
    pairs = texts(source[0] for source in sorted(told)), texts(s[1] for s in sorted(told))
    rows = session.execute(NEWEST, pairs).fetchall()
    return {each.seq: each for each in _admitted(session, [row[0] for row in rows], rules)}


def facts_about(session: Session, people: Sequence[UUID]) -> list[Fact]:
    """Read every fact about people, in the order in which their events were admitted."""
    statement = f"SELECT {FACT_COLUMNS} FROM fact WHERE person_id = ANY(%s) ORDER BY seq"  # noqa: S608 - constants of ours
    return [read_fact(row) for row in session.execute(statement.encode(), (uuids(people),))]


def notices_about(
    session: Session, people: Sequence[UUID], reviews: Iterable[Review]
) -> list[Notice]:
    """Lock and read every notice about people, and those by which reviews were told."""
    held = texts(sorted(matter_of_held(each.source) for each in reviews))
    rows = session.execute(
        "SELECT document FROM notice WHERE person_id = ANY(%s)"
        " OR (person_id IS NULL AND matter = ANY(%s)) ORDER BY id FOR UPDATE",
        (uuids(people), held),
    ).fetchall()
    return read_notices(rows)


def duties_about(session: Session, people: Sequence[UUID]) -> list[Duty]:
    """Lock and read every duty about people, whatever its state."""
    statement = f"SELECT {DUTY_COLUMNS} FROM duty WHERE person_id = ANY(%s) ORDER BY id FOR UPDATE"  # noqa: S608 - a constant
    return [read_duty(row) for row in session.execute(statement.encode(), (uuids(people),))]


def _with_the_rest(session: Session, admitted: dict[int, Admitted]) -> dict[int, Admitted]:
    """Add what is known of people by other events than these, where these taught anything."""
    people = sorted({e.person_id for e in admitted.values() if e.person_id is not None})
    rows = session.execute(TAUGHT, (uuids(people),)).fetchall() if people else []
    return {seq: _without(each, rows) for seq, each in admitted.items()}


def _without(admitted: Admitted, rows: Sequence[Sequence[Any]]) -> Admitted:
    """Work out by what a person is known without an event; as it is where that taught nothing."""
    mine = [row for row in rows if row[0] == admitted.person_id]
    others = [row for row in mine if row[1] != admitted.seq]
    if len(others) == len(mine):
        return admitted
    said = [None if row[3] is None else PORTRAIT.validate_json(bytes(row[3])) for row in others]
    keys = {key for row in others for key in _keys_of(row[2])}
    told = [each for each in said if each is not None]
    for each in told:
        keys |= _name_keys(each)
    if len(told) < len(said):
        # What an old record said of names was not kept: nothing of it may be taken away.
        keys |= {key for key in admitted.looked.keys if key.kind == NAME_AND_BIRTH_DATE}
        return replace(admitted, known_without=frozenset(keys))
    known = _known(admitted.person_id, told)
    return replace(admitted, known_without=frozenset(keys), knows=known, portrait=of_all(told))


def _keys_of(identifiers: Iterable[str]) -> Iterable[LookupKey]:
    """Return the keys that kept identifiers give."""
    for text in identifiers:
        kind, _, value = text.partition(":")
        if IdentifierKind(kind) in MATCHING_KINDS:
            yield LookupKey(kind, value)


def _name_keys(said: Portrait) -> set[LookupKey]:
    """Return the keys that the names and births of a reference give."""
    return {
        key
        for name in said.names
        for birth in said.births
        for key in lookup_keys((), name.family, _day(birth))
    }


def _known(person_id: UUID | None, said: Sequence[Portrait]) -> Known | None:
    """Return what references add up to, in the form in which people are compared."""
    if person_id is None:
        return None
    names = normalise_family_names(name.family for each in said for name in each.names)
    births = frozenset(_day(birth) for each in said for birth in each.births)
    return Known(person_id, names, births, given_names_of(said))


def _day(birth: str) -> date:
    """Read a date of birth from its eight digits."""
    return date.fromisoformat(birth)
