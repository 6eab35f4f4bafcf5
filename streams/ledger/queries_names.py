"""What people call those whom the ledger has by ids: officers by name, people by their number."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from streams.ledger.arrays import uuids
from streams.ledger.connection import Session

OFFICERS: Final = (
    "SELECT DISTINCT ON (officer) officer, name FROM officer WHERE officer = ANY(%s)"
    " ORDER BY officer, from_at DESC, seq DESC"
)
NUMBERS: Final = "SELECT person_id, crn FROM case_file WHERE person_id = ANY(%s)"
NOBODY: Final = "nobody whom we know"


def officers_named(session: Session, officers: Iterable[str | None]) -> dict[str, str]:
    """Return officers by id, each as a reader knows them: name and id, or the id alone."""
    ids = sorted({each for each in officers if each})
    names: dict[str, str] = dict(session.execute(OFFICERS, (ids,)).fetchall())
    return {each: f"{names[each]} ({each})" if names.get(each) else each for each in ids}


def people_named(session: Session, people: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return people by id, each by their case reference number, else by the id; None is nobody."""
    ids = sorted({each for each in people if each is not None})
    numbers: dict[UUID, str] = dict(session.execute(NUMBERS, (uuids(ids),)).fetchall())
    named: dict[UUID | None, str] = {None: NOBODY}
    named.update((each, numbers.get(each) or f"person {each}") for each in ids)
    return named
