"""`switchboard identity reconcile`: a register from case management beside the ledger.

It reads both and changes neither: what differs is for people to mend, in the register or by an
event. Names, dates and identifiers are not printed, only that they differ.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from streams.cli._common import answer_no, reader, settings_with, utc_now
from streams.cli._csv_rows import BadFile
from streams.cli._output import Json, counted, emit, say
from streams.cli._register_rows import FIELDS, RegisterRow, register_rows
from streams.domain.reconciling import Registered, differences
from streams.engines.wiring import secret_of
from streams.ledger.connection import Session
from streams.ledger.queries_people import people_with
from streams.ledger.queries_register import all_cases, cases_named, crn_of

AT_ONCE: Final = 1_000
"""Rows that are compared in one query: the file may be of any size."""
SAME, DIFFERS, BAD = "same", "differs", "bad_row"
ONLY_HERE, ONLY_THERE, OTHER_CRN = "only_here", "only_there", "other_crn"
ENDED_HERE: Final = "ended_only_here"
COUNTED: Final = (SAME, DIFFERS, OTHER_CRN, ONLY_THERE, ONLY_HERE, ENDED_HERE, BAD)
FINE: Final = frozenset({SAME, ENDED_HERE})
"""What is no difference: a register may well leave out whose supervision has ended."""


@dataclass(slots=True)
class Comparison:
    """One comparison: how it is told, what was counted, and the numbers that were seen.

    The numbers are kept as hashes of eight bytes: some 15 MB for a register of 250,000.
    """

    session: Session
    secret: bytes
    as_json: bool
    counts: Counter[str] = field(default_factory=Counter)
    seen: set[int] = field(default_factory=set)
    under_another: set[int] = field(default_factory=set)

    def tell(self, kind: str, crn: str, words: Sequence[str], fields: Sequence[str] = ()) -> None:
        """Count what a number came to, and say it where it is no agreement."""
        self.counts[kind] += 1
        if kind in FINE:
            return
        if self.as_json:
            emit({"crn": crn, "kind": kind, "fields": list(fields), "words": list(words)})
        else:
            say(f"{crn}: {'; '.join(words)}")

    def tell_bad(self, row: RegisterRow) -> None:
        """Count a row that could not be read whole, and say what was expected."""
        for name, expected in row.faults:
            self.counts[BAD] += 1
            if self.as_json:
                emit({"bad": {"row": row.number, "field": name, "expected": expected}})
            else:
                say(f"row {row.number}, {name}: expected {expected}")


def reconcile(
    file: Annotated[Path, typer.Argument(help="The register: CSV, or a JSON object a line.")],
    *,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Which column is which field."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="How the file is written, if not in UTF-8 or UTF-16.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare a register from case management with the ledger, by CRN; nothing is changed.

    Exit status 1: they differ, or a row could not be read.
    """
    if not file.is_file():
        raise typer.BadParameter(f"there is no file {file}")
    settings = settings_with()
    stated = dict(_stated(mapping or []))
    with reader(settings) as session:
        comparison = Comparison(session, secret_of(settings), as_json)
        try:
            rows = register_rows(file, stated, year=utc_now().year, encoding=encoding)
            while some := list(islice(rows, AT_ONCE)):
                _compare(comparison, some)
        except BadFile as bad:
            raise typer.BadParameter(str(bad)) from bad
        _left_over(comparison)
    _say_counts(comparison)
    if any(comparison.counts[kind] for kind in COUNTED if kind not in FINE):
        answer_no()


def _stated(mapping: Sequence[str]) -> Iterator[tuple[str, str]]:
    for entry in mapping:
        name, equals, column = entry.partition("=")
        if not equals or name not in FIELDS:
            raise typer.BadParameter(
                f"mapping {entry!r}: write FIELD=COLUMN; fields are {', '.join(FIELDS)}"
            )
        yield name, column


def _compare(comparison: Comparison, rows: Sequence[RegisterRow]) -> None:
    """Compare some rows of the register with the ledger."""
    said = [row.said for row in rows if row.said is not None]
    held = cases_named(comparison.session, [each.crn for each in said], utc_now())
    for row in rows:
        comparison.tell_bad(row)
        there = row.said
        if there is None:
            continue
        if hash(there.crn) in comparison.seen:
            comparison.tell(DIFFERS, there.crn, ("the register has it twice",), ("crn",))
            continue
        comparison.seen.add(hash(there.crn))
        here = held.get(there.crn)
        if here is None:
            _missing(comparison, there)
            continue
        found = differences(there, here)
        words, names = [each.words for each in found], [each.field for each in found]
        comparison.tell(DIFFERS if found else SAME, there.crn, words, names)


def _missing(comparison: Comparison, there: Registered) -> None:
    """Say of a number that no case has whether it is another one of somebody, or nobody's."""
    people = people_with(comparison.session, there.crn, comparison.secret)
    now = crn_of(comparison.session, people)
    if now is not None:
        comparison.under_another.add(hash(now))
        words = f"here it is another number of the case {now}"
        comparison.tell(OTHER_CRN, there.crn, (words,), ("crn",))
    elif people:
        words = f"it stands for {counted(len(people), 'person', 'people')} here, without a case"
        comparison.tell(ONLY_THERE, there.crn, (words,), ("crn",))
    else:
        comparison.tell(ONLY_THERE, there.crn, ("it is not known here",), ("crn",))


def _left_over(comparison: Comparison) -> None:
    """Say which cases the register does not have."""
    found = comparison.seen | comparison.under_another
    for held in all_cases(comparison.session, utc_now()):
        if hash(held.crn) not in found:
            kind = ENDED_HERE if held.has_ended else ONLY_HERE
            comparison.tell(kind, held.crn, ("the register does not have it",), ("crn",))


def _say_counts(comparison: Comparison) -> None:
    summary: Mapping[str, Any] = {kind: comparison.counts[kind] for kind in COUNTED}
    if comparison.as_json:
        emit({"summary": summary})
        return
    for name, value in summary.items():
        say(f"{name.replace('_', ' '):24}{value}")
