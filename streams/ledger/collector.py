"""Keep Python from looking for cycles in the middle of a batch.

A batch makes a hundred thousand small objects and drops nearly all of them at its end; none of them
is in a cycle. The collector, which counts objects made, went through them two hundred times
meanwhile: a quarter of the time of an event, measured.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

OBJECTS_BETWEEN: Final = 200_000
"""Objects made and not yet dropped before the collector looks; what is left of a batch is fewer."""
YOUNG_BETWEEN, MIDDLE_BETWEEN = 20, 20
"""How often the younger generations are gone through before the next older one is."""


def settle() -> None:
    """Leave what this process has loaded alone for good, and look for cycles seldom.

    For a process that carries batches, once, when all its modules are loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN, YOUNG_BETWEEN, MIDDLE_BETWEEN)


@contextmanager
def resting() -> Iterator[None]:
    """Let the collector rest; whoever found it running starts it again."""
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()
