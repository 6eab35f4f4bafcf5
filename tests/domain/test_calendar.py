"""Working time: deadlines worked out by hand from the published calendars."""

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.calendar import (
    WORKING_DAYS_MAX,
    WORKING_HOURS_MAX,
    WorkingCalendar,
    bank_holidays,
)

CALENDAR = WorkingCalendar()


def at(text: str) -> datetime:
    """Read a UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        ("2026-11-20", True, "a Friday"),
        ("2026-11-21", False, "a Saturday"),
        ("2026-11-22", False, "a Sunday"),
        ("2026-12-25", False, "Christmas, a Friday"),
        ("2026-12-28", False, "the substitute for Boxing Day, a Saturday"),
        ("2026-12-29", True, "the Tuesday after"),
        ("2027-03-26", False, "Good Friday"),
        ("2027-03-29", False, "Easter Monday"),
        ("2027-03-30", True, "the Tuesday after Easter"),
        ("2027-12-27", False, "the substitute for Christmas, a Saturday"),
        ("2027-12-28", False, "the substitute for Boxing Day, a Sunday"),
        ("2028-01-03", False, "the substitute for New Year, a Saturday"),
        ("2022-06-02", False, "the spring holiday, moved for the Platinum Jubilee"),
        ("2022-06-03", False, "the Platinum Jubilee"),
        ("2022-09-19", False, "the State Funeral, proclaimed nine days before"),
        ("2026-08-03", True, "a holiday in Scotland only"),
        ("2027-03-17", True, "a holiday in Northern Ireland only"),
        ("2016-08-29", False, "the late summer holiday of the year of the inspection"),
        ("0001-01-01", True, "a Monday before there were bank holidays"),
        ("9999-12-31", True, "a Friday after the tables end"),
    ],
)
def test_working_days(day: str, works: bool, why: str) -> None:
    """Offices open on weekdays that are no bank holiday of England and Wales."""
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is works, why


def test_the_bank_holidays_of_a_year() -> None:
    """The list of 2027 is the published one, substitute days included."""
    weekdays = {day.isoformat() for day in bank_holidays(2027) if day.weekday() < 5}
    assert weekdays == {
        *("2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03"),
        *("2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28"),
    }


def test_settings_override_the_calendar() -> None:
    """A day off and a day on may be set before the library knows of them, weekends included."""
    calendar = WorkingCalendar(
        extra_holidays=frozenset({date(2026, 11, 23)}),
        extra_working_days=frozenset({date(2026, 11, 21), date(2026, 12, 25)}),
    )
    assert not calendar.is_working_day(date(2026, 11, 23))
    assert calendar.is_working_day(date(2026, 11, 21))
    assert calendar.is_working_day(date(2026, 12, 25))
    assert calendar.add_working_days(at("2026-11-20T10:00"), 2) == at("2026-11-24T17:00")


@pytest.mark.parametrize(
    ("instant", "days", "due", "why"),
    [
        ("2026-11-18T10:00", 1, "2026-11-19T17:00", "Wednesday to Thursday"),
        ("2026-11-18T00:00", 1, "2026-11-19T17:00", "the day itself never counts, from midnight"),
        ("2026-11-18T23:59", 1, "2026-11-19T17:00", "nor up to midnight"),
        ("2026-11-20T16:59", 1, "2026-11-23T17:00", "Friday before closing to Monday"),
        ("2026-11-21T12:00", 1, "2026-11-23T17:00", "Saturday to Monday"),
        ("2026-11-22T12:00", 5, "2026-11-27T17:00", "Sunday and a whole week"),
        ("2026-12-23T10:00", 1, "2026-12-24T17:00", "Christmas Eve works"),
        ("2026-12-23T10:00", 2, "2026-12-29T17:00", "over Christmas 2026 and its substitute"),
        ("2027-12-23T10:00", 2, "2027-12-29T17:00", "over Christmas 2027, both substitutes"),
        ("2027-12-23T10:00", 5, "2028-01-04T17:00", "over New Year 2028"),
        ("2027-03-25T10:00", 1, "2027-03-30T16:00", "over Easter 2027: 17:00 is now summer time"),
        ("2027-03-25T10:00", 5, "2027-04-05T16:00", "five over Easter 2027"),
        ("2026-10-23T09:00", 1, "2026-10-26T17:00", "over the end of summer time, 25 October"),
        ("2026-10-22T09:00", 1, "2026-10-23T16:00", "the Friday before it"),
        ("2026-06-30T22:59", 1, "2026-07-01T16:00", "23:59 in London, still Tuesday"),
        ("2026-06-30T23:00", 1, "2026-07-02T16:00", "midnight in London, Wednesday already"),
        ("2026-11-20T16:59", 0, "2026-11-20T17:00", "none is the end of the same day"),
        ("2026-11-20T17:00", 0, "2026-11-23T17:00", "or of the next working day after closing"),
    ],
)
def test_adding_working_days(instant: str, days: int, due: str, why: str) -> None:
    """A deadline in working days falls at 17:00 in London on the n-th working day after."""
    assert CALENDAR.add_working_days(at(instant), days) == at(due), why


@pytest.mark.parametrize(
    ("instant", "due", "why"),
    [
        ("2026-11-18T03:00", "2026-11-18T17:00", "before opening"),
        ("2026-11-18T16:59:59.999999", "2026-11-18T17:00", "the last moment"),
        ("2026-11-18T17:00", "2026-11-19T17:00", "closing time is too late"),
        ("2026-11-20T16:59", "2026-11-20T17:00", "Friday 16:59"),
        ("2026-11-20T17:01", "2026-11-23T17:00", "Friday after closing"),
        ("2026-11-21T09:00", "2026-11-23T17:00", "Saturday"),
        ("2026-12-24T18:00", "2026-12-29T17:00", "Christmas Eve after closing"),
        ("2026-07-01T15:59", "2026-07-01T16:00", "16:59 in summer time"),
        ("2026-07-01T16:00", "2026-07-02T16:00", "17:00 in summer time"),
        ("2026-06-30T23:30", "2026-07-01T16:00", "half past midnight in summer time"),
    ],
)
def test_the_end_of_the_same_day(instant: str, due: str, why: str) -> None:
    """It is 17:00 that day while offices are still to close, else of the next working day."""
    assert CALENDAR.end_of_same_day(at(instant)) == at(due), why


@pytest.mark.parametrize(
    ("instant", "hours", "due", "why"),
    [
        ("2026-11-18T10:00", 1, "2026-11-18T11:00", "within a day"),
        ("2026-11-18T16:00", 1, "2026-11-18T17:00", "up to closing, not the next opening"),
        ("2026-11-18T16:30", 1, "2026-11-19T09:30", "over a night"),
        ("2026-11-18T03:00", 2, "2026-11-18T11:00", "from the opening"),
        ("2026-11-18T17:00", 1, "2026-11-19T10:00", "closing time is out of hours"),
        ("2026-11-20T16:59", 1, "2026-11-23T09:59", "Friday 16:59"),
        ("2026-11-21T12:00", 0.5, "2026-11-23T09:30", "half an hour from a Saturday"),
        ("2026-11-18T10:00", 0, "2026-11-18T10:00", "none within hours is now"),
        ("2026-11-18T20:00", 0, "2026-11-19T09:00", "none out of hours is the next opening"),
        ("2026-11-18T09:00", 8, "2026-11-18T17:00", "a whole day"),
        ("2026-11-18T09:00", 24, "2026-11-20T17:00", "three whole days"),
        ("2026-12-24T16:00", 2, "2026-12-29T10:00", "over Christmas"),
        ("2027-03-25T16:00", 2, "2027-03-30T09:00", "over Easter into summer time"),
        ("2026-10-23T15:00", 2, "2026-10-26T10:00", "out of summer time: 16:00 there, 10:00 here"),
        ("2026-07-01T07:30", 1, "2026-07-01T09:00", "half past eight in summer time"),
        ("2026-06-30T23:30", 1, "2026-07-01T09:00", "after midnight in summer time"),
    ],
)
def test_adding_working_hours(instant: str, hours: float, due: str, why: str) -> None:
    """Only hours in which offices are open count."""
    assert CALENDAR.add_working_hours(at(instant), hours) == at(due), why


@pytest.mark.parametrize(
    ("instant", "opening", "is_open"),
    [
        ("2026-11-18T08:59:59", "2026-11-18T09:00", False),
        ("2026-11-18T09:00", "2026-11-18T09:00", True),
        ("2026-11-18T09:00:01", "2026-11-19T09:00", True),
        ("2026-11-18T16:59:59", "2026-11-19T09:00", True),
        ("2026-11-18T17:00", "2026-11-19T09:00", False),
        ("2026-11-20T18:00", "2026-11-23T09:00", False),
        ("2026-11-21T10:00", "2026-11-23T09:00", False),
        ("2026-12-25T10:00", "2026-12-29T09:00", False),
        ("2027-03-27T10:00", "2027-03-30T08:00", False),
        ("2026-07-01T08:00", "2026-07-01T08:00", True),
    ],
)
def test_opening_hours(instant: str, opening: str, is_open: bool) -> None:
    """Offices are open from nine until five in London, and next open at the next nine o'clock."""
    assert CALENDAR.next_opening(at(instant)) == at(opening)
    assert CALENDAR.within_hours(at(instant)) is is_open


