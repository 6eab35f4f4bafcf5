"""Rules with which a record may kill the worker that works it through: for the tests of that."""

import os
import re
from dataclasses import replace
from typing import Final

from streams.domain.callout_events import DomesticAbuseCallout
from streams.domain.records import PersonEvent
from streams.engines.wiring import production_rules
from streams.flows.domestic_abuse_callout import FLOW, NAME
from streams.pipeline import Rules

EXIT: Final = "KILLER-EXIT"
LOOP: Final = "KILLER-LOOP"
REGEX: Final = "KILLER-REGEX"
MEMORY: Final = "KILLER-MEMORY"
"""Call-out references of the killers."""
STATUS: Final = 9
CHUNK_BYTES: Final = 16 << 20


def rules() -> Rules:
    """Return the rules of production, with a call-out flow that some references kill."""
    made = production_rules()
    flows = {
        event: replace(flow, matters=_matters) if flow.name == NAME else flow
        for event, flow in made.flows.items()
    }
    return replace(made, flows=flows)


def _matters(event: PersonEvent) -> tuple[str, ...]:
    """Name the matters of a call-out, or kill."""
    if isinstance(event, DomesticAbuseCallout):
        _misbehave(event.callout_reference)
    return FLOW.matters(event)


def _misbehave(reference: str) -> None:
    """Do what the reference says."""
    if reference == EXIT:
        os._exit(STATUS)
    if reference == LOOP:
        while True:
            pass
    if reference == REGEX:
        re.match(r"(a+)+$", "a" * 60 + "b")
    if reference == MEMORY:
        taken: list[bytearray] = []
        while True:
            taken.append(bytearray(CHUNK_BYTES))
