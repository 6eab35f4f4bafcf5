"""Receipts: each record of an agency is answered, and nobody learns from it who is supervised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from fixtures.ledger import RULES, Story, header_of
from world_builder import NOW, PERSON, STRANGER, a_county, callout

from schemas.codec import RECORD_BYTES_MAX
from streams.domain.agencies import Agency, AgencyRegister, ReceiptGrant
from streams.ledger.receipts import ANSWERS_MAX
from streams.settings import PROJECT_ROOT, SettingsError, load_register

if TYPE_CHECKING:
    from pathlib import Path

    from world_said import Said

POLICE: Final = "durham-police"
TOPIC: Final = f"receipts.{POLICE}"


@pytest.fixture
def county(story: Story) -> Story:
    """Give a county in which nobody has been answered yet."""
    story.given(*a_county())
    story.session.execute("DELETE FROM outbox")
    return story


def granting(story: Story, *grants: ReceiptGrant) -> None:
    """Let the register grant the police's receipts more."""
    register = RULES.register
    police: Agency = replace(register.agencies[POLICE], receipts=frozenset(grants))
    agencies = {**register.agencies, POLICE: police}
    own = AgencyRegister(agencies, register.providers)
    story.engine.ledger.rules = replace(RULES, register=own)


def about_different_people() -> list[Said]:
    """Say one thing about a person with an officer, a stranger and somebody not certain."""
    known = callout(PERSON, "DA-1")
    doubtful = replace(PERSON, family_name="Zzyzxton", born_on=STRANGER.born_on)
    return [known, callout(STRANGER, "DA-2"), callout(doubtful, "DA-3")]


def outcomes(story: Story) -> list[str]:
    """Return the outcomes of the only receipt."""
    ((topic, receipt),) = story.receipts
    assert topic == TOPIC
    return [each["outcome"] for each in receipt["answers"]]


def test_one_record_answers_a_batch(county: Story) -> None:
    """A batch has one receipt, with an answer for each record in the order of the log."""
    said = about_different_people()
    county.send(said[0].feed, *said, said[0])
    ((topic, receipt),) = county.receipts
    ids = [each.record["meta"]["event_id"] for each in said]
    assert topic == TOPIC
    assert (receipt["topic"], receipt["partition"]) == (said[0].feed, 0)
    assert receipt["made"]["at"] == NOW
    assert [each["event_id"] for each in receipt["answers"]] == [*ids, ids[0]]
    assert [each["offset"] for each in receipt["answers"]] == ["0", "1", "2", "3"]
    assert [each["code"] for each in receipt["answers"]] == [None, None, None, "repeated"]


def test_nobody_learns_from_a_receipt_who_is_supervised(county: Story) -> None:
    """Routed, held and nobody's are all "accepted" to an agency that has no grant."""
    said = about_different_people()
    county.send(said[0].feed, *said)
    assert [d for _, d in county.outcomes[-3:]] == ["routed", "recorded", "held"]
    assert outcomes(county) == ["accepted", "accepted", "accepted"]
    answers = county.receipts[0][1]["answers"]
    assert {(each["code"], each["words"]) for each in answers} == {(None, None)}


@pytest.mark.parametrize(
    ("grants", "told"),
    [
        ((ReceiptGrant.ROUTED,), ["routed", "accepted", "accepted"]),
        ((ReceiptGrant.HELD,), ["accepted", "accepted", "held"]),
        ((ReceiptGrant.NOBODYS,), ["accepted", "nobodys", "accepted"]),
        (tuple(ReceiptGrant), ["routed", "nobodys", "held"]),
    ],
)
def test_a_grant_lets_a_receipt_say_more(
    county: Story, grants: tuple[ReceiptGrant, ...], told: list[str]
) -> None:
    """Each grant opens what it names and nothing else."""
    granting(county, *grants)
    said = about_different_people()
    county.send(said[0].feed, *said)
    assert outcomes(county) == told


def test_the_register_grants_what_receipts_say(tmp_path: Path) -> None:
    """No agency is granted more by itself, and a grant that there is not is refused with words."""
    text = (PROJECT_ROOT / "agencies.toml").read_text("utf-8")
    assert {agency.receipts for agency in RULES.register.agencies.values()} == {frozenset()}
    own = tmp_path / "agencies.toml"
    begun = f"[agencies.{POLICE}]\n"
    own.write_text(text.replace(begun, f'{begun}receipts = ["held", "routed"]\n'), "utf-8")
    granted = load_register(own).agencies[POLICE].receipts
    assert granted == {ReceiptGrant.HELD, ReceiptGrant.ROUTED}
    own.write_text(text.replace(begun, f'{begun}receipts = ["read"]\n'), "utf-8")
    with pytest.raises(SettingsError, match=f"agencies.{POLICE}.receipts"):
        load_register(own)


def test_a_refused_record_is_answered_with_the_reason(county: Story) -> None:
    """Quarantined is said with its code and the words that its sender can act on."""
    said = callout()
    headers: dict[str, bytes] = {**header_of(said), "ce_id": b"x\x00\xff-1"}
    county.send_raw(said.feed, (b"rubbish", headers), (b"rubbish", {}))
    ((_, receipt),) = county.receipts
    first, second = receipt["answers"]
    quarantined: list[Any] = county.rows("SELECT code, words FROM quarantine ORDER BY id")
    assert (first["event_id"], second["event_id"]) == ("x?\ufffd-1", None)
    for answer, (code, words) in zip((first, second), quarantined, strict=True):
        assert (answer["outcome"], answer["code"], answer["words"]) == ("quarantined", code, words)


def test_a_receipt_that_is_too_large_is_split(county: Story) -> None:
    """Records within the limit together answer each record once, in order."""
    said = callout()
    count, long = 2 * ANSWERS_MAX + 1, "é" * 200
    ids = [f"{long}{number}" for number in range(count)]
    values = [(b"x", {**header_of(said), "ce_id": each.encode()}) for each in ids]
    county.send_raw(said.feed, *values)
    sizes = county.rows("SELECT length(record_value) FROM outbox WHERE step IS NULL")
    assert len(sizes) > 3
    assert max(size for (size,) in sizes) <= RECORD_BYTES_MAX
    offsets = [a["offset"] for _, receipt in county.receipts for a in receipt["answers"]]
    assert offsets == [str(number) for number in range(count)]
    assert len(set(county.rows("SELECT subject FROM outbox WHERE step IS NULL"))) == len(sizes)
