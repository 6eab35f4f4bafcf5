"""Made-up records as the scorer takes them, and the pairs of them that are of one person."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from bench.identity_people import MadeUp, Written
from streams.domain.identifiers import Identifier, IdentifierKind
from streams.domain.scoring.frequencies import Frequencies, counted
from streams.domain.scoring.people import (
    Description,
    Home,
    Name,
    Ready,
    countable,
    prepare,
)

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Records:
    """Made-up records, ready, with the pairs (by place, smaller first) that are of one person."""

    written: Sequence[Written]
    ready: Sequence[Ready]
    same: frozenset[Pair]
    people: int


def described(record: Written, *, with_pnc: bool) -> Description:
    """Return a record as a description; without PNC ids the rest has to do."""
    names = [Name(record.given, record.middle, record.family)]
    if record.alias_given or record.alias_family:
        names.append(Name(record.alias_given, "", record.alias_family))
    given = record.pnc if with_pnc else ""
    return Description(
        tuple(names),
        (record.born,) if record.born else (),
        (Home(record.lines, record.postcode),) if record.lines or record.postcode else (),
        frozenset({Identifier(IdentifierKind.PNC, given)} if given else ()),
    )


def made_up(people: int, seed: int, known: Frequencies, *, with_pnc: bool = False) -> Records:
    """Make up people and their records, counted and ready."""
    written = MadeUp(people, seed).records()
    descriptions = [described(record, with_pnc=with_pnc) for record in written]
    counts = counted((p for d in descriptions for p in countable(d)), len(descriptions), known)
    ready = [prepare(description, counts) for description in descriptions]
    return Records(written, ready, same_pairs(record.person for record in written), people)


def same_pairs(labels: Iterable[Hashable]) -> frozenset[Pair]:
    """Return the pairs of places whose labels are equal."""
    places: dict[Hashable, list[int]] = defaultdict(list)
    for place, label in enumerate(labels):
        places[label].append(place)
    return frozenset(
        (one, other) for found in places.values() for one in found for other in found if one < other
    )
