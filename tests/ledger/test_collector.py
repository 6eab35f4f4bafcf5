"""The collector rests during a batch and is as it was afterwards."""

import gc
from collections.abc import Iterator

import pytest

from streams.ledger.collector import OBJECTS_BETWEEN, resting, settle


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Leave the collector as it was found."""
    was_running, threshold = gc.isenabled(), gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    (gc.enable if was_running else gc.disable)()


def test_the_collector_rests_and_goes_on() -> None:
    """It does not run inside, also in a batch within a batch, and runs again afterwards."""
    gc.enable()
    with resting():
        with resting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_batch_that_fails_starts_it_again() -> None:
    """A failure inside starts it again too."""
    gc.enable()
    with pytest.raises(ValueError, match="failed"), resting():
        raise ValueError("failed")
    assert gc.isenabled()


def test_one_that_was_stopped_stays_stopped() -> None:
    """Whoever had stopped it finds it stopped."""
    gc.disable()
    with resting():
        pass
    assert not gc.isenabled()


def test_a_settled_process_is_gone_through_seldom() -> None:
    """What was loaded is left alone, and cycles are looked for seldom, but they are."""
    settle()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold()[0] == OBJECTS_BETWEEN