def test_hours_lost_to_the_clock_are_not_worked() -> None:
    """Where offices are open while the clocks go forward, an hour on the wall was no hour."""
    calendar = WorkingCalendar(
        open_at=time(0, 30), close_at=time(3), extra_working_days=frozenset({date(2027, 3, 28)})
    )
    due = calendar.add_working_hours(at("2027-03-28T00:30"), 2)
    assert due == at("2027-03-29T23:30") + timedelta(minutes=30)


def test_another_zone_and_other_hours_are_settings() -> None:
    """Deadlines follow the office's own wall clock."""
    calendar = WorkingCalendar(open_at=time(8), close_at=time(12), zone="Asia/Tokyo")
    assert calendar.add_working_days(at("2026-11-18T15:00"), 1) == at("2026-11-20T03:00")


def test_an_instant_of_any_zone_is_the_same_instant() -> None:
    """What counts is the moment, not the zone it was written in; answers are in UTC."""
    there = datetime(2026, 11, 19, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    due = CALENDAR.end_of_same_day(there)
    assert due == at("2026-11-18T17:00")
    assert due.tzinfo is UTC


class NoOffset(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, _when: datetime | None) -> None:
        """Know nothing."""


@pytest.mark.parametrize("zone", [None, NoOffset()])
def test_an_instant_without_zone_is_a_defect(zone: tzinfo | None) -> None:
    """Guessing a zone would move a deadline, so the caller is told."""
    with pytest.raises(ValueError, match="no time zone"):
        CALENDAR.add_working_days(at("2026-11-18T10:00").replace(tzinfo=zone), 1)


@pytest.mark.parametrize("days", [-1, WORKING_DAYS_MAX + 1])
def test_a_deadline_out_of_range_in_days_is_a_defect(days: int) -> None:
    """No rule has a deadline before its event or after ten years."""
    with pytest.raises(ValueError, match="working days"):
        CALENDAR.add_working_days(at("2026-11-18T10:00"), days)


@pytest.mark.parametrize("hours", [-0.1, WORKING_HOURS_MAX + 1, float("nan"), float("inf")])
def test_a_deadline_out_of_range_in_hours_is_a_defect(hours: float) -> None:
    """No rule has a deadline before its event or after a year's work."""
    with pytest.raises(ValueError, match="working hours"):
        CALENDAR.add_working_hours(at("2026-11-18T10:00"), hours)


def test_settings_that_no_calendar_can_have_are_refused() -> None:
    """Doors that close before they open, a day both on and off, a zone nobody knows."""
    christmas = frozenset({date(2026, 12, 25)})
    with pytest.raises(ValueError, match="opening"):
        WorkingCalendar(open_at=time(17), close_at=time(9))
    with pytest.raises(ValueError, match="both"):
        WorkingCalendar(extra_holidays=christmas, extra_working_days=christmas)
    with pytest.raises(KeyError):
        WorkingCalendar(zone="Europe/Nowhere")


EARLIEST, LATEST = (int(at(text).timestamp()) for text in ("1980-01-01", "2090-01-01"))
ZONES = st.timezones() | st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))


