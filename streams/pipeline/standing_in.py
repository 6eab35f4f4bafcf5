"""Somebody is away, gone or back: their open items change hands, and both sides are told once.

What was handed over for an absence is remembered in `away`, one entry for each officer, so that the
same absence is acted on once, however late or early it was told, and again where its cover or its
end changes. Everybody else's items are looked at with theirs: nothing that is by rights elsewhere
stays where it is.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from streams.domain.absences import Away, how_away
from streams.domain.cases import Case
from streams.domain.deciders import NOBODYS
from streams.domain.instructions import Addressee
from streams.domain.notice_acts import OfficerAway, OfficerBack, OfficerGone
from streams.domain.notices import Action, Move, Notice, NoticeState, Urgency, after, stepped
from streams.domain.passage import Assigned, Note, Told
from streams.pipeline.carrying import Moment
from streams.pipeline.following import passing, settle, standing_at
from streams.stages.assign import assign, desk_of
from streams.stages.pass_on import foot, hand_over, is_open
from streams.stages.summarise import (
    ABSENCE_WITHOUT_COVER,
    COVER_SUMMARY,
    OFFICER_LEFT,
    RETURNED_SUMMARY,
    Summary,
    items,
    lines,
    summarise,
)

STANDS_IN: Final = "you stand in for an officer who is away"
NO_COVER: Final = "an officer of yours is away and nobody covers"
HAS_LEFT: Final = "an officer has left and what they had open is yours until somebody has it"
IS_BACK: Final = "you were away, and this happened"
NAME_COVER: Final = "Name a cover for the officer in the staff directory, or see to these yourself."
ASSIGN: Final = "See that each person gets an officer."
NO_LONGER: Final = "nobody has to stand in any more"
WORDS: Final = {
    COVER_SUMMARY: (STANDS_IN, ()),
    ABSENCE_WITHOUT_COVER: (NO_COVER, (Action(NAME_COVER),)),
    OFFICER_LEFT: (HAS_LEFT, (Action(ASSIGN),)),
}


StaffAct = OfficerAway | OfficerGone | OfficerBack


def matter_of(officer: str) -> str:
    """Name the matter of an officer's absences, so that what was told of one is found again."""
    return f"absence:{officer}"


def go_away(act: OfficerAway | OfficerGone, moment: Moment) -> bool:
    """Hand over what an officer who is not there has open, and tell who stands in, once."""
    work, officer = moment.work, act.officer
    now = how_away(work.directory, officer, moment.raised_at)
    if now is None or now.has_left != isinstance(act, OfficerGone):
        return False
    before = {each.id: each.state for each in work.notices.values()}
    is_news = work.away.get(officer) != now
    told = len(work.told)
    changed = len(work.changed_duties)
    if is_news:
        _take_back(act, moment)
    _settle_all(act, moment)
    if is_news:
        work.keep_away(now)
        _tell_who_stands_in(act, now, before, moment)
    return is_news or len(work.told) > told or len(work.changed_duties) > changed


def come_back(act: OfficerBack, moment: Moment) -> bool:
    """Give an officer who is there again what is theirs, and tell them what happened."""
    work, officer = moment.work, act.officer
    had = work.away.get(officer)
    if had is None or how_away(work.directory, officer, moment.raised_at) is not None:
        return False
    _take_back(act, moment)
    _settle_all(act, moment)
    work.drop_away(officer)
    _tell_what_happened(act, had, moment)
    return True


def _settle_all(act: StaffAct, moment: Moment) -> None:
    """Look at everything open that the act names, whoever has it."""
    work = moment.work
    for person_id in act.people:
        here = standing_at(work.cases[person_id], moment)
        settle(here, here, moment)
    for notice in _about_nobody(act, moment):
        told = hand_over(notice, passing(notice, moment))
        if told is not None:
            work.keep_told(moment.seq, told)


def _about_nobody(act: StaffAct, moment: Moment) -> list[Notice]:
    """Return what the act names that is about nobody in particular and open still."""
    found = (moment.work.notices.get(each) for each in act.notices)
    return [each for each in found if each is not None and is_open(each, ())]


def _take_back(act: StaffAct, moment: Moment) -> None:
    """Withdraw what was told of an officer's absence before: it is told anew, or over."""
    for notice in _about_nobody(act, moment):
        state = after(notice.state, Move.WITHDRAW)
        is_ours = notice.matter == matter_of(act.officer) and notice.type in WORDS
        if is_ours and state is not None:
            gone = stepped(notice, state)
            moment.work.keep_told(moment.seq, Told(gone, Move.WITHDRAW, Note(NO_LONGER)))


