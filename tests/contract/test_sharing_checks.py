"""What court officers, the hub's officer, whoever asked and desks never read of a check."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Final

import pytest
from fixtures.ledger import told_and_forgotten
from flows.time_passing import time_passes
from msgspec.structs import replace
from rich.console import Console
from world_builder import (
    NOW,
    PERSON,
    Said,
    absent,
    an_officer,
    arrested,
    bailed,
    callout,
    holds,
    listed,
    on_register,
    restricted,
)
from world_checks import (
    COURT,
    HEARING,
    HUB,
    SERVICE,
    asked,
    newly_allocated,
    newly_assigned,
    replied,
)

from streams.cli.notices import as_document, card
from streams.domain.sharing import REACHED_AS
from streams.ledger.load import NOTICES

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice
    from streams.ledger.connection import Session

CHANNELS: Final = ("document", "outbox", "json", "card")
WHOLE: Final = ("document", "outbox")
"""Channels that carry every fact."""
NOBODY: Final[frozenset[str]] = frozenset()
OFFICERS: Final = frozenset({"responsible_officer", "cover", "manager"})
OF_A_CHECK: Final = frozenset(REACHED_AS) - {"enforcement_officer", "court_duty_officer"}
"""Who hears of a check that was asked; the court duty officer hears of one that was not."""
WITHHELD: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "the ages of children": ("from_5_to_10", OFFICERS | {"restricted_access_lead"}),
    "what children's services answered": (
        "child_in_need",
        OFFICERS | {"named_officer", "duty_desk", "restricted_access_lead", "allocation_desk"},
    ),
    "which call-outs there were": ("DA-7", OFFICERS | {"duty_desk", "restricted_access_lead"}),
    "the offence": ("Assault with a fieldfare", NOBODY),
    "a victim's address, in a condition": ("Canarywharf Lane", NOBODY),
    "what the police wrote": ("Neighbour Linnetworth rang", NOBODY),
    "a register": ("ADVP", NOBODY),
    "the person's given name": ("Siskin", NOBODY),
    "the person's family name": ("Goldcrest", NOBODY),
    "a protected former name": ("Nightjarson", NOBODY),
    "where the person lives": ("Finchfield Terrace", NOBODY),
    "a birth date": ("1987-03-29", NOBODY),
    "how the source is graded": ("graded-B-2-whinchat", NOBODY),
}
"""What, the words that were planted, and who alone may read them (FLOWS, always withheld)."""
WAYS: Final[dict[str, tuple[Said, ...]]] = {
    "responsible_officer": (),
    "cover": (absent("OFF02", "OFF01"),),
    "manager": (absent("OFF02"),),
    "allocation_desk": (
        an_officer("DESK02", None, grade="desk"),
        holds("allocation_desk", "DESK02"),
        newly_allocated(team="SEA", effective_at=NOW - timedelta(hours=1)),
    ),
    "duty_desk": (absent("OFF02"), absent("MGR01")),
    "restricted_access_lead": (restricted(),),
    "court_duty_officer": (),
    "mash_probation_officer": (),
    "named_officer": (),
}
"""What must hold for somebody to be reached in each way."""


def planted(way: str) -> tuple[Said, ...]:
    """Return a check with its answer and all that the officer reads beside it."""
    who = {
        "identifiers": [{"kind": "crn", "value": PERSON.crn}, {"kind": "pnc", "value": PERSON.pnc}],
        "name": {"given_name": "Siskin", "family_name": "Goldcrest"},
        "aliases": [
            {"kind": "protected", "given_name": None, "family_name": "Nightjarson"},
            {"kind": "alias", **PERSON.reference()["name"]},
        ],
        "born_on": date(1987, 3, 29),
        "addresses": [{"kind": "home", "lines": ["Finchfield Terrace"], "postcode": "ZZ99 3CZ"}],
    }
    children = {"children_count": 1, "children_age_bands": ["from_5_to_10"]}
    assigned = () if way == "allocation_desk" else (newly_assigned(),)
    said = (
        asked(),
        *assigned,
        replied("child_in_need", **children),
        asked(check_reference="CHK-8"),
    )
    return tuple(each.but(person=who, source_grading="graded-B-2-whinchat") for each in said)


@pytest.fixture(scope="module")
def read(county_ledger: Session) -> dict[str, dict[str, str]]:
    """Give what is read, by way and channel, of the events in which everything was planted."""
    return {way: _read(county_ledger, way) for way in WAYS}


def _read(session: Session, way: str) -> dict[str, str]:
    """Tell one story, to the silence at its end, and return what one way of it reads."""
    offences = [{"title": "Assault with a fieldfare", "groups": ["violence"]}]
    conditions = [{"kind": "exclusion", "text": "Not to enter Canarywharf Lane."}]
    with told_and_forgotten(session) as story:
        story.given(*SERVICE, on_register("ADVP"))
        story.given(
            callout(reference="DA-7", role="unclear", summary="Neighbour Linnetworth rang."),
            arrested(offences=offences),
            bailed(offences=offences, conditions=conditions),
        )
        story.given(listed(court_case="C-7"), *WAYS[way])
        begun = {notice.id for notice in story.notices}
        story.when(*planted(way))
        time_passes(story, until=HEARING + timedelta(hours=1))
        told = [n for n in story.notices if n.id not in begun or "check" in n.type]
        return channels(story, [n for n in told if n.recipient.reached_as == way])


def channels(story: Story, told: list[Notice]) -> dict[str, str]:
    """Return what notices say, by channel, but for those of other flows."""
    mine = [each for each in told if each.rule in {"safeguarding_check", "case_allocation"}]
    ids = {str(each.id) for each in mine}
    sent = [each for each in story.outbox if each["notice"]["notice_id"] in ids]
    cards = Console(file=StringIO(), width=200, record=True)
    for notice in mine:
        cards.print(card(notice))
    kept = [NOTICES.dump_json(replace(each, matter="", whole=None)).decode() for each in mine]
    return {
        "document": "\n".join(kept),
        "outbox": json.dumps(sent, default=str),
        "json": "\n".join(json.dumps(as_document(each), default=str) for each in mine),
        "card": cards.export_text(),
    }


def test_every_way_of_being_reached_is_read() -> None:
    """The table has every rung to which a notice of these flows can go."""
    assert set(WAYS) == set(REACHED_AS) - {"enforcement_officer"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", WITHHELD)
@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_withheld_is_not_read(
    read: dict[str, dict[str, str]], way: str, what: str, channel: str
) -> None:
    """Who is named reads it, on the channels that carry all; nobody else does, on any."""
    words, seen_by = WITHHELD[what]
    shown = read[way][channel]
    assert shown
    if way not in seen_by:
        assert words not in shown
    elif channel in WHOLE:
        assert words in shown


@pytest.mark.parametrize(
    ("way", "officer"), [("mash_probation_officer", HUB), ("named_officer", COURT)]
)
def test_silence_is_said_with_what_was_asked(
    read: dict[str, dict[str, str]], way: str, officer: str
) -> None:
    """Whoever asked and the hub's officer read which check is missing, and who they are."""
    assert "CHK-8" in read[way]["json"]
    assert officer in read[way]["json"]
