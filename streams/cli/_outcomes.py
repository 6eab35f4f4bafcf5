"""What became of the parts of a file, printed as it happens and summed up in words."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.translation import Rejection, Skipped
from streams.cli._output import counted, emit, say

GOOD = "good"
SENT = "sent"
WAITING = "waiting"
REFUSED = "refused"
REJECTED = "rejected"
LEFT_OUT = "left_out"


@dataclass(slots=True)
class Outcomes:
    """Prints each outcome and counts it."""

    as_json: bool
    counts: Counter[str] = field(default_factory=Counter)

    def event(self, outcome: str, file: str, event: Mapping[str, object], words: str = "") -> None:
        """Tell of one event: its type, its id and where it went."""
        self.counts[outcome] += 1
        if self.as_json:
            emit({"outcome": outcome, "file": file, **event, "words": words or None})
            return
        said = f"  {words}" if words else ""
        place = f"  {event['topic']}" if "topic" in event and not words else ""
        say(f"{outcome:<9} {event['type']}  {event['event_id']}{place}{said}")

    def rejection(self, file: str, rejection: Rejection, agency: str | None) -> None:
        """Tell of one fault: where it is, what was expected, what came, and how to mend it."""
        told = {
            "path": rejection.path,
            "expected": rejection.expected,
            "came": rejection.came,
            "fix": rejection.fix,
        }
        if self.as_json:
            source = rejection.source
            emit({"outcome": REJECTED, "file": file, "source": source, "agency": agency, **told})
            return
        say(f"REJECTED  {file}: {told.pop('path')}")
        for label, words in told.items():
            say(f"            {label:<8} {words}")

    def kept(self, file: str, topic: str | None, words: str) -> None:
        """Tell what became of the bytes that were rejected."""
        if self.as_json:
            emit({"outcome": "rejected_payload", "file": file, "topic": topic, "words": words})
        else:
            say(f"            kept     {words}")

    def skipped(self, file: str, skipped: Skipped) -> None:
        """Tell of a part that is right and was left out."""
        self.counts[LEFT_OUT] += 1
        if self.as_json:
            emit({"outcome": LEFT_OUT, "file": file, "path": skipped.path, "why": skipped.why})
        else:
            say(f"left out  {file}: {skipped.path}: {skipped.why}")

    def sum_up(self, *good: str) -> None:
        """Sum up in words; a program counts for itself."""
        if self.as_json:
            return
        events = sum(self.counts[outcome] for outcome in good)
        words = [counted(events, "event")]
        words += [
            f"{self.counts[outcome]:,} {outcome.replace('_', ' ')}"
            for outcome in (WAITING, REFUSED, REJECTED, LEFT_OUT)
            if self.counts[outcome] and outcome not in good
        ]
        say(f"{', '.join(words)}.")
