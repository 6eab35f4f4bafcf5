"""Translators, one pure module for each format that agencies really send.

Every module of this package is a source (`connectors.translation.Source`) and is found by its
place: a new one is one new file, and nothing here has to know of it. Sources do not know each
other.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from connectors.translation import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["find_source", "source_named", "sources"]


@cache
def sources() -> "Mapping[str, Source]":
    """Give every source by its name, in the order of the names."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    found = (cast("Source", module) for module in modules)
    return MappingProxyType({source.NAME: source for source in found})


def source_named(name: str) -> Source:
    """Give the source of a name; a name that no source has is a LookupError that lists them."""
    if name not in sources():
        raise LookupError(f"no source {name!r}; there are {', '.join(sources())}")
    return sources()[name]


def find_source(raw: bytes) -> str | None:
    """Give the name of the source whose format the bytes have; None where no source knows them."""
    return next((name for name, source in sources().items() if source.recognises(raw)), None)
