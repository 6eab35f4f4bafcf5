"""Rows of a register from case management, CSV or a JSON object a line, read one at a time."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from streams.cli._csv_rows import BadFile, encoding_of, table_rows
from streams.cli._identity_columns import KNOWN_COLUMNS
from streams.cli._identity_dates import birth_digits, is_a_day
from streams.domain.identifiers import Identifier, IdentifierKind, parse
from streams.domain.reconciling import Registered

FIELDS: Final = (
    *("crn", "given_name", "family_name", "born_on", "pnc"),
    *("provider", "team", "officer"),
)
KNOWN: Final[Mapping[str, str]] = {
    **{column: field for column, field in KNOWN_COLUMNS.items() if field in FIELDS},
    **dict.fromkeys(("case_reference_number", "case_reference"), "crn"),
    **dict.fromkeys(("provider_code", "probation_area"), "provider"),
    **dict.fromkeys(("team_code",), "team"),
    **dict.fromkeys(("officer_code", "officer_id", "staff_code"), "officer"),
    **{field: field for field in FIELDS},
}
"""Names of columns that are understood without a mapping, in small letters."""
LINE_CHARS_MAX: Final = 65_536


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row: its number, what it says where its number could be read, and what was wrong."""

    number: int
    said: Registered | None
    faults: tuple[tuple[str, str], ...] = ()


def register_rows(
    path: Path, stated: Mapping[str, str], *, year: int, encoding: str | None = None
) -> Iterator[RegisterRow]:
    """Yield the rows of a register; a file that cannot be used as a whole is a `BadFile`."""
    if _is_json(path):
        yield from _json_rows(path, stated, year)
        return
    rows = table_rows(path, encoding)
    _, header = next(rows)
    columns = _columns([name.strip() for name in header], stated)
    for number, cells in rows:
        given = {field: cells[at].strip() for field, at in columns.items() if at < len(cells)}
        yield _row(number, given, year)


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"["):
        raise BadFile(f"{path} is one JSON list; write one JSON object a line")
    return start.startswith(b"{")


def _columns(names: list[str], stated: Mapping[str, str]) -> dict[str, int]:
    """Return where each field stands; what was stated comes before what names tell."""
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        if (field := KNOWN.get(name.casefold())) is not None:
            found.setdefault(field, at)
    for field, column in stated.items():
        if column not in names:
            raise BadFile(f"there is no column {column!r}; there are {', '.join(names)}")
        found[field] = names.index(column)
    if "crn" not in found:
        raise BadFile(f"no column is the CRN; there are {', '.join(names)}: say --map crn=COLUMN")
    return found


def _json_rows(path: Path, stated: Mapping[str, str], year: int) -> Iterator[RegisterRow]:
    renamed = {column: field for field, column in stated.items()}
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        number = 0
        while line := file.readline(LINE_CHARS_MAX):
            number += 1
            if not line.strip():
                continue
            given = _object(line)
            if given is None:
                yield RegisterRow(number, None, (("(row)", "one JSON object"),))
                continue
            named = {renamed.get(name) or KNOWN.get(name.casefold()): given[name] for name in given}
            texts = {field: value for field, value in named.items() if field is not None}
            yield _row(number, {f: "" if v is None else str(v) for f, v in texts.items()}, year)


def _object(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _row(number: int, given: Mapping[str, str], year: int) -> RegisterRow:
    """Read one row; what cannot be read of a person is left out and named."""
    faults = []
    crn = parse(IdentifierKind.CRN, given.get("crn", ""), year=year)
    if not isinstance(crn, Identifier):
        return RegisterRow(number, None, (("crn", "a case reference number"),))
    born = birth_digits(given["born_on"]) if given.get("born_on") else ""
    if given.get("born_on") and not (born and is_a_day(born)):
        faults.append(("born_on", "a day as YYYY-MM-DD, YYYYMMDD or DD/MM/YYYY"))
        born = ""
    pnc = parse(IdentifierKind.PNC, given["pnc"], year=year) if given.get("pnc") else None
    if pnc is not None and not isinstance(pnc, Identifier):
        faults.append(("pnc", "a PNC id whose check letter is right"))
    texts = {name: given.get(name, "").strip() for name in FIELDS if name not in _READ}
    value = pnc.value if isinstance(pnc, Identifier) else ""
    return RegisterRow(
        number, Registered(crn=crn.value, born=born, pnc=value, **texts), tuple(faults)
    )


_READ: Final = frozenset({"crn", "born_on", "pnc"})
"""Fields that are more than text."""
