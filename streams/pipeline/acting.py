"""The way of an act: what was done and what the ledger had loaded, to what it must write.

Pure, like the way of an event (`streams.pipeline.run`): the same function runs live and in replay.
Acts are taken in the order of their numbers, each seeing the effects of those before it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from streams.domain.acts import Act, DutyFell
from streams.domain.identity_acts import (
    ContentErased,
    EventBound,
    EventJoined,
    EventOverridden,
    EventRejected,
    IdentityAct,
    ReviewShown,
    ReviewWaited,
)
from streams.domain.merge_acts import MergeAct, PeopleMerged, PeopleUnmerged
from streams.domain.notice_acts import (
    Answered,
    CaseLookedAt,
    NoticeWaited,
    OfficerAway,
    OfficerBack,
    OfficerGone,
)
from streams.domain.sealed_acts import SealedAct, SealedErased, SealedOpened
from streams.pipeline.audited import act_body
from streams.pipeline.carrying import Moment
from streams.pipeline.erasing import erase_content
from streams.pipeline.falling import fall
from streams.pipeline.following import take_answer, wait
from streams.pipeline.handing import look_at_case
from streams.pipeline.merging import merge_people
from streams.pipeline.reviewing import (
    become_certain,
    ring_review,
    show_review,
    take_decision,
)
from streams.pipeline.standing_in import come_back, go_away
from streams.pipeline.unmerging import part_people
from streams.pipeline.unsealing import open_sealed
from streams.pipeline.values import Loaded, Rules
from streams.pipeline.work import Work, begin


def act(
    acts: Sequence[Act],
    loaded: Loaded,
    rules: Rules,
    *,
    at: datetime,
    seqs: Sequence[int],
) -> Work:
    """Work through acts in order; `seqs` has one ledger number for each.

    What no longer applies changes nothing, and is in neither `acted` nor the audit.
    """
    work = begin(loaded)
    for each, seq in zip(acts, seqs, strict=True):
        told_before, ended_before = len(work.told), len(work.ended)
        if _applies(each, Moment(work, rules, at, seq)):
            work.acted.append((seq, each))
            told = [told for _, told in work.told[told_before:]]
            refused = any(number == seq for number, _ in work.refused)
            ended = work.ended[ended_before:]
            work.audit_bodies.append(act_body(each, seq, told, refused=refused, ended=ended))
    return work


def _applies(each: Act, moment: Moment) -> bool:
    """Carry one act out; answer whether it still applied."""
    match each:
        case DutyFell():
            return fall(each, moment)
        case NoticeWaited():
            return wait(each, moment)
        case Answered():
            return take_answer(each, moment)
        case OfficerAway() | OfficerGone():
            return go_away(each, moment)
        case OfficerBack():
            return come_back(each, moment)
        case CaseLookedAt():
            return look_at_case(each, moment)
        case _:
            return _of_identity(each, moment)


def _of_identity(each: IdentityAct | MergeAct | SealedAct, moment: Moment) -> bool:
    """Carry out an act upon who somebody is."""
    match each:
        case EventJoined() | EventRejected() | EventOverridden():
            return take_decision(each, moment)
        case EventBound():
            return become_certain(each, moment)
        case ReviewWaited():
            return ring_review(each, moment)
        case ReviewShown():
            return show_review(each, moment)
        case ContentErased():
            return erase_content(each, moment)
        case PeopleMerged():
            return merge_people(each, moment)
        case PeopleUnmerged():
            return part_people(each, moment)
        case SealedOpened():
            return open_sealed(each, moment)
        case SealedErased():
            return True
        case _:
            assert_never(each)
