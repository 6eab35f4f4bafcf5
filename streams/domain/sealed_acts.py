"""Acts upon the sealed store: what is sealed is about somebody after all, or its time is up."""

from dataclasses import dataclass
from uuid import UUID

from streams.domain.touched import Touched


@dataclass(frozen=True, slots=True)
class SealedOpened:
    """What was sealed of an event is about somebody known now, or may be.

    `person_id` is who it is about; where that is not certain it is None, and `candidates` are
    whoever it may be about, for the `reason` that a decision about identity has.
    """

    event_seq: int
    person_id: UUID | None = None
    candidates: tuple[UUID, ...] = ()
    reason: str = ""

    @property
    def touched(self) -> Touched:
        """Return the event, and whoever it is or may be about."""
        known = () if self.person_id is None else (self.person_id,)
        people = frozenset((*known, *self.candidates))
        return Touched(events=frozenset({self.event_seq}), people=people)


@dataclass(frozen=True, slots=True)
class SealedErased:
    """Nobody became known whom sealed events are about, for as long as they may be kept."""

    event_seqs: tuple[int, ...]

    @property
    def touched(self) -> Touched:
        """Return nothing: what is erased was about nobody."""
        return Touched()


SealedAct = SealedOpened | SealedErased
