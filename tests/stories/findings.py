"""Findings 1 to 4, 6 and 10 of the mission, each as what agencies send and who is told in the end.

Each is about a person of its own, so that all of them can be played on one ledger, by the embedded
engine or over a real Kafka. Source: HMI Probation, Durham 2016, as the table of flows quotes it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import world_checks as checks
import world_programmes as programmes
from chaos.people import a_person
from world_builder import (
    CRC,
    NPS,
    STAFF,
    TEAM,
    Person,
    Said,
    a_team,
    absent,
    allocated,
    an_officer,
    arrested,
    assigned,
    back,
    callout,
    charged,
    holds,
    listed,
    resulted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.ledger.connection import Session

Steps = tuple[tuple[Said, ...], ...]
Held = tuple[str | None, str, str, bool]
"""A notice: about whose case, of which type, who has it, and whether it was withdrawn."""
OF_NPS: Final = frozenset({"NPS01", "ENF01", "MGR02"})
NPS_TEAM: Final = "DUR"
COMMUNITY_ORDER: Final = "community_order"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: its flow's number, whose case it is, what is sent, and who must be told.

    After each step the clock looks once; `told` is how things stand after the last.
    """

    number: int
    officer: str
    steps: Callable[[Person, datetime], Steps]
    told: tuple[tuple[str, str, int], ...]
    withdrawn: tuple[tuple[str, str], ...] = ()

    @property
    def person(self) -> Person:
        """Return whose case it is."""
        return a_person(self.number)


def _at(now: datetime) -> dict[str, datetime]:
    """Let something have come, and hold, now."""
    return {"at": now, "effective_at": now}


def staff(now: datetime) -> tuple[Said, ...]:
    """Return everybody who works here, since three months."""
    ago = _at(now - timedelta(days=90))
    of_nps = {"provider": NPS, **ago}
    desk = {"grade": "desk", **ago}
    crc = [each for each in STAFF if each not in OF_NPS and not each.startswith("DESK")]
    return (
        a_team(**ago),
        a_team(NPS_TEAM, "MGR02", **of_nps),
        *(an_officer(each, TEAM, **ago) for each in crc),
        *(an_officer(each, NPS_TEAM, **of_nps) for each in sorted(OF_NPS)),
        *(an_officer(each, None, **desk) for each in ("DESK01", "DESK02")),
        *(holds("duty_desk", "DESK01", each, **ago) for each in (CRC, NPS)),
        holds("allocation_desk", "DESK02", **ago),
        holds("court_duty_officer", "ENF01", NPS, **ago),
        holds("mash_probation_officer", "ENF01", NPS, **ago),
    )


def cases(now: datetime) -> tuple[Said, ...]:
    """Return who has whom, since two months; of finding 2 nobody has the person yet."""
    said: list[Said] = []
    for each in FINDINGS:
        if each.number != 2:
            ago = {"at": now, "effective_at": now - timedelta(days=60)}
            there = {"provider": NPS, "team": NPS_TEAM} if each.officer in OF_NPS else {}
            said += [
                allocated(each.person, **(there | ago)),
                assigned(each.person, each.officer, **(there | ago)),
            ]
    return tuple(said)


def eight_callouts(person: Person, now: datetime) -> Steps:
    """Eight call-outs of a year, each of which used to be known only after a new conviction."""
    ago = (timedelta(days=40 * each) for each in range(8))
    times = [{"at": now, "occurred_at": now - each} for each in ago]
    return tuple((callout(person, f"F1-{n}", **when),) for n, when in enumerate(times))


def check_never_asked(person: Person, now: datetime) -> Steps:
    """A case comes without checks; its officer is told to ask, asks, and is answered."""
    ask = {"asked_by": "OFF02", "check_reference": "F2", "children_flagged": True, "at": now}
    return (
        (allocated(person, **_at(now)),),
        (assigned(person, "OFF02", **_at(now)),),
        (checks.asked_by_officer(person=person, **ask),),
        (checks.replied("child_protection_plan", person, check_reference="F2", at=now),),
    )


def absences_elsewhere(person: Person, now: datetime) -> Steps:
    """A provider's programme for a person of the public service, who misses two sessions."""
    of = {"person": person, "episode_reference": "F3", "at": now}
    worker = {"womens_safety_worker": "WSW01"}
    starts = (now + timedelta(days=21)).date()
    return (
        (programmes.placed(**of, starts_on=starts),),
        (programmes.started(**of, **worker),),
        (programmes.missed("S1", **of, **worker), programmes.missed("S2", **of, **worker)),
    )


