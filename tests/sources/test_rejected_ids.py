"""The id of bytes that no source could read: the same each time, and no proof of a guess."""

from hashlib import sha256

from world_run import RULES

from connectors.publisher.wire import to_rejected_parcel
from connectors.translation import Rejection

COURTS = RULES.register.agencies["hmcts"]
WHY = Rejection("common_platform", "hearing.id", "the id of the hearing", "null", "send it again")


def name_of(raw: bytes, secret: bytes) -> str:
    """Return the id under which bytes are sent."""
    return to_rejected_parcel(raw, WHY, COURTS, secret).name


def test_the_same_bytes_have_the_same_id() -> None:
    """A file that is sent twice is seen to be the same, and another one is not."""
    raw = b'{"hearing": {"id": null}}'
    assert name_of(raw, b"secret") == name_of(raw, b"secret")
    assert name_of(raw, b"secret") != name_of(raw + b" ", b"secret")


def test_an_id_confirms_no_guess_of_the_bytes() -> None:
    """Ids stay when a quarantined record is erased: whoever guesses its bytes cannot make one."""
    raw = b'{"hearing": {"id": null}}'
    assert sha256(raw).hexdigest()[:16] not in name_of(raw, b"secret")
    assert name_of(raw, b"secret") != name_of(raw, b"another")
