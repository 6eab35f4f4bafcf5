"""`switchboard identity train`: m and u of every level, estimated by Splink on made-up people.

Splink draws the pairs and estimates; how far a field agrees in a pair is asked of the scorer
itself, through functions in DuckDB, so that what is trained is what runs. The data is made up
(`bench/identity_people.py`): no published set is seen, and Febrl 3 least of all.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator

from bench.identity_data import Records, made_up
from bench.identity_people import MadeUp
from bench.identity_weights import weights_file
from streams.domain.scoring.compare_births import compare_births
from streams.domain.scoring.compare_names import compare_names
from streams.domain.scoring.compare_places import compare_places
from streams.domain.scoring.frequencies import Frequencies
from streams.domain.scoring.levels import Field, Level, Part
from streams.domain.scoring.weights import Weights, weights_from

CACHED_PAIRS: Final = 200_000
COMPARED: Final = 3
"""Raised where fields are compared otherwise: weights learnt before are other ones."""
LEAST: Final = 2e-6
"""A level that no two strangers were at has this probability: a pair at it may come yet."""

Learnt = dict[str, dict[str, dict[str, float]]]

LEARNT: Final[Mapping[Field, tuple[Level, ...]]] = {
    Field.GIVEN: (
        *(Level.EXACT, Level.VARIANT, Level.NEAR, Level.PART, Level.BY_MIDDLE),
        *(Level.INITIAL, Level.ALIKE, Level.DIFFERENT),
    ),
    Field.FAMILY: (
        *(Level.EXACT, Level.VARIANT, Level.NEAR, Level.PART),
        *(Level.INITIAL, Level.ALIKE, Level.DIFFERENT),
    ),
    Field.MIDDLE: (Level.EXACT, Level.INITIAL, Level.DIFFERENT),
    Field.BIRTH: (
        *(Level.EXACT, Level.FIRST_JANUARY, Level.SWAPPED, Level.ONE_DIGIT),
        *(Level.ESTIMATED, Level.TWO_OF_THREE, Level.ALIKE, Level.DIFFERENT),
    ),
    Field.POSTCODE: (Level.EXACT, Level.NEAR, Level.DISTRICT, Level.DIFFERENT),
    Field.PREMISES: (Level.EXACT, Level.NEAR, Level.STREET, Level.NUMBER, Level.DIFFERENT),
    Field.PREMISES_ALONE: (
        *(Level.EXACT, Level.NEAR, Level.STREET, Level.NUMBER, Level.DIFFERENT),
    ),
    Field.PREMISES_ELSEWHERE: (
        *(Level.EXACT, Level.NEAR, Level.STREET, Level.NUMBER, Level.DIFFERENT),
    ),
    Field.LOCALITY: (Level.EXACT, Level.NEAR, Level.DIFFERENT),
}
"""The fields that are learnt; the others of the weights file are kept as they are."""


SELDOM: Final = frozenset({Field.MIDDLE, Field.PREMISES})
"""Compared only of strangers who share a given name, or a postcode: so few pairs in a draw that one
more or less is a bit, so that u of these is kept and only m is learnt."""
OF_NAMES: Final = frozenset({Field.GIVEN, Field.FAMILY, Field.MIDDLE})


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is made up, from which seed, and how many pairs of strangers are drawn."""

    people: int = 12_000
    seed: int = 20_260
    pairs: float = 400_000.0


def train(plan: Plan, start: Weights) -> Learnt:
    """Return m and u of each level of the learnt fields; `start` finds the levels.

    Strangers are drawn from one record for each person: among all records, pairs of one person
    would be taken for strangers. A level at which no pair of one person was is left out.
    """
    records = made_up(plan.people, plan.seed, Frequencies())
    apart = _linker(records, start, one_each=True)
    apart.training.estimate_u_using_random_sampling(max_pairs=plan.pairs, seed=plan.seed)
    together = _linker(records, start, one_each=False)
    together.training.estimate_m_from_label_column("person")
    u, m = _found(apart, "u"), _found(together, "m")
    u |= {field.value: _kept(start, field) for field in SELDOM}
    return {
        field: {
            level: {"m": likely, "u": max(u[field].get(level, 0.0), LEAST)}
            for level, likely in levels.items()
            if likely
        }
        for field, levels in m.items()
    }


