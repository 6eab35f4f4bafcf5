"""Whoever comes with another secret than the ledger's is refused before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from cli.scene import DESK, of_the_desk

from streams.cli.worker import worker_parts
from streams.settings import Settings, SettingsError

if TYPE_CHECKING:
    from cli.scene import Scene
    from fixtures.command_line import Switchboard

OTHER: Final = "another-secret-of-somebody-else"
COMMANDS: Final = (
    ("clock",),
    ("ledger", "migrate"),
    ("quarantine", "replay", "Q1"),
    ("identity", "review", "show", "call-held", "--by", DESK),
)


@pytest.mark.parametrize("noted", [True, False], ids=["noted before", "older than the note"])
def test_nothing_goes_on_with_another_secret(
    switchboard: Switchboard, scene: Scene, monkeypatch: pytest.MonkeyPatch, *, noted: bool
) -> None:
    """What comes again would be a contradiction, and nobody would be found: status 2, in words."""
    scene.publish("staff-directory", *of_the_desk())
    scene.morning()
    if noted:
        assert switchboard("ledger", "migrate").status == 0
    monkeypatch.setenv("SWITCHBOARD_KEY_SECRET", OTHER)
    for command in COMMANDS:
        answer = switchboard(*command)
        assert answer.status == 2, command
        assert "operations must give SWITCHBOARD_KEY_SECRET of that time again" in answer.err
        assert OTHER not in answer.err
    with pytest.raises(SettingsError, match="not the one by which"), worker_parts(Settings()):
        pass


def test_the_ledgers_own_secret_goes_on(switchboard: Switchboard, scene: Scene) -> None:
    """The first that is given is noted, and is right ever after."""
    scene.publish("staff-directory", *of_the_desk())
    scene.morning()
    for _ in range(2):
        assert switchboard("ledger", "migrate").status == 0
        shown = switchboard("identity", "review", "show", "call-held", "--by", DESK)
        assert shown.status == 0, shown.err
