"""What a hearing says for all of its defendants: where, when, what kind.

A fault here is a fault for everybody in the hearing, so that all of them are found before the
hearing is refused: the court mends it once. Fatal are no id, no court, no sitting day or a wrong
one, a wrong instant of sharing, and nobody in it. What can be done without (the kind of court, the
court's code where its own id is there) is remarked on and does not stop the news.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.json_node import FaultError, Node
from connectors.sources.common_platform.envelope import Opened

JURISDICTION_NOT_STATED = "NOT_STATED"


@dataclass(frozen=True, slots=True)
class Hearing:
    """The facts that every event of one hearing carries, and the node they were read from."""

    node: Node
    hearing_id: str
    court: dict[str, Any]
    jurisdiction: str
    hearing_type: str | None
    sittings: list[datetime]
    shared_at: datetime | None


def read_hearing(opened: Opened) -> Hearing | tuple[FaultError, ...]:
    """Return the facts of the hearing, or all its faults."""
    if not isinstance(opened.hearing.value, dict):
        return (opened.hearing.fault("a hearing"),)
    facts: dict[str, Any] = {}
    faults: list[FaultError] = []
    for name, read in _FACTS.items():
        try:
            facts[name] = read(opened)
        except FaultError as fault:
            faults.append(fault)
    return tuple(faults) if faults else Hearing(**facts)


def _somebody(opened: Opened) -> Node:
    """Return the hearing if it has a case or an application."""
    cases, applications = opened.hearing["prosecutionCases"], opened.hearing["courtApplications"]
    if cases.is_empty and applications.is_empty:
        raise cases.fault("at least one prosecution case or court application")
    return opened.hearing


def _hearing_id(opened: Opened) -> str:
    """Return the id of the hearing, by which its later versions are known."""
    node = opened.hearing["id"]
    if (hearing_id := node.identifier()) is None:
        raise node.fault("the id of the hearing")
    return hearing_id


def _court(opened: Opened) -> dict[str, Any]:
    """Return where the court sits: its code, or its own id where a producer leaves the code out."""
    centre = opened.hearing["courtCentre"]
    code = centre["code"].identifier()
    if code is None:
        code = centre["id"].identifier()
        if code is None or centre["name"].text() is None:
            raise centre["code"].fault("the code of the court")
        centre["code"].remark("no code of the court: its id stands in the place of the code")
    lja_code = centre["lja"]["ljaCode"].scalar()
    return {"code": code, "name": centre["name"].text(), "lja_code": lja_code}


def _jurisdiction(opened: Opened) -> str:
    """Return the kind of court as given."""
    node = opened.hearing["jurisdictionType"]
    if (jurisdiction := node.text()) is None:
        node.remark(f"no kind of court: {JURISDICTION_NOT_STATED} stands in its place")
        return JURISDICTION_NOT_STATED
    return jurisdiction


def _hearing_type(opened: Opened) -> str | None:
    """Return the kind of hearing in the court's words."""
    return opened.hearing["type"]["description"].text()


def _sittings(opened: Opened) -> list[datetime]:
    """Return when the court sits, the first sitting first; each day must say its instant."""
    days = opened.hearing["hearingDays"]
    sittings = sorted(day["sittingDay"].required_instant() for day in days.entries())
    if not sittings:
        raise days.fault("at least one hearing day")
    return sittings


def _shared_at(opened: Opened) -> datetime | None:
    """Return when the results were shared."""
    return opened.shared_time.instant()


_FACTS: Mapping[str, Callable[[Opened], Any]] = {
    "hearing_id": _hearing_id,
    "court": _court,
    "jurisdiction": _jurisdiction,
    "hearing_type": _hearing_type,
    "sittings": _sittings,
    "shared_at": _shared_at,
    "node": _somebody,
}
