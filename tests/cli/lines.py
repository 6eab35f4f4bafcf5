"""JSON lines of our own schemas, as a publisher writes them into a file."""

import json
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def line(event_id: str, **more: object) -> Line:
    """Make an allocation as JSON lines have it."""
    return {
        "type": "case.allocated",
        "meta": {
            "event_id": event_id,
            "publisher": "case-management",
            "occurred_at": "2026-07-06T08:00:00Z",
            "handling": "official_sensitive",
            "nature": "fact",
        },
        "person": {"identifiers": [{"kind": "crn", "value": "X123456"}]},
        "provider": "crc-durham-tees-valley",
        "effective_at": "2026-07-05T08:00:00Z",
        **more,
    }


def in_file(folder: Path, *lines: Line | str) -> Path:
    """Write JSON lines to a file; a text stays as it is."""
    file = folder / "events.jsonl"
    texts = (each if isinstance(each, str) else json.dumps(each) for each in lines)
    file.write_text("\n".join(texts), "utf-8")
    return file
