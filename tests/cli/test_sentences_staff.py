"""Sentences about officers who are away, back or gone, and about cases that changed hands."""

from __future__ import annotations

import pytest

from schemas import catalogue
from streams.cli._sentences_staff import STAFF

FACTS = {
    "officer": "OFF01",
    "officer_name": "Marguerite Oxenholme",
    "from_at": "2026-03-02T09:00:00+00:00",
    "until_at": None,
    "people": 1,
    "items": 2,
    "unread": 1,
    "elsewhere": 1,
    "raised": 1,
    "given_back": 2,
    "to_officer": "OFF02",
    "to_officer_name": "Tobias Fenwright",
    "duties": 1,
}
SAID = {
    "cover_summary": (
        "You cover for Marguerite Oxenholme (OFF01), since Mon 2 Mar 2026, 09:00 GMT (UTC+0); it is"
        " not known until when. 2 open notices came to you, 1 of them unread. 1 other went to"
        " somebody who may see the case."
    ),
    "absence_without_cover": (
        "Marguerite Oxenholme (OFF01) is away since Mon 2 Mar 2026, 09:00 GMT (UTC+0) and nobody"
        " covers; they have 1 person. 2 open notices came to you, 1 of them unread. 1 other went to"
        " somebody who may see the case."
    ),
    "officer_left": (
        "Marguerite Oxenholme (OFF01) has left; 1 person had them as officer. 2 open notices came"
        " to you, 1 of them unread. 1 other went to somebody who may see the case."
    ),
    "returned_summary": (
        "While you were away (from Mon 2 Mar 2026, 09:00 GMT (UTC+0)) 1 notice came in your stead;"
        " 2 are yours now and 1 wait for others."
    ),
    "case_handed_over": (
        "This person is with Tobias Fenwright (OFF02) now: 2 open notices and 1 duty went on."
    ),
}


@pytest.mark.parametrize("kind", SAID)
def test_each_is_said_in_a_sentence(kind: str) -> None:
    """Who, since when, how much and where it went."""
    assert STAFF[kind](FACTS) == SAID[kind]


@pytest.mark.parametrize("kind", SAID)
def test_the_example_of_the_schema_is_said_too(kind: str) -> None:
    """What the contract shows can be said, with instants as they travel."""
    facts = dict(catalogue.schema_of(f"notices.{kind}.v1").example)
    assert STAFF[kind]({name: value for name, value in facts.items() if name != "notice"})


def test_every_sentence_is_tested() -> None:
    """None is left out."""
    assert set(STAFF) == set(SAID)
