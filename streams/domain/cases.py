"""A person's case: what supervision looks like now, folded from the events of case management.

The case is one small immutable document. It is opaque to the database (what is queried has tables
of its own) and bounded, because a case of 8 KB costs ten times as much to load and save as one of
1 KB; `streams.domain.folding` applies events to it and cuts it. Supervision is recorded, never
computed: nothing here reads a risk level to decide who has the person.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from streams.domain.case_events import OrderKind, Register, RequirementKind, Rosh, SupervisionRole
from streams.domain.documents import Document


@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who has the person from `from_at` on; `officer` is None between allocation and assignment."""

    from_at: datetime
    seq: int
    provider: str
    role: SupervisionRole = SupervisionRole.RESPONSIBLE_OFFICER
    team: str | None = None
    officer: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order or licence; one whose end was heard of first has no kind yet."""

    order_id: str
    kind: OrderKind | None = None
    made_on: date | None = None
    ends_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement or condition that binds, or bound, the person."""

    requirement_id: str
    kind: RequirementKind | None = None
    order_id: str | None = None
    ends_on: date | None = None
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Restriction:
    """Who may see a case from `from_at` on: `only` if it is restricted, never those excluded."""

    from_at: datetime
    seq: int
    restricted: bool
    only: tuple[str, ...] = ()
    excluded_officers: tuple[str, ...] = ()
    excluded_teams: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Answer whether everybody may see the case."""
        return not (self.restricted or self.excluded_officers or self.excluded_teams)


UNRESTRICTED: Final = Restriction(datetime.min.replace(tzinfo=UTC), 0, restricted=False)


@dataclass(frozen=True, slots=True)
class Case:
    """The supervision of one person, as far as the events applied to it tell.

    `left_out` counts the entries that were cut to keep the document small; `lost_an_open_order`
    says that an order which still bound was among them.
    """

    person_id: UUID
    crn: str | None = None
    responsibilities: tuple[Responsibility, ...] = ()
    orders: tuple[Order, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    registers: tuple[Register, ...] = ()
    rosh: Rosh | None = None
    tier: str | None = None
    tier_scheme: str | None = None
    restrictions: tuple[Restriction, ...] = ()
    left_out: int = 0
    lost_an_open_order: bool = False

    def responsible(
        self,
        at: datetime,
        role: SupervisionRole = SupervisionRole.RESPONSIBLE_OFFICER,
    ) -> Responsibility | None:
        """Return who has the person in `role` at an instant, or None where nobody was recorded."""
        newest = None
        for held in self.responsibilities:
            is_later = newest is None or (held.from_at, held.seq) > (newest.from_at, newest.seq)
            if held.role is role and held.from_at <= at and is_later:
                newest = held
        return newest

    def ended_on(self, at: datetime) -> date | None:
        """Return the day on which supervision ended, or None while the person is supervised.

        A case without a known order is supervised as long as it is allocated: we are never told of
        every order. An allocation after the last end opens it again.
        """
        ends = [order.ended_on for order in self.orders]
        known = [end for end in ends if end is not None]
        if not known or len(known) < len(ends) or self.lost_an_open_order:
            return None
        holder, last = self.responsible(at), max(known)
        reopened = holder is not None and holder.from_at.date() > last
        return None if reopened or last >= at.date() else last

    def restriction_at(self, at: datetime) -> Restriction:
        """Return who may see the case at an instant.

        A first restriction binds as soon as we hear of it, though it names a later instant: whom it
        keeps out must not be told in the meantime. Lifting one takes effect at its instant.
        """
        if not self.restrictions:
            return UNRESTRICTED
        known = sorted(self.restrictions, key=lambda r: (r.from_at, r.seq))
        begun = [each for each in known if each.from_at <= at]
        return (begun[-1:] or known[:1])[0]

    def has_register(self, *registers: Register) -> bool:
        """Answer whether the person is on any of these registers."""
        return any(register in self.registers for register in registers)

    def orders_in_force(self, on: date) -> tuple[Order, ...]:
        """Return the orders and licences that bind the person on a day."""
        return tuple(
            order
            for order in self.orders
            if order.kind is not None
            and order.ended_on is None
            and (order.ends_on is None or order.ends_on >= on)
        )


CASES: TypeAdapter[Case] = TypeAdapter(Case)
DOCUMENTS: Final = Document(Case)


def to_bytes(case: Case) -> bytes:
    """Encode a case for the ledger; the person's id is the row's key and is kept with it."""
    return CASES.dump_json(case, exclude_defaults=True)


def from_bytes(document: bytes) -> Case:
    """Decode a case that `to_bytes` encoded."""
    return DOCUMENTS.validate_json(document)
