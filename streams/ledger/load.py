"""What a batch needs to know, loaded under its locks by a fixed number of statements.

The order of the locks is the same for every transaction: directory, person keys, cases, then
duties and notices. Rows that do not exist cannot be locked, so those of person keys are inserted
first; the ones that stay empty are taken away again, and no trace is left of people whom we do not
know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter

from streams.domain.alike import Scorer
from streams.domain.documents import Document
from streams.domain.duties import Duty, DutyState
from streams.domain.instructions import Fact, FactKind, Flow
from streams.domain.matching import LookupKey, digest
from streams.domain.notices import Notice
from streams.domain.passage import Seen, Source
from streams.ledger.alike import load_alike
from streams.ledger.arrays import Array, blobs, texts, uuids
from streams.ledger.connection import Session
from streams.ledger.directories import DirectoryCache
from streams.ledger.histories import load_histories
from streams.ledger.load_cases import AS_NUMBER, cases_of, may_change_cases
from streams.ledger.reviews import waiting_of
from streams.pipeline import FACTS_MAX, Loaded, Prepared
from streams.stages.notify import matter_of_held

MATTER_KIND: Final = "matter"
"""Kind of the keys by which events of one shared matter take turns; never kept."""
NOTICES: Final = Document(Notice)
FACTS: Final[TypeAdapter[Mapping[str, Any]]] = TypeAdapter(dict[str, Any])

FACT_COLUMNS: Final = "person_id, kind, matter, occurred_at, publisher, event_id"
DUTY_COLUMNS: Final = (
    "id, kind, matter, person_id, owner, what, due_at, publisher, event_id, rule, state,"
    " notice_id, expected_of, facts, meant, satisfied_publisher, satisfied_event"
)


@dataclass(frozen=True, slots=True)
class Keys:
    """The look-up keys of a batch by their digests, and which rows were made for its locks."""

    digests: dict[LookupKey, bytes]
    inserted: frozenset[bytes]
    secret: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class _Targets:
    """Events that this batch retracts or supersedes, and the people they were about."""

    sources: tuple[Source, ...]
    people: tuple[UUID, ...]


def load(
    session: Session,
    batch: Sequence[Prepared],
    directory: DirectoryCache,
    secret: bytes,
    *,
    scorer: Scorer | None = None,
) -> tuple[Loaded, Keys]:
    """Load and lock what the batch may touch."""
    staff = directory.load(session, exclusive=any(each.is_directory for each in batch))
    keys, found = _keys(session, batch, secret)
    alike = load_alike(session, batch, found, (secret, scorer))
    # After the locks: the same event on two partitions at once must see itself.
    seen, retracted = _seen(session, batch)
    targets = _targets(session, batch)
    shared = _facts_of_matters(session, batch)
    ids = {person for people in found.values() for person in people}
    ids |= {fact.person_id for fact in shared} | set(targets.people) | alike.near
    people = sorted(ids, key=AS_NUMBER)
    if any(each.needs_whole_case for each in batch):
        targets = _Targets(targets.sources, tuple(people))
    changes = any(may_change_cases(each) for each in batch)
    known, files = cases_of(session, people, alike.shown - ids, changes=changes)
    facts = _facts_of_people(session, batch, people)
    return Loaded(
        directory=staff,
        seen=seen,
        retracted=retracted,
        found=found,
        known=known,
        cases=files,
        facts=tuple(dict.fromkeys((*facts, *shared))),
        notices=_notices(session, batch, people, targets),
        duties=_duties(session, batch, people, targets),
        histories=load_histories(session, batch, people),
        alike=alike,
        reviews=waiting_of(session, targets.sources),
    ), keys


def _seen(
    session: Session, batch: Sequence[Prepared]
) -> tuple[dict[Source, Seen], frozenset[Source]]:
    """Load what was admitted under the batch's keys before, and which of them were undone."""
    keys = _unzip({each.opened.key for each in batch if each.opened is not None})
    rows = session.execute(
        "WITH k AS (SELECT * FROM unnest(%s::text[], %s::text[]) AS k (publisher, event_id))"
        " SELECT k.publisher, k.event_id, array_agg(e.content) FROM k JOIN event e"
        " USING (publisher, event_id) GROUP BY 1, 2"
        " UNION ALL SELECT k.publisher, k.event_id, NULL FROM k JOIN event e"
        " ON e.publisher = k.publisher AND e.retracts = k.event_id"
        " UNION ALL SELECT k.publisher, k.event_id, NULL FROM k JOIN event e"
        " ON e.publisher = k.publisher AND e.supersedes = k.event_id"
        " AND e.supersedes <> e.event_id",
        keys,
    ).fetchall()
    seen = {(one, two): Seen(frozenset(held)) for one, two, held in rows if held is not None}
    return seen, frozenset((one, two) for one, two, held in rows if held is None)


