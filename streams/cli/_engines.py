"""The engines as commands name them."""

from enum import StrEnum


class Engine(StrEnum):
    """Which engine carries the records."""

    FAUST = "faust"
    DIRECT = "direct"


class Engines(StrEnum):
    """Which engines are measured."""

    DIRECT = "direct"
    FAUST = "faust"
    BOTH = "both"

    @property
    def each(self) -> tuple[Engine, ...]:
        """Return the engines, one by one."""
        both = (Engine.DIRECT, Engine.FAUST)
        return both if self is Engines.BOTH else (Engine(self.value),)
