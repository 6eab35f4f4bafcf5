"""`switchboard bench identity --lookups`: whom the ledger finds, how soon, among how many people.

So many made-up people become known to a ledger of this run's own, written down as they are. Then
other records of some of them, with the slips that clerks make, are looked up by the statements of
the batch path, five hundred at a time, and beside them records of people whom nobody knows.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from typing import Final, TypeVar
from uuid import UUID

from bench.identity_people import MadeUp, Written
from bench.profile import cpu_of
from streams.domain.alike import (
    BLOCK_PEOPLE_MAX,
    Alike,
    Block,
    Rated,
    Scorer,
    Sought,
    weigh,
)
from streams.domain.block_keys import key_numbers, keys_of
from streams.domain.matching import Decision, Matched, Possible, Unknown, UnknownReason
from streams.domain.portraits import PORTRAIT, Portrait, SaidHome, SaidName
from streams.domain.scoring.guards import Decision as Verdict
from streams.domain.scoring.weights import Weights
from streams.ledger import migrations, tables
from streams.ledger.alike import load_blocks, portraits_of
from streams.ledger.collector import settle
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
    """One record that is looked up, and whom it is about; None where nobody knows them.

    `is_like` says that a comparison with what is known of them would not part the two.
    """

    sought: Sought
    person: UUID | None
    is_like: bool = False


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
    pairs = list(zip(written[::2], written[1::2], strict=True))[::step][:many]
    known = [_case(clean, later, scorer) for clean, later in pairs]
    strangers = MadeUp(STRANGERS, seed + 1).records((1, 1))
    unknown = [Case(scorer.sought(portrait(each)), None) for each in strangers]
    settle()  # As a worker does before its first batch.
    cold = _looked_up(session, unknown[:LOOKUPS], scorer)["lookup_ms"]
    _read_once(session)
    return {
        "cold_lookup_ms": cold,
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


def _case(clean: Written, later: Written, scorer: Scorer) -> Case:
    """Return a later record of somebody as it is looked up."""
    sought = scorer.sought(portrait(later))
    found = scorer.score(sought.ready, scorer.ready(portrait(clean)))
    return Case(sought, _person(clean), found.decision is not Verdict.SPLIT)


def _become_known(
    session: Session, records: Sequence[Written], scorer: Scorer, advance: Callable[[int], None]
) -> int:
    """Copy people and their keys into the ledger; return how many keys that are."""
    session.execute("ALTER TABLE person_block DROP CONSTRAINT pk_person_block")
    left, count = iter(records), 0
    while some := list(islice(left, PEOPLE_AT_ONCE)):
        people: list[tuple[object, ...]] = []
        blocks: list[tuple[int, UUID]] = []
        for record in some:
            said, person = portrait(record), _person(record)
            people.append((person, [], [], 0, PORTRAIT.dump_json(said), []))
            held = set(key_numbers(keys_of(scorer.ready(said)), SECRET))
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


@dataclass(slots=True)
class _Tally:
    """What came of look-ups: how long each part of a batch took, and whom it found."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    met: list[int] = field(default_factory=list)

    def take(self, case: Case, alike: Alike, rated: Sequence[Rated]) -> None:
        """Count whom one look-up found."""
        people = {each.person_id for each in rated}
        is_met = case.person is not None and any(
            case.person.bytes in _block(alike, key) for key in case.sought.keys
        )
        decision = weigh(NOBODY, rated)
        is_joined, is_asked = isinstance(decision, Matched), isinstance(decision, Possible)
        is_right = case.person in _of(decision)
        self.met.append(len(people))
        self.counts["likely"] += is_met and case.is_like
        self.counts["blocked"] += is_met
        self.counts["compared"] += case.person in people
        self.counts["joined"] += is_joined and is_right
        self.counts["wrong"] += is_joined and not is_right
        self.counts["asked"] += is_asked and is_right

    def figures(self, cases: Sequence[Case]) -> Figures:
        """Return all of it: milliseconds of the median batch, and shares of the look-ups."""
        counts, like = self.counts, sum(case.is_like for case in cases)
        shares = {
            "blocking_recall_of_all": counts["blocked"] / len(cases),
            "compared_recall": counts["compared"] / len(cases),
            "joined": counts["joined"] / len(cases),
            "asked": counts["asked"] / len(cases),
            "blocking_recall": counts["likely"] / max(like, 1),
        }
        times = {f"{name}_ms": median(each) * 1_000 for name, each in self.seconds.items()}
        best = min(self.seconds["lookup"]) * 1_000
        return {
            **{name: round(value, 1) for name, value in times.items()},
            "best_lookup_ms": round(best, 1),
            "people_compared": round(fmean(self.met), 1),
            **{name: round(value, 4) for name, value in shares.items()},
            "joined_wrongly": counts["wrong"],
        }


def _of(decision: Decision) -> tuple[UUID, ...]:
    """Return whom a decision names."""
    if isinstance(decision, Matched):
        return (decision.person_id,)
    return decision.candidates if isinstance(decision, Possible) else ()


def _looked_up(session: Session, cases: Sequence[Case], scorer: Scorer) -> Figures:
    """Time batches of look-ups, and count whom they find."""
    tally, server = _Tally(), session.info.backend_pid
    for start in range(0, len(cases), LOOKUPS):
        some = cases[start : start + LOOKUPS]
        alike = Alike(scorer, {str(n).encode(): case.sought for n, case in enumerate(some)})
        before = time.process_time(), cpu_of(server)
        _timed(tally.seconds["lookup"], partial(load_blocks, session, alike, SECRET))
        tally.seconds["lookup_cpu"].append(time.process_time() - before[0])
        tally.seconds["lookup_server_cpu"].append(cpu_of(server) - before[1])
        ids = {person for case in some for person in _near(case, alike)}
        describe = partial(portraits_of, session, ids)
        alike.portraits = _timed(tally.seconds["descriptions"], describe)
        scores = _timed(tally.seconds["scoring"], partial(_rated, some, alike))
        for case, rated in zip(some, scores, strict=True):
            tally.take(case, alike, rated)
    return tally.figures(cases)


def _read_once(session: Session) -> None:
    """Let PostgreSQL read all keys in their order, as it has where a ledger has run for long."""
    with session.transaction():
        # By this session alone, and from the index: the pages are to be its own.
        for limit in ("max_parallel_workers_per_gather", "enable_seqscan", "enable_sort"):
            session.execute(f"SET LOCAL {limit} = 0".encode())
        session.execute("SELECT count(*) FROM (SELECT FROM person_block ORDER BY key OFFSET 0) k")


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
    return [alike.rated(case.sought, ()) for case in cases]


def _near(case: Case, alike: Alike) -> list[UUID]:
    return alike.met(case.sought)


def _block(alike: Alike, key: str) -> Block:
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
    busy = figures["lookup_cpu_ms"] + figures["lookup_server_cpu_ms"]
    return (
        f"{people:,} people, made known in {figures['build_seconds']:,.0f} s: {LOOKUPS} look-ups in"
        f" {figures['lookup_ms']} ms, {figures['best_lookup_ms']} at best and"
        f" {figures['cold_lookup_ms']} from a cold index, {busy:.1f} of CPU;"
        f" {figures['blocking_recall']:.2%} found; their descriptions in"
        f" {figures['descriptions_ms']} ms, scored in {figures['scoring_ms']} ms"
    )
