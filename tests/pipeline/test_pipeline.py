"""A batch from its records to what everybody is told: every event ends, once and somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs
from world_builder import (
    CRC,
    NOW,
    PARTNER,
    PERSON,
    STRANGER,
    Said,
    a_county,
    absent,
    allocated,
    an_officer,
    arrested,
    assigned,
    callout,
    charged,
    enforced_by,
    holds,
    left,
    listed,
    on_register,
    order_ended,
    order_made,
    restricted,
)
from world_run import RULES, World

from streams.domain.errors import Refusal, RefusalCode
from streams.domain.notices import Urgency
from streams.pipeline import Disposition, Loaded, Prepared, make_rules, prepare, run

D = Disposition
DAY = timedelta(days=1)


def county(*said: Said) -> World:
    """Return a world with a county in it, and these events."""
    world = World()
    world.send(*a_county(), *said)
    return world


def test_an_event_about_a_supervised_person_is_routed() -> None:
    """The officer is told once, the duties are theirs, and nothing else comes out."""
    world = county()
    (ended,) = world.send(callout())
    assert (ended.disposition, ended.because) == (D.ROUTED, "domestic_abuse_callout_suspect")
    assert world.recipients() == ["OFF01"]
    assert [duty.owner for duty in world.duties] == ["OFF01", "OFF01"]
    assert len(world.notices) == 1


def test_an_event_that_needs_nobody_is_recorded() -> None:
    """A witness, and a step in supervision, are kept with the reason why nobody acts."""
    world = county()
    ended = world.send(callout(role="witness"), on_register("ADVP"))
    assert [each.disposition for each in ended] == [D.RECORDED, D.RECORDED]
    assert all(each.because and each.keeps_content and each.person_id for each in ended)
    assert world.told == []


def test_an_event_after_supervision_ended_says_so() -> None:
    """Nobody has the person now, which is a reason and not silence."""
    world = county(order_made(), order_ended())
    (ended,) = world.send(callout(grade="high"))
    assert ended.disposition is D.RECORDED
    assert ended.because == "supervision ended on 2026-02-23; nobody has the person now"
    assert world.notices == []


def test_an_event_about_nobody_we_know_is_recorded_without_its_content() -> None:
    """Nothing of a stranger is kept but that something came."""
    world = county()
    before = world.snapshot()
    (ended,) = world.send(callout(STRANGER))
    assert (ended.disposition, ended.keeps_content) == (D.RECORDED, False)
    assert ended.person_id is None
    after = world.snapshot()
    for kept in ("cases", "known", "facts", "notices", "duties", "found"):
        assert after[kept] == before[kept]


def test_an_event_with_nothing_to_look_up_says_what_to_send() -> None:
    """The publisher learns which fields would have let somebody be found."""
    (ended,) = county().send(callout().but(person={}))
    assert "must send one of them" in ended.because


@pytest.mark.parametrize(
    ("said", "urgency"),
    [
        (callout(grade="high"), Urgency.IMMEDIATE),
        (callout(), Urgency.NEXT_WORKING_DAY),
        (on_register("ADVP"), Urgency.NEXT_WORKING_DAY),
    ],
)
def test_an_event_that_may_be_about_somebody_is_held(said: Said, urgency: Urgency) -> None:
    """A desk is told that it is held, how soon to look, and nothing of what it says."""
    world = county()
    (ended,) = world.send(said.but(person=PERSON.reference()))
    assert (ended.disposition, ended.keeps_content) == (D.HELD, True)
    assert ended.person_id is None
    (notice,) = world.notices
    assert (notice.type, notice.urgency, notice.person_id) == ("identity_held", urgency, None)
    assert notice.recipient.officer == "DESK01"
    assert notice.facts["event_type"] == f"{said.type}.v1"
    assert notice.facts["candidates"] == 1
    assert world.duties == []
    assert PERSON.family_name not in repr(notice)


def test_identifiers_of_two_people_hold_an_event() -> None:
    """What points to two people is nobody's until a human has looked."""
    world = county(allocated(PARTNER))
    reference = PERSON.reference("pnc")
    reference["identifiers"] += PARTNER.reference("crn")["identifiers"]
    (ended,) = world.send(callout().but(person=reference))
    assert ended.disposition is D.HELD
    assert world.notices[0].facts["candidates"] == 2


