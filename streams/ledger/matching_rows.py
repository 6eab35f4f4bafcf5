"""The rows of people: who was created, and of whom more names or dates are known now."""

from typing import Any
from uuid import UUID

from streams.pipeline import Work


def people_rows(work: Work) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return the rows of new people, and the changed ones as (id, family names, birth dates)."""
    first = {
        ended.person_id: ended.seq
        for ended in reversed(work.ended)
        if ended.person_id in work.created and ended.seq is not None
    }
    created = [(*_known(work, person), first[person], None) for person in sorted(work.created)]
    changed = sorted(work.changed_people - work.created)
    return created, [_known(work, person) for person in changed]


def _known(work: Work, person_id: UUID) -> tuple[Any, ...]:
    """Return a person with what they are compared by, in order, so that a row has one form."""
    known = work.known.get(person_id)
    if known is None:
        return (person_id, [], [])
    return (person_id, sorted(known.family_names), sorted(known.birth_dates))


def source_rows(work: Work) -> list[tuple[Any, ...]]:
    """Return what the events that taught something say of their people, as it was given."""
    return [
        (
            ended.seq,
            ended.prepared.opened.event.meta.publisher,
            ended.person_id,
            [f"{each.kind.value}:{each.value}" for each in ended.prepared.looked.identifiers],
            None,
        )
        for ended in work.ended
        if ended.seq in work.taught_by
        and ended.prepared.looked is not None
        and ended.prepared.opened is not None
    ]
