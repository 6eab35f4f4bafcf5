"""Whom to compare with: keys under which records of one person meet, and few others do.

To compare everybody with everybody is out of the question, so records meet under keys of two or
three pieces, so chosen that any one slip, and most pairs of slips, leave some key whole, and that
a key is of few people even in a county of 250,000.

Everybody known is kept under `blocking_keys`; who is looked for is looked up under `sought_keys`,
which are fewer: a name alone is worth a look only where no date of birth came with it.
Recall is measured: `switchboard bench identity`, and `identity score --truth-id`.
"""

from collections.abc import Iterator
from typing import Final

from streams.domain.scoring.people import Ready, ReadyName
from streams.domain.scoring.places import Place
from streams.domain.scoring.sounds import sound_of

KEYS_MAX: Final = 96
"""Most keys of one person; names, births and addresses have their own limits."""
FIRST_JANUARY: Final = "0101"
GROUPS_MAX: Final = 2
"""Assumed: most groups of a given name that become keys; few names are short for more."""
GIVENS_MAX: Final = 3
"""Assumed: most given names that are tried as the one somebody is called by."""
RARE_BITS: Final = 15.0
"""Assumed: a name that one in 30,000 has is worth a look by itself."""
BEGINNING: Final = 2
"""Letters of a name that stand for it beside the whole other one."""
LEAD: Final = 3
"""Characters of a sound that go into a key with a second name beside it."""
_HEARD_ALIKE: Final = str.maketrans(
    {"C": "K", "Q": "K", "Z": "S", "V": "F", "W": "F", **dict.fromkeys("EIOUY", "A")}
)
"""First letters that are heard alike, in one form."""
NAME_ALONE: Final = frozenset("ngf")
"""The kinds of key, their first letters, that are of a name and nothing else."""


def blocking_keys(ready: Ready) -> tuple[str, ...]:
    """Return the keys under which a person is kept, each once, at most `KEYS_MAX` of them."""
    return _keys(ready, is_sought=False)


def sought_keys(ready: Ready) -> tuple[str, ...]:
    """Return the keys under which a person is looked for.

    Names are tried in either order. With a date of birth, what is of a name and a place only is
    left out: it would find many and add few.
    """
    return _keys(ready, is_sought=True)


def _keys(ready: Ready, *, is_sought: bool) -> tuple[str, ...]:
    found = [f"i {kind.value} {each}" for kind, of in ready.by_kind.items() for each in sorted(of)]
    for number, name in enumerate(ready.names):
        found += _of_name(name, ready, is_sought=is_sought)
        if number == 0:
            # Before the aliases, for these may be so many that not all keys are kept.
            found += [key for place in ready.places for key in _of_place(place, ready)]
    if not ready.names:
        found += [key for place in ready.places for key in _of_place(place, ready)]
    return tuple(dict.fromkeys(found))[:KEYS_MAX]


def _of_name(name: ReadyName, ready: Ready, *, is_sought: bool) -> Iterator[str]:
    """Yield keys of a name with everything else that is known, and by itself."""
    pairs = _pairs(name, every_given=is_sought)
    for birth in ready.births:
        yield from _of_birth(name, birth, is_sought=is_sought)
    is_alone = not is_sought or not ready.births
    if is_alone:
        yield from _without_birth(name)
        for place in ready.places:
            yield from (f"p {pair} {area}" for pair in pairs for area in _areas(place))
    if is_alone or _rarity(name) >= RARE_BITS:
        yield from (f"n {pair}" for pair in pairs)


def name_sounds(name: ReadyName) -> tuple[str, ...]:
    """Return the sounds of all words of a name, sorted, so that their order does not matter."""
    words = set(name.givens)
    if name.family is not None:
        words.update(name.family.words)
        words.add(name.family.text)
    return tuple(sorted({sound_of(word)[:LEAD] for word in words if len(word) > 1}))


def _without_birth(name: ReadyName) -> Iterator[str]:
    """Yield one name as it sounds and how the other begins, for where no birth date came."""
    if name.given is None or name.family is None:
        return
    given = name.givens[0]
    for family in _families(name):
        yield f"g {sound_of(family)} {given[:BEGINNING]}"
        yield f"f {sound_of(given)} {family[:BEGINNING]}"


def _areas(place: Place) -> tuple[str, ...]:
    return tuple(area for area in (place.district, *place.rest[:1]) if area)


