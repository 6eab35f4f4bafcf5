"""Which column of a file about people is which field: what was said, else what its name says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from streams.cli._csv_rows import BadFile
from streams.domain.identifiers import IdentifierKind

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
COMPARED: Final = frozenset({*NAME_FIELDS, *ALIAS_FIELDS, "born_on", *IDENTIFIER_FIELDS})
"""Fields of which a file needs one at least."""

KNOWN_COLUMNS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("rec_id", "unique_id", "record_id", "id", "recid", "ncid"), "id"),
    **dict.fromkeys(("cluster", "cluster_id", "entity_id", "ent_id", "true_id"), "truth"),
    **dict.fromkeys(("given_name", "first_name", "forename", "firstname", "fname"), "given_name"),
    **dict.fromkeys(("forename1", "given", "fname_c1", "first_names", "forenames"), "given_name"),
    **dict.fromkeys(("middle_names", "middle_name", "middlename", "forename2"), "middle_names"),
    **dict.fromkeys(("fname_c2", "midl_name", "second_name", "middle"), "middle_names"),
    **dict.fromkeys(("surname", "family_name", "last_name", "lastname"), "family_name"),
    **dict.fromkeys(("lname", "lname_c1", "family"), "family_name"),
    **dict.fromkeys(("full_name", "name", "person_name"), "full_name"),
    **dict.fromkeys(("date_of_birth", "dob", "born_on", "birth_date", "birthdate"), "born_on"),
    **dict.fromkeys(("postcode", "post_code", "zip", "zip_code", "postcode_fake"), "postcode"),
    **dict.fromkeys(("address", "address_1", "street", "address1", "street_name"), "street"),
    **dict.fromkeys(("res_street_address", "street_address", "address_line_1"), "street"),
    **dict.fromkeys(("home_postcode", "postal_code"), "postcode"),
    **dict.fromkeys(("suburb", "city", "town", "birth_place", "res_city_desc"), "town"),
    **dict.fromkeys(("email", "email_address", "e_mail"), "other.email"),
    **dict.fromkeys(("phone", "phone_number", "phone_num", "telephone", "mobile"), "other.phone"),
    **dict.fromkeys(("mobile_no", "mobile_number", "phone_no", "telephone_number"), "other.phone"),
    **dict.fromkeys(("sex", "gender", "sex_code"), "other.sex"),
    **dict.fromkeys(("pnc_id", "pnc_number"), "pnc"),
    **dict.fromkeys(("cro_number",), "cro"),
    **dict.fromkeys(("noms_number", "prison_number"), "nomis"),
    **{field: field for field in FIELDS},
}
"""Names of columns that are understood without a mapping; letters and digits are what counts."""
DATE_COLUMNS: Final = (
    ("by", "bm", "bd"),
    ("birthyear", "birthmonth", "birthday"),
    ("yearofbirth", "monthofbirth", "dayofbirth"),
    ("birthyear",),
    ("yearofbirth",),
)
"""Columns that are a date of birth together, where no one column is it; a year is an estimate."""
NUMBER_COLUMNS: Final = frozenset({"streetnumber", "housenumber"})
SECOND_LINES: Final = frozenset(
    {"address2", "address3", "addressline2", "addressline3", "addressline4"}
)
_IN_BRACKETS: Final = re.compile(r"[(\[][^)\]]*[)\]]")
SECOND_FAMILY: Final = frozenset({"lnamec2"})
"""A column for the second part of a family name, as in the sets of R's RecordLinkage."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns make each field: the alternatives, each of columns put together."""

    of: Mapping[str, tuple[tuple[str, ...], ...]]

    def unused(self, header: Sequence[str]) -> tuple[str, ...]:
        """Return the columns of a header of which nothing is made."""
        used = {name for each in self.of.values() for one in each for name in one}
        return tuple(name for name in map(str.strip, header) if name and name not in used)


def _plain(name: str) -> str:
    """Return a column's name as it is looked up: Date of Birth (DD/MM/YYYY) is date_of_birth."""
    outside = _IN_BRACKETS.sub("", name) or name
    return "".join(letter for letter in outside.casefold() if letter.isalnum())


_FIELD_OF: Final = {_plain(name): field for name, field in KNOWN_COLUMNS.items()}


def mapping_from(header: Sequence[str], stated: Iterable[str]) -> Columns:
    """Return the mapping of a header: what was stated, else what the columns' names say.

    `stated` are FIELD=COLUMN[+COLUMN...]; FIELD= leaves a field out.
    """
    names = [column.strip() for column in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BadFile(f"two columns are called {twice[0]!r}; give each a name of its own")
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
    found = _guessed(names) | {field: tuple(columns) for field, columns in chosen.items()}
    if not found.keys() & COMPARED:
        raise BadFile(
            f"no column is a name, a date of birth or an identifier; there are {', '.join(names)}:"
            " say with --map which is which"
        )
    return Columns(found)


def _guessed(names: Sequence[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the fields that the columns' names tell; a house number goes before its street."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    # Those without a note first: before Surname (at birth), which stands first in a form, Surname.
    for name in sorted(names, key=lambda name: _IN_BRACKETS.search(name) is not None):
        field = _FIELD_OF.get(_plain(name))
        if field is not None:
            found.setdefault(field, ((name,),))
    by_name = {_plain(name): name for name in names}
    for parts in (parts for parts in DATE_COLUMNS if by_name.keys() >= set(parts)):
        found.setdefault("born_on", (tuple(by_name[part] for part in parts),))
    number = next((name for name in names if _plain(name) in NUMBER_COLUMNS), None)
    if number is not None:
        street = found.get("street", ((),))[0]
        found["street"] = ((number, *street),)
    if "family_name" in found:
        more = tuple(name for name in names if _plain(name) in SECOND_FAMILY)
        found["family_name"] = ((*found["family_name"][0], *more),)
    second = tuple(name for name in names if _plain(name) in SECOND_LINES)
    if second:
        found["town"] = ((*second, *found.get("town", ((),))[0]),)
    return found
