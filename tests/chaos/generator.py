"""What the agencies of a made-up county send, drawn from a seed: mixed, repeated, late and wrong.

`opening` sets the county up; `mixed` is what comes afterwards. The same seed and the same base time
give the same bytes. Everything about one person goes to one partition of its agency's feed, as the
publisher does it. People who are *newcomers* are allocated only among the mixed events, so that
their allocation races with what the police and the courts say about them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import world_builder as world
from chaos.people import (
    COVERED,
    LONERS,
    LONERS_FROM,
    OFFICERS,
    STRANGERS_FROM,
    Outgoing,
    a_newcomer,
    a_person,
    at_home,
    outgoing,
    staff,
)
from chaos.services import Services
from world_builder import PEOPLE, Person, Said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEWCOMERS_SHARE: Final = 0.1
THREE_FEEDS_SHARE: Final = 0.6
"""People of whom case management, the police and a court speak, whatever is drawn."""
REMEMBERED_MAX: Final = 4
"""How many of a person's latest events may still be repeated, corrected or retracted."""
REGISTERS: Final = ("RVHR", "RCHD", "MAPP", "ADVP", "WEAP")
UNKNOWN_FINGERPRINT: Final = b"\xc3\x01" + b"\x07" * 8


@dataclass(slots=True)
class _Known:
    """What was sent about one person so far."""

    person: Person
    number: int
    is_allocated: bool
    sent: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class County:
    """Draws what the agencies send about `count` people."""

    seed: int
    base: datetime
    count: int
    _rng: random.Random = field(init=False)
    _numbers: Iterator[int] = field(init=False)
    _people: list[_Known] = field(init=False)

    def __post_init__(self) -> None:
        """Draw the people."""
        self._rng = random.Random(self.seed)  # noqa: S311 - seeded, and no secret
        self._numbers = iter(range(1, 1 << 40))
        newcomers_from = int(self.count * (1 - NEWCOMERS_SHARE))
        newcomers = range(newcomers_from, self.count)
        self._people = [_Known(a_person(n), n, is_allocated=True) for n in range(newcomers_from)]
        self._people += [_Known(a_newcomer(n), n, is_allocated=False) for n in newcomers]

    def opening(self) -> Iterator[Outgoing]:
        """Send the directory, and who has whom; the ledger must have it all before the rest."""
        for said in staff(self.base):
            yield outgoing(said, b"staff")
        for known in self._people:
            if known.is_allocated:
                yield from self._arrival(known)

    def mixed(self, count: int) -> Iterator[Outgoing]:
        """Send this many records of every kind, the people drawn anew for each."""
        feeds = (self._police, self._court, self._case)
        some = self._people[: int(self.count * THREE_FEEDS_SHARE)]
        first = [(known, say) for known in some for say in feeds]
        first += [(known, self._arrival) for known in self._people if not known.is_allocated]
        self._rng.shuffle(first)
        left = count
        while left > 0:
            come = next(self._one(first))
            batch = come if isinstance(come, list) else [come]
            yield from batch[:left]
            left -= len(batch)

    def _one(self, first: list[Any]) -> Iterator[list[Outgoing]]:
        """Yield what comes next: of what must come, or whatever is drawn."""
        if first and self._rng.random() < 0.75:
            known, say = first.pop()
        else:
            known, say = self._rng.choice(self._people), self._draw()
        yield list(say(known))

    def _draw(self) -> Callable[[_Known], Iterator[Outgoing]]:
        """Draw what is said."""
        weights = {
            self._police: 36, self._court: 16, self._service: 14, self._case: 12, self._again: 7,
            self._contradicted: 2, self._corrected: 3, self._retracted: 3,
            self._retracted_first: 1, self._stranger: 4, self._possible: 2,
            self._mistyped: 1, self._described: 3, self._poison: 3, self._couple: 2, self._away: 3,
        }  # fmt: skip
        return self._rng.choices(list(weights), list(weights.values()))[0]

    def _new(self, prefix: str) -> str:
        """Return a reference that nothing else has."""
        return f"{prefix}-{next(self._numbers)}"

    def _at(self) -> datetime:
        """Draw when something happened: just now, or, for one in ten, days ago."""
        is_late = self._rng.random() < 0.1
        ago = timedelta(days=self._rng.randint(2, 9)) if is_late else timedelta()
        return self.base - ago - timedelta(seconds=self._rng.randint(1, 3_000))

    def _arrival(self, known: _Known) -> Iterator[Outgoing]:
        """Allocate a person and assign an officer."""
        ago = {"at": self._at(), "effective_at": self.base - timedelta(days=30)}
        yield self._said(known, world.allocated(known.person, **ago))
        yield from self._assign(known)
        known.is_allocated = True

    def _assign(self, known: _Known) -> Iterator[Outgoing]:
        """Assign an officer, each time from a little later; who is known already, as news."""
        ago = timedelta(days=5 if known.is_allocated else 20)
        effective_at = self.base - ago + timedelta(seconds=next(self._numbers))
        officer = self._rng.choice(OFFICERS)
        ago = {"at": self._at(), "effective_at": effective_at}
        yield self._said(known, world.assigned(known.person, officer, **ago), keep=True)

    def _police(self, known: _Known) -> Iterator[Outgoing]:
        """Say something that the police say."""
        person, at = known.person, self._at()
        kind = self._rng.randrange(20)
        if kind < 11:
            role = self._rng.choices(("suspect", "victim", "witness"), (8, 2, 1))[0]
            grade = self._rng.choice(("standard", "medium", "high"))
            said = world.callout(person, self._new("DA"), role=role, grade=grade, at=at)
        elif kind < 16:
            reference = f"AR-{known.number}-{self._rng.randrange(3)}"
            make = self._rng.choice((world.arrested, world.bailed))
            fields = {"reference": reference} if make is world.arrested else {}
            named = {} if fields else {"arrest_reference": reference}
            said = make(person, at=at, **fields, **named)
        else:
            court_case = f"CC-{known.number}-{self._rng.randrange(3)}"
            said = world.charged(person, court_case, at=at, arrest_reference=self._new("AR"))
        yield self._said(known, said, keep=True)

    def _service(self, known: _Known) -> Iterator[Outgoing]:
        """Say something that a provider, a laboratory or a checked agency says."""
        said = Services(self._rng, known.person, known.number, self._at()).say()
        yield self._said(known, said, keep=True)

    def _court(self, known: _Known) -> Iterator[Outgoing]:
        """Say something that a court says; it shares its cases with the police."""
        court_case = f"CC-{known.number}-{self._rng.randrange(3)}"
        fields = {"court_case": court_case, "at": self._at(), "hearing_id": self._new("H")}
        outcome = self._rng.choice(("convicted", "adjourned", "acquitted"))
        said = (
            world.resulted(known.person, outcome, **fields)
            if self._rng.random() < 0.7
            else world.listed(known.person, **fields)
        )
        yield self._said(known, said, keep=True)

    def _case(self, known: _Known) -> Iterator[Outgoing]:
        """Say something that case management says of a person whom it has."""
        if not known.is_allocated or self._rng.random() < 0.4:
            yield from self._assign(known) if known.is_allocated else self._arrival(known)
            return
        register = self._rng.choice(REGISTERS)
        said = world.on_register(register, known.person, at=self._at(), level=self._new("L"))
        yield self._said(known, said, keep=True)

    def _again(self, known: _Known) -> Iterator[Outgoing]:
        """Send again what was sent, at another time of publishing."""
        if known.sent:
            said = self._rng.choice(known.sent)
            later = said.same_id_but(published_at=self.base + timedelta(seconds=5))
            yield outgoing(later, key_of(known), "repeat")

    def _contradicted(self, known: _Known) -> Iterator[Outgoing]:
        """Send the id of something again, with other content and not as a correction."""
        if known.sent:
            said = self._rng.choice(known.sent)
            meta = {"source_grading": self._new("G")}
            yield outgoing(said.same_id_but(**meta), key_of(known), "contradiction")

    def _corrected(self, known: _Known) -> Iterator[Outgoing]:
        """Correct the last thing that was said."""
        if known.sent:
            said = known.sent.pop()
            corrected = said.corrected(source_grading=self._new("G"))
            yield self._said(known, corrected, keep=True)

    def _retracted(self, known: _Known) -> Iterator[Outgoing]:
        """Take the last thing back that was said."""
        if known.sent:
            yield self._said(known, known.sent.pop().retracted())

    def _retracted_first(self, known: _Known) -> Iterator[Outgoing]:
        """Take a call-out back before it is sent."""
        said = world.callout(known.person, self._new("DA"), at=self._at())
        yield self._said(known, said.retracted())
        yield self._said(known, said)

    def _stranger(self, _known: _Known) -> Iterator[Outgoing]:
        """Say something of somebody whom nobody supervises."""
        stranger = a_person(STRANGERS_FROM + next(self._numbers))
        said = world.callout(stranger, self._new("DA"), at=self._at())
        yield outgoing(said, str(stranger.number).encode(), "unknown")

    def _possible(self, known: _Known) -> Iterator[Outgoing]:
        """Say something of somebody who may be a person we know: no identifier, but the name."""
        said = world.callout(known.person, self._new("DA"), at=self._at())
        bare = {**said.record["person"], "identifiers": []}
        yield outgoing(said.but(person=bare), key_of(known), "possible")

    def _mistyped(self, known: _Known) -> Iterator[Outgoing]:
        """Say something under the PNC id of one person and the name and birth of another."""
        other = a_person(STRANGERS_FROM + next(self._numbers))
        name = PEOPLE[(known.number + 1) % len(PEOPLE)].family_name
        wrong = replace(other, family_name=name, number=known.person.number)
        said = world.callout(wrong, self._new("DA"), at=self._at())
        yield outgoing(said, key_of(known), "possible")

    def _described(self, _known: _Known) -> Iterator[Outgoing]:
        """Say something without an identifier of a loner, who is allocated some time before it."""
        person = a_person(LONERS_FROM + self._rng.randrange(LONERS))
        key = str(person.number).encode()
        if self._rng.random() < 0.3:
            begun = world.allocated(person, at=self._at(), effective_at=self.base)
            yield outgoing(begun.but(person=at_home(person, "crn")), key)
        named = at_home(person, moved=self._rng.random() < 0.3)
        said = world.callout(person, self._new("DA"), at=self._at())
        yield outgoing(said.but(person=named), key)

    def _poison(self, known: _Known) -> Iterator[Outgoing]:
        """Send what no rule can use, among the person's own events."""
        said = world.callout(known.person, self._new("DA"), at=self._at())
        good = said.value
        bad = self._rng.choice(
            (
                self._rng.randbytes(40),
                good[: len(good) // 2],
                UNKNOWN_FINGERPRINT + good[10:],
                said.but(publisher="hmcts").value,
                said.but(children_present=True, children_count=-4).value,
                world.allocated(known.person, at=self._at(), team=self._new("T")).value,
                b"",
            )
        )
        yield Outgoing(said.feed, key_of(known), bad, "", "poison")

    def _couple(self, known: _Known) -> Iterator[Outgoing]:
        """Say who was suspect and who was victim of one call-out, both of them known here."""
        other = self._rng.choice(self._people)
        if other.number == known.number:
            return
        reference, at = self._new("DA"), self._at()
        first = world.callout(known.person, reference, at=at)
        second = world.callout(other.person, reference, at=at, role="victim")
        yield self._said(known, first)
        yield self._said(other, second)

    def _away(self, _known: _Known) -> Iterator[Outgoing]:
        """Let an officer go on leave, or come back."""
        officer = self._rng.choice(list(COVERED))
        absence_id = self._new("A")
        yesterday = {"at": self.base, "starts_at": self.base - timedelta(days=1)}
        gone = world.absent(officer, COVERED[officer], absence_id=absence_id, **yesterday)
        back = self.base - timedelta(minutes=1)
        ended = world.event(
            "directory.absence_ended", absence_id=absence_id, ended_at=back, at=self.base
        )
        yield outgoing(gone, b"staff")
        if self._rng.random() < 0.8:
            yield outgoing(ended, b"staff")

    def _said(self, known: _Known, said: Said, *, keep: bool = False) -> Outgoing:
        """Send it, and remember it where it may be repeated, corrected or taken back."""
        if keep:
            known.sent = [*known.sent, said][-REMEMBERED_MAX:]
        return outgoing(said, key_of(known))


def key_of(known: _Known) -> bytes:
    """Return the key of everything about a person."""
    return str(known.number).encode()
