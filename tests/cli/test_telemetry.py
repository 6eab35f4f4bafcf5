"""Logs: identifiers get through, and nothing that is about a person ever does."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from uuid import UUID

import pytest
import structlog
from contract.source_tree import PythonFile, python_files

from streams import telemetry

CANARIES = (
    "Canarysurname",
    "Canary Person",
    "7 Canary Lane",
    "1979-05-05",
    "19790505",
    "the neighbour rang and said that",
)
LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Send all logs to a text for the time of a test."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    stream = io.StringIO()
    telemetry.configure(level=logging.DEBUG, libraries=logging.DEBUG, stream=stream)
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()


@pytest.mark.parametrize("canary", CANARIES)
def test_planted_personal_data_never_reaches_a_log(logged: io.StringIO, canary: str) -> None:
    """Whatever a caller or a library passes, and wherever, no canary is printed."""
    log = structlog.get_logger("planted")
    log.error("a record", name=canary, place=f"at {canary}", topics=[f"{canary} x"])
    log.warning("a record", reason={"family_name": canary}, detail=canary.encode())
    library = logging.getLogger("kafka.planted")
    library.warning("sent %s", canary)
    library.error("f-string with " + canary)
    try:
        raise ValueError(canary)  # noqa: TRY301 - the text of an exception is what is planted
    except ValueError:
        library.exception("failed for %s", canary)
        log.exception("failed", seq=7)
    assert len(logged.getvalue().splitlines()) == 6
    if canary != "Canarysurname":
        assert canary not in logged.getvalue()
    assert "neighbour" not in logged.getvalue()
    assert "Canary" not in logged.getvalue()


def test_identifiers_get_through(logged: io.StringIO) -> None:
    """An operator finds place, offset and reason; what was withheld is named."""
    uuid = UUID(int=7)
    log = structlog.get_logger()
    log.error("defect", place="feed.x[3]", offset=17, notice_id=uuid, reason="ValueError", who="A")
    (line,) = logged.getvalue().splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"]) == ("defect", "error")
    assert (told["place"], told["offset"]) == ("feed.x[3]", 17)
    assert (told["notice_id"], told["reason"]) == (str(uuid), "ValueError")
    assert told["withheld"] == ["who"]
    assert told["timestamp"].endswith("Z")


def test_a_library_keeps_the_constant_part_of_its_message(logged: io.StringIO) -> None:
    """Where it came from and what sort of thing failed are there for the operator."""
    logging.getLogger("kafka.net").warning("Connection to %s failed", "127.0.0.1")
    (line,) = logged.getvalue().splitlines()
    told = json.loads(line)
    assert (told["library"], told["template"]) == ("kafka.net", "Connection to %s failed")


def test_commands_keep_libraries_silent() -> None:
    """A command says in words what failed; the lines of libraries are for services."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    telemetry.configure(stream=stream)
    # The library's own logger may have been given a level that lets more through.
    library = logging.getLogger("kafka.loud")
    library.setLevel(logging.DEBUG)
    library.error("Connection to %s failed", "127.0.0.1")
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    "file", python_files("streams", "connectors"), ids=lambda file: str(file.name)
)
def test_every_log_call_has_constant_words_and_known_keys(file: PythonFile) -> None:
    """The words of a log line are written in the source, and its keys are those that print."""
    if "structlog" not in file.text or file.name == "streams/telemetry.py":
        return
    for node in ast.walk(file.tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="log"), attr=level), args=[words, *more]
            ) if level in LEVELS:
                assert isinstance(words, ast.Constant), f"{file.name}:{node.lineno}"
                assert not more, f"{file.name}:{node.lineno}"
                unknown = {keyword.arg for keyword in node.keywords} - telemetry.KNOWN
                assert unknown == set(), f"{file.name}:{node.lineno}: {unknown}"
