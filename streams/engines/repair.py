"""Repair by the embedded engine: refused records are mended, checked, and worked through again.

Nothing is written to an agency's topic. A replay is one batch of one record under the pseudo-
partition `repair`, with the record's first broker time; whatever a rule then raises is a defect of
ours and leaves the record in quarantine. A record of which a worker died is tried in a child
process first, so that it cannot take the operator's command with it.
"""

from dataclasses import dataclass, replace
from typing import Final

from streams.domain.errors import Refusal, RefusalCode
from streams.domain.log import Batch
from streams.engines.embedded import EmbeddedEngine
from streams.engines.port import Trial, where_it_failed
from streams.ledger import positions, repairs
from streams.ledger.connection import WorldDown
from streams.ledger.refused import WAITING, Refused, find
from streams.ledger.repairs import Act, Replayed
from streams.pipeline import Ended, Prepared, prepare

DIED: Final = "a worker died of it before, and a child process has died of it again"


class NotWaiting(Exception):
    """There is no such record, or nobody has to do anything about it any more."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Repairs the records of one ledger, for one account; `trial` is for what killed a worker."""

    engine: EmbeddedEngine
    account: str
    trial: Trial

    @property
    def _act(self) -> Act:
        """Return who acts, and when."""
        return Act(self.account, self.engine.now, self.engine.ledger.secret)

    def check(self, found: Refused, value: bytes) -> Prepared:
        """Open an edited record as a replay will; a refusal says what is still wrong with it."""
        edited = replace(found, mended=value)
        raw = repairs.batch_of(edited, 0).records[0]
        return prepare(raw, found.place.topic, self.engine.ledger.rules, is_repair=True)

    def fix(self, found: Refused, value: bytes) -> Refusal | None:
        """Keep an edited record, unless it would be refused; then return why and keep nothing.

        Raises `NotWaiting` where the record was seen to in the meantime.
        """
        refusal = self.check(found, value).refusal
        if refusal is None and self._keep(found, value) is None:
            raise NotWaiting(found)
        return refusal

    def _keep(self, found: Refused, value: bytes) -> Refused | None:
        """Keep an edited record."""
        return repairs.keep_fix(self.engine.ledger.session, found.id, value, self._act)

    def replay(self, quarantine_id: int) -> Replayed | None:
        """Work a record through; None where there is no such record, and raises `WorldDown`."""
        session = self.engine.ledger.session
        positions.begin(session, repairs.PLACE, 0, self.engine.now)
        found = find(session, quarantine_id)
        has_died = found is not None and self._dies_of(found)

        def apply(batch: Batch) -> Ended:
            """Apply the record, unless it is known to kill."""
            if has_died:
                refusal = Refusal(RefusalCode.KILLED_THE_WORKER, DIED)
                return repairs.refused_again(batch, refusal)
            return self._applied(batch)

        return repairs.replay(session, quarantine_id, self._act, apply)

    def _dies_of(self, found: Refused) -> bool:
        """Try a record that killed a worker in a child process, and answer whether that died."""
        if found.code != RefusalCode.KILLED_THE_WORKER or found.state not in WAITING:
            return False
        at = positions.next_offset(self.engine.ledger.session, repairs.PLACE) or 0
        return not self.trial(repairs.batch_of(found, at))

    def _applied(self, batch: Batch) -> Ended:
        """Apply one record; what a rule raises is its refusal as ours."""
        if self.engine.ledger.rules.register.of_feed(batch.feed or "") is None:
            words = f"{batch.feed} is not in the agency register; operations must enter it again"
            return repairs.refused_again(batch, Refusal(RefusalCode.NOT_GRANTED, words))
        try:
            return self.engine.apply(batch).ended[0]
        except (WorldDown, positions.PositionMoved):
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours: kept with its place
            words = f"{type(error).__name__} in Switchboard, while it was replayed"
            refusal = Refusal(RefusalCode.DEFECT, words, detail=where_it_failed(error))
            return repairs.refused_again(batch, refusal)

    def close(self, quarantine_id: int, reason: str) -> Refused | None:
        """Close a record that nobody will mend; return it as it stood before."""
        return repairs.close(self.engine.ledger.session, quarantine_id, reason, self._act)
