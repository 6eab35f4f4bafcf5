"""Who an event is about: the decision, from what the ledger found under the event's look-up keys.

Exact identifiers decide; a name and a date of birth alone never do, they only make somebody look.
Where no identifier decides, people who are alike are scored (`streams.domain.alike`).
The rule prefers holding an event, with a desk told, to telling the officer of the wrong person:
what is `Possible` is seen by a human, what is `Matched` is not.

Source: DESIGN section 6, *Person*.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct

from streams.domain.hash_keys import as_key
from streams.domain.identifiers import MATCHING_KINDS, Identifier, IdentifierKind
from streams.domain.placeholders import JUNK_BIRTH_DATES

NAME_AND_BIRTH_DATE: Final = "name_dob"
"""Kind of the look-up key made of a surname and a date of birth."""
DIGEST_BYTES: Final = 16
NAME_CHARS_MAX: Final = 200
"""A longer family name is left out of matching; it is not a name."""

JUNK_FAMILY_NAMES: Final = frozenset(
    {"UNKNOWN", "NOTKNOWN", "NOTRECORDED", "NOTGIVEN", "NOTSTATED"}
)
"""What is typed for a surname nobody knows, normalised. Assumed: NIL, NA and NONE are surnames."""

_LETTERS_WITHOUT_ACCENT: Final = str.maketrans(
    {"Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "Æ": "AE", "Œ": "OE", "Ħ": "H", "ẞ": "SS"}
)
"""Letters that Unicode does not decompose and that English keyboards do not have."""
_KEPT_CATEGORIES: Final = frozenset({"Lu", "Ll", "Lt", "Lo", "Nd"})
_DIGEST_USE: Final = b"identity-lookup"
_KIND_ORDER: Final = tuple(kind.value for kind in IdentifierKind)


class LookupKey(NamedTuple):
    """One thing to look a person up by: an identifier's kind and value, or surname and birth.

    A tuple, since keys are compared and hashed a dozen times for each event.
    """

    kind: str
    value: str


class Known(Struct, frozen=True):
    """What the ledger knows of one person: normalised names, aliases among them, and births."""

    person_id: UUID
    family_names: frozenset[str]
    birth_dates: frozenset[date]
    given_names: frozenset[str] = frozenset()


class PossibleReason(StrEnum):
    """Why an event is held until a human has said who it is about."""

    NAMES_DIFFER = "names_differ"
    BORROWED_IDENTIFIER = "borrowed_identifier"
    IDENTIFIERS_CONTRADICT = "identifiers_contradict"
    IDENTIFIERS_CONFLICT = "identifiers_conflict"
    NAME_AND_BIRTH_DATE_ONLY = "name_and_birth_date_only"
    LOOKS_LIKE = "looks_like"


class UnknownReason(StrEnum):
    """Why an event is recorded as nobody's."""

    NOTHING_TO_LOOK_UP = "nothing_to_look_up"
    NOBODY_FOUND = "nobody_found"


POSSIBLE_WORDS: Final = {
    PossibleReason.NAMES_DIFFER: (
        "An identifier belongs to a person we know, but both the surname and the date of birth"
        " differ. Check whether the identifier was mistyped before you link the event."
    ),
    PossibleReason.BORROWED_IDENTIFIER: (
        "An identifier belongs to a person we know, but the given name or the date of birth is that"
        " of somebody else: a relative, perhaps, under whose identifier this was entered. Find out"
        " whose the identifier is and whom the event is about before you link it."
    ),
    PossibleReason.IDENTIFIERS_CONTRADICT: (
        "One identifier belongs to a person we know, but of another, of which everybody has one,"
        " that person has a different one. Ask the agency which of them is wrong before you link"
        " the event."
    ),
    PossibleReason.IDENTIFIERS_CONFLICT: (
        "The identifiers belong to more than one person we know. Decide which of them the event is"
        " about, or whether two records are of one person."
    ),
    PossibleReason.NAME_AND_BIRTH_DATE_ONLY: (
        "No identifier is known to us, but the surname and the date of birth are those of a person"
        " we know. Confirm with the agency before you link the event."
    ),
    PossibleReason.LOOKS_LIKE: (
        "No identifier is known to us, but what is said of the person is much like somebody we"
        " know. Compare name, date of birth and address, and ask the agency before you link the"
        " event."
    ),
}
"""What the desk reads about a held event; it carries nothing about the person."""

UNKNOWN_WORDS: Final = {
    UnknownReason.NOTHING_TO_LOOK_UP: (
        "The event has no identifier we can look up and no surname with a date of birth; the"
        " publisher must send one of them."
    ),
    UnknownReason.NOBODY_FOUND: "Nobody we know has these identifiers or this name and birth date.",
}
"""What receipts and `explain` say about an event that is nobody's."""


class Matched(Struct, frozen=True):
    """The event is about this person; `by` are the kinds of identifier that say so."""

    person_id: UUID
    by: tuple[str, ...]


