"""`switchboard ledger verify`: every promise that is broken is found, and named by its ids."""

import pytest
from cli.scene import Scene
from fixtures.command_line import Switchboard

OUTBOX_OF_STEP = "DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox WHERE step IS NOT NULL)"
TAMPERINGS = {
    "event_ended": "UPDATE event SET because = '' WHERE seq = 4",
    "event_as_audited": "UPDATE event SET disposition = 'recorded' WHERE seq = 4",
    "somebody_told": "DELETE FROM notice_step WHERE seq = 4",
    "disclosures_audited": "DELETE FROM notice_step WHERE seq = 4",
    "notice_has_recipient": "UPDATE notice SET recipient = 'OFF-9' WHERE recipient = 'OFF-1'",
    "notice_steps_consecutive": "UPDATE notice_step SET step = 2 WHERE seq = 4",
    "notice_as_last_step": "UPDATE notice_step SET state = 'done' WHERE seq = 4",
    "step_of_notice": "DELETE FROM notice WHERE seq = 4",
    "notice_of_event": "UPDATE notice SET seq = 999 WHERE seq = 4",
    "duty_of_notice": "DELETE FROM notice WHERE seq = 4",
    "outbox_for_each_step": OUTBOX_OF_STEP,
    "position_behind_nothing": "UPDATE position SET next_offset = 5 WHERE next_offset = 6",
    "records_accounted": "UPDATE position SET next_offset = 5 WHERE next_offset = 6",
    "person_known": "UPDATE event SET person_id = gen_random_uuid() WHERE seq = 4",
    "stranger_not_kept": "UPDATE event SET payload = 'x' WHERE event_id = 'call-nobody'",
    "nobody_unasked": "UPDATE person_key SET person_ids = '{}'",
    "numbers_taken": "SELECT setval('event_seq', 1)",
    "act_audited": "INSERT INTO act VALUES (1, now(), 'clock', 'duty_fell', '')",
    "events_once": (
        "ALTER TABLE event DROP CONSTRAINT uq_event_publisher_event_id_content;"
        " INSERT INTO event SELECT 500, publisher, event_id, content, type, version, topic,"
        " topic_id, 3, 0, broker_at, raised_at, happened_at, disposition, because, person_id,"
        " suspect_time, late, supersedes, retracts, payload FROM event WHERE seq = 4"
    ),
    "records_once": ("UPDATE quarantine SET log_offset = 0 WHERE topic = 'feed.durham-police'"),
    "event_audited_once": (
        "INSERT INTO event SELECT 500, publisher, 'never-sent', content, type, version, topic,"
        " topic_id, partition, 99, broker_at, raised_at, happened_at, 'recorded', because, NULL,"
        " suspect_time, late, supersedes, retracts, payload FROM event WHERE seq = 4"
    ),
    "audited_event_kept": "DELETE FROM event WHERE event_id = 'call-nobody'",
    "quarantine_kept": "DELETE FROM quarantine",
    "quarantine_audited_once": "UPDATE quarantine SET log_offset = 3",
    "audit_hash": (
        "UPDATE audit SET body = convert_to(replace(convert_from(body, 'UTF8'), 'OFF-1', 'OFF-2'),"
        " 'UTF8') WHERE chain LIKE 'feed.durham-police/%' AND number = 1"
    ),
    "audit_numbers_consecutive": (
        "DELETE FROM audit WHERE chain LIKE 'feed.durham-police/%' AND number = 2"
    ),
    "refusal_seen_to": "UPDATE quarantine SET state = 'closed'",
    "audit_head": "DELETE FROM audit WHERE chain LIKE 'feed.durham-police/%' AND number = 6",
    "audit_readable": (
        "UPDATE audit SET body = 'x' WHERE chain LIKE 'feed.durham-police/%' AND number = 1"
    ),
    "audit_in_log_order": (
        "UPDATE audit SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"offset\":1',"
        " '\"offset\":0'), 'UTF8') WHERE chain LIKE 'feed.durham-police/%' AND number = 2"
    ),
    "disposition_known": (
        "UPDATE audit SET body = convert_to(replace(convert_from(body, 'UTF8'), 'repeated',"
        " 'lost'), 'UTF8') WHERE chain LIKE 'feed.durham-police/%' AND number = 2"
    ),
}
"""What somebody, or a defect, does to the ledger, by the invariant that must show it."""


def test_a_sound_ledger_holds(switchboard: Switchboard, morning: Scene) -> None:
    """Nothing is found in what the engine wrote, and every offset is accounted for."""
    answer = switchboard("ledger", "verify", "--json")
    *partitions, verdict = answer.lines
    assert (answer.status, verdict) == (0, {"what": "verified", "holds": True, "broken": 0})
    police = next(p for p in partitions if p["place"] == "feed.durham-police[0]")
    told = {name: police[name] for name in ("events", "quarantined", "repeated", "without_record")}
    assert told == {"events": 4, "quarantined": 1, "repeated": 1, "without_record": 0}


@pytest.mark.parametrize("invariant", TAMPERINGS)
def test_every_broken_promise_is_found(
    switchboard: Switchboard, morning: Scene, invariant: str
) -> None:
    """A ledger that was tampered with is answered no, with the invariant and what breaks it."""
    for statement in TAMPERINGS[invariant].split("; "):
        morning.engine.ledger.session.execute(statement.encode())
    answer = switchboard("ledger", "verify", "--json")
    broken = {line["invariant"]: line for line in answer.lines if line["what"] == "broken"}
    assert answer.status == 1
    assert invariant in broken
    assert broken[invariant]["count"] >= len(broken[invariant]["ids"]) >= 1
    in_words = switchboard("ledger", "verify")
    assert in_words.status == 1
    assert f"BROKEN  {invariant}" in in_words.out


def test_holes_between_records_are_no_break(switchboard: Switchboard, morning: Scene) -> None:
    """Offsets that control records of transactions took are counted, and break nothing."""
    morning.engine.ledger.session.execute(
        b"UPDATE position SET next_offset = 9 WHERE topic = 'feed.durham-police'"
    )
    answer = switchboard("ledger", "verify")
    assert answer.status == 0
    assert "3 offsets without a record (control records)" in answer.out


def test_migrate_says_from_where_to_where(switchboard: Switchboard) -> None:
    """A ledger that is up to date is left alone."""
    (told,) = switchboard("ledger", "migrate", "--json").lines
    assert told["before"] == told["after"]
    assert "already" in switchboard("ledger", "migrate").out
