"""A new matter as the police and the courts tell it: arrest, charge, listing, result and warrant.

The models stand here and not in the flow's file because two agencies publish them and later flows
(serious further offence, court liaison) read them; the rules are in `streams.flows.new_offence`.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import AwareDatetime, Field

from streams.domain.case_events import Quantity, RequirementKind
from streams.domain.records import (
    Choice,
    Event,
    LongText,
    Many,
    Offence,
    PersonEvent,
    Record,
    Text,
)


class BailKind(StrEnum):
    """Bail before or after charge."""

    PRE_CHARGE = "pre_charge"
    POST_CHARGE = "post_charge"


class ConditionKind(StrEnum):
    """What a bail condition asks."""

    RESIDENCE = "residence"
    CURFEW = "curfew"
    EXCLUSION = "exclusion"
    NON_CONTACT = "non_contact"
    REPORTING = "reporting"
    SURRENDER_PASSPORT = "surrender_passport"
    OTHER = "other"


class CautionKind(StrEnum):
    """A simple caution, or one with conditions."""

    SIMPLE = "simple"
    CONDITIONAL = "conditional"


class WarrantKind(StrEnum):
    """What a warrant allows."""

    ARREST_BACKED_FOR_BAIL = "arrest_backed_for_bail"
    ARREST_NOT_BACKED = "arrest_not_backed"
    COMMITMENT = "commitment"


class Presence(StrEnum):
    """How a court gave a value: not at all, as null, or set, which mean three things."""

    ABSENT = "absent"
    NULL_GIVEN = "null_given"
    SET = "set"


class Outcome(StrEnum):
    """What a judicial result comes to, in the words on which rules turn."""

    CONVICTED = "convicted"
    ACQUITTED = "acquitted"
    DISCONTINUED = "discontinued"
    ADJOURNED = "adjourned"
    ORDER_MADE = "order_made"
    ORDER_VARIED = "order_varied"
    ORDER_REVOKED = "order_revoked"
    CUSTODY = "custody"
    REMANDED_IN_CUSTODY = "remanded_in_custody"
    REMANDED_ON_BAIL = "remanded_on_bail"
    BAIL_VARIED = "bail_varied"
    WARRANT_ISSUED = "warrant_issued"
    PROTECTIVE_ORDER_MADE = "protective_order_made"
    REQUIREMENT_IMPOSED = "requirement_imposed"
    FINE = "fine"
    OTHER = "other"


class CourtOrderKind(StrEnum):
    """What order a court made."""

    COMMUNITY_ORDER = "community_order"
    SUSPENDED_SENTENCE_ORDER = "suspended_sentence_order"
    CUSTODY = "custody"
    YOUTH_ORDER = "youth_order"
    PROTECTIVE_ORDER = "protective_order"
    OTHER = "other"


class BailCondition(Record):
    """One condition of bail; its text may name a place or a person and is shown to few."""

    kind: Choice[ConditionKind]
    text: LongText


class Arrested(PersonEvent):
    """The police arrested the person; a covert arrest is never to be told to them."""

    arrest_reference: Text
    incident_reference: Text | None = None
    offences: Many[Offence] = ()
    covert: bool = False
    custody_station: Text | None = None


class Bailed(PersonEvent):
    """The police or a court bailed the person, with these conditions."""

    arrest_reference: Text | None = None
    court_case: Text | None = None
    kind: Choice[BailKind]
    conditions: Many[BailCondition] = ()
    until_on: date | None = None
    offences: Many[Offence] = ()


class ReleasedUnderInvestigation(PersonEvent):
    """The police released the person under investigation, without bail."""

    arrest_reference: Text
    offences: Many[Offence] = ()


class Charged(PersonEvent):
    """The person was charged; `court_case` is the case's unique reference number."""

    court_case: Text
    arrest_reference: Text | None = None
    offences: Many[Offence] = ()
    first_hearing_on: date | None = None
    court: Text | None = None


