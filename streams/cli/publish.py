"""`switchboard publish FILE...`: send payloads of any source, or JSON lines of our own schemas.

What is good goes to its agency's feed, through a spool on the disk. What is not is said with its
place, and its bytes go to the same feed, where the worker quarantines them with the reason: nothing
is lost in silence on either side.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Final

import typer

from connectors.publisher import Published, Publisher
from connectors.translation import SourceEvent
from streams import topics
from streams.cli._common import Kafka, answer_no, settings_with, utc_now
from streams.cli._files import (
    AgencyId,
    Files,
    Part,
    SourceName,
    as_one,
    demand_files,
    event_id,
    parts_of,
    read_bytes,
    reading,
    rejected_pieces,
)
from streams.cli._outcomes import REFUSED, REJECTED, SENT, WAITING, Outcomes
from streams.cli._output import Json, progress, warn
from streams.cli._recording import Recording
from streams.domain.agencies import Agency
from streams.engines.wiring import rules_named, secret_of
from streams.ledger.connection import EXIT_WORLD_DOWN
from streams.pipeline import Rules
from streams.settings import Mode, Settings
from streams.topics import KafkaAway, KafkaRefuses

TOGETHER_MAX: Final = 500
"""Events that wait for the broker's word together."""
SPOOL: Final = "spool"
REJECTED_ID: Final = "rejected-"
"""How the id of a record begins whose bytes no source could read."""

Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Append what is sent, for ledger verify."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(publish)


def publish(
    files: Files,
    *,
    agency: AgencyId = None,
    kafka: Kafka = None,
    source: SourceName = None,
    record: Record = None,
    as_json: Json = False,
) -> None:
    """Send the events of files to their agencies' feeds; tell of every one what became of it."""
    demand_files(files)
    settings = settings_with(kafka)
    rules = rules_named(settings.rules)
    secret = secret_of(settings)
    how = replace(reading(rules, utc_now(), agency, source), secret=secret)
    outcomes = Outcomes(as_json)
    _apply_topics(settings, rules)
    with ExitStack() as stack:
        sending = _Sending(settings, secret, stack, outcomes, Recording(record))
        for file in files:
            raw = read_bytes(file)
            with progress(f"publishing {file}", len(raw)) as advance:
                for part in parts_of(str(file), raw, how):
                    sending.take(part)
                    advance(len(part.raw))
                sending.flush()
    outcomes.sum_up(SENT)
    for words in dict.fromkeys(sending.stopped):
        warn(f"switchboard publish: {words}")
    if outcomes.counts[REJECTED] or outcomes.counts[REFUSED]:
        answer_no()
    if sending.stopped:
        warn("what waits is safe on the disk, and goes with the next publish")
        raise typer.Exit(EXIT_WORLD_DOWN)


def _apply_topics(settings: Settings, rules: Rules) -> None:
    """Create missing topics; where Kafka is away, the events wait on the disk instead."""
    if settings.mode is Mode.PRODUCTION:
        return
    try:
        topics.apply(settings.kafka, topics.declared(rules.register))
    except (KafkaAway, KafkaRefuses) as away:
        warn(f"switchboard publish: topics were not applied: {away}")


@dataclass(slots=True)
class _Sending:
    """Sends parts in the order in which they come, each agency through a publisher of its own."""

    settings: Settings
    secret: bytes
    stack: ExitStack
    outcomes: Outcomes
    recording: Recording
    stopped: list[str] = field(default_factory=list)
    _publishers: dict[str, Publisher] = field(default_factory=dict)
    _collected: list[tuple[str, SourceEvent]] = field(default_factory=list)
    _agency: Agency | None = None

    def take(self, part: Part) -> None:
        """Collect a part's events, and send its bytes where some of it was rejected."""
        if part.agency != self._agency or len(self._collected) >= TOGETHER_MAX:
            self.flush()
        self._agency = part.agency
        self._collected += [(part.file, event) for event in part.events]
        if part.rejections:
            self.flush()
            self._reject(part)
        for skipped in part.skipped:
            self.outcomes.skipped(part.file, skipped)

    def flush(self) -> None:
        """Send what was collected, and tell of each event what became of it."""
        collected, self._collected = self._collected, []
        if self._agency is None or not collected:
            return
        published = self._publisher(self._agency).publish(event for _, event in collected)
        self._note(published)
        self._tell(self._agency, collected, published)

    def _tell(
        self, agency: Agency, collected: Iterable[tuple[str, SourceEvent]], published: Published
    ) -> None:
        """Tell of each event whether Kafka has it, does not take it, or will get it later."""
        invalid = {each.place: each.words for each in published.invalid}
        refused = {each.name: str(each) for each in published.refused}
        placed = {each.name: each for each in published.placed}
        taken: list[tuple[str, SourceEvent]] = []
        for place, (file, event) in enumerate(collected, 1):
            name = event_id(event)
            told: dict[str, object] = {
                "type": event.event_type,
                "event_id": name,
                "agency": agency.id,
                "topic": agency.feed,
            }
            words = invalid.get(place) or refused.get(name)
            there = placed.get(name)
            if words is None:
                taken.append((name, event))
            if there is not None:
                told |= {"partition": there.partition, "offset": there.offset}
                self.outcomes.event(SENT, file, told, str(there))
            elif words is not None:
                self.outcomes.event(REFUSED, file, told, words)
            else:
                self.outcomes.event(WAITING, file, told)
        self.recording.events(agency, taken, placed)

    def _reject(self, part: Part) -> None:
        """Tell what is wrong with a part, and let its bytes be quarantined for that reason."""
        sender = part.agency.id if part.agency else None
        self.outcomes.counts[REJECTED] += rejected_pieces(part)
        for rejection in part.rejections:
            self.outcomes.rejection(part.file, rejection, sender)
        if part.agency is None:
            words = "nowhere: nobody can tell whose it is; say it with --agency"
            self.outcomes.kept(part.file, None, words)
            return
        published = self._publisher(part.agency).send_rejected(part.raw, as_one(part.rejections))
        self._note(published)
        bytes_alone = (e for e in published.placed if e.name.startswith(REJECTED_ID))
        self.recording.rejected(part.agency, bytes_alone)
        feed = part.agency.feed
        words = f"sent to {feed}, to be quarantined there with this reason"
        if published.refused:
            words = "; ".join(str(refused) for refused in published.refused)
        elif published.waiting:
            words = f"on the disk, to be sent to {feed} and quarantined there"
        self.outcomes.kept(part.file, feed, words)

    def _note(self, published: Published) -> None:
        """Remember why sending stopped, if it did."""
        if published.stopped is not None:
            self.stopped.append(f"{published.stopped}")
        elif published.waiting:
            self.stopped.append(f"{published.waiting} records are not in Kafka yet")

    def _publisher(self, agency: Agency) -> Publisher:
        """Return the publisher of an agency, with a spool that outlives this process."""
        if agency.id not in self._publishers:
            publisher = Publisher(
                agency,
                kafka=self.settings.kafka,
                spool=self.settings.home / SPOOL / agency.id,
                secret=self.secret,
            )
            self._publishers[agency.id] = self.stack.enter_context(publisher)
        return self._publishers[agency.id]
