"""Sentences about people who were merged, or parted again."""

from __future__ import annotations

import pytest

from schemas import catalogue
from streams.cli._sentences_merges import MERGES

FACTS = {
    "kept_crn": "X320741",
    "gone_crn": None,
    "other_crn": None,
    "decided_by": "MGR01",
    "decided_by_name": "Perpetua Hallgarth",
    "reason": "his brother Canary told us",
    "to_provider": "crc-durham-tees-valley",
    "to_officer": "OFF02",
    "to_officer_name": "Tobias Fenwright",
    "items": 2,
    "duties": 1,
    "meanwhile": 1,
    "elsewhere": 2,
    "in_review": 0,
    "parted_by": "MGR01",
    "parted_by_name": "Perpetua Hallgarth",
    "events": ["call-7", "call-9"],
    "more": 1,
}
SAID = {
    "people_merged": (
        "X320741 and a person without a CRN are one person, says Perpetua Hallgarth (MGR01)."
        " With Tobias Fenwright (OFF02) now: 2 notices and 1 duty open."
    ),
    "people_unmerged": (
        "This person was taken for one with somebody else and is not, says Perpetua Hallgarth"
        " (MGR01). Since then 1 event came about this person, 2 about the other, and 0 wait until"
        " somebody has decided."
    ),
    "decision_reopened": (
        "Whom you decided call-7, call-9 and 1 more to be about is two people, says Perpetua"
        " Hallgarth (MGR01), and neither what you said nor its identifiers say which of them:"
        " somebody must decide again."
    ),
}


@pytest.mark.parametrize("kind", SAID)
def test_each_is_said_in_a_sentence(kind: str) -> None:
    """Who is whom, who says so and what is open; never why, which may name somebody."""
    assert MERGES[kind](FACTS) == SAID[kind]


def test_nobody_may_have_whoever_is_left() -> None:
    """Without an officer the provider is named, and without one nobody."""
    assert "With crc-durham" in MERGES["people_merged"](FACTS | {"to_officer": None})
    nobody = FACTS | {"to_officer": None, "to_provider": None}
    assert "With nobody now" in MERGES["people_merged"](nobody)


@pytest.mark.parametrize("kind", SAID)
def test_the_example_of_the_schema_is_said_too(kind: str) -> None:
    """What the contract shows can be said."""
    facts = dict(catalogue.schema_of(f"notices.{kind}.v1").example)
    assert MERGES[kind]({name: value for name, value in facts.items() if name != "notice"})


def test_every_sentence_is_tested() -> None:
    """None is left out."""
    assert set(MERGES) == set(SAID)
