"""Who an event is about, in the simple model: identifiers decide, a name alone never does.

Nor does an identifier where what is said is of somebody else (`world_model_borrowed`), but under
the number by which case management knows somebody it is believed, whatever it says they are called.

The people of these worlds have rare names. So whoever is called the same, first and last name, may
be one person where their ages are less than a generation apart: somebody must look. Where name,
birth and home are the same letter for letter, it is that person, unless another comes near.

What speaks for a likeness and against it at once is not weighed here (`is_unweighed`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from world_model_borrowed import (
    GENERATION,
    has_another_number,
    has_other_numbers,
    is_a_slip_away,
    is_borrowed,
)

if TYPE_CHECKING:
    from world_model_values import Heard

MATCHING: Final = frozenset(
    {"pnc", "cro", "crn", "nomis", "asn", "cpr_uuid", "cp_master_defendant"}
)
CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
NO_NAMES: Final = frozenset({"", "UNKNOWN", "NOTKNOWN", "NOTRECORDED", "NOTGIVEN", "NOTSTATED"})
NO_BIRTHS: Final = frozenset({None, date(1970, 1, 1), date(1900, 1, 1)})
"""What systems fill in where nobody knows."""
_PNC: Final = re.compile(r"(\d{4}|\d{2})/?(\d{1,7})([A-Z])", re.ASCII)

Key = tuple[str, str]
Home = tuple[tuple[str, ...], str]


@dataclass(slots=True, eq=False)
class Person:
    """Somebody whom we know, since case management allocated them; `past` is what was heard."""

    crn: str | None = None
    names: set[str] = field(default_factory=set)
    births: set[date] = field(default_factory=set)
    calls: set[Key] = field(default_factory=set)
    homes: set[Home] = field(default_factory=set)
    firsts: set[str] = field(default_factory=set)
    numbers: set[Key] = field(default_factory=set)
    past: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reference:
    """How an event names its person."""

    ids: frozenset[Key]
    names: frozenset[str]
    born_on: date | None
    crn: str | None
    calls: frozenset[Key] = frozenset()
    homes: frozenset[Home] = frozenset()
    firsts: frozenset[str] = frozenset()

    @property
    def keys(self) -> frozenset[Key]:
        """Return everything under which the person can be looked up."""
        if self.born_on in NO_BIRTHS:
            return self.ids
        return self.ids | {("name", f"{name} {self.born_on}") for name in self.names}


def reference_of(heard: Heard) -> Reference:
    """Read how an event names its person."""
    given, year = heard["person"], heard.broker_at.year
    ids = [
        (each["kind"], _plain(each["kind"], each["value"], year))
        for each in given["identifiers"]
        if each["kind"] in MATCHING
    ]
    known = frozenset((kind, value) for kind, value in ids if value)
    named = [given["name"] or {}, *given["aliases"]]
    names = frozenset(_name(each.get("family_name")) for each in named) - NO_NAMES
    crn = next((value for kind, value in ids if kind == "crn" and value), None)
    calls = frozenset((_name(n.get("given_name")), _name(n.get("family_name"))) for n in named)
    homes = frozenset((tuple(home["lines"]), home["postcode"] or "") for home in given["addresses"])
    whole = frozenset(call for call in calls if all(call))
    firsts = frozenset(first for first, _ in calls) - NO_NAMES
    return Reference(known, names, given["born_on"], crn, whole, homes, firsts)


def _plain(kind: str, value: str, year: int) -> str:
    """Write an identifier in one form; empty where it can be nobody's."""
    text = "".join(value.upper().split())
    if kind != "pnc":
        return text.replace("-", "") if kind.startswith("cp") else text
    found = _PNC.fullmatch(text)
    if found is None:
        return ""
    written, serial, letter = found[1], found[2].zfill(7), found[3]
    if CHECK_LETTERS[int(written[-2:] + serial) % 23] != letter or len(set(serial)) == 1:
        return ""
    if len(written) == len("YY"):
        this_century = int(written) <= year % 100
        written = f"{year // 100 - (not this_century)}{written}"
    return f"{written}/{serial}{letter}"


def _name(name: str | None) -> str:
    """Write a surname as it is compared: capitals and digits, no accents."""
    split = unicodedata.normalize("NFKD", name or "").upper()
    return "".join(letter for letter in split if letter.isalnum() and letter.isascii())


