"""Orders to die, freeze or fail at a named step, given through files to workers that are running.

An order is a file in a folder. The first worker that takes a step claims it by renaming it, waits
until it has come to the step often enough, writes down where it was, and carries it out. Only the
chaos workers look for orders: production passes no step callback.
"""

import json
import os
import signal
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from streams.ledger.connection import WorldDown
from streams.ledger.transaction import STEPS

IN_COPY = "in_copy"
"""Rows have been written to a COPY that is not ended."""
BEFORE_OFFSETS = "before_commit"
"""Between the ledger's commit and the commit of offsets to Kafka."""
PLACES = (*STEPS[:5], IN_COPY, *STEPS[5:], BEFORE_OFFSETS)
"""Where an order may fall, in the order in which a batch passes."""
FELL = "fell.jsonl"
DEFECT_WORDS = "made by a chaos test"


class Act(StrEnum):
    """What an order has its worker do."""

    KILL = "kill"
    FREEZE = "freeze"
    WORLD_DOWN = "world_down"
    DEFECT = "defect"


class PlantedDefect(Exception):
    """The defect that a test plants."""


@dataclass(frozen=True, slots=True)
class Order:
    """Do something when a step was reached so many times after the order was taken.

    With a feed it is only its thread that counts, and that obeys.
    """

    act: Act
    step: str
    times: int = 1
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Fell:
    """Where an order was carried out: by which process, on the thread of which feed."""

    act: Act
    step: str
    pid: int
    thread: str


def give(folder: Path, number: int, order: Order) -> None:
    """Put an order where a worker finds it, whole or not at all."""
    written = folder / f"{number}.writing"
    written.write_text(json.dumps(asdict(order)))
    written.rename(folder / f"{number}.order")


def fallen(folder: Path) -> list[Fell]:
    """Return what was carried out so far."""
    file = folder / FELL
    lines = file.read_text().splitlines() if file.exists() else []
    return [Fell(**{**(told := json.loads(line)), "act": Act(told["act"])}) for line in lines]


class Obedience:
    """What a chaos worker passes as its step callback."""

    def __init__(self, folder: Path) -> None:
        """Look for orders in a folder."""
        self._folder = folder
        self._lock = threading.Lock()
        self._order: Order | None = None
        self._left = 0
        self._has_committed = False

    def at(self, step: str) -> None:
        """Pass a step, and carry out the order whose turn it is."""
        with self._lock:
            if self._is_empty_round(step):
                return
            if self._order is None:
                self._order = self._claimed()
            order = self._order
            thread = threading.current_thread().name
            if order is None or order.step != step or not thread.startswith(order.feed):
                return
            self._left -= 1
            if self._left > 0:
                return
            self._order = None
        self._carry_out(order)

    def before_commit(self) -> None:
        """Pass the gap before the offsets are committed."""
        self.at(BEFORE_OFFSETS)

    def _is_empty_round(self, step: str) -> bool:
        """Answer whether offsets are about to be committed though no batch was applied since."""
        if step == STEPS[-1]:
            self._has_committed = True
        if step != BEFORE_OFFSETS:
            return False
        empty, self._has_committed = not self._has_committed, False
        return empty

    def _claimed(self) -> Order | None:
        """Claim an order that no other worker has."""
        for path in sorted(self._folder.glob("*.order")):
            mine = path.with_suffix(f".{os.getpid()}")
            try:
                path.rename(mine)
            except FileNotFoundError:
                continue
            told = json.loads(mine.read_text())
            order = Order(**{**told, "act": Act(told["act"])})
            self._left = order.times
            return order
        return None

    def _carry_out(self, order: Order) -> None:
        """Write down where this is, in one write, and do it."""
        thread = threading.current_thread().name
        fell = Fell(order.act, order.step, os.getpid(), thread)
        file = os.open(self._folder / FELL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, f"{json.dumps(asdict(fell))}\n".encode())
        os.close(file)
        match order.act:
            case Act.KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            case Act.FREEZE:
                # Sent to the process, it may stop another thread first, and this one would go on.
                signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
            case Act.WORLD_DOWN:
                raise WorldDown(DEFECT_WORDS)
            case Act.DEFECT:
                raise PlantedDefect(DEFECT_WORDS)
