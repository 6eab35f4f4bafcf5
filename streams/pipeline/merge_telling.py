"""Tell whoever has either of two people that they have become one, or are two after all.

Each is told of what they may see: after a merge there is one case, and only who may see it is told;
after an un-merge nobody reads of the other what belongs to a case that is closed to them. Whoever
decided is not told of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from streams.domain.cases import Case
from streams.domain.duties import UNDONE
from streams.domain.instructions import Addressee
from streams.domain.merge_acts import MergeAct, PeopleMerged, PeopleUnmerged
from streams.domain.notices import Action, Move, Notice, Urgency, after, stepped
from streams.domain.passage import Assigned, Note, Told
from streams.domain.sharing import is_entitled
from streams.pipeline.carrying import Moment
from streams.stages.assign import assign
from streams.stages.pass_on import is_open
from streams.stages.summarise import Summary, lines, summarise

RULE: Final = ("identity", 2)
SAYS_WHO: Final = "Switchboard, from an officer's decision"
MERGED: Final = "people_merged"
UNMERGED: Final = "people_unmerged"
ONE: Final = "two people in our records, of whom you had one, are one"
TWO: Final = "two people were taken for one, and you have one of them"
READ_BOTH: Final = "Read what is known of both, and see that what is open is seen to."
CHECK: Final = (
    "Check what you were told or have done since the two were taken for one: part of it may be"
    " about the other."
)
NO_LONGER_ONE: Final = "the two are not one person"
HAVE_THEM: Final = (Addressee.RESPONSIBLE_OFFICER, Addressee.ENFORCEMENT_OFFICER)


@dataclass(frozen=True, slots=True)
class Became:
    """What came of the events since the merge: about one of the two, about the other, or held."""

    here: int = 0
    elsewhere: int = 0
    in_review: int = 0


def tell_merged(act: PeopleMerged, were: tuple[Case, Case], moment: Moment) -> None:
    """Tell those who had either of two people that they are one, each once."""
    one = moment.work.cases[act.kept]
    kept, gone = were
    held = one.responsible(moment.raised_at)
    facts = {
        "kept_person": str(act.kept),
        "gone_person": str(act.gone),
        "kept_crn": kept.crn,
        "gone_crn": gone.crn,
        "to_provider": held.provider if held is not None else None,
        "to_officer": held.officer if held is not None else None,
        "to_officer_name": _name(held.officer, moment) if held and held.officer else None,
        **_decided(act, moment),
        **_open(act.kept, moment),
    }
    told: set[str] = {act.by}
    for side in were:
        seen_as = replace(side, restrictions=one.restrictions)
        for to, meant in _who_have(seen_as, moment):
            if to.recipient.officer not in told:
                told.add(to.recipient.officer)
                _tell((MERGED, facts), one, (to, meant), moment)


def tell_parted(act: PeopleUnmerged, became: Mapping[UUID, Became], moment: Moment) -> None:
    """Tell those who have either of two people that they are two, and take back that they are one.

    Who has both is told of both, since each is another case.
    """
    work = moment.work
    _take_back(act, moment)
    for mine, other in ((act.kept, act.gone), (act.gone, act.kept)):
        case, of = work.cases[mine], became.get(mine, Became())
        for to, meant in _who_have(case, moment):
            if to.recipient.officer == act.by:
                continue
            decided = _decided(act, moment)
            crn = work.cases[other].crn
            if not _may_see(work.cases[other], to, moment):
                decided["reason"], crn = None, None
            facts = {
                "other_crn": crn,
                **decided,
                "meanwhile": of.here,
                "elsewhere": of.elsewhere,
                "in_review": of.in_review,
                **_open(mine, moment),
            }
            _tell((UNMERGED, facts), case, (to, meant), moment)


def merged_matter(merge_seq: int) -> str:
    """Name the matter of what is told of a merge."""
    return f"merge:{merge_seq}"


def _who_have(case: Case, moment: Moment) -> list[tuple[Assigned, str]]:
    """Return who is told for those who have a person, and with whom the ladder of each begins."""
    found: dict[str, tuple[Assigned, str]] = {}
    for addressee in HAVE_THEM:
        to = assign(case, moment.work.directory, addressee, moment.raised_at)
        if to is not None:
            role = case.responsible(moment.raised_at)
            meant = to.recipient.officer if role is None else role.officer
            found.setdefault(to.recipient.officer, (to, meant or to.recipient.officer))
    return list(found.values())


def _may_see(other: Case, to: Assigned, moment: Moment) -> bool:
    """Answer whether whoever is told about one of two may see the case of the other."""
    restriction = other.restriction_at(moment.raised_at)
    recipient = to.recipient
    return restriction.is_open or is_entitled(restriction, recipient.officer, recipient.team)


def _decided(act: MergeAct, moment: Moment) -> dict[str, Any]:
    """Say who decided, and why."""
    name = _name(act.by, moment)
    return {"decided_by": act.by, "decided_by_name": name, "reason": act.reason.strip()}


def _name(officer: str, moment: Moment) -> str:
    """Name an officer as the directory last knew them."""
    known = moment.work.directory.last_known(officer, moment.raised_at)
    return known.name if known is not None else officer


def _open(person_id: UUID, moment: Moment) -> dict[str, Any]:
    """Count and list what is open about a person."""
    duties = moment.work.duties_about(person_id)
    notices: Sequence[Notice] = [
        each
        for each in moment.work.notices_about(person_id)
        if is_open(each, duties) and each.type not in {MERGED, UNMERGED}
    ]
    undone = sum(each.state in UNDONE for each in duties)
    return {"items": len(notices), "duties": undone, **lines(notices)}


def _tell(
    what: tuple[str, Mapping[str, Any]], case: Case, whom: tuple[Assigned, str], moment: Moment
) -> None:
    """Raise one notice about a person, for whoever is told on behalf of an officer."""
    (kind, facts), (to, meant) = what, whom
    is_merge = kind == MERGED
    summary = Summary(
        kind,
        merged_matter(moment.seq),
        meant,
        Urgency.NEXT_WORKING_DAY if is_merge else Urgency.SAME_DAY,
        moment.raised_at,
        ONE if is_merge else TWO,
        facts,
        str(moment.seq),
        (Action(READ_BOTH if is_merge else CHECK),),
        person_id=case.person_id,
        crn=case.crn,
        restricted=case.restriction_at(moment.raised_at).restricted,
        rule=RULE,
        says_who=SAYS_WHO,
    )
    notice = summarise(summary, to, moment.raised_at, moment.rules.calendar)
    moment.work.keep_told(moment.seq, Told(notice, None))


def _take_back(act: PeopleUnmerged, moment: Moment) -> None:
    """Withdraw what was told of the merge: it no longer holds, whether or not anybody read it."""
    for notice in moment.work.open_notices(act.kept, merged_matter(act.merge_seq)):
        state = after(notice.state, Move.WITHDRAW)
        if notice.type == MERGED and state is not None:
            gone = stepped(notice, state)
            moment.work.keep_told(moment.seq, Told(gone, Move.WITHDRAW, Note(NO_LONGER_ONE)))