def _kept(start: Weights, field: Field) -> dict[str, float]:
    """Return u of each level of a field as it was, where it is no share of values."""
    return {level.value: weight.u or 0.0 for level, weight in start.table[field].items()}


def _found(linker: Linker, what: str) -> dict[str, dict[str, float]]:
    """Return a probability of each level of each field, as Splink saves them."""
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: float(level.get(f"{what}_probability") or 0.0)
            for level in comparison["comparison_levels"]
            if not level.get("is_null_level")
        }
        for comparison in linker.misc.save_model_to_json()["comparisons"]
    }


def trained_file(plan: Plan, start: Path) -> str:
    """Return the text of a weights file: learnt afresh from a start that also finds the levels."""
    document = tomllib.loads(start.read_text("utf-8"))
    learnt = train(plan, weights_from(document))
    version = f"made-up-{plan.people}-{plan.seed}-{COMPARED}"
    return weights_file(version, document, learnt, MadeUp(plan.people, plan.seed))


def _linker(records: Records, start: Weights, *, one_each: bool) -> Linker:
    connection = duckdb.connect()
    connection.execute("set threads to 1")
    connection.execute("create table made_up (unique_id bigint, n bigint, person bigint)")
    rows = [(n, n, record.person) for n, record in enumerate(records.written)]
    if one_each:
        rows = list({person: (n, n, person) for n, _, person in rows}.values())
    connection.executemany("insert into made_up values (?, ?, ?)", rows)
    for field, level_of in _askers(records, start).items():
        connection.create_function(
            f"level_{field}", level_of, ["BIGINT", "BIGINT"], "INTEGER", side_effects=False
        )
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(field, levels) for field, levels in LEARNT.items()],
        blocking_rules_to_generate_predictions=["l.person = r.person"],
    )
    api = DuckDBAPI(connection=connection)
    return Linker(api.register("made_up"), settings)


def _comparison(field: Field, levels: Sequence[Level]) -> cl.CustomComparison:
    asked = f"level_{field}(n_l, n_r)"
    nothing = cll.CustomLevel(f"{asked} < 0", "missing").configure(is_null_level=True)
    others = [cll.CustomLevel(f"{asked} = {n}", str(level)) for n, level in enumerate(levels[:-1])]
    last = cll.ElseLevel().configure(label_for_charts=str(levels[-1]))
    return cl.CustomComparison(
        output_column_name=str(field), comparison_levels=[nothing, *others, last]
    )


def _askers(records: Records, start: Weights) -> dict[Field, Callable[[int, int], int]]:
    """Return, for each field, a function that answers at which level two records are."""
    ready = records.ready

    @lru_cache(maxsize=CACHED_PAIRS)
    def names(left: int, right: int) -> tuple[Part, ...]:
        return compare_names(ready[left].names, ready[right].names, start).parts

    @lru_cache(maxsize=CACHED_PAIRS)
    def births(left: int, right: int) -> tuple[Part, ...]:
        part = compare_births(ready[left].births, ready[right].births, start).part
        return () if part is None else (part,)

    @lru_cache(maxsize=CACHED_PAIRS)
    def places(left: int, right: int) -> tuple[Part, ...]:
        return compare_places(ready[left].places, ready[right].places, start).parts

    def asker(field: Field) -> Callable[[int, int], int]:
        numbers = {level: number for number, level in enumerate(LEARNT[field])}
        compared = names if field in OF_NAMES else births if field is Field.BIRTH else places

        def level_of(left: int, right: int) -> int:
            found = (part.level for part in compared(left, right) if part.field is field)
            return numbers.get(next(found, Level.MISSING), -1)

        return level_of

    return {field: asker(field) for field in LEARNT}
