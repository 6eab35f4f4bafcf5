"""`switchboard notices`: the right officer reads the right thing, and nothing else."""

from cli.scene import CRN, NOW, OFFICER, PERSONAL, PROVIDER, Scene, callout
from fixtures.command_line import Switchboard


def test_a_notice_names_its_officer_and_what_to_do(
    switchboard: Switchboard, morning: Scene
) -> None:
    """Each line is one notice with its recipient, its deadline, its actions and its reasons."""
    answer = switchboard("notices", "--json", "--recipient", OFFICER)
    first, second, *_ = answer.lines
    assert (answer.status, answer.err) == (0, "")
    assert first["recipient"] == {
        "officer": OFFICER,
        "name": "Ann Example",
        "provider": PROVIDER,
        "team": "team-1",
        "reached_as": "responsible_officer",
    }
    assert (first["crn"], first["urgency"], first["state"]) == (CRN, "immediate", "raised")
    assert first["raised_at"] == "2026-07-06T09:30:00Z"
    assert first["due_at"] == "2026-07-06T10:30:00Z"
    assert "(DA-call-1)" in first["what_happened"]
    assert "1 child was present (under 5)" in first["what_happened"]
    assert first["actions"][0]["due_at"] == "2026-07-07T16:00:00Z"
    assert first["events"] == [{"publisher": "durham-police", "event_id": "call-1"}]
    assert (first["rule"], first["rule_version"]) == ("domestic_abuse_callout", 1)
    assert (first["do_not_tell_person"], second["do_not_tell_person"]) == (False, True)


def test_what_must_not_be_told_comes_first(switchboard: Switchboard, morning: Scene) -> None:
    """A card opens with the warning, before it says what happened."""
    text = switchboard("notices", "--recipient", OFFICER).out
    card = text[text.index("DO NOT TELL THIS PERSON") :]
    assert card.index("The police attended") > 0
    assert "DA-call-1" not in card
    assert "DA-call-2" in card


def test_a_card_gives_local_time_with_its_offset(switchboard: Switchboard, morning: Scene) -> None:
    """In July the clocks of Durham are an hour ahead, and the card says so."""
    text = switchboard("notices", "--limit", "1", "--crn", CRN).out
    number = len(switchboard("notices", "--json", "--crn", CRN).lines)
    assert "Mon 6 Jul 2026, 10:30 BST (UTC+1)" in text
    assert f"{number} notices, {number - 1} of them not shown (--limit)." in text


def test_filters_leave_only_what_was_asked_for(switchboard: Switchboard, morning: Scene) -> None:
    """Recipient, provider, state and CRN each narrow the list; a CRN may be in lower case."""
    every = switchboard("notices", "--json", "--provider", "crc-durham-tees-valley").lines
    desk = [notice for notice in every if notice["crn"] is None]
    assert [notice["type"] for notice in desk] == ["identity_held"]
    assert switchboard("notices", "--json", "--provider", "nps-north-east").out == ""
    about = switchboard("notices", "--json", "--crn", CRN.lower()).lines
    assert {notice["crn"] for notice in about} == {CRN}
    assert len(switchboard("notices", "--json").lines) == len(about) + len(desk)
    raised = switchboard("notices", "--json", "--state", "raised").lines
    assert {notice["state"] for notice in raised} == {"raised"}
    assert switchboard("notices", "--json", "--state", "done").out == ""
    assert switchboard("notices", "--json", "--recipient", "nobody").out == ""
    assert len(switchboard("notices", "--json", "--limit", "2").lines) == 2
    assert switchboard("notices", "--state", "sleeping").status == 2


def test_a_withdrawn_notice_says_so(switchboard: Switchboard, morning: Scene) -> None:
    """What its sender took back is shown as withdrawn."""
    morning.publish("durham-police", callout("call-9", retracts="call-1"))
    text = switchboard("notices", "--state", "withdrawn").out
    assert "Withdrawn: the sender took it back." in text
    assert "DA-call-1" in text


def test_no_list_shows_personal_data(switchboard: Switchboard, morning: Scene) -> None:
    """No name, birth date, address, identifier or narrative gets into either form."""
    for form in ((), ("--json",)):
        text = switchboard("notices", *form).out
        assert [word for word in PERSONAL if word in text] == []


def test_control_characters_do_not_reach_the_terminal(
    switchboard: Switchboard, morning: Scene
) -> None:
    """A reference with an escape sequence or markup is shown as text, not obeyed."""
    kind, record = callout("call-esc")
    hostile = {**record, "callout_reference": "\x1b[2J[red]DA-9[/red]"}
    morning.publish("durham-police", (kind, hostile))
    text = switchboard("notices").out
    assert "\x1b" not in text
    assert "[red]DA-9[/red]" in text


def test_late_events_are_marked(switchboard: Switchboard, morning: Scene) -> None:
    """An event that took more than a day to be sent is marked in both forms."""
    morning.publish("durham-police", callout("late-1", occurred_at=NOW.replace(day=1)))
    late = [n for n in switchboard("notices", "--json").lines if n["late"]]
    assert {n["events"][0]["event_id"] for n in late} == {"late-1"}
    assert "(told late)" in switchboard("notices").out
