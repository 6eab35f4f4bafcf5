"""A person as somebody described them, and the same made ready to be compared many times.

`Description` is what was given; `prepare` derives from it, once, all that the comparison of a pair
would otherwise derive each time: words, sounds, groups of variants, and how rare each value is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from streams.domain.identifiers import Identifier, IdentifierKind
from streams.domain.placeholders import JUNK, JunkList
from streams.domain.scoring.frequencies import PAIR, Frequencies
from streams.domain.scoring.places import Place, district_of, prepare_place, read_place
from streams.domain.scoring.sounds import sound_of
from streams.domain.scoring.texts import generation_word, name_words
from streams.domain.scoring.variants import FAMILY_GROUPS, GIVEN_GROUPS, NO_GROUPS, stem_of

NAMES_MAX: Final = 6
PLACES_MAX: Final = 6
"""Assumed: the latest of so many names and addresses are enough; a pair compares all with all."""
BIRTH_DIGITS: Final = 8
_T = TypeVar("_T")


class Name(NamedTuple):
    """A name as given: any part may be empty."""

    given: str = ""
    middle: str = ""
    family: str = ""


class Home(NamedTuple):
    """An address as given: its lines, and its postcode where that came by itself."""

    lines: tuple[str, ...] = ()
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """Whom somebody described: the names (the main one first), births, homes and identifiers.

    Births are eight digits, YYYYMMDD, and need not be days that exist: a mistyped one still says
    something. `others` are further facts by name, compared as they are (sex, a telephone number).
    """

    names: tuple[Name, ...] = ()
    births: tuple[str, ...] = ()
    homes: tuple[Home, ...] = ()
    identifiers: frozenset[Identifier] = frozenset()
    others: Mapping[str, str] = field(default_factory=dict)


class Word(NamedTuple):
    """One part of a name, ready: its text without gaps, its words, sound, variants and rarity.

    `crossed_bits` is how rare it would be in the other's place: a given name as a family name.
    """

    text: str
    words: tuple[str, ...]
    sound: str
    groups: frozenset[int]
    bits: float
    is_common: bool
    crossed_bits: float


class ReadyName(NamedTuple):
    """A name, ready: `givens` are all given names in order, the first one and the middle ones."""

    given: Word | None
    family: Word | None
    givens: tuple[str, ...]
    middles: tuple[str, ...]
    generation: str
    pair_bits: float


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A description, ready to be compared."""

    names: tuple[ReadyName, ...]
    births: tuple[str, ...]
    places: tuple[Place, ...]
    by_kind: Mapping[IdentifierKind, frozenset[str]]
    others: Mapping[str, tuple[str, float]]


def birth_text(born_on: date) -> str:
    """Return a date of birth as its eight digits."""
    return born_on.isoformat().replace("-", "")


def prepare(description: Description, frequencies: Frequencies, junk: JunkList = JUNK) -> Ready:
    """Make a description ready; what stands for "not known" is left out here."""
    unborn = _birth_texts(junk.birth_dates)
    names = [_ready_name(name, frequencies) for name in description.names[:NAMES_MAX]]
    births = [b for b in description.births if b not in unborn and len(b) == BIRTH_DIGITS]
    places = [
        prepare_place(home.lines, home.postcode, frequencies, junk.postcodes)
        for home in description.homes[:PLACES_MAX]
    ]
    return Ready(
        _each_once([name for name in names if name.given or name.family]),
        _each_once(births),
        _each_once([place for place in places if place is not None]),
        _by_kind(description.identifiers),
        _ready_others(description.others, frequencies),
    )


@lru_cache(maxsize=16)
def _birth_texts(days: AbstractSet[date]) -> frozenset[str]:
    """Return the digits of the dates of a junk list, which is the same for everybody."""
    return frozenset(map(birth_text, days))


def _each_once(found: Sequence[_T]) -> tuple[_T, ...]:
    """Return what was found in its order, each once; one alone, as it mostly is, costs nothing."""
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def countable(description: Description) -> Iterator[tuple[str, str]]:
    """Yield the (kind, value) pairs of a description from which shares are counted, each once."""
    seen: set[tuple[str, str]] = set()
    for name in description.names[:NAMES_MAX]:
        given, _, family = split_name(name)
        seen.add(("given", "".join(given)))
        seen.add(("family", stem_of("".join(family))))
        if given and family:
            seen.add((PAIR, f"{''.join(given)} {stem_of(''.join(family))}"))
    for home in description.homes[:PLACES_MAX]:
        code, (number, street, rest) = read_place(home.lines, home.postcode, JUNK.postcodes)
        seen |= {("postcode", code), ("district", district_of(code)), ("street", street)}
        seen |= {("number", number), ("address", f"{number} {street}")}
        seen |= {("locality", line) for line in rest}
    seen |= {(name, "".join(name_words(text))) for name, text in description.others.items()}
    yield from sorted(pair for pair in seen if pair[1].strip())


def _by_kind(identifiers: Iterable[Identifier]) -> Mapping[IdentifierKind, frozenset[str]]:
    kinds: dict[IdentifierKind, set[str]] = {}
    for each in identifiers:
        kinds.setdefault(each.kind, set()).add(each.value)
    return {kind: frozenset(values) for kind, values in kinds.items()}


def _ready_others(
    others: Mapping[str, str], frequencies: Frequencies
) -> Mapping[str, tuple[str, float]]:
    ready = {name: "".join(name_words(text)) for name, text in others.items()}
    return {name: (text, frequencies.bits(name, text)) for name, text in ready.items() if text}


def split_name(name: Name) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the words of the given name, the middle names and the family name.

    A whole name in one box is parted: its last word is the family name.
    """
    given, middle, family = name_words(name.given), name_words(name.middle), name_words(name.family)
    if given and not family and len(given) > 1:
        return given[:1], given[1:-1] + middle, given[-1:]
    if family and not given and len(family) > 1:
        return family[:1], family[1:-1] + middle, family[-1:]
    return given, middle, family


def _ready_name(name: Name, frequencies: Frequencies) -> ReadyName:
    given, middle, family = split_name(name)
    ready_given = _word("given", given, GIVEN_GROUPS, frequencies)
    ready_family = _word("family", family, FAMILY_GROUPS, frequencies)
    bits = 0.0
    if ready_given and ready_family:
        together = frequencies.pair_bits(ready_given.text, ready_family.text)
        if together is not None:
            bits = min(0.0, together - ready_given.bits - ready_family.bits)
    generation = generation_word(name.family) or generation_word(name.given)
    return ReadyName(ready_given, ready_family, given + middle, middle, generation, bits)


def _word(
    kind: str,
    words: tuple[str, ...],
    groups: Mapping[str, frozenset[int]],
    frequencies: Frequencies,
) -> Word | None:
    if not words:
        return None
    text = "".join(words)
    stem = stem_of(text) if kind == "family" else text
    found = groups.get(stem, NO_GROUPS)
    bits = frequencies.bits(kind, stem)
    crossed = ("given", text) if kind == "family" else ("family", stem_of(text))
    is_common = frequencies.is_common(kind, stem)
    return Word(stem, words, sound_of(stem), found, bits, is_common, frequencies.bits(*crossed))
