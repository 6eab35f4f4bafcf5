"""Control records are passed over; a record that is on its way never is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from streams.domain.log import Place
from streams.engines.faust_client import LedgerThread, partition_of
from streams.engines.leases import Lease

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = Place("feed.durham-police", UUID(int=7), 0)
STANDS = 17


@dataclass
class Client:
    """A client that stands behind everything that was fetched or passed."""

    meanwhile: Callable[[], None] | None = None

    async def position(self, _partition: object) -> int:
        """Say where it stands, after something else has happened in its thread."""
        if self.meanwhile is not None:
            await asyncio.sleep(0)
            self.meanwhile()
        return STANDS


def passed(lease: Lease, stood: int, client: Client, *, current: Lease | None = None) -> int:
    """Return up to where a lease is passed that stood somewhere when it was looked at."""
    thread: Any = LedgerThread.__new__(LedgerThread)
    thread.leases = {partition_of(lease): current or lease}
    thread._ensure_consumer = lambda: client  # noqa: SLF001 - there is no client without a Kafka
    return asyncio.run(thread.pass_control_records(lease, stood))


def test_what_nobody_may_read_is_passed() -> None:
    """With nothing fetched, what the client has gone past are control records."""
    lease = Lease(PLACE, 12, 12)
    assert passed(lease, 12, Client()) == STANDS
    assert lease.fetched == STANDS


def test_records_that_came_since_it_was_looked_at_are_not_passed() -> None:
    """They are on their way to the worker; passing them would lose them."""
    lease = Lease(PLACE, STANDS, 0)
    assert passed(lease, 0, Client()) == 0


def test_records_that_come_while_the_client_is_asked_are_not_passed() -> None:
    """What is fetched between question and answer counts, too."""
    lease = Lease(PLACE, 0, 0)

    def come() -> None:
        lease.fetched = STANDS

    assert passed(lease, 0, Client(come)) == 0


@pytest.mark.parametrize("is_over", [True, False])
def test_a_lease_that_is_no_longer_the_one_is_not_passed(*, is_over: bool) -> None:
    """Where the client stands is the business of the lease that is read under now."""
    lease = Lease(PLACE, 12, 12, is_over=is_over)
    assert passed(lease, 12, Client(), current=Lease(PLACE, 3, 3)) == 12
