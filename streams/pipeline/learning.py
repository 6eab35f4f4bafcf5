"""Keep what an event taught of its person: that they begin here, and by what they are known."""

from dataclasses import replace

from streams.domain.cases import Case
from streams.domain.passage import Identity, Looked
from streams.pipeline.seeking import recognise
from streams.pipeline.work import Work
from streams.stages.identify import merged


def learn(
    identity: Identity, looked: Looked, work: Work, seq: int, *, gives_more: bool = False
) -> None:
    """Keep what is new of a certain person; `seq` is the number of the event that taught it.

    `gives_more` says that it gave an address or a given name, whether or not there are new keys.
    """
    person_id = identity.person_id
    if person_id is None:
        return
    if identity.created:
        work.created.add(person_id)
        work.cases[person_id] = Case(person_id=person_id, crn=looked.crn)
        work.histories[person_id] = []
        work.changed_cases.add(person_id)
    for key in identity.learnt:
        work.found[key] = work.found.get(key, frozenset()) | {person_id}
        work.learnt[key] = work.found[key]
    if identity.learnt or gives_more:
        work.taught_by.add(seq)
        recognise(looked, person_id, work.alike, seq)
        work.known[person_id] = merged(work.known.get(person_id), person_id, looked.reference)
        work.changed_people.add(person_id)
        if work.cases[person_id].crn is None and looked.crn is not None:
            work.cases[person_id] = replace(work.cases[person_id], crn=looked.crn)
            work.changed_cases.add(person_id)
