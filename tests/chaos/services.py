"""What providers of programmes, laboratories and checked agencies say in the chaos county."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import world_checks as checks
import world_programmes as programmes

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from world_builder import Person, Said

OUTCOMES: Final = ("positive", "negative", "diluted", "refused", "missed")
ANSWERS: Final = ("child_protection_plan", "known", "cannot_answer", "no_trace")
LABORATORY: Final = "north-east-laboratory"
WORKERS: Final = (None, "WSW01", "OFF03")


@dataclass(frozen=True, slots=True)
class Services:
    """Draws what is said of one person; few references, so that the steps of a matter meet."""

    rng: random.Random
    person: Person
    number: int
    at: datetime

    def say(self) -> Said:
        """Say a step of a place, of a test or of a check."""
        return self.rng.choice((self._place, self._place, self._test, self._check))()

    def _of(self, kind: str, most: int) -> str:
        """Draw one of a person's few references of a kind."""
        return f"{kind}-{self.number}-{self.rng.randrange(most)}"

    def _place(self) -> Said:
        """Say a step of a place on a programme."""
        of: dict[str, Any] = {"person": self.person, "at": self.at}
        of["episode_reference"] = self._of("EP", 2)
        session, worker = f"S{self.rng.randrange(4)}", self.rng.choice(WORKERS)
        named = {"womens_safety_worker": worker}
        starts = self.at.date() + timedelta(days=self.rng.choice((2, 30)))
        makers = (
            lambda: programmes.referred(**of, start_by_on=starts),
            lambda: programmes.placed(**of, starts_on=starts),
            lambda: programmes.started(**of, **named),
            lambda: programmes.missed(session, **of, **named),
            lambda: programmes.missed(session, **of, **named),
            lambda: programmes.attended(session, **of),
            lambda: programmes.withdrawn(**of, **named),
        )
        return self.rng.choice(makers)()

    def _test(self) -> Said:
        """Say that a result is awaited, or what it is."""
        test, day = self._of("TS", 3), self.at.date()
        if self.rng.random() < 0.4:
            by = {"requested_on": day, "report_by_on": day + timedelta(days=5)}
            return programmes.expected(test, self.person, at=self.at, **by)
        outcome = self.rng.choice(OUTCOMES)
        by = self.rng.choice(("durham-recovery", LABORATORY))
        said = programmes.reported(outcome, test, of=self.person, at=self.at, test_on=day)
        return said.but(publisher=by)

    def _check(self) -> Said:
        """Ask a check of children's services, or answer it."""
        of = {"check_reference": self._of("CH", 2), "at": self.at}
        if self.rng.random() < 0.5:
            return checks.asked_by_officer(person=self.person, **of)
        return checks.replied(self.rng.choice(ANSWERS), self.person, **of)
