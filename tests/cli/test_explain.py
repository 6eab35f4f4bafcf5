"""`switchboard explain`: the whole story of an event, found by any of its ids."""

import pytest
from cli.scene import (
    CRN,
    OFFICER,
    PERSONAL,
    PNC,
    PROVIDER,
    Scene,
    allocated_and_assigned,
    callout,
)
from fixtures.command_line import Switchboard


def test_a_routed_event_is_told_from_broker_to_officer(
    switchboard: Switchboard, morning: Scene
) -> None:
    """Received, matched, responsible, told, duties, outbox, audit and repeats are all there."""
    (story,) = switchboard("explain", "call-1", "--json").lines
    assert story["received"]["topic"] == "feed.durham-police"
    assert (story["received"]["offset"], story["received"]["late"]) == (0, False)
    assert (story["ended"], story["because"]) == ("routed", "domestic_abuse_callout_suspect")
    assert (story["about"]["crn"], story["about"]["by"]) == (CRN, ["pnc"])
    assert [(r["officer"], r["provider"]) for r in story["responsible"]] == [(OFFICER, PROVIDER)]
    (told,) = story["told"]
    assert (told["recipient"], told["reached_as"]) == (OFFICER, "responsible_officer")
    assert told["rule"] == "domestic_abuse_callout.1"
    assert [step["step"] for step in told["steps"]] == [0]
    assert told["outbox"][0]["topic"] == f"notices.{PROVIDER}"
    assert told["outbox"][0]["sent_at"] is None
    assert [duty["state"] for duty in story["duties"]] == ["open"] * 3
    assert story["audit"]["number"] == 1
    assert [(again["offset"], again["ended"]) for again in story["came_again"]] == [(1, "repeated")]


def test_whoever_is_known_by_a_score_is_said_to_be(
    switchboard: Switchboard, morning: Scene
) -> None:
    """Without an identifier the story says that name, birth date and address agree."""
    home = {"kind": "home", "lines": ["7 Canary Lane"], "postcode": "QX7 2AB"}
    lives = {"addresses": [{**home, "no_fixed_address": False}]}
    kind, record = allocated_and_assigned()[1]
    person = {**record["person"], **lives}
    meta = {**record["meta"], "event_id": "assign-2"}
    morning.publish("case-management", (kind, {**record, "meta": meta, "person": person}))
    kind, record = callout("call-alike", None)
    morning.publish("durham-police", (kind, {**record, "person": {**record["person"], **lives}}))
    (story,) = switchboard("explain", "call-alike", "--json").lines
    assert (story["ended"], story["about"]["crn"]) == ("routed", CRN)
    assert story["about"]["by"] == ["name", "birth_date", "address"]
    assert "matched by name, birth date, address" in switchboard("explain", "call-alike").out


@pytest.mark.parametrize(
    ("given", "ended"),
    [
        ("call-held", "held"),
        ("call-nobody", "recorded"),
        ("call-bad", "quarantined"),
        ("Q1", "quarantined"),
        ("feed.durham-police[0]@0", "routed"),
        ("feed.durham-police[0]@1", "repeated"),
        ("feed.durham-police[0]@5", "quarantined"),
        ("all-hel", "held"),
    ],
)
def test_every_end_has_its_story(
    switchboard: Switchboard, morning: Scene, given: str, ended: str
) -> None:
    """An id in any of its spellings leads to the story of its end, in JSON and in words."""
    (story,) = switchboard("explain", given, "--json").lines
    assert story["ended"] == ended
    assert story["audit"]["chain"].startswith("feed.durham-police/")
    words = switchboard("explain", given)
    assert words.status == 0
    assert words.out.startswith("1 story.")


def test_a_mistyped_identifier_is_said_once(switchboard: Switchboard, morning: Scene) -> None:
    """The story of a held event says why it is held and what the force must check, not twice."""
    morning.publish("durham-police", callout("call-typo", pnc="1979/0163001A"))
    told = switchboard("explain", "call-typo").out
    assert told.count("No identifier is known to us") == 1
    assert "Durham Constabulary must check the typing" in told


def test_a_notice_id_tells_of_every_event_that_moved_it(
    switchboard: Switchboard, morning: Scene
) -> None:
    """The event that raised a notice and the one that withdrew it are both told."""
    notice = switchboard("notices", "--json", "--recipient", OFFICER).lines[0]["notice_id"]
    morning.publish("durham-police", callout("call-9", retracts="call-1"))
    stories = switchboard("explain", notice, "--json").lines
    assert [story["event_id"] for story in stories] == ["call-1", "call-9"]
    assert [told["move"] for story in stories for told in story["told"]] == ["raised", "withdraw"]
    assert stories[0]["retracted_by"][0]["event_id"] == "call-9"
    assert stories[1]["retracts"] == "call-1"


def test_a_part_of_an_id_tells_several_stories(switchboard: Switchboard, morning: Scene) -> None:
    """What several events share, such as a hearing's id, leads to each of them."""
    answer = switchboard("explain", "CALL-", "--json")
    ids = [story["event_id"] for story in answer.lines]
    assert ids == ["call-1", "call-held", "call-nobody", "call-2", None]
    assert answer.lines[-1]["claimed_id"] == "call-bad"


def test_a_number_may_be_an_event_and_a_quarantined_record(
    switchboard: Switchboard, morning: Scene
) -> None:
    """A plain number is looked up in the ledger and in quarantine."""
    stories = switchboard("explain", "1", "--json").lines
    assert [story["story"] for story in stories] == ["event", "quarantine"]


@pytest.mark.parametrize(
    "given", ["nobody-sent-this", "cal", "999999", "Q99", "feed.x[0]@1", "%", "9" * 30, ""]
)
def test_an_unknown_id_is_answered_in_words(
    switchboard: Switchboard, morning: Scene, given: str
) -> None:
    """Nothing known is the answer no, said on stderr, and nothing is printed."""
    answer = switchboard("explain", given)
    assert (answer.status, answer.out) == (1, "")
    assert "nothing is known by" in answer.err


def test_a_contradiction_is_part_of_the_story(switchboard: Switchboard, morning: Scene) -> None:
    """The same id with other content is quarantined, and both stories know of each other."""
    morning.publish("durham-police", callout("call-1", nature="allegation"))
    event, refused = switchboard("explain", "call-1", "--json").lines
    assert refused["code"] == "contradiction"
    assert [again["ended"] for again in event["came_again"]] == ["repeated", "quarantined"]
    assert [other["seq"] for other in refused["admitted_under_this_id"]] == [event["seq"]]


def test_no_story_shows_personal_data(switchboard: Switchboard, morning: Scene) -> None:
    """Kinds of identifiers are told, never their values, and never a name."""
    for given in ("call-", "alloc-1", "assign-1"):
        for form in ((), ("--json",)):
            text = switchboard("explain", given, *form).out
            assert [word for word in PERSONAL if word in text] == []
            assert PNC not in text