@dataclass(slots=True)
class People:
    """Everybody whom we know, by everything under which they can be looked up."""

    everybody: list[Person] = field(default_factory=list)
    _by_key: dict[Key, list[Person]] = field(default_factory=lambda: defaultdict(list))

    def who(self, heard: Heard, *, numbers_them: bool) -> tuple[Person | None, bool]:
        """Return who an event is about and whether that is sure; nobody is (None, True).

        Who sends it `numbers_them`: gives people the number by which case management knows them.
        """
        given = reference_of(heard)
        pointed = self._under(given.ids)
        named = self._under(given.keys - given.ids)
        if len(pointed) == 1:
            is_other = _is_other(pointed[0], given)
            return pointed[0], not (is_other or self._is_doubted(given, numbers_them=numbers_them))
        if pointed:
            return None, False
        alike = [each for each in self.everybody if _is_alike(each, given)]
        if len(alike) == 1 and _is_whole(alike[0], given):
            return alike[0], True
        return None, not (named or alike)

    def maybe(self, heard: Heard) -> list[Person]:
        """Return everybody whom an event may be about that is not sure."""
        given = reference_of(heard)
        under = [*self._under(given.ids), *self._under(given.keys - given.ids)]
        known = [each for each in self.everybody if each in under or _is_alike(each, given)]
        kin = [each for each in self.everybody if _is_named_with(each, given)]
        near = [each for each in self.everybody if is_a_slip_away(each, given)]
        return list(dict.fromkeys((*known, *kin, *near)))

    def is_unweighed(self, heard: Heard) -> bool:
        """Answer whether some of what is said is somebody's whom we know, and as much is not.

        Nothing names them that would by itself. They are called the same, but have numbers and a
        birth of their own; or one of their names is said, with a birth that may be theirs, slipped,
        and a number that may, or none. Whether somebody must look follows from how rare names are.
        """
        given = reference_of(heard)
        if self._under(given.keys):
            return False
        alike = [each for each in self.everybody if _is_alike(each, given)]
        if alike:
            return all(has_other_numbers(each, given) for each in alike)
        return any(is_a_slip_away(each, given) for each in self.everybody)

    def _is_doubted(self, given: Reference, *, numbers_them: bool) -> bool:
        """Answer whether the one to whom identifiers point is perhaps not the one who is meant."""
        (person,) = self._under(given.ids)
        unheard = {key[0] for key in given.ids if not self._under(frozenset({key}))}
        if numbers_them:
            if given.crn and "crn" not in unheard:
                return False
            unheard -= {"crn"}
        return is_borrowed(person, given) or has_another_number(person, given, unheard)

    def allocated(self, heard: Heard) -> Person | None:
        """Begin to know a person where an allocation names somebody new; return them."""
        given = reference_of(heard)
        under = self._under(given.ids)
        is_new = not under or (len(under) == 1 and self._is_of_another(under[0], given))
        is_namesake = bool(self._under(given.keys)) or self._is_somebody(given)
        if not is_new or not (given.crn if is_namesake else given.keys):
            return None
        self.everybody.append(Person())
        self._learn(self.everybody[-1], given)
        return self.everybody[-1]

    def _is_of_another(self, person: Person, given: Reference) -> bool:
        """Answer whether somebody is allocated under a new number and another's identifier."""
        is_new = given.crn is not None and not self._under(frozenset({("crn", given.crn)}))
        return is_new and is_borrowed(person, given) and not _is_other(person, given)

    def _is_somebody(self, given: Reference) -> bool:
        """Answer whether somebody whom we know may be meant."""
        return any(_is_alike(each, given) for each in self.everybody)

    def taught(self, person: Person, heard: Heard) -> None:
        """Learn from case management what else a person is called."""
        self._learn(person, reference_of(heard))

    def _learn(self, person: Person, given: Reference) -> None:
        """Know a person by everything that is given."""
        person.crn = person.crn or given.crn
        person.names |= given.names
        person.births |= {given.born_on} - NO_BIRTHS
        person.calls |= given.calls
        person.homes |= given.homes
        person.firsts |= given.firsts
        person.numbers |= given.ids
        others = {key for key in given.ids if self._under(frozenset({key})) not in ([], [person])}
        for key in given.keys - others:
            if person not in self._by_key[key]:
                self._by_key[key].append(person)

    def _under(self, keys: frozenset[Key]) -> list[Person]:
        """Return everybody whom these keys point to."""
        found = (person for key in sorted(keys) for person in self._by_key.get(key, ()))
        return list(dict.fromkeys(found))


def _is_other(person: Person, given: Reference) -> bool:
    """Answer whether both the surname and the birth date are somebody else's."""
    if given.born_on in NO_BIRTHS or not (given.names and person.names and person.births):
        return False
    return person.names.isdisjoint(given.names) and given.born_on not in person.births


def _is_alike(person: Person, given: Reference) -> bool:
    """Answer whether somebody called the same is of about the same age, as far as ages are said."""
    if person.calls.isdisjoint(given.calls):
        return False
    if given.born_on in NO_BIRTHS or not person.births:
        return True
    return any(abs(born.year - given.born_on.year) < GENERATION for born in person.births)


def _is_named_with(person: Person, given: Reference) -> bool:
    """Answer whether a number of somebody was said of a person too, or of their kin perhaps."""
    return bool(person.numbers & given.ids or (given.ids and _may_be_kin(person, given)))


def _may_be_kin(person: Person, given: Reference) -> bool:
    """Answer whether somebody of the same surname is of about the same age."""
    if given.born_on in NO_BIRTHS or person.names.isdisjoint(given.names):
        return False
    return any(abs(born.year - given.born_on.year) < GENERATION for born in person.births)


def _is_whole(person: Person, given: Reference) -> bool:
    """Answer whether name, birth and home are the same; a home without a postcode tells little."""
    is_home = any(postcode for _, postcode in person.homes & given.homes)
    return is_home and given.born_on in person.births
