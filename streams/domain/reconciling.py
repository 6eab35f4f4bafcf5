"""A row of a register compared with what the ledger holds under the same case reference number.

What differs is named by field. Of names, dates of birth and identifiers it is not said what they
are, on either side: the words go into tickets, and whoever mends them looks the case up.
"""

from dataclasses import dataclass, field
from typing import Final

from streams.domain.portraits import Portrait
from streams.domain.scoring.texts import name_words

NOT_RECORDED: Final = "nobody"


@dataclass(frozen=True, slots=True)
class Registered:
    """What a register says of a person; an empty text is what it does not say."""

    crn: str
    given_name: str = ""
    family_name: str = ""
    born: str = ""
    pnc: str = ""
    provider: str = ""
    team: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger holds: how the person was described, and who has the case now."""

    crn: str
    portrait: Portrait = field(default_factory=Portrait)
    provider: str = ""
    team: str = ""
    officer: str = ""
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs, in words that name nobody."""

    field: str
    words: str


def differences(there: Registered, here: Held) -> tuple[Difference, ...]:
    """Return what differs; what the register does not say is not compared."""
    return (*_of_person(there, here.portrait), *_of_holder(there, here))


def _of_person(there: Registered, here: Portrait) -> tuple[Difference, ...]:
    families = {_name(name.family) for name in here.names if name.family}
    givens = {_name(name.given) for name in here.names if name.given}
    pncs = {text for text in here.identifiers if text.startswith("pnc:")}
    compared = (
        ("family_name", "the family name", _name(there.family_name), families),
        ("given_name", "the given name", _name(there.given_name), givens),
        ("born_on", "the date of birth", there.born, set(here.births)),
        ("pnc", "the PNC id", f"pnc:{there.pnc}" if there.pnc else "", pncs),
    )
    return tuple(
        Difference(name, f"{words} is not known here" if not known else f"{words} is another here")
        for name, words, said, known in compared
        if said and said not in known
    )


def _of_holder(there: Registered, here: Held) -> tuple[Difference, ...]:
    if here.has_ended:
        said = there.provider or there.team or there.officer
        return (Difference("ended", "supervision has ended here"),) if said else ()
    compared = (
        ("provider", there.provider, here.provider),
        ("team", there.team, here.team),
        ("officer", there.officer, here.officer),
    )
    return tuple(
        Difference(name, f"the {name} is {said} there and {held or NOT_RECORDED} here")
        for name, said, held in compared
        if said and said != held
    )


def _name(text: str) -> str:
    """Return a name as it is compared: accents, gaps, hyphens and capitals make no difference."""
    return "".join(name_words(text))
