"""Whose each open notice is by rights, as the independent model of the world says it.

The model hears what agencies sent and knows nothing of the clock: it looks at a ladder as it is
now. What has climbed since nobody answered is not compared; `open_items` looks at its owner.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.simulated import REGISTER
from world_model_found import of_register
from world_model_people import Person
from world_model_staff import reached
from world_model_values import Heard

from schemas.codec import decode
from streams.ledger.load import NOTICES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from world import World
    from world_said import Said

    from streams.domain.notices import Notice
    from streams.ledger.connection import Session

OPEN = (
    "SELECT n.document, f.crn FROM notice n LEFT JOIN case_file f USING (person_id)"
    " WHERE n.state IN ('raised', 'sent', 'read', 'escalated', 'handed_over', 'reopened')"
)


@dataclass(slots=True)
class Rights:
    """The model, and whatever it has heard."""

    world: World = field(default_factory=lambda: of_register(REGISTER))

    def hear(self, said: Iterable[Said], at: datetime) -> None:
        """Let the model hear what agencies sent, each as it was taken up at an instant."""
        for each in said:
            self.world.hear(Heard(each.key[0], each.type, decode(each.value).record, at, at))

    def wrong(self, session: Session, at: datetime) -> list[str]:
        """Name every open notice that is with somebody else than whose it is by rights."""
        rows = session.execute(OPEN).fetchall()
        told = ((NOTICES.validate_json(document), crn) for document, crn in rows)
        return [
            f"{n.type} for {n.addressee} of {crn} is with {n.recipient.officer}, not {owner}"
            for n, crn in told
            if not n.climbed and (owner := self._owner(n, crn, at)) != n.recipient.officer
        ]

    def _owner(self, notice: Notice, crn: str | None, at: datetime) -> str:
        """Return whose a notice is; of what few may see of nobody in particular, who has it."""
        if notice.person_id is None and notice.restricted:
            return notice.recipient.officer
        known = {each.crn: each for each in self.world.people.everybody}
        case = self.world.case(known.get(crn, Person()), at)
        desk = notice.recipient.provider
        to = reached(self.world.staff, case, notice.addressee, desk, named=notice.meant)
        return to.officer
