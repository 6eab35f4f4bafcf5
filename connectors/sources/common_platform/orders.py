"""The orders that results make, each with the requirements that other results impose.

A requirement is a result whose root or parent is the order's result. Where a producer leaves these
ids out, it belongs to the order before it in the same list. One that finds no order stays among the
results. A protective order carries its requirements as prompts.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from connectors.sources.common_platform.outcomes import meaning_of_label
from connectors.sources.common_platform.results import Prompt, ReadResult
from streams.domain.case_events import QUANTITY_MAX

UNITS = ("day", "hour")

# Assumed from public payloads: the references and labels of prompts that say when something ends.
_END = re.compile(r"(?i)\A(?:end ?date|until\b)")
_END_LINE = re.compile(r"(?im)^\s*end date[^:\n]*:\s*(\S+)")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
_ROLLED_UP = re.compile(r"(?i)\A(?:requirement|prohibition):\s*(.+)\Z")
_COUNT = re.compile(r"(?i)\A(\d{1,6})(?:\s*(days?|hours?))?\Z")


def orders_of(results: Sequence[ReadResult]) -> list[dict[str, Any]]:
    """Return the orders that these results make, in their order."""
    makers = [result for result in results if result.meaning.order is not None]
    requirements: dict[int, list[dict[str, Any]]] = {index: [] for index in range(len(makers))}
    for position, result in enumerate(results):
        if result.meaning.requirement is None:
            continue
        maker = _maker_of(result, results[:position], makers)
        if maker is not None:
            requirements[maker].append(_requirement(result))
    return [
        _order(maker, [*requirements[index], *_rolled_up(maker)])
        for index, maker in enumerate(makers)
    ]


def _maker_of(
    result: ReadResult, before: Sequence[ReadResult], makers: Sequence[ReadResult]
) -> int | None:
    """Return the place of the order to which a requirement belongs."""
    for parent_id in result.parent_ids:
        for index, maker in enumerate(makers):
            if maker.own_id == parent_id:
                return index
    if result.parent_ids:
        return None
    makers_before = sum(1 for earlier in before if earlier.meaning.order is not None)
    if makers_before and makers[makers_before - 1].group == result.group:
        return makers_before - 1
    return None


def _order(maker: ReadResult, requirements: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one order as the event carries it."""
    return {
        "result_id": maker.own_id,
        "kind": maker.meaning.order,
        "made_on": maker.record["ordered_on"],
        "ends_on": _ends_on([*maker.prompts, maker.duration_end]),
        "requirements": requirements,
    }


def _requirement(result: ReadResult) -> dict[str, Any]:
    """Return one requirement as the event carries it."""
    return {
        "kind": result.meaning.requirement,
        "label": result.record["label"],
        "days": _counted(result.prompts, "day"),
        "hours": _counted(result.prompts, "hour"),
        "ends_on": _ends_on([*result.prompts, result.duration_end]),
    }


def _rolled_up(maker: ReadResult) -> Iterable[dict[str, Any]]:
    """Yield the requirements that the order's own prompts spell out."""
    for prompt in maker.prompts:
        if (found := _ROLLED_UP.match(prompt.label)) is None:
            continue
        end = _END_LINE.search(prompt.value or "")
        yield {
            "kind": meaning_of_label(found.group(1)).requirement or "other",
            "label": found.group(1),
            "days": None,
            "hours": None,
            "ends_on": _day(end.group(1), prompt) if end else None,
        }


def _ends_on(prompts: Iterable[Prompt]) -> date | None:
    """Return the first end among the prompts."""
    for prompt in prompts:
        named = _END.match(prompt.reference) or _END.match(prompt.label)
        if prompt.value and named:
            return _day(prompt.value, prompt)
    return None


def _day(text: str, prompt: Prompt) -> date | None:
    """Return a date written as dd/MM/yyyy; one that is none stays in the prompt, and is said."""
    found = _DAY.fullmatch(text.strip())
    try:
        if found is not None:
            day, month, year = (int(part) for part in found.groups())
            return date(year, month, day)
    except ValueError:
        pass
    prompt.node.remark("no end was read: a date as dd/MM/yyyy was expected; the text is kept")
    return None


def _counted(prompts: Iterable[Prompt], unit: str) -> int | None:
    """Return the first count of days or hours; the unit stands in the value, or in the name.

    A name with both units ("hours a day") says neither of the whole requirement.
    """
    for prompt in prompts:
        found = _COUNT.match((prompt.value or "").strip())
        if found is None or int(found.group(1)) > QUANTITY_MAX:
            continue
        said = found.group(2) or f"{prompt.reference} {prompt.label}"
        if [word for word in UNITS if word in said.lower()] == [unit]:
            return int(found.group(1))
    return None
