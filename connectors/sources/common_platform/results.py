"""The judicial results of a person: at the offences, at the defendant, at the hearing.

Every result is kept with its label and its prompts, whatever it means; one that the court has
deleted is left out and said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from connectors.json_node import Node
from connectors.sources.common_platform.outcomes import (
    ADJOURNED,
    CONVICTED,
    OTHER,
    Meaning,
    meaning_of,
)
from streams.domain.records import MANY_MAX, TEXT_MAX

DELETED = "left out: a result that the court has deleted"
ACQUITTED_AND_CONVICTED = "left out: the date of an acquittal beside a conviction"
ACQUITTAL_LABEL = "Acquitted"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One answer that the court gave while resulting: dates are texts as dd/MM/yyyy."""

    reference: str
    label: str
    value: str | None
    node: Node

    @property
    def record(self) -> dict[str, Any]:
        """The prompt as the event carries it."""
        return {"reference": self.reference, "label": self.label, "value": self.value}


@dataclass(frozen=True, slots=True)
class ReadResult:
    """A result as the event carries it, with what is needed to find the order it belongs to.

    `group` is the list in which it stands, and `duration_end` the court's own reading of the end.
    """

    record: dict[str, Any]
    meaning: Meaning
    prompts: tuple[Prompt, ...]
    own_id: str | None
    parent_ids: tuple[str, ...]
    group: str
    duration_end: Prompt


def results_in(nodes: Iterable[Node], offence_id: str | None = None) -> Iterator[ReadResult]:
    """Yield the results of lists of results, but for the deleted ones."""
    for group in nodes:
        for node in group.entries():
            inner = node["judicialResult"]
            if result := _read(inner if inner.is_given else node, offence_id, group.path):
                yield result


def single_results(nodes: Iterable[Node]) -> Iterator[ReadResult]:
    """Yield results that stand by themselves, but for the deleted ones."""
    for node in nodes:
        if result := _read(node, None, node.path):
            yield result


def results_of_offence(offence: Node) -> Iterator[ReadResult]:
    """Yield the results of one offence, and its acquittal where only a date says so."""
    offence_id = offence["id"].identifier()
    results = tuple(results_in([offence["judicialResults"]], offence_id))
    yield from results
    acquitted = offence["aquittalDate" if offence["aquittalDate"].is_given else "acquittalDate"]
    if (acquitted_on := acquitted.day()) is None:
        return
    outcomes = {result.record["outcome"] for result in results}
    if offence["convictionDate"].is_given or any(r.record["convicts"] for r in results):
        acquitted.remark(ACQUITTED_AND_CONVICTED)
    elif "acquitted" not in outcomes:
        yield _acquittal(acquitted, offence_id, acquitted_on)


def _read(node: Node, offence_id: str | None, group: str) -> ReadResult | None:
    """Return one result, or none where the court has deleted it."""
    if node["isDeleted"].flag():
        node.remark(DELETED)
        return None
    prompts = tuple(_prompts(node["judicialResultPrompts"]))
    convicts = node["isConvictedResult"].flag()
    record: dict[str, Any] = {
        "result_id": node["judicialResultId"].identifier(),
        "offence_id": offence_id,
        "cjs_code": node["cjsCode"].scalar(chars_max=TEXT_MAX),
        "type_id": node["judicialResultTypeId"].identifier(),
        "label": _label(node),
        "ordered_on": node["orderedDate"].day(),
        "category": node["category"].text(),
        "level": node["level"].scalar(chars_max=TEXT_MAX),
        "convicts": convicts,
        "text": node["resultText"].prose(),
        "prompts": [prompt.record for prompt in prompts],
    }
    meaning = _meaning(node, record)
    record["outcome"] = meaning.outcome
    parents = (node["rootJudicialResultId"], node["parentJudicialResultId"])
    return ReadResult(
        record=record,
        meaning=meaning,
        prompts=prompts,
        own_id=record["result_id"],
        parent_ids=tuple(found for parent in parents if (found := parent.identifier())),
        group=group,
        duration_end=_duration_end(node["durationElement"]["durationEndDate"]),
    )


def _label(node: Node) -> str:
    """Return the court's name of the result; a nameless one is named by its code."""
    label, code = node["label"].prose(chars_max=TEXT_MAX), node["cjsCode"].scalar()
    if label is not None:
        return label
    if code is None:
        raise node["label"].fault("the label of the result")
    return f"result {code}"[:TEXT_MAX]


def _meaning(node: Node, record: dict[str, Any]) -> Meaning:
    """Return what the result means; the court's own flags count where no row knows it."""
    meaning = meaning_of(record["cjs_code"], record["type_id"], record["label"])
    if meaning != OTHER:
        return meaning
    if record["convicts"]:
        return CONVICTED
    return ADJOURNED if node["isAdjournmentResult"].flag() else OTHER


def _prompts(prompts: Node) -> Iterator[Prompt]:
    """Yield the prompts; one with neither reference nor label says nothing that can be read."""
    nodes = prompts.entries()
    if len(nodes) > MANY_MAX:
        prompts.remark(f"{len(nodes)} prompts were cut to {MANY_MAX}; the result's text has all")
    for node in nodes[:MANY_MAX]:
        reference = node["promptReference"].prose(chars_max=TEXT_MAX)
        label = node["label"].prose(chars_max=TEXT_MAX)
        name = reference or label
        if name is None:
            node.remark("left out: a prompt with neither reference nor label")
            continue
        yield Prompt(name, label or name, node["value"].scalar(), node["value"])


def _duration_end(node: Node) -> Prompt:
    """Return the end that the court reckoned itself, in the shape of a prompt."""
    return Prompt("durationEndDate", "End date", node.text(), node)


def _acquittal(acquitted: Node, offence_id: str | None, acquitted_on: object) -> ReadResult:
    """Return a result for an acquittal that the offence has only as a date."""
    record: dict[str, Any] = {
        "result_id": None,
        "offence_id": offence_id,
        "cjs_code": None,
        "type_id": None,
        "label": ACQUITTAL_LABEL,
        "ordered_on": acquitted_on,
        "category": None,
        "level": None,
        "convicts": False,
        "text": None,
        "outcome": "acquitted",
        "prompts": [],
    }
    end = Prompt("durationEndDate", "End date", None, acquitted)
    return ReadResult(record, Meaning("acquitted"), (), None, (), acquitted.path, end)
