"""What happened, as an officer reads it: words and dates, no codes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from streams.cli._sentences import REGISTERS, SENTENCES
from streams.domain.case_events import Register

CALLOUT: dict[str, Any] = {
    "callout_reference": "DA-1",
    "role": "suspect",
    "grade": "high",
    "children_present": True,
    "children_count": 1,
    "children_age_bands": ["from_5_to_10"],
    "arrest_made": False,
    "at_address_of": "own",
    "order_breached": False,
    "known_registers": [],
}


def said(notice: str, **facts: object) -> str:
    """Return the sentence of a notice with these facts."""
    known = CALLOUT if notice.startswith("domestic_abuse_callout") else {}
    return SENTENCES[notice]({**known, **facts})


def test_registers_are_read_by_their_names() -> None:
    """An officer reads what a register is about, in the order in which it was told."""
    text = said("domestic_abuse_callout_suspect", known_registers=["ADVP", "IMAR"])
    assert text.endswith("Registers already held: domestic abuse perpetrator, MARAC.")


@pytest.mark.parametrize("register", Register)
def test_every_register_has_words(register: Register) -> None:
    """No code of case management is shown, and none is shown for two registers."""
    words = REGISTERS[register.value]
    assert words
    assert register.value not in words.split()
    assert "_" not in words
    assert list(REGISTERS.values()).count(words) == 1


@pytest.mark.parametrize(
    ("number", "words"),
    [(None, "Children were"), (1, "1 child was"), (2, "2 children were")],
)
def test_children_are_counted_in_the_right_number(number: int | None, words: str) -> None:
    """One child was there, two were; a force that gives no number gives none here."""
    text = said("domestic_abuse_callout_victim", children_count=number)
    assert f" {words} present (from 5 to 10)." in text


@pytest.mark.parametrize(
    ("matter", "words"),
    [
        ("court_case:11AM0417826", "court case 11AM0417826"),
        ("arrest:AM/26/001893", "arrest AM/26/001893"),
        ("incident:DA_2:3", "incident DA_2:3"),
        ("something", "something"),
    ],
)
def test_a_matter_is_read_as_what_it_is(matter: str, words: str) -> None:
    """The reference stays as its agency wrote it."""
    text = said("new_offence", happened="charged", matter=matter)
    assert text == f"This person was charged ({words})."


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (date(2026, 7, 6), "6 July 2026"),
        ("2026-07-06", "6 July 2026"),
        ("in spring", "in spring"),
    ],
)
def test_days_are_written_out(given: object, words: str) -> None:
    """A day is read the same whether it comes from a batch or from the ledger."""
    listed = said("new_offence", happened="listed", matter="arrest:A", next_on=given)
    assert listed == f"This person has a hearing listed (arrest A). Next date: {words}."
    made = said("new_order", made_on=given, court_case="C1", orders=["community_order"])
    assert made == f"A court made a new order on {words} in court case C1: community order."


@pytest.mark.parametrize(
    ("event_type", "words"),
    [
        ("police.domestic_abuse_callout.v1", "police: domestic abuse call-out"),
        ("courts.hearing_listed.v12", "courts: hearing listed"),
        ("nothing", "nothing"),
    ],
)
def test_a_held_event_is_named_in_words(event_type: str, words: str) -> None:
    """The desk reads who sends what is held, without code or version."""
    text = said("identity_held", event_type=event_type, reason="Look.")
    assert text == (f"An event ({words}) is held because it is not certain who it is about. Look.")
