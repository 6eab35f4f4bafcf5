"""Dates of birth as people write them, read as eight digits; what is no day is still digits.

A slip of a digit makes a day that there is not, and is compared digit by digit all the same.
"""

import re
from collections.abc import Iterable
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
_YEAR_FIRST: Final = (
    re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})" + _TIME),
    re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?" + _TIME),
)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})" + _TIME)
MONTHS: Final = 12
_IN_WORDS: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3})[a-z]*[-/., ]*(\d{4})")
_MONTH_IN_WORDS: Final = re.compile(
    r"([a-z]{3})[a-z]*[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/., ]+(\d{4})"
)
_YEAR: Final = re.compile(r"(\d{4})(?:\.0)?")


def are_months_first(dates: Iterable[str]) -> bool:
    """Answer whether dates with the year last have the month first, as in the United States.

    Some months of a file are under 13 in either reading; what is over 12 is the day.
    """
    first_over = second_over = 0
    for given in dates:
        if found := _YEAR_LAST.fullmatch(given.strip().upper()):
            first_over += int(found[1]) > MONTHS
            second_over += int(found[2]) > MONTHS
    return second_over > first_over


def birth_digits(given: str, *, month_first: bool = False) -> str:
    """Return a date as YYYYMMDD, though it need be no day there is, or nothing.

    A year alone is taken for an estimate, which is written as its 1 January. With the year last,
    the day is first, as it is written in England and Wales, unless it is said otherwise.
    """
    text = given.strip().casefold()
    for shape in _YEAR_FIRST:
        if found := shape.fullmatch(text.upper()):
            return f"{found[1]}{int(found[2]):02}{int(found[3]):02}"
    if found := _YEAR_LAST.fullmatch(text.upper()):
        day, month = (found[2], found[1]) if month_first else (found[1], found[2])
        return f"{found[3]}{int(month):02}{int(day):02}"
    if (found := _IN_WORDS.fullmatch(text)) and found[2] in _MONTHS:
        return f"{found[3]}{_MONTHS.index(found[2]) + 1:02}{int(found[1]):02}"
    if (found := _MONTH_IN_WORDS.fullmatch(text)) and found[1] in _MONTHS:
        return f"{found[3]}{_MONTHS.index(found[1]) + 1:02}{int(found[2]):02}"
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
