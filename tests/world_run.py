"""The pipeline with a ledger that is only a value: what the rules do, without a database.

A `World` carries what one batch left over to the next, as the ledger does, so that a test can say
what agencies sent, in batches of any size, and look at what everybody was told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import structs
from world_builder import NOW, Said

from streams.domain.alike import Alike, Scorer
from streams.domain.calendar import WorkingCalendar
from streams.domain.case_events import CASE_EVENTS
from streams.domain.directory_events import DIRECTORY_EVENTS
from streams.engines.wiring import discovered_flows
from streams.identity_files import load_weights
from streams.pipeline import Ended, Loaded, Prepared, Rules, Work, make_rules, prepare, run
from streams.settings import load_register

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from streams.domain.cases import Case
    from streams.domain.duties import Duty
    from streams.domain.instructions import Flow
    from streams.domain.notices import Notice
    from streams.domain.passage import Told

REGISTER: Final = load_register(Path(__file__).parents[1] / "agencies.toml")
FLOWS: Final = discovered_flows()
SCORER: Final = Scorer(load_weights())


def rules(*flows: Flow) -> Rules:
    """Return the rules of production, or those with other flows."""
    models = {**CASE_EVENTS, **DIRECTORY_EVENTS}
    return make_rules(flows or FLOWS, models, REGISTER, WorkingCalendar(), scorer=SCORER)


RULES: Final = rules()


@dataclass(slots=True)
class World:
    """Everything that the ledger would remember, and what happened in the last batch."""

    rules: Rules = RULES
    loaded: Loaded = field(default_factory=Loaded)
    seq: int = 0
    ended: list[Ended] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Let people who are alike be scored as these rules say."""
        if self.loaded.alike.scorer is None:
            self.loaded = replace(self.loaded, alike=Alike(self.rules.scorer))

    def send(self, *said: Said, at: datetime = NOW, batch_max: int = 500) -> list[Ended]:
        """Let agencies send events, in batches of at most so many; return how they ended."""
        prepared = [prepare(each.raw(), each.feed, self.rules) for each in said]
        return self.work(prepared, at=at, batch_max=batch_max)

    def work(
        self, prepared: Sequence[Prepared], at: datetime = NOW, batch_max: int = 500
    ) -> list[Ended]:
        """Run prepared records; what was told is in `told` afterwards."""
        ended: list[Ended] = []
        self.told = []
        for start in range(0, len(prepared), batch_max):
            batch = prepared[start : start + batch_max]
            seqs = range(self.seq + 1, self.seq + 1 + len(batch))
            work = run(batch, self.loaded, self.rules, raised_at=at, seqs=seqs)
            self.seq += len(batch)
            self.loaded = remembered(work)
            self.told += [told for _, told in work.told]
            ended += work.ended
        self.ended += ended
        return ended

    @property
    def notices(self) -> list[Notice]:
        """Return every notice as it now is, the first raised first."""
        return list(self.loaded.notices)

    @property
    def duties(self) -> list[Duty]:
        """Return every duty as it now is."""
        return list(self.loaded.duties)

    @property
    def cases(self) -> dict[UUID, Case]:
        """Return every case by its person."""
        return dict(self.loaded.cases)

    @property
    def case(self) -> Case:
        """Return the only case."""
        (case,) = self.loaded.cases.values()
        return case

    def recipients(self) -> list[str]:
        """Return who was told by the last batch, in order."""
        return [told.notice.recipient.officer for told in self.told]

    def of_type(self, notice_type: str) -> list[Notice]:
        """Return the notices of one type."""
        return [notice for notice in self.notices if notice.type == notice_type]

    def change(self, notice: Notice, **fields: Any) -> None:  # noqa: ANN401 - fields of a notice
        """Let a recipient have done something with a notice."""
        changed = [
            structs.replace(each, **fields) if each.id == notice.id else each
            for each in self.notices
        ]
        self.loaded = replace(self.loaded, notices=changed)

    def snapshot(self) -> dict[str, object]:
        """Return all that the ledger would hold, in a form in which two worlds compare."""
        loaded = self.loaded
        return {
            "directory": loaded.directory,
            "seen": loaded.seen,
            "retracted": loaded.retracted,
            "found": {key: people for key, people in loaded.found.items() if people},
            "known": loaded.known,
            "portraits": loaded.alike.portraits,
            "cases": loaded.cases,
            "facts": sorted(map(repr, loaded.facts)),
            "notices": {notice.id: notice for notice in loaded.notices},
            "duties": {duty.id: duty for duty in loaded.duties},
            "ended": [(each.disposition, each.because, each.seq) for each in self.ended],
        }


def remembered(work: Work) -> Loaded:
    """Return what the ledger would load of all that a batch left behind."""
    return Loaded(
        directory=work.directory,
        seen=work.seen,
        retracted=frozenset(work.retracted),
        found=work.found,
        known=work.known,
        cases=work.cases,
        facts=[fact for facts in work.facts_of_person.values() for fact in facts],
        notices=list(work.notices.values()),
        duties=list(work.duties.values()),
        histories=work.histories,
        away=work.away,
        to_look_at=frozenset(work.to_look_at | set(work.look_again)),
        alike=work.alike,
    )
