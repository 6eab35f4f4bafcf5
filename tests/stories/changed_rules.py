"""Factories of changed rules, as an operator names them with `switchboard replay --rules`."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from streams.domain.instructions import Addressee, Instruction, Record, Tell
from streams.domain.notices import Urgency
from streams.engines.wiring import production_rules
from streams.pipeline import Rules

CALLOUT = "police.domestic_abuse_callout"
Change = Callable[[Instruction], Instruction]


def _changed(change: Change) -> Rules:
    """Return the rules of now with the rule about call-outs changed, as its second version."""
    rules = production_rules()
    flow = rules.flows[CALLOUT]

    def decide(*given: object) -> tuple[Instruction, ...]:
        """Decide as before, and change what comes of it."""
        return tuple(change(each) for each in flow.decide(*given))  # type: ignore[arg-type]  # as given

    return replace(rules, flows={**rules.flows, CALLOUT: replace(flow, version=2, decide=decide)})


def _tells(instruction: Instruction, **fields: object) -> Instruction:
    """Change the fields of what tells somebody; leave the rest."""
    return structs.replace(instruction, **fields) if isinstance(instruction, Tell) else instruction


def another_version() -> Rules:
    """Nothing but the number of the version, and so every notice's id, is another."""
    return _changed(lambda each: each)


def immediate() -> Rules:
    """Every call-out is immediate."""
    return _changed(lambda each: _tells(each, urgency=Urgency.IMMEDIATE))


def to_the_manager() -> Rules:
    """The manager is told in the officer's place."""
    return _changed(lambda each: _tells(each, to=Addressee.MANAGER))


def silent() -> Rules:
    """Nobody is told of a call-out."""
    return _changed(lambda each: Record("nobody") if isinstance(each, Tell) else each)


def broken() -> Rules:
    """The rule raises."""

    def stumble(_each: Instruction) -> Instruction:
        """Raise as a defect does."""
        raise ZeroDivisionError

    return _changed(stumble)
