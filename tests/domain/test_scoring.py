"""Scores as sums, rarity of values, blocking, and what any text may do to them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.domain.placeholders import JUNK
from streams.domain.scoring.blocking import KEYS_MAX, NAME_ALONE, blocking_keys, sought_keys
from streams.domain.scoring.frequencies import Frequencies, counted
from streams.domain.scoring.guards import Decision, Guard
from streams.domain.scoring.pairs import pairs_between, pairs_within
from streams.domain.scoring.people import Description, Home, Name, birth_text, countable, prepare
from streams.domain.scoring.score import decided, prior_bits, score
from streams.domain.scoring.sounds import sound_of
from streams.domain.scoring.weights import Thresholds, weights_from
from streams.domain.scoring.words import explain
from streams.identity_files import load_weights

WEIGHTS = load_weights()
EMPTY = Frequencies()
BORN = "19840517"
LIMITS = Thresholds(join=8.0, split=-6.0)


def who(given: str, family: str, born: str = BORN, postcode: str = "QX4 2LN") -> Description:
    """Describe somebody."""
    return Description((Name(given, "", family),), (born,), (Home(("12 Mill Lane",), postcode),))


@pytest.mark.parametrize(
    "names",
    [
        "MOHAMMED MUHAMMAD MOHAMED",
        "HUSSAIN HUSSEIN HUSAIN",
        "YUSUF YOUSSEF YUSSUF",
        "STEPHEN STEVEN STEFAN",
        "CHOUDHURY CHAUDHRY CHOWDHURY",
        "KOWALSKI KOVALSKY",
        "CATHERINE KATHRYN",
        "REID REED",
    ],
)
def test_names_that_sound_alike_have_one_sound(names: str) -> None:
    """What clerks hear alike is one key."""
    assert len({sound_of(name) for name in names.split()}) == 1


@pytest.mark.parametrize(
    ("bits", "guard", "decision"),
    [
        (8.0, None, Decision.JOIN),
        (7.9, None, Decision.ASK),
        (-6.0, None, Decision.ASK),
        (-6.1, None, Decision.SPLIT),
        (40.0, Guard.TWINS, Decision.ASK),
        (40.0, Guard.PARENT_AND_CHILD, Decision.SPLIT),
        (-40.0, Guard.TWINS, Decision.SPLIT),
        (-40.0, Guard.BORROWED_IDENTIFIER, Decision.ASK),
    ],
)
def test_a_guard_limits_what_bits_decide(bits: float, guard: Guard, decision: Decision) -> None:
    """Thresholds decide, a guard lowers, and an identifier that agrees is never split unseen."""
    assert decided(bits, guard, LIMITS) is decision


def test_a_common_name_says_less_than_a_rare_one() -> None:
    """The same agreement counts by how many people have the name."""
    known = Frequencies(250_000, {"given": {"JOHN": 0.03}, "family": {"SMITH": 0.012}})
    prior = prior_bits(250_000)
    common, rare = (
        score(prepare(each, known), prepare(each, known), WEIGHTS, prior=prior).bits
        for each in (who("John", "Smith"), who("Corwin", "Garsdyke"))
    )
    assert rare - common > 15


def test_to_live_in_one_town_says_little_where_nobody_counted() -> None:
    """Strangers of a town nobody counted are not alike for it; a counted hamlet says more."""
    homes = (Home(("3 Elm Road", "Aldermoor"), "QX1 4PP"), Home(("80 Hill Lane", "Aldermoor"), ""))
    counted_hamlet = Frequencies(250_000, {"locality": {"ALDERMOOR": 1 / 5_000}})
    found = {}
    for known in (EMPTY, counted_hamlet):
        left, right = (prepare(Description(homes=(home,)), known) for home in homes)
        parts = score(left, right, WEIGHTS, prior=0.0).parts
        found[known.people] = next(part.bits for part in parts if part.field == "locality")
    assert 0 < found[EMPTY.people] < 5
    assert found[250_000] > found[EMPTY.people] + 5


def test_names_that_often_meet_are_not_independent() -> None:
    """A pair of names counted often together says less than both apart."""
    known = Frequencies(
        250_000,
        {
            "given": {"MOHAMMED": 0.01},
            "family": {"KHAN": 0.01},
            "pair": {"MOHAMMED KHAN": 0.002},
        },
    )
    ready = prepare(who("Mohammed", "Khan"), known)
    parts = score(ready, ready, WEIGHTS, prior=0.0).parts
    together = next(part.bits for part in parts if part.field == "together")
    assert together == pytest.approx(-4.32, abs=0.01)


def test_counting_does_not_make_a_person_look_common() -> None:
    """What one or two records share is as rare as what one has; the known shares stay."""
    records = [who("Corwin", "Garsdyke")] * 2 + [who("Lee", f"Peel{n}") for n in range(1_998)]
    known = Frequencies(0, {"family": {"SMITH": 0.012}})
    found = counted((pair for each in records for pair in countable(each)), len(records), known)
    assert found.bits("given", "CORWIN") == found.bits("given", "NOBODY")
    assert found.share("given", "LEE") == pytest.approx(1_997 / 2_000)
    assert found.share("family", "SMITH") == 0.012
    assert found.is_common("given", "LEE")
    assert not found.is_common("given", "CORWIN")


@pytest.mark.parametrize(
    "other",
    [
        who("Corwin", "Garsdyke", "19840517", "QX4 2LM"),
        who("Garsdyke", "Corwin", "19840517", "QX9 9ZZ"),
        who("Corwen", "Garsdike", "19841705", "QX9 9ZZ"),
        who("Peter", "Garsdyke", "19840517", "QX9 9ZZ"),
        who("Corwin", "Garsdyke", "19510202", "QX4 2LN"),
        who("Corwin", "Todd", "19510517", "QX4 2LN"),
    ],
)
def test_one_slip_leaves_a_key_whole(other: Description) -> None:
    """Records of one person meet under a key whatever one thing is wrong."""
    mine = prepare(who("Corwin", "Garsdyke"), EMPTY)
    assert set(blocking_keys(mine)) & set(sought_keys(prepare(other, EMPTY)))


def test_strangers_share_no_key() -> None:
    """Who has nothing in common is not compared."""
    mine, theirs = (
        prepare(each, EMPTY)
        for each in (who("Corwin", "Garsdyke"), who("Peter", "Langley", "19710202", "QX8 1AA"))
    )
    assert not set(blocking_keys(mine)) & set(sought_keys(theirs))


@pytest.mark.parametrize(
    ("kept", "sought"),
    [
        (who("William", "Garsdyke"), who("Billy", "Garzdike", "19840511", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("Garsdyke", "Corwin", "19840711", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("Corwin", "Garsdyke-Todd", "19840101", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke", "19840101"), who("Corwyn", "Garsdike", postcode="QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("Corwin", "Garskdyke", "", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("Corwin", "aGrsdyke", "19840511", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("Corwin", "Garsdyke", "19710202", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("", "Garsdyke", "19840101", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("Garsdyke", "oCrwin", "19840711", "QX9 9ZZ")),
        (who("Corwin", "Garsdyke"), who("Peter", "Todd", "19840711", "QX4 2AA")),
    ],
)
def test_several_slips_leave_a_key_whole(kept: Description, sought: Description) -> None:
    """Who moved is found by another name form, another order and another birth date at once."""
    mine, theirs = prepare(kept, EMPTY), prepare(sought, EMPTY)
    assert set(blocking_keys(mine)) & set(sought_keys(theirs))


def test_a_look_up_asks_for_a_dozen_keys() -> None:
    """Each key that is asked for costs a look, so variants stand with those that are kept."""
    ready = prepare(who("William", "Garsdyke"), EMPTY)
    kept, sought = set(blocking_keys(ready)), set(sought_keys(ready))
    assert len(sought) <= 14 < len(kept)
    assert sought <= kept


def test_who_was_sealed_under_earlier_keys_is_found() -> None:
    """What is sealed is looked for by keys of its own time, which stay among those kept."""
    earlier = {
        *("b G 1984 05-17", "b K 1984 05-17", "m GRSDK 198405", "w QX42LN G", "w QX42LN K"),
        *("d GRSDK 05-17", "d KRFN G 05-17", "d KRFN 05-17", "c KRFN G 1984", "e QX42LN 05-17"),
    }
    assert earlier <= set(blocking_keys(prepare(who("Corwin", "Garsdyke"), EMPTY)))


def test_a_name_alone_is_looked_for_only_without_a_birth_date() -> None:
    """The keys of a name and nothing else are of many people, so they are the last resort."""
    known = Frequencies(250_000, {"given": {"DAVID": 0.03}, "family": {"SMITH": 0.01}})
    born, unborn = (
        {key[0] for key in sought_keys(prepare(who("David", "Smith", birth), known))}
        for birth in ("19840517", "")
    )
    assert not NAME_ALONE & born
    assert unborn >= NAME_ALONE


def test_pairs_go_within_a_file_or_across_two() -> None:
    """A pair is named once, the smaller place first; two files are never compared within."""
    one, other = (prepare(who(given, "Garsdyke"), EMPTY) for given in ("Corwin", "Corwen"))
    stranger = prepare(who("Peter", "Langley", "19710202", "QX8 1AA"), EMPTY)
    stranger = prepare(Description((Name("Peter", "", "Langley"),), ("19710202",)), EMPTY)
    assert pairs_within((one, stranger, other)) == {(0, 2)}
    assert pairs_between((one, other), (stranger, other)) == {(0, 1), (1, 1)}


def test_junk_is_left_out() -> None:
    """A date that systems fill in and a postcode of no fixed abode compare with nothing."""
    found = prepare(
        Description((Name("Unknown", "", "Not known"),), ("19700101",), (Home((), "NF1 1NF"),)),
        EMPTY,
    )
    assert (found.names, found.births, found.places) == ((), (), ())
    listed = JUNK.extended(birth_dates=(date(1984, 5, 17),), postcodes=("QX4 2LN",))
    found = prepare(who("Corwin", "Garsdyke"), EMPTY, listed)
    assert found.births == ()
    assert found.places[0].postcode == ""


def test_a_date_is_eight_digits() -> None:
    """Dates and what files hold are one form."""
    assert birth_text(date(1984, 5, 7)) == "19840507"
    assert birth_text(date(984, 5, 7)) == "09840507"


def test_thresholds_must_leave_a_range() -> None:
    """Weights whose join threshold is not above the split threshold are refused."""
    document = {"version": "1", "thresholds": {"join": 1, "split": 1}, "fields": {}}
    with pytest.raises(ValueError, match="above"):
        weights_from({**document, "identifiers": {}})


DIGITS = st.text("0123456789", min_size=8, max_size=8)
TEXTS = st.text(max_size=30) | st.text("AEM -'.0", max_size=12)
ANYBODY = st.builds(
    lambda names, births, lines, postcode: Description(
        tuple(Name(*name) for name in names), tuple(births), (Home(tuple(lines), postcode),)
    ),
    st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=3),
    st.lists(DIGITS, max_size=2),
    st.lists(TEXTS, max_size=3),
    TEXTS,
)


@settings(deadline=None)
@given(ANYBODY, ANYBODY)
def test_any_two_descriptions_have_a_score(one: Description, other: Description) -> None:
    """Whatever text comes, it is scored alike from both sides, explained, and finds its keys."""
    left, right = prepare(one, EMPTY), prepare(other, EMPTY)
    found, turned = (score(*pair, WEIGHTS, prior=-10.0) for pair in ((left, right), (right, left)))
    assert found.bits == pytest.approx(turned.bits)
    assert found.decision is turned.decision
    assert found.bits == pytest.approx(-10 + sum(part.bits for part in found.parts))
    assert explain(found)
    assert max(len(blocking_keys(left)), len(sought_keys(left))) <= KEYS_MAX
    assert 0 <= found.probability <= 1


@settings(deadline=None)
@given(ANYBODY)
def test_a_name_and_birth_alone_never_join_without_both(one: Description) -> None:
    """Nobody is joined to a record that has only a name, whatever the name."""
    bare = Description(one.names)
    found = score(prepare(one, EMPTY), prepare(bare, EMPTY), WEIGHTS, prior=-10.0)
    assert found.decision is not Decision.JOIN
