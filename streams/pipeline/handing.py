"""A case changes hands: what is open about the person goes to who has them now, both sides told.

So it is after an assignment, a transfer to another provider, a restriction of who may see the case,
and after any of these was retracted. What holds only from a later instant is looked at then.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from streams.domain.cases import Case
from streams.domain.duties import UNDONE
from streams.domain.instructions import Addressee
from streams.domain.notice_acts import CaseLookedAt
from streams.domain.notices import Urgency
from streams.domain.passage import Told
from streams.domain.rungs import Standing
from streams.pipeline.carrying import Moment
from streams.pipeline.following import settle, standing_at
from streams.stages.assign import assign
from streams.stages.summarise import CASE_HANDED_OVER, Summary, lines, summarise

WENT_ON: Final = "what was open went to who has the person, or may see the case, now"
NOT_YOURS: Final = "somebody else has this person now, and what you had open about them"
INSTANT: Final = timedelta(microseconds=1)
"""The shortest time that the ledger can tell."""
TO_PERSONS: Final = frozenset({Addressee.NAMED_OFFICER.value, "cover", "manager"})
"""As what somebody is reached who is told on behalf of whoever had the person."""


def change_hands(before: Case, now: Case, moment: Moment) -> list[Told]:
    """Look at a case that may have changed hands; return what was handed over and told."""
    held = (before.responsibilities, before.restrictions)
    if held == (now.responsibilities, now.restrictions):
        return []
    _look_again(before, now, moment)
    here = standing_at(now, moment)
    return hand_on(replace(here, case=before), here, moment)


def change_back(were: Sequence[Case], moment: Moment) -> None:
    """Give what is open to who has people by what is left, once something was undone."""
    for was in were:
        change_hands(was, moment.work.cases[was.person_id], moment)


def hand_on(before: Standing, now: Standing, moment: Moment) -> list[Told]:
    """Give what is open to whose it is by rights, and tell whoever had the person."""
    duties = {each.id: each.owner for each in moment.work.duties_about(now.case.person_id)}
    moved = settle(before, now, moment)
    gone = sum(
        each.owner != duties[each.id]
        for each in moment.work.duties_about(now.case.person_id)
        if each.state in UNDONE
    )
    told = _tell_former((before, now), moved, gone, moment) if moved or gone else []
    return [*moved, *told]


def look_at_case(act: CaseLookedAt, moment: Moment) -> bool:
    """Look at a case whose holder, or who may see it, changes at an instant that has come."""
    work, looked = moment.work, (act.person_id, act.at)
    if act.at > moment.raised_at or looked not in work.to_look_at:
        return False
    work.to_look_at.discard(looked)
    work.looked_at.append(looked)
    now = standing_at(work.cases[act.person_id], moment)
    hand_on(replace(now, at=act.at - INSTANT), now, moment)
    return True


def _look_again(before: Case, now: Case, moment: Moment) -> None:
    """Remember to look again when what was told in advance begins to hold."""
    held = {each.from_at for each in now.responsibilities}
    seen = {each.from_at for each in now.restrictions}
    known = {each.from_at for each in (*before.responsibilities,)}
    known |= {each.from_at for each in before.restrictions}
    later = sorted(at for at in (held | seen) - known if at > moment.raised_at)
    moment.work.look_again += [(now.person_id, at) for at in later]


def _tell_former(
    between: tuple[Standing, Standing], moved: Sequence[Told], duties: int, moment: Moment
) -> list[Told]:
    """Tell the officer who had the person what went on and to whom."""
    before, now = between
    had, has = before.case.responsible(before.at), now.case.responsible(now.at)
    former = had.officer if had is not None else None
    if former is None or (has is not None and has.officer == former):
        return []
    to = assign(now.case, now.directory, Addressee.NAMED_OFFICER, now.at, officer=former)
    is_new = to is not None and has is not None and to.recipient.officer == has.officer
    if to is None or is_new or to.recipient.reached_as not in TO_PERSONS:
        return []
    officer = has.officer if has is not None else None
    known = now.directory.last_known(officer, now.at) if officer is not None else None
    facts = {
        "officer": former,
        "to_provider": has.provider if has is not None else None,
        "to_officer": officer,
        "to_officer_name": known.name if known is not None else officer,
        "items": len(moved),
        "duties": duties,
        **lines([each.notice for each in moved]),
    }
    summary = Summary(
        CASE_HANDED_OVER,
        f"handed_over:{now.case.person_id}",
        former,
        Urgency.DIGEST,
        now.at,
        NOT_YOURS,
        facts,
        moment.occasion,
        person_id=now.case.person_id,
        crn=now.case.crn,
        restricted=now.restriction.restricted,
    )
    told = Told(summarise(summary, to, moment.raised_at, moment.rules.calendar), None)
    moment.work.keep_told(moment.seq, told)
    return [told]
