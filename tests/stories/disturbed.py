"""What befalls events on their way in the property tests: repeats, and a worker that dies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from stories.replayed import Crashed, apply, dying_at, ends_at, snapshot

from streams.ledger.transaction import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixtures.ledger import Story
    from stories.replayed import Batches
    from world_builder import Said

bounded: Final = settings(
    max_examples=12,
    print_blob=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""For properties of a ledger; a failing example is not shrunk, which would take minutes there."""


def with_repeats(said: list[Said], again: Iterable[int]) -> list[Said]:
    """Return events of which some come again, at any later place."""
    repeated = list(said)
    for number in again:
        at = number % len(repeated)
        repeated.insert(at + 1 + number % (len(repeated) - at), repeated[at])
    return repeated


def applied_with_a_crash(
    story: Story, batches: Batches, name: str, at: int, *, fresh: bool = False
) -> None:
    """Apply batches; one dies at a named step, changes nothing by it, and is applied again.

    It is applied again by the same worker, or by a new one (`fresh`).
    """
    ledger = story.engine.ledger
    for number, batch in enumerate(batches):
        if number != at % len(batches):
            apply(story, ledger, batch)
            continue
        before = snapshot(story)
        begin = ends_at(story, batch[0].feed)
        ledger.step = dying_at(name)
        with pytest.raises(Crashed):
            apply(story, ledger, batch, begin)
        assert (snapshot(story) == before) or name == "committed"
        ledger = Ledger(story.session, ledger.rules, ledger.secret) if fresh else ledger
        ledger.step = lambda _name: None
        apply(story, ledger, batch, begin)
