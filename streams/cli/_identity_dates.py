"""Dates of birth as people write them, read as eight digits; what is no day is still digits.

A slip of a digit makes a day that there is not, and is compared digit by digit all the same.
"""

import re
from datetime import date
from typing import Final

_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_TIME: Final = r"(?:[T ]\d{1,2}:.*)?"
_SHAPES: Final = (
    (re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})" + _TIME), (1, 2, 3)),
    (re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?" + _TIME), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})" + _TIME), (3, 2, 1)),
)
"""Dates with the year first, or with the day first as it is written in England and Wales."""
_IN_WORDS: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3})[a-z]*[-/., ]*(\d{4})")
_YEAR: Final = re.compile(r"(\d{4})(?:\.0)?")


def birth_digits(given: str) -> str:
    """Return a date as YYYYMMDD, though it need be no day there is, or nothing.

    A year alone is taken for an estimate, which is written as its 1 January.
    """
    text = given.strip().casefold()
    for shape, (year, month, day) in _SHAPES:
        if found := shape.fullmatch(text.upper()):
            return f"{found[year]}{int(found[month]):02}{int(found[day]):02}"
    if (found := _IN_WORDS.fullmatch(text)) and found[2] in _MONTHS:
        return f"{found[3]}{_MONTHS.index(found[2]) + 1:02}{int(found[1]):02}"
    if found := _YEAR.fullmatch(text):
        return f"{found[1]}0101"
    return ""


def is_a_day(digits: str) -> bool:
    """Answer whether eight digits are a day that there is."""
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
