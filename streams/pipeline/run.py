"""The way of an event: a batch and what the ledger had loaded, to what the ledger must write.

Pure: the clock is an argument, ids are derived, nothing is read or logged. The same function runs
live, in replay, in the demo and in every test. Events are taken in the order in which the ledger
admits them, each seeing the effects of those before it, so a batch of five hundred ends exactly
where five hundred batches of one would.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never
from uuid import UUID

from streams.domain import officers
from streams.domain.case_events import CASE_EVENTS
from streams.domain.cases import Case
from streams.domain.errors import Refusal, RefusalCode
from streams.domain.folding import fold
from streams.domain.instructions import (
    CaseView,
    FactKind,
    Flow,
    Record,
)
from streams.domain.matching import Matched, Possible
from streams.domain.notices import Move
from streams.domain.passage import (
    Folded,
    Identity,
    Looked,
    Opened,
    Repeated,
    Scene,
    Seen,
)
from streams.domain.records import PersonEvent
from streams.domain.sealing import may_be_sealed
from streams.pipeline.audited import audit_body
from streams.pipeline.carrying import Moment, carry_out
from streams.pipeline.doubting import doubted
from streams.pipeline.handing import WENT_ON, change_back, change_hands
from streams.pipeline.held import HELD_RULE, hold
from streams.pipeline.learning import learn
from streams.pipeline.seeking import is_scored, seek, teaches_more
from streams.pipeline.undo import undo
from streams.pipeline.values import Disposition, Ended, Loaded, Prepared, Rules
from streams.pipeline.work import Work, begin
from streams.stages.admit import NOT_SEEN, admit
from streams.stages.decide import decide
from streams.stages.identify import identify, in_doubt, why_nobody

NO_RETRACTION = (
    "meta.retracts: an event of the directory cannot be retracted; whoever keeps the directory"
    " must send what holds instead, with the instant from which it does"
)
FACTS_MAX = 200
"""Assumed: no rule looks back on more facts about one person; the newest admitted are kept."""


def run(
    batch: Sequence[Prepared],
    loaded: Loaded,
    rules: Rules,
    *,
    raised_at: datetime,
    seqs: Sequence[int],
) -> Work:
    """Work through a batch in order; `seqs` has one ledger number for each record."""
    work = begin(loaded)
    for prepared, seq in zip(batch, seqs, strict=True):
        told_before = len(work.told)
        origin = prepared.raw.origin
        at = raised_at if origin is None else origin.worked_at
        ended = _one(prepared, Moment(work, rules, at, seq, prepared.opened))
        work.ended.append(ended)
        work.audit_bodies.append(audit_body(ended, [told for _, told in work.told[told_before:]]))
    return work


def _one(prepared: Prepared, moment: Moment) -> Ended:
    """Take one record to its end."""
    opened = prepared.opened
    if opened is None:
        return _quarantined(prepared, prepared.refusal)
    admitted = admit(opened, moment.work.seen.get(opened.key, NOT_SEEN))
    match admitted:
        case Refusal():
            return _quarantined(prepared, admitted)
        case Repeated():
            return Ended(prepared, None, "the same event again")
        case Opened():
            return _admitted(prepared, admitted, moment)
        case _:
            assert_never(admitted)


def _quarantined(prepared: Prepared, refusal: Refusal | None) -> Ended:
    """End a record in quarantine, with the reason that its owner can act on."""
    words = refusal.words if refusal else "refused without a reason"
    return Ended(prepared, Disposition.QUARANTINED, words, refusal=refusal)


def _admitted(prepared: Prepared, opened: Opened, moment: Moment) -> Ended:
    """Claim the event's id, undo what it retracts or corrects, and see who it is about."""
    work, seq = moment.work, moment.seq
    seen = work.seen.get(opened.key, NOT_SEEN)
    if prepared.looked is None and opened.event.meta.retracts is not None:
        return _quarantined(prepared, Refusal(RefusalCode.INVALID_VALUE, NO_RETRACTION))
    work.seen[opened.key] = Seen(seen.contents | {opened.content})
    if prepared.looked is None:
        work.directory = officers.apply(work.directory, opened.event, seq)
        work.directory_events.append((seq, opened.event))
        return Ended(prepared, Disposition.RECORDED, "kept in the directory", seq)
    were = undo(opened, work, seq)
    if opened.key in work.retracted and not seen.contents:
        change_back(were, moment)
        words = "its publisher had taken it back before it came; nobody is told"
        return Ended(prepared, Disposition.RECORDED, words, seq, keeps_content=False)
    if opened.event.meta.retracts is not None:
        change_back(were, moment)
        return _retracting(prepared, opened, prepared.looked, moment)
    identity = _identified(opened, prepared.looked, moment)
    person_id = identity.person_id
    change_back([was for was in were if was.person_id != person_id], moment)
    if person_id is None:
        return _nobody(prepared, opened, identity, moment)
    # Whoever a correction leaves the person with is not somebody's for a moment in between.
    before = next((was for was in were if was.person_id == person_id), None)
    return _decided(prepared, opened, person_id, moment, before=before)


