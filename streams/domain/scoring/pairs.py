"""Blocking in memory: the pairs of a file, or of two files, that are worth a comparison.

The ledger looks people up by keys of two pieces (`blocking`). A file can afford more: here records
also meet where any two single pieces agree, so that a record with several slips is still found.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, islice, product
from typing import Final, NamedTuple

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

PAIRS_EACH_MAX: Final = 50
"""Pairs for each record, past which the keys that most records share are left out."""
PAIRS_MIN: Final = 200_000
PAIRS_MAX: Final = 3_000_000
"""A file may have so many pairs however few its records are, and no more however many: some
minutes, and under a gigabyte."""

Pair = tuple[int, int]


class Paired(NamedTuple):
    """The pairs that meet, and how many keys were left out because too many records share them."""

    pairs: set[Pair]
    keys_left_out: int


def pairs_within(records: Sequence[Ready]) -> set[Pair]:
    """Return the pairs of places of one file that share a key, the smaller place first."""
    return paired(records, 0).pairs


def pairs_between(left: Sequence[Ready], right: Sequence[Ready]) -> set[Pair]:
    """Return the pairs of a place in one file and a place in the other that share a key."""
    return paired((*left, *right), len(left)).pairs if left else set()


def paired(records: Sequence[Ready], split: int) -> Paired:
    """Return the pairs that share a key, those of rare keys first, until there are too many.

    With a split, the records before it are those of one file and pairs go to the other's, whose
    places are counted from the split.
    """
    most = min(max(PAIRS_EACH_MAX * len(records), PAIRS_MIN), PAIRS_MAX)
    by_key = _by_key(records, _all_keys)
    blocks = sorted(
        (block for key, block in by_key.items() if len(block) <= _most_of(key)), key=len
    )
    left_out = len(by_key) - len(blocks)
    found: set[Pair] = set()
    for place, block in enumerate(blocks):
        # What a block would add at most: those that meet already are counted, to be simple.
        if len(found) + len(block) * (len(block) - 1) // 2 > most:
            left_out += len(blocks) - place
            break
        found.update(_of_block(block, split))
    met, wide = _meeting(records, split, most)
    found |= met
    return Paired(
        {(one, other - split) for one, other in found} if split else found, left_out + wide
    )


def _most_of(key: str) -> int:
    """Return how many records may share a key that is worth it."""
    return WIDE_BLOCK_MAX if key[0] in NAME_ALONE else BLOCK_MAX


def _of_block(block: Sequence[int], split: int) -> Iterator[Pair]:
    """Yield the pairs of places of a block; with a split, only those across it."""
    if not split:
        return combinations(block, 2)
    cut = bisect_left(block, split)
    return product(block[:cut], block[cut:])


def _all_keys(ready: Ready) -> set[str]:
    """Return the keys under which a record is kept and those under which it is looked for."""
    return {*blocking_keys(ready), *sought_keys(ready)}


def _by_key(
    records: Sequence[Ready], keys_of: Callable[[Ready], Iterable[str]]
) -> dict[str, list[int]]:
    """Return the places that share each key, in order; a key of one record is left out."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, ready in enumerate(records):
        for key in keys_of(ready):
            blocks[key].append(place)
    return {key: block for key, block in blocks.items() if len(block) > 1}


def _meeting(records: Sequence[Ready], split: int, room: int) -> tuple[set[Pair], int]:
    """Return the pairs that share two pieces, and how many pieces are of too many records.

    Where there are too many pairs, the pieces that most records share are left out.
    """
    by_piece = _by_key(records, pieces)
    most = min(PIECE_BLOCK_MAX, PIECE_WORK_MAX // max(len(records), 1))
    while True:
        blocks = {piece: block for piece, block in by_piece.items() if len(block) <= most}
        found = set(islice(_sharing_two(records, split, blocks), room + 1))
        if len(found) <= room:
            return found, len(by_piece) - len(blocks)
        most //= 2


def _sharing_two(
    records: Sequence[Ready], split: int, blocks: Mapping[str, Sequence[int]]
) -> Iterator[Pair]:
    """Yield the pairs that share two pieces; with a split, only pairs across it."""
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
        found.add(f"y {birth[:4]}")
    for place in ready.places:
        found |= {f"p {place.postcode}", f"s {place.street}", f"o {place.number} {place.street}"}
        found |= {f"l {line}" for line in place.rest}
    return sorted(piece for piece in found if len(piece.strip()) > PIECES_MIN)
