"""`switchboard explain`: what came of a notice without any event, and to whom it went."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cli.scene import NOW, OFFICER, meta

from streams.ledger.acting import CLOCK_CHAIN, Actor
from streams.ledger.picking import Watch
from streams.services.clock import Clock

if TYPE_CHECKING:
    from cli.scene import Scene
    from fixtures.command_line import Switchboard

LATER = NOW + timedelta(hours=2)


def away(scene: Scene) -> None:
    """Let the officer be away with a cover, and the clock look."""
    absence = {"absence_id": "A1", "officer": OFFICER, "cover": "OFF-2", "starts_at": NOW}
    said = {"meta": meta("staff-directory", "away-1"), **absence, "ends_at": None}
    scene.publish("staff-directory", ("directory.absence_recorded.v1", said))
    ledger = scene.engine.ledger
    actor = Actor(ledger.session, ledger.rules, CLOCK_CHAIN)
    Clock(actor, Watch(ledger.rules, timedelta(hours=1)), lambda: LATER).tick()


def test_an_event_says_with_whom_its_notice_is_now(
    switchboard: Switchboard, morning: Scene
) -> None:
    """Told to one, with another now, and why: nobody is said to have been told as the other."""
    away(morning)
    text = switchboard("explain", "call-1").out
    assert f"to {OFFICER}, crc-durham-tees-valley, reached as responsible officer" in text
    assert "now handed over, with OFF-2" in text
    assert "step 1: hand over to OFF-2, Mon 6 Jul 2026, 12:00 BST (UTC+1): responsible" in text
    assert "You are told as cover" not in text


def test_a_notice_that_no_event_raised_is_explained(
    switchboard: Switchboard, morning: Scene
) -> None:
    """The clock's act is told with whom it told, also for programs."""
    away(morning)
    lines = switchboard("notices", "--json", "--recipient", "OFF-2").lines
    (summary,) = (each for each in lines if each["type"] == "cover_summary")
    text = switchboard("explain", summary["notice_id"]).out
    assert "officer away, number" in text
    assert "no event said it" in text
    assert f"raised notice {summary['notice_id']} (cover_summary)" in text
    (story,) = switchboard("explain", summary["notice_id"], "--json").lines
    assert (story["story"], story["kind"], story["chain"]) == ("act", "officer_away", "clock")


def test_what_an_officer_had_is_listed(switchboard: Switchboard, morning: Scene) -> None:
    """The old recipient finds what went on, with whom it is and why."""
    away(morning)
    had = switchboard("notices", "--json", "--was", OFFICER).lines
    assert {each["recipient"]["officer"] for each in had} == {"OFF-2"}
    assert {each["history"][1]["from"] for each in had} == {OFFICER}
    assert switchboard("notices", "--json", "--was", "OFF-2").lines == []
