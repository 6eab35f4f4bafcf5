"""An identifier that cannot be one of its kind, from the event to whoever must act."""

from __future__ import annotations

from world_builder import PERSON, a_county, callout
from world_run import World

from streams.pipeline import Disposition


def test_a_mistyped_identifier_is_said_where_nobody_is_certain() -> None:
    """Desk and receipt read what the force must check, which may be why nobody was found."""
    world = World()
    world.send(*a_county())
    mistyped = [{"kind": "pnc", "value": "1985/0000001A"}]
    held, nobodys = world.send(
        callout().but(person={**PERSON.reference(), "identifiers": mistyped}),
        callout(reference="DA-2").but(person={"identifiers": mistyped}),
    )
    assert (held.disposition, nobodys.disposition) == (Disposition.HELD, Disposition.RECORDED)
    (notice,) = world.notices
    assert notice.facts["reason"] == held.because
    for ended in (held, nobodys):
        assert "pnc: a PNC id is" in ended.because
        assert "; Durham Constabulary must check the typing." in ended.because
        assert "0000001A" not in ended.because
