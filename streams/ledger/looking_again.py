"""Who events would be about if they came now: the look-up of a batch, taken and left without trace.

It is the one that every event goes through, locks and all, so that nothing decided late is decided
otherwise than it would have been in time.
"""

from collections.abc import Sequence

from streams.domain.passage import Identity
from streams.ledger.connection import Session
from streams.ledger.directories import DirectoryCache
from streams.ledger.load import load
from streams.pipeline import Prepared, Rules
from streams.pipeline.run import sought
from streams.pipeline.work import begin


def identities_now(
    session: Session,
    batch: Sequence[Prepared],
    rules: Rules,
    *,
    directory: DirectoryCache,
    secret: bytes,
) -> list[Identity]:
    """Decide who each event is about by what is known now; nothing is written or stays locked."""
    with session.transaction(force_rollback=True):
        loaded, _ = load(session, batch, directory, secret, scorer=rules.scorer)
        work = begin(loaded)
    found: list[Identity] = []
    for each in batch:
        opened, looked = each.opened, each.looked
        assert opened is not None and looked is not None  # noqa: PT018, S101 - it was admitted once
        found.append(sought(opened, looked, work))
    return found
