"""What FLOWS says of drug and alcohol tests (flow 4), in the simple model.

The officer hears the same day of what is positive, diluted, or gave no result; a negative needs
nobody, unless the test was told as positive. Without a requirement or consent nobody is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from world_model_cases import OFFICER
from world_model_rules import SAME_DAY
from world_model_values import Close, Due, Mark, Say, TakeBack, Wait

if TYPE_CHECKING:
    from datetime import date

    from world_model_rules import Answers, Rule, Scene

RESULT: Final = "test_result"
ASKED: Final = "test_result_after_asking"
REPORTED, POSITIVE, NOT_POSITIVE = "reported", "positive", "not_positive"
NOTICES: Final = {
    "positive": "substance_test_positive",
    "negative": "substance_test_positive",
    "diluted": "substance_test_diluted",
}
"""What tells of an outcome; a negative is told as putting right a positive."""


def _matter(scene: Scene) -> str:
    """Name the test."""
    return f"substance_test:{scene.heard['test_reference']}"


def _may_be_told(scene: Scene, on: date) -> bool:
    """Answer whether a requirement bound the person that day, or they consented."""
    asked = scene.heard["requirement_id"]
    ends = {p.heard["requirement_id"]: p.heard["ended_on"] for p in _ended(scene)}
    binds = asked is not None and not (asked in ends and ends[asked] < on)
    return binds or scene.heard["consented"]


def _ended(scene: Scene) -> Any:  # noqa: ANN401 - an iterator of the past
    """Return the requirements that ended."""
    return scene.case.standing("case.requirement_ended")


def expected(scene: Scene) -> Answers:
    """A result is awaited by its day, unless it came already."""
    is_known = _matter(scene) in scene.case.marks(REPORTED)
    if _may_be_told(scene, scene.heard["requested_on"]) and not is_known:
        yield Wait(RESULT, _matter(scene), Due(after=scene.heard["report_by_on"]))


def reported(scene: Scene) -> Answers:
    """A result is told by what it is, and awaited no more."""
    if _may_be_told(scene, scene.heard["test_on"]):
        yield from _outcome(scene)
    yield Close(RESULT, _matter(scene))
    yield Close(ASKED, _matter(scene))
    yield TakeBack("substance_test_unreported", _matter(scene))
    yield Mark(REPORTED, _matter(scene))


def _outcome(scene: Scene) -> Answers:
    """Tell the officer how a test ended, or nobody where it was well."""
    outcome, matter = scene.heard["outcome"], _matter(scene)
    is_sure = _is_confirmed(scene, outcome)
    was_positive = matter in scene.case.marks(POSITIVE)
    put_right = matter in scene.case.marks(NOT_POSITIVE)
    series = f"substance_tests:{scene.heard['requirement_id'] or 'consent'}"
    is_news = {
        "positive": is_sure or not put_right,
        "negative": was_positive,
    }.get(outcome, True)
    if is_news:
        notice = NOTICES.get(outcome, "substance_test_not_completed")
        yield Say(notice, OFFICER, SAME_DAY, series)
    if outcome == "positive" and is_news:
        yield Mark(POSITIVE, matter)
    if outcome == "negative" and is_sure:
        yield Mark(NOT_POSITIVE, matter)


def _is_confirmed(scene: Scene, outcome: str) -> bool:
    """Answer whether all that the outcome rests on was confirmed by a second method."""
    findings = [f for f in scene.heard["findings"] if f["is_positive"] or outcome != "positive"]
    return bool(findings) and all(each["standing"] == "confirmed" for each in findings)


TESTS: Final[dict[str, Rule]] = {
    "treatment.result_expected": expected,
    "treatment.result_reported": reported,
}
