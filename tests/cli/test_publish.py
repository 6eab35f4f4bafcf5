"""`switchboard publish` where there is no Kafka; tests/broker has it with a real one."""

from pathlib import Path

from cli.lines import in_file, line
from fixtures.command_line import Switchboard


def test_without_kafka_events_wait_on_the_disk(switchboard: Switchboard, tmp_path: Path) -> None:
    """Kafka away loses nothing: the events are spooled, said to wait, and the status is 70."""
    file = in_file(tmp_path, line("a1"))
    answer = switchboard("publish", file, "--kafka", "127.0.0.1:1", "--json")
    assert answer.status == 70
    assert [(told["outcome"], told["event_id"]) for told in answer.lines] == [("waiting", "a1")]
    assert "does not answer" in answer.err
    assert list((tmp_path / "home" / "spool" / "case-management").glob("*.seg"))
