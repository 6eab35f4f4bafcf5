"""Working time in England and Wales: when an office is open, and when a deadline falls.

Nothing here reads a clock: every answer follows from the instant that is passed in. Days are local
days, answers are UTC instants, so a deadline keeps its hour on the wall when the clocks change.

A naive instant and a number of days or hours out of range are defects of the caller, and raise
ValueError. Any aware instant is answered: one before 1970 or after 2099, which only a mistake in
somebody's data can give, counts as the nearest of those, since `admit` has marked it already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

WORKING_DAYS_MAX: Final = 2_600
"""Longest deadline, in working days: ten years."""
WORKING_HOURS_MAX: Final = 2_080.0
"""Longest deadline in working hours: a year's work."""
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2099, 12, 31, tzinfo=UTC)
_SATURDAY: Final = 5
_ONE_DAY: Final = timedelta(days=1)


@lru_cache(maxsize=256)
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of England and Wales, substitute days and one-off days included.

    Source: Banking and Financial Dealings Act 1971 and proclamations, as the library `holidays` has
    them; a day proclaimed after its release is a setting until then.
    """
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The working days and opening hours that deadlines are reckoned in.

    `extra_holidays` are days on which nobody works though the calendar says so;
    `extra_working_days` the reverse, weekends included. A day cannot be both.
    """

    open_at: time = time(9)
    close_at: time = time(17)
    extra_holidays: frozenset[date] = frozenset()
    extra_working_days: frozenset[date] = frozenset()
    zone: str = "Europe/London"

    def __post_init__(self) -> None:
        """Refuse settings that no calendar can have."""
        if self.open_at >= self.close_at:
            message = "working hours: the opening must be before the closing; mend the settings"
            raise ValueError(message)
        if self.extra_holidays & self.extra_working_days:
            message = "a day is both an extra holiday and an extra working day; mend the settings"
            raise ValueError(message)
        ZoneInfo(self.zone)

    def is_working_day(self, day: date) -> bool:
        """Answer whether offices open on this day."""
        if day in self.extra_working_days:
            return True
        if day in self.extra_holidays or day.weekday() >= _SATURDAY:
            return False
        return day not in bank_holidays(day.year)

    def within_hours(self, instant: datetime) -> bool:
        """Answer whether offices are open at this instant; at closing time they are shut."""
        local = self._local(instant)
        is_open = self.open_at <= local.time() < self.close_at
        return is_open and self.is_working_day(local.date())

    def next_opening(self, instant: datetime) -> datetime:
        """Return when offices next open: this very instant if it is one, never an earlier one."""
        local = self._local(instant)
        openings = (self._at(d, self.open_at) for d in self._working_days_from(local.date()))
        return next(opening for opening in openings if opening >= local)

    def end_of_same_day(self, instant: datetime) -> datetime:
        """Return the close of the local day of the instant, or of the next working day.

        The next one counts where the day is not a working day, or its offices have closed: whoever
        hears of it at closing time has the next working day.
        """
        _, close = next(self._open_spans(instant))
        return close

    def add_working_days(self, instant: datetime, working_days: int) -> datetime:
        """Return the close of the n-th working day after the local day of the instant.

        The day itself never counts, whatever its hour; none is `end_of_same_day`.
        """
        if not 0 <= working_days <= WORKING_DAYS_MAX:
            message = f"a deadline of {working_days} working days is not 0 to {WORKING_DAYS_MAX}"
            raise ValueError(message)
        if working_days == 0:
            return self.end_of_same_day(instant)
        days = self._working_days_from(self._local(instant).date() + _ONE_DAY)
        for _ in range(working_days - 1):
            next(days)
        return self._at(next(days), self.close_at)

    def close_before(self, day: date, working_days: int) -> datetime:
        """Return the close of the n-th working day before a local day, which never counts."""
        if not 1 <= working_days <= WORKING_DAYS_MAX:
            message = f"{working_days} working days before a day is not 1 to {WORKING_DAYS_MAX}"
            raise ValueError(message)
        left = working_days
        day = max(day, _EARLIEST.date())
        while left:
            day -= _ONE_DAY
            left -= self.is_working_day(day)
        return self._at(day, self.close_at)

    def add_working_hours(self, instant: datetime, working_hours: float) -> datetime:
        """Return when so many open hours have passed; out of hours they begin at the next opening.

        Hours that end with the day end at its close, not at the next opening.
        """
        if not 0 <= working_hours <= WORKING_HOURS_MAX:
            message = f"a deadline of {working_hours} working hours is not 0 to {WORKING_HOURS_MAX}"
            raise ValueError(message)
        left = timedelta(hours=working_hours)
        spans = self._open_spans(instant)
        start, close = next(spans)
        while start + left > close:
            left -= close - start
            start, close = next(spans)
        return start + left

    def _open_spans(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Return what is left of the day's opening hours, then those of each working day after."""
        local = self._local(instant)
        now = local.astimezone(UTC)
        days = self._working_days_from(local.date())
        spans = ((self._at(day, self.open_at), self._at(day, self.close_at)) for day in days)
        return ((max(opening, now), close) for opening, close in spans if now < close)

    def _working_days_from(self, day: date) -> Iterator[date]:
        while True:
            if self.is_working_day(day):
                yield day
            day += _ONE_DAY

    def _local(self, instant: datetime) -> datetime:
        if instant.utcoffset() is None:
            message = "an instant has no time zone; whoever made it must say which it is"
            raise ValueError(message)
        return min(max(instant, _EARLIEST), _LATEST).astimezone(ZoneInfo(self.zone))

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, ZoneInfo(self.zone)).astimezone(UTC)
