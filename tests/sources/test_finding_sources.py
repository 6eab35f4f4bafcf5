"""The source of a file is found by its content."""

import json

import pytest
from sources.court_payloads import payload

from connectors.sources import find_source, source_named, sources


def test_sources_are_found_by_their_place() -> None:
    """Every module of the package is a source under its own name."""
    assert {"common_platform", "json_lines"} <= set(sources())
    assert all(name == source.NAME for name, source in sources().items())


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (json.dumps(payload()).encode(), "common_platform"),
        (json.dumps(payload(), indent=2).encode(), "common_platform"),
        (json.dumps(payload()["hearing"]).encode(), "common_platform"),
        (b'{"type": "case.allocated", "meta": {}}\n', "json_lines"),
        (b'\n\n{"meta": {}, "type": "case.allocated.v1"}', "json_lines"),
        (b'{\n  "type": "case.allocated"\n}', "json_lines"),
        (b'\xef\xbb\xbf{"type": "case.allocated", oops\n', "json_lines"),
        (b"<SOAP/>", None),
        (b"", None),
        (b'{"eventType": "something.else"}', None),
        (b'{"Message": "not ours"}', None),
        (b'{"Body": "not ours"}', None),
        (b"[]", None),
    ],
)
def test_source_is_found_by_content(raw: bytes, name: str | None) -> None:
    """A file needs no name or option to be known, and an unknown one is nobody's."""
    assert find_source(raw) == name


def test_unknown_name_lists_the_known_ones() -> None:
    """Asking for a source that is not there says which there are."""
    assert source_named("json_lines") is sources()["json_lines"]
    with pytest.raises(LookupError, match="common_platform"):
        source_named("telepathy")
