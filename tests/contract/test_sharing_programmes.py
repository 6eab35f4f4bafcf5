"""What tutors, safety workers and desks never read of a programme or a test, on any channel."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Final

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
    an_officer,
    arrested,
    holds,
    on_register,
    restricted,
)
from world_programmes import (
    PROGRAMME_STAFF,
    cautioned_tutor,
    completed,
    found,
    missed,
    placed,
    progress,
    reported,
    started,
    suspended,
    withdrawn,
)

from connectors.sources import json_lines
from streams.cli.notices import as_document, card
from streams.ledger.load import NOTICES

if TYPE_CHECKING:
    from fixtures.ledger import Story

    from streams.domain.notices import Notice
    from streams.ledger.connection import Session

CHANNELS: Final = ("document", "outbox", "json", "card")
WHOLE: Final = ("document", "outbox")
"""Channels that carry every fact; a command leaves out what somebody wrote freely."""
WORKER: Final = {"womens_safety_worker": "WSW01"}
FOR_OFFICERS: Final = ("programme_session", "substance_test_positive")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads notices: what must hold for it, who they are, and what kinds they get."""

    given: tuple[Said, ...]
    officer: str
    kinds: tuple[str, ...]


READERS: Final[dict[str, Reader]] = {
    "responsible officer": Reader((), "OFF01", FOR_OFFICERS),
    "cover": Reader((absent("OFF01", "OFF02"),), "OFF02", FOR_OFFICERS),
    "manager": Reader((absent("OFF01"),), "MGR01", FOR_OFFICERS),
    "allocation desk": Reader(
        (
            an_officer("DESK02", None, grade="desk", provider=NPS),
            holds("allocation_desk", "DESK02", NPS),
            allocated(provider=NPS, team=None, effective_at=NOW - timedelta(days=1)),
        ),
        "DESK02",
        FOR_OFFICERS,
    ),
    "duty desk": Reader((absent("OFF01"), absent("MGR01")), "DESK01", FOR_OFFICERS),
    "lead": Reader((restricted(),), "LEAD01", FOR_OFFICERS),
    "tutor": Reader((), "TUT01", ("programme_tutor",)),
    "tutor's manager": Reader((absent("TUT01"),), "MGR02", ("programme_tutor",)),
    "safety worker": Reader((), "WSW01", ("programme_safety_worker",)),
    "safety worker's desk": Reader((absent("WSW01"),), "DESK01", ("programme_safety_worker",)),
}
OFFICERS: Final = frozenset({"responsible officer", "cover", "manager"})
DESKS: Final = frozenset({"allocation desk", "duty desk"})
TUTORS: Final = frozenset({"tutor", "tutor's manager"})
WORKERS: Final = frozenset({"safety worker", "safety worker's desk"})
NOBODY: Final[frozenset[str]] = frozenset()
WITHHELD: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "which programme": ("Goldcrest Relationships", OFFICERS | DESKS | {"lead"}),
    "who runs it": ("run_by", OFFICERS | DESKS | {"lead"}),
    "why a session was missed": ("health", OFFICERS),
    "why a place ended": ("custody", OFFICERS),
    "which report there is": ("Redstart-R1", OFFICERS | DESKS | {"lead"}),
    "the officer's caution to the tutor": ("Yellowhammer", TUTORS),
    "that the person was recalled": ("recalled", TUTORS),
    "who the safety worker is": ("WSW01", WORKERS),
    "what her notice asks for": ("her safety", WORKERS),
    "who the tutor is": ("TUT01", TUTORS),
    "what was found": ("ketamine", OFFICERS | {"lead"}),
    "a prescribed medicine": ("linnetine", OFFICERS),
    "how a test ended": ("positive", OFFICERS | DESKS | {"lead"}),
    "under which requirement": ("REQ-1", OFFICERS | DESKS | {"lead"}),
    "the person's given name": ("Siskin", NOBODY),
    "the person's family name": ("Dunnocksmith", NOBODY),
    "a protected former name": ("Nightjarson", NOBODY),
    "where the person lives": ("Finchfield Terrace", NOBODY),
    "a birth date": ("1987-03-29", NOBODY),
    "a register": ("ADVP", NOBODY),
    "the offence": ("Assault with a fieldfare", NOBODY),
}
"""What, the words that were planted, and who alone may read them (FLOWS, always withheld)."""


