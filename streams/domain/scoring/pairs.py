"""Blocking in memory: the pairs of a file, or of two files, that are worth a comparison.

The ledger looks people up by keys of two pieces (`blocking`). A file can afford more: here records
also meet where any two single pieces agree, so that a record with several slips is still found.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from streams.domain.scoring.blocking import NAME_ALONE, blocking_keys, sought_keys
from streams.domain.scoring.people import Ready
from streams.domain.scoring.sounds import sound_of

BLOCK_MAX: Final = 400
"""Assumed: a key that more records share tells nobody apart; its records meet under others."""
WIDE_BLOCK_MAX: Final = 100
"""The same for keys of a name alone."""
PIECE_BLOCK_MAX: Final = 600
"""The same for single pieces, two of which must agree."""
PIECE_WORK_MAX: Final = 12_000_000
"""Records times the size of a block of pieces: large files leave out more, not to take hours."""
PIECES_MIN: Final = 2

Pair = tuple[int, int]


def pairs_within(records: Sequence[Ready]) -> set[Pair]:
    """Return the pairs of places of one file that share a key, the smaller place first."""
    found = {
        (one, other)
        for block in _blocks(records)
        for at, one in enumerate(block)
        for other in block[at + 1 :]
    }
    found.update(_meeting(records, 0))
    return found


def pairs_between(left: Sequence[Ready], right: Sequence[Ready]) -> set[Pair]:
    """Return the pairs of a place in one file and a place in the other that share a key."""
    split, records = len(left), (*left, *right)
    found: set[Pair] = set()
    for block in _blocks(records):
        mine = [place for place in block if place < split]
        theirs = [place - split for place in block if place >= split]
        found.update((one, other) for one in mine for other in theirs)
    found.update((one, other - split) for one, other in _meeting(records, split))
    return found


def _blocks(records: Sequence[Ready]) -> Iterator[list[int]]:
    """Yield the places that share a key, for each key that is worth it."""
    for key, block in _by_key(records, _all_keys, BLOCK_MAX).items():
        if len(block) <= WIDE_BLOCK_MAX or key[0] not in NAME_ALONE:
            yield block


def _all_keys(ready: Ready) -> set[str]:
    """Return the keys under which a record is kept and those under which it is looked for."""
    return {*blocking_keys(ready), *sought_keys(ready)}


def _by_key(
    records: Sequence[Ready], keys_of: Callable[[Ready], Iterable[str]], most: int
) -> dict[str, list[int]]:
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, ready in enumerate(records):
        for key in keys_of(ready):
            blocks[key].append(place)
    return {key: block for key, block in blocks.items() if 1 < len(block) <= most}


def _meeting(records: Sequence[Ready], split: int) -> Iterator[Pair]:
    """Yield the pairs that share two pieces; with a split, only pairs across it."""
    most = min(PIECE_BLOCK_MAX, PIECE_WORK_MAX // max(len(records), 1))
    blocks = _by_key(records, pieces, most)
    for place in range(split or len(records)):
        others = chain.from_iterable(blocks.get(piece, ()) for piece in pieces(records[place]))
        for other, shared in Counter(others).items():
            if shared >= PIECES_MIN and other > place and other >= split:
                yield place, other


def pieces(ready: Ready) -> list[str]:
    """Return the single pieces of a description: sounds of names, parts of dates, of addresses."""
    found = {f"n {sound_of(word)}" for name in ready.names for word in name.givens}
    found |= {f"n {name.family.sound}" for name in ready.names if name.family is not None}
    for birth in ready.births:
        found |= {f"b {birth}", f"d {birth[4:]}", f"m {birth[:6]}", f"a {birth[:4]}{birth[6:]}"}
    for place in ready.places:
        found |= {f"p {place.postcode}", f"s {place.street}", f"o {place.number} {place.street}"}
        found |= {f"l {line}" for line in place.rest}
    return sorted(piece for piece in found if len(piece.strip()) > PIECES_MIN)
