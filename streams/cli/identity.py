"""`switchboard identity`: score people in files, and train the weights by which they are scored.

`score` needs no ledger: it compares one file with itself or two with each other, in memory, by the
code and the weights that identify events. What it prints names records by file, row and id.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from streams.cli import _identity_merge as merges
from streams.cli import _sealed as sealed
from streams.cli._checkout import from_checkout
from streams.cli._common import answer_no, utc_now
from streams.cli._identity_rows import BadFile, Fault, Row, read_rows
from streams.cli._output import Json, emit, progress, say
from streams.domain.scoring.frequencies import COUNTED_PEOPLE_MIN, counted
from streams.domain.scoring.guards import Decision
from streams.domain.scoring.pairs import Pair, pairs_between, pairs_within
from streams.domain.scoring.people import countable, prepare
from streams.domain.scoring.score import Score, prior_bits, score
from streams.domain.scoring.weights import Weights
from streams.domain.scoring.words import explain
from streams.domain.scoring.words import say as words_of_part
from streams.identity_files import WEIGHTS_FILE, load_weights

FILES_MAX: Final = 2
PROGRESS_EACH: Final = 1_000

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


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Who is this: score people, train weights.", no_args_is_help=True)
    group.callback()(_about)
    group.command("score")(score_files)
    group.command("train")(train)
    merges.register(group)
    sealed.register(group)
    app.add_typer(group, name="identity")


def _about() -> None:
    """Who is this: score people, train weights."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the rows of one file, or of two that are to be linked."""

    left: Sequence[Row]
    right: Sequence[Row] | None

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
    weights: Annotated[Path, typer.Option(help="Another weights file.")] = WEIGHTS_FILE,
    as_json: Json = False,
) -> None:
    """Find the pairs of records that are of one person, each with its score and why.

    One file is compared with itself, two with each other. Exit status 1: a row could not be read.
    """
    used = load_weights(weights)
    read = _read(files, mapping or [], _pattern(truth_id))
    faults = [fault for row in read.rows for fault in row.faults]
    for fault in faults:
        _say_fault(fault, as_json=as_json)
    shown = Shown(least, as_json)
    decisions: dict[Pair, Decision] = {}
    for pair, found in _scored(read, used, people or max(len(read.others), COUNTED_PEOPLE_MIN)):
        decisions[pair] = found.decision
        if shown.has(found):
            _show(read, pair, found, as_json=as_json)
    summary = _summary(read, decisions) | {"bad_fields": len(faults), "weights": used.version}
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


def _read(files: Sequence[Path], mapping: Sequence[str], truth: re.Pattern[str] | None) -> Read:
    """Read one file or two; what cannot be used as a whole is a usage error."""
    if len(files) > FILES_MAX:
        raise typer.BadParameter("one file is compared with itself, two with each other; no more")
    read = []
    for file in files:
        if not file.is_file():
            raise typer.BadParameter(f"there is no file {file}")
        try:
            rows = list(read_rows(file, mapping, year=utc_now().year))
        except BadFile as bad:
            raise typer.BadParameter(str(bad)) from bad
        read.append([_with_truth(row, truth) for row in rows])
    return Read(read[0], read[1] if len(read) == FILES_MAX else None)


def _with_truth(row: Row, pattern: re.Pattern[str] | None) -> Row:
    found = pattern.search(row.id) if pattern is not None else None
    return row if found is None else replace(row, truth=found[1] or "")


def _scored(read: Read, weights: Weights, people: int) -> Iterator[tuple[Pair, Score]]:
    """Yield each pair that blocking finds, with its score, in the order of the rows."""
    rows = read.rows
    shares = (pair for row in rows for pair in countable(row.description))
    frequencies = counted(shares, len(rows), weights.known)
    ready = [prepare(row.description, frequencies) for row in rows]
    cut = len(read.left)
    left, right = ready[:cut], ready[cut:] if read.right is not None else ready[:cut]
    pairs = pairs_within(left) if read.right is None else pairs_between(left, right)
    prior = prior_bits(people)
    with progress("comparing", len(pairs)) as advance:
        for number, (one, other) in enumerate(sorted(pairs), 1):
            yield (one, other), score(left[one], right[other], weights, prior=prior)
            if number % PROGRESS_EACH == 0:
                advance(PROGRESS_EACH)


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
            "score": round(found.bits, 3),
            "probability": round(found.probability, 6),
            "decision": found.decision,
            "guard": found.guard,
            "fields": [
                {**part._asdict(), "bits": round(part.bits, 3), "words": words_of_part(part)}
                for part in found.parts
            ],
            "explanation": explain(found),
        }
    )


def _summary(read: Read, decisions: Mapping[Pair, Decision]) -> dict[str, Any]:
    """Count the decisions, and measure them where the rows say who is who."""
    tally = Counter(decisions.values())
    found: dict[str, Any] = {"records": len(read.rows), "compared": len(decisions)}
    found |= {decision.value: tally[decision] for decision in Decision}
    same = read.same()
    if not same:
        return found
    joined = {pair for pair, decision in decisions.items() if decision is Decision.JOIN}
    asked = {pair for pair, decision in decisions.items() if decision is Decision.ASK}
    right = len(joined & same)
    return found | {
        "pairs_of_one_person": len(same),
        "blocking_recall": round(len(decisions.keys() & same) / len(same), 4),
        "precision": round(right / max(len(joined), 1), 4),
        "recall": round(right / len(same), 4),
        "f1": round(2 * right / (len(joined) + len(same)), 4),
        "false_joins": len(joined) - right,
        "asked_of_one_person": len(asked & same),
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


def train(
    output: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the weights.")],
    *,
    people: Annotated[int, typer.Option(min=500, help="People to make up.")] = 12_000,
    seed: Annotated[int, typer.Option(help="Seed of the made-up people.")] = 20_260,
    pairs: Annotated[int, typer.Option(min=10_000, help="Pairs of strangers.")] = 400_000,
) -> None:
    """Estimate the weights afresh with Splink on made-up people, from a checkout.

    It takes minutes. What Splink does not learn (identifiers, thresholds) is kept as it is.
    """
    training = from_checkout("identity_training")
    plan = training.Plan(people=people, seed=seed, pairs=float(pairs))
    output.write_text(training.trained_file(plan, WEIGHTS_FILE), "utf-8")
    say(f"wrote {output}; compare with `switchboard bench identity` before you use it")
