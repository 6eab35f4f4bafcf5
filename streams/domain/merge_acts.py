"""Acts upon people: a named officer says that two are one, or that they are two after all."""

from dataclasses import dataclass
from uuid import UUID

from streams.domain.touched import Touched


@dataclass(frozen=True, slots=True)
class PeopleMerged:
    """An officer says that two people are one, and why; all that was of `gone` is of `kept` now."""

    kept: UUID
    gone: UUID
    by: str
    reason: str

    @property
    def touched(self) -> Touched:
        """Return both people, and who says so."""
        return Touched(people=frozenset({self.kept, self.gone}), by=self.by)


@dataclass(frozen=True, slots=True)
class PeopleUnmerged:
    """An officer says that two who were merged are two after all, and why.

    `merge_seq` is the number of the merge, `kept` and `gone` whom it merged.
    """

    merge_seq: int
    kept: UUID
    gone: UUID
    by: str
    reason: str

    @property
    def touched(self) -> Touched:
        """Return both people, and who says so."""
        return Touched(people=frozenset({self.kept, self.gone}), by=self.by)


MergeAct = PeopleMerged | PeopleUnmerged
