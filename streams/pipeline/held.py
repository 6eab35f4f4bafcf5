"""Hold an event whose person is not certain: a review is opened, and whoever decides is told.

They are the desk of the person who is most likely, then that person's manager, then the desk again;
none of them is told what the event says.

Source: FLOWS rule 9.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from msgspec import structs

from streams.domain.cases import Case
from streams.domain.deciders import NOBODYS
from streams.domain.duties import due_at
from streams.domain.instructions import Addressee, CaseView, Flow
from streams.domain.matching import Possible
from streams.domain.passage import Assigned, Opened, Scene, Source, Told
from streams.domain.records import PersonEvent
from streams.domain.reviews import Review, ReviewState, within
from streams.pipeline.carrying import Moment
from streams.pipeline.work import Work
from streams.stages.assign import assign, desk_of
from streams.stages.decide import is_immediate
from streams.stages.notify import about_held, notify

HELD_RULE: Final = ("identity", 2)
"""The rule that a notice about a held event names."""


def hold(
    opened: Opened,
    decision: Possible,
    moment: Moment,
    *,
    words: str,
    seq: int,
    immediate: bool | None = None,
) -> None:
    """Open the review of event `seq`, and tell whoever has to decide; `words` say why it waits.

    `immediate` is known beforehand of an event whose content was erased since, in a replay.
    """
    work, rules = moment.work, moment.rules
    scene = Scene(opened, None, HELD_RULE, moment.raised_at, rules.calendar, rules.contracted)
    if immediate is None:
        immediate = _is_immediate(rules.flows.get(opened.type), opened, moment)
    likely = _most_likely(decision, work)
    officer = _officer_of(likely, moment)
    tell = about_held(scene, decision, words, immediate=immediate, officer=officer)
    desk = _desk(likely, officer, opened, moment)
    told = notify(scene, tell, desk, ())
    if likely is not None and not likely.restriction_at(moment.raised_at).is_open:
        told = Told(structs.replace(told.notice, restricted=True), told.move)
    work.keep_told(moment.seq, told)
    due = review_due_at(moment, immediate=immediate)
    before = work.reviews.get(seq)
    rejected = before.rejected if before is not None else frozenset()
    left = tuple(each for each in decision.candidates if each not in rejected)
    work.keep_review(
        Review(
            seq,
            opened.key,
            desk.recipient.provider,
            immediate,
            left or decision.candidates,
            moment.raised_at,
            due,
            due,
            rejected=rejected,
        )
    )


def review_due_at(moment: Moment, *, immediate: bool) -> datetime:
    """Return by when a review must be decided that somebody is asked for now."""
    return due_at(within(immediate=immediate), moment.raised_at, moment.rules.calendar)


def take_back_reviews(source: Source, work: Work, words: str) -> None:
    """Close the reviews of an event that its publisher took back: nobody has to decide.

    The event is held no longer: it ends recorded, with the `words` that say why.
    """
    for review in list(work.reviews.values()):
        if review.source == source and review.waits:
            work.keep_review(replace(review, state=ReviewState.TAKEN_BACK, rings_at=None))
            work.taken_back[review.event_seq] = words


def _most_likely(decision: Possible, work: Work) -> Case | None:
    """Return the case of the most likely person that anybody has, else of the most likely."""
    known = [work.cases[each] for each in decision.candidates if each in work.cases]
    return next((case for case in known if case.responsibilities), known[0] if known else None)


def _officer_of(likely: Case | None, moment: Moment) -> str | None:
    """Return the officer by whose team the manager is found, where there is one."""
    held = likely.responsible(moment.raised_at) if likely is not None else None
    return held.officer if held is not None else None


def _desk(likely: Case | None, officer: str | None, opened: Opened, moment: Moment) -> Assigned:
    """Return who is told first: the desk of who has the person, else the one for the agency.

    Where nobody has the person any more, who may see the case still counts.
    """
    directory, at = moment.work.directory, moment.raised_at
    held = likely.responsible(at) if likely is not None else None
    if likely is None or held is None:
        return desk_of(directory, opened.agency.held_desk, at, likely)
    found = assign(likely, directory, Addressee.REVIEW_DESK, at, officer=officer)
    return found or desk_of(directory, held.provider, at, likely)


def _is_immediate(flow: Flow | None, opened: Opened, moment: Moment) -> bool:
    """Answer whether an event would be immediate for whoever it turns out to be about."""
    if flow is None or not isinstance(opened.event, PersonEvent):
        return False
    nobody = CaseView(NOBODYS, opened.happened_at)
    return is_immediate(flow, opened.event, nobody, moment.raised_at)
