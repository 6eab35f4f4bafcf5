"""`switchboard identity review`: what waits, one of them side by side, and a decision."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from cli.scene import (
    CRN,
    DESK,
    FAMILY,
    GIVEN,
    OFFICER,
    PERSONAL,
    PROVIDER,
    SUMMARY,
    callout,
    of_the_desk,
)

from streams.domain.reviews import NOBODYS_FOR_MAX
from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.picking import Watch
from streams.services.clock import Clock

if TYPE_CHECKING:
    from cli.scene import Scene
    from fixtures.command_line import Switchboard

WHY: Final = "the force has confirmed the arrest record"


@pytest.fixture
def held(scene: Scene) -> Scene:
    """Give the morning with somebody at the desk."""
    scene.publish("staff-directory", *of_the_desk())
    scene.morning()
    return scene


def decided(switchboard: Switchboard, *who: str, by: str = DESK, why: str = WHY) -> int:
    """Decide who the held event is about; return the exit status."""
    given = ("call-held", *who, "--by", by, "--reason", why)
    return switchboard("identity", "review", "decide", *given).status


def test_what_waits_is_listed_without_whom_it_is_about(
    switchboard: Switchboard, held: Scene
) -> None:
    """The list says what waits, since when, until when and with whom, and names nobody."""
    text = switchboard("identity", "review", "list").out
    (row,) = switchboard("identity", "review", "list", "--json").lines
    assert (row["event_id"], row["officer"], row["candidates"]) == ("call-held", DESK, 1)
    assert (row["is_immediate"], row["overdue"], row["state"]) == (True, True, "waiting")
    assert "1 event to be decided, 1 of them past their time." in text
    assert "IMMEDIATE" in text
    assert not [each for each in PERSONAL if each in text]
    assert switchboard("identity", "review", "list", "--desk", "nps-north-east", "--json").out == ""
    assert held is not None


def test_the_desk_reads_both_sides(switchboard: Switchboard, held: Scene) -> None:
    """Names, births, addresses and identifiers stand beside each other, and why they are alike."""
    text = switchboard("identity", "review", "show", "call-held", "--by", DESK).out
    for each in (GIVEN, FAMILY, "05 May 1979", "Canary Lane", CRN, "the family name is the same"):
        assert each in text
    assert SUMMARY not in text
    shown = switchboard("identity", "review", "show", "call-held", "--by", DESK, "--json").lines[0]
    (candidate,) = shown["candidates"]
    assert candidate["crn"] == CRN
    assert {part["field"] for part in candidate["fields"]} >= {"family", "birth"}
    seen = "SELECT count(*) FROM act WHERE kind = 'review_shown'"
    assert held.engine.ledger.session.execute(seen).fetchone() == (2,)


def test_others_read_nothing(switchboard: Switchboard, held: Scene) -> None:
    """Whoever is not of the desk is refused in words, with nothing of whom it is about."""
    answer = switchboard("identity", "review", "show", "call-held", "--by", OFFICER)
    assert answer.status == 1
    assert "can decide this, not Ann Example (OFF-1)" in answer.err
    assert not [each for each in PERSONAL if each in answer.out + answer.err]
    assert held is not None


def test_a_decision_says_who_is_told(switchboard: Switchboard, held: Scene) -> None:
    """The officer is told at once; the same again changes nothing; the event explains itself."""
    given = ("call-held", "--person", CRN, "--by", DESK, "--reason", WHY)
    text = switchboard("identity", "review", "decide", *given).out
    assert f"told: domestic_abuse_callout_suspect to Ann Example ({OFFICER})" in text
    assert "as it was decided before" in switchboard("identity", "review", "decide", *given).out
    assert "0 events to be decided." in switchboard("identity", "review", "list").out
    assert held is not None


def test_a_second_decision_names_the_first(switchboard: Switchboard, held: Scene) -> None:
    """Whoever disagrees is told who decided what and why, and both stay to be seen."""
    assert decided(switchboard, "--person", CRN) == 0
    assert decided(switchboard, "--none") == 1
    shown = switchboard("identity", "review", "show", "call-held", "--by", DESK, "--json").lines[0]
    kinds = [(each["kind"], each["refused"] is None) for each in shown["decisions"]]
    assert kinds == [("joined", True), ("rejected", False)]
    assert f"Dee Example ({DESK}) has decided" in shown["decisions"][1]["refused"]
    assert switchboard("identity", "review", "list", "--disputed", "--json").out == ""
    assert held is not None


def test_what_was_typed_wrongly_is_said(switchboard: Switchboard, held: Scene) -> None:
    """Neither or both, an unknown event and an unknown person are usage errors."""
    assert decided(switchboard) == 2
    assert decided(switchboard, "--none", "--person", CRN) == 2
    assert decided(switchboard, "--person", "X000000") == 2
    unknown = ("review", "decide", "call-none", "--none", "--by", DESK, "--reason", WHY)
    assert switchboard("identity", *unknown).status == 2
    assert decided(switchboard, "--none", why=" ") == 1
    assert held.publish("durham-police", callout("call-3")).ended


def test_an_event_explains_its_review(switchboard: Switchboard, held: Scene) -> None:
    """`explain` says with whom it waits, then who decided and who was told; `status` counts."""
    waits = switchboard("explain", "call-held").out
    assert "REVIEW WAITS since Mon 6 Jul 2026, 10:30 BST (UTC+1), immediate" in waits
    assert f"with {DESK}, {PROVIDER}" in waits
    status = switchboard("status").out
    assert "1 review to be decided, 1 immediate, 1 OVERDUE, the oldest since" in status
    assert decided(switchboard, "--person", CRN) == 0
    text = switchboard("explain", "call-held").out
    assert f"about: CRN {CRN}" in text
    assert "decided since it came" in text
    assert f"by {DESK}: about person" in text
    assert f"to {OFFICER}, {PROVIDER}, reached as responsible officer" in text
    assert not [each for each in PERSONAL if each in waits + text]
    assert "nobody has to decide anything" in switchboard("status").out
    notices = switchboard("notices", "--json", "--recipient", OFFICER).lines
    (late,) = (each for each in notices if each["events"][-1]["event_id"] == "call-held")
    assert "call-held of durham-police" in switchboard("explain", late["notice_id"]).out
    assert held is not None


def test_it_is_read_on_any_screen(
    switchboard: Switchboard, held: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table is as wide as what it is read on: no line of it breaks in 80 columns, or in 120."""
    for columns, most in (("80", 80), ("120", 118)):
        monkeypatch.setenv("COLUMNS", columns)
        for command in (("list",), ("show", "call-held", "--by", DESK)):
            text = switchboard("identity", "review", *command).out
            table = [line for line in text.splitlines() if line.startswith(("|", "+"))]
            assert {len(line) for line in table} == {most}
    assert "of durham-police" in switchboard("identity", "review", "list").out
    assert held is not None


