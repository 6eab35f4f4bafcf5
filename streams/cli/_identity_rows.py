"""Rows of a CSV file about people, read into descriptions; what is wrong is named by row and field.

A field may be of several columns (`street_number+address_1`), and a file may have several columns
for one field, as former addresses are. What cannot be read is left out of its record and said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from streams.cli._csv_rows import BadFile, table_rows
from streams.cli._identity_columns import (
    ADDRESS_FIELDS,
    IDENTIFIER_FIELDS,
    OTHER,
    Columns,
    mapping_from,
)
from streams.cli._identity_dates import are_months_first, birth_digits, is_a_day
from streams.domain.identifiers import Identifier, IdentifierKind, Junk, Refused, parse
from streams.domain.scoring.people import Description, Home, Name

__all__ = [
    "BadFile",
    "Fault",
    "Reading",
    "Row",
    "Source",
    "mapping_from",
    "read_rows",
    "row_of",
    "source_of",
]

NOT_KNOWN: Final = frozenset(
    {"", "-", "?", "NA", "N/A", "n/a", "nan", "NaN", "NaT", "None", "null", "NULL"}
)
"""What programs write for a cell in which there is nothing, letter by letter: Nan is a name."""
FIELD_CHARS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row; the text itself is not repeated."""

    file: str
    row: int
    field: str
    expected: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: its number (the header is row 1), its id, and whom it describes."""

    number: int
    id: str
    truth: str
    description: Description
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: the file, which columns make which field, the year for identifiers.

    `unused` are the columns of which nothing is made, `is_month_first` how its dates are read.
    """

    file: str
    columns: Columns
    year: int
    unused: tuple[str, ...] = ()
    is_month_first: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: the columns as stated, the year for identifiers, the encoding."""

    stated: tuple[str, ...]
    year: int
    encoding: str | None = None


def source_of(path: Path, how: Reading) -> Source:
    """Say how a table is read, by its header and by what its dates of birth look like."""
    rows = table_rows(path, how.encoding)
    _, header = next(rows)
    names = [column.strip() for column in header]
    columns = mapping_from(header, how.stated)
    cells = (_cells(names, row) for _, row in rows)
    dates = (date for each in cells for date in _texts(each, columns, "born_on", joiner="-"))
    is_month_first = are_months_first(dates)
    return Source(str(path), columns, how.year, columns.unused(header), is_month_first)


def read_rows(path: Path, how: Reading, source: Source) -> Iterator[Row]:
    """Yield the records of a table; an id that another row has already is a fault."""
    rows = table_rows(path, how.encoding)
    _, header = next(rows)
    names = [column.strip() for column in header]
    seen: set[str] = set()
    for number, cells in rows:
        row = row_of(source, number, _cells(names, cells))
        if len(cells) > len(names) and any(cells[len(names) :]):
            row = _faulted(source, row, "(row)", "no more cells than the header has")
        if row.id in seen:
            row = _faulted(source, row, "id", "an id that no row before it has")
        seen.add(row.id)
        yield row


def _faulted(source: Source, row: Row, field: str, expected: str) -> Row:
    fault = Fault(source.file, row.number, field, expected)
    return replace(row, faults=(*row.faults, fault))


def _cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    kept = (cell.strip()[:FIELD_CHARS_MAX] for cell in cells)
    pairs = zip(names, kept, strict=False)
    return {name: "" if cell in NOT_KNOWN else cell for name, cell in pairs}


def row_of(source: Source, number: int, cells: Mapping[str, str]) -> Row:
    """Read one row; a field that cannot be read is left out of it and named."""
    faults: list[Fault] = []
    columns = source.columns

    def fault(field: str, expected: str) -> None:
        faults.append(Fault(source.file, number, field, expected))

    def text(field: str) -> str:
        return next(iter(_texts(cells, columns, field)), "")

    births = []
    for given in _texts(cells, columns, "born_on", joiner="-"):
        digits = birth_digits(given, month_first=source.is_month_first)
        births += [digits] if digits else []
        if not digits or not is_a_day(digits):
            last = "MM/DD/YYYY" if source.is_month_first else "DD/MM/YYYY"
            fault("born_on", f"a day as YYYY-MM-DD, YYYYMMDD or {last}")
    if len(cells) < len({c for each in columns.of.values() for one in each for c in one}):
        fault("(row)", "as many cells as the header has")
    identifiers = frozenset(_identifiers(cells, source, fault))
    description = Description(_names(text), tuple(births), _homes(cells, columns), identifiers,
        {field: text(field) for field in columns.of if field.startswith(OTHER)})  # fmt: skip
    if not description.names and not births and not identifiers:
        fault("(row)", "a name, a date of birth or an identifier; it can be compared with nobody")
    return Row(number, text("id") or str(number), text("truth"), description, tuple(faults))


def _texts(
    cells: Mapping[str, str], columns: Columns, field: str, joiner: str = " "
) -> Iterator[str]:
    """Yield what a field's columns hold, each alternative that holds anything."""
    for names in columns.of.get(field, ()):
        found = joiner.join(cells[name] for name in names if cells.get(name))
        if found:
            yield found


def _names(text: Callable[[str], str]) -> tuple[Name, ...]:
    main = Name(text("given_name"), text("middle_names"), text("family_name"))
    if not any(main):
        main = _whole_name(text("full_name"))
    alias = Name(text("alias_given_name") or main.given, "", text("alias_family_name"))
    has_alias = text("alias_given_name") or alias.family
    return tuple(name for name in (main, alias if has_alias else Name()) if any(name))


def _whole_name(text: str) -> Name:
    """Read a name in one box; before a comma stands the family name."""
    family, comma, given = text.partition(",")
    if not comma:
        return Name(text)
    first, _, middle = given.strip().partition(" ")
    return Name(first, middle, family.strip())


def _homes(cells: Mapping[str, str], columns: Columns) -> tuple[Home, ...]:
    """Return the addresses; former postcodes are addresses of their own."""
    postcodes = list(_texts(cells, columns, "postcode"))
    lines = tuple(line for field in ADDRESS_FIELDS for line in _texts(cells, columns, field))
    first = Home(lines, postcodes[0] if postcodes else "")
    return tuple(home for home in (first, *(Home((), code) for code in postcodes[1:])) if any(home))


def _identifiers(
    cells: Mapping[str, str], source: Source, fault: Callable[[str, str], None]
) -> Iterator[Identifier]:
    for field in IDENTIFIER_FIELDS:
        for given in _texts(cells, source.columns, field):
            match parse(IdentifierKind(field), given, year=source.year):
                case Identifier() as found:
                    yield found
                case Refused(why=why):
                    fault(field, why)
                case Junk():
                    pass
