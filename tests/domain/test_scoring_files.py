"""Files scored as a whole: people are counted in them, not records."""

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
    assert many[0, 1].bits == pytest.approx(few[0, 1].bits, abs=0.2)


def test_people_are_estimated_unless_somebody_says_how_many() -> None:
    """The start of a score is one in so many people of the file, never fewer than a thousand."""
    people = [
        Description(
            (Name(LETTERS[n % 13] + "ana", "", family_of(n)),),
            (f"19{n % 71 + 10}{n % 12 + 1:02}{n % 28 + 1:02}",),
            (Home((f"{n} {family_of(n)} Road",)),),
        )
        for n in range(1_300)
    ]
    assert 1_200 <= score_records(Records([*people, *people]), WEIGHTS).people <= 1_300
    file = [people[0]] * 2
    assert score_records(Records(file[:2]), WEIGHTS).people == 1_000
    assert score_records(Records(file[:2]), WEIGHTS, 250_000).people == 250_000


def test_two_files_are_compared_across_only() -> None:
    """Pairs name a place in the first file and one in the second."""
    one, other = who("Corwin", "Garsdyke", "19840517"), who("Corwyn", "Garsdyke", "19840517")
    found = dict(score_records(Records([one, one], [other]), WEIGHTS).found)
    assert set(found) == {(0, 0), (1, 0)}


def test_nobody_is_compared_in_an_empty_file() -> None:
    """No record, no pair."""
    assert dict(score_records(Records([]), WEIGHTS).found) == {}


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
