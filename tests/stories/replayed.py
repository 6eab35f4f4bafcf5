"""Ledgers that compare: what is left when the same events came in another way."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from world_builder import NOW, Said

from streams.domain.log import Batch, RawRecord
from streams.engines.embedded import place_of
from streams.ledger import positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixtures.ledger import Story

    from streams.ledger.transaction import Ledger, Step

Batches = list[list[Said]]
"""Batches in the order in which they are applied, each of one feed."""
STANDING: Final = (
    "SELECT publisher, event_id, content, disposition, because, person_id, late, suspect_time"
    " FROM event ORDER BY 1, 2, 3"
)
DUTIES: Final = "SELECT id, kind, owner, state, due_at, notice_id FROM duty ORDER BY id"
FACTS: Final = "SELECT person_id, kind, matter, event_id FROM fact ORDER BY 1, 2, 3, 4"
REFUSED: Final = "SELECT DISTINCT record_value, code, words FROM quarantine ORDER BY 1, 2, 3"
"""What is refused is kept as often as it comes."""
KEYS: Final = "SELECT digest, person_ids FROM person_key ORDER BY digest"


class Crashed(Exception):
    """The process died here."""


def snapshot(story: Story) -> dict[str, Any]:
    """Return everything that the ledger holds but positions, audit and the numbers of rows."""
    ranks = _ranks(story)
    steps = story.rows("SELECT notice_id, step, move, state FROM notice_step ORDER BY 1, 2")
    cases = story.rows("SELECT person_id, crn, document FROM case_file ORDER BY 1")
    return {
        "events": story.rows(STANDING),
        "notices": {notice.id: notice for notice in story.notices},
        "steps": steps,
        "outbox": Counter(map(repr, story.outbox)),
        "duties": story.rows(DUTIES),
        "facts": story.rows(FACTS),
        "keys": story.rows(KEYS),
        "cases": [(person, crn, _ranked(document, ranks)) for person, crn, document in cases],
        "refused": story.rows(REFUSED),
    }


def _ranks(story: Story) -> dict[int, int]:
    """Return the place of each event among those of its publisher: numbers may have gaps."""
    rows = story.rows("SELECT seq, rank() OVER (PARTITION BY publisher ORDER BY seq) FROM event")
    return {int(seq): int(rank) for seq, rank in rows}


def _ranked(document: bytes, ranks: dict[int, int]) -> Any:  # noqa: ANN401 - a document
    """Return a case with ranks in the place of the ledger's numbers."""
    case = json.loads(bytes(document))
    for entry in (*case.get("responsibilities", ()), *case.get("restrictions", ())):
        entry["seq"] = ranks[entry["seq"]]
    return case


def batches_of(said: Sequence[Said], sizes: Sequence[int] = (500,)) -> Batches:
    """Split events into batches of one feed each, of at most these sizes in turn."""
    batches: Batches = []
    for each in said:
        size = sizes[len(batches) % len(sizes)] if batches else sizes[0]
        if batches and batches[-1][0].feed == each.feed and len(batches[-1]) < size:
            batches[-1].append(each)
        else:
            batches.append([each])
    return batches


def play(story: Story, batches: Batches) -> dict[str, Any]:
    """Apply batches one after the other and return what is left."""
    for batch in batches:
        apply(story, story.engine.ledger, batch)
    return snapshot(story)


def apply(story: Story, ledger: Ledger, said: Sequence[Said], start: int | None = None) -> int:
    """Apply one batch from an offset, the end of the feed where none is given; return it."""
    place = place_of(said[0].feed)
    begin = ends_at(story, said[0].feed) if start is None else start
    records = tuple(
        RawRecord(begin + n, None, each.value, each.raw().headers, NOW)
        for n, each in enumerate(said)
    )
    ledger.apply(Batch(place, begin, records, begin + len(records)), NOW)
    return begin


def ends_at(story: Story, feed: str) -> int:
    """Return where the next batch of a feed begins, by the ledger's own position."""
    return positions.begin(story.session, place_of(feed), 0, NOW)


def dying_at(name: str) -> Step:
    """Return a step that dies at one named step of a transaction."""

    def step(at: str) -> None:
        """Die if this is the step."""
        if at == name:
            raise Crashed(name)

    return step
