"""`switchboard topics apply|list`: the topics that there must be, and those that there are."""

import typer

from streams import topics as kafka_topics
from streams.cli._common import Kafka, answer_no, settings_with
from streams.cli._output import Json, counted, emit, say
from streams.engines.wiring import rules_named
from streams.topics import ChangeKind


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Create and list Kafka's topics.", no_args_is_help=True)
    group.command("apply")(apply)
    group.command("list")(listing)
    app.add_typer(group, name="topics")


def apply(*, kafka: Kafka = None, as_json: Json = False) -> None:
    """Create the topics that are missing; what differs is reported and left as it is."""
    settings = settings_with(kafka)
    declared = kafka_topics.declared(rules_named(settings.rules).register)
    changes = kafka_topics.apply(settings.kafka, declared)
    for change in changes:
        if as_json:
            emit(
                {
                    "topic": change.topic,
                    "change": change.kind,
                    "setting": change.setting,
                    "declared": change.declared,
                    "found": change.found,
                }
            )
        else:
            say(change)
    created = sum(change.kind is ChangeKind.CREATED for change in changes)
    differing = {change.topic for change in changes if change.kind is not ChangeKind.CREATED}
    if not as_json:
        say(
            f"{counted(len(declared), 'topic')} declared: {created} created, "
            f"{len(differing)} different."
        )
    if differing:
        answer_no()


def listing(*, kafka: Kafka = None, as_json: Json = False) -> None:
    """List the declared topics, with what Kafka has of each, and any that nobody declared."""
    settings = settings_with(kafka)
    declared = {t.name: t for t in kafka_topics.declared(rules_named(settings.rules).register)}
    there = kafka_topics.listing(settings.kafka)
    for name in sorted({*declared, *there}):
        wanted, found = declared.get(name), there.get(name)
        if as_json:
            emit(
                {
                    "topic": name,
                    "declared_partitions": wanted.partitions if wanted else None,
                    "partitions": found.partitions if found else None,
                    "topic_id": found.id if found else None,
                }
            )
            continue
        words = f"{counted(found.partitions, 'partition')}, id {found.id}" if found else "MISSING"
        if wanted and found and wanted.partitions != found.partitions:
            words += f", declared with {wanted.partitions}"
        say(f"{name}: {words}{'' if wanted else ', not declared by us'}")
    missing = sorted(set(declared) - set(there))
    if missing:
        answer_no(f"{counted(len(missing), 'topic')} missing; run `switchboard topics apply`")
