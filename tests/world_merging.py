"""Two people become one and two again, without a database: what whoever had them is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from world_builder import NOW, PARTNER, PERSON, TEAM, a_county, allocated, assigned, callout
from world_run import RULES, World, remembered

from streams.domain.case_events import CASE_EVENTS
from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.domain.passage import Folded
from streams.domain.records import PersonEvent
from streams.pipeline.acting import act
from streams.pipeline.merge_values import DecidedSince, Merging, Moved, Standing
from streams.pipeline.values import Admitted, Disposition, prepare

if TYPE_CHECKING:
    from uuid import UUID

    from streams.domain.notices import Notice
    from streams.pipeline import Loaded

MERGE: Final = 100
BETWEEN: Final = 150
PART: Final = 200
UNCLEAR: Final = callout().but(person=PERSON.reference())
"""What a manager joined while the two were one, and says of neither that it is theirs."""


def told_of_merges() -> list[Notice]:
    """Return what is told when a manager merges two people, and parts them again."""
    world = World()
    world.send(*a_county(), allocated(PARTNER, team=TEAM), assigned(PARTNER, "OFF02"))
    histories = histories_of(world)
    kept, gone = histories
    loaded = replace(world.loaded, histories=histories)
    merged = act(
        [PeopleMerged(kept, gone, "MGR01", "one man")], loaded, RULES, at=NOW, seqs=[MERGE]
    )
    of_gone = frozenset(each.seq for each in histories[gone])
    moved = Moved(merged.merged[0].remembered, of_gone)
    open_again = prepare(UNCLEAR.raw(), UNCLEAR.feed, RULES)
    came = Admitted(BETWEEN, open_again, Disposition.ROUTED, "", kept, NOW)
    decided = {BETWEEN: DecidedSince("MGR01", None)}
    again: Loaded = replace(
        remembered(merged),
        histories={kept: merged.histories[kept], gone: []},
        merging=Merging((Standing(MERGE, kept, gone),), {}, moved, (came,), decided),
    )
    parting = PeopleUnmerged(MERGE, kept, gone, "MGR01", "twins")
    parted = act([parting], again, RULES, at=NOW, seqs=[PART])
    return [told.notice for work in (merged, parted) for _, told in work.told]


def histories_of(world: World) -> dict[UUID, list[Folded]]:
    """Return the events of case management about each person, in the order in which they came."""
    histories: dict[UUID, list[Folded]] = {}
    for ended in world.ended:
        opened = ended.prepared.opened
        if opened is None or ended.person_id is None or ended.seq is None:
            continue
        if opened.type in CASE_EVENTS and isinstance(opened.event, PersonEvent):
            folded = Folded(ended.seq, opened.key, opened.event)
            histories.setdefault(ended.person_id, []).append(folded)
    return histories
