"""`switchboard identity merge|unmerge|override`: a named officer says who is whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cli.scene import CRN, DESK, OFFICER, PROVIDER, Scene, callout, meta, of_the_desk
from cli.scene import NOW as THEN
from cli.scene import person as reference

if TYPE_CHECKING:
    from fixtures.command_line import Answer, Switchboard

OTHER_CRN = "X654321"
OTHER_PNC = "1979/0163002C"
WHY = ("--by", OFFICER, "--reason", "one man: Canary told us")


@pytest.fixture
def two(morning: Scene) -> Scene:
    """Give the morning with a second record of its person, under numbers of its own."""
    kind, record = second()
    morning.publish("case-management", (kind, record))
    morning.publish("durham-police", callout("call-9", OTHER_PNC))
    return morning


def second() -> tuple[str, dict[str, Any]]:
    """Make the allocation that begins the second record."""
    return "case.allocated.v1", {
        "meta": meta("case-management", "alloc-2"),
        "person": reference(OTHER_PNC, OTHER_CRN),
        "provider": PROVIDER,
        "team": "team-1",
        "effective_at": THEN,
        "reason": None,
    }


def merge(switchboard: Switchboard, *more: str) -> Answer:
    """Merge the second record into the first."""
    return switchboard("identity", "merge", CRN, OTHER_CRN, *WHY, *more)


def test_two_are_one_by_either_number(switchboard: Switchboard, two: Scene) -> None:
    """All notices are found by the number of either, and the act says how to undo it."""
    before = len(switchboard("notices", "--json", "--crn", CRN).lines)
    other = len(switchboard("notices", "--json", "--crn", OTHER_CRN).lines)
    assert min(before, other) > 0
    answer = merge(switchboard, "--json")
    (told,) = answer.lines
    assert (answer.status, told["act"], told["taken"]) == (0, "people_merged", True)
    found = [switchboard("notices", "--json", "--crn", each).lines for each in (CRN, OTHER_CRN)]
    assert found[0] == found[1]
    assert len(found[0]) >= before + other
    text = switchboard("identity", "unmerge", str(told["seq"]), *WHY)
    assert (text.status, text.err) == (0, "")
    assert "two people again" in text.out
    mine = switchboard("notices", "--json", "--crn", CRN).lines
    assert len([e for e in mine if not e["type"].startswith("people_")]) == before


def test_explain_tells_whose_an_event_was(switchboard: Switchboard, two: Scene) -> None:
    """The story of an event says which merge its person has gone through, and its undoing."""
    (told,) = merge(switchboard, "--json").lines
    (story,) = switchboard("explain", "call-9", "--json").lines
    assert story["about"]["crn"] == CRN
    assert [(each["seq"], each["undone_seq"]) for each in story["merged"]] == [(told["seq"], None)]
    assert f"until act {told['seq']} merged them" in switchboard("explain", "call-9").out
    (undone,) = switchboard("identity", "unmerge", str(told["seq"]), *WHY, "--json").lines
    assert f"undone by act {undone['seq']}" in switchboard("explain", "call-9").out


def test_what_is_not_taken_is_a_no_in_words(switchboard: Switchboard, two: Scene) -> None:
    """A merge by a stranger, or of somebody who is merged, ends with one and the reason."""
    answer = switchboard("identity", "merge", CRN, OTHER_CRN, "--by", "X", "--reason", "y")
    assert (answer.status, answer.out) == (1, "")
    assert "not taken: X is not in post" in answer.err
    assert merge(switchboard).status == 0
    answer = merge(switchboard, "--json")
    assert (answer.status, answer.lines[0]["because"]) == (1, "they are one person already")


@pytest.mark.parametrize(
    "arguments",
    [
        ("merge", "X000000", CRN, *WHY),
        ("merge", "9b1f6a44-0000-4000-8000-000000000000", CRN, *WHY),
        ("unmerge", "4711", *WHY),
        ("override", "no-such-event", "--nobody", *WHY),
        ("override", "call-9", *WHY),
        ("override", "call-9", "--nobody", "--person", CRN, *WHY),
    ],
)
def test_what_stands_for_nothing_is_usage(
    switchboard: Switchboard, two: Scene, arguments: tuple[str, ...]
) -> None:
    """A number of nobody, of no merge or of no event is said before anything is done."""
    answer = switchboard("identity", *arguments)
    assert (answer.status, answer.out) == (2, "")


def test_an_override_moves_an_event(switchboard: Switchboard, two: Scene) -> None:
    """An officer says that an event is about the other, and is told what moved."""
    two.publish("staff-directory", *of_the_desk())
    by = ("--by", DESK, "--reason", "the police have mixed them up", "--person", CRN)
    answer = switchboard("identity", "override", "call-9", *by, "--json")
    assert (answer.status, answer.lines[0]["taken"]) == (0, True)
    (story,) = switchboard("explain", "call-9", "--json").lines
    assert story["about"]["crn"] == CRN
    again = switchboard("identity", "override", "call-9", *by)
    assert again.status == 1
    other = switchboard("identity", "override", "call-9", "--nobody", *by[:4])
    assert "is about nobody whom we know now" in other.out


def test_the_number_that_was_typed_says_which_of_two(switchboard: Switchboard, two: Scene) -> None:
    """Whoever decided by the number of the second has decided that, once they are two again."""
    two.publish("staff-directory", *of_the_desk())
    (told,) = merge(switchboard, "--json").lines
    given = ("call-held", "--person", OTHER_CRN.lower(), "--by", DESK, "--reason", "asked them")
    decided = switchboard("identity", "review", "decide", *given).out
    assert f"is about {CRN}, who has the number {OTHER_CRN} too." in decided
    assert switchboard("identity", "unmerge", str(told["seq"]), *WHY).status == 0
    (story,) = switchboard("explain", "call-held", "--json").lines
    assert story["about"]["crn"] == OTHER_CRN


def test_what_was_done_is_said_by_numbers(switchboard: Switchboard, two: Scene) -> None:
    """A merge, an un-merge and an override name people as officers know them, and how to go on."""
    two.publish("staff-directory", *of_the_desk())
    text = merge(switchboard).out
    assert f"{CRN} and {OTHER_CRN} are one person now; 3 notices raised or moved." in text
    command = text.partition("switchboard ")[2].split(" --by")[0].split()
    given = ("--by", DESK, "--reason", "asked them", "--person", CRN)
    assert switchboard("identity", "review", "decide", "call-held", *given).status == 0
    undone = switchboard(*command, *WHY).out
    assert f"{CRN} and {OTHER_CRN} are two people again" in undone
    over = switchboard("identity", "override", "call-9", *given).out
    assert f"is about {CRN} now" in over


def test_what_must_be_decided_again_is_said(switchboard: Switchboard, two: Scene) -> None:
    """Whoever parts two reads how many events wait again, and each says why it does."""
    two.publish("staff-directory", *of_the_desk())
    (told,) = merge(switchboard, "--json").lines
    ((kept,),) = two.engine.ledger.session.execute("SELECT kept FROM merge").fetchall()
    given = ("--person", str(kept), "--by", DESK, "--reason", "asked them")
    assert switchboard("identity", "review", "decide", "call-held", *given).status == 0
    text = switchboard("identity", "unmerge", str(told["seq"]), *WHY).out
    assert "1 event to be decided again: switchboard identity review list" in text
    shown = switchboard("identity", "review", "show", "call-held", "--by", DESK).out
    assert "its identifiers do not say which of them it is about" in shown
    assert f"Dee Example ({DESK}) had decided" in shown


def test_a_withdrawn_notice_says_why(switchboard: Switchboard, two: Scene) -> None:
    """What is withdrawn since a merge was undone was taken back by nobody who sent it."""
    (told,) = merge(switchboard, "--json").lines
    switchboard("identity", "unmerge", str(told["seq"]), *WHY)
    text = switchboard("notices", "--state", "withdrawn").out
    assert "Withdrawn: the two are not one person." in text
    assert two is not None
