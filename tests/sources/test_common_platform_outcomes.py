"""The table of what results mean."""

import pytest

from connectors.sources.common_platform.outcomes import BY_CODE, BY_WORDS, meaning_of
from streams.domain.case_events import RequirementKind
from streams.domain.offence_events import CourtOrderKind, Outcome


@pytest.mark.parametrize(
    ("code", "label", "outcome"),
    [
        ("1116", "anything", "order_made"),
        ("1115", "anything", "order_made"),
        ("1030", "Community order", "order_varied"),
        ("1029", "Community order", "order_revoked"),
        ("3326", "anything", "protective_order_made"),
        ("3105", "anything", "requirement_imposed"),
        ("4575", "anything", "warrant_issued"),
        ("4027", "anything", "remanded_on_bail"),
        ("4574", "anything", "bail_varied"),
        ("1002", "anything", "custody"),
        ("1015", "anything", "fine"),
        (None, "Community order England / Wales", "order_made"),
        (None, "Breach of community order admitted", "other"),
        (None, "Community order revoked", "order_revoked"),
        (None, "Variation of bail conditions", "bail_varied"),
        (None, "Suspended sentence activated", "custody"),
        (None, "Curfew with electronic monitoring", "requirement_imposed"),
        (None, "Electronic Monitoring End - notify contractor", "other"),
        ("9998", "Not guilty", "acquitted"),
    ],
)
def test_code_decides_before_words(code: str | None, label: str, outcome: str) -> None:
    """The code says what a result means; the label's words only where no row has the code."""
    assert meaning_of(code, None, label).outcome == outcome


def test_result_type_counts_where_the_code_is_left_out() -> None:
    """Common Platform's own result type is known in any spelling of its id."""
    meaning = meaning_of(None, "418B3AA7-65AB-4A4A-BAB9-2F96B698118C", "x")
    assert meaning.order == "community_order"


def test_table_says_only_what_the_contract_knows() -> None:
    """Every outcome, order and requirement of the table is a word of the event's schema."""
    for meaning in [*BY_CODE.values(), *(meaning for _, meaning in BY_WORDS)]:
        assert meaning.outcome in set(Outcome)
        assert meaning.order is None or meaning.order in set(CourtOrderKind)
        assert meaning.requirement is None or meaning.requirement in set(RequirementKind)
