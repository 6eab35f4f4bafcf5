"""Rules that are wrong in one way: what a mistake in the running code would be, planted in a test.

A mutant patches a name that is used while the rules run, or wraps what a flow decides; no file is
changed. Each gives the rules to run with.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from sys import modules
from typing import TYPE_CHECKING, Any, Final

from msgspec import structs
from world_run import FLOWS, rules

from streams.domain import rungs, shown
from streams.domain.duties import Due, WorkingDays
from streams.domain.instructions import Addressee, CaseView, FactKind, Flow, Instruction, Tell
from streams.domain.notices import Urgency
from streams.domain.officers import Directory
from streams.flows import domestic_abuse_callout, new_offence
from streams.pipeline import carrying
from streams.stages import notify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    import pytest

    from streams.domain.records import HandlingCondition, PersonEvent
    from streams.pipeline import Rules


def changed(change: Any) -> Rules:  # noqa: ANN401 - (said, event, view) to what is said instead
    """Return the rules with what flows say changed; None says nothing."""

    def wrap(flow: Flow) -> Flow:
        """Wrap what a flow decides."""

        def decide(event: PersonEvent, view: CaseView, now: datetime) -> tuple[Instruction, ...]:
            """Decide as the flow does, and change it."""
            said = (change(each, event, view) for each in flow.decide(event, view, now))
            return tuple(each for each in said if each is not None)

        return replace(flow, decide=decide)

    return rules(*map(wrap, FLOWS))


def seeing(name: str, look: Any) -> Rules:  # noqa: ANN401 - from a CaseView to a CaseView
    """Return the rules with one flow that sees something else."""

    def wrap(flow: Flow) -> Flow:
        """Wrap what a flow sees."""
        if flow.name != name:
            return flow
        return replace(flow, decide=lambda event, view, now: flow.decide(event, look(view), now))

    return rules(*map(wrap, FLOWS))


def told_otherwise(notice: str, **fields: object) -> Rules:
    """Return the rules with one notice that is told otherwise."""

    def change(said: Instruction, _event: PersonEvent, _view: CaseView) -> Instruction:
        """Change that notice only."""
        is_it = isinstance(said, Tell) and said.notice == notice
        return structs.replace(said, **fields) if is_it else said

    return changed(change)


def arrest_can_wait(_patch: pytest.MonkeyPatch) -> Rules:
    """An arrest is told the same day, not immediately."""

    def change(said: Instruction, event: PersonEvent, _view: CaseView) -> Instruction:
        """Lower the urgency of an arrest."""
        is_it = isinstance(said, Tell) and type(event).__name__ == "Arrested"
        return structs.replace(said, urgency=Urgency.SAME_DAY) if is_it else said

    return changed(change)


def victim_told_to_the_suspects_officer(_patch: pytest.MonkeyPatch) -> Rules:
    """Of a victim the officer of the other party is told."""

    def change(said: Instruction, _event: PersonEvent, view: CaseView) -> Instruction:
        """Name the officer of the first other party."""
        is_it = isinstance(said, Tell) and said.notice == "domestic_abuse_callout_victim"
        officers = [holder.officer for party in view.parties for holder in party.responsibilities]
        named = next(filter(None, officers), None)
        if not is_it or named is None:
            return said
        return structs.replace(said, to=Addressee.NAMED_OFFICER, officer=named)

    return changed(change)


def fourth_for_third(patch: pytest.MonkeyPatch) -> Rules:
    """The manager is told of a fourth call-out and not of a third."""
    patch.setattr(domestic_abuse_callout, "CALLOUTS_TO_MANAGER", 4)
    return rules()


def window_too_long(patch: pytest.MonkeyPatch) -> Rules:
    """Call-outs count for two years."""
    patch.setattr(domestic_abuse_callout, "LOOK_BACK", timedelta(days=730))
    return rules()


def nfa_counts(_patch: pytest.MonkeyPatch) -> Rules:
    """A call-out that ended with no further action is counted."""

    def look(view: CaseView) -> CaseView:
        """Forget how call-outs ended."""
        kept = (fact for fact in view.facts if fact.kind is not FactKind.NO_FURTHER_ACTION)
        return structs.replace(view, facts=tuple(kept))

    return seeing("domestic_abuse_callout", look)


def cover_is_skipped(patch: pytest.MonkeyPatch) -> Rules:
    """Of an officer who is away the manager is told, though somebody covers."""
    whole = Directory.absence

    def absence(self: Directory, officer_id: str, at: datetime) -> Any:  # noqa: ANN401 - as it was
        """Forget who covers."""
        found = whole(self, officer_id, at)
        return None if found is None else replace(found, cover=None)

    patch.setattr(Directory, "absence", absence)
    return rules()


def anybody_is_entitled(patch: pytest.MonkeyPatch) -> Rules:
    """A restricted case is shown to whoever comes first."""
    patch.setattr(rungs, "is_entitled", lambda *_: True)
    return rules()


def order_to_the_officer(_patch: pytest.MonkeyPatch) -> Rules:
    """A new order goes to the officer, and the allocation desk hears nothing."""
    return told_otherwise("new_order", to=Addressee.RESPONSIBLE_OFFICER)


def retracted_stands(patch: pytest.MonkeyPatch) -> Rules:
    """What was taken back stands, and is told and counted."""
    patch.setattr(modules["streams.pipeline.run"], "undo", lambda *_: ())
    return rules()


def covert_is_not_warned_of(patch: pytest.MonkeyPatch) -> Rules:
    """A covert arrest is told without the warning not to tell the person."""
    whole = notify.conditions_of

    def conditions_of(opened: Any) -> tuple[HandlingCondition, ...]:  # noqa: ANN401 - as it was
        """Forget that an event is covert."""
        return tuple(
            each for each in whole(opened) if each in opened.event.meta.handling_conditions
        )

    patch.setattr(notify, "conditions_of", conditions_of)
    return rules()


def a_day_late(patch: pytest.MonkeyPatch) -> Rules:
    """The children's referral is due one working day later."""
    later: Due = WorkingDays(2)
    patch.setattr(domestic_abuse_callout, "REFERRAL_DUE", later)
    return rules()


