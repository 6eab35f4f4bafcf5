"""The day that the demo plays, as its file in the examples tells it: which payload came when."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from streams.settings import PROJECT_ROOT

EXAMPLES: Final = PROJECT_ROOT / "examples"
DAY: Final = EXAMPLES / "day" / "day.toml"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file that an agency sends at an instant, and what is worth looking at.

    `together` deliveries are shown in one line: they are the ground, not the story.
    """

    number: int
    at: datetime
    agency: str
    path: Path
    title: str
    look_at: str
    together: bool

    @property
    def shown_path(self) -> str:
        """Return the path as it is typed in a clone."""
        return self.path.relative_to(PROJECT_ROOT).as_posix()


@dataclass(frozen=True, slots=True)
class Day:
    """What happens in a made-up county, in order."""

    county: str
    deliveries: tuple[Delivery, ...]


def read_day(path: Path = DAY) -> Day:
    """Read a day, whose files are named from where it lies; a missing one is an OSError."""
    told = tomllib.loads(path.read_text("utf-8"))
    deliveries = tuple(
        Delivery(
            number=number,
            at=entry["at"],
            agency=entry["agency"],
            path=(path.parent / entry["file"]).resolve(strict=True),
            title=entry["title"],
            look_at=entry["look_at"],
            together=entry.get("together", False),
        )
        for number, entry in enumerate(told["delivery"], 1)
    )
    return Day(told["county"], deliveries)
