"""Fields compared: how far names, dates of birth, addresses and identifiers agree."""

import pytest

from streams.domain.identifiers import IdentifierKind
from streams.domain.scoring.compare_births import are_generation_apart, birth_level
from streams.domain.scoring.compare_identifiers import compare_identifiers
from streams.domain.scoring.compare_names import compare_names
from streams.domain.scoring.compare_places import compare_places
from streams.domain.scoring.compare_words import word_level
from streams.domain.scoring.frequencies import Frequencies
from streams.domain.scoring.levels import Field, Level
from streams.domain.scoring.people import Description, Home, Name, Ready, prepare
from streams.identity_files import load_weights

L = Level
WEIGHTS = load_weights()
COUNTY = Frequencies(
    250_000,
    {
        "given": {"DANIEL": 0.01, "DANIELLE": 0.002, "CHINEDU": 0.002, "JAMES": 0.02},
        "family": {"OKAFOR": 0.003, "JAMES": 0.02, "DANIEL": 0.01, "LEUNG": 0.001},
    },
)


def named(given: str = "", family: str = "", middle: str = "") -> Ready:
    """Make somebody of one name ready."""
    return prepare(Description((Name(given, middle, family),)), COUNTY)


def at(*lines: str, postcode: str = "") -> Ready:
    """Make somebody of one address ready."""
    return prepare(Description(homes=(Home(lines, postcode),)), COUNTY)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("Corwin", "CORWIN", L.EXACT),
        ("Zoë", "Zoe", L.EXACT),
        ("Сергей", "Sergey", L.EXACT),
        ("William", "Billy", L.VARIANT),
        ("Muhammad", "Mohammed", L.VARIANT),
        ("Małgorzata", "Gosia", L.VARIANT),
        ("Evander", "Evandre", L.NEAR),
        ("Kathleen", "Katleen", L.NEAR),
        ("Daniel", "Danielle", L.ALIKE),
        ("Corwin", "C", L.INITIAL),
        ("Corwin", "D", L.DIFFERENT),
        ("Mary-Jane", "Jane", L.PART),
        ("Ann", "Annabel", L.PART),
        ("Lee", "Leigh", L.VARIANT),
        ("Mark", "Craig", L.DIFFERENT),
        ("Mr", "", L.MISSING),
        ("Unknown", "Mark", L.MISSING),
    ],
)
def test_given_names_agree_so_far(left: str, right: str, level: Level) -> None:
    """Each way in which one name is written has its level, and two common names stay two."""
    one, other = named(left, "X").names, named(right, "X").names
    words = [names[0].given if names else None for names in (one, other)]
    assert word_level(*words) is level
    assert word_level(*reversed(words)) is level


@pytest.mark.parametrize(
    ("left", "right", "given", "family"),
    [
        (named("Wei", "Chen"), named("Chen", "Wei"), L.EXACT, L.EXACT),
        (named("Emeka", "Okafor"), named("Okafor", "Chukwuemeka"), L.VARIANT, L.EXACT),
        (named("Corwin Garsdyke"), named("Corwin", "Garsdyke"), L.EXACT, L.EXACT),
        (named("", "Corwin Garsdyke"), named("Corwin", "Garsdyke"), L.EXACT, L.EXACT),
        (named("Ewa", "Kowalska"), named("Ewa", "Kowalski"), L.EXACT, L.EXACT),
        (named("Alan", "Todd", "Corwin"), named("Corwin", "Todd"), L.BY_MIDDLE, L.EXACT),
        (named("Imran Ali", "Khan"), named("Imran Hasan", "Khan"), L.ALIKE, L.EXACT),
        (named("Mohammed", "Khan", "Ali"), named("Mohamed", "Khan", "Hasan"), L.ALIKE, L.EXACT),
        (named("Mark", "Todd"), named("Craig", "Peel"), L.DIFFERENT, L.DIFFERENT),
        (named("Zubair", "Mirza"), named("Syed Zubar", "Mirza"), L.ALIKE, L.EXACT),
        (named("Jimmy", "Ward", "Bernard"), named("James Bernard", "Ward"), L.ALIKE, L.EXACT),
        (named("Ann", "Fazlnath"), named("Ann", "Falnath-Todd"), L.EXACT, L.ALIKE),
        (named("Muhammad Ali", "Khan"), named("Mohammed Hasan", "Khan"), L.DIFFERENT, L.EXACT),
        (named("Waikit", "Leung"), named("Luong", "Grace", "Waikit"), L.BY_MIDDLE, L.NEAR),
    ],
)
def test_whole_names_agree_so_far(left: Ready, right: Ready, given: Level, family: Level) -> None:
    """Names are compared in either order, by any given name, whatever box they stand in."""
    found = compare_names(left.names, right.names, WEIGHTS)
    # Of swapped names either may be read as the given one.
    assert sorted((found.given, found.family)) == sorted((given, family))


