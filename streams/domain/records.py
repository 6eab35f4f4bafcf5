"""What every event carries: who says it, under which power, how sure, and about whom.

The models are written by hand beside their schemas (`schemas/avro/common/`) and a test holds each
equal to its schema. They are frozen and strict: once a record is one of these, its types are
trusted. Lists become tuples and enum symbols become members, since Avro has neither.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from streams.domain.agencies import Gateway
from streams.domain.identifiers import IdentifierKind

CODE_MAX = 64
"""Assumed: ids of other systems, of officers and teams among them, are no longer than this."""
TEXT_MAX = 500
LONG_TEXT_MAX = 8_000
MANY_MAX = 256

Member = TypeVar("Member")

Code = Annotated[str, Field(min_length=1, max_length=CODE_MAX)]
Text = Annotated[str, Field(min_length=1, max_length=TEXT_MAX)]
LongText = Annotated[str, Field(min_length=1, max_length=LONG_TEXT_MAX)]
Choice = Annotated[Member, Field(strict=False)]
Many = Annotated[tuple[Member, ...], Field(strict=False, max_length=MANY_MAX)]


class Record(BaseModel):
    """The base of every event model: frozen, strict, and nothing that the schema does not name."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    def value_of(self, field: str, *, otherwise: Any = None) -> Any:  # noqa: ANN401 - of any type
        """Return a field, or something else where this type has none of that name.

        As `getattr` with a default, which takes a model thirty times as long where there is none.
        """
        return self.__dict__.get(field, otherwise)


class Handling(StrEnum):
    """Government security classification; the caveat is for a need-to-know subset."""

    OFFICIAL = "official"
    OFFICIAL_SENSITIVE = "official_sensitive"


class Nature(StrEnum):
    """How sure the sender is.

    Source: Data Protection Act 2018 s.38.
    """

    FACT = "fact"
    ASSESSMENT = "assessment"
    ALLEGATION = "allegation"


class SubjectCategory(StrEnum):
    """In which capacity the person appears.

    Source: Data Protection Act 2018 s.38(3).
    """

    SUSPECT = "suspect"
    CONVICTED = "convicted"
    VICTIM = "victim"
    WITNESS = "witness"
    CHILD = "child"
    THIRD_PARTY = "third_party"


class HandlingCondition(StrEnum):
    """What the sender asks of everybody who handles the event.

    Source: FLOWS, withheld table.
    """

    DO_NOT_TELL_PERSON = "do_not_tell_person"
    NO_ONWARD_WITHOUT_ORIGINATOR = "no_onward_without_originator"
    UNSAFE_TO_CONTACT = "unsafe_to_contact"
    NOT_FOR_PROVIDER = "not_for_provider"


class AliasKind(StrEnum):
    """Why a person has another name; a protected one is a matching key and never shown.

    Source: Gender Recognition Act 2004 s.22.
    """

    ALIAS = "alias"
    FORMER = "former"
    MAIDEN = "maiden"
    PROTECTED = "protected"


class AddressKind(StrEnum):
    """What an address is to the person."""

    HOME = "home"
    BAIL = "bail"
    RELEASE = "release"
    OTHER = "other"


class OffenceGroup(StrEnum):
    """The coarse groups on which rules may turn; the offence code itself decides nothing."""

    VIOLENCE = "violence"
    DOMESTIC_ABUSE = "domestic_abuse"
    CHILD = "child"
    SEXUAL = "sexual"
    WEAPONS = "weapons"
    ACQUISITIVE = "acquisitive"
    CRIMINAL_DAMAGE = "criminal_damage"
    DRUGS = "drugs"
    PUBLIC_ORDER = "public_order"
    MOTORING = "motoring"
    FRAUD = "fraud"
    OTHER = "other"


class Meta(Record):
    """Who published, when it happened, under which gateway, and with which cautions."""

    event_id: Text
    publisher: Text
    occurred_at: AwareDatetime
    published_at: AwareDatetime
    supersedes: Text | None = None
    retracts: Text | None = None
    gateway: Choice[Gateway]
    handling: Choice[Handling]
    nature: Choice[Nature]
    subject_category: Choice[SubjectCategory | None] = None
    as_at: AwareDatetime | None = None
    source_grading: Text | None = None
    handling_conditions: Many[Choice[HandlingCondition]] = ()


class PersonIdentifier(Record):
    """An identifier exactly as the agency gave it; what it means is for `identifiers.parse`."""

    kind: Choice[IdentifierKind]
    value: Annotated[str, Field(max_length=TEXT_MAX)]


class PersonName(Record):
    """A name as given; any part may be unknown."""

    given_name: Text | None = None
    middle_names: Text | None = None
    family_name: Text | None = None


class Alias(Record):
    """Another name of the person, and why there is one."""

    kind: Choice[AliasKind]
    given_name: Text | None = None
    family_name: Text | None = None


class Address(Record):
    """An address as given; no fixed address is an answer, not a gap."""

    kind: Choice[AddressKind]
    lines: Many[Text] = ()
    postcode: Text | None = None
    no_fixed_address: bool = False


class PersonReference(Record):
    """All that the agency said about who this is."""

    identifiers: Many[PersonIdentifier] = ()
    name: PersonName | None = None
    aliases: Many[Alias] = ()
    born_on: date | None = None
    addresses: Many[Address] = ()


class Offence(Record):
    """An alleged or proven offence: its title is shown, its groups are what rules turn on."""

    code: Text | None = None
    title: Text
    groups: Many[Choice[OffenceGroup]] = ()


class Event(Record):
    """Any event: it has a `meta`.

    `MAY_BE_AHEAD` is set on announcements: their time lies in the future and is no slip for it.
    """

    MAY_BE_AHEAD: ClassVar[bool] = False

    meta: Meta


class PersonEvent(Event):
    """An event about one person."""

    person: PersonReference
