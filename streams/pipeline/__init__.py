"""The stages in order: a batch and what the ledger loaded, to what the ledger must write."""

from streams.pipeline.run import FACTS_MAX, run
from streams.pipeline.values import (
    Disposition,
    Ended,
    Loaded,
    Prepared,
    Rules,
    make_rules,
    prepare,
)
from streams.pipeline.work import Work

__all__ = [
    "FACTS_MAX",
    "Disposition",
    "Ended",
    "Loaded",
    "Prepared",
    "Rules",
    "Work",
    "make_rules",
    "prepare",
    "run",
]
