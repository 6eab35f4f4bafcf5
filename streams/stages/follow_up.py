"""Follow up: open the duties that a notice brings, satisfy them, and undo what was retracted."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.derived_ids import derived_id
from streams.domain.duties import UNDONE, Duty, DutyState, due_at
from streams.domain.instructions import Expect, Satisfy, Tell
from streams.domain.notices import Notice
from streams.domain.passage import Scene

DUTY_NAMESPACE: Final = UUID("6f0a2f43-0b7e-5a0c-9d0a-4f3c6f4f2d02")


def open_duties(scene: Scene, tell: Tell, notice: Notice) -> tuple[Duty, ...]:
    """Return the duties of a notice's tasks; their owner is the notice's recipient.

    A recipient who may not be told what happened has none: each would say it.
    """
    if notice.type != tell.notice:
        return ()
    return tuple(
        Duty(
            id=_duty_id(scene, task.duty, tell.matter),
            kind=task.duty,
            matter=tell.matter,
            person_id=person_of(scene),
            owner=notice.recipient.officer,
            what=task.what,
            due_at=due_at(task.due, scene.raised_at, scene.calendar),
            opened_by=scene.opened.key,
            rule=scene.rule[0],
            notice_id=notice.id,
        )
        for task in tell.tasks
        if task.duty is not None and task.due is not None
    )


def expect(scene: Scene, expected: Expect, owner: str) -> Duty:
    """Return the duty of an agency to reply; whoever has the person owns the chase."""
    return Duty(
        id=_duty_id(scene, expected.duty, expected.matter),
        kind=expected.duty,
        matter=expected.matter,
        person_id=person_of(scene),
        owner=owner,
        what=expected.what,
        due_at=due_at(expected.due, scene.raised_at, scene.calendar),
        opened_by=scene.opened.key,
        rule=scene.rule[0],
        expected_of=expected.of_agency,
        facts=expected.facts,
    )


def person_of(scene: Scene) -> UUID:
    """Return whom a duty is about; an event without a certain person opens none.

    Raises `ValueError` where there is no case, which is a defect of the caller.
    """
    if scene.case is None:
        message = "a duty was opened for an event whose person is not certain"
        raise ValueError(message)
    return scene.case.person_id


def _duty_id(scene: Scene, kind: str, matter: str) -> UUID:
    """Derive a duty's id from the statement that opens it, its kind, its person and its matter."""
    opened = scene.opened
    parts = (*opened.key, opened.content.hex(), str(person_of(scene)), kind, matter)
    return derived_id(DUTY_NAMESPACE, *parts)


def satisfied(
    duties: Iterable[Duty], satisfy: Satisfy, source: tuple[str, str]
) -> tuple[Duty, ...]:
    """Return the duties of a kind and matter as satisfied by an event, though they be overdue."""
    return tuple(
        replace(duty, state=DutyState.SATISFIED, satisfied_by=source)
        for duty in duties
        if duty.state in UNDONE and (duty.kind, duty.matter) == (satisfy.duty, satisfy.matter)
    )


def withdrawn(duties: Iterable[Duty], source: tuple[str, str]) -> tuple[Duty, ...]:
    """Return the undone duties that a retracted event had opened as withdrawn."""
    return tuple(
        replace(duty, state=DutyState.WITHDRAWN)
        for duty in duties
        if duty.state in UNDONE and duty.opened_by == source
    )


def reopened(duties: Iterable[Duty], source: tuple[str, str]) -> tuple[Duty, ...]:
    """Return the duties that a retracted event had satisfied as open: nobody has done them."""
    return tuple(
        replace(duty, state=DutyState.OPEN, satisfied_by=None)
        for duty in duties
        if duty.state is DutyState.SATISFIED and duty.satisfied_by == source
    )
