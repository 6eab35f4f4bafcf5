"""`switchboard explain ID`: one event end to end, from the broker to whoever was told."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from streams.cli._common import answer_no, reader, settings_with
from streams.cli._explain_review import review_lines
from streams.cli._output import Json, clean, counted, emit, local, say, warn
from streams.cli._words import SEALED_ENDS
from streams.engines.wiring import rules_named, secret_of
from streams.ledger.queries_ids import PART_CHARS_MIN, STORIES_MAX, stories_of
from streams.ledger.queries_story import Story, Teller

Line = tuple[int, str]
"""How deep a line is, and what it says."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(explain)


def explain(
    given: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A notice id, an event's id or a part of it (a hearing id), a ledger number, "
            "Q12 for quarantine id 12, or topic[partition]@offset.",
        ),
    ],
    *,
    as_json: Json = False,
) -> None:
    """Tell what became of one event: received, matched, routed, told, and by which rule."""
    settings = settings_with()
    with reader(settings) as session:
        teller = Teller(session, rules_named(settings.rules), secret_of(settings))
        found = stories_of(teller, given.strip())
    if not found.stories:
        answer_no(
            f"nothing is known by {clean(given)!r}: it is no notice, event id (or part of one, "
            f"at least {PART_CHARS_MIN} characters), ledger number, quarantine id or place. "
            "An event that was sent and is not known is still in Kafka (`switchboard status`)."
        )
    for number, story in enumerate(found.stories):
        if as_json:
            emit(story)
        else:
            say("" if number else f"{counted(len(found.stories), 'story', 'stories')}.")
            for depth, line in told(story):
                say("  " * depth + line, "" if depth else "bold")
    if found.more:
        warn(f"there are more; the first {STORIES_MAX} were told. Give a longer part of the id.")


def told(story: Story) -> Iterator[Line]:
    """Tell a story line by line."""
    if story["story"] == "act":
        yield 0, f"{_plain(story['kind'])}, number {story['seq']} of the ledger, {story['chain']}"
        yield 1, f"done {local(story['at'])}; no event said it"
        for notice in story["told"]:
            yield from _notice(notice)
        return
    event = story.get("event_id") or story.get("claimed_id") or "a record without a readable id"
    sender = f" of {story['publisher']}" if story.get("publisher") else ""
    yield 0, f"{event}{sender} ({story.get('type') or 'no readable type'})"
    yield from _received(story)
    yield from _ended(story)
    yield from _sealed(story.get("sealed"))
    yield from _about(story.get("about"), story["because"])
    yield from _merged(story.get("merged", ()))
    yield from review_lines(story.get("review"), _notice)
    for holder in story.get("responsible", ()):
        who = holder["officer"] or f"nobody yet (team {holder['team'] or 'not named'})"
        role = _plain(holder["role"])
        yield 1, f"{role} then: {who}, {holder['provider']}, since {local(holder['since'])}"
    for notice in story.get("told", ()):
        yield from _notice(notice)
    for duty in story.get("duties", ()):
        due = f"due {local(duty['due_at'])}, {duty['state']}"
        yield 1, f"duty of {duty['owner']}: {duty['what']} {due}"
    yield from _relations(story)
    yield from _audit(story)


def _received(story: Story) -> Iterator[Line]:
    """Say where and when it came in."""
    came = story["received"]
    place = f"{came['topic']}[{came['partition']}]@{came['offset']}"
    if "broker_at" in came:
        yield 1, f"received at {place}, {local(came['broker_at'])} by the broker's clock"
    else:
        yield 1, f"received at {place}"
    yield 1, f"worked through {local(came['worked_at'])}"
    if "happened_at" in came:
        yield 1, f"happened {local(came['happened_at'])}"
    repaired = story.get("repaired")
    if repaired is not None:
        place = f"{repaired['topic']}[{repaired['partition']}]@{repaired['offset']}"
        yield 1, f"LATE: refused first as Q{repaired['quarantine_id']} at {place}"
        yield 2, f"as {repaired['code']}; repaired {local(repaired['at'])} by {repaired['account']}"
    elif came.get("late"):
        yield 1, "LATE: the agency sent it more than a day after it happened"
    if came.get("suspect_time"):
        yield 1, "TIME IN DOUBT: the agency's time cannot be right; the broker's is used"


