"""What `explain` says of a review: with whom it waits, who decided what, and who was told then."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from streams.cli._output import local

Line = tuple[int, str]
TellNotice = Callable[[dict[str, Any]], Iterator[Line]]


def review_lines(review: Mapping[str, Any] | None, notice: TellNotice) -> Iterator[Line]:
    """Tell a review line by line; nothing where nobody was ever asked."""
    if review is None:
        return
    if review["state"] == "waiting":
        urgent = ", immediate" if review["is_immediate"] else ""
        yield 1, f"REVIEW WAITS since {local(review['held_since'])}{urgent}"
        yield (
            2,
            f"decide by {local(review['due_at'])}, with {review['officer']}, {review['provider']}",
        )
    elif review["state"] == "taken_back":
        yield 1, "its review was closed: its publisher took it back or corrected it"
    for decision in review["decisions"]:
        yield from _decision(decision, notice)
    if review["erased_at"] is not None:
        yield 1, f"what it said was erased {local(review['erased_at'])}; nothing can be decided now"


def _decision(decision: Mapping[str, Any], notice: TellNotice) -> Iterator[Line]:
    """Tell one decision, whether or not it was taken, and what came of it."""
    who = decision["decided_by"] or "Switchboard"
    about = f"person {decision['person_id']}" if decision["person_id"] else "nobody whom we know"
    yield 1, f"{decision['kind']} {local(decision['at'])} by {who}: about {about}"
    yield 2, f"because: {decision['reason']}"
    if decision["refused"]:
        yield 2, f"NOT TAKEN: {decision['refused']}"
    for told in decision["told"]:
        yield from notice(told)
    for duty in decision["duties"]:
        due = f"due {local(duty['due_at'])}, {duty['state']}"
        yield 1, f"duty of {duty['owner']}: {duty['what']} {due}"
