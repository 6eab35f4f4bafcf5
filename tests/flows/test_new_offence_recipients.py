"""Who hears of a new matter: officer, enforcement, desks and cover, and what each may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from world_builder import (
    NOW,
    PERSON,
    Said,
    absent,
    an_offence,
    an_officer,
    arrested,
    assigned,
    bailed,
    enforced_by,
    holds,
    restricted,
    resulted,
)

from streams.domain.offence_events import CourtOrderKind

if TYPE_CHECKING:
    from fixtures.ledger import Story

TOLD: Final = "raised: new_offence to OFF01"
UPDATED: Final = "update: new_offence to OFF01"
ORDERED: Final = ["duty order_assigned of DESK02: open", TOLD, "raised: new_order to DESK02"]


def test_a_covert_arrest_is_never_to_be_told(story: Story) -> None:
    """A covert arrest is shown with the warning first, and keeps it when the matter goes on."""
    story.when(arrested(covert=True))
    story.when(bailed())
    notice = story.notices[0]
    assert story.came_out() == [TOLD, UPDATED]
    assert [each.what for each in notice.actions] == [
        "Do not tell this person.",
        "Review the risk in the light of the arrest.",
        "Read the new matter into the risk assessment.",
    ]
    assert [each.value for each in notice.handling_conditions] == ["do_not_tell_person"]


def test_a_crc_is_referred_to_the_sender(story: Story) -> None:
    """What is not for a provider reaches its officer as word of whom to ask, and nothing else."""
    story.when(arrested(handling_conditions=["not_for_provider"]))
    assert story.came_out() == ["raised: contact_originator to OFF01"]
    notice = story.notices[0]
    assert notice.facts == {
        "instead_of": "new_offence",
        "contact": "information-sharing desk, Durham Constabulary",
    }
    assert "Theft" not in repr(story.outbox)


def test_the_enforcement_officer_is_told_as_well(story: Story) -> None:
    """Where an officer of the NPS enforces the order both hear, each with a notice of their own."""
    story.given(enforced_by())
    story.when(arrested())
    assert story.came_out() == ["raised: new_offence to ENF01", TOLD]
    reached = {n.recipient.officer: n.recipient.reached_as for n in story.notices}
    assert reached == {"OFF01": "responsible_officer", "ENF01": "enforcement_officer"}


def test_the_nps_reads_what_the_crc_may_not(story: Story) -> None:
    """Content kept from a provider still reaches the enforcement officer, who is not of one."""
    story.given(an_officer("ENF01", None, provider="nps-north-east"), enforced_by())
    story.when(arrested(handling_conditions=["not_for_provider"]))
    assert story.came_out() == [
        "raised: contact_originator to OFF01",
        "raised: new_offence to ENF01",
    ]


def test_one_officer_in_both_roles_has_one_notice(story: Story) -> None:
    """Who supervises and enforces is told once."""
    story.given(enforced_by(officer="OFF01"))
    story.when(arrested())
    assert story.came_out() == [TOLD]


def with_an_allocation_desk(story: Story) -> None:
    """Let the provider have an allocation desk."""
    story.given(an_officer("DESK02", None, grade="desk"), holds("allocation_desk", "DESK02"))


@pytest.mark.parametrize("kind", CourtOrderKind)
def test_a_new_order_goes_to_the_allocation_desk(story: Story, kind: CourtOrderKind) -> None:
    """Community, suspended sentence and youth orders have to be assigned; others do not."""
    with_an_allocation_desk(story)
    story.when(resulted(PERSON, "order_made", orders=[{"kind": kind.value, "made_on": NOW.date()}]))
    is_new = kind.value in {"community_order", "suspended_sentence_order", "youth_order"}
    assert story.came_out() == (ORDERED if is_new else [TOLD])


def test_the_desk_has_two_working_days(story: Story) -> None:
    """A new order is assigned within two full working days of the news."""
    with_an_allocation_desk(story)
    orders = [{"kind": "community_order", "made_on": NOW.date()}]
    story.when(resulted(PERSON, "order_made", orders=orders))
    assert story.rows("SELECT due_at FROM duty") == [(NOW.replace(day=4, hour=17),)]
    assert story.notice("new_order").facts["orders"] == ["community_order"]


AWAY: Final[dict[str, tuple[tuple[Said, ...], list[str]]]] = {
    "with cover": ((absent("OFF01", "OFF02"),), ["raised: new_offence to OFF02"]),
    "without cover": ((absent("OFF01"),), ["raised: new_offence to MGR01"]),
    "restricted": ((restricted(),), ["raised: new_offence to LEAD01"]),
    "unknown to the directory": (
        (assigned(officer="OFF88", effective_at=NOW),),
        ["raised: new_offence to OFF88"],
    ),
}


@pytest.mark.parametrize("name", AWAY)
def test_somebody_else_is_told_where_the_officer_cannot_be(story: Story, name: str) -> None:
    """Cover, manager or lead takes the officer's place, for every step of the matter."""
    before, expected = AWAY[name]
    story.given(*before)
    story.when(arrested())
    assert story.came_out() == expected


WITHHELD: Final = "withheld: ask the responsible officer"


def test_a_desk_reads_the_kind_of_a_condition_only(story: Story) -> None:
    """Where everybody is away the desk that passes it on reads neither condition nor offence."""
    story.given(absent("OFF01"), absent("MGR01"))
    story.when(bailed(offences=[an_offence("Robbery of a neighbour", "violence")]))
    assert story.came_out() == ["raised: new_offence to DESK01"]
    facts = story.notices[0].facts
    assert facts["conditions"] == [{"kind": "exclusion", "text": WITHHELD}]
    assert "neighbour" not in repr(facts)
    assert "Tanner" not in repr(story.outbox)