class NoFurtherAction(PersonEvent):
    """The police take no further action on an arrest, an incident or a case."""

    arrest_reference: Text | None = None
    incident_reference: Text | None = None
    court_case: Text | None = None
    reason: Text | None = None


class Cautioned(PersonEvent):
    """The person was cautioned, admitting the offence."""

    kind: Choice[CautionKind]
    arrest_reference: Text | None = None
    offences: Many[Offence] = ()
    conditions: Many[Text] = ()


class Court(Record):
    """A court by its organisation unit code."""

    code: Text
    name: Text | None = None
    lja_code: Text | None = None


class CourtOffence(Record):
    """An offence as a court lists it."""

    offence_id: Text | None = None
    code: Text | None = None
    title: Text
    wording: LongText | None = None
    plea: Text | None = None
    convicted_on: date | None = None
    charged_on: date | None = None


class GivenField(Record):
    """A value that the court may leave out, give as null, or set; kept as it was given."""

    field: Text
    presence: Choice[Presence]
    value: Text | None = None


class Prompt(Record):
    """One detail of a result, as the court's form asked for it."""

    reference: Text
    label: Text
    value: LongText | None = None


class Result(Record):
    """One judicial result and what it comes to."""

    result_id: Text | None = None
    offence_id: Text | None = None
    cjs_code: Text | None = None
    type_id: Text | None = None
    label: Text
    ordered_on: date | None = None
    category: Text | None = None
    level: Text | None = None
    convicts: bool | None = None
    text: LongText | None = None
    outcome: Choice[Outcome]
    prompts: Many[Prompt] = ()


class CourtRequirement(Record):
    """A requirement of an order, as the court imposed it."""

    kind: Choice[RequirementKind]
    label: Text
    days: Quantity | None = None
    hours: Quantity | None = None
    ends_on: date | None = None


class CourtOrder(Record):
    """An order that a court made at this hearing, with its requirements."""

    result_id: Text | None = None
    kind: Choice[CourtOrderKind]
    made_on: date | None = None
    ends_on: date | None = None
    requirements: Many[CourtRequirement] = ()


class CourtApplication(Record):
    """An application at the hearing, for example to vary an order or bail."""

    application_id: Text | None = None
    title: Text | None = None
    status: Text | None = None
    results: Many[Result] = ()


class HearingListed(PersonEvent):
    """A hearing of one defendant in one case, without results yet."""

    MAY_BE_AHEAD: ClassVar[bool] = True

    hearing_id: Text
    court_case: Text
    prosecution_case_id: Text | None = None
    defendant_id: Text | None = None
    court: Court
    jurisdiction: Text
    hearing_type: Text | None = None
    sittings: Many[AwareDatetime] = ()
    offences: Many[CourtOffence] = ()
    applications: Many[CourtApplication] = ()
    given: Many[GivenField] = ()
    source_digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    source_path: Text


class HearingResulted(HearingListed):
    """The same hearing with what the court decided."""

    shared_at: AwareDatetime | None = None
    results: Many[Result] = ()
    orders: Many[CourtOrder] = ()

    @property
    def all_results(self) -> tuple[Result, ...]:
        """Return the results of the offences and of the applications together."""
        return (*self.results, *(r for a in self.applications for r in a.results))


class WarrantIssued(PersonEvent):
    """A court issued a warrant."""

    court_case: Text
    kind: Choice[WarrantKind]
    reason: Text | None = None
    court: Text | None = None
    issued_on: date


OFFENCE_EVENTS: Final[dict[str, type[Event]]] = {
    "police.arrested": Arrested,
    "police.bailed": Bailed,
    "police.released_under_investigation": ReleasedUnderInvestigation,
    "police.charged": Charged,
    "police.no_further_action": NoFurtherAction,
    "police.cautioned": Cautioned,
    "courts.hearing_listed": HearingListed,
    "courts.hearing_resulted": HearingResulted,
    "courts.warrant_issued": WarrantIssued,
}
