"""`switchboard bench identity --lookups`: whom the ledger finds, how soon, among how many people.

So many made-up people become known to a ledger of this run's own, written down as they are. Then
other records of some of them, with the slips that clerks make, are looked up by the statements of
the batch path, five hundred at a time, and beside them records of people whom nobody knows.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Final, TypeVar
from uuid import UUID

from bench.identity_people import MadeUp, Written
from streams.domain.alike import (
    BLOCK_PEOPLE_MAX,
    Alike,
    Rated,
    Scorer,
    Sought,
    key_number,
    keys_of,
    most_alike,
    weigh,
)
from streams.domain.matching import Matched, Possible, Unknown, UnknownReason
from streams.domain.portraits import PORTRAIT, Portrait, SaidHome, SaidName
from streams.domain.scoring.weights import Weights
from streams.ledger import migrations, tables
from streams.ledger.alike import load_blocks, portraits_of
from streams.ledger.connection import Session, connect
from streams.ledger.copying import copy
from streams.ledger.embedded import EmbeddedServer
from streams.settings import Settings

SECRET: Final = b"a secret that guards made-up people"
SIZES: Final = (10_000, 250_000)
LOOKUPS: Final = 500
ROUNDS: Final = 9
PEOPLE_AT_ONCE: Final = 5_000
STRANGERS: Final = 1_000
"""People of another seed, whom nobody knows: whoever is found for them is somebody else."""
LIMITS: Final = {"synchronous_commit": "off"}
NOBODY: Final = Unknown(UnknownReason.NOBODY_FOUND)

Say = Callable[[str], None]
Result = TypeVar("Result")
Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """One record that is looked up, and whom it is about; None where nobody knows them."""

    sought: Sought
    person: UUID | None


def lookups(seed: int, weights: Weights, say: Say, progress: Progress) -> Mapping[str, Figures]:
    """Measure look-ups among few people and among many."""
    found: dict[str, Figures] = {}
    for people in SIZES:
        with _ledger() as session, progress(f"{people:,} people", people) as advance:
            found[str(people)] = _measured(session, people, (seed, Scorer(weights)), advance)
        say(_in_words(people, found[str(people)]))
    few, many = (found[str(people)]["lookup_ms"] for people in SIZES)
    found["ratio"] = {"lookup": round(many / few, 2)}
    say(f"among {SIZES[1]:,} people a look-up takes {many / few:.2f} times as long as among few")
    return found


@contextmanager
def _ledger() -> Iterator[Session]:
    """Give a session with a ledger of its own, which goes afterwards."""
    settings = Settings()
    with TemporaryDirectory(prefix="switchboard-bench-") as folder:
        home = Path(folder) / "home"
        with EmbeddedServer.open(home, run_as=settings.postgres_user, mode=settings.mode) as server:
            migrations.upgrade(server.url)
            with connect(server.url, name="bench", limits=LIMITS) as session:
                yield session


def _measured(
    session: Session, people: int, scoring: tuple[int, Scorer], advance: Callable[[int], None]
) -> Figures:
    """Let people become known, and look records of them up."""
    seed, scorer = scoring
    begun = time.perf_counter()
    written = MadeUp(people, seed).records((2, 2))
    keys = _become_known(session, written[::2], scorer, advance)
    built = time.perf_counter() - begun
    many = LOOKUPS * ROUNDS
    step = max(1, people // many)
    chosen = written[1::2][::step][:many]
    known = [_case(each, scorer, is_known=True) for each in chosen]
    strangers = MadeUp(STRANGERS, seed + 1).records((1, 1))
    unknown = [_case(each, scorer, is_known=False) for each in strangers]
    return {
        "people": people,
        "build_seconds": round(built, 1),
        "keys_of_a_person": round(keys / people, 1),
        "keys_of_a_look_up": round(fmean(len(case.sought.keys) for case in known), 1),
        **_looked_up(session, known, scorer),
        **_strangers(session, unknown, scorer),
    }


def portrait(record: Written) -> Portrait:
    """Return a made-up record as case management would have given it, without identifiers."""
    names = [SaidName(record.given, record.middle, record.family)]
    if record.alias_given or record.alias_family:
        names.append(SaidName(record.alias_given, "", record.alias_family))
    homes = (SaidHome(record.lines, record.postcode),) if record.lines or record.postcode else ()
    return Portrait(tuple(names), (record.born,) if record.born else (), homes)


def _person(record: Written) -> UUID:
    """Return the id of whom a record is about; spread, as ids are."""
    return UUID(int=(record.person + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)


def _case(record: Written, scorer: Scorer, *, is_known: bool) -> Case:
    """Return a record as it is looked up."""
    return Case(scorer.sought(portrait(record)), _person(record) if is_known else None)


def _become_known(
    session: Session, records: Sequence[Written], scorer: Scorer, advance: Callable[[int], None]
) -> int:
    """Copy people and their keys into the ledger; return how many keys that are."""
    session.execute("ALTER TABLE person_block DROP CONSTRAINT pk_person_block")
    left, count = iter(records), 0
    while some := list(islice(left, PEOPLE_AT_ONCE)):
        people, blocks = [], []
        for record in some:
            said, person = portrait(record), _person(record)
            people.append((person, [], [], 0, PORTRAIT.dump_json(said)))
            held = {key_number(key, SECRET) for key in keys_of(scorer.ready(said))}
            blocks += [(number, person) for number in held]
        copy(session, tables.person, people)
        copy(session, tables.person_block, blocks)
        count += len(blocks)
        advance(len(some))
    session.execute(
        "ALTER TABLE person_block ADD CONSTRAINT pk_person_block PRIMARY KEY (key, person_id)"
    )
    session.execute("VACUUM ANALYZE person")
    session.execute("CHECKPOINT")
    session.execute("VACUUM ANALYZE person_block")
    return count


def _looked_up(session: Session, cases: Sequence[Case], scorer: Scorer) -> Figures:
    """Time batches of look-ups, and count whom they find."""
    times: dict[str, list[float]] = {"lookup": [], "descriptions": [], "scoring": []}
    met: list[int] = []
    blocked = compared = joined = asked = wrong = 0
    for start in range(0, len(cases), LOOKUPS):
        some = cases[start : start + LOOKUPS]
        alike = Alike(scorer, {str(n).encode(): case.sought for n, case in enumerate(some)})
        _timed(times["lookup"], lambda a=alike: load_blocks(session, a, SECRET))
        near = [_near(case, alike) for case in some]
        ids = {person for people in near for person in people}
        alike.portraits = _timed(times["descriptions"], lambda i=ids: portraits_of(session, i))
        rated = _timed(times["scoring"], lambda a=alike, s=some: _rated(s, a))
        met += map(len, near)
        for case, people, scores in zip(some, near, rated, strict=True):
            blocked += any(case.person in _block(alike, key) for key in case.sought.keys)
            compared += case.person in people
            decision = weigh(NOBODY, scores)
            if isinstance(decision, Matched):
                joined += decision.person_id == case.person
                wrong += decision.person_id != case.person
            elif isinstance(decision, Possible):
                asked += case.person in decision.candidates
    return {
        **{f"{name}_ms": round(median(each) * 1_000, 1) for name, each in times.items()},
        "first_lookup_ms": round(times["lookup"][0] * 1_000, 1),
        "people_compared": round(fmean(met), 1),
        "blocking_recall": round(blocked / len(cases), 4),
        "compared_recall": round(compared / len(cases), 4),
        "joined": round(joined / len(cases), 4),
        "asked": round(asked / len(cases), 4),
        "joined_wrongly": wrong,
    }


def _strangers(session: Session, cases: Sequence[Case], scorer: Scorer) -> Figures:
    """Count for how many strangers somebody is asked, or told."""
    alike = Alike(scorer, {str(n).encode(): case.sought for n, case in enumerate(cases)})
    load_blocks(session, alike, SECRET)
    near = {person for case in cases for person in _near(case, alike)}
    alike.portraits = portraits_of(session, near)
    decisions = [weigh(NOBODY, rated) for rated in _rated(cases, alike)]
    return {
        "strangers_joined": sum(isinstance(each, Matched) for each in decisions),
        "strangers_asked": round(fmean(isinstance(each, Possible) for each in decisions), 4),
    }


def _rated(cases: Iterable[Case], alike: Alike) -> list[list[Rated]]:
    return [alike.rated(str(number).encode(), case.sought, ()) for number, case in enumerate(cases)]


def _near(case: Case, alike: Alike) -> list[UUID]:
    return most_alike(alike.blocks.get(key, frozenset()) for key in case.sought.keys)


def _block(alike: Alike, key: str) -> frozenset[UUID]:
    """Return who has a key, where it is one that tells people apart."""
    people = alike.blocks.get(key, frozenset())
    return people if len(people) <= BLOCK_PEOPLE_MAX else frozenset()


def _timed(into: list[float], work: Callable[[], Result]) -> Result:
    """Do something and keep how long it took."""
    begun = time.perf_counter()
    result = work()
    into.append(time.perf_counter() - begun)
    return result


def _in_words(people: int, figures: Figures) -> str:
    """Say what was measured among so many people."""
    return (
        f"{people:,} people, made known in {figures['build_seconds']:,.0f} s: {LOOKUPS} look-ups in"
        f" {figures['lookup_ms']} ms, {figures['blocking_recall']:.2%} found; their descriptions in"
        f" {figures['descriptions_ms']} ms, scored in {figures['scoring_ms']} ms"
    )
