"""A person changes hands while their officer is away: it stays where it went."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from following import passes
from open_items import faults
from world_builder import NOW, PERSON, absent, an_officer, assigned, back, callout

if TYPE_CHECKING:
    from fixtures.ledger import Story

HOUR = timedelta(hours=1)


def test_whose_person_went_on_has_no_duty_of_theirs_when_back(story: Story) -> None:
    """The officer who has the person now keeps what must be done, whoever stood in meanwhile."""
    story.given(an_officer("OFF03"), callout(grade="high"), at=NOW - HOUR)
    story.when(absent(cover="OFF02", starts_at=NOW))
    passes(story, NOW)
    assert set(story.rows("SELECT owner, meant FROM duty")) == {("OFF02", "OFF01")}
    story.when(assigned(PERSON, "OFF03", effective_at=NOW), at=NOW)
    assert set(story.rows("SELECT owner, meant FROM duty")) == {("OFF03", None)}
    story.when(back(ended_at=NOW + HOUR), at=NOW + HOUR)
    passes(story, NOW + HOUR)
    assert set(story.rows("SELECT owner, meant FROM duty")) == {("OFF03", None)}
    assert faults(story.session, NOW + HOUR) == []
