"""The life of a notice: what may happen to it, what may not, and the picture of it."""

from pathlib import Path
from typing import Any

import pytest

from streams.domain.notices import (
    LIFE,
    URGENCY_ORDER,
    Move,
    NoticeState,
    Urgency,
    after,
    diagram,
    notice_id,
)

PAGE = Path(__file__).parents[2] / "docs" / "notice-life.md"
WRITE_THE_PAGE = "PYTHONPATH=.:tests python tests/domain/test_notices.py"
SOURCE = ("durham-police", "e1")
RULE = ("domestic_abuse_callout", 1)


def page() -> str:
    """Write the page about the life of a notice."""
    return (
        "# The life of a notice\n\n"
        "Drawn from the table `LIFE` in `streams/domain/notices.py`; change that, not this.\n"
        "Read is not acknowledged, and acknowledged is not done.\n\n"
        f"```mermaid\n{diagram()}\n```\n"
    )


def test_the_page_shows_the_table() -> None:
    """The picture in the documentation is the one that the table draws."""
    assert PAGE.read_text() == page(), f"write it again with: {WRITE_THE_PAGE}"


def test_the_diagram_draws_every_move_once() -> None:
    """A move of the table is one arrow, beside the one into the first state."""
    arrows = [line for line in diagram().splitlines() if "-->" in line]
    assert len(arrows) == len(set(arrows)) == 1 + sum(map(len, LIFE.values()))


def test_every_state_has_a_row() -> None:
    """No state is forgotten in the table."""
    assert set(LIFE) == set(NoticeState)


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("move", Move)
def test_a_move_that_the_table_lacks_changes_nothing(state: NoticeState, move: Move) -> None:
    """A move leads where the table says, and nowhere where it says nothing."""
    assert after(state, move) is LIFE[state].get(move)


@pytest.mark.parametrize(
    ("state", "move"),
    [
        (NoticeState.RAISED, Move.FINISH),
        (NoticeState.READ, Move.FINISH),
        (NoticeState.READ, Move.SEND),
        (NoticeState.DONE, Move.ACKNOWLEDGE),
        (NoticeState.DONE, Move.ESCALATE),
        (NoticeState.ACKNOWLEDGED, Move.READ),
        (NoticeState.WITHDRAWN, Move.ACKNOWLEDGE),
        (NoticeState.WITHDRAWN, Move.WITHDRAW),
    ],
)
def test_an_illegal_move_has_no_end(state: NoticeState, move: Move) -> None:
    """Read is not acknowledged, acknowledged is not done, and what is over stays over."""
    assert after(state, move) is None


@pytest.mark.parametrize("state", [each for each in NoticeState if each != NoticeState.WITHDRAWN])
def test_whatever_was_told_can_be_updated_and_withdrawn(state: NoticeState) -> None:
    """Nobody is left with what is no longer true, and what they saw is shown to them again."""
    assert after(state, Move.WITHDRAW) is NoticeState.WITHDRAWN
    seen = {NoticeState.READ, NoticeState.ACKNOWLEDGED, NoticeState.DONE, NoticeState.REOPENED}
    assert after(state, Move.UPDATE) is (NoticeState.REOPENED if state in seen else state)


def test_urgency_runs_from_the_most_urgent() -> None:
    """The order of urgencies is that of FLOWS rule 6."""
    assert URGENCY_ORDER[0] is Urgency.IMMEDIATE
    assert URGENCY_ORDER[-1] is Urgency.DIGEST


@pytest.mark.parametrize(
    "other",
    [
        {"source": ("durham-police", "e2")},
        {"source": ("hmcts", "e1")},
        {"rule": ("domestic_abuse_callout", 2)},
        {"rule": ("new_offence", 1)},
        {"person": "another"},
        {"to": "OFF02"},
    ],
)
def test_an_id_follows_from_all_that_makes_a_notice_one(other: dict[str, Any]) -> None:
    """The same event, rule, person and recipient give the same id; any other gives another."""
    same = {"source": SOURCE, "rule": RULE, "person": "p", "to": "OFF01"}
    assert notice_id(**same) == notice_id(**same)
    assert notice_id(**(same | other)) != notice_id(**same)


if __name__ == "__main__":
    PAGE.write_text(page())
