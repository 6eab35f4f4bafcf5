"""The rows of people: who was created, and of whom more names or dates are known now."""

from typing import Any, Final
from uuid import UUID

from streams.domain.passage import Looked
from streams.domain.portraits import PORTRAIT
from streams.pipeline import Work

CHANGED_PERSON: Final = (
    "UPDATE person SET family_names = %s, birth_dates = %s, given_names = %s,"
    " description = coalesce(%s, description) WHERE person_id = %s"
)


def people_rows(work: Work) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return the rows of new people, and what `CHANGED_PERSON` takes of the changed ones."""
    first = {
        ended.person_id: ended.seq
        for ended in reversed(work.ended)
        if ended.person_id in work.created and ended.seq is not None
    }
    created = [
        (person, names, births, first[person], _description(work, person), given)
        for person in sorted(work.created)
        for names, births, given in (_known(work, person),)
    ]
    changed = sorted(work.changed_people - work.created)
    return created, [
        (*_known(work, person), _description(work, person), person) for person in changed
    ]


def _known(work: Work, person_id: UUID) -> tuple[list[Any], list[Any], list[Any]]:
    """Return what a person is compared by, in order, so that a row has one form."""
    known = work.known.get(person_id)
    if known is None:
        return ([], [], [])
    return (sorted(known.family_names), sorted(known.birth_dates), sorted(known.given_names))


def _description(work: Work, person_id: UUID) -> bytes | None:
    """Return by what a person is recognised, or None where nothing of it was learnt."""
    if person_id not in work.alike.learnt:
        return None
    return PORTRAIT.dump_json(work.alike.portraits[person_id])


def kept_identifiers(looked: Looked) -> list[str]:
    """Return identifiers as they are kept of a source: the kind, a colon, the value."""
    return [f"{each.kind.value}:{each.value}" for each in looked.identifiers]


def source_rows(work: Work) -> list[tuple[Any, ...]]:
    """Return what the events that taught something say of their people, as it was given."""
    return [
        (
            ended.seq,
            ended.prepared.opened.event.meta.publisher,
            ended.person_id,
            kept_identifiers(ended.prepared.looked),
            _reference(work, ended.seq),
        )
        for ended in work.ended
        if ended.seq in work.taught_by
        and ended.prepared.looked is not None
        and ended.prepared.opened is not None
    ]


def _reference(work: Work, seq: int) -> bytes | None:
    """Return what an event said of its person, or None where nobody is recognised by it."""
    said = work.alike.references.get(seq)
    return None if said is None else PORTRAIT.dump_json(said)
