"""What officers read of safeguarding checks and of assignments: words and dates, no codes."""

from __future__ import annotations

import pytest

from streams.cli._sentences import SENTENCES
from streams.domain.check_events import CheckOutcome

CHECK = {"kind": "childrens_services", "check_reference": "CHK-1"}


@pytest.mark.parametrize("outcome", CheckOutcome)
def test_every_answer_has_words(outcome: CheckOutcome) -> None:
    """No code is shown, and nobody is ever said to be clear."""
    text = SENTENCES["safeguarding_check_reply"]({**CHECK, "outcome": outcome.value})
    assert "_" not in text
    assert "is clear" not in text


def test_an_answer_is_read_with_its_numbers() -> None:
    """Children by number and age band, call-outs by number, and whether it was late."""
    facts = {"outcome": "known", "callouts": 3, "children_count": 1, "was_overdue": True}
    said = SENTENCES["safeguarding_check_reply"]
    assert said({**CHECK, **facts, "children_age_bands": ["under_5"]}) == (
        "The check with children's services (CHK-1) was answered: this person is known."
        " Call-outs held: 3. Children: 1 (under 5). The answer came after its time."
    )
    assert "Children: 1." in said({**CHECK, **facts})


def test_silence_says_what_is_at_stake() -> None:
    """When it was asked, what is flagged, and for which hearing."""
    facts = {"asked_on": "2026-03-02", "hearing_on": "2026-03-16", "children_flagged": True}
    assert SENTENCES["safeguarding_check_overdue"]({**CHECK, **facts}) == (
        "The check with children's services (CHK-1) was not answered in its time."
        " It was asked on 2 March 2026. Flagged: children. It is for the hearing of 16 March 2026."
    )
    request = SENTENCES["safeguarding_check_request"]({**CHECK, "domestic_abuse_flagged": True})
    assert request == (
        "The check with children's services (CHK-1) was asked. Flagged: domestic abuse."
    )


def test_a_check_that_was_not_asked_names_its_hearing() -> None:
    """The court officer reads of what, for which case and by when."""
    facts = {"kind": "police_callouts", "court_case": "C1", "hearing_on": "2026-03-16"}
    assert SENTENCES["safeguarding_check_not_asked"](facts) == (
        "The check of domestic abuse call-outs with the police has not been asked for the hearing"
        " of 16 March 2026 in case C1."
    )


def test_an_allocation_says_since_when() -> None:
    """With the day of sentence, where it is known."""
    said = SENTENCES["case_allocated"]
    assert said({"allocated_on": "2026-03-02", "sentenced_on": "2026-03-01"}) == (
        "This person is with your provider from 2 March 2026, sentenced on 1 March 2026;"
        " nobody is assigned."
    )
    assert "sentenced" not in said({"allocated_on": "2026-03-02"})


def test_an_assignment_says_what_is_out_known_and_open() -> None:
    """Each check with where it stands, then what is known, then how much is to be done."""
    checks = [
        {"kind": "police_callouts", "standing": "answered", "outcome": "no_trace"},
        {"kind": "childrens_services", "standing": "unanswered", "asked_on": "2026-03-02"},
    ]
    known = {"callouts": ["DA-1"], "matters": ["court_case:C1"], "callouts_as_victim": 1}
    facts = {"assigned_on": "2026-03-04", "checks": checks, **known, "duties": [{}, {}]}
    assert SENTENCES["case_assigned"](facts) == (
        "This person is yours from 4 March 2026. The check of domestic abuse call-outs with the"
        " police: no trace under the details given, which clears nobody. The check with"
        " children's services, asked on 2 March 2026: not answered yet. Known of the last twelve"
        " months: call-out DA-1, court case C1. Victim at call-outs: 1. Still to be done: 2."
    )
    assert SENTENCES["case_assigned"]({"assigned_on": "2026-03-04"}) == (
        "This person is yours from 4 March 2026."
    )


def test_a_manager_reads_which_checks_are_missing() -> None:
    """The copy names each kind, and no person."""
    facts = {"kinds": ["police_callouts", "childrens_services"], "assigned_on": "2026-03-04"}
    assert SENTENCES["checks_never_asked"](facts) == (
        "No check of domestic abuse call-outs with the police and with children's services is"
        " known of somebody who was assigned on 4 March 2026."
    )
