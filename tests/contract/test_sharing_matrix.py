"""What is always withheld: every row, for every way of being reached, on every channel."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

import pytest
from fixtures.ledger import told_and_forgotten
from msgspec.structs import replace
from rich.console import Console
from world_builder import (
    NOW,
    NPS,
    PERSON,
    Said,
    absent,
    allocated,
    an_offence,
    an_officer,
    arrested,
    bailed,
    callout,
    enforced_by,
    holds,
    on_register,
    restricted,
    resulted,
)

from streams.cli.notices import as_document, card
from streams.domain.sharing import OFFICERS, REACHED_AS
from streams.ledger.load import NOTICES
from streams.ledger.queries_notices import as_read

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice
    from streams.ledger.connection import Session

CHANNELS: Final = ("document", "outbox", "json", "card")
WHOLE: Final = ("document", "outbox")
"""Channels that carry every fact; a command leaves out what an agency wrote freely."""
OF_CALLOUTS: Final = ("the ages of children", "registers of domestic abuse")
"""What only notices of call-outs have, which an enforcement officer has none of."""
NOBODY: Final[frozenset[str]] = frozenset()
WITH_LEAD: Final = OFFICERS | {"restricted_access_lead"}
WITHHELD: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "a victim's address, in a condition": ("Canarywharf Lane", OFFICERS),
    "where the person lives": ("Finchfield Terrace", NOBODY),
    "a postcode": ("ZZ99 3CZ", NOBODY),
    "a birth date": ("1987-03-29", NOBODY),
    "a given name": ("Siskin", NOBODY),
    "a family name": ("Goldcrest", NOBODY),
    "an alias": ("Wagtail", NOBODY),
    "a protected former name": ("Nightjarson", NOBODY),
    "a PNC id": (PERSON.pnc, NOBODY),
    "the ages of children": ("from_5_to_10", WITH_LEAD),
    "who told the police": ("Neighbour Linnetworth rang", NOBODY),
    "a child's name": ("little Wrenna", NOBODY),
    "registers of domestic abuse": ("ADVP", WITH_LEAD),
    "other registers, ViSOR among them": ("AVIS", NOBODY),
    "offence detail": ("Assault with a fieldfare", WITH_LEAD),
    "a court's free text": ("Dunnock statement", NOBODY),
    "what a prompt says": ("Bullfinch clinic", NOBODY),
    "treatment under a requirement": ("Redpoll methadone", NOBODY),
    "how the source is graded": ("graded-B-2-whinchat", NOBODY),
    "a custody station": ("Twitehall station", NOBODY),
}
"""What, the words that were planted, and who alone may read them (FLOWS, always withheld)."""
WAYS: Final[dict[str, tuple[Said, ...]]] = {
    "responsible_officer": (),
    "cover": (absent("OFF01", "OFF02"),),
    "manager": (absent("OFF01"),),
    "enforcement_officer": (enforced_by(),),
    "allocation_desk": (
        an_officer("DESK02", None, grade="desk", provider=NPS),
        holds("allocation_desk", "DESK02", NPS),
        allocated(provider=NPS, team=None, effective_at=NOW - timedelta(days=1)),
    ),
    "duty_desk": (absent("OFF01"), absent("MGR01")),
    "restricted_access_lead": (restricted(),),
}
"""What must hold for somebody to be reached in each way."""
OF_OTHER_FLOWS: Final = {"court_duty_officer", "mash_probation_officer", "named_officer"}
"""Ways in which no call-out or new offence reaches anybody."""


def planted(**meta: object) -> tuple[Said, ...]:
    """Return one event of each shape, full of what may not be read."""
    who = {
        "identifiers": [{"kind": "pnc", "value": PERSON.pnc}],
        "name": {"given_name": "Siskin", "family_name": "Goldcrest"},
        "aliases": [
            {"kind": "alias", "given_name": None, "family_name": "Wagtail"},
            {"kind": "protected", "given_name": None, "family_name": "Nightjarson"},
            {"kind": "alias", **PERSON.reference()["name"]},
        ],
        "born_on": date(1987, 3, 29),
        "addresses": [{"kind": "home", "lines": ["Finchfield Terrace"], "postcode": "ZZ99 3CZ"}],
    }
    offences = [an_offence("Assault with a fieldfare", "violence")]
    children = {"children_present": True, "children_age_bands": ["from_5_to_10"]}
    summary = "Neighbour Linnetworth rang; little Wrenna was there."
    condition = {"kind": "exclusion", "text": "Not to enter Canarywharf Lane."}
    result = {
        "label": "Order",
        "outcome": "order_made",
        "text": "Dunnock statement",
        "prompts": [{"reference": "p", "label": "Clinic", "value": "Bullfinch clinic"}],
    }
    requirement = {"kind": "drug_rehabilitation", "label": "Redpoll methadone"}
    order = {"kind": "community_order", "made_on": None, "requirements": [requirement]}
    court = {"title": "Assault with a fieldfare", "wording": "Dunnock statement"}
    said = (
        callout(**children, summary=summary),
        callout(reference="DA-2", role="victim", **children, summary=summary),
        callout(reference="DA-3", role="both", **children, summary=summary),
        arrested(offences=offences, custody_station="Twitehall station"),
        bailed(offences=offences, conditions=[condition], arrest_reference="AR-2"),
        resulted(PERSON, offences=[court], results=[result], orders=[order]),
    )
    return tuple(
        each.but(person=who, source_grading="graded-B-2-whinchat", **meta) for each in said
    )


def channels(story: Story, way: str) -> dict[str, str]:
    """Return all that somebody who was reached in this way can read, by channel."""
    notices = [each for each in story.notices if each.recipient.reached_as == way]
    sent = [each for each in story.outbox if each["notice"]["recipient"]["reached_as"] == way]
    cards = Console(file=StringIO(), width=200, record=True)
    for notice in notices:
        cards.print(card(notice))
    return {
        "document": "\n".join(as_kept(notice) for notice in notices),
        "outbox": json.dumps(sent, default=str, indent=1),
        "json": "\n".join(json.dumps(as_document(notice), default=str) for notice in notices),
        "card": cards.export_text(),
    }


def as_kept(notice: Notice) -> str:
    """Return a notice as readers have it, but for its matter, a key which no channel carries."""
    return NOTICES.dump_json(replace(as_read(NOTICES.dump_json(notice)), matter="")).decode()


@pytest.fixture(scope="module")
def read(county_ledger: Session) -> dict[str, dict[str, str]]:
    """Give what is read, by way and channel, of the events in which everything was planted."""
    return {way: _read(county_ledger, way) for way in WAYS}


def _read(session: Session, way: str, **meta: object) -> dict[str, str]:
    """Tell one story in which somebody is reached in this way."""
    with told_and_forgotten(session) as story:
        story.given(on_register("ADVP"), on_register("AVIS"), *WAYS[way])
        story.when(*planted(**meta))
        return channels(story, way)


def test_every_way_of_being_reached_is_read() -> None:
    """The table has every rung to which a notice can go."""
    assert set(WAYS) == set(REACHED_AS) - OF_OTHER_FLOWS


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
    elif channel in WHOLE and (way != "enforcement_officer" or what not in OF_CALLOUTS):
        assert words in shown


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("channel", CHANNELS)
def test_everybody_reads_that_something_happened(
    read: dict[str, dict[str, str]], way: str, channel: str
) -> None:
    """What is withheld is content, never the call-out or the matter itself."""
    assert "DA-1" in read[way][channel] or way == "enforcement_officer"
    assert "Durham Constabulary" in read[way][channel]


@pytest.mark.parametrize("way", ["responsible_officer", "cover", "manager", "duty_desk"])
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_provider_reads_nothing_of_what_is_not_for_it(
    county_ledger: Session, way: str, channel: str
) -> None:
    """A CRC is told whom to ask, and not a word, number or task of what happened."""
    shown = _read(county_ledger, way, handling_conditions=["not_for_provider"])[channel]
    assert "information-sharing desk" in shown or channel == "card"
    every = [words for words, _ in WITHHELD.values()]
    for words in (*every, "DA-1", "AR-1", "children's services", "home visit", "immediately"):
        assert words not in shown


@pytest.mark.parametrize("way", WAYS)
def test_what_must_not_be_told_comes_first(county_ledger: Session, way: str) -> None:
    """Every notice under `do_not_tell_person` opens what is to be done with it, for everybody."""
    with told_and_forgotten(county_ledger) as story:
        story.given(*WAYS[way])
        story.when(*planted(handling_conditions=["do_not_tell_person"]))
        told: list[Any] = [n for n in story.notices if n.recipient.reached_as == way]
        assert told
        assert {notice.actions[0].what for notice in told} == {"Do not tell this person."}
