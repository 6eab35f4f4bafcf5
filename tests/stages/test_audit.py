"""The audit chain: whatever is changed, left out or put in shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.stages.audit import FIRST_HASH, HASH_BYTES, Entry, Head, body, chain, linked

BODIES = st.lists(st.binary(max_size=20), min_size=1, max_size=8)


def holds(entries: list[Entry]) -> bool:
    """Answer whether each entry covers the one before, from the first on."""
    last = FIRST_HASH
    for number, entry in enumerate(entries, start=1):
        if entry.number != number or entry.hash != linked(last, number, entry.body):
            return False
        last = entry.hash
    return True


@given(BODIES, st.integers(0, 8))
def test_a_chain_goes_on_where_it_ended(bodies: list[bytes], cut: int) -> None:
    """Two batches make the same chain as one."""
    whole, end = chain(Head(), bodies)
    first, head = chain(Head(), bodies[:cut])
    second, head = chain(head, bodies[cut:])
    assert ((*first, *second), head) == (whole, end)
    assert (end.length, end.hash) == (len(bodies), whole[-1].hash)
    assert len(end.hash) == HASH_BYTES
    assert holds(list(whole))


@given(BODIES, st.data())
def test_any_tampering_shows(bodies: list[bytes], data: st.DataObject) -> None:
    """Changing, dropping, repeating or swapping an entry breaks the chain."""
    entries = list(chain(Head(), [*bodies, b"last"])[0])
    at = data.draw(st.integers(0, len(entries) - 2))
    entry = entries[at]
    changed = Entry(entry.number, entry.body + b"x", entry.hash)
    assert not holds([*entries[:at], changed, *entries[at + 1 :]])
    assert not holds([*entries[:at], *entries[at + 1 :]])
    assert not holds([*entries[:at], entry, *entries[at:]])
    assert not holds([*entries[:at], entries[at + 1], entry, *entries[at + 2 :]])


def test_an_empty_batch_leaves_the_head() -> None:
    """Nothing done is nothing written."""
    assert chain(Head(3, b"h" * 32), []) == ((), Head(3, b"h" * 32))


def test_a_body_is_canonical() -> None:
    """The same fields in any order are the same bytes; what is not known is left out."""
    one = body({"b": 1, "a": "x", "none": None, "empty": "", "list": [], "tuple": ()})
    assert one == body({"a": "x", "b": 1}) == b'{"a":"x","b":1}'
    assert body({"zero": 0, "no": False}) == b'{"no":false,"zero":0}'
