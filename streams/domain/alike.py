"""Who somebody may be whom no identifier names: people who are alike, scored, best first.

A sum of likelihoods joins nobody by itself. Only where name, date of birth and address all agree,
and nobody else comes near, is an event about a person without an identifier that says so; anybody
less alike is shown to a human.

Source: DESIGN section 6, *Person*; ../docs/decisions/011.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain, product
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct

from streams.domain.block_keys import keys_of, looked_under
from streams.domain.matching import (
    Decision,
    Matched,
    Possible,
    PossibleReason,
    Unknown,
)
from streams.domain.placeholders import JUNK, JunkList
from streams.domain.portraits import Portrait, described
from streams.domain.scoring.compare_places import premises_level
from streams.domain.scoring.guards import Decision as Verdict
from streams.domain.scoring.guards import Guard
from streams.domain.scoring.levels import Field, Level
from streams.domain.scoring.people import Ready, prepare
from streams.domain.scoring.places import Place
from streams.domain.scoring.score import Score, borrowed, prior_bits, score
from streams.domain.scoring.weights import Weights

SCORED: Final = "scored"
"""What a match is by that no identifier gives."""
COUNTY_PEOPLE: Final = 250_000
"""Assumed: one of so many is the one before anything is compared, however few we know yet: the
same event must end the same in a ledger that has grown since."""
BLOCK_PEOPLE_MAX: Final = 60
"""Assumed: a key that more people share tells nobody apart; they meet under their other keys."""
COMPARED_MAX: Final = 25
"""Assumed: most people that one event is compared with: those with whom it shares most keys."""
CANDIDATES_MAX: Final = 5
"""Assumed: nobody compares more than so many side by side."""
OF_LIKENESS: Final = frozenset({PossibleReason.NAME_AND_BIRTH_DATE_ONLY, PossibleReason.LOOKS_LIKE})
"""Reasons that no identifier gives: against one, no score says who somebody is."""
READY_MAX: Final = 8_192
"""Portraits that a process keeps ready, some twenty megabytes, and under what strangers are looked
for, at most as much again."""
SCORES_MAX: Final = 32_768
"""Scores that a process keeps, some twenty megabytes: what goes from arrest to result is compared
with the same people at every step."""
Block = Collection[bytes]
"""Who has a key: ids as their bytes, for of so many that are read most are nobody's to compare."""


class Sought(NamedTuple):
    """Somebody whom an event is about, ready to be compared, and the keys to find the like by."""

    ready: Ready
    keys: tuple[str, ...]


class Rated(Struct, frozen=True):
    """One person beside the one who is sought, and how alike they are.

    `is_whole` says that name, date of birth and address all agree.
    """

    person_id: UUID
    score: Score
    is_whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """Scores descriptions with the weights and the junk list of this installation."""

    weights: Weights
    junk: JunkList = JUNK
    prior: float = field(default=prior_bits(COUNTY_PEOPLE))
    _made: dict[Portrait, Ready] = field(init=False, repr=False, default_factory=dict)
    _sought: dict[Ready, Sought] = field(init=False, repr=False, default_factory=dict)
    _scores: dict[tuple[Ready, Ready], Score] = field(init=False, repr=False, default_factory=dict)

    def ready(self, portrait: Portrait) -> Ready:
        """Make a portrait ready to be compared; it takes about as long as to compare it."""
        found = self._made.get(portrait)
        if found is None:
            if len(self._made) >= READY_MAX:
                self._made.clear()
                self._sought.clear()
            found = prepare(described(portrait), self.weights.known, self.junk)
            self._made[portrait] = found
        return found

    def sought(self, portrait: Portrait) -> Sought:
        """Make somebody ready to be looked for."""
        ready = self.ready(portrait)
        found = self._sought.get(ready)
        if found is None:
            found = self._sought[ready] = Sought(ready, looked_under(ready))
        return found

    def score(self, one: Ready, other: Ready) -> Score:
        """Score two people, once while both are kept ready."""
        found = self._scores.get((one, other))
        if found is None:
            if len(self._scores) >= SCORES_MAX:
                self._scores.clear()
            found = score(one, other, self.weights, prior=self.prior)
            self._scores[one, other] = found
        return found

    def borrowed(self, said: Portrait, known: Portrait) -> Guard | None:
        """Return the sign that somebody's identifier was given for another, or None."""
        return borrowed(self.ready(said), self.ready(known), self.weights)