@settings(deadline=None)
@given(st.datetimes(timezones=ZONES), st.integers(0, 60), st.floats(0, 100))
def test_every_instant_is_answered(instant: datetime, days: int, hours: float) -> None:
    """No date, however absurd, stops a batch, and no deadline falls out of hours."""
    for due in (
        CALENDAR.add_working_days(instant, days),
        CALENDAR.end_of_same_day(instant),
        CALENDAR.add_working_hours(instant, hours),
        CALENDAR.next_opening(instant),
    ):
        local = due.astimezone(ZoneInfo("Europe/London"))
        assert CALENDAR.is_working_day(local.date())
        assert time(9) <= local.time() <= time(17)


@pytest.mark.parametrize(
    ("instant", "due"),
    [
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))), "2100-01-05T10:00"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=23))), "1970-01-05T09:00"),
    ],
)
def test_an_absurd_date_counts_as_the_nearest_believable_one(instant: datetime, due: str) -> None:
    """Years 1 and 9999 count as 1970, when London kept summer time all winter, and 2099."""
    assert CALENDAR.add_working_hours(instant, 17) == at(due)


@settings(deadline=None)
@given(st.integers(EARLIEST, LATEST), st.integers(1, 30))
def test_a_later_start_never_ends_earlier(start: int, days: int) -> None:
    """Deadlines keep the order of what they are reckoned from, and lie after it."""
    one = datetime.fromtimestamp(start, UTC)
    other = one + timedelta(hours=7)
    for due in (CALENDAR.end_of_same_day, CALENDAR.next_opening):
        assert one <= due(one) <= due(other)
    assert one < CALENDAR.add_working_days(one, days) <= CALENDAR.add_working_days(other, days)
    assert CALENDAR.add_working_days(one, days) < CALENDAR.add_working_days(one, days + 1)
    assert CALENDAR.add_working_hours(one, 3) <= CALENDAR.add_working_hours(other, 3)