def bits_of(field: Field, left: Ready, right: Ready) -> float:
    """Return what a field of names says, the same either way."""
    found, turned = (
        next(p.bits for p in compare_names(a.names, b.names, WEIGHTS).parts if p.field is field)
        for a, b in ((left, right), (right, left))
    )
    assert found == turned
    return found


def test_turned_names_cost_by_how_sure_it_is_which_is_the_given_one() -> None:
    """Nobody is born Okafor Chinedu; Daniel James and James Daniel may be two people."""
    known = bits_of(Field.ORDER, named("Chinedu", "Okafor"), named("Okafor", "Chinedu"))
    either = bits_of(Field.ORDER, named("Daniel", "James"), named("James", "Daniel"))
    unheard = bits_of(Field.ORDER, named("Evander", "Peel"), named("Peel", "Evander"))
    assert -1 < known <= 0
    assert either == pytest.approx(WEIGHTS.part(Field.ORDER, L.SWAPPED).bits, abs=0.1)
    assert unheard == pytest.approx(either, abs=0.1)


def test_one_name_in_the_others_place_is_weighed_alike() -> None:
    """Where one name is found turned and the other is misspelt or another, the found one tells."""
    near = bits_of(Field.ORDER, named("Chinedu", "Okafor"), named("Okafro", "Chinedu"))
    half = bits_of(Field.ORDER, named("Chinedu", "Okafor"), named("Okafor", "Grace"))
    either = bits_of(Field.ORDER, named("Mark", "James"), named("James", "Grace"))
    assert near > -1
    assert half > -2
    assert either < -4


def test_turned_names_say_no_more_than_the_same_in_order() -> None:
    """As a given name Okafor is rarer than as a family name: what is shared is the common one."""
    straight = compare_names(*(named("Chinedu", "Okafor").names,) * 2, WEIGHTS)
    turned = compare_names(
        named("Chinedu", "Okafor").names, named("Okafor", "Chinedu").names, WEIGHTS
    )
    assert straight.bits - 1 < turned.bits <= straight.bits


def test_middle_names_count_beside_turned_names() -> None:
    """A middle name stays where it is when the others are turned, and says as much."""
    one, same, other = (named("Chinedu", "Okafor", middle) for middle in ("Ike", "Ike", "Femi"))
    turned = [named("Okafor", "Chinedu", middle) for middle in ("Ike", "Femi")]
    agrees, differs = (bits_of(Field.MIDDLE, one, each) for each in turned)
    assert agrees == bits_of(Field.MIDDLE, one, same)
    assert differs == bits_of(Field.MIDDLE, one, other)


def test_more_names_to_choose_from_say_less() -> None:
    """With aliases the best pairing counts, less what trying several says by chance."""
    one = named("Fenella", "Ridley").names
    both = (*named("Fenella", "Coldbeck").names, *one)
    alone, among = compare_names(one, one, WEIGHTS), compare_names(both, one, WEIGHTS)
    assert among.family is L.EXACT
    assert among.bits == pytest.approx(alone.bits - 1)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("19840517", "19840517", L.EXACT),
        ("19840101", "19840101", L.FIRST_JANUARY),
        ("19840101", "19840517", L.ESTIMATED),
        ("19840101", "19940101", L.DIFFERENT),
        ("19840507", "19840705", L.SWAPPED),
        ("19840517", "19840511", L.ONE_DIGIT),
        ("19840517", "19480517", L.ONE_DIGIT),
        ("19840517", "19840529", L.TWO_OF_THREE),
        ("19840517", "19850518", L.ALIKE),
        ("19840517", "19710202", L.DIFFERENT),
    ],
)
def test_dates_of_birth_agree_so_far(left: str, right: str, level: Level) -> None:
    """Slips, swaps and estimates have levels of their own."""
    assert birth_level(left, right) is level
    assert birth_level(right, left) is level


