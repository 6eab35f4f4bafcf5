"""Compares what was found in a ledger with what the simple model expects, and says it in words.

Of the ledger four things are believed: the order in which it admitted records, the times of the
broker and of the worker, whether somebody is asked about a likeness that must be weighed
(`People.is_unweighed`), and that people and the clock did what they did. What they do is not in
the model: of a person on whose notices somebody acted, what came afterwards is not compared.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from world import Ending, Heard, Register, Told, World
from world_model_values import ONE_OF, RECORDED, REPEATED, ROUTED, Owed

from schemas.jsonform import from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Place = tuple[str, int, int]
NOTHING: Final = "nothing"
"""What is found of a record that left nothing: it repeated another, or it was lost."""
ANYBODY: Final = {"owner": "somebody", "state": "opened"}
OF_SOMEBODY: Final = "handed_over"
NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Published:
    """One record as it was published: `record` is None where its bytes were no event.

    `place` is where Kafka has it, or None where the publisher did not know that yet.
    """

    agency: str
    type: str
    record: dict[str, Any] | None
    place: Place | None
    at: datetime = NEVER

    @property
    def key(self) -> tuple[str, str]:
        """Return the publisher and its id for the event."""
        meta = (self.record or {}).get("meta", {})
        return (meta.get("publisher", ""), meta.get("event_id", ""))


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise than it must be, of one event."""

    event: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.event}: expected {self.expected}; found {self.found}"


def read(file: Path) -> list[Published]:
    """Read what `switchboard publish --record` wrote, one JSON object a line."""
    return [_published(json.loads(line)) for line in file.read_text("utf-8").splitlines() if line]


def _published(line: dict[str, Any]) -> Published:
    """Read one line."""
    full_type, said = line["type"] or "", line["record"]
    is_there = line["offset"] is not None
    place = (line["topic"], line["partition"], line["offset"]) if is_there else None
    record = None if said is None else from_json(full_type, said)
    at = datetime.fromisoformat(line["at"])
    return Published(line["agency"], full_type.rpartition(".v")[0], record, place, at)


def differences(
    world: World, published: Sequence[Published], found: Iterable[Any]
) -> Iterator[Difference]:
    """Let the model hear what was published, and yield what the ledger has otherwise."""
    outcomes = {outcome.place: outcome for outcome in found}
    met: list[tuple[str, Ending, Any]] = []
    for each in _in_order(_placed(published, outcomes.values()), outcomes):
        outcome = outcomes.pop(each.place, None)
        heard = _heard(each, outcome)
        met.append((_name(heard), world.hear(heard), outcome))
    for name, ending, outcome in met:
        if outcome is None or not outcome.after_act:
            yield from _compare(name, ending, outcome)
    for outcome in outcomes.values():
        of = "/".join(outcome.key) if outcome.key else "a refused record"
        place = "{}[{}]@{}".format(*outcome.place)
        yield Difference(f"{of} at {place}", "nobody published it", outcome.disposition)


def _placed(published: Sequence[Published], outcomes: Iterable[Any]) -> list[Published]:
    """Give records that waited for Kafka their places: those of their events, in their order."""
    known = {each.place for each in published}
    left: dict[Any, list[Place]] = defaultdict(list)
    for outcome in outcomes:
        if outcome.place not in known:
            left[outcome.key].append(outcome.place)
    return [
        replace(each, place=left[each.key].pop(0))
        if each.place is None and left[each.key]
        else each
        for each in published
    ]


def _in_order(published: Sequence[Published], outcomes: dict[Place, Any]) -> list[Published]:
    """Put records in the order of the ledger; those without a number claimed nothing there."""
    last = len(published) + max((o.seq or 0 for o in outcomes.values()), default=0)

    def order(each: Published) -> int:
        outcome = outcomes.get(each.place)
        return last if outcome is None or outcome.seq is None else outcome.seq

    return sorted(published, key=order)


def _heard(each: Published, outcome: Any) -> Heard:  # noqa: ANN401 - of the ledger's queries
    """Return a record as it was taken up."""
    times = (outcome.broker_at, outcome.raised_at) if outcome else (each.at, each.at)
    place = "{}[{}]@{}".format(*each.place) if each.place else "nowhere"
    ended = outcome.disposition if outcome else None
    return Heard(each.agency, each.type, each.record, *times, place, ended)


def _name(heard: Heard) -> str:
    """Name an event, or the place of a record that is none."""
    if heard.record is None:
        return f"the record of {heard.agency} at {heard.place}"
    return f"event {heard.key[1]} of {heard.agency} ({heard.type}) at {heard.place}"


def _compare(name: str, ending: Ending, outcome: Any) -> Iterator[Difference]:  # noqa: ANN401 - of the ledger's queries
    """Yield what is otherwise of one record: how it ended, about whom, who was told, who owes."""
    ended = NOTHING if outcome is None else outcome.disposition
    must = NOTHING if ending.outcome == REPEATED else ending.outcome
    only_again = ending.perhaps and {ended, must} == {RECORDED, ROUTED}
    if ended != must and not only_again:
        expected = "nothing of it, since it is a repeat" if must is NOTHING else must
        yield Difference(name, expected, ended)
        return
    if outcome is None:
        return
    crn = ending.about.crn if ending.about is not None else None
    if outcome.crn != crn:
        yield Difference(name, f"it is about {crn or 'nobody'}", outcome.crn or "nobody")
    told = [_as_asked(_told(step), ending) for step in outcome.told]
    owed = [Owed(o.duty, o.matter, o.owner, o.due_at, o.state) for o in outcome.owed]
    if outcome.acts:
        owed, due = [replace(each, **ANYBODY) for each in owed], _whoevers(ending)
    else:
        due = ending.owed
    for must_be, may_be, was in ((ending.told, ending.perhaps, told), (due, (), owed)):
        missing = Counter(must_be) - Counter(was)
        extra = Counter(was) - Counter(must_be) - Counter(may_be)
        if missing or extra:
            yield Difference(name, _list(missing), _list(extra))


def _whoevers(ending: Ending) -> tuple[Owed, ...]:
    """Return the duties without who has them and how they stand, which people have changed."""
    return tuple(replace(each, **ANYBODY) for each in ending.owed)


def _told(step: Any) -> Told:  # noqa: ANN401 - of the ledger's queries
    """Return a step in the model's words, which do not name a person by an id of the ledger."""
    matter = OF_SOMEBODY if step.matter.startswith(f"{OF_SOMEBODY}:") else step.matter
    return Told(step.move, step.notice, matter, step.to, step.urgency, step.is_warned)


def _as_asked(told: Told, ending: Ending) -> Told:
    """Return a step as the model has it, where it was told to one of those who may be."""
    for must in ending.told:
        is_one = told.to in must.to.split(ONE_OF) and told.notice in must.notice.split(ONE_OF)
        if is_one and replace(must, to=told.to, notice=told.notice) == told:
            return must
    return told


def _list(things: Counter[Any]) -> str:
    """Say what is on one side only, each as often as it is too many."""
    return " and ".join(str(each) for each in sorted(things.elements())) or NOTHING


def of_register(file: Path) -> World:
    """Begin a world with the agencies of a register."""
    return World(Register.read(file))
