"""`switchboard status`: how the feeds stand, with and without Kafka."""

from datetime import UTC, datetime

from cli.scene import PERSONAL, Scene
from fixtures.command_line import Switchboard

from streams.domain.log import Place
from streams.engines.embedded import place_of
from streams.ledger import watermarks
from streams.ledger.alarms import pause, raise_alarm
from streams.ledger.positions import record_loss
from streams.ledger.watermarks import LogEnds


def test_each_feed_tells_where_it_stands(switchboard: Switchboard, morning: Scene) -> None:
    """Positions, counts by outcome, quarantine, notices and outbox are one JSON object."""
    (told,) = switchboard("status", "--json").lines
    feeds = {feed["feed"]: feed for feed in told["feeds"]}
    police = feeds["feed.durham-police"]
    assert (police["agency"], police["state"]) == ("durham-police", "running")
    assert police["ended"] == {"routed": 2, "held": 1, "recorded": 1, "quarantined": 1}
    assert [position["next_offset"] for position in police["positions"]] == [6]
    assert police["last_event_at"] == "2026-07-06T09:30:00Z"
    assert feeds["feed.hmcts"]["state"] == "not_read_yet"
    assert told["quarantine_open"]["theirs"] == 1
    assert (told["held"], told["outbox"]["unsent"], told["duties_open"]["count"]) == (1, 8, 6)
    assert told["notices"] == [{"state": "raised", "urgency": "immediate", "count": 3}]
    assert told["kafka"]["is_reachable"] is None


def test_how_far_each_feed_is_and_what_is_overdue(switchboard: Switchboard, morning: Scene) -> None:
    """A feed is as far as its slowest partition; duties that passed their time are counted."""
    session, place = morning.engine.ledger.session, place_of("feed.durham-police")
    at = datetime(2026, 7, 6, 10, tzinfo=UTC)
    log = {"feed.durham-police": LogEnds(place.topic_id, {0: 6})}
    watermarks.know(session, log)
    watermarks.rise(session, log, at)
    session.execute("UPDATE duty SET state = 'overdue' WHERE kind = 'risk_reviewed'")
    (told,) = switchboard("status", "--json").lines
    reached = {feed["feed"]: feed["applied_up_to"] for feed in told["feeds"]}
    assert reached["feed.durham-police"] == "2026-07-06T10:00:00Z"
    assert reached["feed.hmcts"] is None
    duties = told["duties_open"]
    assert (duties["count"], duties["overdue"]) == (4, 2)
    text = switchboard("status").out
    assert "in the ledger up to Mon 6 Jul 2026, 11:00 BST (UTC+1)" in text
    assert "2 overdue" in text


def test_an_empty_ledger_has_a_status(switchboard: Switchboard) -> None:
    """Before anything came, every registered feed is there and nothing waits."""
    answer = switchboard("status")
    assert answer.status == 0
    assert "feed.hmcts: not read yet" in answer.out
    assert "Quarantine: empty" in answer.out


def test_kafka_away_is_said_and_the_rest_is_shown(switchboard: Switchboard, morning: Scene) -> None:
    """Without Kafka the command does not fail; it says that lag is not known."""
    answer = switchboard("status", "--kafka", "127.0.0.1:1")
    assert answer.status == 0
    assert "Kafka: AWAY, so lag is not known" in answer.out
    assert "feed.durham-police: running" in answer.out


def test_what_stops_a_feed_is_loud(switchboard: Switchboard, morning: Scene) -> None:
    """A paused feed, a possible loss and an alarm of the last day are told with their reasons."""
    session, now = morning.engine.ledger.session, datetime.now(UTC)
    pause(session, "feed.case-management", "too many defects of ours", now)
    place = place_of("feed.durham-police")
    record_loss(session, Place(place.topic, place.topic_id, 0), (6, 9), now)
    raise_alarm(session, ("defect", "feed.hmcts", "operations"), "an alarm", now)
    text = switchboard("status").out
    assert "feed.case-management: PAUSED until somebody resumes it (too many defects" in text
    assert "feed.durham-police: STOPPED: records may be lost" in text
    assert "POSSIBLE LOSS in partition 0: offsets 6 to 8" in text
    assert "Alarms in the last day: 2" in text
    assert [word for word in PERSONAL if word in text] == []
