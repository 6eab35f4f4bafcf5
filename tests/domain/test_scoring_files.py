"""Files scored as a whole: people are counted in them, not records."""

from math import log2

import pytest

from streams.domain.scoring import pairs
from streams.domain.scoring.files import Records, score_records
from streams.domain.scoring.pairs import PAIRS_MIN, paired, pairs_within
from streams.domain.scoring.people import Description, Home, Name, prepare
from streams.identity_files import load_weights

WEIGHTS = load_weights()
LETTERS = "BDFGKLMNPRSTX"


def who(given: str, family: str, born: str, street: str = "12 Mill Lane") -> Description:
    """Describe somebody."""
    return Description((Name(given, "", family),), (born,), (Home((street,), "QX4 2LN"),))


def family_of(number: int) -> str:
    """Make family names that do not sound alike."""
    first, rest = divmod(number, 169)
    return "o".join(LETTERS[n] for n in (*divmod(rest, 13), first % 13, first // 13)) + "dale"


def test_a_person_with_many_records_does_not_make_their_own_name_common() -> None:
    """Who has forty records is one person: the pair says as much as in a file of two records."""
    several = [who("Corwin", "Garsdyke", "19840517")] * 40
    crowd = [
        who("Ann", f"Other{n:04}", f"19{n % 60 + 20}0310", f"{n} Dale Rd") for n in range(1200)
    ]
    many = dict(score_records(Records([*several, *crowd]), WEIGHTS).found)
    few = dict(score_records(Records([*several[:2], *crowd]), WEIGHTS).found)
    said = [found[0, 1].bits - found[0, 1].prior for found in (many, few)]
    assert said[0] == pytest.approx(said[1], abs=0.2)


def test_people_are_estimated_unless_somebody_says_how_many() -> None:
    """Who is certainly one person is counted once; a file is of a thousand people at least."""
    people = [somebody(number) for number in range(1_300)]
    assert 1_200 <= score_records(Records([*people, *people]), WEIGHTS).people <= 1_300
    file = [people[0]] * 2
    assert score_records(Records(file[:2]), WEIGHTS).people == 1_000
    assert score_records(Records(file[:2]), WEIGHTS, 250_000).people == 250_000


def somebody(number: int) -> Description:
    """Describe one of many who have nothing in common."""
    return Description(
        (Name(LETTERS[number % 13] + "ana", "", family_of(number)),),
        (f"19{number % 71 + 10}{number % 12 + 1:02}{number % 28 + 1:02}",),
        (Home((f"{number} {family_of(number)} Road",)),),
    )


def prior_of(left: list[Description], right: list[Description] | None = None) -> float:
    """Return where the scores of a file start."""
    return next(found.prior for _, found in score_records(Records(left, right), WEIGHTS).found)


def test_the_start_is_one_in_so_many_pairs() -> None:
    """Where few have a second record a pair is seldom one person; of two lists of the same, often.

    Of 1,000 people each twice in one file, a record has one of 1,999 others; across, of 1,000.
    """
    people = [somebody(number) for number in range(1_000)]
    assert prior_of([*people, *people]) == pytest.approx(-log2(1_999), abs=0.1)
    assert prior_of(people, people) == pytest.approx(-log2(1_000), abs=0.1)
    assert prior_of([*people, *people[:10]]) == pytest.approx(-log2(1_010**2 / 2 / 11), abs=1)
    assert prior_of(people[:60] * 5) == pytest.approx(-log2(60 * 300 / 240), abs=0.2)
    assert prior_of(people[:1] * 2) == pytest.approx(-log2(1_000 / 2), abs=0.1)


def test_two_files_are_compared_across_only() -> None:
    """Pairs name a place in the first file and one in the second."""
    one, other = who("Corwin", "Garsdyke", "19840517"), who("Corwyn", "Garsdyke", "19840517")
    found = dict(score_records(Records([one, one], [other]), WEIGHTS).found)
    assert set(found) == {(0, 0), (1, 0)}


def test_nobody_is_compared_in_an_empty_file() -> None:
    """No record, no pair."""
    assert dict(score_records(Records([]), WEIGHTS).found) == {}


def test_who_was_born_in_one_year_and_shares_a_name_meets() -> None:
    """An estimated birth, a turned name and a slip at once leave one name and the year."""
    known = [somebody(number) for number in range(300)]
    turned = Description((Name("Garsdykle", "", "Corwin"),), ("19840101",))
    file = [*known, who("Corwin", "Garsdyke", "19840517"), turned]
    assert (300, 301) in pairs_within([prepare(each, WEIGHTS.known) for each in file])


def test_a_crowd_at_one_address_is_bounded_and_said() -> None:
    """Of 1,500 people at one address the rarest keys are compared, and the summary says so."""
    crowd = [
        Description(
            (Name(f"{LETTERS[n % 13]}ana", "", family_of(n)),),
            (f"19{n % 71 + 10}{n % 12 + 1:02}{n % 28 + 1:02}",),
            (Home(("12 Mill Lane",), "QX4 2LN"),),
        )
        for n in range(1_500)
    ]
    known = [prepare(each, WEIGHTS.known) for each in (*crowd, *crowd[:20])]
    met = paired(known, 0)
    assert len(met.pairs) <= 2 * PAIRS_MIN
    assert {(n, 1_500 + n) for n in range(20)} <= met.pairs
    assert met.keys_left_out > 0
    few = paired(known[:50], 0)
    assert (few.keys_left_out, few.pairs) == (0, pairs_within(known[:50]))


def test_a_file_has_so_many_pairs_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bound is reached, keys that many share are left out before those that few do."""
    monkeypatch.setattr(pairs, "PAIRS_EACH_MAX", 1)
    monkeypatch.setattr(pairs, "PAIRS_MIN", 20)
    crowd = [who(f"{LETTERS[n % 13]}ana", family_of(n), "19840517") for n in range(60)]
    known = [prepare(each, WEIGHTS.known) for each in (*crowd, crowd[7])]
    met = paired(known, 0)
    assert (7, 60) in met.pairs
    assert len(met.pairs) <= 2 * len(known)
    assert met.keys_left_out > 0
