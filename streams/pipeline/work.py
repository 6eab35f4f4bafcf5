"""Everything that changes while a batch is worked through, with the indexes that keep it quick.

One `Work` lives for one batch and nobody outside the pipeline sees it before it is finished. What
changed is remembered beside what is, so that the ledger writes that and nothing else.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from streams.domain.absences import Away
from streams.domain.acts import Act
from streams.domain.alike import Alike
from streams.domain.cases import Case
from streams.domain.duties import Duty, DutyState
from streams.domain.instructions import Fact
from streams.domain.matching import Known, LookupKey
from streams.domain.notices import Notice
from streams.domain.officers import Directory
from streams.domain.passage import Folded, Identity, Opened, Seen, Source, Told
from streams.domain.records import Event
from streams.domain.reviews import Decided, Review
from streams.domain.shown import real_type
from streams.pipeline.merge_values import Merged, Merging, Parted
from streams.pipeline.values import Admitted, Ended, Loaded

MatterOfNotice = tuple[UUID | None, str]
LookAt = tuple[UUID, datetime]
"""A person, and when somebody else has them or others may see their case."""


@dataclass(slots=True)
class Work:
    """The state of one batch: what is known now, and what the ledger will have to write."""

    directory: Directory
    seen: dict[Source, Seen]
    retracted: set[Source]
    found: dict[LookupKey, frozenset[UUID]]
    known: dict[UUID, Known]
    cases: dict[UUID, Case]
    histories: dict[UUID, list[Folded]]
    openers: Mapping[UUID, Opened] = field(default_factory=dict)
    alike: Alike = field(default_factory=Alike)
    admitted: Mapping[int, Admitted] = field(default_factory=dict)
    reviews: dict[int, Review] = field(default_factory=dict)
    changed_reviews: set[int] = field(default_factory=set)
    taken_back: dict[int, str] = field(default_factory=dict)
    erased: Mapping[int, datetime] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)
    merging: Merging = field(default_factory=Merging)
    merged: list[Merged] = field(default_factory=list)
    parted: list[Parted] = field(default_factory=list)
    notices: dict[UUID, Notice] = field(default_factory=dict)
    duties: dict[UUID, Duty] = field(default_factory=dict)
    facts_of_person: dict[UUID, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    facts_of_matter: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    notices_of_matter: dict[MatterOfNotice, list[UUID]] = field(
        default_factory=lambda: defaultdict(list)
    )
    notices_of_source: dict[Source, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    duties_of_person: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    ended: list[Ended] = field(default_factory=list)
    acted: list[tuple[int, Act]] = field(default_factory=list)
    directory_events: list[tuple[int, Event]] = field(default_factory=list)
    created: set[UUID] = field(default_factory=set)
    learnt: dict[LookupKey, frozenset[UUID]] = field(default_factory=dict)
    taught_by: set[int] = field(default_factory=set)
    changed_people: set[UUID] = field(default_factory=set)
    changed_cases: set[UUID] = field(default_factory=set)
    new_facts: dict[Source, list[tuple[int, Fact]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    dropped_facts: set[Source] = field(default_factory=set)
    new_notices: set[UUID] = field(default_factory=set)
    told: list[tuple[int, Told]] = field(default_factory=list)
    new_duties: dict[UUID, int] = field(default_factory=dict)
    changed_duties: set[UUID] = field(default_factory=set)
    decisions: list[tuple[int, Identity]] = field(default_factory=list)
    audit_bodies: list[bytes] = field(default_factory=list)
    away: dict[str, Away] = field(default_factory=dict)
    changed_away: set[str] = field(default_factory=set)
    to_look_at: set[LookAt] = field(default_factory=set)
    looked_at: list[LookAt] = field(default_factory=list)
    look_again: list[LookAt] = field(default_factory=list)
    alarms: list[tuple[tuple[str, str, str], str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def keep_fact(self, seq: int, fact: Fact) -> None:
        """Keep a fact that a flow wants to look back on."""
        self._index_fact(fact)
        self.new_facts[fact.source].append((seq, fact))

    def drop_facts(self, source: Source) -> None:
        """Forget the facts of an event that was retracted or superseded."""
        self.dropped_facts.add(source)
        self.new_facts.pop(source, None)
        for index in (self.facts_of_person, self.facts_of_matter):
            for facts in index.values():
                facts[:] = [fact for fact in facts if fact.source != source]

    def keep_told(self, seq: int, told: Told) -> None:
        """Keep a notice as it was raised, updated or withdrawn."""
        notice = told.notice
        if told.move is None:
            self.new_notices.add(notice.id)
        if notice.id not in self.notices:
            self.notices_of_matter[notice.person_id, notice.matter].append(notice.id)
        for source in notice.sources:
            if notice.id not in self.notices_of_source[source]:
                self.notices_of_source[source].append(notice.id)
        self.notices[notice.id] = notice
        self.told.append((seq, told))

    def has_told(self, seq: int, notice: Notice) -> bool:
        """Answer whether the same event has told this recipient of the same matter already.

        What it told and was taken back since, as where an act brings an event home, was not told.
        """
        of_this_event = takewhile(lambda each: each[0] == seq, reversed(self.told))
        return any(
            (real_type(told.notice), told.notice.matter, told.notice.recipient.officer)
            == (real_type(notice), notice.matter, notice.recipient.officer)
            and notice.sources[-1] in self.notices[told.notice.id].sources
            for _, told in of_this_event
        )

    def open_notices(self, person_id: UUID | None, matter: str) -> list[Notice]:
        """Return the notices about a person's matter that are known here."""
        return [self.notices[each] for each in self.notices_of_matter[person_id, matter]]

    def notices_about(self, person_id: UUID) -> list[Notice]:
        """Return every notice about a person that is known here, the first raised first."""
        # Ids compare in Python, and numbers do not; merges move notices, so no index is kept.
        number = person_id.int
        about = [
            each
            for each in self.notices.values()
            if each.person_id is not None and each.person_id.int == number
        ]
        return sorted(about, key=lambda notice: (notice.raised_at, notice.id))

    def resting_on(self, source: Source) -> list[Notice]:
        """Return the notices that rest on an event."""
        return [self.notices[each] for each in self.notices_of_source[source]]

    def open_duty(self, duty: Duty, seq: int) -> None:
        """Open a duty, or leave the one that stands for the same matter as it is.

        One that was withdrawn stands no more: what corrects a retracted event opens it anew.
        """
        stands = (
            (known.kind, known.matter)
            for known in self.duties_about(duty.person_id)
            if known.state is not DutyState.WITHDRAWN
        )
        if (duty.kind, duty.matter) not in stands:
            self.duties[duty.id] = duty
            self.duties_of_person[duty.person_id].append(duty.id)
            self.new_duties[duty.id] = seq

    def change_duty(self, duty: Duty) -> None:
        """Keep a duty that was satisfied or withdrawn."""
        self.duties[duty.id] = duty
        self.changed_duties.add(duty.id)

    def duties_about(self, person_id: UUID) -> list[Duty]:
        """Return the duties about a person that are known here."""
        return [self.duties[each] for each in self.duties_of_person[person_id]]

    def keep_review(self, review: Review) -> None:
        """Keep a review that was opened, decided or closed."""
        self.reviews[review.event_seq] = review
        self.changed_reviews.add(review.event_seq)

    def keep_away(self, away: Away) -> None:
        """Keep how an officer is away, once their open items were handed over for it."""
        self.away[away.officer] = away
        self.changed_away.add(away.officer)

    def drop_away(self, officer: str) -> None:
        """Forget that an officer was away."""
        del self.away[officer]
        self.changed_away.add(officer)

    def _index_fact(self, fact: Fact) -> None:
        """Make a fact findable by person and by matter."""
        self.facts_of_person[fact.person_id].append(fact)
        self.facts_of_matter[fact.matter].append(fact)


def begin(loaded: Loaded) -> Work:
    """Start the work on a batch from what the ledger loaded."""
    work = Work(
        directory=loaded.directory,
        seen=dict(loaded.seen),
        retracted=set(loaded.retracted),
        found=dict(loaded.found),
        known=dict(loaded.known),
        cases=dict(loaded.cases),
        histories={person: list(events) for person, events in loaded.histories.items()},
        openers=loaded.openers,
        alike=loaded.alike.begun(),
        admitted=loaded.admitted,
        reviews=dict(loaded.reviews),
        erased=loaded.erased,
        merging=loaded.merging,
        away=dict(loaded.away),
        to_look_at=set(loaded.to_look_at),
    )
    for fact in loaded.facts:
        work.facts_of_person[fact.person_id].append(fact)
        work.facts_of_matter[fact.matter].append(fact)
    for notice in loaded.notices:
        work.notices[notice.id] = notice
        work.notices_of_matter[notice.person_id, notice.matter].append(notice.id)
        for source in notice.sources:
            work.notices_of_source[source].append(notice.id)
    for duty in loaded.duties:
        work.duties[duty.id] = duty
        work.duties_of_person[duty.person_id].append(duty.id)
    return work
