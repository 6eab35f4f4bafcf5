"""Whether an identifier was given for somebody else, in the simple model.

Another given name is somebody else's, and so is a birth a generation off, or another one where the
given name does not say that it is the same person. What is only written otherwise (an initial, the
names in each other's place, a slip in the date, an estimate) is not, nor a surname, which people
change. Of some numbers everybody has one. What is not said, or not known, differs from nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import date

    from world_model_people import Person, Reference

GENERATION: Final = 13
"""Years; parents are so much older than their children, whom they may be called the same as."""
TWO_PARTS: Final = 2
ONE_EACH: Final = frozenset({"pnc", "cro", "crn", "nomis"})
"""Numbers of which everybody has one."""


def is_borrowed(person: Person, given: Reference) -> bool:
    """Answer whether what is said of somebody is not said of this person."""
    order = _are_turned(person, given)
    if _is_called_otherwise(person.firsts, given.firsts) and not order:
        return True
    if given.born_on is None or not person.births:
        return False
    births = [(born, given.born_on) for born in person.births]
    if any(_may_be_one_date(*pair) for pair in births):
        return False
    if all(abs(one.year - other.year) >= GENERATION for one, other in births):
        return True
    if any(_share_two_parts(*pair) for pair in births):
        return False
    is_named = order or not person.firsts.isdisjoint(given.firsts)
    is_kept = not given.names or not person.names.isdisjoint(given.names) or order
    return not (is_named and is_kept)


def has_another_number(person: Person, given: Reference, unheard: AbstractSet[str]) -> bool:
    """Answer whether a number of a kind that nobody here has is said, and they have another."""
    return any(
        kind in unheard and all(key[0] != kind or key not in given.ids for key in person.numbers)
        for kind, _ in person.numbers
        if kind in ONE_EACH
    )


def has_other_numbers(person: Person, given: Reference) -> bool:
    """Answer whether two numbers or more are another's, and so is the birth."""
    said = dict(given.ids)
    others = [kind for kind, value in person.numbers if said.get(kind, value) != value]
    is_other_day = given.born_on is not None and given.born_on not in person.births
    return is_other_day and len(ONE_EACH.intersection(others)) >= TWO_PARTS


def is_a_slip_away(person: Person, given: Reference) -> bool:
    """Answer whether a name is the same, and birth and number, if said, may be slips of one."""
    if person.firsts.isdisjoint(given.firsts) and person.names.isdisjoint(given.names):
        return False
    if given.born_on is None or not any(_may_be_one_date(b, given.born_on) for b in person.births):
        return False
    pairs = [(a, b) for k, a in person.numbers for kind, b in given.ids if k == kind]
    return not pairs or any(len(a) == len(b) and _differing(a, b) <= 1 for a, b in pairs)


def _differing(one: str, other: str) -> int:
    """Return in how many places two texts of one length differ."""
    return sum(a != b for a, b in zip(one, other, strict=True))


def _are_turned(person: Person, given: Reference) -> bool:
    """Answer whether given name and surname stand in each other's place."""
    return not (given.firsts.isdisjoint(person.names) or given.names.isdisjoint(person.firsts))


def _is_called_otherwise(firsts: AbstractSet[str], said: AbstractSet[str]) -> bool:
    """Answer whether given names are said and known, and none is one of the others."""
    if not firsts or not said:
        return False
    return not any(_is_one_name(one, other) for one in firsts for other in said)


def _is_one_name(one: str, other: str) -> bool:
    """Answer whether two names are one, or one is the other's initial."""
    return one == other or (1 in {len(one), len(other)} and one[0] == other[0])


def _may_be_one_date(one: date, other: date) -> bool:
    """Answer whether two dates may be one: a slip of a digit, day and month turned, an estimate."""
    if one != other and _is_estimate(one, other):
        return one.year == other.year
    texts = (f"{one:%Y%m%d}", f"{other:%Y%m%d}")
    is_slip = _differing(*texts) <= 1
    return is_slip or (one.year, one.month, one.day) == (other.year, other.day, other.month)


def _share_two_parts(one: date, other: date) -> bool:
    """Answer whether two of year, month and day are the same, and neither is an estimate."""
    parts = ((one.year, other.year), (one.month, other.month), (one.day, other.day))
    return sum(a == b for a, b in parts) >= TWO_PARTS and not _is_estimate(one, other)


def _is_estimate(*dates: date) -> bool:
    """Answer whether one of two dates is a 1 January: then it is of its year only."""
    return any((each.month, each.day) == (1, 1) for each in dates)
