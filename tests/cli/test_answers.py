"""`switchboard notices read|acknowledge|done`: answers by name, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.scene import OFFICER

if TYPE_CHECKING:
    from cli.scene import Scene
    from fixtures.command_line import Switchboard


def first(switchboard: Switchboard) -> str:
    """Return the id of the officer's first notice."""
    return switchboard("notices", "--json", "--recipient", OFFICER).lines[0]["notice_id"]


def test_a_notice_is_read_acknowledged_and_done(switchboard: Switchboard, morning: Scene) -> None:
    """Each answer moves it on, and its history says who answered and what was done."""
    notice = first(switchboard)
    for word, state in (("read", "read"), ("acknowledge", "acknowledged")):
        answer = switchboard("notices", word, notice, "--by", OFFICER)
        assert (answer.status, answer.err) == (0, "")
        assert f"is {state}, at step" in answer.out
    given = switchboard(
        "notices", "done", notice, "--by", OFFICER, "--because", "Visited at home.", "--json"
    )
    (told,) = given.lines
    assert (told["taken"], told["repeated"]) == (True, False)
    assert (told["state"], told["step"]) == ("done", 3)
    shown = [each for each in switchboard("notices", "--json").lines if each["notice_id"] == notice]
    history = shown[0]["history"]
    assert [(each["move"], each["by"]) for each in history] == [
        ("raised", None),
        ("read", OFFICER),
        ("acknowledge", OFFICER),
        ("finish", OFFICER),
    ]
    assert history[-1]["because"] == "Visited at home."
    assert shown[0]["state"] == "done"


def test_the_same_answer_again_is_harmless(switchboard: Switchboard, morning: Scene) -> None:
    """It is said to be one, and no step is added."""
    notice = first(switchboard)
    switchboard("notices", "acknowledge", notice, "--by", OFFICER)
    again = switchboard("notices", "acknowledge", notice, "--by", OFFICER)
    assert (again.status, "as it was before, at step 1" in again.out) == (0, True)


def test_what_is_refused_is_said_in_words(switchboard: Switchboard, morning: Scene) -> None:
    """Somebody else, done before acknowledged, an old step, and an id that nobody knows."""
    notice = first(switchboard)
    by = ("--by", OFFICER)
    stranger = switchboard("notices", "read", notice, "--by", "OFF-9")
    assert (stranger.status, stranger.out) == (1, "")
    assert "not taken: it is with Ann Example (OFF-1) now" in stranger.err
    early = switchboard("notices", "done", notice, *by, "--because", "Done.", "--json")
    assert (early.status, early.lines[0]["taken"]) == (1, False)
    assert early.lines[0]["because"] == "it was not acknowledged yet; acknowledge it first"
    future = switchboard("notices", "read", notice, *by, "--step", "7")
    assert "it has no step 7 yet" in future.err
    unknown = switchboard("notices", "read", "00000000-0000-0000-0000-000000000001", *by)
    assert (unknown.status, "there is no such notice" in unknown.err) == (1, True)
    assert switchboard("notices", "read", "not-an-id", *by).status == 2
    assert "say what was done" in switchboard("notices", "done", notice, *by).err


def test_nothing_done_needs_a_reason(switchboard: Switchboard, morning: Scene) -> None:
    """No action is an answer, with why; an empty reason is none."""
    notice = first(switchboard)
    switchboard("notices", "acknowledge", notice, "--by", OFFICER)
    by = ("--by", OFFICER, "--no-action")
    empty = switchboard("notices", "done", notice, *by, "--because", " ")
    assert (empty.status, "say what was done" in empty.err) == (1, True)
    given = switchboard("notices", "done", notice, *by, "--because", "Known already.", "--json")
    assert given.lines[0]["history"][-1]["because"] == "no action: Known already."
