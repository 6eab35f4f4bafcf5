"""What a merge knows and leaves: what two people were, so that they can be parted exactly.

What is remembered is written as a document, so its collections are in an order of their own: a
replay must write the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from streams.domain.cases import Case
from streams.domain.documents import Document
from streams.domain.duties import Duty, DutyState
from streams.domain.matching import Known
from streams.domain.notices import Notice
from streams.domain.passage import Source
from streams.domain.portraits import Portrait
from streams.domain.reviews import Review

if TYPE_CHECKING:
    from streams.pipeline.values import Admitted


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people as they were before they became one."""

    case: Case
    family_names: tuple[str, ...] = ()
    birth_dates: tuple[date, ...] = ()
    portrait: Portrait | None = None
    given_names: tuple[str, ...] = ()

    @property
    def known(self) -> Known:
        """Return what they were compared by."""
        names, births = frozenset(self.family_names), frozenset(self.birth_dates)
        return Known(self.case.person_id, names, births, frozenset(self.given_names))


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """A notice as it was before a merge handed it over, and after."""

    before: Notice
    after: Notice


@dataclass(frozen=True, slots=True)
class OfDuty:
    """Whose a duty is, and whether and by which event it was done."""

    owner: str
    meant: str | None
    state: DutyState
    satisfied_by: Source | None


@dataclass(frozen=True, slots=True)
class DutyChange:
    """A duty as it was before a merge, and after."""

    duty_id: UUID
    before: OfDuty
    after: OfDuty


@dataclass(frozen=True, slots=True)
class OfReview:
    """Whom a review names: who it may be about, who it is not about, and who it was said to be."""

    candidates: tuple[UUID, ...]
    rejected: tuple[UUID, ...]
    person_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """Whom a review named before a merge, and after."""

    event_seq: int
    before: OfReview
    after: OfReview


@dataclass(frozen=True, slots=True)
class Remembered:
    """What both were, and what changed beyond whom it is about."""

    kept: Side
    gone: Side
    notices: tuple[NoticeChange, ...] = ()
    duties: tuple[DutyChange, ...] = ()
    reviews: tuple[ReviewChange, ...] = ()


REMEMBERED: Final = Document(Remembered)


@dataclass(frozen=True, slots=True)
class Standing:
    """A merge that stands: by its act's number, who became whom."""

    seq: int
    kept: UUID
    gone: UUID


@dataclass(frozen=True, slots=True)
class Moved:
    """What one merge moved from who is gone: events by number, facts by source, the rest by id."""

    remembered: Remembered
    events: frozenset[int] = frozenset()
    facts: frozenset[Source] = frozenset()
    notices: frozenset[UUID] = frozenset()
    duties: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class DecidedSince:
    """A human's decision that an event is about the one person, taken since two became one.

    `named` is which of the two has the number that they named the person by; None where they named
    none, or one that neither had.
    """

    by: str
    named: UUID | None


@dataclass(frozen=True, slots=True)
class Merging:
    """What an act upon two people needs to know beside their cases, notices and duties.

    `standing` are the merges that stand and name either; `undone` says by which act another was
    undone. `moved` is of the merge that is to be undone, and `meanwhile` are the events that came
    to the one person since, of which `decided` says what humans have decided, by their numbers;
    `events` are those of two who are to be one. `portraits`, `digests` and `blocks` are by what
    both are recognised.
    """

    standing: tuple[Standing, ...] = ()
    undone: Mapping[int, int] = field(default_factory=dict)
    moved: Moved | None = None
    meanwhile: "tuple[Admitted, ...]" = ()
    decided: Mapping[int, DecidedSince] = field(default_factory=dict)
    events: "tuple[Admitted, ...]" = ()
    portraits: Mapping[UUID, Portrait] = field(default_factory=dict)
    digests: Mapping[UUID, frozenset[bytes]] = field(default_factory=dict)
    blocks: Mapping[UUID, frozenset[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """Two people have become one; `notices` and `duties` are those of who is gone."""

    seq: int
    kept: UUID
    gone: UUID
    remembered: Remembered
    notices: tuple[UUID, ...] = ()
    duties: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Parted:
    """Two who were taken for one are two again; what is named goes back to who was gone."""

    seq: int
    merge_seq: int
    kept: UUID
    gone: UUID
    notices: tuple[UUID, ...] = ()
    duties: tuple[UUID, ...] = ()


def of_duty(duty: Duty) -> OfDuty:
    """Return what a merge may change of a duty."""
    return OfDuty(duty.owner, duty.meant, duty.state, duty.satisfied_by)


def of_review(review: Review) -> OfReview:
    """Return whom a review names."""
    return OfReview(review.candidates, tuple(sorted(review.rejected)), review.person_id)
