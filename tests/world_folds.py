"""Cases and directories as values, made by applying what the builders say."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Final
from uuid import UUID

from streams.domain.cases import Case
from streams.domain.folding import fold
from streams.domain.officers import Directory, apply

if TYPE_CHECKING:
    from world_said import Said

EMPTY: Final = Case(person_id=UUID(int=1))


def folded(*said: Said, case: Case = EMPTY) -> Case:
    """Return a case with these events applied, in this order."""
    numbered = enumerate((each.model() for each in said), start=1)
    return reduce(lambda each, event: fold(each, event[1], event[0]), numbered, case)


def directory(*said: Said) -> Directory:
    """Return a directory with these events applied, in this order."""
    numbered = enumerate((each.model() for each in said), start=1)
    return reduce(lambda each, event: apply(each, event[1], event[0]), numbered, Directory())
