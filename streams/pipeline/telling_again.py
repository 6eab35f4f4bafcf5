"""Tell again what is left of a notice of which a part was about somebody else.

A notice of one matter shows what came last of it. Where one of the events that it rests on turns
out to be about somebody else, its recipient must not go on reading that: the whole is withdrawn,
and what the other events say is told anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from msgspec.structs import replace

from streams.domain.notices import Move, Notice, NoticeState, after, stepped
from streams.domain.passage import Note, Source, Told
from streams.domain.shown import real_type
from streams.pipeline.carrying import Moment
from streams.pipeline.values import Admitted


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be told again: which kind of notice of which matter, about whom, and by what."""

    notice: str
    matter: str
    person_id: UUID
    left: tuple[Admitted, ...]


def take_shared_back(source: Source, moment: Moment, words: str) -> list[Again]:
    """Withdraw the notices that rest on an event and on others; return what to tell again.

    One of whose other events cannot be read again stays, less this event.
    """
    again: list[Again] = []
    for notice in sorted(moment.work.resting_on(source), key=lambda notice: notice.id):
        others = tuple(each for each in notice.sources if each != source)
        left = _readable(others, notice, moment)
        if notice.person_id is None or not others or len(left) < len(others):
            continue
        state = after(notice.state, Move.WITHDRAW)
        if state is None:
            continue
        gone = replace(stepped(notice, state), sources=())
        moment.work.keep_told(moment.seq, Told(gone, Move.WITHDRAW, Note(words)))
        if notice.state is not NoticeState.WITHDRAWN:
            kind = real_type(notice)
            again.append(Again(kind, notice.matter, notice.person_id, left))
    return again


def _readable(sources: Iterable[Source], notice: Notice, moment: Moment) -> tuple[Admitted, ...]:
    """Return the events of a notice that can be read again and are still about its person."""
    known = {each.opened.key: each for each in moment.work.admitted.values()}
    found = (known.get(source) for source in sources)
    return tuple(each for each in found if each and each.person_id == notice.person_id)
