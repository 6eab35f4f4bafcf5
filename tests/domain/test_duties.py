"""When something falls due, in the words of practice."""

from datetime import UTC, date, datetime

import pytest

from streams.domain.calendar import WorkingCalendar
from streams.domain.duties import AfterDay, Due, SameDay, WithinWorkingHours, WorkingDays, due_at

FRIDAY = datetime(2026, 3, 27, 16, 30, tzinfo=UTC)
"""The last working day before the clocks go forward in England and Wales."""


@pytest.mark.parametrize(
    ("due", "at"),
    [
        (WithinWorkingHours(0.5), datetime(2026, 3, 27, 17, tzinfo=UTC)),
        (WithinWorkingHours(1), datetime(2026, 3, 30, 8, 30, tzinfo=UTC)),
        (SameDay(), datetime(2026, 3, 27, 17, tzinfo=UTC)),
        (WorkingDays(1), datetime(2026, 3, 30, 16, tzinfo=UTC)),
        (WorkingDays(0), datetime(2026, 3, 27, 17, tzinfo=UTC)),
        (AfterDay(FRIDAY.date(), 2), datetime(2026, 3, 31, 16, tzinfo=UTC)),
        (AfterDay(date(2026, 3, 20), 2), FRIDAY),
    ],
)
def test_a_deadline_is_reckoned_in_local_working_time(due: Due, at: datetime) -> None:
    """Hours run while offices are open, days end at five local time, answers are in UTC."""
    answer = due_at(due, FRIDAY, WorkingCalendar())
    assert answer == at
    assert answer.utcoffset() == UTC.utcoffset(None)
