"""The settings of time: one clock for all, and the days that the calendar does not know."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from streams.engines.wiring import calendar_of, rules_of
from streams.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("offset", "moved"),
    [("0", 0), ("7200", 7_200), ("-60", -60), ("PT2H", 7_200), ("P1DT1S", 86_401)],
)
def test_the_clock_is_moved_by_seconds_or_a_duration(
    monkeypatch: pytest.MonkeyPatch, offset: str, moved: int
) -> None:
    """What is set in the environment is where the clock stands, beside the real one."""
    monkeypatch.setenv("SWITCHBOARD_CLOCK_OFFSET", offset)
    settings = Settings()
    before = datetime.now(UTC)
    stands = settings.now() - timedelta(seconds=moved)
    assert before <= stands <= datetime.now(UTC)


@pytest.mark.parametrize("command", ["clock", "worker"])
def test_production_refuses_a_moved_clock(command: str) -> None:
    """The services do not start, and say which setting is wrong."""
    settings = {"SWITCHBOARD_MODE": "production", "SWITCHBOARD_CLOCK_OFFSET": "PT1H"}
    answer = subprocess.run(
        [sys.executable, "-m", "streams.cli", command],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 2
    assert "SWITCHBOARD_CLOCK_OFFSET" in answer.stderr
    assert "trials only" in answer.stderr


def test_production_takes_a_clock_that_is_not_moved() -> None:
    """No offset, or one of nothing, is what production has."""
    assert Settings(mode="production", clock_offset=0).clock_offset == timedelta(0)
    with pytest.raises(ValidationError, match="trials only"):
        Settings(mode="production", clock_offset=1)


def test_days_of_the_holidays_file_are_kept(tmp_path: Path) -> None:
    """A day proclaimed after the library's release is no working day; another may become one."""
    path = tmp_path / "holidays.toml"
    path.write_text("holidays = [2026-06-15]\nworking_days = [2026-12-28]\n")
    calendar = calendar_of(Settings(holidays_file=path))
    assert not calendar.is_working_day(date(2026, 6, 15))
    assert calendar.is_working_day(date(2026, 12, 28))
    assert calendar_of(Settings()).is_working_day(date(2026, 6, 15))
    assert rules_of(Settings(holidays_file=path)).calendar == calendar


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("holidays = ['soon']", "holidays.0"),
        ("days = []", "days"),
        ("holidays = ", "Invalid value"),
        ("holidays = [2026-06-15]\nworking_days = [2026-06-15]", "both"),
        (None, "No such file"),
    ],
)
def test_a_holidays_file_that_cannot_be_used_is_refused(
    tmp_path: Path, text: str | None, said: str
) -> None:
    """The message names the file, the entry, and that it must be mended."""
    path = tmp_path / "holidays.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SettingsError, match="mend") as refused:
        calendar_of(Settings(holidays_file=path))
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