def most_alike(blocks: Iterable[Block]) -> list[UUID]:
    """Return who shares most keys, given who has each of them; at most `COMPARED_MAX` people."""
    few = (people for people in blocks if len(people) <= BLOCK_PEOPLE_MAX)
    shared = Counter(chain.from_iterable(few))
    # Hundreds meet under some key; only those who are compared need an order.
    least = min(nlargest(COMPARED_MAX, shared.values()), default=0)
    met = (person for person, count in shared.items() if count >= least)
    ordered = sorted(met, key=lambda person: (-shared[person], person))
    return [UUID(bytes=person) for person in ordered[:COMPARED_MAX]]


def best_first(rated: Iterable[Rated]) -> list[Rated]:
    """Put people in the order in which a human should look at them."""
    return sorted(rated, key=lambda each: (-each.score.bits, each.person_id.int))


def agrees_whole(found: Score, one: Ready, other: Ready) -> bool:
    """Answer whether name, date of birth and address all agree, and not only nearly.

    Twins may differ in a middle name or in a letter, and half a household in no more than the
    number of the house. Of several addresses it is enough that one is the same.
    """
    levels = {part.field: part.level for part in found.parts}
    return (
        levels.get(Field.GIVEN) is Level.EXACT
        and levels.get(Field.FAMILY) in {Level.EXACT, Level.VARIANT}
        and levels.get(Field.MIDDLE) is not Level.DIFFERENT
        and levels.get(Field.BIRTH) is Level.EXACT
        and any(_is_one_home(*pair) for pair in product(one.places, other.places))
    )


def _is_one_home(one: Place, other: Place) -> bool:
    """Answer whether two addresses are one home: the postcode, and in it number and street."""
    if not one.postcode or one.postcode != other.postcode:
        return False
    return premises_level(one, other) in {Level.EXACT, Level.NEAR}


def weigh(decision: Possible | Unknown, rated: Sequence[Rated]) -> Decision:
    """Decide again with everybody who is alike; `rated` are the best first.

    What identifiers say stands: where they point to somebody else, or to several, a human decides,
    and sees those who are alike as well.
    """
    near = [each for each in rated if each.score.decision is not Verdict.SPLIT]
    if decision.reason is PossibleReason.BORROWED_IDENTIFIER:
        rated = sorted(rated, key=_by_likeness_alone)
    if isinstance(decision, Possible):
        reason, pointed = decision.reason, frozenset(decision.candidates)
    else:
        reason, pointed = PossibleReason.LOOKS_LIKE, frozenset()
    if reason is PossibleReason.IDENTIFIERS_CONFLICT:
        near = [each for each in near if each.person_id in pointed]
    if reason in OF_LIKENESS and len(near) == 1 and is_sure(near[0]):
        return Matched(near[0].person_id, (SCORED,))
    candidates = _in_order(pointed, near, rated)
    return Possible(candidates, reason) if candidates else decision


def _by_likeness_alone(rated: Rated) -> tuple[float, int]:
    """Order people by how alike they are, whatever the identifiers say that are in doubt."""
    given = sum(part.bits for part in rated.score.parts if part.field is Field.IDENTIFIER)
    return (given - rated.score.bits, rated.person_id.int)


def is_sure(rated: Rated) -> bool:
    """Answer whether a machine may say that it is this person."""
    return rated.score.decision is Verdict.JOIN and rated.is_whole


