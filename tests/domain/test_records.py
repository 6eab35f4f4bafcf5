"""What every event carries is bounded, typed and nothing more."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError
from world_builder import NOW, PERSON, Said, allocated, callout
from world_run import REGISTER
from world_said import MODELS

from streams.domain.agencies import AgencyKind, Gateway
from streams.domain.callout_events import DomesticAbuseCallout
from streams.domain.errors import OURS, Refusal, RefusalCode
from streams.domain.identifiers import IdentifierKind
from streams.domain.log import Place, RawRecord
from streams.domain.records import (
    CODE_MAX,
    LONG_TEXT_MAX,
    MANY_MAX,
    TEXT_MAX,
    AddressKind,
    AliasKind,
    Handling,
    HandlingCondition,
    Nature,
    OffenceGroup,
    PersonEvent,
    SubjectCategory,
)


def refused(said: Said, *loc: str | int) -> bool:
    """Answer whether a record is refused for the field at this place."""
    try:
        MODELS[said.type].model_validate(said.record)
    except ValidationError as error:
        return any(fault["loc"][: len(loc)] == loc for fault in error.errors())
    return False


@pytest.mark.parametrize(
    ("field", "limit"),
    [("callout_reference", TEXT_MAX), ("summary", LONG_TEXT_MAX)],
)
def test_text_has_a_limit(field: str, limit: int) -> None:
    """Text of the limit is taken; longer text and none are refused; a NUL the codec refuses."""
    assert getattr(callout().but(**{field: "x" * limit}).model(), field) == "x" * limit
    for bad in ("x" * (limit + 1), ""):
        assert refused(callout().but(**{field: bad}), field), repr(bad[:4])


def test_an_id_of_another_system_has_a_limit() -> None:
    """Ids go into the case document, so they are short."""
    assert allocated(provider="x" * CODE_MAX).model().provider == "x" * CODE_MAX
    assert refused(allocated(provider="x" * (CODE_MAX + 1)), "provider")


def test_text_may_hold_lines_and_any_letter() -> None:
    """What people write keeps its lines and accents."""
    words = 'Zoë said:\n\t"no" \u202e 中\n'
    assert callout(summary=words).model().summary == words


def test_a_list_has_a_limit() -> None:
    """More entries than any real event has are refused."""
    bands = ["under_5"] * MANY_MAX
    assert len(callout(children_age_bands=bands).model().children_age_bands) == MANY_MAX
    assert refused(callout(children_age_bands=[*bands, "unborn"]), "children_age_bands")


@pytest.mark.parametrize("count", [-1, 31])
def test_a_count_has_limits(count: int) -> None:
    """A number that can only be a slip is refused."""
    assert refused(callout(children_count=count), "children_count")


def test_a_naive_instant_is_refused() -> None:
    """An instant without a time zone could be any of two dozen."""
    meta = callout().model().meta.model_dump() | {"occurred_at": datetime(2026, 3, 2)}  # noqa: DTZ001 - what is tested
    with pytest.raises(ValidationError, match="timezone"):
        DomesticAbuseCallout.model_validate(callout().record | {"meta": meta})


def test_a_field_that_the_schema_lacks_is_refused() -> None:
    """A model holds what its schema names and nothing else."""
    with pytest.raises(ValidationError, match="Extra inputs"):
        DomesticAbuseCallout.model_validate(callout().record | {"other_party": "somebody"})


@pytest.mark.parametrize("value", [1, "yes", None])
def test_a_type_is_never_guessed(value: object) -> None:
    """A number or a word is no answer to yes or no."""
    with pytest.raises(ValidationError):
        DomesticAbuseCallout.model_validate(callout().record | {"arrest_made": value})


def test_an_event_cannot_be_changed() -> None:
    """Once parsed, an event stays as it came."""
    event = callout().model()
    with pytest.raises(ValidationError, match="frozen"):
        event.role = "victim"


META_VALUES: list[tuple[str, Any]] = [
    *(("gateway", each) for each in Gateway),
    *(("handling", each) for each in Handling),
    *(("nature", each) for each in Nature),
    *(("subject_category", each) for each in SubjectCategory),
]


@pytest.mark.parametrize(("field", "value"), META_VALUES)
def test_every_value_of_meta_is_read(field: str, value: Any) -> None:  # noqa: ANN401 - any enum
    """Each symbol of each closed list becomes its member."""
    assert getattr(callout().but(**{field: value.value}).model().meta, field) is value


@pytest.mark.parametrize("condition", HandlingCondition)
def test_every_handling_condition_is_read(condition: HandlingCondition) -> None:
    """Each caution of a sender becomes its member."""
    said = callout(handling_conditions=[condition.value])
    assert said.model().meta.handling_conditions == (condition,)


@pytest.mark.parametrize("group", OffenceGroup)
def test_every_offence_group_is_read(group: OffenceGroup) -> None:
    """Each coarse group of offences becomes its member."""
    offence = {"title": "An offence", "groups": [group.value]}
    charged = MODELS["police.charged"]
    record = {"court_case": "1", "offences": [offence], "meta": callout().record["meta"]}
    event: Any = charged.model_validate(record | {"person": PERSON.reference("pnc")})
    assert event.offences[0].groups == (group,)


@pytest.mark.parametrize("kind", IdentifierKind)
@pytest.mark.parametrize("alias", AliasKind)
@pytest.mark.parametrize("address", AddressKind)
def test_every_kind_of_a_reference_is_read(
    kind: IdentifierKind, alias: AliasKind, address: AddressKind
) -> None:
    """Each kind of identifier, alias and address becomes its member."""
    person = {
        "identifiers": [{"kind": kind.value, "value": ""}],
        "aliases": [{"kind": alias.value}],
        "addresses": [{"kind": address.value}],
    }
    read = callout().but(person=person).model().person
    assert read.identifiers[0].kind is kind
    assert read.aliases[0].kind is alias
    assert read.addresses[0].kind is address


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.__name__)
def test_every_model_is_of_a_person_or_of_the_directory(model: type[BaseModel]) -> None:
    """An event names exactly one person, or none because it is about staff."""
    assert issubclass(model, PersonEvent) is ("person" in model.model_fields)


def test_a_header_is_text_or_nothing() -> None:
    """Bytes that are no text become readable, and a header that is not there is None."""
    raw = RawRecord(1, None, b"", (("ce_type", b"a"), ("ce_type", b"b"), ("odd", b"\xff")), NOW)
    assert (raw.header("ce_type"), raw.header("odd"), raw.header("no")) == ("a", "\ufffd", None)


def test_a_place_is_named_as_operators_write_it() -> None:
    """A partition shows its topic and number."""
    assert str(Place("feed.hmcts", UUID(int=1), 3)) == "feed.hmcts[3]"


@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_has_one_owner(code: RefusalCode) -> None:
    """A refusal is ours or the agency's."""
    assert Refusal(code, "words").is_ours is (code in OURS)


@pytest.mark.parametrize("agency", REGISTER.agencies.values(), ids=lambda agency: agency.id)
def test_an_agency_publishes_what_it_was_granted(agency: Any) -> None:  # noqa: ANN401 - an agency
    """The register finds an agency by its feed, and grants it types that exist."""
    assert REGISTER.of_feed(agency.feed) is agency
    assert agency.kind in AgencyKind
    assert all(agency.may_publish(each) and each in MODELS for each in agency.event_types)
    assert not agency.may_publish("case.invented")


def test_a_feed_that_nobody_registered_belongs_to_nobody() -> None:
    """An unknown topic has no agency."""
    assert REGISTER.of_feed("feed.nobody") is None
