"""Rows of a CSV file about people, read into descriptions; what is wrong is named by row and field.

A field may be of several columns (`street_number+address_1`), and a file may have several columns
for one field, as former addresses are. What cannot be read is left out of its record and said.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from streams.domain.identifiers import Identifier, IdentifierKind, Junk, Refused, parse
from streams.domain.scoring.people import Description, Home, Name

ADDRESS_FIELDS: Final = ("street", "town", "region")
NAME_FIELDS: Final = ("given_name", "middle_names", "family_name", "full_name")
ALIAS_FIELDS: Final = ("alias_given_name", "alias_family_name")
IDENTIFIER_FIELDS: Final = tuple(kind.value for kind in IdentifierKind)
FIELDS: Final = (
    *("id", "truth", *NAME_FIELDS, *ALIAS_FIELDS, "born_on", "postcode", *ADDRESS_FIELDS),
    *IDENTIFIER_FIELDS,
)
"""What a column may be mapped to; `other.NAME` is any further fact, compared as it is."""
OTHER: Final = "other."

KNOWN_COLUMNS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("rec_id", "unique_id", "record_id", "id", "recid"), "id"),
    **dict.fromkeys(("given_name", "first_name", "forename", "firstname", "fname"), "given_name"),
    **dict.fromkeys(("forename1", "given", "fname_c1", "first_names"), "given_name"),
    **dict.fromkeys(("middle_names", "middle_name", "middlename", "forename2"), "middle_names"),
    **dict.fromkeys(("surname", "family_name", "last_name", "lastname"), "family_name"),
    **dict.fromkeys(("lname", "lname_c1", "family"), "family_name"),
    **dict.fromkeys(("full_name", "name"), "full_name"),
    **dict.fromkeys(("date_of_birth", "dob", "born_on", "birth_date", "birthdate"), "born_on"),
    **dict.fromkeys(("postcode", "post_code", "zip", "zip_code", "postcode_fake"), "postcode"),
    **dict.fromkeys(("address", "address_1", "street", "address1", "street_name"), "street"),
    **dict.fromkeys(("suburb", "city", "town", "birth_place"), "town"),
    **dict.fromkeys(("pnc_id", "pnc_number"), "pnc"),
    **dict.fromkeys(("cro_number",), "cro"),
    **dict.fromkeys(("noms_number", "prison_number"), "nomis"),
    **{field: field for field in FIELDS},
}
"""Names of columns that are understood without a mapping, in small letters."""
NUMBER_COLUMNS: Final = ("street_number", "house_number")
DATE_SHAPES: Final = (
    (re.compile(r"(\d{4})[-/. ]?(\d{1,2})[-/. ]?(\d{1,2})(?:[T ].*)?"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})"), (3, 2, 1)),
)
"""Dates with the year first, or with the day first as it is written in England and Wales."""
BYTES_MAX: Final = 512 << 20
"""Largest file, in bytes: it is compared in memory."""
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
class Columns:
    """Which columns make each field: the alternatives, each of columns put together."""

    of: Mapping[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from: the file, which columns make which field, the year for identifiers."""

    file: str
    columns: Columns
    year: int


class BadFile(Exception):
    """The file as a whole cannot be used; the message says why and what to do."""


def mapping_from(header: Sequence[str], stated: Iterable[str]) -> Columns:
    """Return the mapping of a header: what was stated, else what the columns' names say.

    `stated` are FIELD=COLUMN[+COLUMN...]; FIELD= leaves a field out.
    """
    names = [column.strip() for column in header]
    chosen: dict[str, list[tuple[str, ...]]] = {}
    for entry in stated:
        field, equals, columns = entry.partition("=")
        if not equals or not (field in FIELDS or field.startswith(OTHER)):
            raise BadFile(f"mapping {entry!r}: write FIELD=COLUMN; fields are {', '.join(FIELDS)}")
        wanted = tuple(column.strip() for column in columns.split("+") if column.strip())
        missing = [column for column in wanted if column not in names]
        if missing:
            raise BadFile(f"there is no column {missing[0]!r}; there are {', '.join(names)}")
        chosen.setdefault(field, []).extend([wanted] if wanted else [])
    found = {field: tuple(columns) for field, columns in chosen.items()}
    return Columns(_guessed(names) | found)


def _guessed(names: Sequence[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the fields that the columns' names tell; a house number goes before its street."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for name in names:
        field = KNOWN_COLUMNS.get(name.casefold())
        if field is not None:
            found.setdefault(field, ((name,),))
    number = next((name for name in names if name.casefold() in NUMBER_COLUMNS), None)
    if number is not None:
        street = found.get("street", ((),))[0]
        found["street"] = ((number, *street),)
    second = tuple(name for name in names if name.casefold() in {"address_2", "address2"})
    if second:
        found["town"] = ((*second, *found.get("town", ((),))[0]),)
    return found


def read_rows(path: Path, stated: Sequence[str], *, year: int) -> Iterator[Row]:
    """Yield the records of a CSV file; `year` is for identifiers that need one."""
    if path.stat().st_size > BYTES_MAX:
        raise BadFile(f"{path} is over {BYTES_MAX >> 20} MB; part it, it is compared in memory")
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, skipinitialspace=True)
        try:
            header = next(lines, None)
            if not header:
                raise BadFile(f"{path} is empty; its first row must name its columns")
            source = Source(str(path), mapping_from(header, stated), year)
            names = [column.strip() for column in header]
            for number, cells in enumerate(lines, 2):
                if any(cells):
                    yield row_of(source, number, _cells(names, cells))
        except UnicodeDecodeError as error:
            raise BadFile(f"{path} is not UTF-8; save it as UTF-8") from error
        except csv.Error as error:
            raise BadFile(f"{path}, row {lines.line_num}: {error}") from error


def _cells(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell.strip()[:FIELD_CHARS_MAX] for name, cell in zip(names, cells, strict=False)}


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
        digits = birth_digits(given)
        births += [digits] if digits else []
        if not digits or not is_a_day(digits):
            fault("born_on", "a day as YYYY-MM-DD, YYYYMMDD or DD/MM/YYYY")
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
        main = Name(text("full_name"))
    alias = Name(text("alias_given_name") or main.given, "", text("alias_family_name"))
    has_alias = text("alias_given_name") or alias.family
    return tuple(name for name in (main, alias if has_alias else Name()) if any(name))


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


def birth_digits(given: str) -> str:
    """Return a date as eight digits, YYYYMMDD, though it need be no day there is; or nothing."""
    for shape, (year, month, day) in DATE_SHAPES:
        if found := shape.fullmatch(given.strip()):
            return f"{found[year]}{int(found[month]):02}{int(found[day]):02}"
    return ""


def is_a_day(digits: str) -> bool:
    """Answer whether eight digits are a day that there is."""
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
