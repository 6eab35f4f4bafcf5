"""Wrong rules of whom an event is about, where its identifier may be somebody else's."""

from __future__ import annotations

from sys import modules
from typing import TYPE_CHECKING, Final

from world_run import rules

from streams.domain.passage import Identity
from streams.domain.scoring import guards
from streams.pipeline import doubting, seeking

if TYPE_CHECKING:
    import pytest

    from streams.pipeline import Rules


def identifiers_are_never_borrowed(patch: pytest.MonkeyPatch) -> Rules:
    """Whoever has an identifier is told, whomever else the event describes."""
    patch.setattr(modules["streams.pipeline.run"], "doubted", lambda *_: None)
    return rules()


def numbers_contradict_nothing(patch: pytest.MonkeyPatch) -> Rules:
    """A person may have several numbers of a kind of which everybody has one."""
    patch.setattr(guards, "ONE_TO_A_PERSON", frozenset())
    return rules()


def every_birth_is_a_slip(patch: pytest.MonkeyPatch) -> Rules:
    """Another date of birth than the person's is no sign of somebody else."""
    patch.setattr(guards, "OTHER_BIRTH", frozenset())
    return rules()


def new_names_are_not_learnt(patch: pytest.MonkeyPatch) -> Rules:
    """What case management calls somebody from now on is not taken from it."""
    patch.setattr(seeking, "gives_new_name", lambda *_: False)
    return rules()


def case_management_is_doubted(patch: pytest.MonkeyPatch) -> Rules:
    """A number is not believed where case management itself says whose it is."""
    patch.setattr(doubting, "is_under_own_number", lambda *_: False)
    return rules()


def a_relative_does_not_begin(patch: pytest.MonkeyPatch) -> Rules:
    """An allocation under a new number is held where another's identifier stands beside it."""
    held = lambda _opened, looked, _found, doubt: Identity(doubt, None, refused=looked.refused)  # noqa: E731 - one line says it
    patch.setattr(modules["streams.pipeline.run"], "in_doubt", held)
    return rules()


OF_IDENTITY: Final = (
    identifiers_are_never_borrowed,
    numbers_contradict_nothing,
    every_birth_is_a_slip,
    new_names_are_not_learnt,
    case_management_is_doubted,
    a_relative_does_not_begin,
)
