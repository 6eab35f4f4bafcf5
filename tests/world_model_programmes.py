"""What FLOWS says of programmes (flow 3), in the simple model.

The officer hears of a start five working days before, of an absence by the next working day, and of
the end; a women's safety worker of the start, of absences from the second on, and of the end; the
tutor of what the officer tells them. What came after a later step is not told again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from world_model_cases import OFFICER
from world_model_rules import DIGEST, NEXT_DAY, SAME_DAY
from world_model_staff import NAMED
from world_model_values import Close, Due, Mark, Say, TakeBack, Wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from world_model_rules import Answers, Rule, Scene

PLACE: Final = "programme_place"
SECOND: Final = 2
SEVEN_DAYS: Final = 7
"""Five working days are at least seven days."""
PLACED, STARTED, ENDED, MISSED, CAME = "placed", "started", "ended", "missed", "came"


def _matter(scene: Scene) -> str:
    """Name the place on a programme."""
    return f"programme:{scene.heard['episode_reference']}"


def _is(scene: Scene, *kinds: str) -> bool:
    """Answer whether any of this is known of the place."""
    return any(_matter(scene) in scene.case.marks(kind) for kind in kinds)


def _to_officer(scene: Scene, urgency: str) -> Say:
    """Tell the officer of a step."""
    return Say("programme_session", OFFICER, urgency, _matter(scene))


def _to_worker(scene: Scene) -> Iterator[Say]:
    """Tell the women's safety worker, if the provider names one."""
    worker = scene.heard["womens_safety_worker"]
    if worker is not None:
        yield Say("programme_safety_worker", NAMED, SAME_DAY, _matter(scene), officer=worker)


def _no_longer_awaited(scene: Scene) -> Answers:
    """Await a place no more, and take back that there was none."""
    yield Close(PLACE, _matter(scene))
    yield TakeBack("programme_not_placed", _matter(scene))


def referred(scene: Scene) -> Answers:
    """A referral is followed: a place five working days before the last day for a start."""
    last = scene.heard["start_by_on"]
    due = Due(days=30) if last is None else Due(days=5, before=last)
    if not _is(scene, PLACED, STARTED, ENDED):
        yield Wait(PLACE, _matter(scene), due)


def waiting(scene: Scene) -> Answers:
    """A wait is told where it will be too long."""
    expected, needed = scene.heard["expected_start_on"], scene.heard["start_by_on"]
    is_late = expected is not None and needed is not None and expected > needed
    if is_late and not _is(scene, PLACED, STARTED, ENDED):
        yield _to_officer(scene, NEXT_DAY)


def placed(scene: Scene) -> Answers:
    """A place is told before the start, the same day where that is near."""
    if _is(scene, ENDED):
        return
    days = (scene.heard["starts_on"] - scene.case.at.date()).days
    if not _is(scene, STARTED):
        yield _to_officer(scene, SAME_DAY if days < SEVEN_DAYS else NEXT_DAY)
    yield from _no_longer_awaited(scene)
    yield Mark(PLACED, _matter(scene))


def started(scene: Scene) -> Answers:
    """A start is told to the safety worker; to the officer where nobody had said it would be."""
    if _is(scene, ENDED):
        return
    if not _is(scene, PLACED):
        yield _to_officer(scene, NEXT_DAY)
    yield from _to_worker(scene)
    yield from _no_longer_awaited(scene)
    yield Mark(STARTED, _matter(scene))


def _missed(scene: Scene) -> frozenset[str]:
    """Return the sessions of the place that were missed, and not attended after all."""
    beginning = f"{_matter(scene)}/"
    missed = scene.case.marks(MISSED) - scene.case.marks(CAME)
    return frozenset(each for each in missed if each.startswith(beginning))


def _session(scene: Scene) -> str:
    """Name one session of the place."""
    return f"{_matter(scene)}/{scene.heard['session_reference']}"


def missed(scene: Scene) -> Answers:
    """An absence is told by the next working day; from the second on to the safety worker too."""
    yield _to_officer(scene, NEXT_DAY)
    if len(_missed(scene) | {_session(scene)}) >= SECOND and not _is(scene, ENDED):
        yield from _to_worker(scene)
    yield Mark(MISSED, _session(scene))


def attended(scene: Scene) -> Answers:
    """Attended needs nobody, unless the officer was told that the session was missed."""
    if _session(scene) in _missed(scene):
        yield _to_officer(scene, NEXT_DAY)
        yield Mark(CAME, _session(scene))


def progress(scene: Scene) -> Answers:
    """A report is for the digest, unless the tutor asks to speak with the officer."""
    yield _to_officer(scene, NEXT_DAY if scene.heard["asks_for_contact"] else DIGEST)


def ended(scene: Scene) -> Answers:
    """The end is told: completed for the digest, withdrawn by the next working day."""
    is_done = scene.heard.type == "programmes.completed"
    yield _to_officer(scene, DIGEST if is_done else NEXT_DAY)
    yield from _to_worker(scene)
    yield from _no_longer_awaited(scene)
    yield Mark(ENDED, _matter(scene))


def to_tutor(scene: Scene) -> Answers:
    """What the officer tells the tutor goes to the tutor, and not back to the officer."""
    tutor = scene.heard["tutor"]
    yield Say("programme_tutor", NAMED, SAME_DAY, _matter(scene), officer=tutor)


PROGRAMMES: Final[dict[str, Rule]] = {
    "programmes.referred": referred,
    "programmes.waiting_listed": waiting,
    "programmes.placed": placed,
    "programmes.started": started,
    "programmes.session_missed": missed,
    "programmes.session_attended": attended,
    "programmes.progress_reported": progress,
    "programmes.completed": ended,
    "programmes.withdrawn": ended,
    "case.programme_suspended": to_tutor,
    "case.safety_caution_given": to_tutor,
}