def test_two_people_of_one_name_and_birth_date_are_both_candidates() -> None:
    """A name and birth date that somebody else has already becomes a key of both."""
    same_day = replace(PARTNER, born_on=PERSON.born_on)
    married = replace(same_day, family_name=PERSON.family_name)
    world = county(allocated(same_day), assigned(married))
    assert world.notices == []
    world.send(callout().but(person=PERSON.reference()))
    assert world.notices[0].facts["candidates"] == 2


def test_only_an_allocation_creates_a_person() -> None:
    """An assignment of somebody unknown is nobody's; an allocation makes the person known."""
    world = World()
    (ended,) = world.send(assigned())
    assert (ended.disposition, ended.person_id) == (D.RECORDED, None)
    (ended,) = world.send(allocated())
    assert ended.person_id in world.cases
    assert world.case.crn == PERSON.crn


def test_case_management_teaches_the_identifiers_of_a_person() -> None:
    """A PNC id that an allocation left out is learnt from a later event of case management."""
    bare = allocated().but(person=PERSON.reference("crn"))
    world = World()
    world.send(bare)
    assert world.send(callout())[0].disposition is D.HELD
    world.send(assigned().but(person=PERSON.reference("crn", "pnc")))
    assert world.send(callout(reference="DA-2"))[0].disposition is D.ROUTED


def test_a_case_without_a_reference_number_learns_it() -> None:
    """A person allocated by PNC id alone gets the CRN with the first event that has both."""
    world = World()
    world.send(allocated().but(person=PERSON.reference("pnc")))
    assert world.case.crn is None
    world.send(assigned().but(person=PERSON.reference("pnc", "crn")))
    assert world.case.crn == PERSON.crn


def test_the_police_teach_nothing() -> None:
    """An identifier that only the police gave does not find the person by itself."""
    bare = allocated().but(person=PERSON.reference("crn"))
    world = World()
    world.send(bare, callout().but(person=PERSON.reference("crn", "pnc")))
    nameless = {"identifiers": PERSON.reference("pnc")["identifiers"]}
    assert world.send(callout(reference="DA-2").but(person=nameless))[0].keeps_content is False


def test_a_person_whom_no_provider_has_yet_goes_to_the_desk() -> None:
    """An allocation that holds from tomorrow leaves nobody responsible today."""
    world = World()
    world.send(*a_county()[:-2], allocated(effective_at=NOW + DAY))
    world.send(callout())
    assert world.recipients() == ["DESK01"]


def test_the_desk_of_nobodys_case_must_be_entitled_too() -> None:
    """A restricted case without a holder does not go to a desk that is kept out of it."""
    world = World()
    kept = restricted(restricted=False, excluded_officers=["DESK01"])
    world.send(*a_county()[:-2], allocated(effective_at=NOW + DAY), kept)
    world.send(callout())
    assert world.recipients() == ["restricted_access_lead:nps-north-east"]


def test_an_officer_who_enforces_and_supervises_is_told_once() -> None:
    """One officer in two capacities has one notice of one matter; two officers have two."""
    world = county(enforced_by(officer="OFF01", provider=CRC))
    world.send(arrested())
    assert world.recipients() == ["OFF01"]
    world = county(an_officer("ENF01"), enforced_by())
    world.send(arrested())
    assert world.recipients() == ["OFF01", "ENF01"]


def test_directory_events_are_kept_and_hold_at_once() -> None:
    """The next event in the same batch sees who is away."""
    world = county()
    ended = world.send(absent(cover="OFF02"), callout())
    assert ended[0].because == "kept in the directory"
    assert world.recipients() == ["OFF02"]
    assert ended[0].prepared.is_directory
    assert not ended[1].prepared.is_directory


