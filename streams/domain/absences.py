"""Officers who are not there: how, since when, and who stands in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streams.domain.officers import Directory

LEFT: Final = "left"
"""The cause of those who do not come back."""


@dataclass(frozen=True, slots=True)
class Away:
    """An officer is not there from `from_at` on, until `until` if that is known.

    `cause` is the id of the absence, or `LEFT`. The ledger keeps one for each officer whose open
    items were handed over for it; what differs from the directory has to be acted on.
    """

    officer: str
    cause: str
    from_at: datetime
    until: datetime | None = None
    cover: str | None = None

    @property
    def has_left(self) -> bool:
        """Answer whether the officer does not come back."""
        return self.cause == LEFT


def how_away(directory: Directory, officer: str, at: datetime) -> Away | None:
    """Return how an officer is away at an instant; None where they are there."""
    known = directory.last_known(officer, at)
    absence = directory.absence(officer, at)
    if known is not None and known.left:
        # Who covered for them before they left does so until somebody has their people.
        return Away(officer, LEFT, known.from_at, cover=absence.cover if absence else None)
    if absence is None:
        return None
    return Away(officer, absence.absence_id, absence.from_at, absence.until, absence.cover)


def all_away(directory: Directory, at: datetime) -> Iterator[Away]:
    """Yield everybody who is not there at an instant, by officer."""
    left = (who for who, entries in directory.officers.items() if any(e.left for e in entries))
    for officer in sorted({*left, *directory.absences}):
        away = how_away(directory, officer, at)
        if away is not None:
            yield away