def _in_order(
    pointed: Collection[UUID], near: Sequence[Rated], rated: Sequence[Rated]
) -> tuple[UUID, ...]:
    """Return whom a human should look at: all that keys point to, and those alike, best first."""
    wanted = {each.person_id for each in near} | set(pointed)
    ordered = [each.person_id for each in rated if each.person_id in wanted]
    ordered += sorted(wanted.difference(ordered))
    # Whom keys point to is shown, however many are more alike.
    shown = sorted(ordered, key=lambda person: person not in pointed)[:CANDIDATES_MAX]
    return tuple(person for person in ordered if person in shown)


@dataclass(slots=True)
class Alike:
    """What is known of people who may be alike, while a batch is worked through.

    `blocks` has who has each key that was looked up, and `portraits` whoever may be compared;
    of those who are not split from somebody sought, `near` are those whom an event may turn out to
    be about, and `shown` those for whom it may only be held: their cases say who is asked. `learnt`
    are the keys that people got, `references` what taught them, by the event's number.
    Without a scorer nobody is sought, and nothing of it is kept.
    """

    scorer: Scorer | None = None
    sought: dict[bytes, Sought] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    portraits: dict[UUID, Portrait] = field(default_factory=dict)
    near: frozenset[UUID] = frozenset()
    shown: frozenset[UUID] = frozenset()
    learnt: dict[UUID, set[str]] = field(default_factory=dict)
    references: dict[int, Portrait] = field(default_factory=dict)
    _met: dict[Sought, list[UUID]] = field(default_factory=dict)
    _rated: dict[tuple[Sought, tuple[UUID, ...]], list[Rated]] = field(default_factory=dict)

    def begun(self) -> "Alike":
        """Return what a batch starts with: the same people, and nothing learnt."""
        kept = dict(self.sought), dict(self.blocks), dict(self.portraits), self.near, self.shown
        return Alike(self.scorer, *kept, _met=dict(self._met), _rated=dict(self._rated))

    @property
    def _scorer(self) -> Scorer:
        """Return the scorer; who has none does not ask."""
        assert self.scorer is not None  # noqa: S101 - callers look first
        return self.scorer

    def met(self, sought: Sought) -> list[UUID]:
        """Return who shares most keys with who is sought."""
        found = self._met.get(sought)
        if found is None:
            found = most_alike(self.blocks.get(key, frozenset()) for key in sought.keys)
            self._met[sought] = found
        return found

    def rated(self, sought: Sought, also: Iterable[UUID]) -> list[Rated]:
        """Score those who share most keys, and others, beside who is sought; the best first.

        They are scored once, until somebody is taught about.
        """
        pointed = tuple(sorted(also))
        found = self._rated.get((sought, pointed))
        if found is None:
            people = dict.fromkeys((*self.met(sought), *pointed))
            known = (person for person in people if person in self.portraits)
            found = best_first(self._rate(sought, person) for person in known)
            self._rated[sought, pointed] = found
        return found

    def _rate(self, sought: Sought, person: UUID) -> Rated:
        """Score a person beside who is sought."""
        ready = self._scorer.ready(self.portraits[person])
        found = self._scorer.score(sought.ready, ready)
        is_join = found.decision is Verdict.JOIN
        return Rated(person, found, is_join and agrees_whole(found, sought.ready, ready))

    def teach(self, person_id: UUID, portrait: Portrait) -> None:
        """Know a person by a portrait from here on; keys that they had before stay theirs."""
        self._know(person_id, portrait)
        for key in keys_of(self._scorer.ready(portrait)):
            self.blocks[key] = frozenset((*self.blocks.get(key, ()), person_id.bytes))
            self.learnt.setdefault(person_id, set()).add(key)

    def unteach(self, person_id: UUID, portrait: Portrait) -> None:
        """Know a person by what is left from here on; keys that they had stay theirs."""
        self._know(person_id, portrait)
        self.learnt.setdefault(person_id, set())

    def _know(self, person_id: UUID, portrait: Portrait) -> None:
        """Know a person by another portrait: whoever was compared is compared again."""
        self.portraits[person_id] = portrait
        self._met.clear()
        self._rated.clear()