def test_people_are_named_and_the_next_step_is_said(switchboard: Switchboard, held: Scene) -> None:
    """Whoever reads sees names and numbers, and what to type next, whatever there is to do."""
    listed = switchboard("identity", "review", "list").out
    assert "Dee Example" in listed
    assert "identity review show EVENT --by OFFICER" in listed
    shown = switchboard("identity", "review", "show", "call-held", "--by", DESK).out
    assert f"with Dee Example ({DESK}), {PROVIDER}, raised" in shown
    assert "identity review decide" in shown
    given = ("call-held", "--person", CRN, "--by", DESK, "--reason", WHY)
    assert f"is about {CRN}.\n" in switchboard("identity", "review", "decide", *given).out
    shown = switchboard("identity", "review", "show", "call-held", "--by", DESK).out
    assert f"Dee Example ({DESK}) said that it is about {CRN}" in shown
    assert f"so it is about {CRN} now" in shown
    change = f"--person CRN|--nobody --instead-of {DESK} --by OFFICER --reason WHY"
    assert change in shown
    other = ("call-held", "--none", "--by", DESK, "--reason", WHY)
    assert switchboard("identity", "review", "decide", *other).err.rstrip().endswith(change)
    assert held is not None


def test_what_was_erased_is_said(switchboard: Switchboard, held: Scene) -> None:
    """Once its time is up the event explains that, and its review is shown to nobody any more."""
    assert decided(switchboard, "--none") == 0
    assert "erased" not in switchboard("explain", "call-held").out
    ledger = held.engine.ledger
    later = datetime.now(UTC) + NOBODYS_FOR_MAX
    actor = Actor(ledger.session, ledger.rules, CLOCK_CHAIN, secret=ledger.secret)
    Clock(actor, Watch(ledger.rules, timedelta(hours=1)), lambda: later).tick()
    text = switchboard("explain", "call-held").out
    assert "what it said was erased" in text
    assert f"by {DESK}: about nobody whom we know" in text
    gone = f"what it said was erased on {later:%d %b %Y}: nothing can be decided about it any more"
    shown = switchboard("identity", "review", "show", "call-held", "--by", DESK)
    assert (shown.status, gone in shown.err) == (1, True)
    named = ("--person", CRN, "--by", DESK, "--reason", WHY, "--instead-of", DESK)
    overridden = switchboard("identity", "override", "call-held", *named)
    assert (overridden.status, gone in overridden.err) == (1, True)
