"""Names that are the same name: short forms, and one name as several languages write it.

A row is a group; a name may be in several, since Alex is short for Alexander and for Alexandra.
Two names are variants where they share a group. Names in one group are joined by a weight that
counts less than equal names, never by rule: in many families both forms are in use at once.

Source: common usage; spellings of one Arabic, Panjabi, Polish or Chinese name follow the usual
romanisations (Pinyin, Wade-Giles, Jyutping, Hokkien for the Chinese surnames). Assumed: complete
enough to begin with; what is missing falls back to how a name sounds and is spelled.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from streams.domain.scoring.variant_rows_west import ROWS as WESTERN_GIVEN_ROWS
from streams.domain.scoring.variant_rows_world import FAMILY_ROWS, GIVEN_ROWS

_FEMININE_ENDINGS: Final = (
    ("SKA", "SKI"),
    ("SKAYA", "SKI"),
    ("SKY", "SKI"),
    ("SKIY", "SKI"),
    ("CKA", "CKI"),
    ("DZKA", "DZKI"),
    ("CKY", "CKI"),
    ("OVA", "OV"),
    ("EVA", "EV"),
    ("INA", "IN"),
    ("OWA", "OW"),
    ("AITE", "AS"),
    ("IENE", "AS"),
    ("YTE", "AS"),
    ("AUSKAS", "AUSKAS"),
)
"""Endings by which a Slavic or Baltic surname tells its bearer's sex or marriage."""
_ENDINGS: Final = tuple(ending for ending, _ in _FEMININE_ENDINGS)
_ENDING_LETTERS_MIN: Final = 3


def _by_name(rows: str) -> Mapping[str, frozenset[int]]:
    """Return, for each name, the numbers of its rows."""
    groups: dict[str, set[int]] = defaultdict(set)
    for number, row in enumerate(rows.strip().splitlines()):
        for name in row.split():
            groups[name].add(number)
    return {name: frozenset(found) for name, found in groups.items()}


GIVEN_GROUPS: Final = _by_name(WESTERN_GIVEN_ROWS + GIVEN_ROWS)
"""The groups of each given name that has another form."""
FAMILY_GROUPS: Final = _by_name(FAMILY_ROWS)
"""The groups of each family name that has another form."""
NO_GROUPS: Final[frozenset[int]] = frozenset()


def stem_of(family: str) -> str:
    """Return a family name without the ending that tells sex: Kowalska and Kowalski are one."""
    if not family.endswith(_ENDINGS):
        return family
    for ending, stem in _FEMININE_ENDINGS:
        if family.endswith(ending) and len(family) >= len(ending) + _ENDING_LETTERS_MIN:
            return family[: -len(ending)] + stem
    return family