def test_a_full_case_says_what_was_left_out() -> None:
    """What is cut from a case is said in how the event ended."""
    world = county()
    ended = world.send(*(order_ended(f"ORD-{n}".ljust(64, "-")) for n in range(40)))
    said = [each.because for each in ended if "left out" in each.because]
    assert said
    assert said[-1].endswith("the case was full: 1 older entries were left out of it")


def test_a_refused_record_is_quarantined_and_its_neighbours_arrive() -> None:
    """A record that is no event ends in quarantine; the same person's other events do not."""
    world = county()
    bad = prepare(
        structs.replace(callout().raw(), value=b"\xc3\x01nonsense"), callout().feed, RULES
    )
    good = prepare(callout().raw(), callout().feed, RULES)
    ended = world.work([bad, good, Prepared(good.raw)])
    assert [each.disposition for each in ended] == [D.QUARANTINED, D.ROUTED, D.QUARANTINED]
    assert ended[0].refusal is not None
    assert ended[0].seq is None
    assert ended[2].because == "refused without a reason"


def test_a_feed_that_nobody_registered_is_never_read() -> None:
    """Preparing a record of an unknown feed is a defect of the caller."""
    with pytest.raises(LookupError, match=r"feed\.nobody"):
        prepare(callout().raw(), "feed.nobody", RULES)


def test_every_record_has_one_number() -> None:
    """A batch and its ledger numbers are of one length."""
    prepared = [prepare(callout().raw(), callout().feed, RULES)]
    with pytest.raises(ValueError, match="zip"):
        run(prepared, Loaded(), RULES, raised_at=NOW, seqs=[1, 2])


def test_an_event_that_was_looked_up_and_is_about_nobody_is_a_defect() -> None:
    """Only an event about a person has a case; anything else there is a mistake of ours."""
    world = county()
    person = prepare(callout().raw(), callout().feed, RULES)
    staff = prepare(left().raw(), left().feed, RULES)
    with pytest.raises(TypeError, match="about nobody"):
        world.work([structs.replace(staff, looked=person.looked)])


def test_two_flows_cannot_have_one_event() -> None:
    """Which rule has an event is never a matter of order."""
    flow = RULES.flows["police.arrested"]
    with pytest.raises(ValueError, match=r"police\.arrested belongs to new_offence and to another"):
        make_rules((flow, replace(flow, name="another")), {}, RULES.register, RULES.calendar)


def test_the_audit_names_what_was_done_and_nobody() -> None:
    """An entry holds identifiers and digests; no name, birth date or text of the event."""
    world = county()
    said = (
        callout(summary="CANARY-TEXT"),
        listed(),
        charged(STRANGER),
        holds("duty_desk", "DESK02"),
    )
    prepared = [prepare(each.raw(offset), each.feed, RULES) for offset, each in enumerate(said)]
    refused = Prepared(callout().raw(9), refusal=Refusal(RefusalCode.DEFECT, "CANARY-TEXT"))
    work = run([*prepared, refused], world.loaded, RULES, raised_at=NOW, seqs=range(1, 6))
    bodies = b"\n".join(work.audit_bodies).decode()
    assert len(work.audit_bodies) == 5
    for word in ("CANARY", PERSON.family_name, PERSON.pnc, "1991", STRANGER.family_name, "Theft"):
        assert word not in bodies
    assert '"disposition":"routed"' in bodies
    assert '"to":"OFF01"' in bodies
    assert '"code":"defect"' in bodies


def test_nothing_that_was_loaded_is_changed() -> None:
    """A batch that fails leaves what the ledger loaded as it was."""
    world = county(callout())
    kept = repr(world.loaded)
    prepared = [
        prepare(each.raw(), each.feed, RULES)
        for each in (callout().retracted(), callout(reference="DA-2"), assigned(officer="OFF02"))
    ]
    run(prepared, world.loaded, RULES, raised_at=NOW, seqs=[100, 101, 102])
    assert repr(world.loaded) == kept
