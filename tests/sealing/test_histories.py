"""Whatever comes in whatever order: nobody is told of the wrong person, nothing is kept on."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sealing.planted import Planted, strangers
from sealing.stored import DAY, a_clock, becomes_known, turn_on
from world_builder import HEARD_AT, NOW, Said, a_county, no_further_action

from streams.domain.agencies import SEALED_FOR_MAX
from streams.engines.embedded import EmbeddedEngine
from streams.ledger.comparing import differences
from streams.ledger.load import NOTICES
from streams.ledger.replaying import replay

if TYPE_CHECKING:
    from datetime import datetime

    from fixtures.new_ledgers import NewLedger

    from streams.domain.notices import Notice
    from streams.ledger.transaction import Ledger

SEEDS: Final = range(6)
STEPS: Final = 45
PEOPLE: Final = 7
SUSPECT: Final = "domestic_abuse_callout_suspect"
TOLD: Final = frozenset({"routed", "held"})


@dataclass(slots=True)
class History:
    """What was said of whom, by whom they are known, and when it is."""

    ledger: Ledger
    rng: random.Random
    at: datetime = NOW
    people: list[Planted] = field(default_factory=list)
    said: list[tuple[int, Said]] = field(default_factory=list)
    gone: set[tuple[str, str]] = field(default_factory=set)
    known: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make up the people; the last is the twin of the first."""
        self.people = strangers(PEOPLE, seed=self.rng.randrange(1_000))
        first = self.people[0]
        twin = replace(first, given=self.people[-1].given, number=first.number + 1)
        self.people[-1] = replace(twin, alias=self.people[-1].alias)

    def tell(self, said: Said) -> None:
        """Let something be said now."""
        headers = {"ce_type": f"{said.type}.v1".encode()}
        EmbeddedEngine(self.ledger, self.at).publish(said.feed, [(said.value, headers)])

    def step(self) -> None:
        """Let one more thing happen, an hour or a day later."""
        self.at += self.rng.choice([timedelta(hours=1), timedelta(hours=7), DAY])
        what = self.rng.choices(
            [self.accuses, self.takes_back, self.clears, self.learns, self.ticks, self.repeats],
            [8, 2, 1, 2, 4, 1],
        )[0]
        what()

    def accuses(self) -> None:
        """Let the police tell of a call-out."""
        number = self.rng.randrange(PEOPLE)
        role = self.rng.choice(["suspect"] * 4 + ["victim"])
        said = self.people[number].said(
            reference=f"DA-{len(self.said)}", role=role, at=self.at, subject_category=role
        )
        self.said.append((number, said))
        self.tell(said)

    def takes_back(self) -> None:
        """Let the police take one back, which may be about anybody."""
        if self.said:
            _, said = self.rng.choice(self.said)
            self.gone.add(said.key)
            self.tell(said.retracted(published_at=self.at))

    def clears(self) -> None:
        """Let the police say that they take no further action on a call-out."""
        if self.said:
            number, said = self.rng.choice(self.said)
            self.gone.add(said.key)
            reference = said.record["callout_reference"]
            about = no_further_action(incident_reference=reference, at=self.at)
            self.tell(about.but(person=self.people[number].reference))

    def repeats(self) -> None:
        """Let a record come twice."""
        if self.said:
            self.tell(self.rng.choice(self.said)[1])

    def learns(self) -> None:
        """Let case management get a person."""
        number = self.rng.randrange(PEOPLE)
        if number not in self.known:
            self.known.add(number)
            crn = {"kind": "crn", "value": crn_of(number)}
            reference = self.people[number].reference
            person = {**reference, "identifiers": [*reference["identifiers"], crn]}
            for each in becomes_known(self.at):
                self.tell(each.but(person=person))

    def ticks(self) -> None:
        """Let the clock look."""
        a_clock(self.ledger, self.at).tick()


def crn_of(number: int) -> str:
    """Return by which case reference number a person is known."""
    return f"X70000{number}"


def lived(ledger: Ledger, seed: int) -> History:
    """Let a history happen, to its end and past the time of all that is sealed."""
    turn_on(ledger)
    history = History(ledger, random.Random(seed))  # noqa: S311 - seeded, and no secret
    for each in a_county():
        history.at = max(HEARD_AT, each.came_at)
        history.tell(each)
    history.at = NOW
    for _ in range(STEPS):
        history.step()
    history.ticks()
    return history


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_any_history_ends_well(new_ledger: NewLedger, seed: int) -> None:
    """Who is told has the person; all that must be told is; the rest is gone; it is replayed."""
    ledger = new_ledger()
    history = lived(ledger, seed)
    assert wrongly_told(history) == []
    assert untold(history) == []
    history.at += SEALED_FOR_MAX
    history.ticks()
    rows = ledger.session.execute(
        "SELECT count(*) FILTER (WHERE ended IS NULL), count(ciphertext),"
        " (SELECT count(*) FROM sealed_key), count(*) FROM sealed"
    ).fetchone()
    assert rows is not None
    assert rows[:3] == (0, 0, 0)
    assert rows[3] > 2
    again = new_ledger()
    again.rules = ledger.rules
    replay(ledger.session, again)
    assert differences(ledger.session, again.session) == []


def wrongly_told(history: History) -> list[Notice]:
    """Return the notices about a person whom their event is not about."""
    rows = history.ledger.session.execute(
        "SELECT n.document, c.crn FROM notice n JOIN case_file c USING (person_id)"
        " WHERE n.type LIKE 'domestic_abuse_callout%%'"
    ).fetchall()
    people = {said.key: crn_of(number) for number, said in history.said}
    told = [(NOTICES.validate_json(row[0]), row[1]) for row in rows]
    return [notice for notice, crn in told if {people[each] for each in notice.sources} - {crn}]


def untold(history: History) -> list[str]:
    """Return what is said of somebody known, as suspect, and nobody was told or asked about."""
    session = history.ledger.session
    ended = dict(session.execute("SELECT event_id, disposition FROM event").fetchall())
    return [
        said.event_id
        for number, said in history.said
        if number in history.known
        and said.record["role"] == "suspect"
        and said.key not in history.gone
        and ended[said.event_id] not in TOLD
    ]
