"""Follow notices and duties: nobody answers, somebody does, or somebody else has them now.

Everything that is open has one owner who is there and may see the case. Who that is by rights
follows from the case, the directory and how far a notice has climbed, so the same look is taken
whenever any of them changes; where nothing is to be moved it changes nothing.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.cases import UNRESTRICTED, Case, Restriction
from streams.domain.deciders import NOBODYS
from streams.domain.duties import UNDONE, Duty, DutyState, overdue_matter
from streams.domain.instructions import Addressee
from streams.domain.ladders import may_ring
from streams.domain.notice_acts import Answered, NoticeWaited
from streams.domain.notices import Move, Notice, NoticeState, after
from streams.domain.passage import Passing, Told
from streams.domain.reviews import IDENTITY_HELD
from streams.domain.rungs import Candidate, Standing, why_not
from streams.domain.shown import real_type
from streams.pipeline.carrying import Moment
from streams.stages.answer import Given, NoAnswer, answer
from streams.stages.assign import assign, desk_of
from streams.stages.pass_on import (
    NOT_DONE,
    UNANSWERED,
    climb,
    foot,
    hand_over,
    is_at_end,
    is_open,
)

CHANGED_HANDS: Final = "the person changed hands"
NO_ACTION: Final = "no action: "
NO_NOTICE: Final = "there is no such notice"
DECIDE_IT: Final = (
    "the event still waits; decide who it is about: switchboard identity review decide"
)
OPERATIONS: Final = "operations"
OF_FEW: Final = Case(
    person_id=NOBODYS.person_id,
    restrictions=(Restriction(UNRESTRICTED.from_at, 0, restricted=True),),
)
"""Of whoever a held event may be about, where few may see that case: only a lead is sure to."""
NOBODY_ANSWERED: Final = "nobody_answered"


def standing_at(case: Case, moment: Moment) -> Standing:
    """Return what a ladder about a case is computed over now."""
    return Standing(case, moment.work.directory, moment.raised_at)


def passing(notice: Notice, moment: Moment, standing: Standing | None = None) -> Passing:
    """Return what a notice is passed on with; one about nobody in particular has no case.

    One that may be about somebody whose case few may see goes to no desk that may not see it.
    """
    rules, work = moment.rules, moment.work
    case = None if notice.person_id is None else work.cases.get(notice.person_id)
    agencies = (rules.register.agencies.get(publisher) for publisher, _ in notice.sources)
    contacts = [agency.contact for agency in agencies if agency is not None]
    here = standing or standing_at(case or (OF_FEW if notice.restricted else NOBODYS), moment)
    return Passing(here, rules.calendar, rules.contracted, contacts[-1] if contacts else "")


def wait(act: NoticeWaited, moment: Moment) -> bool:
    """Ring the next rung for a notice that waits too long; answer whether it still did.

    Out of hours only the named list rings; the rest waits for the opening (FLOWS rule 6).
    """
    notice, at = moment.work.notices.get(act.notice_id), moment.raised_at
    if notice is None or not notice.waits or notice.due_at is None or notice.due_at > at:
        return False
    return may_ring(notice.type, at, moment.rules.calendar) and _climb(notice, moment, UNANSWERED)


def wait_for_duty(duty: Duty, moment: Moment) -> bool:
    """Ring the next rung for a notice that was acknowledged and whose duty is not done in time.

    Answers whether it goes up, for this duty or for another that came with it.
    """
    notice = moment.work.notices.get(duty.notice_id) if duty.notice_id else None
    if notice is None or notice.state is not NoticeState.ACKNOWLEDGED:
        return notice is not None and notice.state is NoticeState.ESCALATED
    return _climb(notice, moment, NOT_DONE)


def _climb(notice: Notice, moment: Moment, reason: str) -> bool:
    """Pass a notice up, and tell operations where nobody is left."""
    told = climb(notice, passing(notice, moment), reason)
    if told is None:  # pragma: no cover - the callers looked at its state
        return False
    moment.work.keep_told(moment.seq, told)
    if is_at_end(notice, told):
        alarm = (NOBODY_ANSWERED, str(notice.id), OPERATIONS)
        words = f"notice {notice.id}: the ladder is at its end and nobody has acknowledged it"
        moment.work.alarms.append((alarm, words))
    return True


def take_answer(act: Answered, moment: Moment) -> bool:
    """Take an officer's answer, or say why it is not taken; a repeat changes nothing."""
    work = moment.work
    notice = work.notices.get(act.notice_id)
    if notice is None:
        work.refused.append((moment.seq, NO_NOTICE))
        return False
    if _is_review(notice, act.move):
        work.refused.append((moment.seq, DECIDE_IT))
        return True
    reason = act.because.strip()
    words = f"{NO_ACTION}{reason}" if act.no_action and reason else reason
    given = Given(act.move, act.by, words, act.step)
    answered = answer(notice, given, passing(notice, moment).standing)
    if isinstance(answered, NoAnswer):
        work.refused.append((moment.seq, answered.words))
        return True
    if answered is None:
        return False
    work.keep_told(moment.seq, answered)
    if act.move is Move.FINISH:
        for duty in _duties_of(notice, moment):
            work.change_duty(replace(duty, state=DutyState.SATISFIED))
            _no_longer_overdue(duty, notice, moment)
    return True


