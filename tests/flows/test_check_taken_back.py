"""A check that was taken back or corrected before its answer: only whoever asks now is told."""

from __future__ import annotations

from world_builder import a_county
from world_checks import COURT, HUB, SERVICE, asked, check_withdrawn, replied
from world_run import World


def told_of_answer(*before: object) -> set[str]:
    """Return who is told of an answer after this."""
    world = World()
    world.send(*a_county(), *SERVICE, *before)
    world.send(replied("known"))
    return {t.notice.recipient.officer for t in world.told if t.notice.type.endswith("_reply")}


def test_whoever_took_their_check_back_is_not_told_of_its_answer() -> None:
    """The officer of the person still is, since the agency told us something."""
    check = asked()
    assert told_of_answer(check) == {"OFF01", COURT}
    assert told_of_answer(check, check.retracted()) == {"OFF01"}


def test_a_corrected_check_is_answered_to_whoever_really_asked() -> None:
    """The court officer who was named by mistake hears nothing."""
    check = asked()
    corrected = check.corrected(asked_by=HUB, asked_as="mash_officer")
    assert told_of_answer(check, corrected) == {"OFF01", HUB}


def test_nor_is_one_whose_check_had_ended_before_they_took_it_back() -> None:
    """What was waited for no more is not what anybody asked for, once the asking was an error."""
    check = asked()
    assert told_of_answer(check, check_withdrawn()) == {"OFF01", COURT}
    assert told_of_answer(check, check_withdrawn(), check.retracted()) == {"OFF01"}
