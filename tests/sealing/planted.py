"""A thousand planted strangers, and a search for them in every form that bytes can take."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from world_builder import callout
from world_run import RULES
from world_said import STRANGER

from streams.domain.agencies import AgencyRegister

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixtures.ledger import Story
    from world_builder import Said

    from streams.pipeline import Rules

PEOPLE: Final = 1_000
SEARCHED: Final = 7
"""Length, in bytes, of the piece of a needle that is looked for at every place of the haystack."""
DIGITS_MIN: Final = 12
"""Shorter runs of hexadecimal digits stand in a megabyte of ciphertext by chance."""
HEXADECIMAL: Final = frozenset(b"0123456789abcdefABCDEF")
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"
_CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"


def sealing(rules: Rules = RULES, *agencies: str) -> Rules:
    """Return rules in which agencies, the police if none is named, have the sealed store on."""
    on = agencies or ("durham-police",)
    register = rules.register
    changed = {
        key: replace(agency, seals_suspects=True) if key in on else agency
        for key, agency in register.agencies.items()
    }
    return replace(rules, register=AgencyRegister(changed, register.providers))


@dataclass(frozen=True, slots=True)
class Planted:
    """Somebody who is not there: every part of them is to be found nowhere."""

    given: str
    family: str
    alias: str
    street: str
    postcode: str
    born_on: date
    number: int

    @property
    def pnc(self) -> str:
        """Return the PNC id."""
        serial = f"{self.number:07d}"
        return f"2003/{serial}{_CHECK_LETTERS[int('03' + serial) % 23]}"

    @property
    def reference(self) -> dict[str, Any]:
        """Return how the police name the person."""
        return {
            **STRANGER.reference(),
            "identifiers": [{"kind": "pnc", "value": self.pnc}],
            "name": {"given_name": self.given, "family_name": self.family},
            "aliases": [{"kind": "alias", "given_name": None, "family_name": self.alias}],
            "born_on": self.born_on,
            "addresses": [{"kind": "home", "lines": [self.street], "postcode": self.postcode}],
        }

    @property
    def needles(self) -> tuple[str, ...]:
        """Return what must be found nowhere: names, identifiers, address and birth date."""
        compact = self.pnc.replace("/", "")
        plain = (self.given, self.family, self.alias, self.street, self.postcode, self.pnc)
        code = self.postcode.replace(" ", "")
        return (*plain, compact, compact[2:], code, f"{self.family} {self.born_on}")

    def said(self, **fields: object) -> Said:
        """Return a call-out with this person as the suspect."""
        summary = f"{self.given} {self.family} of {self.street} was there."
        return callout(summary=summary, **fields).but(person=self.reference)


def strangers(count: int = PEOPLE, seed: int = 20_261) -> list[Planted]:
    """Return people with names that no other text has by chance."""
    rng = random.Random(seed)  # noqa: S311 - seeded, and no secret
    numbers = rng.sample(range(1_000_000, 9_999_999), count)
    return [_stranger(rng, number) for number in numbers]


def _stranger(rng: random.Random, number: int) -> Planted:
    """Make up one."""
    names = [_word(rng) for _ in range(4)]
    code = f"QX{rng.randint(10, 99)} {rng.randint(1, 9)}{rng.choice('ABDEF')}{rng.choice('GHJLN')}"
    born = date(1950, 1, 2) + timedelta(days=rng.randrange(20_000))
    return Planted(names[0], names[1], names[2], f"{names[3]} Terrace", code, born, number)


def _word(rng: random.Random) -> str:
    """Make up a word of five syllables."""
    pieces = (rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(5))
    return "".join(pieces).capitalize()


def needles_of(texts: Iterable[str]) -> set[bytes]:
    """Return texts in every form; what random digits would have by chance is left out."""
    return {
        form
        for text in texts
        for form in forms(text)
        if len(form) >= (DIGITS_MIN if HEXADECIMAL.issuperset(form) else SEARCHED)
    }


def forms(needle: str) -> Iterator[bytes]:
    """Yield a text in every encoding that a dump may have it in."""
    for text in {needle, needle.lower(), needle.upper()}:
        for plain in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
            yield plain
            yield plain[::-1]
            yield plain.hex().encode()
            yield plain.hex().upper().encode()
            yield from _base64(plain)


def _base64(plain: bytes) -> Iterator[bytes]:
    """Yield what base64 of a longer text has of this one, wherever it begins."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + plain)
        whole = encoded[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]
        yield whole
        yield whole.translate(bytes.maketrans(b"+/", b"-_"))


def found(needles: Iterable[bytes], haystack: bytes) -> set[bytes]:
    """Return the needles that stand in a haystack; each is longer than the piece looked for."""
    by_piece: dict[bytes, list[bytes]] = {}
    for needle in needles:
        by_piece.setdefault(needle[:SEARCHED], []).append(needle)
    pieces = by_piece.keys()
    seen: set[bytes] = set()
    for at in range(len(haystack) - SEARCHED + 1):
        piece = haystack[at : at + SEARCHED]
        if piece in pieces:
            seen |= {each for each in by_piece[piece] if haystack.startswith(each, at)}
    return seen


def dump(story: Story) -> bytes:
    """Return every table of every schema, as this role may read it: as text, and each value raw."""
    parts: list[bytes] = []
    tables = story.rows(
        "SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'm', 'v', 'S') AND has_table_privilege(c.oid, 'SELECT')"
        " AND (n.nspname NOT IN ('pg_catalog', 'information_schema')"
        " OR c.relname IN ('pg_stats', 'pg_statistic'))"
    )
    for (table,) in tables:
        every = f"SELECT * FROM {table}"  # noqa: S608 - names of the catalogue
        with story.session.cursor().copy(f"COPY ({every}) TO STDOUT".encode()) as rows:
            parts += [bytes(row) for row in rows]
        for row in story.rows(every):
            parts += [value for value in row if isinstance(value, bytes)]
    return b"\n".join(parts)
