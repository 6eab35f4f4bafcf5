"""In which coarse groups an offence falls, on which rules may turn."""

from typing import Final

from streams.domain.records import Offence, OffenceGroup, PersonEvent

TITLE_GROUPS: Final[tuple[tuple[str, OffenceGroup], ...]] = (
    ("assault", OffenceGroup.VIOLENCE),
    ("wound", OffenceGroup.VIOLENCE),
    ("bodily harm", OffenceGroup.VIOLENCE),
    ("murder", OffenceGroup.VIOLENCE),
    ("manslaughter", OffenceGroup.VIOLENCE),
    ("threats to kill", OffenceGroup.VIOLENCE),
    ("strangulation", OffenceGroup.VIOLENCE),
    ("robbery", OffenceGroup.VIOLENCE),
    ("battery", OffenceGroup.VIOLENCE),
    ("controlling or coercive", OffenceGroup.DOMESTIC_ABUSE),
    ("domestic", OffenceGroup.DOMESTIC_ABUSE),
    ("non-molestation", OffenceGroup.DOMESTIC_ABUSE),
    ("restraining order", OffenceGroup.DOMESTIC_ABUSE),
    ("stalking", OffenceGroup.DOMESTIC_ABUSE),
    ("harassment", OffenceGroup.DOMESTIC_ABUSE),
    ("child", OffenceGroup.CHILD),
    ("rape", OffenceGroup.SEXUAL),
    ("sexual", OffenceGroup.SEXUAL),
    ("indecent", OffenceGroup.SEXUAL),
    ("knife", OffenceGroup.WEAPONS),
    ("bladed", OffenceGroup.WEAPONS),
    ("firearm", OffenceGroup.WEAPONS),
)
"""Assumed: courts send no offence group, so words of the title make a matter urgent, never less."""


def groups_of(event: PersonEvent) -> tuple[OffenceGroup, ...]:
    """Return the offence groups of an event: as the police gave them, or by a court's titles."""
    found: dict[OffenceGroup, None] = {}
    for offence in event.value_of("offences", otherwise=()):
        given = offence.groups if isinstance(offence, Offence) else ()
        found.update(dict.fromkeys(given or _by_title(offence.title)))
    return tuple(found)


def _by_title(title: str) -> tuple[OffenceGroup, ...]:
    """Return the groups whose words stand in an offence's title."""
    lower = title.lower()
    return tuple(dict.fromkeys(group for words, group in TITLE_GROUPS if words in lower))
