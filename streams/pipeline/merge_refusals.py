"""Who may say that two people are one, or are two after all, and when that is not taken.

It needs an officer in post who may see both cases and stands on the ladder of one of them, and a
reason. What a merge would open to somebody from whom it is closed, or make of two people who were
two in one matter, is refused in words: Switchboard does not guess who of two officers is right.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from streams.domain.cases import Case, Restriction
from streams.domain.instructions import Addressee, FactKind
from streams.domain.merge_acts import MergeAct, PeopleMerged, PeopleUnmerged
from streams.domain.rungs import LEAD, Candidate, candidates, named
from streams.domain.rungs import Standing as On
from streams.domain.sharing import is_entitled, is_excluded
from streams.pipeline.carrying import Moment
from streams.pipeline.following import standing_at
from streams.pipeline.merge_values import Merging

REASON_MAX: Final = 1_000
"""Assumed: characters of a reason; more belongs into case management."""
NO_REASON: Final = "say why (--reason)"
SAME: Final = "they are one person already"
NOT_THEIRS: Final = "is neither of those who have either of them, nor their cover, manager or desk"
NOT_ENTITLED: Final = "may not see both of these cases"
MORE_OPEN: Final = (
    "who may see the two cases differs, and as one it would be open to somebody from whom one of"
    " them is closed; let case management restrict both alike first"
)
TWO_IN_ONE_MATTER: Final = (
    "they are two in one matter, of which only one is the suspect; let the agency take back what is"
    " wrong first"
)


def why_not_merged(act: PeopleMerged, one: Case, moment: Moment) -> str | None:
    """Say why two people do not become one, or nothing."""
    work = moment.work
    if act.kept == act.gone:
        return SAME
    merging = work.merging
    return (
        _of_whom((act.kept, act.gone), moment)
        or was_merged((act.kept, act.gone), merging)
        or _of_reason(act.reason)
        or _of_officer(act, [work.cases[act.kept], work.cases[act.gone]], moment)
        or _of_access(one, (work.cases[act.kept], work.cases[act.gone]), moment)
        or _of_matters(act, moment)
    )


def why_not_parted(act: PeopleUnmerged, moment: Moment) -> str | None:
    """Say why two who were taken for one do not become two again, or nothing."""
    work, merging = moment.work, moment.work.merging
    undone = merging.undone.get(act.merge_seq)
    if undone is not None:
        return f"merge {act.merge_seq} was undone already, by act {undone}"
    found = next((each for each in merging.standing if each.seq == act.merge_seq), None)
    if found is None or (found.kept, found.gone) != (act.kept, act.gone):
        return f"there is no merge {act.merge_seq} of these two"
    later = [each for each in merging.standing if each.seq > found.seq]
    if later:
        newest = max(later, key=lambda each: each.seq)
        return (
            f"merge {newest.seq} came later and has to do with the same people; undo it first"
            f" (merge {found.seq} can be undone then)"
        )
    return _of_reason(act.reason) or _of_officer(act, [work.cases[act.kept]], moment)


def _of_whom(people: Iterable[UUID], moment: Moment) -> str | None:
    """Say who of them nobody knows."""
    unknown = [each for each in people if each not in moment.work.cases]
    return f"nobody is known as {unknown[0]}" if unknown else None


def was_merged(people: Iterable[UUID], merging: Merging) -> str | None:
    """Say who of them is somebody else since."""
    into = {each.gone: each for each in merging.standing}
    found = next((into[each] for each in people if each in into), None)
    if found is None:
        return None
    return f"{found.gone} was merged into {found.kept} by act {found.seq}; name that person"


def _of_reason(reason: str) -> str | None:
    """Say what is wrong with the reason."""
    if not reason.strip():
        return NO_REASON
    if len(reason) > REASON_MAX:
        return f"{len(reason)} characters of reason are too many; {REASON_MAX} can be kept"
    return None


def _of_officer(act: MergeAct, cases: Sequence[Case], moment: Moment) -> str | None:
    """Say why an officer may not decide this: not in post, not theirs, or not to be seen."""
    by = act.by
    standings = [standing_at(case, moment) for case in cases]
    officer = moment.work.directory.officer(by, moment.raised_at)
    if officer is None:
        return f"{named(standings[0], by)} is not in post"
    ladders = [_on_ladder(by, each) for each in standings]
    has_any = any(held for held, _ in ladders)
    if has_any and all(found is None for _, found in ladders):
        return f"{named(standings[0], by)} {NOT_THEIRS}"
    for standing, (_, found) in zip(standings, ladders, strict=True):
        is_lead = found is not None and found.reached_as == LEAD
        if _is_barred(standing.restriction, by, officer.team, is_lead=is_lead):
            return f"{named(standing, by)} {NOT_ENTITLED}"
    return None


def _is_barred(restriction: Restriction, by: str, team: str | None, *, is_lead: bool) -> bool:
    """Answer whether an officer may not see a case; the lead may, unless kept out by name."""
    if is_lead:
        return is_excluded(restriction, by, team)
    return not is_entitled(restriction, by, team)


def _on_ladder(by: str, standing: On) -> tuple[bool, Candidate | None]:
    """Return whether anybody has the person, and where an officer stands among them."""
    ladder = candidates(standing, Addressee.RESPONSIBLE_OFFICER)
    if ladder is None:
        return False, None
    mine = [each for each in ladder if each.officer == by]
    lead = [each for each in mine if each.reached_as == LEAD]
    return True, next(iter((*lead, *mine)), None)


def _of_access(one: Case, cases: Iterable[Case], moment: Moment) -> str | None:
    """Say that the case of both would be more open than that of one of them."""
    now = one.restriction_at(moment.raised_at)
    was = (case.restriction_at(moment.raised_at) for case in cases)
    return None if all(_is_as_strict(now, each) for each in was) else MORE_OPEN


def _is_as_strict(now: Restriction, was: Restriction) -> bool:
    """Answer whether nobody may see a case who was kept from it."""
    if was.restricted and not (now.restricted and set(now.only) <= set(was.only)):
        return False
    return set(was.excluded_officers) <= set(now.excluded_officers) and set(
        was.excluded_teams
    ) <= set(now.excluded_teams)


def _of_matters(act: PeopleMerged, moment: Moment) -> str | None:
    """Say that both are in one call-out, and only one of them as its suspect."""
    of = {person: _matters(person, moment) for person in (act.kept, act.gone)}
    kept, gone = of[act.kept], of[act.gone]
    clash = any(kept[each] != gone[each] for each in kept.keys() & gone.keys())
    return TWO_IN_ONE_MATTER if clash else None


def _matters(person_id: UUID, moment: Moment) -> dict[str, bool]:
    """Return the call-outs that a person is a party to, and whether as the suspect."""
    facts = moment.work.facts_of_person[person_id]
    suspect = {each.matter for each in facts if each.kind is FactKind.CALLOUT_AS_SUSPECT}
    party = {each.matter for each in facts if each.kind is FactKind.CALLOUT_PARTY}
    return {matter: matter in suspect for matter in party | suspect}
