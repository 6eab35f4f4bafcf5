"""A simulation without a database: the pipeline with a ledger that is only a value.

Much quicker than the engine, so that many rules can be tried; what came out is told in the words of
the ledger's own query, so that the comparison is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count, groupby
from typing import TYPE_CHECKING, Final

import world_model_found as found
from simulation.simulated import REGISTER, ce_type, feed_of, record
from world_model_found import Difference, Published, of_register
from world_run import remembered

from streams.domain.alike import Alike
from streams.domain.log import RawRecord
from streams.domain.records import HandlingCondition
from streams.ledger.queries_outcomes import Opened, Outcome, Step
from streams.pipeline import Ended, Loaded, Prepared, Rules, Work, prepare, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from world_builder import Said

    from streams.domain.passage import Told

RAISED: Final = "raised"


@dataclass(slots=True)
class Simulation:
    """Traffic through the rules, and all that came of it."""

    rules: Rules
    loaded: Loaded = field(default_factory=Loaded)
    published: list[Published] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    _opened: dict[int, list[UUID]] = field(default_factory=dict)
    _people: dict[int, UUID] = field(default_factory=dict)
    _kept: set[UUID] = field(default_factory=set)
    _ends: dict[str, int] = field(default_factory=dict)
    _seqs: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Let people who are alike be scored as these rules say."""
        self.loaded = replace(self.loaded, alike=Alike(self.rules.scorer))

    def play(self, said: Iterable[Said]) -> list[Difference]:
        """Apply what is said and return what came out otherwise than the model says."""
        for (feed, at), group in groupby(said, key=lambda each: (feed_of(each), each.came_at)):
            self._batch(feed, at, list(group))
        return list(found.differences(of_register(REGISTER), self.published, self._as_it_stands()))

    def _batch(self, feed: str, at: datetime, said: list[Said]) -> None:
        """Apply a batch of one feed at one instant."""
        start = self._ends.get(feed, 0)
        self._ends[feed] = start + len(said)
        self.published += [record(feed, start + n, each) for n, each in enumerate(said)]
        headers = [(("ce_type", ce_type(each)),) for each in said]
        raws = [
            RawRecord(start + n, None, each.value, headers[n], at) for n, each in enumerate(said)
        ]
        batch = [prepare(raw, feed, self.rules) for raw in raws]
        seqs = [next(self._seqs) for _ in batch]
        work = run(batch, self.loaded, self.rules, raised_at=at, seqs=seqs)
        for ended in work.ended:
            self._keep(feed, at, ended, work)
        self.loaded = remembered(work)

    def _keep(self, feed: str, at: datetime, ended: Ended, work: Work) -> None:
        """Keep how one record ended."""
        if ended.disposition is None:
            return
        prepared, seq = ended.prepared, ended.seq
        place = (feed, 0, prepared.raw.offset)
        told = tuple(step(told) for number, told in work.told if number == seq)
        key = None if seq is None else key_of(prepared)
        outcome = Outcome(
            place, ended.disposition.value, prepared.raw.broker_at, at, seq, key, told=told
        )
        self.outcomes.append(outcome)
        if seq is not None:
            opened = [d for d in work.new_duties if work.duties[d].opened_by == key]
            self._opened[seq] = [each for each in opened if each not in self._kept]
            self._kept.update(opened)
            if ended.person_id is not None:
                self._people[seq] = ended.person_id

    def _as_it_stands(self) -> Iterator[Outcome]:
        """Yield how every record ended, with people and duties as they now are."""
        duties = {duty.id: duty for duty in self.loaded.duties}
        for each in self.outcomes:
            person = self._people.get(each.seq or 0)
            crn = self.loaded.cases[person].crn if person else None
            owed = tuple(
                Opened(d.kind, d.matter, d.owner, d.due_at, d.state.value)
                for d in (duties[opened] for opened in self._opened.get(each.seq or 0, ()))
            )
            yield Outcome(
                *(each.place, each.disposition, each.broker_at, each.raised_at, each.seq),
                *(each.key, crn, each.told, owed),
            )


def key_of(prepared: Prepared) -> tuple[str, str] | None:
    """Return the publisher and its id for an event."""
    return None if prepared.opened is None else prepared.opened.key


def step(told: Told) -> Step:
    """Return a step as it goes out."""
    notice, warned = told.notice, HandlingCondition.DO_NOT_TELL_PERSON
    return Step(
        told.move.value if told.move else RAISED,
        notice.type,
        notice.matter,
        notice.recipient.officer,
        notice.urgency.value,
        warned in notice.handling_conditions,
    )
