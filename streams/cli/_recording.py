"""The file of what was published, one JSON object a line, for `ledger verify --against`.

It holds the events whole, people and all, so nobody but its owner may read it.
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.publisher import Placed
from connectors.translation import SourceEvent
from schemas.codec import to_json
from streams.cli._common import utc_now
from streams.domain.agencies import Agency

OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Recording:
    """Appends to a file what was sent and where Kafka has it; without a file, nowhere."""

    file: Path | None

    def events(
        self, agency: Agency, sent: Iterable[tuple[str, SourceEvent]], placed: Mapping[str, Placed]
    ) -> None:
        """Write events by their ids; one that waits on the disk has no place yet."""
        self._append(
            _line(agency, placed.get(name), event.event_type, to_json(event.record))
            for name, event in sent
        )

    def rejected(self, agency: Agency, placed: Iterable[Placed]) -> None:
        """Write that bytes were sent which are no event."""
        self._append(_line(agency, each, None, None) for each in placed)

    def _append(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Write lines at the end of the file."""
        if self.file is None:
            return
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, OWNER_ONLY)
        with os.fdopen(handle, "a", encoding="utf-8") as out:
            out.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _line(
    agency: Agency, placed: Placed | None, event_type: str | None, record: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Make one line."""
    return {
        "type": event_type,
        "agency": agency.id,
        "topic": agency.feed,
        "partition": placed.partition if placed else None,
        "offset": placed.offset if placed else None,
        "at": utc_now().isoformat(),
        "record": record,
    }
