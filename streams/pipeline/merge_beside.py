"""Two open notices about one matter that one officer has since two people became one.

Each rests on its own events, has its own duties and its own answers, and goes back with them when
the two are parted; so neither is folded into the other. The later one says that the earlier exists.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from streams.domain.notices import Action, Move, Notice, after, stepped
from streams.domain.passage import Note, Told
from streams.domain.shown import told_as
from streams.pipeline.carrying import Moment

BESIDE: Final = "The same matter is in notice {first} too: read them together, and answer each."
ONE_PERSON: Final = "two people have become one, and this matter was told of each"
NO_LONGER: Final = "the two are not one person, and the other notice is about the other"


def say_what_is_beside(person_id: UUID, before: Mapping[UUID, Notice], moment: Moment) -> None:
    """Let each open notice say that an earlier one of its matter has come to its recipient.

    `before` are the notices as they were: those that were of one person stand as they did.
    """
    work = moment.work
    firsts: dict[tuple[str, ...], Notice] = {}
    mine = (each for each in work.notices_about(person_id) if each.waits and each.id in before)
    for notice in sorted(mine, key=lambda each: (each.raised_at, each.id)):
        first = firsts.setdefault(told_as(notice), notice)
        if before[first.id].person_id != before[notice.id].person_id:
            _add(notice, Action(BESIDE.format(first=first.id)), moment)


def say_no_longer(moved: Mapping[UUID, tuple[Notice, Notice]], moment: Moment) -> None:
    """Take what was said so from notices that wait still and were touched since; each is alone now.

    `moved` has each as it was before the merge and as it was after it.
    """
    for each, (was, then) in sorted(moved.items()):
        notice = moment.work.notices.get(each)
        said = frozenset(then.actions) - frozenset(was.actions)
        if notice is None or not notice.waits or said.isdisjoint(notice.actions):
            continue
        left = tuple(action for action in notice.actions if action not in said)
        whole = notice.whole
        if whole is not None:
            rest = tuple(action for action in whole.actions if action not in said)
            whole = replace(whole, actions=rest)
        _keep(replace(notice, actions=left, whole=whole), NO_LONGER, moment)


def _add(notice: Notice, action: Action, moment: Moment) -> None:
    """Add one thing to what a notice asks for, also in what is kept aside of it."""
    whole = notice.whole
    if whole is not None:
        whole = replace(whole, actions=(*whole.actions, action))
    added = replace(notice, actions=(*notice.actions, action), whole=whole)
    _keep(added, ONE_PERSON, moment)


def _keep(notice: Notice, because: str, moment: Moment) -> None:
    """Bring a notice up to date in its recipient's list; by when it must be answered stands."""
    state = after(notice.state, Move.UPDATE) or notice.state
    told = replace(stepped(notice, state), updates=notice.updates + 1)
    moment.work.keep_told(moment.seq, Told(told, Move.UPDATE, Note(because)))
