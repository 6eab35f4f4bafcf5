"""Whom to compare with: keys under which records of one person meet, and few others do.

To compare everybody with everybody is out of the question, so records meet under keys of two
pieces each, so chosen that any one slip leaves some key whole, and that a key is of few people
even in a county of 250,000. Common names get a third piece where two are not enough.

Recall is measured: `switchboard bench identity`, and `identity score --truth`.
"""

from collections.abc import Iterator
from typing import Final

from streams.domain.scoring.people import Ready, ReadyName
from streams.domain.scoring.places import Place
from streams.domain.scoring.sounds import sound_of

KEYS_MAX: Final = 48
"""Most keys of one person; names, births and addresses have their own limits."""
FIRST_JANUARY: Final = "0101"
GROUPS_MAX: Final = 2
"""Assumed: most groups of a given name that become keys; few names are short for more."""
LEAD: Final = 3
"""Characters of a sound that go into a key with a second name beside it."""


def blocking_keys(ready: Ready) -> tuple[str, ...]:
    """Return the keys of a person, each once, at most `KEYS_MAX` of them."""
    keys: dict[str, None] = {}
    for kind, values in ready.by_kind.items():
        keys.update((f"i {kind.value} {value}", None) for value in sorted(values))
    for name in ready.names:
        keys.update(dict.fromkeys(_of_name(name, ready)))
    for place in ready.places:
        keys.update(dict.fromkeys(_of_place(place, ready)))
    return tuple(keys)[:KEYS_MAX]


def wide_keys(ready: Ready) -> tuple[str, ...]:
    """Return keys of a name alone: for rare names, to be left out where many people have them."""
    pairs = (pair for name in ready.names for pair in _pairs(name))
    return tuple(dict.fromkeys(f"n {pair}" for pair in pairs))


def name_sounds(name: ReadyName) -> tuple[str, ...]:
    """Return the sounds of all words of a name, sorted, so that their order does not matter."""
    words = set(name.givens)
    if name.family is not None:
        words.update(name.family.words)
        words.add(name.family.text)
    return tuple(sorted({sound_of(word)[:LEAD] for word in words if len(word) > 1}))


def _of_name(name: ReadyName, ready: Ready) -> Iterator[str]:
    """Yield keys of a name's words with the birth date, and of the whole name with its pieces."""
    sounds = name_sounds(name)
    for birth in ready.births:
        # A whole date leaves a dozen people in a county, so that a first letter is enough; the
        # first of January, which is an estimate, leaves hundreds.
        lead = LEAD if birth.endswith(FIRST_JANUARY) else 1
        for sound in sorted({sound[:lead] for sound in sounds}):
            yield f"b {sound} {birth[:4]} {_either_way(birth)}"
    for pair in _pairs(name):
        for birth in ready.births:
            yield f"y {pair} {birth[:4]}"
            yield f"d {pair} {_either_way(birth)}"
        for place in ready.places:
            yield f"p {pair} {place.district or ' '.join(place.rest)}"


def _pairs(name: ReadyName) -> Iterator[str]:
    """Yield first and last name in one order, as they sound and by the given name's other forms."""
    if name.given is None or name.family is None:
        return
    yield " ".join(sorted((sound_of(name.givens[0]), name.family.sound)))
    for group in sorted(name.given.groups)[:GROUPS_MAX]:
        yield f"{group} {name.family.sound}"


def _either_way(birth: str) -> str:
    """Return day and month in one order, since clerks swap them."""
    return "-".join(sorted((birth[4:6], birth[6:])))


def _of_place(place: Place, ready: Ready) -> Iterator[str]:
    """Yield keys of an address with what else is known."""
    sounds = {sound for name in ready.names for sound in name_sounds(name)}
    where = place.postcode or f"{place.number} {place.street}"
    for birth in ready.births:
        yield f"h {where} {birth[:4]}"
        yield f"m {where} {birth[4:]}"
    for sound in sorted(sounds):
        yield f"w {where} {sound}"
