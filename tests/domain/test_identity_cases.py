"""Who is joined, who is asked about and who is kept apart, by a table of cases."""

import pytest
from domain.identity_cases import Case, cases, county

from streams.domain.scoring.guards import Decision
from streams.domain.scoring.people import prepare
from streams.domain.scoring.score import Score, prior_bits, score
from streams.domain.scoring.words import explain
from streams.identity_files import load_weights

WEIGHTS, COUNTY, CASES = load_weights(), county(), cases()
PEOPLE = COUNTY.people


def scored(case: Case) -> Score:
    """Score a case among the people of a county."""
    left, right = prepare(case.left, COUNTY), prepare(case.right, COUNTY)
    return score(left, right, WEIGHTS, prior=prior_bits(PEOPLE))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_decided_as_the_table_says(case: Case) -> None:
    """Each pair ends in a decision that is good for it, and the words say why."""
    found = scored(case)
    assert found.decision in case.good, (case.why, explain(found))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_order_of_the_two_does_not_matter(case: Case) -> None:
    """Left and right may change places."""
    found = scored(case)
    left, right = prepare(case.left, COUNTY), prepare(case.right, COUNTY)
    turned = score(right, left, WEIGHTS, prior=prior_bits(PEOPLE))
    assert (turned.decision, turned.guard) == (found.decision, found.guard)
    assert turned.bits == pytest.approx(found.bits)


def test_there_is_no_false_join() -> None:
    """No pair is joined of which the table does not say that it may be."""
    joined = [case.name for case in CASES if scored(case).decision is Decision.JOIN]
    assert [
        case.name for case in CASES if case.name in joined and Decision.JOIN not in case.good
    ] == []
    assert len(joined) > len(CASES) / 4


def test_an_explanation_adds_up() -> None:
    """The start and the fields are the sum, and each field that spoke has its sentence."""
    for case in CASES:
        found = scored(case)
        assert found.bits == pytest.approx(found.prior + sum(part.bits for part in found.parts))
        sentences = explain(found)
        assert len(sentences) == len(found.parts) + 2 + (found.guard is not None)


def test_an_explanation_names_nobody() -> None:
    """The words carry no name, date, address or identifier of the case."""
    for case in CASES:
        said = " ".join(explain(scored(case))).casefold()
        for side in (case.left, case.right):
            for name in side.names:
                assert not name.family or f" {name.family.casefold()} " not in f" {said} "
            assert not any(birth in said for birth in side.births)
            assert not any(each.value.casefold() in said for each in side.identifiers)
