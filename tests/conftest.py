"""What every test shares: the fixture modules of tests/fixtures and the --packaging option."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, and nothing of what is tested.
settings.register_profile(
    "switchboard", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("switchboard")

# A new fixture module is found by its file; nothing here has to be edited for it.
pytest_plugins = tuple(
    f"fixtures.{module.stem}"
    for module in sorted(Path(__file__).with_name("fixtures").glob("*.py"))
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --packaging, without which the tests that install fresh clones are left out."""
    parser.addoption(
        "--packaging",
        action="store_true",
        help="run only the tests that install a fresh clone (minutes, and the network)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the packaging tests with --packaging, and all the others without it."""
    wanted = bool(config.getoption("--packaging"))
    kept = [item for item in items if _is_packaging(item) == wanted]
    left_out = [item for item in items if _is_packaging(item) != wanted]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _is_packaging(item: pytest.Item) -> bool:
    return item.get_closest_marker("packaging") is not None