def _is_review(notice: Notice, move: Move) -> bool:
    """Answer whether somebody would finish what only a decision about the event finishes."""
    is_open = notice.waits or notice.state is NoticeState.ACKNOWLEDGED
    return move is Move.FINISH and is_open and real_type(notice) == IDENTITY_HELD


def _duties_of(notice: Notice, moment: Moment) -> list[Duty]:
    """Return the unfinished duties that came with a notice, or that it says are overdue."""
    if notice.person_id is None:
        return []
    about = [d for d in moment.work.duties_about(notice.person_id) if d.state in UNDONE]
    return [d for d in about if notice.id == d.notice_id or notice.matter == overdue_matter(d)]


def _no_longer_overdue(duty: Duty, finished: Notice, moment: Moment) -> None:
    """Take back what was told of a duty as overdue; whoever has finished it knows."""
    for notice in moment.work.open_notices(duty.person_id, overdue_matter(duty)):
        state = after(notice.state, Move.WITHDRAW)
        if notice.id == finished.id or notice.state is NoticeState.DONE or state is None:
            continue
        gone = replace(notice, state=state, steps=notice.steps + 1)
        moment.work.keep_told(moment.seq, Told(gone, Move.WITHDRAW))


def settle(
    before: Standing, now: Standing, moment: Moment, *, among: AbstractSet[UUID] | None = None
) -> list[Told]:
    """Give what is open about a person to whose it is by rights now; return what was handed over.

    A ladder that begins with somebody else than before begins anew: they have not been told yet.
    `among` are the notices and duties to look at, by their ids; all of them where it is None.
    """
    work, person_id = moment.work, now.case.person_id
    duties = work.duties_about(person_id)
    moved: dict[UUID, tuple[Notice, Told]] = {}
    for notice in work.notices_about(person_id):
        if is_open(notice, duties) and (among is None or notice.id in among):
            told = _by_rights(notice, before, now, moment)
            if told is not None:
                moved[notice.id] = (notice, told)
    for duty in duties:
        if duty.state in UNDONE and (among is None or duty.id in among):
            _keep_owned(duty, (before, now), moved, moment)
    return [told for _, told in moved.values()]


def _by_rights(notice: Notice, before: Standing, now: Standing, moment: Moment) -> Told | None:
    """Hand one notice over, where it is not with whose it is."""
    here, there = passing(notice, moment, now), passing(notice, moment, before)
    anew = foot(notice, there) != foot(notice, here)
    told = hand_over(notice, here, because=CHANGED_HANDS if anew else "", anew=anew)
    if told is not None:
        moment.work.keep_told(moment.seq, told)
    return told


def _keep_owned(
    duty: Duty,
    between: tuple[Standing, Standing],
    moved: Mapping[UUID, tuple[Notice, Told]],
    moment: Moment,
) -> None:
    """Give a duty to who has its notice now, or to who has the person or stands in for its owner.

    `meant` remembers whose it is while somebody stands in for them; nobody before whom the person
    `went` to has it back.
    """
    before, now = between
    went = _foot(before) != _foot(now)
    with_notice = moved.get(duty.notice_id) if duty.notice_id else None
    if with_notice is not None and with_notice[0].recipient.officer == duty.owner:
        owner = with_notice[1].notice.recipient.officer
        went = went and with_notice[0].addressee != Addressee.NAMED_OFFICER
    elif went and _reached(before) == duty.owner:
        owner = _reached(now) or duty.owner
    else:
        owner, went = _who_owns(duty, now, moment), False
    meant = duty.meant
    if owner != duty.owner:
        meant = meant or (duty.owner if _is_away(duty.owner, now) else None)
    given = replace(duty, owner=owner, meant=None if went or meant == owner else meant)
    if given != duty:
        moment.work.change_duty(given)


def _who_owns(duty: Duty, now: Standing, moment: Moment) -> str:
    """Return whose a duty is: the one it was meant for where they can have it, else who stands in.

    An owner who is there keeps a duty that is theirs.
    """
    named = duty.meant or duty.owner
    if _may_own(named, now):
        return named
    found = assign(now.case, now.directory, Addressee.NAMED_OFFICER, now.at, officer=named)
    if found is None:
        register = moment.rules.register
        agency = register.agencies.get(duty.opened_by[0])
        provider = agency.held_desk if agency is not None else min(register.providers)
        found = desk_of(now.directory, provider, now.at, now.case)
    return found.recipient.officer


def _may_own(officer: str, now: Standing) -> bool:
    """Answer whether an officer is there and may see the case."""
    known = now.directory.officer(officer, now.at)
    role = officer.partition(":")[0]
    candidate = Candidate(role, role, officer, known.provider if known else "")
    return why_not(now, candidate) is None


def _is_away(officer: str, now: Standing) -> bool:
    """Answer whether an officer is away for a time, and comes back."""
    return now.directory.absence(officer, now.at) is not None


def _reached(at: Standing) -> str | None:
    """Return the id of whoever is told as the responsible officer."""
    found = assign(at.case, at.directory, Addressee.RESPONSIBLE_OFFICER, at.at)
    return found.recipient.officer if found is not None else None


def _foot(at: Standing) -> tuple[str, str | None] | None:
    """Return which provider and officer have a person."""
    held = at.case.responsible(at.at)
    return None if held is None else (held.provider, held.officer)
