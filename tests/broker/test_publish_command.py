"""`switchboard publish`: on real Kafka, every event is told of and every rejection is kept."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.lines import in_file, line
from cli.scene import Scene
from fixtures.command_line import Switchboard
from kafka import KafkaConsumer, TopicPartition
from sources.court_payloads import edited, payload

from streams.settings import PROJECT_ROOT


@pytest.fixture
def feeds(
    tmp_path: Path,
    feed_prefix: str,
    switchboard: Switchboard,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Give the beginning of this test's feeds, which the register names for it alone."""
    register = (PROJECT_ROOT / "agencies.toml").read_text("utf-8")
    own = tmp_path / "agencies.toml"
    own.write_text(re.sub(r'feed = "feed\.', f'feed = "{feed_prefix}.', register), "utf-8")
    monkeypatch.setenv("SWITCHBOARD_REGISTER_FILE", str(own))
    return feed_prefix


def records(kafka: str, topic: str) -> Iterator[tuple[dict[str, bytes], bytes]]:
    """Yield the headers and the value of every record that a topic has."""
    consumer = KafkaConsumer(bootstrap_servers=kafka, auto_offset_reset="earliest")
    try:
        parts = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        left = sum(consumer.end_offsets(parts).values())
        while left > 0:
            for found in consumer.poll(timeout_ms=5_000).values():
                for record in found:
                    left -= 1
                    yield dict(record.headers), record.value
    finally:
        consumer.close()


@pytest.mark.kafka
def test_good_events_arrive_and_bad_ones_are_kept_with_their_reason(
    switchboard: Switchboard, tmp_path: Path, feeds: str, kafka: str
) -> None:
    """The feed has the good event and the rejected line, which names what was wrong with it."""
    file = in_file(tmp_path, line("a1"), line("a2", provider=7))
    answer = switchboard("publish", file, "--kafka", kafka, "--json")
    sent, rejected, kept = answer.lines
    assert answer.status == 1
    topic = f"{feeds}.case-management"
    assert (sent["outcome"], sent["event_id"], sent["topic"]) == ("sent", "a1", topic)
    assert (rejected["path"], kept["topic"]) == ("line 2: provider", topic)
    assert (sent["partition"], sent["offset"]) in {(n, o) for n in range(6) for o in range(2)}
    there = list(records(kafka, topic))
    assert len(there) == 2
    good = next(headers for headers, _ in there if headers["ce_id"] == b"a1")
    assert good["ce_type"] == b"case.allocated.v1"
    headers, value = next(found for found in there if "sb_rejection" in found[0])
    assert json.loads(headers["sb_rejection"])["path"] == "line 2: provider"
    assert json.loads(value)["meta"]["event_id"] == "a2"


@pytest.mark.kafka
def test_a_court_payload_finds_its_agency_and_its_feed(
    switchboard: Switchboard, tmp_path: Path, feeds: str, kafka: str
) -> None:
    """A hearing as the court sends it goes to the courts' feed, one event for each defendant."""
    file = tmp_path / "hearing.json"
    file.write_text(json.dumps(payload()), "utf-8")
    answer = switchboard("publish", file, "--kafka", kafka, "--json")
    sent = [told for told in answer.lines if told["outcome"] == "sent"]
    assert (answer.status, answer.err) == (0, "")
    assert {told["agency"] for told in sent} == {"hmcts"}
    ids = sorted(headers["ce_id"].decode() for headers, _ in records(kafka, f"{feeds}.hmcts"))
    assert ids == sorted(told["event_id"] for told in sent)
    assert ids


@pytest.mark.kafka
def test_a_hearing_of_organisations_alone_says_what_was_left_out(
    switchboard: Switchboard, tmp_path: Path, feeds: str, kafka: str
) -> None:
    """Nothing is sent, nothing is wrong, and the command says what it left out."""

    def without_people(document: dict[str, object]) -> None:
        """Take the person's details from every defendant."""
        for case in document["hearing"]["prosecutionCases"]:  # type: ignore[index]  # any JSON
            for each in case["defendants"]:
                each.pop("personDefendant", None)

    file = tmp_path / "hearing.json"
    file.write_text(json.dumps(edited(without_people)), "utf-8")
    answer = switchboard("publish", file, "--kafka", kafka)
    assert answer.status == 0
    assert "left out: an organisation" in answer.out
    assert "sent " not in answer.out


@pytest.mark.kafka
def test_status_and_topics_know_the_cluster(
    switchboard: Switchboard, morning: Scene, tmp_path: Path, feeds: str, kafka: str
) -> None:
    """Topics are made once; the ends of the feeds and the lag behind them are shown."""
    applied = switchboard("topics", "apply", "--kafka", kafka)
    assert "created" in applied.out
    switchboard("publish", in_file(tmp_path, line("a1")), "--kafka", kafka)
    (told,) = switchboard("status", "--kafka", kafka, "--json").lines
    feed = next(f for f in told["feeds"] if f["feed"] == f"{feeds}.case-management")
    assert told["kafka"]["is_reachable"] is True
    assert sum(position["lag"] for position in feed["positions"]) == 1
    assert switchboard("topics", "list", "--kafka", kafka).status == 0
