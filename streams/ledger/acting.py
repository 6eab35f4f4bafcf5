"""Acts of one writer, in one transaction: chain, locks, pipeline, effects, audit.

A writer is whoever writes to one chain of the audit: the clock, or the desk. Its transactions take
turns, by a lock on the chain that stands where a worker locks a position. So the order of a chain
is the order of its acts' numbers, two clocks are as good as one, and a replay ends with the same
hash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from streams.domain.acts import Act, kind_of, to_bytes
from streams.domain.merge_acts import PeopleMerged, PeopleUnmerged
from streams.domain.passage import Told
from streams.ledger import tables
from streams.ledger.audits import save_audit
from streams.ledger.blockers import end_frozen
from streams.ledger.collector import resting
from streams.ledger.connection import LOCK_NOT_HAD, Session, WorldDown, world
from streams.ledger.copying import copy
from streams.ledger.directories import DirectoryCache
from streams.ledger.held_before import HeldBefore
from streams.ledger.load import Keys
from streams.ledger.load_acts import load_for
from streams.ledger.load_binding import Needs, load_binding
from streams.ledger.load_merging import load_merging
from streams.ledger.receipts import save_changed_receipts
from streams.ledger.save import save_cases, save_follow_up
from streams.ledger.save_binding import leave_no_keys, save_binding
from streams.ledger.save_merging import move_back, save_merges
from streams.ledger.sealed import note_people
from streams.ledger.transaction import RETRIES_MAX, Step, next_numbers, no_step
from streams.ledger.unsealing import SealedStore, Store, close_sealed, put_back
from streams.pipeline import Loaded, Rules, Work
from streams.pipeline.acting import act as act_on

CLOCK_CHAIN: Final = "clock"
DESK_CHAIN: Final = "desk"
"""Chains of acts, and of nothing but acts, since a replay writes them again from the acts."""
CHAIN_LOCK: Final = 7_160_023
"""First key of the chains' advisory locks; any number that nothing else uses."""
STEPS: Final = ("begun", "loaded", "decided", "written", "committed")
"""The named steps of the transaction, in order; `committed` is after the commit."""


def lock_chain(session: Session, chain: str) -> None:
    """Wait for this transaction's turn among the writers of a chain."""
    session.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (CHAIN_LOCK, chain))


@dataclass(frozen=True, slots=True)
class Acted:
    """The acts that still applied, with their numbers, and what anybody was told of them.

    `refused` says why an officer's answer was not taken.
    """

    acts: tuple[tuple[int, Act], ...] = ()
    told: tuple[Told, ...] = ()
    refused: tuple[str, ...] = ()


def _is_alone(act: Act) -> bool:
    """Answer whether an act needs a transaction of its own: what it rests on is loaded whole."""
    return bool(act.touched.events) or isinstance(act, PeopleMerged | PeopleUnmerged)


@dataclass(slots=True)
class Actor:
    """One session with the ledger for the acts of one chain; `step` is for tests.

    `erased_since` is what a replay knows of events whose content its log has no more.
    """

    session: Session
    rules: Rules
    chain: str
    step: Step = no_step
    url: str | None = None
    directory: DirectoryCache = field(default_factory=DirectoryCache)
    store: Store = field(default_factory=SealedStore)
    secret: bytes = b""
    erased_since: Mapping[int, HeldBefore] = field(default_factory=dict)

    def act(self, acts: Sequence[Act], at: datetime, *, seqs: Sequence[int] | None = None) -> Acted:
        """Do acts at an instant, all or none; what no longer applies is left out.

        `seqs` gives the ledger numbers, which only a replay knows beforehand. Raises `WorldDown`
        (try again later) or whatever a defect raises; in both cases nothing was committed. Acts
        that must be alone are done one after the other, each in a transaction of its own.
        """
        if len(acts) > 1 and any(map(_is_alone, acts)):
            return self._in_turn(acts, at, seqs)
        for left in reversed(range(RETRIES_MAX)):
            try:
                return self._act(acts, at, seqs)
            except WorldDown as down:
                if not (down.is_to_be_retried and left):
                    raise
                if down.sqlstate == LOCK_NOT_HAD and self.url:
                    end_frozen(self.url, self.chain)
        raise AssertionError  # pragma: no cover - the loop returns or raises

    def _in_turn(self, acts: Sequence[Act], at: datetime, seqs: Sequence[int] | None) -> Acted:
        """Do acts one after the other."""
        done = Acted()
        for place, each in enumerate(acts):
            one = self.act([each], at, seqs=None if seqs is None else [seqs[place]])
            refused = (*done.refused, *one.refused)
            done = Acted((*done.acts, *one.acts), (*done.told, *one.told), refused)
        return done

    def _act(self, acts: Sequence[Act], at: datetime, seqs: Sequence[int] | None) -> Acted:
        """Run the transaction once."""
        with world(), resting():
            with self.session.transaction():
                work = self._inside(acts, at, seqs)
            self.step("committed")
        refused = tuple(words for _, words in work.refused)
        return Acted(tuple(work.acted), tuple(told for _, told in work.told), refused)

    def _inside(self, acts: Sequence[Act], at: datetime, seqs: Sequence[int] | None) -> Work:
        """Do everything that one commit makes true."""
        session = self.session
        lock_chain(session, self.chain)
        self.step("begun")
        acts, asked = put_back(self.store, session, acts, self.directory), acts
        loaded, keys = self._loaded(acts)
        self.step("loaded")
        numbers = next_numbers(session, len(acts)) if seqs is None else seqs
        work = act_on(acts, loaded, self.rules, at=at, seqs=numbers)
        self.step("decided")
        if work.acted:
            if seqs is None:
                # A replay answers nobody again.
                self._answer_agencies(work, at)
            self._write(work, keys, at)
        else:
            leave_no_keys(session, keys)
        close_sealed(session, asked, work.acted, at)
        if work.acted:
            self.step("written")
        return work

    def _loaded(self, acts: Sequence[Act]) -> tuple[Loaded, Keys | None]:
        """Load what acts need to know; an act upon two people, or upon an event, comes alone."""
        session, first = self.session, acts[0] if acts else None
        needs = Needs(self.directory, self.rules, self.secret, self.erased_since)
        if isinstance(first, PeopleMerged | PeopleUnmerged):
            return load_merging(session, first, needs)
        if first is not None and first.touched.events:
            return load_binding(session, acts, needs)
        return load_for(session, acts, self.directory, self.rules), None

    def _answer_agencies(self, work: Work, at: datetime) -> None:
        """Tell agencies of their events that end otherwise now; such an act comes alone."""
        register, act_seq = self.rules.register, work.acted[0][0]
        save_changed_receipts(self.session, work.ended, register, act_seq=act_seq, at=at)

    def _write(self, work: Work, keys: Keys | None, at: datetime) -> None:
        """Write what acts did, in the order of the locks."""
        rows = [(seq, at, self.chain, kind_of(act), to_bytes(act)) for seq, act in work.acted]
        copy(self.session, tables.act, rows)
        move_back(self.session, work)
        save_binding(self.session, work, keys, at)
        save_cases(self.session, work)
        save_follow_up(self.session, work, at)
        save_merges(self.session, work, at, secret=self.secret, scorer=self.rules.scorer)
        note_people(self.session, work)
        save_audit(self.session, self.chain, work.audit_bodies, at)
