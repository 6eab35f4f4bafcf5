"""The Kafka that tests and newcomers start: it ends with its starter and says what is missing."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from broker.kafka_jars import KafkaUnavailableError, cache_folder, fetch_jars, find_java
from broker.local_kafka import HERE, answers, free_port, is_free, until

COMMAND = [sys.executable, "-P", str(HERE / "local_kafka.py")]


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all there is on PATH, and an empty cache."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SWITCHBOARD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def test_a_machine_without_java_is_told(only: Path) -> None:
    """The message names what is missing and how to get it."""
    with pytest.raises(KafkaUnavailableError, match="no java on PATH; install one"):
        find_java()


def test_an_old_java_is_told(only: Path) -> None:
    """Java 11 is not enough, and the message says where it is."""
    _script(only / "java", """echo 'openjdk version "11.0.2" 2019' >&2""")

    with pytest.raises(KafkaUnavailableError, match=f"Java 17 or later; {only}/java is 11"):
        find_java()


def test_a_machine_without_maven_is_told(only: Path) -> None:
    """Without Maven and without the jars there is no Kafka, and a way out is named."""
    with pytest.raises(KafkaUnavailableError, match=r"no mvn on PATH.*SWITCHBOARD_TEST_KAFKA"):
        fetch_jars()


def test_a_failed_download_leaves_no_jars_behind(only: Path) -> None:
    """What Maven says is passed on, and nothing half fetched is taken for the jars later."""
    _script(only / "mvn", "echo 'Could not transfer artifact'; exit 1")

    with pytest.raises(KafkaUnavailableError, match="Could not transfer artifact"):
        fetch_jars()

    assert not cache_folder().exists()
    assert list(cache_folder().parent.iterdir()) == []


def test_jars_that_are_there_are_not_fetched_again(only: Path) -> None:
    """The cache folder is used as it is, also without Maven."""
    cache_folder().mkdir(parents=True)

    assert fetch_jars() == cache_folder()


@pytest.mark.kafka
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_kafka_ends_with_its_starter(kafka: str, tmp_path: Path, number: signal.Signals) -> None:
    """`./run kafka` says its address, and Ctrl-C and SIGKILL alike leave no broker behind."""
    if shutil.which("java") is None:
        pytest.skip("no java on PATH: this Kafka is started from its jars")
    port = free_port()
    command = [*COMMAND, "--port", str(port), "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        lines = iter(starter.stdout.readline, "")
        assert any(f"SWITCHBOARD_KAFKA=127.0.0.1:{port}" in line for line in lines)
        assert answers(port)

        os.kill(starter.pid, number)

        assert starter.wait(30) == (0 if number is signal.SIGINT else -number)
    assert until(lambda: is_free(port), 15)
    assert (tmp_path / "data" / "data" / "meta.properties").exists()