def test_a_generation_is_thirteen_years() -> None:
    """Only if every date of one is so far from every date of the other."""
    assert are_generation_apart(["19580203"], ["19710101"])
    assert not are_generation_apart(["19580203"], ["19700101"])
    assert not are_generation_apart(["19580203", "19700101"], ["19710101"])


@pytest.mark.parametrize(
    ("left", "right", "levels"),
    [
        (
            at("12 High St", postcode="QX1 2AB"),
            at("12 High Street", postcode="qx12ab"),
            {Field.POSTCODE: L.EXACT, Field.PREMISES: L.EXACT},
        ),
        (
            at("12 Tanner's Row, QX1 2AB"),
            at("Flat 12", "Tanners Rwo", postcode="QX1 2AC"),
            {Field.POSTCODE: L.NEAR, Field.PREMISES_ALONE: L.NEAR},
        ),
        (
            at("12 Mill Lane", "Coldwell"),
            at("12 Mill Lane", "Coldwel"),
            {Field.PREMISES_ALONE: L.EXACT, Field.LOCALITY: L.NEAR},
        ),
        (
            at("12 Mill Lane", "Coldwell", postcode="QX1 2AB"),
            at("14 Mill Lane", "Aldermoor", postcode="QX1 9ZZ"),
            {
                Field.POSTCODE: L.DISTRICT,
                Field.PREMISES_ELSEWHERE: L.STREET,
                Field.LOCALITY: L.DIFFERENT,
            },
        ),
        (at("No fixed abode", postcode="NF1 1NF"), at("12 Mill Lane"), {}),
        (
            at("Mill Lane", postcode="QX1 2AB"),
            at("12 Mill Lane", postcode="QX1 2AB"),
            {Field.POSTCODE: L.EXACT},
        ),
        (
            at("12", postcode="QX1 2AB"),
            at("12", postcode="QX1 2AB"),
            {Field.POSTCODE: L.EXACT, Field.PREMISES: L.NEAR},
        ),
        (
            at("12", postcode="QX1 2AB"),
            at("14", postcode="QX9 9ZZ"),
            {Field.POSTCODE: L.DIFFERENT, Field.PREMISES_ELSEWHERE: L.DIFFERENT},
        ),
    ],
)
def test_addresses_agree_so_far(left: Ready, right: Ready, levels: dict[Field, Level]) -> None:
    """Short forms and slips are one address; no fixed abode is none."""
    found = compare_places(left.places, right.places, WEIGHTS)
    assert {part.field: part.level for part in found.parts} == levels
    turned = compare_places(right.places, left.places, WEIGHTS)
    assert turned.bits == pytest.approx(found.bits)


def test_identifiers_agree_and_contradict_by_kind() -> None:
    """Equal ones agree, others of the kind contradict, arrests contradict nothing."""
    kinds = IdentifierKind
    left = {kinds.CRN: frozenset({"X320741"}), kinds.PNC: frozenset({"a"})}
    right = {kinds.CRN: frozenset({"X320742"}), kinds.PNC: frozenset({"a", "b"})}
    asns = {kinds.ASN: frozenset({"1101ZD0100000448754K"})}
    found = compare_identifiers(left, right, WEIGHTS)
    assert (found.agreeing, found.contradicting) == ({kinds.PNC}, {kinds.CRN})
    other = {kinds.ASN: frozenset({"0901VK0100000342547V"})}
    assert compare_identifiers(asns, other, WEIGHTS).parts == ()
    assert compare_identifiers(asns, asns, WEIGHTS).parts[0].bits > 10
    assert compare_identifiers(asns, left, WEIGHTS).parts == ()
