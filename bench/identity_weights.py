"""The weights file as `switchboard identity train` writes it, with where each part is from."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from bench.identity_people import MadeUp
from streams.domain.scoring.texts import name_words
from streams.domain.scoring.variants import stem_of

SHARE_MIN: Final = 1 / 2_000
SHARED: Final = frozenset({"exact"})
"""Levels whose u is the share of people with the very value."""
WITH_SHARES: Final = frozenset(
    {
        *("given", "family", "postcode", "locality", "other"),
        *("premises", "premises_alone", "premises_elsewhere"),
    }
)
SHARED_VARIANTS: Final = frozenset({"given", "family"})
ASSUMED: Final = frozenset(
    {
        ("birth", "first_january"),
        ("premises", "number"),
        ("premises", "different"),
        ("premises_elsewhere", "exact"),
        ("premises_elsewhere", "near"),
    }
)
"""Levels that are not learnt: where births are not registered, 1 January is one birth in eight, and
the made-up clerks write no house names and no wrong postcode to the right street."""
HEAD: Final = """\
# How likely each level of agreement is in two records of one person (m) and of two people (u).
# Made by `switchboard identity train`: Splink estimated m and u on made-up people (bench/), with
# the scorer's own comparison of fields. No published set and no real record was seen.
# Where there is no u, the share of people with the very value stands for it.
# What has another origin says so. In bits: the base-2 logarithm of m / u.
"""
NOTES: Final = {
    "order": "m as made; u 1 where either may be the given name, and less where shares tell.",
    "generation": "Assumed: Junior and Senior are father and son more often than a slip.",
    "other": "Assumed: a further fact of a file, such as a telephone number, agrees in 9 of 10.",
}
THRESHOLDS_NOTE: Final = """\
# Bits from which two records are joined and under which they are split; between, a person looks.
# At 8 bits, one in 250 is false by the model, and guards stand beside it. Chosen on made-up people
# (seeds 7 and 8) before any published set was scored: above 5 bits no false join was left there
# but of twins who share a name, which no threshold tells apart.
"""
IDENTIFIERS_NOTE: Final = """\
# Bits for and against, by kind. Assumed, since made-up identifiers can teach nothing about real
# ones: one in 500 registrations under another's identifier; a person in thirty has two of a kind.
"""
SHARES_NOTE: Final = """\
# Shares of people by name, for want of a count of the own county: as in the made-up people.
"""


def weights_file(
    version: str,
    kept: Mapping[str, Any],
    learnt: Mapping[str, Mapping[str, Mapping[str, float]]],
    everybody: MadeUp,
) -> str:
    """Return the text of a weights file: what was learnt, and the rest as it was."""
    parts = [HEAD, f'version = "{version}"\n', "[thresholds]", THRESHOLDS_NOTE.rstrip()]
    parts += [f"{name} = {value}" for name, value in kept["thresholds"].items()]
    for field, levels in kept["fields"].items():
        parts += ["", f"[fields.{field}]"]
        parts += [f"# {NOTES[field]}"] if field in NOTES else []
        for level, entry in levels.items():
            if level in learnt.get(field, {}) and (field, level) not in ASSUMED:
                parts.append(_learnt(field, level, learnt[field][level]))
            else:
                note = "" if field in NOTES else "  # Assumed."
                parts.append(f"{level} = {_inline(entry)}{note}")
    parts += ["", IDENTIFIERS_NOTE.rstrip()]
    for kind, levels in kept["identifiers"].items():
        parts += [f"[identifiers.{kind}]", *(f"{at} = {bits}" for at, bits in levels.items()), ""]
    parts += [SHARES_NOTE.rstrip(), *_shares(everybody)]
    return "\n".join(parts) + "\n"


def _learnt(field: str, level: str, found: Mapping[str, float]) -> str:
    has_share = field in WITH_SHARES and level in SHARED
    has_share = has_share or (field in SHARED_VARIANTS and level == "variant")
    kept = {"m": found["m"]} if has_share else found
    return f"{level} = {_inline(kept)}"


def _inline(entry: Mapping[str, float]) -> str:
    return "{ " + ", ".join(f"{name} = {value:.4g}" for name, value in entry.items()) + " }"


def _shares(everybody: MadeUp) -> Iterable[str]:
    people = everybody.everybody
    given = Counter("".join(name_words(person.given)) for person in people)
    family = Counter(stem_of("".join(name_words(person.family))) for person in people)
    for kind, counts in (("given", given), ("family", family)):
        yield f"[shares.{kind}]"
        for name, count in sorted(counts.items()):
            if count / len(people) >= SHARE_MIN:
                yield f"{name} = {count / len(people):.4f}"
        yield ""
