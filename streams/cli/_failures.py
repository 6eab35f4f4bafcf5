"""What a failure means to whoever typed the command: words for stderr, and an exit status."""

import traceback
from typing import Final

from pydantic import ValidationError

from connectors.publisher import SpoolBusy
from streams.ledger.connection import EXIT_WORLD_DOWN, WorldDown
from streams.ledger.embedded import EmbeddedError, EmbeddedRefused
from streams.ledger.reading import AddressRefused, NotMigrated, foreseen
from streams.settings import SettingsError
from streams.topics import KafkaAway, KafkaRefuses

USAGE: Final = 2
"""Source: DESIGN section 9; a supervisor does not start again what ends so."""
FRAMES_MAX: Final = 6

STATUS: Final[tuple[tuple[type[BaseException], int], ...]] = (
    (SettingsError, USAGE),
    (AddressRefused, USAGE),
    (EmbeddedRefused, USAGE),
    (EmbeddedError, EXIT_WORLD_DOWN),
    (NotMigrated, EXIT_WORLD_DOWN),
    (KafkaAway, EXIT_WORLD_DOWN),
    (KafkaRefuses, EXIT_WORLD_DOWN),
    (SpoolBusy, EXIT_WORLD_DOWN),
)
"""The first that fits is taken; each of these says in its own words whose move it is."""


def in_words(error: Exception) -> tuple[int, str]:
    """Return the exit status of a failure and what to say about it."""
    known = foreseen(error) or error
    if isinstance(known, WorldDown):
        words = "start it, or correct SWITCHBOARD_DATABASE_URL; nothing was committed"
        return EXIT_WORLD_DOWN, f"{known}; {words}"
    for kind, status in STATUS:
        if isinstance(known, kind):
            return status, str(known)
    if isinstance(known, ValidationError) and known.title == "Settings":
        return USAGE, _of_settings(known)
    if isinstance(known, OSError) and known.filename is not None:
        return USAGE, f"{known.filename}: {known.strerror}"
    return EXIT_WORLD_DOWN, _of_a_defect(known)


def _of_settings(error: ValidationError) -> str:
    """Name each variable that cannot be used, without what it holds: it may be a secret."""
    faults = (
        f"SWITCHBOARD_{'_'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False, include_context=False)
    )
    return "; ".join(faults)


def _of_a_defect(error: BaseException) -> str:
    """Say where a defect is, without the text of the exception, which may quote a record."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    places = "\n".join(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    return f"a defect of Switchboard ({type(error).__name__}); please report it with:\n{places}"
