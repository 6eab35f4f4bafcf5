"""Working time against a table worked out by hand, day by day, from calendars on paper.

Days and hours on the wall are written as they are in England; the instants expected are in UTC, so
that a mistake of an hour about summer time cannot hide.
"""

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from streams.domain.calendar import WorkingCalendar
from streams.domain.duties import (
    BeforeDay,
    Due,
    SameDay,
    WithinWorkingHours,
    WorkingDays,
    due_at,
)

LONDON: Final = ZoneInfo("Europe/London")
CALENDAR: Final = WorkingCalendar()


def wall(text: str) -> datetime:
    """Return the instant of an hour on an English wall."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


EASTER_2027: Final = [
    # Good Friday is 26 March, Easter Monday 29 March, and the clocks go forward on Sunday the 28th.
    ("2027-03-25 16:00", SameDay(), "2027-03-25T17:00Z"),
    ("2027-03-25 17:00", SameDay(), "2027-03-30T16:00Z"),
    ("2027-03-25 16:00", WithinWorkingHours(1), "2027-03-25T17:00Z"),
    ("2027-03-25 16:00", WithinWorkingHours(2), "2027-03-30T09:00Z"),
    ("2027-03-25 09:00", WithinWorkingHours(8), "2027-03-25T17:00Z"),
    ("2027-03-25 09:00", WithinWorkingHours(16), "2027-03-30T16:00Z"),
    ("2027-03-25 16:00", WorkingDays(1), "2027-03-30T16:00Z"),
    ("2027-03-25 16:00", WorkingDays(2), "2027-03-31T16:00Z"),
    ("2027-03-24 12:00", WorkingDays(1), "2027-03-25T17:00Z"),
    ("2027-03-24 12:00", WorkingDays(5), "2027-04-02T16:00Z"),
    ("2027-03-26 10:00", WithinWorkingHours(1), "2027-03-30T09:00Z"),
    ("2027-03-28 03:00", WorkingDays(1), "2027-03-30T16:00Z"),
    ("2027-03-01 09:00", BeforeDay(date(2027, 3, 31), 2), "2027-03-25T17:00Z"),
    ("2027-03-01 09:00", BeforeDay(date(2027, 3, 29), 1), "2027-03-25T17:00Z"),
]
CHRISTMAS_2026: Final = [
    # The 25th is a Friday; Boxing Day, a Saturday, is kept on Monday the 28th; 1 January a Friday.
    ("2026-12-24 16:59", SameDay(), "2026-12-24T17:00Z"),
    ("2026-12-24 16:59", WithinWorkingHours(1), "2026-12-29T09:59Z"),
    ("2026-12-24 16:59", WorkingDays(1), "2026-12-29T17:00Z"),
    ("2026-12-24 16:59", WorkingDays(3), "2026-12-31T17:00Z"),
    ("2026-12-24 16:59", WorkingDays(4), "2027-01-04T17:00Z"),
    ("2026-12-28 11:00", SameDay(), "2026-12-29T17:00Z"),
    ("2026-12-01 09:00", BeforeDay(date(2026, 12, 30), 3), "2026-12-23T17:00Z"),
]
CHRISTMAS_2027: Final = [
    # The 25th is a Saturday and the 26th a Sunday: kept on Monday the 27th and Tuesday the 28th;
    # 1 January 2028 is a Saturday, kept on Monday the 3rd.
    ("2027-12-24 16:59", WithinWorkingHours(1), "2027-12-29T09:59Z"),
    ("2027-12-24 16:59", WorkingDays(1), "2027-12-29T17:00Z"),
    ("2027-12-24 16:59", WorkingDays(3), "2027-12-31T17:00Z"),
    ("2027-12-24 16:59", WorkingDays(4), "2028-01-04T17:00Z"),
    ("2027-12-31 12:00", WorkingDays(1), "2028-01-04T17:00Z"),
    ("2027-12-27 09:00", WithinWorkingHours(8), "2027-12-29T17:00Z"),
]
LEAP_DAY_2028: Final = [
    # 29 February 2028 is a Tuesday.
    ("2028-02-28 10:00", WorkingDays(1), "2028-02-29T17:00Z"),
    ("2028-02-29 10:00", WorkingDays(1), "2028-03-01T17:00Z"),
    ("2028-02-25 10:00", WorkingDays(2), "2028-02-29T17:00Z"),
    ("2028-02-28 16:30", WithinWorkingHours(9), "2028-03-01T09:30Z"),
    ("2028-02-01 09:00", BeforeDay(date(2028, 3, 1), 1), "2028-02-29T17:00Z"),
    ("2028-02-01 09:00", BeforeDay(date(2028, 2, 29), 1), "2028-02-28T17:00Z"),
]
FRIDAY_EVENING: Final = [
    # 5 June 2026 is a Friday in summer time.
    ("2026-06-05 16:59", SameDay(), "2026-06-05T16:00Z"),
    ("2026-06-05 16:59", WithinWorkingHours(1), "2026-06-08T08:59Z"),
    ("2026-06-05 16:59", WorkingDays(1), "2026-06-08T16:00Z"),
    ("2026-06-05 17:00", SameDay(), "2026-06-08T16:00Z"),
    ("2026-06-05 17:00", WithinWorkingHours(1), "2026-06-08T09:00Z"),
    ("2026-06-05 17:01", WithinWorkingHours(1), "2026-06-08T09:00Z"),
]
MIDNIGHT: Final = [
    # In summer time an English day begins at 23:00 UTC of the day before; 1 July 2026, a Wednesday.
    ("2026-06-30 23:59", WorkingDays(1), "2026-07-01T16:00Z"),
    ("2026-07-01 00:00", WorkingDays(1), "2026-07-02T16:00Z"),
    ("2026-07-01 00:30", WorkingDays(1), "2026-07-02T16:00Z"),
    ("2026-07-01 00:00", SameDay(), "2026-07-01T16:00Z"),
    ("2026-07-01 00:30", WithinWorkingHours(1), "2026-07-01T09:00Z"),
    # Friday ends at midnight as well: what comes then has Monday, and as a day after it, Monday.
    ("2026-07-04 00:00", SameDay(), "2026-07-06T16:00Z"),
    ("2026-07-04 00:00", WorkingDays(1), "2026-07-06T16:00Z"),
    ("2026-07-03 23:59", WorkingDays(1), "2026-07-06T16:00Z"),
    # The clocks go back on Sunday 25 October 2026, after which the day begins at midnight UTC.
    ("2026-10-23 16:00", WithinWorkingHours(2), "2026-10-26T10:00Z"),
    ("2026-10-26 00:00", WorkingDays(1), "2026-10-27T17:00Z"),
]
TABLE: Final = {
    "Easter 2027": EASTER_2027,
    "Christmas 2026": CHRISTMAS_2026,
    "Christmas 2027": CHRISTMAS_2027,
    "29 February 2028": LEAP_DAY_2028,
    "Friday evening": FRIDAY_EVENING,
    "midnight": MIDNIGHT,
}
ROWS: Final = [
    pytest.param(*row, id=f"{name}: {row[0]} {row[1]}")
    for name, rows in TABLE.items()
    for row in rows
]


@pytest.mark.parametrize(("raised", "due", "falls"), ROWS)
def test_deadlines_fall_as_worked_out_by_hand(raised: str, due: Due, falls: str) -> None:
    """Every row of the table, from an hour on the wall to an instant in UTC."""
    expected = datetime.fromisoformat(falls)
    assert due_at(due, wall(raised), CALENDAR) == expected
    assert due_at(due, wall(raised).astimezone(UTC), CALENDAR) == expected
