"""The directory as the ledger keeps it, and the copy that a worker keeps of it.

Every batch takes the directory's advisory lock, shared; a batch with events of the directory takes
it for itself. Advisory locks queue fairly, where row locks would starve the writer. Under the lock
one number tells whether the copy still stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from streams.domain.directory_events import (
    AbsenceEnded,
    AbsenceRecorded,
    Grade,
    OfficerLeft,
    OfficerRecorded,
    Role,
    RoleRecorded,
    TeamRecorded,
)
from streams.domain.officers import Absence, Directory, Officer, RoleHolding, Team
from streams.domain.records import Event
from streams.ledger import tables
from streams.ledger.connection import Session
from streams.ledger.copying import columns_of, copy

DIRECTORY_LOCK: Final = 7_160_022
"""Key of the directory's advisory lock; any number that nothing else uses."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True)
class DirectoryCache:
    """A worker's copy of the directory, good as long as the ledger's version of it stands."""

    version: int = -1
    directory: Directory = field(default_factory=Directory)

    def load(self, session: Session, *, exclusive: bool) -> Directory:
        """Lock the directory for this transaction and return it as it is."""
        shared = "" if exclusive else "_shared"
        session.execute(f"SELECT pg_advisory_xact_lock{shared}(%s)", (DIRECTORY_LOCK,))
        row = session.execute("SELECT version FROM directory_version").fetchone()
        version = 0 if row is None else int(row[0])
        if version != self.version:
            self.directory = read(session, version)
            self.version = version
        return self.directory


def read(session: Session, version: int) -> Directory:
    """Read the whole directory."""
    officers = _rows(session, tables.officer, _officer)
    teams = _rows(session, tables.team, _team)
    holdings = _rows(session, tables.role_holding, _holding)
    absences = _rows(session, tables.absence, _absence)
    ends = session.execute("SELECT absence_id, from_at FROM absence_end ORDER BY seq").fetchall()
    newest = {absence.absence_id: absence for absence in absences}
    return Directory(
        version=version,
        officers=_grouped((officer.id, officer) for officer in officers),
        teams=_grouped(((team.provider, team.id), team) for team in teams),
        roles=_grouped(((held.role, held.provider), held) for held in holdings),
        absences=_grouped((absence.officer, absence) for absence in newest.values()),
        absence_ends=dict(ends),
    )


def _rows(session: Session, table: Any, make: Any) -> list[Any]:  # noqa: ANN401 - one reader for four tables
    """Read every row of a directory table in the order in which its events were admitted."""
    names = ", ".join(columns_of(table))
    rows = session.execute(f"SELECT {names} FROM {table.name} ORDER BY seq").fetchall()  # noqa: S608 - names of our own tables
    return [make(*row) for row in rows]


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    """Collect the entries of each key, in order."""
    grouped: dict[Key, list[Value]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in grouped.items()}


def _officer(seq: int, from_at: Any, *rest: Any) -> Officer:  # noqa: ANN401 - a row of the driver
    """Read an officer's entry."""
    officer, name, grade, provider, team, email, phone, gone = rest
    kind = Grade(grade)
    return Officer(from_at, seq, officer, name, kind, provider, team, email, phone, gone)


def _team(seq: int, from_at: Any, *rest: Any) -> Team:  # noqa: ANN401 - a row of the driver
    """Read a team's entry."""
    team, provider, name, manager = rest
    return Team(from_at, seq, team, provider, name, manager)


def _holding(seq: int, from_at: Any, *rest: Any) -> RoleHolding:  # noqa: ANN401 - a row of the driver
    """Read who held a role."""
    role, provider, holder, cover, until = rest
    return RoleHolding(from_at, seq, Role(role), provider, holder, cover, until)


def _absence(seq: int, from_at: Any, *rest: Any) -> Absence:  # noqa: ANN401 - a row of the driver
    """Read an absence."""
    absence_id, officer, until, cover = rest
    return Absence(from_at, seq, absence_id, officer, until, cover)


def save(session: Session, events: Sequence[tuple[int, Event]], directory: Directory) -> None:
    """Write the directory events of a batch and count the directory's version up."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for seq, event in events:
        name, row = _row(seq, event, directory)
        rows.setdefault(name, []).append(row)
    for name, of_table in sorted(rows.items()):
        copy(session, tables.metadata.tables[name], of_table)
    session.execute(
        "INSERT INTO directory_version (id, version) VALUES (1, %s)"
        " ON CONFLICT (id) DO UPDATE SET version = directory_version.version + %s",
        (len(events), len(events)),
    )


def _row(seq: int, event: Event, directory: Directory) -> tuple[str, tuple[Any, ...]]:
    """Return the table and the row of one directory event."""
    match event:
        case TeamRecorded():
            return "team", (
                seq, event.effective_at, event.team, event.provider, event.name, event.manager,
            )  # fmt: skip
        case OfficerRecorded() | OfficerLeft():
            return "officer", _officer_row(seq, event, directory)
        case RoleRecorded():
            return "role_holding", (
                seq, event.effective_at, event.role.value, event.provider, event.holder,
                event.cover, event.ended_at,
            )  # fmt: skip
        case AbsenceRecorded():
            return "absence", (
                seq, event.starts_at, event.absence_id, event.officer, event.ends_at, event.cover,
            )  # fmt: skip
        case AbsenceEnded():
            return "absence_end", (seq, event.ended_at, event.absence_id)
        case _:
            message = f"{type(event).__name__} is not an event of the directory"
            raise TypeError(message)


def _officer_row(
    seq: int, event: OfficerRecorded | OfficerLeft, directory: Directory
) -> tuple[Any, ...]:
    """Return an officer's entry as the directory now has it."""
    entry = next(e for e in directory.officers[event.officer] if e.seq == seq)
    return (
        seq, entry.from_at, entry.id, entry.name, entry.grade.value, entry.provider, entry.team,
        entry.email, entry.phone, entry.left,
    )  # fmt: skip
