"""Answers: which, by whom, and what is refused in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace
from world_builder import (
    CRC,
    NOW,
    PERSON,
    Said,
    a_county,
    absent,
    an_officer,
    callout,
    holds,
    left,
    restricted,
)
from world_folds import directory, folded
from world_ladder import HELD, STAFF
from world_run import World

from streams.domain.notices import LIFE, Move, Notice, NoticeState
from streams.domain.passage import Told
from streams.domain.rungs import Standing
from streams.stages.answer import (
    ACKNOWLEDGE_FIRST,
    ANSWERS,
    BECAUSE_MAX,
    GIVES,
    SAY_WHAT,
    TAKEN_BACK,
    Given,
    NoAnswer,
    answer,
    answers_as,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

S = NoticeState
REACHED: Final = {S.READ: 1, S.ACKNOWLEDGED: 2, S.DONE: 3}
"""How much of its life a state has seen, as far as answers go."""


def here(*changes: Said, of: Sequence[Said] = HELD) -> Standing:
    """Return the staff and the case, after changes."""
    return Standing(folded(*of), directory(*STAFF, *changes), NOW)


def a_notice(**fields: object) -> Notice:
    """Return a notice that the officer has."""
    world = World()
    world.send(*a_county(), callout(grade="high"))
    return replace(world.notices[0], **fields)  # type: ignore[arg-type]  # what a test gives


NOTICE: Final = a_notice()


def given(
    move: Move, by: str = "OFF01", because: str = "Visited.", step: int | None = None
) -> Given:
    """Return an answer."""
    return Given(move, by, because, step)


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("move", ANSWERS)
def test_every_answer_in_every_state(state: NoticeState, move: Move) -> None:
    """It moves as the table says, is harmless where it was given, or is refused in words."""
    answered = answer(replace(NOTICE, state=state), given(move), here())
    if state is S.WITHDRAWN:
        assert answered == NoAnswer(TAKEN_BACK)
    elif REACHED.get(state, 0) >= ANSWERS.index(move) + 1:
        assert answered is None
    elif move in LIFE[state]:
        assert isinstance(answered, Told)
        assert (answered.move, answered.notice.state) == (move, GIVES[move])
        assert answered.notice.steps == NOTICE.steps + 1
        assert answered.note is not None
        assert (answered.note.answered_by, answered.note.because) == ("OFF01", "Visited.")
    else:
        assert answered == NoAnswer(ACKNOWLEDGE_FIRST)


WHO: Final[dict[str, tuple[tuple[Said, ...], str, str | None]]] = {
    "recipient": ((), "OFF01", "recipient"),
    "cover": ((absent("OFF01", cover="OFF02"),), "OFF02", "cover"),
    "cover of nobody who is away": ((), "OFF02", None),
    "manager": ((), "MGR01", "manager"),
    "cover of the manager": ((absent("MGR01", cover="MGR02"),), "MGR02", "manager"),
    "another manager": ((), "MGR02", None),
    "desk": ((), "DESK01", "duty_desk"),
    "cover of the desk": ((holds("duty_desk", "DESK01", cover="DESK02"),), "DESK02", "duty_desk"),
    "another desk": ((), "ENF01", None),
    "lead": ((), "LEAD01", "restricted_access_lead"),
    "nobody": ((), "NOBODY", None),
}


@pytest.mark.parametrize("name", WHO)
def test_who_may_answer(name: str) -> None:
    """The recipient, their cover, their manager or desk; anybody else is told who can."""
    changes, by, role = WHO[name]
    assert answers_as(NOTICE, by, here(*changes)) == role
    answered = answer(NOTICE, given(Move.READ, by), here(*changes))
    if role is not None:
        assert isinstance(answered, Told)
        return
    assert isinstance(answered, NoAnswer)
    assert answered.words.startswith("it is with Marguerite Oxenholme (OFF01) now; only they,")


BARRED: Final = "they may not see this case"
ENTITLED: Final[dict[str, tuple[tuple[Said, ...], str, str | None]]] = {
    "manager of a restricted case": ((restricted(PERSON, "OFF01"),), "MGR01", BARRED),
    "desk of a restricted case": ((restricted(PERSON, "OFF01"),), "DESK01", BARRED),
    "lead of a restricted case": ((restricted(PERSON, "OFF01"),), "LEAD01", None),
    "officer who is on the list": ((restricted(PERSON, "OFF01"),), "OFF01", None),
    "recipient who is kept out since": (
        (restricted(restricted=False, excluded_officers=["OFF01"]),),
        "OFF01",
        BARRED,
    ),
}


@pytest.mark.parametrize("name", ENTITLED)
def test_whoever_answers_must_be_entitled(name: str) -> None:
    """Being manager, desk or recipient is not enough where the case is not theirs to see."""
    of, by, words = ENTITLED[name]
    answered = answer(NOTICE, given(Move.READ, by), here(of=(*HELD, *of)))
    assert isinstance(answered, Told) if words is None else answered == NoAnswer(words)


def test_whoever_has_left_answers_nothing() -> None:
    """Not even what was theirs."""
    answered = answer(NOTICE, given(Move.READ), here(left("OFF01", left_at=NOW)))
    assert isinstance(answered, NoAnswer)
    assert "is not in post" in answered.words


def test_a_recipient_whom_the_directory_does_not_know_may_answer() -> None:
    """Supervision is recorded; a late directory silences nobody."""
    unknown = replace(NOTICE, recipient=replace(NOTICE.recipient, officer="OFF77"))
    assert isinstance(answer(unknown, given(Move.READ, "OFF77"), here()), Told)


def test_whoever_holds_the_recipients_role_may_answer() -> None:
    """The court duty officer's cover answers for them."""
    to = replace(NOTICE.recipient, officer="ENF01", reached_as="court_duty_officer", team=None)
    court = replace(NOTICE, recipient=to)
    staff = here(holds("court_duty_officer", "ENF01", CRC, cover="OFF02"), an_officer("OFF02"))
    assert answers_as(court, "OFF02", staff) == "court_duty_officer"


def test_an_answer_to_an_older_step_is_refused() -> None:
    """What was updated or passed on since must be read again; reading it does not make it older."""
    changed = a_notice(steps=4, said_at_step=3, state=S.READ)
    old = answer(changed, given(Move.ACKNOWLEDGE, step=2), here())
    assert isinstance(old, NoAnswer)
    assert "it has changed since step 2: it is at step 4 now" in old.words
    assert isinstance(answer(changed, given(Move.ACKNOWLEDGE, step=3), here()), Told)
    assert isinstance(answer(changed, given(Move.ACKNOWLEDGE), here()), Told)
    future = answer(changed, given(Move.ACKNOWLEDGE, step=5), here())
    assert isinstance(future, NoAnswer)
    assert "it has no step 5 yet" in future.words


def test_done_says_what_was_done() -> None:
    """An empty reason is none, and one that is too long belongs elsewhere."""
    acknowledged = replace(NOTICE, state=S.ACKNOWLEDGED)
    assert answer(acknowledged, given(Move.FINISH, because="  "), here()) == NoAnswer(SAY_WHAT)
    long = answer(acknowledged, given(Move.FINISH, because="x" * (BECAUSE_MAX + 1)), here())
    assert isinstance(long, NoAnswer)
    assert "characters are too many" in long.words
    exact = answer(acknowledged, given(Move.FINISH, because="x" * BECAUSE_MAX), here())
    assert isinstance(exact, Told)