def _ended(story: Story) -> Iterator[Line]:
    """Say how it ended and why."""
    if story["story"] != "quarantine":
        number = f", number {story['seq']} of the ledger" if "seq" in story else ""
        yield 1, f"ended: {story['ended'].upper()}{number}: {story['because']}"
        return
    yield 1, f"REFUSED and quarantined as Q{story['quarantine_id']}, {story['code']}"
    yield 2, story["because"]
    move = "ours: a defect of Switchboard" if story["is_ours"] else f"that of {story['owner']}"
    yield 2, f"whose move it is: {move}; state {story['state']}"
    for done in story["repairs"]:
        what = done["action"].replace("_", " ")
        yield 2, f"{what} {local(done['at'])} by {done['account']}: {done['words']}"
    for later in story["admitted_under_this_id"]:
        yield 2, f"this id was admitted as number {later['seq']} ({later['disposition']})"


def _sealed(sealed: dict[str, Any] | None) -> Iterator[Line]:
    """Say that what it said is sealed, or what became of that."""
    if sealed is None:
        return
    if sealed["ended"] is None:
        yield 1, f"what it said is sealed, since {local(sealed['came_at'])}; nobody can read it"
    else:
        became = SEALED_ENDS[sealed["ended"]]
        yield 1, f"what it said was sealed until {local(sealed['ended_at'])}: {became}"


def _merged(merges: Iterable[dict[str, Any]]) -> Iterator[Line]:
    """Say which merges its person has gone through since."""
    for each in merges:
        undone = f", undone by act {each['undone_seq']}" if each["undone_seq"] else ""
        yield 2, f"of person {each['gone']} until act {each['seq']} merged them{undone}"


def _about(about: dict[str, Any] | None, said: str) -> Iterator[Line]:
    """Say who it was about, by kinds of identifier."""
    if about is None:
        return
    who = f"CRN {about['crn']}" if about.get("crn") else "a person without a CRN"
    by = f" by {', '.join(_plain(kind) for kind in about['by'])}" if about.get("by") else ""
    match about["decision"]:
        case "nobody":
            yield 1, "about: nobody"
        case "matched":
            yield 1, f"about: {who} (person {about['person_id']}), matched{by}"
        case "decided_since":
            yield 1, f"about: {who} (person {about['person_id']}), decided since it came"
        case "created":
            yield 1, f"about: {who} (person {about['person_id']}), who begins here, known{by}"
        case "possible":
            yield 1, f"about: not certain, {counted(about['candidates'], 'candidate')}"
        case _:
            yield 1, "about: nobody we know; its content was not kept"
    if not said.startswith(about.get("words", said)):
        yield 2, about["words"]


def _notice(notice: dict[str, Any]) -> Iterator[Line]:
    """Say who was told as what and why, what followed, and where it is on its way out."""
    move = _plain(notice["move"] or "told")
    yield 1, f"{move} notice {notice['notice_id']} ({notice['type']}), rule {notice['rule']}"
    for condition in notice["handling_conditions"]:
        yield 2, f"HANDLING: {_plain(condition.value).upper()}"
    recipient = f"{notice['recipient']}, {notice['provider']}"
    yield 2, f"to {recipient}, reached as {_plain(notice['reached_as'])}"
    if notice["why_you"]:
        yield 2, notice["why_you"]
    urgency, state = _plain(notice["urgency"].value), _plain(notice["state"].value)
    now = state if notice["why_you"] else f"{state}, with {notice['with_officer']}"
    yield 2, f"{urgency}, acknowledge by {local(notice['due_at'])}; now {now}"
    for step in notice["steps"]:
        by = f" by {step['answered_by']}" if step["answered_by"] else ""
        to = f" to {step['to_officer']}" if step["to_officer"] else ""
        because = f": {step['because']}" if step["because"] else ""
        moved = f"step {step['step']}: {_plain(step['move'])}{by}{to}"
        yield 3, f"{moved}, {local(step['at'])}{because}"
    for out in notice["outbox"]:
        sent = f"sent {local(out['sent_at'])}" if out["sent_at"] else "waits for the relay"
        yield 3, f"outbox {out['id']} (step {out['step']}) to {out['topic']}: {sent}"


def _relations(story: Story) -> Iterator[Line]:
    """Say what it takes back or corrects, and what does so to it."""
    for how in ("retracts", "supersedes"):
        if story.get(how):
            yield 1, f"{how} event {story[how]}"
    for how in ("retracted_by", "superseded_by"):
        for other in story.get(how, ()):
            yield 1, f"{_plain(how)} event {other['event_id']} (number {other['seq']})"


def _audit(story: Story) -> Iterator[Line]:
    """Say where the audit has it, and what else it has of the same id."""
    audit = story["audit"]
    if audit is None:
        yield 1, "audit: NO ENTRY; run `switchboard ledger verify`"
    else:
        yield 1, f"audit: number {audit['number']} of chain {audit['chain']}"
    for other in story.get("came_again", ()):
        yield 1, f"the same id at offset {other['offset']}, {local(other['at'])}: {other['ended']}"


def _plain(code: object) -> str:
    """Read a code as words."""
    return str(code).replace("_", " ")
