"""`switchboard identity score`: the pairs of records in files that are of one person, and why.

It needs no ledger: it compares one file with itself or two with each other, in memory, by the code
and the weights that identify events. What it prints names records by file, row and id.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from streams.cli._common import answer_no, utc_now
from streams.cli._identity_rows import BadFile, Fault, Reading, Row, Source, read_rows, source_of
from streams.cli._output import Json, emit, progress, say
from streams.cli._score_shown import score_document
from streams.domain.scoring.files import Records, Scored, score_records
from streams.domain.scoring.guards import Decision
from streams.domain.scoring.pairs import Pair
from streams.domain.scoring.score import Score
from streams.domain.scoring.weights import Weights
from streams.domain.scoring.words import explain
from streams.identity_files import WEIGHTS_FILE, load_weights

FILES_MAX: Final = 2

Mappings = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN[+COLUMN]",
        help="Which column is which field; several columns are put together.",
    ),
]
TruthId = Annotated[
    str | None,
    typer.Option(help="Pattern whose group in the id names the person, such as 'rec-(\\d+)'."),
]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the rows of one file, or of two that are to be linked."""

    left: Sequence[Row]
    right: Sequence[Row] | None
    sources: tuple[Source, ...] = ()

    @property
    def rows(self) -> list[Row]:
        """Return all rows, those of the first file first."""
        return [*self.left, *(self.right or ())]

    @property
    def others(self) -> Sequence[Row]:
        """Return the rows with which those of the first file are compared."""
        return self.left if self.right is None else self.right

    def same(self) -> frozenset[Pair]:
        """Return the pairs of places whose rows name one person, where they name any."""
        by_truth: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(self.others):
            if row.truth:
                by_truth[row.truth].append(place)
        return frozenset(
            (place, other)
            for place, row in enumerate(self.left)
            for other in by_truth.get(row.truth, ())
            if self.right is not None or place < other
        )


