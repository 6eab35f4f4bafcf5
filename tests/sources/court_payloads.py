"""What the court tests share: made-up hearings, edits of them, and their translation."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from connectors.sources import common_platform
from connectors.translation import SourceEvent, Translated

FIXTURES = Path(__file__).with_name("fixtures")
RECEIVED_AT = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
GATEWAY = "offender_management_act_2007_s14"

Payload = dict[str, Any]
Edit = Callable[[Payload], object]


@cache
def _text(name: str) -> str:
    return (FIXTURES / f"{name}.json").read_text(encoding="utf-8")


def payload(name: str = "resulted_hearing") -> Payload:
    """Give a fresh copy of a made-up hearing, wrapped as the court wraps it."""
    document: Payload = json.loads(_text(name))
    return document


def edited(edit: Edit, name: str = "resulted_hearing") -> Payload:
    """Give a hearing after an edit."""
    document = copy.deepcopy(payload(name))
    edit(document)
    return document


def translated(document: object, received_at: datetime = RECEIVED_AT) -> Translated:
    """Translate a document, or bytes as they are."""
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return common_platform.translate(raw, agency="hmcts", received_at=received_at, gateway=GATEWAY)


def defendant(document: Payload, index: int = 0, case: int = 0) -> Payload:
    """Give the defendant entry at a place."""
    found: Payload = document["hearing"]["prosecutionCases"][case]["defendants"][index]
    return found


def event_about(result: Translated, family_name: str) -> SourceEvent:
    """Give the one event about a person, the first where there are several."""
    return next(
        event
        for event in result.events
        if event.record["person"]["name"]["family_name"] == family_name
    )


def outcomes(event: SourceEvent) -> dict[str, str]:
    """Give the outcome of each result by its label."""
    return {result["label"]: result["outcome"] for result in event.record["results"]}
