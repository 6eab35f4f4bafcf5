"""What the model of the world hears and answers: plain values, and the register it reads.

The model is an independent and simple telling of FLOWS.md: who should have been told of what. It
imports neither streams nor connectors (a test holds it), so a mistake there is not repeated here.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

Source = tuple[str, str]
"""An event by its publisher and the publisher's id for it."""
ROUTED: Final = "routed"
RECORDED: Final = "recorded"
HELD: Final = "held"
ONE_OF: Final = " or "
"""Between the officers of whom one must be told."""
QUARANTINED: Final = "quarantined"
REPEATED: Final = "repeated"
RAISED: Final = "raised"
UPDATED: Final = "update"
WITHDRAWN: Final = "withdraw"
HANDED_OVER: Final = "hand_over"
NOT_FOR_PROVIDER: Final = "not_for_provider"
CLOCKS_DIFFER: Final = timedelta(minutes=5)
LONG_AGO: Final = timedelta(days=5 * 365)
"""An agency's time further ahead, or further back, is not believed; the broker's is."""
WHERE_FOUND: Final = frozenset({"source_digest", "source_path"})
"""Where a connector found an event; the same event found elsewhere is the same."""
DO_NOT_TELL: Final = "do_not_tell_person"


@dataclass(frozen=True, slots=True)
class Heard:
    """One record of an agency's feed; `record` is None where its bytes are no event.

    `broker_at` is when Kafka had it, `raised_at` when a worker took it up. `place` is where it
    stands in its feed, and `ended` how it was found to end, where that is known.
    """

    agency: str
    type: str
    record: dict[str, Any] | None
    broker_at: datetime
    raised_at: datetime
    place: str = ""
    ended: str | None = None

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a field of any event
        """Return a field, or None where this type has none of that name."""
        return (self.record or {}).get(name)

    @property
    def meta(self) -> dict[str, Any]:
        """Return the part that every event has."""
        return self["meta"] or {}

    @property
    def key(self) -> Source:
        """Return what makes the event one event."""
        return (self.meta.get("publisher", self.agency), self.meta.get("event_id", self.place))

    @property
    def content(self) -> dict[str, Any]:
        """Return what the event says, however often and from wherever it was sent."""
        record = self.record or {}
        said = {name: value for name, value in record.items() if name not in WHERE_FOUND}
        return {"type": self.type, **said, "meta": {**self.meta, "published_at": None}}

    @property
    def happened_at(self) -> datetime:
        """Return when it happened: the agency's time where that can be true."""
        occurred = self.meta["occurred_at"]
        is_early = occurred < self.broker_at - LONG_AGO
        return self.broker_at if is_early or occurred > self.broker_at + CLOCKS_DIFFER else occurred

    @property
    def conditions(self) -> frozenset[str]:
        """Return how it must be handled; what is covert is never told to the person."""
        covert = {DO_NOT_TELL} if self["covert"] else set()
        return frozenset({*self.meta.get("handling_conditions", ()), *covert})


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in the words of practice: so many working days, or hours; none is the same day.

    It counts from now, or back from `before`, or on from `after`.
    """

    days: int = 0
    hours: float | None = None
    at: datetime | None = None
    before: date | None = None
    after: date | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """What a rule says: tell `to` of a matter; `owes` are the duties that come with it."""

    notice: str
    to: str
    urgency: str
    matter: str
    owes: tuple[tuple[str, Due], ...] = ()
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """What a rule expects: a duty that belongs to whoever asked, else to who is reached as `of`."""

    duty: str
    matter: str
    due: Due
    officer: str | None = None
    of: str = "responsible_officer"


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What a rule takes back: a notice of a kind about a matter, whoever has it."""

    notice: str
    matter: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rule remembers of an event beside what it says."""

    kind: str
    matter: str


@dataclass(frozen=True, slots=True)
class Close:
    """What a rule ends: the open duties of a kind about a matter."""

    duty: str
    matter: str


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """Somebody was told: how a notice moved, of which type and matter, to whom, how urgently."""

    how: str
    notice: str
    matter: str
    to: str
    urgency: str
    is_warned: bool = False

    def __str__(self) -> str:
        """Say it in words."""
        warned = ", not to be told to the person" if self.is_warned else ""
        return f"{self.how} {self.notice} about {self.matter} to {self.to} ({self.urgency}{warned})"


@dataclass(frozen=True, slots=True, order=True)
class Owed:
    """Somebody has to do something by an instant, or had to."""

    duty: str
    matter: str
    owner: str
    due_at: datetime
    state: str = "open"

    def __str__(self) -> str:
        """Say it in words."""
        due = f"{self.due_at:%F %H:%MZ}"
        return f"{self.state} duty {self.duty} about {self.matter} of {self.owner} by {due}"


@dataclass(frozen=True, slots=True)
class Ending:
    """Where one record must end, about whom, who must be told, and which duties it opens.

    Whom it is about and how a duty stands may change with what is heard later. `perhaps` is told
    only where its recipient may read something else than before.
    """

    outcome: str
    about: Any = None
    told: tuple[Told, ...] = ()
    duties: tuple[Any, ...] = ()
    perhaps: tuple[Told, ...] = ()

    @property
    def owed(self) -> tuple[Owed, ...]:
        """Return who has to do what, as it now stands."""
        return tuple(duty.owed for duty in self.duties)


@dataclass(frozen=True, slots=True)
class Register:
    """Who may publish what, as `agencies.toml` has it."""

    agencies: dict[str, dict[str, Any]]
    contracted: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def read(cls, file: Path) -> Register:
        """Read the register's file."""
        told = tomllib.loads(file.read_text("utf-8"))
        crcs = (name for name, each in told["providers"].items() if each["contracted"])
        return cls(told["agencies"], frozenset(crcs))

    def may_say(self, heard: Heard) -> bool:
        """Answer whether an agency may publish this on its feed, under this gateway."""
        agency = self.agencies[heard.agency]
        is_own = heard.meta.get("publisher") == heard.agency
        granted = heard.type in agency["event_types"]
        return is_own and granted and heard.meta["gateway"] in agency["gateways"]
