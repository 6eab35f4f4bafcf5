"""One review as whoever decides it reads it: whom the agency names beside all who may be meant.

Nothing of what happened is shown, only whom it may have happened to.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from rich import box
from rich.table import Table
from rich.text import Text

from streams.cli._common import utc_now
from streams.cli._output import clean, fitting, local
from streams.cli._score_shown import score_document
from streams.domain.portraits import Portrait
from streams.domain.scoring.words import DECISION_WORDS, explain
from streams.ledger.connection import Session
from streams.ledger.queries_names import officers_named, people_named
from streams.ledger.queries_reviews import CandidateShown, ReviewShownWhole
from streams.ledger.reading import Row
from streams.pipeline.binding import age

TABLE_WIDTH: Final = 118
WITHHELD: Final = "kept from your provider; ask "
NOTHING: Final = "not given"
KINDS: Final = {
    "joined": "said that it is about",
    "rejected": "said that it is about",
    "overridden": "said instead that it is about",
    "bound": "found that it is about",
}
"""What was decided, by its kind; whom it is about then follows."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a reader calls the officers and the people of a review."""

    officers: Mapping[str, str]
    people: Mapping[UUID | None, str]


def names_in(session: Session, whole: ReviewShownWhole) -> Names:
    """Return what a reader calls everybody whom a review names."""
    officers = {each["decided_by"] for each in whole.decisions} | {whole.row["officer"]}
    people = {each["person_id"] for each in whole.decisions} | {whole.row["person_id"]}
    return Names(officers_named(session, officers), people_named(session, people))


def in_words(event_type: str) -> str:
    """Say what kind of event it is, without where its schema lies."""
    name = event_type.rpartition(".v")[0] or event_type
    return name.rpartition(".")[2].replace("_", " ")


def how_to_change(row: Row) -> str:
    """Say how whoever disagrees with a decision says so."""
    instead = f" --instead-of {row['decided_by']}" if row["decided_by"] else ""
    return (
        f"To change it: switchboard identity override {row['event_seq']} --person CRN|--nobody"
        f"{instead} --by OFFICER --reason WHY"
    )


def listed(row: Row, now: datetime) -> dict[str, Any]:
    """Return one review as a program reads it."""
    waits = row["state"] == "waiting"
    held = now - row["held_since"]
    overdue = waits and row["due_at"] <= now
    return {**row, "overdue": overdue, "waited_seconds": int(held.total_seconds())}


def head(whole: ReviewShownWhole, names: Names) -> Iterator[str]:
    """Yield what the event is, since when it waits, for whom, and why."""
    row, now = whole.row, utc_now()
    what = in_words(row["type"])
    yield f"Event {row['event_seq']}: {what} of {whole.agency.name} ({row['event_id']})"
    yield f"  happened {local(row['happened_at'])}"
    if row["state"] == "waiting":
        yield f"  held since {local(row['held_since'])}: {age(now - row['held_since'])}"
        over = " OVERDUE" if row["due_at"] <= now else ""
        urgent = " (it is immediate)" if row["is_immediate"] else ""
        yield f"  decide by {local(row['due_at'])}{urgent}{over}"
        who = names.officers.get(row["officer"], "nobody")
        yield f"  with {who}, {row['provider']}, {str(row['notice_state']).replace('_', ' ')}"
    if whole.why:
        yield f"  {whole.why}"
    for each in whole.decisions:
        yield from _decided(each, names)
    if row["state"] not in {"waiting", "taken_back"}:
        yield f"  so it is about {names.people[row['person_id']]} now"


def _decided(decision: Row, names: Names) -> Iterator[str]:
    """Yield what somebody decided, or would have, and why it was not taken."""
    who = names.officers.get(decision["decided_by"], "Switchboard")
    about = names.people[decision["person_id"]]
    yield f"  {local(decision['at'])}: {who} {KINDS[decision['kind']]} {about}"
    yield f"    because: {decision['reason']}"
    if decision["refused"]:
        yield f"    NOT TAKEN: {decision['refused']}"


def side_by_side(whole: ReviewShownWhole) -> Table:
    """Lay what the agency says beside what is known of everybody who may be meant."""
    table = Table(box=box.ASCII2, width=fitting(TABLE_WIDTH))
    table.add_column("")
    table.add_column(Text(clean(whole.agency.name)), overflow="fold")
    for number, each in enumerate(whole.candidates, 1):
        table.add_column(Text(f"{number}: {each.crn or 'without a CRN'}"), overflow="fold")
    kept = f"{WITHHELD}{whole.agency.contact}"
    said = _cells(whole.said) if whole.said is not None else dict.fromkeys(_cells(Portrait()), kept)
    theirs = [_cells(each.said) for each in whole.candidates]
    for name, cell in said.items():
        texts = (cell, *(each[name] for each in theirs))
        table.add_row(Text(name), *(Text(clean(text)) for text in texts))
    scores = (_verdict(each) for each in whole.candidates)
    table.add_row(Text("How alike"), Text(""), *(Text(text) for text in scores))
    return table


def _cells(said: Portrait) -> dict[str, str]:
    """Return what is said of somebody, by what it is, each thing on a line of its own."""
    names = (" ".join(filter(None, (n.given, n.middle, n.family))) for n in said.names)
    homes = (", ".join(filter(None, (*home.lines, home.postcode))) for home in said.homes)
    ids = (text.partition(":") for text in said.identifiers)
    return {
        "Names": "\n".join(names) or NOTHING,
        "Born": "\n".join(f"{date.fromisoformat(b):%d %b %Y}" for b in said.births) or NOTHING,
        "Addresses": "\n".join(homes) or NOTHING,
        "Identifiers": "\n".join(f"{kind.upper()} {value}" for kind, _, value in ids) or NOTHING,
    }


def _verdict(candidate: CandidateShown) -> str:
    """Say how alike somebody is, in a few words."""
    if candidate.score is None:
        return "cannot be compared"
    return f"by score {DECISION_WORDS[candidate.score.decision]}, {candidate.score.bits:+.1f} bits"


def explained(whole: ReviewShownWhole) -> Iterator[str]:
    """Yield why each is as alike as they are, field by field, and how to decide."""
    for number, each in enumerate(whole.candidates, 1):
        yield f"{number}: {each.crn or 'without a CRN'}, person {each.person_id}"
        for sentence in explain(each.score) if each.score is not None else ():
            yield f"  {sentence}"
    if whole.row["state"] == "waiting":
        seq = whole.row["event_seq"]
        yield f"Decide: switchboard identity review decide {seq} --person CRN|--none --by OFFICER"
        yield "  --reason WHY"
    elif whole.row["state"] != "taken_back":
        yield how_to_change(whole.row)


def document(whole: ReviewShownWhole) -> dict[str, Any]:
    """Return a review with its candidates as a program reads it."""
    return {
        **listed(whole.row, utc_now()),
        "agency": whole.agency.name,
        "why": whole.why,
        "said": None if whole.said is None else _cells(whole.said),
        "withheld": whole.said is None,
        "contact": whole.agency.contact,
        "candidates": [_candidate(each) for each in whole.candidates],
        "decisions": [dict(each) for each in whole.decisions],
    }


def _candidate(candidate: CandidateShown) -> dict[str, Any]:
    """Return one candidate as a program reads it."""
    compared = {} if candidate.score is None else score_document(candidate.score)
    about = {"person_id": candidate.person_id, "crn": candidate.crn}
    return {**about, "said": _cells(candidate.said), **compared}
