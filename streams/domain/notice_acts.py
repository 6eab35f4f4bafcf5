"""Acts upon notices: time passes, an officer answers, staff come and go, a case changes hands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from streams.domain.notices import Move
from streams.domain.touched import Touched


@dataclass(frozen=True, slots=True)
class NoticeWaited:
    """A notice waited for longer than its rung has."""

    notice_id: UUID

    @property
    def touched(self) -> Touched:
        """Return the notice that waited."""
        return Touched(notices=frozenset({self.notice_id}))


@dataclass(frozen=True, slots=True)
class Answered:
    """An officer read, acknowledged or finished a notice, and what they said about it.

    `step` is the step of the notice that they saw, where they say it. `no_action` says that nothing
    was done, for the reason given.
    """

    notice_id: UUID
    move: Move
    by: str
    because: str = ""
    no_action: bool = False
    step: int | None = None

    @property
    def touched(self) -> Touched:
        """Return the notice, and who answered."""
        return Touched(notices=frozenset({self.notice_id}), by=self.by)


@dataclass(frozen=True, slots=True)
class OfficerAway:
    """An officer is away, or it is known only now who covers, or something came to them since.

    `people` are those whose items are looked at, and `notices` those about nobody in particular:
    they were found before anything was locked, and a replay must look at the same.
    """

    officer: str
    people: tuple[UUID, ...] = ()
    notices: tuple[UUID, ...] = ()

    @property
    def touched(self) -> Touched:
        """Return the officer, and what is looked at."""
        return _touched(self)


@dataclass(frozen=True, slots=True)
class OfficerGone:
    """An officer has left; the rest is as for one who is away."""

    officer: str
    people: tuple[UUID, ...] = ()
    notices: tuple[UUID, ...] = ()

    @property
    def touched(self) -> Touched:
        """Return the officer, and what is looked at."""
        return _touched(self)


@dataclass(frozen=True, slots=True)
class OfficerBack:
    """An officer who was away is there again; the rest is as for one who is away."""

    officer: str
    people: tuple[UUID, ...] = ()
    notices: tuple[UUID, ...] = ()

    @property
    def touched(self) -> Touched:
        """Return the officer, and what is looked at."""
        return _touched(self)


def _touched(act: OfficerAway | OfficerGone | OfficerBack) -> Touched:
    """Return an officer, and what is looked at."""
    return Touched(
        notices=frozenset(act.notices),
        officers=frozenset({act.officer}),
        people=frozenset(act.people),
    )


@dataclass(frozen=True, slots=True)
class CaseLookedAt:
    """An instant came from which somebody else has a person, or others may see their case."""

    person_id: UUID
    at: datetime

    @property
    def touched(self) -> Touched:
        """Return the person, all of whose open items are looked at."""
        return Touched(people=frozenset({self.person_id}))


NoticeAct = NoticeWaited | Answered | OfficerAway | OfficerGone | OfficerBack | CaseLookedAt
