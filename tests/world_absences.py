"""Officers away, back and gone, and a case that changes hands, without a database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from world_builder import (
    NOW,
    PERSON,
    a_county,
    absent,
    arrested,
    assigned,
    back,
    callout,
    left,
)
from world_run import RULES, World, remembered

from streams.domain.notice_acts import OfficerAway, OfficerBack, OfficerGone
from streams.pipeline.acting import act

if TYPE_CHECKING:
    from datetime import datetime

    from streams.domain.notices import Notice
    from streams.domain.passage import Told

HOUR = timedelta(hours=1)


def acted(
    world: World,
    kind: type[OfficerAway | OfficerBack | OfficerGone],
    at: datetime,
    officer: str = "OFF01",
) -> list[Told]:
    """Let the clock see that an officer is away, back or gone; return what was told."""
    people = tuple(sorted(world.cases))
    notices = tuple(sorted(each.id for each in world.notices if each.person_id is None))
    world.seq += 1
    done = [kind(officer, people, notices)]
    work = act(done, world.loaded, RULES, at=at, seqs=[world.seq])
    world.loaded = remembered(work)
    return [told for _, told in work.told]


def told_about_staff() -> list[Notice]:
    """Return what is told of an absence with cover, without, of a return, a move and leaving."""
    world = World()
    world.send(*a_county(), callout(grade="high"))
    world.send(absent(cover="OFF02", starts_at=NOW))
    told = acted(world, OfficerAway, NOW)
    world.send(arrested(PERSON), at=NOW + HOUR / 4)
    world.send(absent(cover=None, starts_at=NOW, ends_at=NOW + HOUR))
    told += acted(world, OfficerAway, NOW + HOUR / 4)
    world.send(back(ended_at=NOW + HOUR / 2))
    told += acted(world, OfficerBack, NOW + HOUR / 2)
    world.send(assigned(officer="OFF02", effective_at=NOW), at=NOW + HOUR / 2)
    told += world.told
    world.send(left("OFF02", left_at=NOW + HOUR))
    told += acted(world, OfficerGone, NOW + HOUR, "OFF02")
    return [each.notice for each in told]