class Possible(Struct, frozen=True):
    """The event may be about one of `candidates`, a human decides.

    They are in the order of their ids until they are scored, and then the most alike comes first.
    """

    candidates: tuple[UUID, ...]
    reason: PossibleReason


class Unknown(Struct, frozen=True):
    """The event is about nobody we know."""

    reason: UnknownReason


Decision = Matched | Possible | Unknown


def normalise_family_name(name: str | None) -> str:
    """Return a surname as it is compared: upper case letters and digits without accents.

    Empty where there is none: nothing given, nothing left, too long, or a word for "not known".
    """
    if name is None or len(name) > NAME_CHARS_MAX:
        return ""
    text = name.upper() if name.isascii() else _without_accents(name)
    letters = "".join(filter(str.isalnum, text))
    return "" if letters in JUNK_FAMILY_NAMES else letters


def normalise_family_names(names: Iterable[str | None]) -> frozenset[str]:
    """Return the surnames of a person, aliases among them, as they are compared."""
    return frozenset(filter(None, map(normalise_family_name, names)))


def normalise_given_names(names: Iterable[str | None]) -> frozenset[str]:
    """Return the given names of a person, aliases among them, in the form of surnames."""
    return normalise_family_names(names)


def _without_accents(name: str) -> str:
    upper = unicodedata.normalize("NFKD", name).upper().translate(_LETTERS_WITHOUT_ACCENT)
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", upper)
        if unicodedata.category(character) in _KEPT_CATEGORIES
    )


def lookup_keys(
    identifiers: Iterable[Identifier], family_name: str | None, born_on: date | None
) -> tuple[LookupKey, ...]:
    """Return what to look a person up by, each once: matching identifiers, then name and birth.

    `family_name` is as the agency wrote it. A junk date of birth gives no key of name and birth.
    """
    keys = [
        LookupKey(given.kind.value, given.value)
        for given in identifiers
        if given.kind in MATCHING_KINDS
    ]
    surname = normalise_family_name(family_name)
    if surname and born_on is not None and born_on not in JUNK_BIRTH_DATES:
        keys.append(LookupKey(NAME_AND_BIRTH_DATE, f"{surname} {born_on.isoformat()}"))
    return tuple(dict.fromkeys(keys))


def digest(key: LookupKey, secret: bytes) -> bytes:
    """Return the keyed hash under which the ledger holds a key, so that it holds no identifier.

    An empty secret is a ValueError: all CRNs can be tried in seconds against a hash without one.
    """
    if not secret:
        message = "the secret of identity look-ups is empty; operations must set it"
        raise ValueError(message)
    content = f"{key.kind}\x00{key.value}".encode("utf-8", "surrogatepass")
    return blake2b(
        content, key=as_key(secret), digest_size=DIGEST_BYTES, person=_DIGEST_USE
    ).digest()


def decide(
    found: Mapping[LookupKey, frozenset[UUID]],
    reference_family: frozenset[str],
    reference_born_on: date | None,
    known: Mapping[UUID, Known],
) -> Decision:
    """Decide who an event is about.

    `found` has an entry for every key looked up, empty where nobody has it. `reference_family` are
    the normalised surnames in the event; `known` holds every person of `found` that has any name or
    date of birth. An absent name or date agrees with everything: only what is there can differ.
    """
    named: set[UUID] = set()
    pointed_at: set[UUID] = set()
    kinds: set[str] = set()
    for key, ids in found.items():
        if key.kind == NAME_AND_BIRTH_DATE:
            named |= ids
        elif ids:
            pointed_at |= ids
            kinds.add(key.kind)
    if len(pointed_at) > 1:
        return _possible(pointed_at, PossibleReason.IDENTIFIERS_CONFLICT)
    if not pointed_at and not named:
        return Unknown(UnknownReason.NOBODY_FOUND if found else UnknownReason.NOTHING_TO_LOOK_UP)
    if not pointed_at:
        return _possible(named, PossibleReason.NAME_AND_BIRTH_DATE_ONLY)
    (person_id,) = pointed_at
    if _is_somebody_else(known.get(person_id), reference_family, reference_born_on):
        return _possible(pointed_at | named, PossibleReason.NAMES_DIFFER)
    return Matched(person_id, tuple(kind for kind in _KIND_ORDER if kind in kinds))


def _possible(candidates: AbstractSet[UUID], reason: PossibleReason) -> Possible:
    return Possible(tuple(sorted(candidates)), reason)


def _is_somebody_else(person: Known | None, family: frozenset[str], born_on: date | None) -> bool:
    """Answer whether surname and birth date are both there and both differ from the person's."""
    if person is None or born_on is None or born_on in JUNK_BIRTH_DATES:
        return False
    births = person.birth_dates - JUNK_BIRTH_DATES
    return (
        bool(family and person.family_names and births)
        and family.isdisjoint(person.family_names)
        and born_on not in births
    )
