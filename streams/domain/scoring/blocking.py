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

    Each is a look into an index, and what is kept is not. So whatever a name may be taken for
    (turned round, a part of it, a second letter for the first) stands among the keys that are kept.
    With a date of birth, what is of a name and a place only is left out: it would find many and
    add few.
    """
    return _keys(ready, is_sought=True)


def _keys(ready: Ready, *, is_sought: bool) -> tuple[str, ...]:
    found = [f"i {kind.value} {each}" for kind, of in ready.by_kind.items() for each in sorted(of)]
    for number, name in enumerate(ready.names):
        found += _of_name(name, ready, is_sought=is_sought)
        if number == 0:
            # Before the aliases, for these may be so many that not all keys are kept.
            found += _of_places(ready, is_sought=is_sought)
    if not ready.names:
        found += _of_places(ready, is_sought=is_sought)
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
    # A whole date leaves a dozen people in a county, so that a first letter is enough; the
    # first of January, which is an estimate, leaves hundreds.
    is_estimate = birth.endswith(FIRST_JANUARY)
    for start in name_sounds(name) if is_estimate else _first_letters(name):
        yield f"b {start} {year} {day}"
    halves = _half_pairs(name, is_sought=is_sought)
    yield from (f"c {half} {year}" for half in halves)
    if not is_sought:
        yield from (f"c {half} {year}" for half in _slipped(name))
    # Of an estimate only the year says anything: a family name is asked for with it, then.
    if is_estimate or not is_sought:
        yield from (f"s {sound_of(family)} {year}" for family in _families(name))
    if is_estimate:
        return
    for word in _words(name, is_sought=is_sought):
        yield f"d {word} {day}"
        yield f"m {word} {birth[:6]}"
    forms = _forms_alone(name) if is_sought else halves
    yield from (f"d {form} {day}" for form in forms)


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


def _words(name: ReadyName, *, is_sought: bool) -> tuple[str, ...]:
    """Return the sounds of a family name and its parts; kept under the given name's as well.

    So a name that is turned round is found, and only the family name is asked for.
    """
    words = _families(name)
    if name.givens and not (is_sought and words):
        words = (*words, name.givens[0])
    return tuple(dict.fromkeys(map(sound_of, words)))


def _half_pairs(name: ReadyName, *, is_sought: bool) -> tuple[str, ...]:
    """Return each name as it sounds with the other's first letter, and the given name's groups.

    Kept also under the middle name, by which some are called.
    """
    if name.given is None or name.family is None:
        return ()
    given, families = name.givens[0], _families(name)
    forms = (sound_of(given), *_groups(name))
    if not is_sought:
        forms = (*forms, *map(sound_of, name.givens[1:GIVENS_MAX]))
    found = [f"{form} {_heard(family[0])}" for family in families for form in forms]
    found += [f"{sound_of(family)} {_heard(given[0])}" for family in families]
    return tuple(dict.fromkeys(found))


def _slipped(name: ReadyName) -> Iterator[str]:
    """Yield either name with the other's second letter, for those whose first one slips."""
    if name.given is None or name.family is None:
        return
    given = name.givens[0]
    for family in _families(name):
        yield f"{sound_of(given)} {_heard(family[1:2])}"
        yield f"{sound_of(family)} {_heard(given[1:2])}"


def _forms_alone(name: ReadyName) -> Iterator[str]:
    """Yield the group of the given name, or where it is none of any its sound; and middle names.

    Each stands with the first letter of the family name.
    """
    if name.given is None or name.family is None:
        return
    letter = _heard(name.family.text[0])
    middles = map(sound_of, name.givens[1:GIVENS_MAX])
    forms = (*(_groups(name) or (sound_of(name.givens[0]),)), *middles)
    yield from (f"{form} {letter}" for form in dict.fromkeys(forms))


def _rarity(name: ReadyName) -> float:
    """Return how many bits it says to share the whole name."""
    if name.given is None or name.family is None:
        return 0.0
    return name.given.bits + name.family.bits + name.pair_bits


def _either_way(birth: str) -> str:
    """Return day and month in one order, since clerks swap them."""
    return "-".join(sorted((birth[4:6], birth[6:])))


def _of_places(ready: Ready, *, is_sought: bool) -> Iterator[str]:
    """Yield keys of addresses with what else is known; fewer where a date of birth is."""
    is_short = is_sought and bool(ready.births)
    if is_short:
        letters, sounds = {_heard(_last_known(name)[0]) for name in ready.names}, set[str]()
    else:
        letters = {letter for name in ready.names for letter in _first_letters(name)}
        sounds = {sound for name in ready.names for sound in name_sounds(name)}
    for place in ready.places:
        if place.postcode:
            yield from (f"w {place.postcode} {letter}" for letter in sorted(letters))
            yield from (f"e {place.postcode} {_either_way(birth)}" for birth in ready.births)
        if home := _home(place):
            yield from (f"h {home} {birth[:4]}" for birth in ready.births)
            yield from (f"o {home} {sound}" for sound in sorted(sounds))


def _last_known(name: ReadyName) -> str:
    """Return the family name, or the given name where there is none."""
    return name.family.text if name.family is not None else name.givens[0]


def _home(place: Place) -> str:
    """Return number and first letter of the street, or a street that has no numbers."""
    if place.number and place.street:
        return f"{place.number} {place.street[0]}"
    return "" if place.postcode else place.street