def results_of_tests(person: Person, now: datetime) -> Steps:
    """Results under a requirement: one positive as was awaited, and a test that was missed."""
    of, today = {"at": now}, now.date()
    awaited = {"requested_on": today, "report_by_on": (now + timedelta(days=4)).date()}
    return (
        (programmes.expected("F4-1", person, **awaited, **of),),
        (programmes.reported("positive", "F4-1", of=person, test_on=today, **of),),
        (programmes.reported("missed", "F4-2", of=person, test_on=today, **of),),
    )


def moved_while_away(person: Person, now: datetime) -> Steps:
    """An officer is away: what they had, and what comes, is with who covers until they are back."""
    gone = {"starts_at": now - timedelta(minutes=1), "at": now}
    return (
        (callout(person, "F6", grade="high", at=now),),
        (absent("OFF03", "OFF02", **gone),),
        (arrested(person, "F6-A", at=now),),
        (back("OFF03", ended_at=now, at=now),),
    )


def learnt_at_once(person: Person, now: datetime) -> Steps:
    """An arrest, the charge and the hearings of one case, and the order that is made there."""
    case = {"court_case": "F10", "at": now}
    order = {"kind": COMMUNITY_ORDER, "made_on": now.date()}
    sits = [now + timedelta(days=14)]
    return (
        (arrested(person, "F10-A", at=now),),
        (charged(person, "F10", at=now),),
        (listed(person, sittings=sits, **case),),
        (resulted(person, "convicted", orders=[order], sittings=sits, **case),),
    )


FINDINGS: Final = (
    Finding(
        1,
        "OFF01",
        eight_callouts,
        (
            ("domestic_abuse_callout_suspect", "OFF01", 8),
            ("repeat_domestic_abuse_callouts", "MGR01", 1),
        ),
    ),
    Finding(
        2,
        "OFF02",
        check_never_asked,
        (
            ("case_assigned", "OFF02", 1),
            ("checks_never_asked", "MGR01", 1),
            ("safeguarding_check_reply", "OFF02", 1),
        ),
        (("case_allocated", "DESK02"), ("safeguarding_check_request", "ENF01")),
    ),
    Finding(
        3,
        "NPS01",
        absences_elsewhere,
        (("programme_session", "NPS01", 1), ("programme_safety_worker", "WSW01", 1)),
    ),
    Finding(
        4,
        "OFF01",
        results_of_tests,
        (("substance_test_positive", "OFF01", 1), ("substance_test_not_completed", "OFF01", 1)),
    ),
    Finding(
        6,
        "OFF03",
        moved_while_away,
        (("domestic_abuse_callout_suspect", "OFF03", 1), ("new_offence", "OFF03", 1)),
    ),
    Finding(
        10,
        "OFF01",
        learnt_at_once,
        (("new_offence", "OFF01", 2), ("new_order", "DESK02", 1)),
    ),
)
SUMMARIES: Final[Counter[Held]] = Counter(
    {(None, "cover_summary", "OFF02", True): 1, (None, "returned_summary", "OFF03", False): 1}
)
"""What finding 6 tells about nobody in particular: to the cover, then to who is back."""


def expected_of(findings: tuple[Finding, ...]) -> Counter[Held]:
    """Return every notice that there must be in the end."""
    held: Counter[Held] = Counter()
    for each in findings:
        crn = each.person.crn
        held.update({(crn, kind, to, False): count for kind, to, count in each.told})
        held.update({(crn, kind, to, True): 1 for kind, to in each.withdrawn})
        held += SUMMARIES if each.number == 6 else Counter()
    return held


def held_in(session: Session) -> Counter[Held]:
    """Return every notice that there is."""
    return Counter(
        session.execute(
            "SELECT c.crn, n.type, n.recipient, n.state = 'withdrawn' FROM notice n"
            " LEFT JOIN case_file c USING (person_id)"
        ).fetchall()
    )


def steps_of(findings: tuple[Finding, ...], now: datetime) -> list[tuple[Said, ...]]:
    """Return what is sent, the first steps of all findings first."""
    told = [each.steps(each.person, now) for each in findings]
    most = max(len(steps) for steps in told)
    together = ([s for steps in told for s in steps[n : n + 1]] for n in range(most))
    return [tuple(said for step in steps for said in step) for steps in together]
