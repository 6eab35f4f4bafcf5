"""What the contract says when it refuses: faults, and the exceptions that carry them."""

from __future__ import annotations

from dataclasses import dataclass

FAULTS_IN_WORDS_MAX = 10
"""How many faults are spelled out in one refusal; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a record, and where.

    `came` never quotes text from the record, which may be personal: it gives the type and the
    length. The one exception is a value where a word from a closed list was expected.
    """

    path: str
    expected: str
    came: str

    def __str__(self) -> str:
        """Say the fault in one line."""
        return f"{self.path or 'record'}: expected {self.expected}; came {self.came}"


class CatalogueRefused(Exception):
    """The schema files contradict each other or the rules of the catalogue; ours to mend."""


class UnknownEventType(LookupError):
    """No schema of the catalogue has this name."""


class CodecRefused(ValueError):
    """Bytes or a record do not fit the contract; the publisher's to mend.

    `reason_code` is one of a closed set of words for machines, `words` says it for people,
    and `faults` lists every fault where the record could be looked into.
    """

    def __init__(self, reason_code: str, words: str, faults: tuple[Fault, ...] = ()) -> None:
        """Keep the reason beside the words."""
        super().__init__(words)
        self.reason_code = reason_code
        self.words = words
        self.faults = faults


def misfit(event_type: str, faults: tuple[Fault, ...]) -> CodecRefused:
    """Make the refusal of a record that does not fit its schema."""
    said = "; ".join(str(fault) for fault in faults[:FAULTS_IN_WORDS_MAX])
    more = len(faults) - FAULTS_IN_WORDS_MAX
    tail = f"; and {more} more" if more > 0 else ""
    return CodecRefused("does_not_fit", f"{event_type}: {said}{tail}", faults)
