"""Working time in the simple model: Monday to Friday, nine to five in London, but bank holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

if TYPE_CHECKING:
    from world_model_values import Due

LONDON: Final = ZoneInfo("Europe/London")
OPENS: Final = time(9)
CLOSES: Final = time(17)
FRIDAY: Final = 4


@cache
def is_open(day: date) -> bool:
    """Answer whether anybody works on a day."""
    return day.weekday() <= FRIDAY and day not in country_holidays(
        "GB", subdiv="ENG", years=day.year
    )


def due_at(due: Due, told_at: datetime) -> datetime:
    """Return the instant of a deadline that was set at `told_at`."""
    if due.at is not None:
        return max(due.at, told_at)
    if due.before is not None:
        return max(_close(_day(due.before, -due.days)), told_at)
    if due.after is not None:
        return max(_close(_day(due.after, due.days)) if due.days else _on(due.after), told_at)
    if due.hours is not None:
        return _after_hours(told_at, timedelta(hours=due.hours))
    local = told_at.astimezone(LONDON)
    today = local.date()
    if due.days:
        return _close(_day(today, due.days))
    is_today = is_open(today) and local.time() < CLOSES
    return _close(today if is_today else _day(today, 1))


def _on(day: date) -> datetime:
    """Return the close of a day, or of the next one that is a working day."""
    return _close(day if is_open(day) else _day(day, 1))


def _day(day: date, steps: int) -> date:
    """Return the working day that many working days from a day, which never counts itself."""
    one = timedelta(days=1 if steps > 0 else -1)
    for _ in range(abs(steps)):
        day += one
        while not is_open(day):
            day += one
    return day


def _close(day: date) -> datetime:
    """Return when the offices close on a day."""
    return datetime.combine(day, CLOSES, LONDON).astimezone(UTC)


def _after_hours(start: datetime, left: timedelta) -> datetime:
    """Return when so much open time has passed."""
    day = start.astimezone(LONDON).date()
    while True:
        opening = datetime.combine(day, OPENS, LONDON).astimezone(UTC)
        begin, close = max(opening, start.astimezone(UTC)), _close(day)
        if is_open(day) and begin < close:
            if begin + left <= close:
                return begin + left
            left -= close - begin
        day += timedelta(days=1)