def _tell_who_stands_in(
    act: StaffAct, now: Away, before: dict[UUID, NoticeState], moment: Moment
) -> None:
    """Tell the first of an officer's ladder who is there; nobody, where there is nothing to do."""
    work = moment.work
    theirs = _theirs(act, moment)
    to = _first(act.officer, theirs, moment)
    cases = (work.cases[each] for each in act.people)
    people = sum(_has(case, act.officer, moment.raised_at) for case in cases)
    if to is None or not (theirs or people):
        return
    kind = OFFICER_LEFT if now.has_left else ABSENCE_WITHOUT_COVER
    if to.recipient.officer == now.cover and not now.has_left:
        kind = COVER_SUMMARY
    why, actions = WORDS[kind]
    here = [each for each in theirs if each.recipient.officer == to.recipient.officer]
    facts = {
        **_who(now, moment),
        "people": people,
        "elsewhere": len(theirs) - len(here),
        **items(here, before),
    }
    summary = Summary(
        kind,
        matter_of(now.officer),
        now.officer,
        Urgency.SAME_DAY,
        now.from_at,
        why,
        facts,
        str(moment.seq),
        actions,
    )
    _raise(summary, to, moment)


def _tell_what_happened(act: StaffAct, had: Away, moment: Moment) -> None:
    """Tell an officer who is back what came back to them, and what else there was meanwhile."""
    theirs = [
        each
        for each in _theirs(act, moment, also_closed=True)
        if each.raised_at >= had.from_at or (each.waits and each.recipient.officer == had.officer)
    ]
    to = _first(act.officer, theirs, moment)
    if to is None or not theirs:
        return
    raised = [each for each in theirs if each.raised_at >= had.from_at]
    mine = [each for each in theirs if each.recipient.officer == had.officer]
    still = [each for each in mine if is_open(each, ())]
    facts = {
        **_who(replace(had, until=moment.raised_at), moment),
        "raised": len(raised),
        "given_back": len(still),
        "elsewhere": sum(each.waits for each in theirs) - len(still),
        **lines(sorted(theirs, key=lambda each: (not each.waits, each.raised_at, each.id))),
    }
    summary = Summary(
        RETURNED_SUMMARY,
        matter_of(had.officer),
        had.officer,
        Urgency.NEXT_WORKING_DAY,
        moment.raised_at,
        IS_BACK,
        facts,
        str(moment.seq),
    )
    _raise(summary, to, moment)


def _raise(summary: Summary, to: Assigned, moment: Moment) -> None:
    """Raise the notice of a summary."""
    notice = summarise(summary, to, moment.raised_at, moment.rules.calendar)
    moment.work.keep_told(moment.seq, Told(notice, None))


def _first(officer: str, theirs: list[Notice], moment: Moment) -> Assigned | None:
    """Return the first of an officer's own ladder who is there."""
    directory, at = moment.work.directory, moment.raised_at
    found = assign(NOBODYS, directory, Addressee.NAMED_OFFICER, at, officer=officer)
    providers = sorted({each.recipient.provider for each in theirs})
    return found or (desk_of(directory, providers[0], at) if providers else None)


def _theirs(act: StaffAct, moment: Moment, *, also_closed: bool = False) -> list[Notice]:
    """Return the notices that the act names whose ladder begins with its officer."""
    work = moment.work
    about = [each for person_id in act.people for each in work.notices_about(person_id)]
    named = (work.notices.get(each) for each in act.notices)
    return [
        each
        for each in (*about, *(each for each in named if each is not None))
        if each.matter != matter_of(act.officer)
        and foot(each, passing(each, moment)) == act.officer
        and (also_closed or is_open(each, _duties(each, moment)))
    ]


def _duties(notice: Notice, moment: Moment) -> list[Any]:
    """Return the duties about a notice's person."""
    return [] if notice.person_id is None else moment.work.duties_about(notice.person_id)


def _has(case: Case, officer: str, at: datetime) -> bool:
    """Answer whether an officer has a person who is still supervised."""
    held = case.responsible(at)
    return held is not None and held.officer == officer and case.ended_on(at) is None


def _who(away: Away, moment: Moment) -> dict[str, Any]:
    """Say which officer is away, since when and until when."""
    known = moment.work.directory.last_known(away.officer, moment.raised_at)
    return {
        "officer": away.officer,
        "officer_name": known.name if known is not None else away.officer,
        "from_at": away.from_at,
        "until_at": away.until,
    }