@dataclass(frozen=True, slots=True)
class Ends:
    """What became of the pairs: all of them, and those of one person, where rows name any.

    Each is counted by its decision, and under `None` where its bits, which no guard has limited,
    are at even odds or more.
    """

    same: frozenset[Pair]
    all: Counter[Decision | None] = field(default_factory=Counter)
    right: Counter[Decision | None] = field(default_factory=Counter)

    def add(self, pair: Pair, found: Score) -> None:
        """Count a pair."""
        of_pair = (found.decision, None) if found.bits >= 0 else (found.decision,)
        self.all.update(of_pair)
        if pair in self.same:
            self.right.update(of_pair)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is printed: every pair of so many bits, or what is not split; for whom."""

    least: float | None
    as_json: bool

    def has(self, found: Score) -> bool:
        """Answer whether a pair is printed."""
        if self.least is None:
            return found.decision is not Decision.SPLIT
        return found.bits >= self.least


def score_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="One CSV file or two.")],
    *,
    mapping: Mappings = None,
    people: Annotated[
        int | None, typer.Option(min=1, help="Among how many people; else as many as records.")
    ] = None,
    least: Annotated[
        float | None, typer.Option(help="Fewest bits that are printed; else what is not split.")
    ] = None,
    truth_id: TruthId = None,
    encoding: Annotated[
        str | None, typer.Option(help="How the file is written, if not in UTF-8 or UTF-16.")
    ] = None,
    weights: Annotated[Path, typer.Option(help="Another weights file.")] = WEIGHTS_FILE,
    as_json: Json = False,
) -> None:
    """Find the pairs of records that are of one person, each with its score and why.

    One file is compared with itself, two with each other. Exit status 1: a row could not be read.
    """
    used = load_weights(weights)
    how = Reading(tuple(mapping or ()), utc_now().year, encoding)
    read = _read(files, how, _pattern(truth_id))
    faults = [fault for row in read.rows for fault in row.faults]
    for fault in faults:
        _say_fault(fault, as_json=as_json)
    shown = Shown(least, as_json)
    ends = Ends(read.same())
    scored = _scored(read, used, people)
    for pair, found in scored.found:
        ends.add(pair, found)
        if shown.has(found):
            _show(read, pair, found, as_json=as_json)
    summary = _summary(read, ends) | {
        **_left_out(read, scored),
        "bad_fields": len(faults),
        "weights": used.version,
    }
    _say_summary(summary, as_json=as_json)
    if faults:
        answer_no()


def _pattern(text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise typer.BadParameter(f"{text!r} is no pattern: {error}") from error
    if pattern.groups != 1:
        raise typer.BadParameter(f"{text!r} must have one group in brackets: what names the person")
    return pattern


def _read(files: Sequence[Path], how: Reading, truth: re.Pattern[str] | None) -> Read:
    """Read one file or two; what cannot be used as a whole is a usage error."""
    if len(files) > FILES_MAX:
        raise typer.BadParameter("one file is compared with itself, two with each other; no more")
    read, sources = [], []
    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"there is no file {file}")
        try:
            sources.append(source_of(file, how))
            rows = list(read_rows(file, how, sources[-1]))
        except BadFile as bad:
            raise typer.BadParameter(str(bad)) from bad
        read.append([_with_truth(row, truth) for row in rows])
    return Read(read[0], read[1] if len(read) == FILES_MAX else None, tuple(sources))


def _with_truth(row: Row, pattern: re.Pattern[str] | None) -> Row:
    found = pattern.search(row.id) if pattern is not None else None
    return row if found is None else replace(row, truth=found[1] or "")


def _scored(read: Read, weights: Weights, people: int | None) -> Scored:
    """Score each pair that blocking finds, in the order of the rows."""
    left = [row.description for row in read.left]
    right = None if read.right is None else [row.description for row in read.right]
    return score_records(Records(left, right), weights, people, partial(progress, "comparing"))


def _show(read: Read, pair: Pair, found: Score, *, as_json: bool) -> None:
    """Print a pair: which rows, what was decided, and why."""
    one, other = read.left[pair[0]], read.others[pair[1]]
    if not as_json:
        say(f"{one.id} (row {one.number}) and {other.id} (row {other.number}):")
        for sentence in explain(found):
            say(f"  {sentence}")
        return
    emit(
        {
            "left": {"id": one.id, "row": one.number},
            "right": {"id": other.id, "row": other.number},
            **score_document(found),
        }
    )


def _left_out(read: Read, scored: Scored) -> dict[str, Any]:
    """Say among how many people pairs were scored, what was left out, how dates were read."""
    return {
        "people": scored.people,
        "keys_left_out": scored.keys_left_out,
        "columns_left_out": sorted({name for each in read.sources for name in each.unused}),
        "months_first": any(each.is_month_first for each in read.sources),
    }


def _summary(read: Read, ends: Ends) -> dict[str, Any]:
    """Count the decisions, and measure them where the rows say who is who."""
    compared, there = sum(ends.all[decision] for decision in Decision), len(ends.same)
    found: dict[str, Any] = {"records": len(read.rows), "compared": compared}
    found |= {decision.value: ends.all[decision] for decision in Decision}
    if not there:
        return found
    met = sum(ends.right[decision] for decision in Decision)
    return found | {
        "pairs_of_one_person": there,
        "blocking_recall": round(met / there, 4),
        **_quality(ends, Decision.JOIN, ""),
        **_quality(ends, None, "even_odds_"),
        "false_joins": ends.all[Decision.JOIN] - ends.right[Decision.JOIN],
        "asked_of_one_person": ends.right[Decision.ASK],
    }


def _quality(ends: Ends, what: Decision | None, prefix: str) -> dict[str, float]:
    """Return precision, recall and F1 of pairs that were said to be of one person."""
    right, said, there = ends.right[what], ends.all[what], len(ends.same)
    return {
        f"{prefix}precision": round(right / max(said, 1), 4),
        f"{prefix}recall": round(right / there, 4),
        f"{prefix}f1": round(2 * right / (said + there), 4),
    }


def _say_fault(fault: Fault, *, as_json: bool) -> None:
    if as_json:
        emit({"bad": asdict(fault)})
    else:
        say(f"{fault.file}, row {fault.row}, {fault.field}: expected {fault.expected}")


def _say_summary(summary: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        emit({"summary": dict(summary)})
        return
    for name, value in summary.items():
        say(f"{name.replace('_', ' '):24}{value}")
