"""The scorer of an installation: its weights, and what it lists as junk."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from streams.domain.placeholders import JUNK
from streams.engines.wiring import rules_of, scorer_of
from streams.identity_files import load_weights
from streams.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

LISTED = """
words = ["to follow"]
postcodes = ["QX1 1QX"]
birth_dates = [1899-12-31]
[identifiers]
pnc = ["2009/0000001A"]
"""


def test_an_installation_lists_junk_of_its_own(tmp_path: Path) -> None:
    """What operations list is added to what we ship, and goes into the rules."""
    file = tmp_path / "junk.toml"
    file.write_text(LISTED)
    rules = rules_of(Settings(identity_junk_file=file))
    assert rules.junk.words == JUNK.words | {"TOFOLLOW"}
    assert rules.junk.postcodes == JUNK.postcodes | {"QX11QX"}
    assert rules.junk.birth_dates == JUNK.birth_dates | {date(1899, 12, 31)}
    assert rules.junk.identifiers == {("pnc", "2009/0000001A")}


def test_without_a_list_the_shipped_one_counts() -> None:
    """The installed weights and our own list make the scorer."""
    scorer = scorer_of(Settings())
    assert scorer.junk is JUNK
    assert scorer.weights.version == load_weights().version


def test_a_list_that_cannot_be_read_stops_the_program(tmp_path: Path) -> None:
    """Operations are told which file it is, before any event is identified without it."""
    file = tmp_path / "junk.toml"
    file.write_text("birth_dates = ['yesterday']")
    with pytest.raises(SettingsError, match=r"junk\.toml"):
        rules_of(Settings(identity_junk_file=file))
