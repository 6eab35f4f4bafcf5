"""What happened, in a sentence, for the notices of safeguarding checks and of assignments."""

from collections.abc import Callable, Mapping
from typing import Final

from streams.cli._words import Facts, day, listed, plain

OF: Final = {
    "police_callouts": "of domestic abuse call-outs with the police",
    "childrens_services": "with children's services",
}
ANSWERS: Final = {
    "child_protection_plan": "a child has a child protection plan",
    "child_in_need": "a child is a child in need",
    "known": "this person is known",
    "previously_known": "this person was known before",
    "no_trace": "no trace under the details given, which clears nobody",
    "cannot_answer": "the agency cannot answer as it was asked",
}
STANDINGS: Final = {
    "never_asked": "never asked, as far as we know",
    "unanswered": "not answered yet",
    "withdrawn": "not needed any more",
}


def _check(facts: Facts) -> str:
    """Name a check: what was asked of whom."""
    return f"The check {OF.get(str(facts.get('kind')), plain(facts.get('kind')))}"


def _flags(facts: Facts) -> str:
    """Say what is flagged, and for which hearing it was asked."""
    flagged = [
        words
        for name, words in (
            ("domestic_abuse_flagged", "domestic abuse"),
            ("children_flagged", "children"),
        )
        if facts.get(name)
    ]
    text = f" Flagged: {', '.join(flagged)}." if flagged else ""
    hearing = facts.get("hearing_on")
    return text + (f" It is for the hearing of {day(hearing)}." if hearing else "")


def _reply(facts: Facts) -> str:
    """Say what an agency answered; no answer says that anybody is clear."""
    outcome = str(facts.get("outcome"))
    text = f"{_check(facts)} ({facts.get('check_reference')}) was answered:"
    text += f" {ANSWERS.get(outcome, plain(outcome))}."
    if facts.get("callouts") is not None:
        text += f" Call-outs held: {facts['callouts']}."
    if facts.get("children_count"):
        bands = listed(facts.get("children_age_bands"))
        text += f" Children: {facts['children_count']}{f' ({bands})' if bands else ''}."
    return text + (" The answer came after its time." if facts.get("was_overdue") else "")


def _overdue(facts: Facts) -> str:
    """Say that nobody answered in time."""
    asked = f" It was asked on {day(facts.get('asked_on'))}."
    reference = facts.get("check_reference")
    return f"{_check(facts)} ({reference}) was not answered in its time.{asked}{_flags(facts)}"


def _request(facts: Facts) -> str:
    """Say to the hub's officer that a check was asked."""
    return f"{_check(facts)} ({facts.get('check_reference')}) was asked.{_flags(facts)}"


def _not_asked(facts: Facts) -> str:
    """Say to the court officer that no check was asked for a hearing that is near."""
    when = f"the hearing of {day(facts.get('hearing_on'))} in case {facts.get('court_case')}"
    return f"{_check(facts)} has not been asked for {when}."


def _allocated(facts: Facts) -> str:
    """Say to the desk whom it has."""
    sentenced = facts.get("sentenced_on")
    after = f", sentenced on {day(sentenced)}" if sentenced else ""
    since = day(facts.get("allocated_on"))
    return f"This person is with your provider from {since}{after}; nobody is assigned."


def _assigned(facts: Facts) -> str:
    """Say to the officer what is out and what is known of whom they have now."""
    text = f"This person is yours from {day(facts.get('assigned_on'))}."
    for check in facts.get("checks") or ():
        asked = f", asked on {day(check['asked_on'])}" if check.get("asked_on") else ""
        standing = STANDINGS.get(str(check.get("standing")))
        said = standing or ANSWERS.get(str(check.get("outcome")), plain(check.get("outcome")))
        text += f" {_check(check)}{asked}: {said}."
    known = [*(f"call-out {each}" for each in facts.get("callouts") or ())]
    known += [plain(str(each).replace(":", " ")) for each in facts.get("matters") or ()]
    text += f" Known of the last twelve months: {', '.join(known)}." if known else ""
    victim = facts.get("callouts_as_victim")
    text += f" Victim at call-outs: {victim}." if victim else ""
    left = len(facts.get("duties") or ())
    return text + (f" Still to be done: {left}." if left else "")


def _never_asked(facts: Facts) -> str:
    """Say to the manager what an officer must ask."""
    checks = " and ".join(OF.get(str(kind), plain(kind)) for kind in facts.get("kinds") or ())
    since = day(facts.get("assigned_on"))
    return f"No check {checks} is known of somebody who was assigned on {since}."


CHECKS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "safeguarding_check_reply": _reply,
    "safeguarding_check_overdue": _overdue,
    "safeguarding_check_request": _request,
    "safeguarding_check_not_asked": _not_asked,
    "case_allocated": _allocated,
    "case_assigned": _assigned,
    "checks_never_asked": _never_asked,
}