def _retracting(prepared: Prepared, opened: Opened, looked: Looked, moment: Moment) -> Ended:
    """Record a retraction, whose effect is done: it makes, teaches and tells nothing else."""
    identity = sought(opened, looked, moment.work)
    person_id = None if identity.created else identity.person_id
    words = "takes back what was told before; nothing else is decided"
    keeps = person_id is not None
    return Ended(prepared, Disposition.RECORDED, words, moment.seq, person_id, keeps_content=keeps)


def sought(opened: Opened, looked: Looked, work: Work) -> Identity:
    """Decide who an event is about, without keeping anything of it."""
    found = {key: work.found.get(key, frozenset()) for key in looked.keys}
    identity = identify(opened, looked, found, work.known)
    if isinstance(identity.decision, Matched):
        known = found, work.known.get(identity.decision.person_id), work.alike
        doubt = doubted(opened, looked, identity.decision, known)
        if doubt is not None:
            identity = in_doubt(opened, looked, found, doubt)
    return seek(opened, looked, identity, work.alike)


def _identified(opened: Opened, looked: Looked, moment: Moment) -> Identity:
    """Decide who an event is about, and keep what case management taught on the way."""
    identity = sought(opened, looked, moment.work)
    if identity.created or is_scored(identity):
        moment.work.decisions.append((moment.seq, identity))
    gives_more = teaches_more(opened, looked, identity, moment.work)
    learn(identity, looked, moment.work, moment.seq, gives_more=gives_more)
    return identity


def _nobody(prepared: Prepared, opened: Opened, identity: Identity, moment: Moment) -> Ended:
    """Hold an event whose person is not certain, or record it as nobody's, without its content."""
    work, decision = moment.work, identity.decision
    words = why_nobody(identity, opened.agency)
    work.decisions.append((moment.seq, identity))
    if isinstance(decision, Possible):
        hold(opened, decision, moment, words=words, seq=moment.seq)
        return Ended(prepared, Disposition.HELD, words, moment.seq)
    seals = prepared.looked is not None and may_be_sealed(opened, prepared.looked)
    ended = Disposition.RECORDED
    return Ended(prepared, ended, words, moment.seq, keeps_content=False, seals=seals)


def _decided(
    prepared: Prepared,
    opened: Opened,
    person_id: UUID,
    moment: Moment,
    *,
    before: Case | None = None,
) -> Ended:
    """Fold the event into the case, ask its flow, and carry out what the flow says.

    `before` is the case as it was before the event undid a part of it.
    """
    work, event = moment.work, opened.event
    if not isinstance(event, PersonEvent):
        message = f"{opened.type} was looked up and is about nobody"
        raise TypeError(message)
    left = work.cases[person_id]
    case = fold(left, event, moment.seq)
    if case is not left:
        work.cases[person_id] = case
        work.changed_cases.add(person_id)
    if person_id in work.histories and opened.type in CASE_EVENTS:
        work.histories[person_id].append(Folded(moment.seq, opened.key, event))
    told = change_hands(before or left, case, moment)
    recorded: list[str] = []
    for flow in prepared.flows or (None,):
        view = view_of(case, flow, prepared, opened.happened_at, work=work)
        instructions = decide(flow, event, view, moment.raised_at)
        rule = (flow.name, flow.version) if flow else HELD_RULE
        scene = _scene(opened, case, moment, rule)
        told += [each for i in instructions for each in carry_out(i, scene, case, moment)]
        recorded += [i.because for i in instructions if isinstance(i, Record)]
    moved = (WENT_ON if t.move is Move.HAND_OVER else t.notice.type for t in told)
    because = moved if told else recorded
    disposition = Disposition.ROUTED if told else Disposition.RECORDED
    words = "; ".join(dict.fromkeys((*because, *cut_from(left, case))))
    return Ended(prepared, disposition, words, moment.seq, person_id)


def cut_from(before: Case, case: Case) -> tuple[str, ...]:
    """Say how many entries were left out of a case that was full."""
    count = case.left_out - before.left_out
    return (f"the case was full: {count} older entries were left out of it",) if count else ()


def view_of(
    case: Case, flow: Flow | None, prepared: Prepared, happened_at: datetime, *, work: Work
) -> CaseView:
    """Gather what a flow may see: its facts about the person, and the parties to the matter."""
    if flow is None or not flow.fact_kinds:
        return CaseView(case, happened_at)
    mine = [f for f in work.facts_of_person[case.person_id] if f.kind in flow.fact_kinds]
    parties = {
        fact.person_id: None
        for fact in (work.facts_of_matter[prepared.matter] if prepared.matter else ())
        if fact.kind is FactKind.CALLOUT_PARTY and fact.person_id != case.person_id
    }
    known = tuple(work.cases[person] for person in parties if person in work.cases)
    whole = prepared.opened is not None and prepared.opened.type in flow.whole_case
    duties = work.duties_about(case.person_id)
    return CaseView(
        case,
        happened_at,
        tuple(mine[-FACTS_MAX:]),
        known,
        tuple(each for each in duties if whole or each.matter in prepared.matters),
        tuple(work.notices_about(case.person_id)) if whole else (),
    )


def _scene(opened: Opened, case: Case | None, moment: Moment, rule: tuple[str, int]) -> Scene:
    """Bring together what everything that comes of one event has in common."""
    rules = moment.rules
    return Scene(opened, case, rule, moment.raised_at, rules.calendar, rules.contracted)
