"""Misses by origin of name at equal evidence, as `bench identity` counts them."""

from bench.identity_data import Records, same_pairs
from bench.identity_evidence import at_equal_evidence, evidence
from bench.identity_people import Written


def record(person: int, origin: str, born: str, *slips: str) -> Written:
    """Make a record of somebody at one address."""
    return Written(
        person, origin, "A", "", "B", born, ("1 Mill Lane", "Coldwell"), "QX3 8AB", slips=slips
    )


def test_what_two_records_give_to_go_by_is_named() -> None:
    """Estimates, missing dates, other homes and names turned round are told apart."""
    whole = record(1, "british", "19800203")
    assert evidence(whole, whole) == ("same", "same postcode", False)
    assert evidence(whole, record(1, "british", "19800101", "swapped")) == (
        "estimated",
        "same postcode",
        True,
    )
    nowhere = Written(1, "british", "A", "", "B", "", (), "")
    assert evidence(whole, nowhere) == ("missing", "missing", False)


def test_an_origin_with_more_estimates_is_not_worse_at_equal_evidence() -> None:
    """Where every estimate is missed and nothing else, the origins differ by estimates alone."""
    written = []
    for person in range(40):
        origin = "british" if person < 20 else "traveller"
        is_estimate = person % 20 < (2 if origin == "british" else 10)
        written += [
            record(person, origin, "19800203"),
            record(person, origin, "19800101" if is_estimate else "19800203"),
        ]
    same = same_pairs(each.person for each in written)
    records = Records(written, (), same, 40)
    missed = {pair for pair in same if written[pair[1]].born.endswith("0101")}
    assert at_equal_evidence(records, missed) == {"british": 0.1, "traveller": 0.1}
    worse = missed | {pair for pair in same if written[pair[0]].origin == "traveller"}
    assert at_equal_evidence(records, worse) == {"british": 0.1, "traveller": 1.0}
