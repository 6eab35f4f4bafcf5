"""`switchboard status`: how the feeds stand, and what waits for somebody."""

from collections.abc import Iterable, Iterator
from typing import Any

import typer

from streams.cli._common import Kafka, reader, settings_with, utc_now
from streams.cli._output import Json, counted, emit, local, say
from streams.engines.wiring import rules_named
from streams.ledger.queries_status import NOT_READ, feeds_status, is_running, ledger_status
from streams.settings import Settings
from streams.topics import KafkaAway, KafkaRefuses, TopicIds

STATES = {
    "running": "running",
    "paused": "PAUSED until somebody resumes it",
    "stopped_for_loss": "STOPPED: records may be lost",
    NOT_READ: "not read yet",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(*, kafka: Kafka = None, as_json: Json = False) -> None:
    """Show each feed, its positions and lag, and what waits: quarantine, held, notices, outbox.

    Kafka is asked only where --kafka or SWITCHBOARD_KAFKA names it; without it the rest is shown.
    """
    settings = settings_with(kafka)
    agencies = rules_named(settings.rules).register.agencies.values()
    with reader(settings) as session:
        feeds = feeds_status(session, ((agency.feed, agency.id) for agency in agencies))
        ledger = ledger_status(session, utc_now())
    asked = _ask_kafka(settings, feeds)
    if as_json:
        emit({**ledger, "kafka": asked, "feeds": feeds})
        return
    for feed in feeds:
        for line in _feed_lines(feed):
            say(line)
    say(f"Kafka: {asked['words']}")
    for line in _ledger_lines(ledger):
        say(line)


def _ask_kafka(settings: Settings, feeds: list[dict[str, Any]]) -> dict[str, Any]:
    """Add ends and lags to the positions; never fail where Kafka is away."""
    if "kafka" not in settings.model_fields_set:
        return {"is_reachable": None, "words": "not asked (name it with --kafka)"}
    try:
        with TopicIds(settings.kafka) as topics:
            for feed in feeds:
                _add_ends(feed, topics)
    except (KafkaAway, KafkaRefuses) as away:
        return {"is_reachable": False, "words": f"AWAY, so lag is not known: {away}"}
    return {"is_reachable": True, "words": f"answers at {settings.kafka}"}


def _add_ends(feed: dict[str, Any], topics: TopicIds) -> None:
    """Add to each partition where its log ends and how far the ledger is behind.

    Control records of transactions count too, so that a lag of a few may be nothing.
    """
    described = topics.describe([feed["feed"]])[feed["feed"]]
    feed["topic_exists"] = described is not None
    if described is None:
        return
    known = {p["partition"]: p for p in feed["positions"] if p["topic_id"] == described.id}
    for number, bounds in sorted(topics.bounds(feed["feed"]).items()):
        position = known.get(number)
        if position is None:
            position = {"topic_id": described.id, "partition": number, "next_offset": None}
            feed["positions"].append(position)
        position["end_offset"] = bounds.end
        stands = position["next_offset"]
        position["lag"] = bounds.end - (bounds.earliest if stands is None else stands)


def _feed_lines(feed: dict[str, Any]) -> Iterator[str]:
    """Yield what to read about one feed."""
    state = STATES.get(feed["state"], feed["state"])
    reason = f" ({feed['reason']})" if feed["reason"] and not is_running(feed) else ""
    yield f"{feed['feed']}: {state}{reason}"
    if feed["agency"] is None:
        yield "  NOT IN THE AGENCY REGISTER: it is not read"
    ended = ", ".join(f"{number:,} {how}" for how, number in feed["ended"].items() if number)
    last = f"; last event {local(feed['last_event_at'])}" if feed["last_event_at"] else ""
    yield f"  {ended or 'nothing yet'}{last}"
    if feed["applied_up_to"] is not None:
        yield f"  in the ledger up to {local(feed['applied_up_to'])}"
    if feed.get("topic_exists") is False:
        yield "  THERE IS NO SUCH TOPIC in Kafka: run `switchboard topics apply`"
    for position in feed["positions"]:
        yield f"  {_position(position)}"
    for loss in feed["possible_losses"]:
        yield (
            f"  POSSIBLE LOSS in partition {loss['partition']}: offsets {loss['from_offset']} to"
            f" {loss['to_offset'] - 1}, found {local(loss['found_at'])}"
        )


def _position(position: dict[str, Any]) -> str:
    """Say where one partition stands."""
    stands = position["next_offset"]
    words = f"partition {position['partition']}: "
    words += "never read" if stands is None else f"next offset {stands:,}"
    if "end_offset" in position:
        words += f", end {position['end_offset']:,}, lag {position['lag']:,}"
    if position.get("starts_in_hand"):
        words += f", in hand (start {position['starts_in_hand']})"
    return words


def _ledger_lines(ledger: dict[str, Any]) -> Iterator[str]:
    """Yield what waits for somebody."""
    refused = ledger["quarantine_open"]
    if refused["ours"] or refused["theirs"]:
        oldest = f", the oldest since {local(refused['oldest_at'])}"
        yield f"Quarantine: {refused['theirs']:,} of agencies, {refused['ours']:,} OURS{oldest}"
    else:
        yield "Quarantine: empty"
    yield from _seen_to(ledger)
    yield f"Held: {counted(ledger['held'], 'event')} whose person is not certain"
    yield f"  {_reviews(ledger['reviews'])}"
    sealed = ledger["sealed"]
    if sealed["waiting"]:
        oldest = f"the oldest since {local(sealed['oldest_at'])}"
        yield f"Sealed: {counted(sealed['waiting'], 'event')} of unknown suspects, {oldest}"
    yield f"Notices: {_counts(ledger['notices']) or 'none'}"
    duties = ledger["duties_open"]
    late = f", {duties['waiting_for_a_feed']:,} due and not told yet"
    words = late if duties["waiting_for_a_feed"] else ""
    yield f"Duties: {duties['count']:,} open{words}, {duties['overdue']:,} overdue"
    outbox = ledger["outbox"]
    oldest = f", the oldest since {local(outbox['oldest_at'])}" if outbox["unsent"] else ""
    yield f"Outbox: {outbox['unsent']:,} unsent{oldest}"
    alarms = ledger["alarms"]
    yield f"Alarms in the last day: {len(alarms) or 'none'}"
    for alarm in alarms:
        yield f"  {local(alarm['raised_at'])} to {alarm['tell']}: {alarm['words']}"


def _seen_to(ledger: dict[str, Any]) -> Iterator[str]:
    """Yield what was done about refused records, and whether a restore holds pushes."""
    seen_to = [
        f"{count:,} {code.replace('_', ' ')} {state}"
        for state, codes in ledger["quarantine"].items()
        if state != "open"
        for code, count in codes.items()
    ]
    if seen_to:
        yield f"  seen to: {', '.join(seen_to)}"
    for words in ledger["pushes_held"]:
        yield f"PUSHES WAIT for `switchboard ledger resume-after-restore`: {words}"


def _reviews(found: dict[str, Any]) -> str:
    """Say how many reviews wait for somebody, and whether any is past its time."""
    if not found["count"]:
        return "nobody has to decide anything"
    late = f", {found['overdue']:,} OVERDUE" if found["overdue"] else ""
    urgent = f", {found['immediate']:,} immediate" if found["immediate"] else ""
    oldest = f", the oldest since {local(found['oldest_at'])}"
    return f"{counted(found['count'], 'review')} to be decided{urgent}{late}{oldest}"


def _counts(found: Iterable[dict[str, Any]]) -> str:
    """Say how many notices there are of each state and urgency."""
    words = (f"{row['count']:,} {row['state']} {row['urgency']}" for row in found)
    return ", ".join(each.replace("_", " ") for each in words)
