"""JSON lines of our own schemas: each line by itself, refused with its number and field."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.sources import json_lines
from connectors.translation import Translated
from schemas.catalogue import catalogue, check

RECEIVED_AT = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
GATEWAY = "offender_management_act_2007_s14"


def example(event_type: str = "case.allocated.v1", **fields: object) -> dict[str, Any]:
    """Give the catalogue's example of an event as a line carries it."""
    fields_of_example = copy.deepcopy(dict(catalogue().schema_of(event_type).example))
    return {"type": event_type, **fields_of_example, **fields}


def without_meta(*names: str) -> dict[str, Any]:
    """Give an example whose meta lacks some fields."""
    line = example()
    for name in names:
        del line["meta"][name]
    return line


def translated(*lines: object, joiner: bytes = b"\n") -> Translated:
    """Translate lines: bytes as they are, values as JSON."""
    raw = joiner.join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    return json_lines.translate(
        raw, agency="case-management", received_at=RECEIVED_AT, gateway=GATEWAY
    )


def refusals(result: Translated) -> list[tuple[str, str]]:
    """Give the paths and what came."""
    return [(each.path, each.came) for each in result.rejections]


@pytest.mark.parametrize(
    "event_type", [n for n in catalogue().types() if catalogue().schema_of(n).kind == "event"]
)
def test_every_event_of_the_catalogue_may_be_a_line(event_type: str) -> None:
    """The example of each event is read, with its version and without."""
    versionless = {**example(event_type), "type": event_type.rsplit(".", 1)[0]}
    result = translated(example(event_type), versionless)
    assert [event.event_type for event in result.events] == [event_type, event_type]
    assert check(event_type, result.events[1].record) == ()
    assert result.rejections == ()


def test_bad_line_stops_no_other() -> None:
    """Lines before and after a bad one are events; the bad one is named by its number."""
    result = translated(example(), b'{"type": "case.allocated", oops', b"", b"\xff", example())
    assert len(result.events) == 2
    assert [path for path, _ in refusals(result)] == ["line 2", "line 4"]


def test_blank_lines_and_byte_order_mark_are_no_matter() -> None:
    """Blank lines, Windows line ends and a byte order mark change nothing."""
    result = translated(b"\xef\xbb\xbf", b"\r", example(), b"  ", example(), joiner=b"\n")
    assert len(result.events) == 2
    assert result.rejections == ()


def test_pretty_printed_object_is_one_event() -> None:
    """One object over several lines is read as one event."""
    result = translated(json.dumps(example(), indent=2).encode())
    assert len(result.events) == 1


def test_faults_of_a_pretty_printed_object_name_the_document() -> None:
    """Where there are no lines to count, the document is named."""
    raw = json.dumps(without_meta("event_id"), indent=2).encode()
    assert refusals(translated(raw)) == [("the document: meta.event_id", "nothing")]


def test_what_the_caller_states_is_filled_in() -> None:
    """Publisher, gateway and time of receipt are the caller's where a line leaves them out."""
    line = without_meta("published_at", "publisher", "gateway")
    meta = translated(line).events[0].record["meta"]
    assert meta["published_at"] == RECEIVED_AT
    assert (meta["publisher"], meta["gateway"]) == ("case-management", GATEWAY)


def test_what_the_line_states_stays() -> None:
    """A line's own publisher is never replaced by the caller's: a wrong one must be seen."""
    line = example()
    line["meta"]["publisher"] = "somebody-else"
    assert translated(line).events[0].record["meta"]["publisher"] == "somebody-else"


def test_event_id_is_never_made_up() -> None:
    """A line without an event id is refused, since a repeat of it could not be known."""
    assert refusals(translated(without_meta("event_id"))) == [("line 1: meta.event_id", "nothing")]


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ({"type": "case.allocatd"}, "line 1: type"),
        ({"type": "notices.new_order.v1"}, "line 1: type"),
        ({"type": 3}, "line 1: type"),
        ({"kind": "case.allocated"}, "line 1: type"),
        ([], "line 1: type"),
        (example(provider=7), "line 1: provider"),
        (example(meta=[]), "line 1: meta"),
        (example(effective_at="yesterday"), "line 1: effective_at"),
        (example(colour="red"), "line 1: colour"),
        (example(provider="nul\x00nul"), "line 1: provider"),
        (example(provider="half\ud800"), "line 1: provider"),
    ],
)
def test_wrong_lines_are_refused_by_their_field(line: object, path: str) -> None:
    """A line that fits no schema is refused with the number, the field and whose move it is."""
    result = translated(line)
    assert result.events == ()
    assert [each for each, _ in refusals(result)] == [path]
    assert "publisher must" in result.rejections[0].fix


def test_line_without_meta_is_refused() -> None:
    """Nothing is filled into a line that has no meta at all."""
    line = example()
    del line["meta"]
    assert refusals(translated(line)) == [("line 1: meta", "nothing")]


def test_all_faults_of_a_line_are_said_at_once() -> None:
    """A line with two faults gives two refusals, so that it is mended once."""
    line = {**without_meta("event_id"), "provider": 7}
    assert [path for path, _ in refusals(translated(line))] == [
        "line 1: meta.event_id",
        "line 1: provider",
    ]


def test_refusal_repeats_no_word_that_came() -> None:
    """A word outside its list may be anything, a name included, and is not repeated."""
    line = example()
    line["meta"]["nature"] = "Canary Featherstonehaugh"
    result = translated(line)
    assert refusals(result) == [("line 1: meta.nature", "a word that is not in this list")]
    assert "Canary" not in repr(result)


@pytest.mark.parametrize("raw", [b"", b"\n \n"])
def test_file_of_nothing_is_refused(raw: bytes) -> None:
    """A file without any event is refused, since silence would look like success."""
    assert refusals(translated(raw)) == [("the document", "nothing but blank lines")]


def test_file_over_the_limit_is_refused() -> None:
    """A file over the limit is refused whole, saying that it must be split."""
    (rejection,) = translated(bytes(json_lines.BYTES_MAX + 1)).rejections
    assert rejection.came == "67,108,865 bytes"
    assert "split" in rejection.fix


def test_digest_is_that_of_the_bytes() -> None:
    """The payload is named by the digest of its bytes, events or none."""
    assert translated(b"x").raw_digest == json_lines.digest_of(b"x")
