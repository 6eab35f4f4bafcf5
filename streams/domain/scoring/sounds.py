"""How a name sounds, roughly: one key for spellings that are heard alike.

Soundex and Metaphone know English. Names here are of every origin, so the key keeps consonants in
the classes in which clerks hear them, and of the vowels only that a name begins with one:
Mohammed and Muhammad, Hussain and Husein, Yusuf and Youssef, Stephen and Steven are each one key.
"""

import re
from functools import lru_cache
from typing import Final

SOUND_CHARS_MAX: Final = 8
CACHED_MAX: Final = 65_536

_GROUPS: Final = (
    ("SCHTSCH", "X"),
    ("SHCH", "X"),
    ("TSCH", "X"),
    ("SCH", "X"),
    ("SZCZ", "X"),
    ("TCH", "X"),
    ("CZ", "X"),
    ("SZ", "X"),
    ("SH", "X"),
    ("CH", "X"),
    ("ZH", "J"),
    ("DZ", "J"),
    ("DJ", "J"),
    ("DH", "D"),
    ("RZ", "J"),
    ("PH", "F"),
    ("GHT", "T"),
    ("GH", "G"),
    ("KH", "K"),
    ("QU", "K"),
    ("CK", "K"),
    ("TH", "T"),
    ("WR", "R"),
    ("KN", "N"),
    ("GN", "N"),
    ("MB", "M"),
    ("CE", "SE"),
    ("CI", "SI"),
    ("CY", "SI"),
)
"""Letters that are one sound, longest first; X stands for sh and ch, J for zh and j."""
_SINGLE: Final = str.maketrans(
    {"C": "K", "Q": "K", "Z": "S", "V": "F", "W": "F", "X": "X", "H": "", "Y": "I", "G": "G"}
)
_SILENT_W: Final = re.compile(r"([AEO])W(?![AEIOUY])")
"""A w that is heard as part of the vowel before it, as in Chowdhury and Brown."""
_VOWELS: Final = frozenset("AEIOUY")


@lru_cache(maxsize=CACHED_MAX)
def sound_of(word: str) -> str:
    """Return the key of one word in capitals, at most `SOUND_CHARS_MAX` long."""
    text = word
    for letters, sound in _GROUPS:
        if letters in text:
            text = text.replace(letters, sound)
    text = _SILENT_W.sub(r"\1", text)
    first = "A" if text[:1] in _VOWELS else "H" if text[:1] == "H" else ""
    text = text.translate(_SINGLE)
    kept = [
        letter
        for place, letter in enumerate(text)
        if letter not in _VOWELS and (not place or letter != text[place - 1])
    ]
    return (first + "".join(kept))[:SOUND_CHARS_MAX] or word[:1]
