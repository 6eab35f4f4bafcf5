"""Keep Python from looking for cycles in the middle of a batch.

A batch makes a hundred thousand small objects and drops nearly all of them at its end; none of them
is in a cycle. The collector, which counts objects made, went through them two hundred times
meanwhile: a quarter of the time of an event, measured.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
