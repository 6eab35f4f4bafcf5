"""The pins of the identity extra are those of everything else, and the extra's own."""

import re
from pathlib import Path

from contract.source_tree import ROOT, text_of

PIN = re.compile(r"^([a-z0-9\-]+(?:\[[a-z,]+\])?)==(\S+)", re.MULTILINE)


def pins(file: Path) -> set[tuple[str, str]]:
    """Return the names and versions that a file pins."""
    return set(PIN.findall(text_of(file)))


def test_the_identity_pins_hold_the_common_ones() -> None:
    """Installing the extra changes no version, so make both files afresh in one commit."""
    common, more = pins(ROOT / "constraints.txt"), pins(ROOT / "constraints-identity.txt")
    assert common - more == set()
    assert {"splink", "recordlinkage"} <= {name for name, _ in more - common}


def test_every_identity_pin_has_its_hash() -> None:
    """Each package of the extra is one exact version with the hashes of its files."""
    text = text_of(ROOT / "constraints-identity.txt")
    blocks = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(blocks) == len(pins(ROOT / "constraints-identity.txt"))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_nothing_of_the_extra_is_imported_where_it_is_not_installed() -> None:
    """Splink, its data and what they bring are used in bench/ alone."""
    wanted = re.compile(
        r"^\s*(?:import|from)\s+(splink|recordlinkage|duckdb|pandas)\b", re.MULTILINE
    )
    files = [
        file
        for part in ("streams", "connectors", "schemas")
        for file in (ROOT / part).rglob("*.py")
    ]
    assert [file.name for file in files if wanted.search(text_of(file))] == []
