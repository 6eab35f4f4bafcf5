"""Portraits: all that case management said of a person, by which somebody like them is recognised.

A portrait is what references add up to, in the order in which they came: made again from the
references that are kept of a person, it is the same, so that a merge can be undone. What came last
stands first, since a pair is scored by the latest few names and addresses of each.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Final

from msgspec import Struct

from streams.domain.documents import Document
from streams.domain.identifiers import Identifier, IdentifierKind
from streams.domain.matching import normalise_given_names
from streams.domain.records import AliasKind, PersonReference
from streams.domain.scoring.people import Description, Home, Name, birth_text

KEPT_MAX: Final = 12
"""Assumed: nobody is known by more names or addresses at once; the oldest are dropped."""


class SaidName(Struct, frozen=True):
    """A name as given; a protected one takes part in matching and is shown to nobody."""

    given: str = ""
    middle: str = ""
    family: str = ""
    protected: bool = False


class SaidHome(Struct, frozen=True):
    """An address as given."""

    lines: tuple[str, ...] = ()
    postcode: str = ""


class Portrait(Struct, frozen=True):
    """Names, dates of birth as eight digits, addresses, and identifiers as `kind:value`."""

    names: tuple[SaidName, ...] = ()
    births: tuple[str, ...] = ()
    homes: tuple[SaidHome, ...] = ()
    identifiers: tuple[str, ...] = ()


PORTRAIT: Final = Document(Portrait)


def portrait_of(person: PersonReference, identifiers: Iterable[Identifier]) -> Portrait:
    """Return what one reference says; `identifiers` are those of it that could be read."""
    names = [] if person.name is None else [_name(person)]
    names += [
        SaidName(
            alias.given_name or "",
            "",
            alias.family_name or "",
            protected=alias.kind is AliasKind.PROTECTED,
        )
        for alias in person.aliases
    ]
    homes = (
        SaidHome(address.lines, address.postcode or "")
        for address in person.addresses
        if address.lines or address.postcode
    )
    return Portrait(
        tuple(dict.fromkeys(name for name in names if name.given or name.family)),
        () if person.born_on is None else (birth_text(person.born_on),),
        tuple(dict.fromkeys(homes)),
        tuple(sorted({f"{each.kind.value}:{each.value}" for each in identifiers})),
    )


def _name(person: PersonReference) -> SaidName:
    """Return the name by which a reference calls the person."""
    name = person.name
    if name is None:
        return SaidName()
    return SaidName(name.given_name or "", name.middle_names or "", name.family_name or "")


def together(earlier: Portrait | None, later: Portrait) -> Portrait:
    """Add what was said later to what was said before; equal to it where nothing is new."""
    if earlier is None:
        return _cut(later)
    return _cut(
        Portrait(
            _names((*later.names, *earlier.names)),
            tuple(dict.fromkeys((*later.births, *earlier.births))),
            tuple(dict.fromkeys((*later.homes, *earlier.homes))),
            tuple(sorted({*later.identifiers, *earlier.identifiers})),
        )
    )


def _cut(portrait: Portrait) -> Portrait:
    """Drop what is older than the latest few."""
    kept = (portrait.names[:KEPT_MAX], portrait.births[:KEPT_MAX], portrait.homes[:KEPT_MAX])
    return Portrait(*kept, portrait.identifiers)


def _names(names: Iterable[SaidName]) -> tuple[SaidName, ...]:
    """Return each name once; one that was ever protected stays so."""
    found: dict[tuple[str, str, str], SaidName] = {}
    for name in names:
        key = (name.given, name.middle, name.family)
        if key not in found or name.protected:
            found[key] = name
    return tuple(found.values())


def described(portrait: Portrait) -> Description:
    """Return a portrait as the scorer takes it."""
    parted = (text.partition(":") for text in portrait.identifiers)
    return Description(
        tuple(Name(name.given, name.middle, name.family) for name in portrait.names),
        portrait.births,
        tuple(Home(home.lines, home.postcode) for home in portrait.homes),
        frozenset(Identifier(IdentifierKind(kind), value) for kind, _, value in parted),
    )


def of_all(portraits: Iterable[Portrait]) -> Portrait:
    """Return what references of one person add up to, in the order in which they came."""
    ordered = iter(portraits)
    first = next(ordered, Portrait())
    result = together(None, first)
    for each in ordered:
        result = together(result, each)
    return result


def given_names_of(said: Iterable[Portrait]) -> frozenset[str]:
    """Return all given names of references, in the form in which people are compared."""
    return normalise_given_names(name.given for each in said for name in each.names)


def homes_are_new(earlier: Portrait | None, later: Portrait) -> bool:
    """Answer whether an address was given that is not known yet."""
    known = frozenset(chain(() if earlier is None else earlier.homes))
    return not known.issuperset(later.homes)
