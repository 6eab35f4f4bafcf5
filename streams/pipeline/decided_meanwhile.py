"""What humans decided about events while two people were taken for one, once they are two again.

They said that an event is about the one person. Which of the two that is follows from the number by
which they named the person, else from the identifiers of the event: these need not agree with its
name, since a human has looked at that. What is open even so is asked again, and who decided is told
in words; nothing of it is forgotten.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from streams.domain.deciders import NOBODYS
from streams.domain.instructions import Addressee
from streams.domain.matching import NAME_AND_BIRTH_DATE, Possible, PossibleReason
from streams.domain.merge_acts import PeopleUnmerged
from streams.domain.notices import Action, Urgency
from streams.domain.passage import Told
from streams.domain.rungs import named
from streams.pipeline.binding import teach
from streams.pipeline.carrying import Moment
from streams.pipeline.following import standing_at
from streams.pipeline.reviewing import to_teach
from streams.pipeline.values import Admitted
from streams.pipeline.work import Work
from streams.stages.assign import assign
from streams.stages.notify import matter_of_held
from streams.stages.summarise import LINES_MAX, Summary, summarise

RULE: Final = ("identity", 2)
SAYS_WHO: Final = "Switchboard, from an officer's decision"
REOPENED: Final = "decision_reopened"
YOURS: Final = "you decided who an event is about while two people were taken for one"
SAY_WHICH: Final = (
    "Say which of the two it is about (switchboard identity review list), or tell whoever has it to"
    " decide what you know."
)

Whose = UUID | Possible


def when_known(admitted: Admitted, work: Work) -> int:
    """Return the number at which it was said whose an event is: its own, or that of a decision."""
    review = work.reviews.get(admitted.seq)
    return admitted.seq if review is None else review.decided_seq or admitted.seq


def as_decided(admitted: Admitted, act: PeopleUnmerged, moment: Moment) -> Whose:
    """Say which of two a human meant, and let them be known by what the event says; or ask."""
    work, two = moment.work, frozenset({act.kept, act.gone})
    person_id = work.merging.decided[admitted.seq].named or _by_identifiers(admitted, two, work)
    if person_id is None:
        return Possible((act.kept, act.gone), PossibleReason.IDENTIFIERS_CONFLICT)
    if admitted.opened.event.meta.retracts is None:
        teach(admitted, person_id, to_teach(admitted, person_id, moment), moment)
    return person_id


def _by_identifiers(admitted: Admitted, two: frozenset[UUID], work: Work) -> UUID | None:
    """Return the one of two whose identifiers an event has; None where it is neither or both."""
    keys = (key for key in admitted.looked.keys if key.kind != NAME_AND_BIRTH_DATE)
    found = {each for key in keys for each in work.found.get(key, frozenset()) & two}
    return found.pop() if len(found) == 1 else None


def keep_decision(admitted: Admitted, whose: Whose, work: Work) -> None:
    """Let the review of an event name whom it is about now; how it was decided stands."""
    review = work.reviews.get(admitted.seq)
    if review is None or review.person_id is None or isinstance(whose, Possible):
        return
    if review.person_id != whose:
        work.keep_review(replace(review, person_id=whose, rejected=review.rejected - {whose}))


def open_again(admitted: Admitted, moment: Moment) -> str:
    """Say who had decided about an event that is open again; nothing where no human had."""
    decided = moment.work.merging.decided.get(admitted.seq)
    if decided is None:
        return ""
    who = named(standing_at(NOBODYS, moment), decided.by)
    return f" {who} had decided that it is about the one person whom the two were taken for."


def tell_who_decided(act: PeopleUnmerged, whose: Mapping[int, Whose], moment: Moment) -> None:
    """Tell whoever decided about events that are open again, but for who is asked about them."""
    mine: dict[str, list[str]] = {}
    for each in moment.work.merging.meanwhile:
        decided = moment.work.merging.decided.get(each.seq)
        if decided is None or each.is_undone or not isinstance(whose[each.seq], Possible):
            continue
        if decided.by not in _asked(each, moment):
            mine.setdefault(decided.by, []).append(each.opened.event.meta.event_id)
    for by, events in sorted(mine.items()):
        _tell(by, events, act, moment)


def _asked(admitted: Admitted, moment: Moment) -> set[str]:
    """Return who is asked about an event now, and reads in the question who had decided."""
    asked = moment.work.open_notices(None, matter_of_held(admitted.opened.key))
    return {each.recipient.officer for each in asked}


def _tell(by: str, events: list[str], act: PeopleUnmerged, moment: Moment) -> None:
    """Tell one officer, or whoever stands in for them, of all their decisions that are open."""
    work, at = moment.work, moment.raised_at
    to = assign(NOBODYS, work.directory, Addressee.NAMED_OFFICER, at, officer=by)
    if to is None:
        return
    known = work.directory.last_known(act.by, at)
    facts = {
        "parted_by": act.by,
        "parted_by_name": act.by if known is None else known.name,
        "events": events[:LINES_MAX],
        "more": len(events[LINES_MAX:]),
    }
    summary = Summary(
        REOPENED,
        f"merge:{act.merge_seq}",
        by,
        Urgency.NEXT_WORKING_DAY,
        at,
        YOURS,
        facts,
        str(moment.seq),
        (Action(SAY_WHICH),),
        rule=RULE,
        says_who=SAYS_WHO,
    )
    work.keep_told(moment.seq, Told(summarise(summary, to, at, moment.rules.calendar), None))
