"""Who somebody may be whom no identifier names: people who are alike, scored, best first.

A sum of likelihoods joins nobody by itself. Only where name, date of birth and address all agree,
and nobody else comes near, is an event about a person without an identifier that says so; anybody
less alike is shown to a human.

Source: DESIGN section 6, *Person*; ../docs/decisions/011.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain, product
from struct import unpack
from typing import Final, NamedTuple
from uuid import UUID

from streams.domain.hash_keys import as_key
from streams.domain.identifiers import MATCHING_KINDS
from streams.domain.matching import (
    Decision,
    Matched,
    Possible,
    PossibleReason,
    Unknown,
)
from streams.domain.placeholders import JUNK, JunkList
from streams.domain.portraits import Portrait, described
from streams.domain.scoring.blocking import blocking_keys, sought_keys
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
READY_MAX: Final = 4_096
"""Portraits that a process keeps ready, some twenty megabytes."""
KEY_BYTES: Final = 8
Block = AbstractSet[bytes]
"""Who has a key: ids as their bytes, for of so many that are read most are nobody's to compare."""
_KEY_USE: Final = b"identity-block"
_LOOKED_UP_ALREADY: Final = tuple(f"i {kind.value} " for kind in sorted(MATCHING_KINDS))


class Sought(NamedTuple):
    """Somebody whom an event is about, ready to be compared, and the keys to find the like by."""

    ready: Ready
    keys: tuple[str, ...]


class Rated(NamedTuple):
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

    def ready(self, portrait: Portrait) -> Ready:
        """Make a portrait ready to be compared; it takes about as long as to compare it."""
        found = self._made.get(portrait)
        if found is None:
            if len(self._made) >= READY_MAX:
                self._made.clear()
            found = prepare(described(portrait), self.weights.known, self.junk)
            self._made[portrait] = found
        return found

    def sought(self, portrait: Portrait) -> Sought:
        """Make somebody ready to be looked for."""
        ready = self.ready(portrait)
        return Sought(ready, looked_under(ready))

    def score(self, one: Ready, other: Ready) -> Score:
        """Score two people."""
        return score(one, other, self.weights, prior=self.prior)

    def borrowed(self, said: Portrait, known: Portrait) -> Guard | None:
        """Return the sign that somebody's identifier was given for another, or None."""
        return borrowed(self.ready(said), self.ready(known), self.weights)


def keys_of(ready: Ready) -> tuple[str, ...]:
    """Return the keys under which somebody whom we know is kept.

    Identifiers by which people are looked up exactly are none of them: who has one was found.
    """
    return _without_identifiers(blocking_keys(ready))


def looked_under(ready: Ready) -> tuple[str, ...]:
    """Return the keys under which somebody is looked for."""
    return _without_identifiers(sought_keys(ready))


def _without_identifiers(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in keys if not key.startswith(_LOOKED_UP_ALREADY))


def key_numbers(keys: Sequence[str], secret: bytes) -> tuple[int, ...]:
    """Return the keyed hashes of keys, as the ledger holds them; two keys hardly ever share one.

    Of so many keys that what is the same for all of them is worked out once.
    """
    begun = blake2b(key=as_key(secret), digest_size=KEY_BYTES, person=_KEY_USE)
    made = []
    for key in keys:
        one = begun.copy()
        one.update(key.encode("utf-8", "surrogatepass"))
        made.append(one.digest())
    return unpack(f"!{len(made)}q", b"".join(made))


def key_number(key: str, secret: bytes) -> int:
    """Return the keyed hash of one key."""
    return key_numbers((key,), secret)[0]


def most_alike(blocks: Iterable[Block]) -> list[UUID]:
    """Return who shares most keys, given who has each of them; at most `COMPARED_MAX` people."""
    few = (people for people in blocks if len(people) <= BLOCK_PEOPLE_MAX)
    shared = Counter(chain.from_iterable(few))
    ordered = sorted(shared, key=lambda person: (-shared[person], person))
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
    if reason in OF_LIKENESS and len(near) == 1 and _is_sure(near[0]):
        return Matched(near[0].person_id, (SCORED,))
    candidates = _in_order(pointed, near, rated)
    return Possible(candidates, reason) if candidates else decision


def _by_likeness_alone(rated: Rated) -> tuple[float, int]:
    """Order people by how alike they are, whatever the identifiers say that are in doubt."""
    given = sum(part.bits for part in rated.score.parts if part.field is Field.IDENTIFIER)
    return (given - rated.score.bits, rated.person_id.int)


def _is_sure(rated: Rated) -> bool:
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
    `near` are those who are not split from somebody sought: an event may be about one of them, or
    be held for one, and their cases say who is told. `learnt` are the keys that people got,
    `references` what taught them, by the event's number.
    Without a scorer nobody is sought, and nothing of it is kept.
    """

    scorer: Scorer | None = None
    sought: dict[bytes, Sought] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    portraits: dict[UUID, Portrait] = field(default_factory=dict)
    near: frozenset[UUID] = frozenset()
    learnt: dict[UUID, set[str]] = field(default_factory=dict)
    references: dict[int, Portrait] = field(default_factory=dict)
    _ready: dict[UUID, tuple[Portrait, Ready]] = field(default_factory=dict)
    _rated: dict[tuple[bytes, UUID], tuple[Portrait, Rated]] = field(default_factory=dict)

    def begun(self) -> "Alike":
        """Return what a batch starts with: the same people, and nothing learnt."""
        kept = dict(self.sought), dict(self.blocks), dict(self.portraits), self.near
        return Alike(self.scorer, *kept, _ready=dict(self._ready), _rated=dict(self._rated))

    @property
    def _scorer(self) -> Scorer:
        """Return the scorer; who has none does not ask."""
        assert self.scorer is not None  # noqa: S101 - callers look first
        return self.scorer

    def rated(self, content: bytes, sought: Sought, also: Iterable[UUID]) -> list[Rated]:
        """Score those who share most keys, and others, beside who is sought; the best first."""
        people = most_alike(self.blocks.get(key, frozenset()) for key in sought.keys)
        found = [
            self._rate(content, sought, person)
            for person in dict.fromkeys((*people, *sorted(also)))
            if person in self.portraits
        ]
        return best_first(found)

    def _rate(self, content: bytes, sought: Sought, person: UUID) -> Rated:
        """Score a person beside who is sought, once for each portrait of theirs."""
        scorer, portrait = self._scorer, self.portraits[person]
        known = self._rated.get((content, person))
        if known is not None and known[0] is portrait:
            return known[1]
        ready = self._ready.get(person)
        if ready is None or ready[0] is not portrait:
            ready = self._ready[person] = (portrait, scorer.ready(portrait))
        found = scorer.score(sought.ready, ready[1])
        is_join = found.decision is Verdict.JOIN
        rated = Rated(person, found, is_join and agrees_whole(found, sought.ready, ready[1]))
        self._rated[content, person] = (portrait, rated)
        return rated

    def teach(self, person_id: UUID, portrait: Portrait) -> None:
        """Know a person by a portrait from here on; keys that they had before stay theirs."""
        self.portraits[person_id] = portrait
        ready = self._scorer.ready(portrait)
        self._ready[person_id] = (portrait, ready)
        for key in keys_of(ready):
            self.blocks[key] = self.blocks.get(key, frozenset()) | {person_id.bytes}
            self.learnt.setdefault(person_id, set()).add(key)