def _unzip(keys: Iterable[Source]) -> tuple[Array, Array]:
    """Turn pairs into the two arrays that a statement takes."""
    ordered = sorted(keys)
    return texts(publisher for publisher, _ in ordered), texts(event for _, event in ordered)


def _keys(
    session: Session, batch: Sequence[Prepared], secret: bytes
) -> tuple[Keys, dict[LookupKey, frozenset[UUID]]]:
    """Insert the key rows that are missing, in order, lock them all, and read who has them."""
    wanted: dict[LookupKey, bytes] = {}
    for each in batch:
        for key in each.looked.keys if each.looked else ():
            if key not in wanted:
                wanted[key] = digest(key, secret)
        if each.matter is not None:
            key = LookupKey(MATTER_KIND, each.matter)
            wanted[key] = digest(key, secret)
    if not wanted:
        return Keys({}, frozenset()), {}
    by_digest = {held: key for key, held in sorted(wanted.items(), key=lambda pair: pair[1])}
    digests = blobs(by_digest)
    inserted = session.execute(
        "INSERT INTO person_key (digest, kind, person_ids)"
        " SELECT digest, kind, '{}' FROM unnest(%s::bytea[], %s::text[]) AS k (digest, kind)"
        " ON CONFLICT DO NOTHING RETURNING digest",
        (digests, texts(key.kind for key in by_digest.values())),
    ).fetchall()
    rows = session.execute(
        "SELECT digest, person_ids FROM person_key WHERE digest = ANY(%s) ORDER BY digest"
        " FOR UPDATE",
        (digests,),
    ).fetchall()
    found = dict.fromkeys(wanted, frozenset[UUID]())
    for held, person_ids in rows:
        found[by_digest[bytes(held)]] = frozenset(person_ids)
    return Keys(wanted, frozenset(bytes(row[0]) for row in inserted), secret), found


def _targets(session: Session, batch: Sequence[Prepared]) -> _Targets:
    """Find whom the events were about that this batch retracts or supersedes."""
    sources = sorted(
        {
            (each.opened.event.meta.publisher, target)
            for each in batch
            if each.opened is not None
            for target in (each.opened.event.meta.retracts, each.opened.event.meta.supersedes)
            if target is not None
        }
    )
    if not sources:
        return _Targets((), ())
    rows = session.execute(
        "SELECT DISTINCT e.person_id FROM event e"
        " JOIN unnest(%s::text[], %s::text[]) AS k (publisher, event_id)"
        " USING (publisher, event_id) WHERE e.person_id IS NOT NULL",
        _unzip(sources),
    ).fetchall()
    return _Targets(tuple(sources), tuple(row[0] for row in rows))


def _facts_of_matters(session: Session, batch: Sequence[Prepared]) -> list[Fact]:
    """Load the facts of the matters to which several people may be parties."""
    matters = sorted({each.matter for each in batch if each.matter is not None})
    if not matters:
        return []
    rows = session.execute(
        f"SELECT {FACT_COLUMNS} FROM fact WHERE matter = ANY(%s) ORDER BY seq",  # noqa: S608 - a constant
        (texts(matters),),
    ).fetchall()
    return [read_fact(row) for row in rows]


def _facts_of_people(
    session: Session, batch: Sequence[Prepared], people: Sequence[UUID]
) -> list[Fact]:
    """Load what the batch's flows look back on."""
    return facts_of(session, people, (flow for each in batch for flow in each.flows))


