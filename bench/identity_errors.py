"""The slips in records about people: what clerks mishear, mistype, swap, leave out and guess.

Each slip has a rate for a record; the rates of an origin's own habits are of its `quirks`. All are
assumed. What a slip is called stands in the record, so that a miss can be traced to it.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

from bench.identity_names import ENGLISH_NAMES, ORIGINS, STREETS, TOWNS, Origin

if TYPE_CHECKING:
    from bench.identity_people import Written

INWARD: Final = "ABDEFGHJLNPQRSTUWXYZ"
"""Letters of the second half of a postcode."""
KEYS: Final = {
    "A": "QSZ", "B": "VN", "C": "XV", "D": "SF", "E": "WR", "F": "DG", "G": "FH", "H": "GJ",
    "I": "UO", "J": "HK", "K": "JL", "L": "K", "M": "N", "N": "BM", "O": "IP", "P": "O", "Q": "W",
    "R": "ET", "S": "AD", "T": "RY", "U": "YI", "V": "CB", "W": "QE", "X": "ZC", "Y": "TU",
    "Z": "X",
}  # fmt: skip
HEARD: Final = (
    ("ph", "f"), ("f", "ph"), ("ee", "i"), ("i", "ee"), ("oo", "u"), ("u", "oo"), ("c", "k"),
    ("k", "c"), ("ck", "k"), ("y", "i"), ("ie", "ei"), ("s", "z"), ("z", "s"), ("w", "v"),
    ("v", "w"), ("sh", "sch"), ("kh", "k"), ("gh", "g"), ("th", "t"), ("e", "a"), ("a", "e"),
    ("mm", "m"), ("ll", "l"), ("ss", "s"), ("nn", "n"), ("tt", "t"), ("ou", "u"), ("aw", "au"),
)  # fmt: skip
"""What is heard one way and written another."""

CARELESS: Final = 4.0
CARELESS_SHARE: Final = 0.35
"""Assumed: one record in three was taken in haste, with four times the slips."""
RATE_MAX: Final = 0.6

Slip = Callable[["Written", Origin, Random], "Written"]
_SPELLINGS: Final = {
    name.casefold(): tuple(other for other in row if other != name)
    for origin in ORIGINS
    for row in origin.spellings
    for name in row
}


def worsened(record: "Written", origin: Origin, random: Random) -> "Written":
    """Write a record again with the slips of its origin, each at its rate."""
    care = CARELESS if random.random() < CARELESS_SHARE else 1.0
    for name, slip, rate, quirk in SLIPS:
        if (not quirk or quirk in origin.quirks) and random.random() < min(rate * care, RATE_MAX):
            changed = slip(record, origin, random)
            if changed != record:
                record = replace(changed, slips=(*record.slips, name))
    return record


def _respelt(text: str, random: Random) -> str:
    """Write a name as another spelling of it that is in use, where there is one."""
    others = _SPELLINGS.get(text.casefold())
    return random.choice(others) if others else text


def _typed(text: str, random: Random) -> str:
    """Slip once on the keyboard."""
    if len(text) < 3:  # noqa: PLR2004 - too short to slip in
        return text
    at = random.randrange(1, len(text))
    kind = random.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    near = random.choice(KEYS.get(text[at].upper(), text[at])).lower()
    return text[:at] + near + text[at + (kind == 2) :]  # noqa: PLR2004 - put for it, or before it


def _heard(text: str, random: Random) -> str:
    """Write what was heard."""
    fits = [(a, b) for a, b in HEARD if a in text[1:].lower()]
    if not fits:
        return text
    sound, written = random.choice(fits)
    at = text.lower().index(sound, 1)
    return text[:at] + written + text[at + len(sound) :]


def _given_spelling(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, given=_respelt(r.given, random))


def _family_spelling(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, family=_respelt(r.family, random))


def _given_typed(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, given=_typed(r.given, random))


def _family_typed(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, family=_typed(r.family, random))


def _given_heard(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, given=_heard(r.given, random))


def _family_heard(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, family=_heard(r.family, random))


def _swapped(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, given=r.family, family=r.given)


def _initial(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, given=r.given[:1], middle="")


def _by_middle_name(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, given=r.middle, middle="") if r.middle else r


def _both_in_given(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, given=f"{r.given} {r.middle}".strip(), middle="")


def _married(r: "Written", origin: Origin, random: Random) -> "Written":
    other = random.choice(origin.family)
    if random.random() < 1 / 2:
        return replace(r, family=f"{r.family}-{other}")
    return replace(r, family=other, alias_given=r.given, alias_family=r.family)


def _middle_initial(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, middle=r.middle[:1])


def _middle_other(r: "Written", origin: Origin, random: Random) -> "Written":
    return replace(r, middle=random.choice(origin.male)) if r.middle else r


def _given_other(r: "Written", origin: Origin, random: Random) -> "Written":
    return replace(r, given=random.choice(origin.male + origin.female))


def _family_other(r: "Written", origin: Origin, random: Random) -> "Written":
    return replace(r, family=random.choice(origin.family))


def _no_family(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, family="")


def _street_only(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, lines=(r.lines[0].lstrip("0123456789 "), *r.lines[1:])) if r.lines else r


def _number_typed(r: "Written", _: Origin, random: Random) -> "Written":
    if not r.lines or not r.lines[0][:1].isdigit():
        return r
    _, _, street = r.lines[0].partition(" ")
    return replace(r, lines=(f"{random.randint(1, 99)} {street}", *r.lines[1:]))


def _town_typed(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, lines=(*r.lines[:-1], _typed(r.lines[-1], random))) if r.lines else r


def _no_given(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, given="", middle="")


def _birth_swapped(r: "Written", _: Origin, __: Random) -> "Written":
    swapped = r.born[:4] + r.born[6:] + r.born[4:6]
    return replace(r, born=swapped) if int(r.born[6:]) <= 12 else r  # noqa: PLR2004 - months


def _birth_digit(r: "Written", _: Origin, random: Random) -> "Written":
    at = random.choice((2, 3, 3, 5, 6, 7, 7))
    digit = str((int(r.born[at]) + random.choice((1, 9))) % 10)
    return replace(r, born=r.born[:at] + digit + r.born[at + 1 :])


def _birth_estimated(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, born=r.born[:4] + "0101")


def _birth_missing(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, born="")


def _birth_other(r: "Written", _: Origin, random: Random) -> "Written":
    if random.random() < 1 / 2:
        return replace(r, born=f"{r.born[:6]}{random.randint(1, 28):02}")
    year = int(r.born[:4]) + random.choice((-3, -2, -1, 1, 2, 3))
    return replace(r, born=f"{year}{random.randint(1, 12):02}{random.randint(1, 28):02}")


def _address_missing(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, lines=(), postcode="")


def _postcode_typed(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, postcode=_typed(r.postcode, random).upper())


def _postcode_missing(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, postcode="")


def _street_typed(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, lines=(_typed(r.lines[0], random), *r.lines[1:])) if r.lines else r


def _moved(r: "Written", _: Origin, random: Random) -> "Written":
    town, area = random.choice(TOWNS)
    number, street = random.randint(1, 90), random.choice(STREETS)
    inward = f"{random.randint(1, 9)}{random.choice(INWARD)}{random.choice(INWARD)}"
    return replace(r, lines=(f"{number} {street}", town), postcode=f"{area} {inward}")


def _plain_letters(r: "Written", _: Origin, __: Random) -> "Written":
    return replace(r, given=_plain(r.given), family=_plain(r.family))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    return "".join(c for c in apart if not unicodedata.combining(c))


def _feminine(r: "Written", _: Origin, __: Random) -> "Written":
    if r.family.endswith("ska"):
        return replace(r, family=r.family[:-1] + "i")
    return r


def _honorific(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, given=f"{random.choice(('Mohammed', 'Syed', 'Md', 'Abdul'))} {r.given}")


def _english_name(r: "Written", _: Origin, random: Random) -> "Written":
    english = random.choice(ENGLISH_NAMES)
    if random.random() < 1 / 2:
        return replace(r, given=english, middle=r.given)
    return replace(r, given=english, alias_given=r.given, alias_family=r.family)


def _syllables(r: "Written", _: Origin, random: Random) -> "Written":
    return replace(r, given=r.given.replace("-", random.choice((" ", ""))))


SLIPS: Final[tuple[tuple[str, Slip, float, str], ...]] = (
    ("plain_letters", _plain_letters, 0.7, "diacritics"),
    ("given_spelling", _given_spelling, 0.12, ""),
    ("family_spelling", _family_spelling, 0.05, ""),
    ("given_typed", _given_typed, 0.04, ""),
    ("family_typed", _family_typed, 0.05, ""),
    ("given_heard", _given_heard, 0.03, ""),
    ("family_heard", _family_heard, 0.04, ""),
    ("both_in_given", _both_in_given, 0.05, ""),
    ("honorific", _honorific, 0.06, "honorific"),
    ("english_name", _english_name, 0.12, "english_name"),
    ("syllables", _syllables, 0.3, "syllables"),
    ("feminine", _feminine, 0.3, "feminine"),
    ("by_middle_name", _by_middle_name, 0.03, ""),
    ("middle_initial", _middle_initial, 0.08, ""),
    ("middle_other", _middle_other, 0.03, ""),
    ("initial", _initial, 0.01, ""),
    ("married", _married, 0.02, ""),
    ("given_other", _given_other, 0.008, ""),
    ("family_other", _family_other, 0.006, ""),
    ("no_given", _no_given, 0.006, ""),
    ("no_family", _no_family, 0.004, ""),
    ("swapped", _swapped, 0.01, ""),
    ("swapped_order", _swapped, 0.12, "order"),
    ("birth_swapped", _birth_swapped, 0.015, ""),
    ("birth_digit", _birth_digit, 0.03, ""),
    ("birth_estimated", _birth_estimated, 0.004, ""),
    ("birth_estimated_often", _birth_estimated, 0.03, "first_january"),
    ("birth_other", _birth_other, 0.01, ""),
    ("birth_missing", _birth_missing, 0.02, ""),
    ("street_typed", _street_typed, 0.05, ""),
    ("street_typed_again", _street_typed, 0.03, ""),
    ("given_typed_again", _given_typed, 0.02, ""),
    ("family_typed_again", _family_typed, 0.02, ""),
    ("street_only", _street_only, 0.02, ""),
    ("number_typed", _number_typed, 0.02, ""),
    ("town_typed", _town_typed, 0.03, ""),
    ("postcode_typed", _postcode_typed, 0.03, ""),
    ("postcode_missing", _postcode_missing, 0.05, ""),
    ("moved", _moved, 0.15, ""),
    ("address_missing", _address_missing, 0.12, ""),
)
"""Name of the slip, what it does, its rate, and the quirk an origin must have for it."""