def planted() -> tuple[Said, ...]:
    """Return every step of a place and a positive test, full of what few may read."""
    who = {
        "identifiers": [{"kind": "crn", "value": PERSON.crn}],
        "name": {"given_name": "Siskin", "family_name": "Dunnocksmith"},
        "aliases": [
            {"kind": "protected", "given_name": None, "family_name": "Nightjarson"},
            {"kind": "alias", **PERSON.reference()["name"]},
        ],
        "born_on": date(1987, 3, 29),
        "addresses": [{"kind": "home", "lines": ["Finchfield Terrace"], "postcode": "ZZ99 3CZ"}],
    }
    name = {"programme": "Goldcrest Relationships"}
    said = (
        placed(**name),
        started(**name, **WORKER),
        missed("S1", **name, **WORKER),
        missed("S2", stated_reason="health", **name, **WORKER),
        progress(report_reference="Redstart-R1", **name),
        completed(**name, **WORKER),
        withdrawn(reason="custody", **name, **WORKER),
        suspended(),
        cautioned_tutor(caution="Yellowhammer: do not meet him alone."),
        reported(findings=[found("ketamine", prescribed_medicine="linnetine")]),
    )
    return tuple(each.but(person=who) for each in said)


@pytest.fixture(scope="module")
def read(county_ledger: Session) -> dict[str, dict[str, str]]:
    """Give what each reader can read of the events in which everything was planted."""
    return {name: _read(county_ledger, reader) for name, reader in READERS.items()}


def _read(session: Session, reader: Reader) -> dict[str, str]:
    """Tell one story, and return what a reader can read of it by channel."""
    with told_and_forgotten(session) as story:
        offence = {"title": "Assault with a fieldfare", "groups": ["violence"]}
        story.given(on_register("ADVP"), arrested(offences=[offence]), *PROGRAMME_STAFF)
        story.given(*reader.given)
        story.when(*planted())
        return channels(story, reader)


def channels(story: Story, reader: Reader) -> dict[str, str]:
    """Return what a reader's notices say, by channel."""
    told = [each for each in story.notices if is_for(each, reader)]
    ids = {str(each.id) for each in told}
    sent = [each for each in story.outbox if each["notice"]["notice_id"] in ids]
    cards = Console(file=StringIO(), width=200, record=True)
    for notice in told:
        cards.print(card(notice))
    return {
        "document": "\n".join(as_kept(each) for each in told),
        "outbox": json.dumps(sent, default=str),
        "json": "\n".join(json.dumps(as_document(each), default=str) for each in told),
        "card": cards.export_text(),
    }


def is_for(notice: Notice, reader: Reader) -> bool:
    """Answer whether a notice is one of a reader's."""
    return notice.type in reader.kinds and notice.recipient.officer == reader.officer


def as_kept(notice: Notice) -> str:
    """Return what the recipient may read of a notice as the ledger has it, without its matter."""
    return NOTICES.dump_json(replace(notice, matter="", whole=None)).decode()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("what", WITHHELD)
@pytest.mark.parametrize("channel", CHANNELS)
def test_what_is_withheld_is_not_read(
    read: dict[str, dict[str, str]], name: str, what: str, channel: str
) -> None:
    """Who is named reads it, on the channels that carry all; nobody else does, on any."""
    words, seen_by = WITHHELD[what]
    shown = read[name][channel]
    assert "BBR-1" in shown
    if name not in seen_by:
        assert words not in shown
    elif channel in WHOLE:
        assert words in shown


def test_clinical_notes_have_no_field_to_come_in() -> None:
    """A provider that sends clinical notes is told that there is no such field; nothing is kept."""
    line = json.loads(reported().line())
    line["clinical_notes"] = "Corncrake detoxification"
    translated = json_lines.translate(
        json.dumps(line).encode(),
        agency="durham-recovery",
        received_at=NOW,
        gateway="offender_management_act_2007_s14",
    )
    assert translated.events == ()
    (rejection,) = translated.rejections
    assert rejection.path.endswith("clinical_notes")
    assert "Corncrake" not in repr(rejection)