def facts_of(session: Session, people: Sequence[UUID], flows: Iterable[Flow]) -> list[Fact]:
    """Load what flows look back on about people: the newest of each kind."""
    kinds = sorted({kind.value for flow in flows for kind in flow.fact_kinds})
    if not kinds or not people:
        return []
    rows = session.execute(
        f"SELECT {FACT_COLUMNS} FROM (SELECT *, row_number() OVER"  # noqa: S608 - a constant
        " (PARTITION BY person_id, kind ORDER BY seq DESC) AS newest FROM fact"
        " WHERE person_id = ANY(%s) AND kind = ANY(%s)) AS f WHERE newest <= %s ORDER BY seq",
        (uuids(people), kinds, FACTS_MAX),
    ).fetchall()
    return [read_fact(row) for row in rows]


def read_fact(row: Sequence[object]) -> Fact:
    """Read a fact."""
    person_id, kind, matter, occurred_at, publisher, event_id = row
    return Fact(person_id, FactKind(kind), matter, occurred_at, (publisher, event_id))  # type: ignore[arg-type]  # the driver gives the columns' types


def _matters(batch: Sequence[Prepared]) -> list[str]:
    """Return the matters of which the batch may touch notices and duties."""
    return sorted({matter for each in batch for matter in each.matters})


def _notices(
    session: Session, batch: Sequence[Prepared], people: Sequence[UUID], targets: _Targets
) -> list[Notice]:
    """Load the notices that the batch may update or withdraw."""
    matters = _matters(batch)
    held = [matter_of_held(source) for source in targets.sources]
    if not held and not targets.people and not (people and matters):
        return []
    if held:
        # What is about nobody certain has no case whose lock keeps an officer's answer away.
        session.execute(
            "SELECT id FROM notice WHERE person_id IS NULL AND matter = ANY(%s)"
            " ORDER BY id FOR UPDATE",
            (texts(held),),
        )
    rows = session.execute(
        "SELECT document FROM notice WHERE person_id = ANY(%s) AND matter = ANY(%s)"
        " UNION ALL SELECT document FROM notice WHERE person_id = ANY(%s)"
        " AND NOT matter = ANY(%s)"
        " UNION ALL SELECT document FROM notice WHERE person_id IS NULL AND matter = ANY(%s)",
        (uuids(people), texts(matters), uuids(targets.people), texts(matters), texts(held)),
    ).fetchall()
    return read_notices(rows)


def read_notices(rows: Iterable[Sequence[Any]]) -> list[Notice]:
    """Read the notices of rows that begin with a document, each once, the first raised first."""
    notices = {notice.id: notice for notice in (NOTICES.validate_json(row[0]) for row in rows)}
    return sorted(notices.values(), key=lambda notice: (notice.raised_at, notice.id))


def _duties(
    session: Session, batch: Sequence[Prepared], people: Sequence[UUID], targets: _Targets
) -> list[Duty]:
    """Load the duties that the batch may open again, satisfy or withdraw."""
    matters = _matters(batch)
    if not targets.people and not (people and matters):
        return []
    rows = session.execute(
        f"SELECT {DUTY_COLUMNS} FROM duty"  # noqa: S608 - the columns are a constant
        " WHERE (person_id = ANY(%s) AND matter = ANY(%s)) OR person_id = ANY(%s) ORDER BY id",
        (uuids(people), texts(matters), uuids(targets.people)),
    ).fetchall()
    return [read_duty(row) for row in rows]


def read_duty(row: Sequence[Any]) -> Duty:
    """Read a duty."""
    values = dict(zip(DUTY_COLUMNS.split(", "), row, strict=True))
    source = (values.pop("publisher"), values.pop("event_id"))
    state, facts = DutyState(str(values.pop("state"))), values.pop("facts")
    known = {} if facts is None else FACTS.validate_json(facts)
    by = (values.pop("satisfied_publisher"), values.pop("satisfied_event"))
    done = None if None in by else by
    return Duty(opened_by=source, state=state, facts=known, satisfied_by=done, **values)
