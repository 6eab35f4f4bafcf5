"""Derived ids are those of the standard library."""

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from streams.domain.derived_ids import SEPARATOR, derived_id


@given(namespace=st.uuids(), parts=st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_an_id_is_that_of_the_standard(namespace: UUID, parts: list[str]) -> None:
    """Whoever derives an id by RFC 9562 finds ours."""
    assert derived_id(namespace, *parts) == uuid5(namespace, SEPARATOR.join(parts))
