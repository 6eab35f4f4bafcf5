"""Codes, lists and days as officers read them: what the sentences of every flow share."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

Facts = Mapping[str, Any]

SAID_AS: Final = {
    "rosh": "risk of serious harm",
    "mappa": "MAPPA",
    "visor": "ViSOR",
    "marac": "MARAC",
    "callout": "call-out",
    "rar": "rehabilitation activity requirement",
}
"""Parts of a code that officers say in another way."""


SEALED_ENDS: Final = {
    "delivered": "told once somebody was known",
    "held": "left to a human",
    "erased": "erased when its time was up",
    "taken_back": "taken back by its publisher",
    "cleared": "the person is no suspect of it any more",
}
"""What became of something that was sealed."""


def plain(code: object) -> str:
    """Read a code as words."""
    return " ".join(SAID_AS.get(part, part) for part in str(code).split("_"))


def listed(codes: object) -> str:
    """Read a list of codes as words."""
    return ", ".join(plain(code) for code in codes) if isinstance(codes, list | tuple) else ""


def day(given: object) -> str:
    """Write a day, which a ledger keeps as a text, for people."""
    try:
        found = date.fromisoformat(str(given))
    except ValueError:
        return str(given)
    return f"{found.day} {found:%B %Y}"
