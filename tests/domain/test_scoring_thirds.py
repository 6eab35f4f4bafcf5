"""Two records that are both one person with a third record of their file."""

from streams.domain.scoring.files import Records, score_records
from streams.domain.scoring.guards import Decision
from streams.domain.scoring.levels import Field
from streams.domain.scoring.people import Description, Home, Name
from streams.domain.scoring.score import Score
from streams.identity_files import load_weights

WEIGHTS = load_weights()
MILL_LANE, DALE_ROAD = Home(("12 Mill Lane",), "QX4 2LN"), Home(("7 Dale Road",), "QX3 8AB")


def who(given: str, family: str, born: str, home: Home | None = MILL_LANE) -> Description:
    """Describe somebody."""
    births = (born,) if born else ()
    return Description((Name(given, "", family),), births, (home,) if home else ())


def of(*records: Description) -> dict[tuple[int, int], Score]:
    """Score a file."""
    return dict(score_records(Records(records), WEIGHTS).found)


FIRST = who("Corwin", "Garsdyke", "19840517")
MARRIED = who("Corwin", "Pelham", "19840517")
"""One person with the first by given name, birth and home."""
MOVED = who("Corwin", "Garsdyke", "", DALE_ROAD)
"""One person with the first by a rare name; with the married one by half of it."""


def is_by_a_third(found: Score) -> bool:
    """Answer whether a score says that it comes by a third record."""
    return any(part.field is Field.THIRD for part in found.parts)


def test_who_is_one_person_with_a_third_is_asked_about() -> None:
    """Two records of one person that share only a first name meet by the third."""
    alone, together = of(MARRIED, MOVED), of(MARRIED, MOVED, FIRST)
    assert together[0, 2].bits >= 8 <= together[1, 2].bits
    assert (0, 1) not in alone or alone[0, 1].decision is Decision.SPLIT
    assert is_by_a_third(together[0, 1])
    assert together[0, 1].decision is Decision.ASK
    lifted = together[0, 1]
    assert lifted.bits == WEIGHTS.thresholds.join - 1
    assert abs(lifted.prior + sum(part.bits for part in lifted.parts) - lifted.bits) < 1e-6


def test_a_third_record_makes_nobody_joined() -> None:
    """What is joined without asking is what was joined by itself."""
    found = of(MARRIED, MOVED, FIRST)
    joined = {pair for pair, each in found.items() if each.decision is Decision.JOIN}
    assert not any(is_by_a_third(found[pair]) for pair in joined)


def test_an_initial_makes_no_twins_one() -> None:
    """Whose record it is that has only an initial is not clear, so that it tells of neither."""
    twins = who("Corwin", "Smith", "19840517"), who("Clement", "Smyth", "19840517", DALE_ROAD)
    found = of(*twins, who("C", "Smyth", "19840517"))
    assert found[0, 2].bits >= 8 <= found[1, 2].bits
    assert not any(map(is_by_a_third, found.values()))


def test_a_record_with_another_birth_ties_only_where_it_is_surer() -> None:
    """A brother and a sister, alike in name and at home, are as sure as that; they are two."""
    marc, mary = who("Marc", "Smith", "19710919"), who("Mary", "Smith", "19650813")
    found = of(marc, mary, who("Mark", "Smith", "19710919", DALE_ROAD))
    assert 8 <= found[0, 1].bits < 14
    assert found[0, 2].bits >= 8
    assert (1, 2) not in found or not is_by_a_third(found[1, 2])


def test_parent_and_child_stay_two_people() -> None:
    """A guard that says two people stands, whatever third record there is."""
    name = (Name("David", "Ambrose", "Hodgson"),)
    father = Description(name, ("19540311",), (MILL_LANE,))
    son = Description(name, ("19840527",), (DALE_ROAD,))
    found = of(father, son, Description(name))
    assert found[0, 2].bits >= 8 <= found[1, 2].bits
    assert found[0, 1].decision is Decision.SPLIT
    assert not is_by_a_third(found[0, 1])


def test_two_files_have_no_thirds() -> None:
    """Of two files only pairs across are compared, as before."""
    found = dict(score_records(Records([MARRIED, FIRST], [MOVED]), WEIGHTS).found)
    assert not any(map(is_by_a_third, found.values()))
