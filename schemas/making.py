"""Make one flat Python function of a schema, from lines of source, as `dataclasses` does."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

INDENT: Final = "    "


class Source:
    """The lines of a function, and the tables in which it looks words up."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.lines: list[str] = []
        self.tables: dict[str, Mapping[Any, Any]] = {}
        self.depth = 1
        self._names: Iterator[int] = count()

    def add(self, *lines: str) -> None:
        """Add lines at the present depth."""
        self.lines.extend(INDENT * self.depth + line for line in lines)

    def name(self) -> str:
        """Return a name that no line has yet."""
        return f"v{next(self._names)}"

    def table(self, words: Mapping[Any, Any]) -> str:
        """Keep a table; return the name under which the lines find it."""
        name = self.name()
        self.tables[name] = words
        return name

    def function(self, head: str, names: Mapping[str, Any]) -> Callable[..., Any]:
        """Make the function with this head, whose lines see these names and the tables."""
        known: dict[str, Any] = {**names, **self.tables}
        text = "\n".join((f"def made({head}):", *self.lines))
        exec(compile(text, "<made of a schema>", "exec"), known)  # noqa: S102 - of our own schema files
        made: Callable[..., Any] = known["made"]
        return made


class MadeOnce:
    """A function that is made when it is first called; most commands need few of them."""

    __slots__ = ("_made", "_make", "_schema")

    def __init__(self, make: Callable[[dict[str, Any]], Any], schema: dict[str, Any]) -> None:
        """Keep what makes the function, and of what."""
        self._make, self._schema = make, schema
        self._made: Callable[..., Any] | None = None

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - what the made function takes and gives
        """Call the function."""
        if self._made is None:
            self._made = self._make(self._schema)
        return self._made(*arguments)


def kind_of(schema: dict[str, Any]) -> str:
    """Return the type of a schema, the logical one where it has one."""
    return str(schema.get("logicalType", schema["type"]))
