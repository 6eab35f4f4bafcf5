"""Undo what rests on an event that its publisher retracted or superseded."""

from typing import Final

from streams.domain.cases import Case
from streams.domain.folding import fold
from streams.domain.passage import Opened, Source
from streams.pipeline.held import take_back_reviews
from streams.pipeline.work import Work
from streams.stages.follow_up import reopened, withdrawn
from streams.stages.notify import withdraw

RETRACTED: Final = "retracted by the agency before anybody decided who it is about"
CORRECTED: Final = "corrected by the agency before anybody decided who it is about"


def undo(opened: Opened, work: Work, seq: int) -> tuple[Case, ...]:
    """Undo what an event says to be wrong: what it retracts, and what it supersedes.

    Returns the cases as they were, of those that are another now.

    Either is remembered, so that it changes nothing should it still come: of two corrections the
    one that was corrected again must not win by being late.
    """
    meta = opened.event.meta
    were: list[Case] = []
    for target, words in ((meta.retracts, RETRACTED), (meta.supersedes, CORRECTED)):
        if target is not None:
            source = (meta.publisher, target)
            if source != opened.key:
                work.retracted.add(source)
            take_back_reviews(source, work, words)
            were += undo_source(source, work, seq)
    return tuple(were)


def undo_source(source: Source, work: Work, seq: int, *, keeps_review: bool = False) -> list[Case]:
    """Take one event out of facts, notices, duties and cases; return the cases as they were.

    `keeps_review` leaves what was told of its review, which is about nobody yet.
    """
    were: list[Case] = []
    work.drop_facts(source)
    # By id: what a batch loaded and what it raised itself stand in different orders.
    for notice in sorted(work.resting_on(source), key=lambda notice: notice.id):
        told = withdraw(notice, source)
        if told is not None and not (keeps_review and notice.person_id is None):
            work.keep_told(seq, told)
    known = list(work.duties.values())
    for duty in (*withdrawn(known, source), *reopened(known, source)):
        work.change_duty(duty)
    for person_id, history in work.histories.items():
        left = [each for each in history if each.source != source]
        if len(left) == len(history):
            continue
        case = Case(person_id=person_id, crn=work.cases[person_id].crn)
        for each in left:
            case = fold(case, each.event, each.seq)
        history[:] = left
        were.append(work.cases[person_id])
        work.cases[person_id] = case
        work.changed_cases.add(person_id)
    return were