def _of_birth(name: ReadyName, birth: str, *, is_sought: bool) -> Iterator[str]:
    """Yield keys of a name with a date of birth, so that any one part of it may be wrong."""
    year, day = birth[:4], _either_way(birth)
    families = tuple(map(sound_of, _families(name)))
    # A whole date leaves a dozen people in a county, so that a first letter is enough; the
    # first of January, which is an estimate, leaves hundreds.
    is_estimate = birth.endswith(FIRST_JANUARY)
    for start in name_sounds(name) if is_estimate else _first_letters(name):
        yield f"b {start} {year} {day}"
    for words in _half_pairs(name):
        # Of an estimate only the year says anything: whoever has one meets everybody of the year.
        if is_estimate or not is_sought:
            yield f"s {words} {year}"
        if is_estimate or is_sought:
            yield f"c {words} {year}"
    if is_estimate:
        return
    yield from (f"t {family} {year}{birth[6:]}" for family in families)
    for words in _half_pairs(name, slipped=is_sought):
        yield f"d {words} {day}"
        yield f"m {words} {birth[:6]}"


def _first_letters(name: ReadyName) -> tuple[str, ...]:
    """Return what each word of a name begins with: a typist seldom slips there, an ear may."""
    words = set(name.givens[:1]) | set(name.family.words[:2] if name.family else ())
    return tuple(sorted({_heard(word[0]) for word in words}))


def _heard(letter: str) -> str:
    """Return a letter as the one that stands for all that are heard alike."""
    return letter.translate(_HEARD_ALIKE)


def _pairs(name: ReadyName, *, every_given: bool = False) -> tuple[str, ...]:
    """Return first and last name in one order, as they sound and by the given name's other forms.

    Of a double family name each part counts, and so does each given name where wanted.
    """
    if name.given is None or name.family is None:
        return ()
    families = tuple(map(sound_of, _families(name)))
    givens = name.givens[: GIVENS_MAX if every_given else 1]
    sounds = (sorted((sound_of(given), family)) for given in givens for family in families)
    forms = (f"{group} {family}" for group in _groups(name) for family in families)
    return tuple(dict.fromkeys((*(" ".join(pair) for pair in sounds), *forms)))


def _groups(name: ReadyName) -> tuple[str, ...]:
    """Return the groups of names of which the given name is a form."""
    found = name.given.groups if name.given is not None else ()
    return tuple(map(str, sorted(found)[:GROUPS_MAX]))


def _families(name: ReadyName) -> tuple[str, ...]:
    """Return the family name, and each part of a double one."""
    if name.family is None:
        return ()
    parts = name.family.words[:2] if len(name.family.words) > 1 else ()
    return tuple(dict.fromkeys((name.family.text, *parts)))


def _half_pairs(name: ReadyName, *, slipped: bool = False) -> tuple[str, ...]:
    """Return the family name as it sounds, and the given name with the other's first letter.

    `slipped` also reads the given name as a family name, and takes the second letter of the family
    name for its first.
    """
    families, given = _families(name), name.givens[0] if name.given is not None else ""
    found = [sound_of(family) for family in families]
    if given:
        forms = (sound_of(given), *_groups(name))
        found += [f"{form} {_heard(family[:1])}" for family in families for form in forms]
    if given and slipped:
        found.append(sound_of(given))
        found += [f"{sound_of(given)} {_heard(family[1:2])}" for family in families]
    return tuple(dict.fromkeys(found))


def _rarity(name: ReadyName) -> float:
    """Return how many bits it says to share the whole name."""
    if name.given is None or name.family is None:
        return 0.0
    return name.given.bits + name.family.bits + name.pair_bits


def _either_way(birth: str) -> str:
    """Return day and month in one order, since clerks swap them."""
    return "-".join(sorted((birth[4:6], birth[6:])))


def _of_place(place: Place, ready: Ready) -> Iterator[str]:
    """Yield keys of an address with what else is known."""
    sounds = sorted({sound for name in ready.names for sound in name_sounds(name)})
    if place.postcode:
        for birth in ready.births:
            yield f"e {place.postcode} {_either_way(birth)}"
        letters = {letter for name in ready.names for letter in _first_letters(name)}
        yield from (f"w {place.postcode} {letter}" for letter in sorted(letters))
    if home := _home(place):
        yield from (f"o {home} {sound}" for sound in sounds)


def _home(place: Place) -> str:
    """Return number and first letter of the street, or a street that has no numbers."""
    if place.number and place.street:
        return f"{place.number} {place.street[0]}"
    return "" if place.postcode else place.street
