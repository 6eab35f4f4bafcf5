"""What verification finds: an invariant that does not hold, with some of the ids to look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

IDS_SHOWN_MAX: Final = 20
"""Assumed: who has more of one kind has one cause to find; the count says how many."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant that does not hold; `count` may be more than the ids that are named."""

    invariant: str
    meaning: str
    count: int
    ids: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in one line."""
        more = self.count - len(self.ids)
        rest = f", and {more:,} more" if more else ""
        return f"{self.invariant}: {self.meaning}: {'; '.join(self.ids)}{rest}"


@dataclass(slots=True)
class Found:
    """What one walk found, by invariant."""

    counts: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)

    def add(self, invariant: str, which: str) -> None:
        """Count one more, and keep the first few."""
        self.counts[invariant] = self.counts.get(invariant, 0) + 1
        kept = self.ids.setdefault(invariant, [])
        if len(kept) < IDS_SHOWN_MAX:
            kept.append(which)

    def findings(self) -> Iterator[Finding]:
        """Yield what was found."""
        for invariant, count in self.counts.items():
            yield Finding(invariant, MEANINGS[invariant], count, tuple(self.ids[invariant]))


MEANINGS: Final = {
    "audit_numbers_consecutive": "entries of an audit chain are missing",
    "audit_hash": "an audit entry does not follow from the one before it",
    "audit_readable": "an audit entry is not what was written",
    "audit_head": "an audit chain does not end where its head says",
    "audit_head_readable": "a record among the signed heads is none",
    "audit_head_signed": "a head was signed by none of the known keys, or changed afterwards",
    "audit_cut": "entries are missing at the end of an audit chain that a signed head covers",
    "audit_as_signed": "an audit chain is not what a signed head covers",
    "audit_in_log_order": "an audit chain tells of records out of the log's order",
    "event_audited_once": "an admitted event does not have exactly one audit entry",
    "quarantine_audited_once": "a quarantined record does not have exactly one audit entry",
    "quarantine_kept": "a record was audited as quarantined and is not in quarantine",
    "audited_event_kept": "an event was audited as admitted and is not in the ledger",
    "event_as_audited": "an event is not as it was when it was audited",
    "disclosures_audited": "what was told because of an event is not what was audited",
    "disposition_known": "an event ended in a way that there is not",
}
"""The invariants that a walk along the chains holds, in the words of who reads that they do not."""
