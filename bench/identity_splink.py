"""Splink on Febrl 3, by its published example, less the social security number.

Source: Splink documentation, "Deduplicating the febrl3 dataset" (docs/demos/examples/duckdb/febrl3,
Splink 5); what is taken away is `soc_sec_id`, as a comparison, a blocking rule and a deterministic
rule. Everything else is as published, seed included.
"""

from collections.abc import Sequence
from typing import Any, Final

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from bench.identity_data import Pair

PUBLISHED: Final = ("given_name", "surname", "date_of_birth", "street_number", "postcode")
"""The fields that the published example compares, less soc_sec_id."""
RECALL_OF_RULES: Final = 0.9
PAIRS_MAX: Final = 1e6
SEED: Final = 2
SWAPPED_NAMES: Final = (
    "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth"
)
WEIGHT_MIN: Final = -30.0


def scored_by_splink(rows: Sequence[dict[str, str]], *, all_fields: bool) -> dict[Pair, float]:
    """Return the match weight of each pair that Splink compares, by places of the rows.

    With `all_fields` the rest of the address is compared too, as the example compares names.
    """
    connection = duckdb.connect()
    connection.execute("set threads to 1")
    table = pd.DataFrame([{name: value or None for name, value in row.items()} for row in rows])
    table["place"] = range(len(table))
    api = DuckDBAPI(connection=connection)
    connection.register("febrl_rows", table)
    connection.execute("create table febrl as select * from febrl_rows")
    linker = Linker(api.register("febrl"), _settings(all_fields=all_fields))
    _train(linker)
    found = linker.inference.predict(threshold_match_weight=WEIGHT_MIN)
    columns = ("place_l", "place_r", "match_weight")
    return {
        (min(one, other), max(one, other)): float(weight)
        for one, other, weight in (
            tuple(record[column] for column in columns) for record in found.as_record_list()
        )
    }


def _settings(*, all_fields: bool) -> SettingsCreator:
    comparisons: list[Any] = [
        cl.NameComparison("given_name"),
        cl.NameComparison("surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
    ]
    if all_fields:
        comparisons += [cl.NameComparison(name) for name in ("address_1", "address_2", "suburb")]
    return SettingsCreator(
        unique_id_column_name="rec_id",
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on(name) for name in ("given_name", "surname", "date_of_birth", "postcode")
        ],
        comparisons=comparisons,
        additional_columns_to_retain=["place"],
    )


def _train(linker: Linker) -> None:
    rules = [block_on("given_name", "surname", "date_of_birth"), SWAPPED_NAMES]
    linker.training.estimate_probability_two_random_records_match(rules, recall=RECALL_OF_RULES)
    linker.training.estimate_u_using_random_sampling(max_pairs=PAIRS_MAX, seed=SEED)
    for name in ("date_of_birth", "postcode"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(name))
