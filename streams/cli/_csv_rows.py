"""Tables in text files, whoever wrote them: commas, semicolons, tabs or bars, with or without BOM.

What is wrong with the file as a whole is a `BadFile`, which says what to do about it.
"""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

BYTES_MAX: Final = 512 << 20
"""Largest file, in bytes: it is compared in memory."""
SEPARATORS: Final = ",;\t|"
HEADER_CHARS_MAX: Final = 65_536
"""How far the header is looked at for what parts its columns."""


class BadFile(Exception):
    """The file as a whole cannot be used; the message says why and what to do."""


def table_rows(path: Path, encoding: str | None = None) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with its number: the header, row 1, and every row that is not empty."""
    if path.stat().st_size > BYTES_MAX:
        raise BadFile(f"{path} is over {BYTES_MAX >> 20} MB; part it, it is compared in memory")
    used = encoding or encoding_of(path)
    is_begun = False
    try:
        with path.open(encoding=used, newline="") as file:
            separator = _separator(file.readline(HEADER_CHARS_MAX))
            file.seek(0)
            lines = csv.reader(file, skipinitialspace=True, delimiter=separator)
            for number, cells in enumerate(lines, 1):
                if any(cell.strip() for cell in cells):
                    is_begun = True
                    yield number, cells
                elif number == 1:
                    break
    except UnicodeError as error:
        raise BadFile(
            f"{path} is not in {used.removesuffix('-sig')}; save it as UTF-8, or say --encoding"
            " (cp1252 is what older Windows programs write)"
        ) from error
    except LookupError as error:
        raise BadFile(f"there is no encoding {used!r}; usual ones are utf-8 and cp1252") from error
    except csv.Error as error:
        raise BadFile(f"{path}: {error}; is it a table with a row for each record?") from error
    if not is_begun:
        raise BadFile(f"{path} is empty; its first row must name its columns")


def encoding_of(path: Path) -> str:
    """Return how a file is written, by the mark it begins with; UTF-8 without one."""
    with path.open("rb") as file:
        start = file.read(len(codecs.BOM_UTF8))
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig"


def _separator(header: str) -> str:
    """Return what parts the columns: what the header has most of, a comma where it has none."""
    counts = {separator: header.count(separator) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: counts[separator])
