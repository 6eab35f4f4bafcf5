"""What a recipient is shown of a notice; decided again for whoever has it next.

The whole is what a flow said. From it each reader gets what the table of `streams.domain.sharing`
and the sender's handling conditions leave them, so that passing a notice on neither shows too much
nor loses what the next reader is entitled to.
"""

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streams.domain.calendar import WorkingCalendar
from streams.domain.duties import WorkingDays, due_at
from streams.domain.instructions import Addressee
from streams.domain.ladders import READ_BY, SERVICE_ROLES
from streams.domain.notices import Action, Notice, Urgency, Whole
from streams.domain.records import HandlingCondition
from streams.domain.sharing import is_for_provider, withhold

STAND_IN_FOR: Final = frozenset({Addressee.NAMED_OFFICER, *SERVICE_ROLES})
"""Addressees whose cover or manager reads no more than they do."""
DO_NOT_TELL: Final = "Do not tell this person."
ASK_ORIGINATOR: Final = "Ask the sender what this is about: its content may not be passed to you."
NOT_FOR_YOU: Final = "the sender allows its content to go no further than the public service"
CONTACT_ORIGINATOR: Final = "contact_originator"
"""The type of notice that says whom to ask, and nothing of what happened."""


class Reader(Struct, frozen=True):
    """Who is to read: as what they were reached, for whom, and whether of a contracted provider.

    `contact` is whom they ask where they may not read it, and `at` when they are told.
    """

    reached_as: str
    addressee: Addressee
    is_contracted: bool
    contact: str
    at: datetime
    calendar: WorkingCalendar


def shown(
    whole: Whole, reader: Reader, urgency: Urgency, conditions: tuple[HandlingCondition, ...]
) -> Whole:
    """Return what this reader may be told, less what they must not read.

    Where the sender keeps the content from a provider, neither facts nor reason nor tasks go to it:
    each of them would say what happened.
    """
    if is_for_provider(conditions, contracted=reader.is_contracted):
        also = (reader.addressee.value,) if reader.addressee in STAND_IN_FOR else ()
        return replace(whole, facts=withhold(whole.facts, reader.reached_as, *also))
    ask_by = due_at(READ_BY[urgency] or WorkingDays(1), reader.at, reader.calendar)
    warned = HandlingCondition.DO_NOT_TELL_PERSON in conditions
    first = (Action(DO_NOT_TELL),) if warned else ()
    return Whole(
        type=CONTACT_ORIGINATOR,
        facts={"instead_of": whole.type, "contact": reader.contact},
        why=NOT_FOR_YOU,
        actions=(*first, Action(ASK_ORIGINATOR, ask_by)),
    )


def whole_of(notice: Notice) -> Whole:
    """Return all that a notice says, whoever has it now.

    A notice from before reasons were kept apart has its reason after who was told as what.
    """
    why = notice.why or notice.why_you.partition(": ")[2].removesuffix(".")
    return notice.whole or Whole(notice.type, notice.facts, why, notice.actions)


def real_type(notice: Notice) -> str:
    """Return of which type a notice is, though it may be shown as another."""
    return notice.whole.type if notice.whole is not None else notice.type


def told_as(notice: Notice) -> tuple[str, ...]:
    """Return in what two notices agree that tell one reader, in one role, of one matter alike."""
    to = notice.recipient
    types = notice.type, real_type(notice)
    return *types, notice.matter, notice.addressee, to.officer, to.provider


def told_anew(notice: Notice, reader: Reader) -> Notice:
    """Return a notice as its new reader may see it; what is withheld from them is kept aside."""
    whole = whole_of(notice)
    seen = shown(whole, reader, notice.urgency, notice.handling_conditions)
    return replace(
        notice,
        type=seen.type,
        facts=seen.facts,
        why=seen.why,
        actions=seen.actions,
        whole=None if seen == whole else whole,
    )
