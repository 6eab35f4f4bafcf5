"""A ledger that was lived in, checked and replayed: what comes out is the same to the last hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from streams.ledger.comparing import differences
from streams.ledger.replaying import replay
from streams.ledger.verify import verify

if TYPE_CHECKING:
    from streams.ledger.transaction import Ledger

HEADS: Final = "SELECT chain, length, hash FROM audit_head ORDER BY chain"


def assert_replays_exactly(first: Ledger, again: Ledger) -> None:
    """Check the one ledger, replay it into the other, and compare rows and heads of chains."""
    with first.session.transaction():
        assert list(verify(first.session, lambda _: None)) == []

    replay(first.session, again)

    assert differences(first.session, again.session) == []
    heads = [each.session.execute(HEADS).fetchall() for each in (first, again)]
    assert heads[0] == heads[1]