def registers_are_not_read(patch: pytest.MonkeyPatch) -> Rules:
    """A person on a domestic abuse register is told of the same day."""
    patch.setattr(domestic_abuse_callout, "DOMESTIC_ABUSE_REGISTERS", ())
    return rules()


def witness_is_told_of(_patch: pytest.MonkeyPatch) -> Rules:
    """The officer of a witness is told as if of a victim."""

    def change(said: Instruction, event: PersonEvent, _view: CaseView) -> Instruction:
        """Tell where nobody has to act."""
        if event.value_of("role") != "witness":
            return said
        facts = {"safety_instruction": "", **domestic_abuse_callout._facts(event)}  # noqa: SLF001 - what a mistake would say
        to, why = Addressee.RESPONSIBLE_OFFICER, "a mistake"
        notice = "domestic_abuse_callout_victim"
        return Tell(notice, to, Urgency.SAME_DAY, "callout:mistaken", facts, why)

    return changed(change)


def one_team_is_not_seen(patch: pytest.MonkeyPatch) -> Rules:
    """Nobody decides who holds what where one team supervises both."""
    patch.setattr(domestic_abuse_callout, "_both_supervised", lambda *_: ())
    return rules()


def enforcement_is_forgotten(_patch: pytest.MonkeyPatch) -> Rules:
    """The enforcement officer is not told of a new matter."""

    def change(said: Instruction, _event: PersonEvent, _view: CaseView) -> Instruction | None:
        """Leave the enforcement officer out."""
        enforcing = isinstance(said, Tell) and said.to is Addressee.ENFORCEMENT_OFFICER
        return None if enforcing else said

    return changed(change)


def every_step_anew(patch: pytest.MonkeyPatch) -> Rules:
    """Each hearing of one case is a notice of its own."""
    patch.setattr(notify, "_is_same_matter", lambda *_: False)
    return rules()


def leaver_is_told(patch: pytest.MonkeyPatch) -> Rules:
    """Whoever left is still told."""
    patch.setattr(Directory, "officer", Directory.last_known)
    return rules()


def outcome_in_favour_is_urgent(patch: pytest.MonkeyPatch) -> Rules:
    """An acquittal is told as if something had been imposed."""
    patch.setattr(new_offence, "CLEARING_OUTCOMES", frozenset())
    return rules()


def told_though_kept_from_providers(patch: pytest.MonkeyPatch) -> Rules:
    """What must not go to a contracted provider goes there."""
    patch.setattr(shown, "is_for_provider", lambda *_, **__: True)
    return rules()


def duty_without_owner_of_the_notice(patch: pytest.MonkeyPatch) -> Rules:
    """What is to be done belongs to nobody in particular."""
    whole = carrying.open_duties

    def open_duties(*known: Any) -> Iterator[Any]:  # noqa: ANN401 - as it was
        """Give duties to another."""
        return (structs.replace(duty, owner="DESK01") for duty in whole(*known))

    patch.setattr(carrying, "open_duties", open_duties)
    return rules()


OF_OFFENCES: Final = (
    arrest_can_wait,
    victim_told_to_the_suspects_officer,
    fourth_for_third,
    window_too_long,
    nfa_counts,
    cover_is_skipped,
    anybody_is_entitled,
    order_to_the_officer,
    retracted_stands,
    covert_is_not_warned_of,
    a_day_late,
    registers_are_not_read,
    witness_is_told_of,
    one_team_is_not_seen,
    enforcement_is_forgotten,
    every_step_anew,
    leaver_is_told,
    outcome_in_favour_is_urgent,
    told_though_kept_from_providers,
    duty_without_owner_of_the_notice,
)
