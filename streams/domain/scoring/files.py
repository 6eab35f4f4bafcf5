"""A file scored as a whole: its own values counted, and people counted in it rather than records.

Where a person has six records, a count of records takes their surname for one that six people
have. So a file is scored twice: those who are certainly one person after the first time are counted
once the second time, and say of how many pairs one is of one person, which is where scores start.
Within one file, who is certainly one person with a third record is looked at once more (`thirds`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from streams.domain.scoring.frequencies import COUNTED_PEOPLE_MIN, Frequencies, counted
from streams.domain.scoring.pairs import Pair, Paired, paired
from streams.domain.scoring.people import Description, Ready, countable, prepare
from streams.domain.scoring.score import Score, prior_bits, score
from streams.domain.scoring.thirds import CERTAIN_BITS, Thirds, by_a_third
from streams.domain.scoring.weights import Weights

TOLD_EACH: Final = 1_000
"""Pairs between two words on how far it is."""

Watch = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Takes how many pairs there are, and gives what is told how many more are done."""


def _unwatched(_: int) -> AbstractContextManager[Callable[[int], None]]:
    """Tell nobody how far it is."""
    return nullcontext(lambda _done: None)


@dataclass(frozen=True, slots=True)
class Records:
    """What is scored: the records of one file, or of two that are to be linked."""

    left: Sequence[Description]
    right: Sequence[Description] | None = None

    @property
    def all(self) -> Sequence[Description]:
        """Return all records, those of the first file first."""
        return (*self.left, *(self.right or ()))

    def place(self, pair: Pair) -> Pair:
        """Return where the two of a pair stand among all records."""
        return pair if self.right is None else (pair[0], pair[1] + len(self.left))


@dataclass(frozen=True, slots=True)
class Scored:
    """The pairs that blocking found, in order, and how many people they were scored among.

    `keys_left_out` were shared by so many records that these were not compared for their sake.
    """

    found: Iterator[tuple[Pair, Score]]
    pairs: int
    people: int
    keys_left_out: int = 0


def score_records(
    records: Records, weights: Weights, people: int | None = None, watch: Watch = _unwatched
) -> Scored:
    """Score the pairs of a file or between two; unless `people` is said, the start is estimated."""
    everybody = records.all
    first = _ready(everybody, weights.known, range(len(everybody)))
    met = _pairs(records, first)
    groups, thirds = list(range(len(everybody))), Thirds()
    with watch(len(met.pairs)) as advance:
        start = (first, max(len(everybody), COUNTED_PEOPLE_MIN))
        found = _again(records, sorted(met.pairs), start, weights)
        for number, (pair, each) in enumerate(found, 1):
            thirds.add(pair, each)
            if each.bits >= CERTAIN_BITS:
                _unite(groups, *records.place(pair))
            if number % TOLD_EACH == 0:
                advance(TOLD_EACH)
    whose = [_group(groups, place) for place in range(len(groups))]
    among = people or max(len(set(whose)), COUNTED_PEOPLE_MIN)
    ready = _ready(everybody, weights.known, whose)
    # Of two files only pairs across are of interest, and a third record makes none of these.
    by_third = thirds.pairs() if records.right is None else set()
    pairs = sorted(met.pairs | by_third)
    found = _again(records, pairs, (ready, people or _one_in(whose, records)), weights)
    lifted = _lifted(found, by_third, ready, weights)
    return Scored(lifted, len(pairs), among, met.keys_left_out)


def _lifted(
    found: Iterable[tuple[Pair, Score]],
    by_third: AbstractSet[Pair],
    ready: Sequence[Ready],
    weights: Weights,
) -> Iterator[tuple[Pair, Score]]:
    """Yield scores, those of records that are both one person with a third lifted."""
    for pair, each in found:
        if pair in by_third:
            yield pair, by_a_third((ready[pair[0]], ready[pair[1]]), each, weights)
        else:
            yield pair, each


def _again(
    records: Records, pairs: Iterable[Pair], among: tuple[Sequence[Ready], float], weights: Weights
) -> Iterator[tuple[Pair, Score]]:
    """Yield the score of each pair, given all records ready and among how many people they are."""
    ready, people = among
    prior = prior_bits(people)
    for pair in pairs:
        mine, theirs = records.place(pair)
        yield pair, score(ready[mine], ready[theirs], weights, prior=prior)


def _one_in(whose: Sequence[int], records: Records) -> float:
    """Return of how many pairs of records one is of one person, by who was certain to be one.

    A file in which few have a second record has as many people as records, and still a pair of it
    is hardly ever one person. To what is counted comes one pair in a thousand: a small file says
    little.
    """
    here = len(records.left)
    if records.right is None:
        pairs = here * (here - 1) / 2
        same = sum(of * (of - 1) / 2 for of in Counter(whose).values())
    else:
        pairs = here * len(records.right)
        there = Counter(whose[here:])
        same = sum(of * there[person] for person, of in Counter(whose[:here]).items())
    return (pairs + COUNTED_PEOPLE_MIN) / (same + 1)


def _pairs(records: Records, ready: Sequence[Ready]) -> Paired:
    if records.right is None:
        return paired(ready, 0)
    return paired(ready, len(records.left)) if records.left else Paired(set(), 0)


def _ready(
    everybody: Sequence[Description], known: Frequencies, whose: Sequence[int]
) -> list[Ready]:
    """Make records ready with the values counted of so many people, each person's once."""
    values = {
        (person, pair)
        for person, record in zip(whose, everybody, strict=True)
        for pair in countable(record)
    }
    counts = counted((pair for _, pair in sorted(values)), len(set(whose)), known)
    return [prepare(record, counts) for record in everybody]


def _group(groups: list[int], place: int) -> int:
    """Return the first place of a place's group, and remember the way."""
    root = place
    while groups[root] != root:
        root = groups[root]
    while groups[place] != root:
        groups[place], place = root, groups[place]
    return root


def _unite(groups: list[int], one: int, other: int) -> None:
    first, second = sorted((_group(groups, one), _group(groups, other)))
    groups[second] = first
