"""Names and addresses as words that can be compared: capitals, no accents, Latin letters.

An agency's keyboard decides how a name is written. What two keyboards can write in two ways is
brought to one form here; what two families spell in two ways is for `variants` and `sounds`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

TEXT_CHARS_MAX: Final = 200
"""What is longer is no name and no line of an address: the rest is not looked at."""
WORDS_MAX: Final = 8
"""Assumed: a name or line with more words than this is told apart by its first ones."""
CACHED_MAX: Final = 16_384
"""Texts whose words are remembered: of names and towns the same ones come again and again."""
_WORD: Final = re.compile(r"[^\W_]+")

_LETTERS: Final = str.maketrans(
    {
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "D",
        "Þ": "TH",
        "Æ": "AE",
        "Œ": "OE",
        "Ħ": "H",
        "ẞ": "SS",
        "ß": "SS",
        "Ə": "A",
        "İ": "I",
        "ı": "I",  # noqa: RUF001 - the Turkish letter is meant
        **dict(zip("АБВГДЕЗИЙКЛМНОПРСТУФЫЭІЎ", "ABVGDEZIYKLMNOPRSTUFYEIU", strict=True)),
        "Ё": "YO",
        "Ж": "ZH",
        "Х": "KH",  # noqa: RUF001 - Cyrillic is meant
        "Ц": "TS",
        "Ч": "CH",
        "Ш": "SH",
        "Щ": "SHCH",
        "Ъ": "",
        "Ь": "",  # noqa: RUF001 - Cyrillic is meant
        "Ю": "YU",
        "Я": "YA",
        "Ї": "YI",
        "Є": "YE",
        "Ґ": "G",
        "Ћ": "C",
        "Ђ": "DJ",
        "Ј": "J",  # noqa: RUF001 - Cyrillic is meant
        "Љ": "LJ",
        "Њ": "NJ",
        "Џ": "DZ",
    }
)
"""Letters that Unicode does not take apart, and Cyrillic by the rules of passports.

Source: ICAO Doc 9303 part 3, transliteration of Cyrillic, simplified.
"""
_JOINS: Final = str.maketrans("", "", "'\u2018\u2019\u02bc`\u00b4\u02bb.")
"""Marks inside a word: O'Dell is one word, and so is the initial J."""
_NOT_WORDS: Final = frozenset(
    """
    UNKNOWN NOTKNOWN NOTRECORDED NOTGIVEN NOTSTATED NK FNU LNU NFA NONE NULL NIL NA
    REDACTED WITHHELD ANONYMISED ANONYMOUS
    """.split()  # noqa: SIM905 - words in rows read better than a line of each
)
"""What is typed where nobody knows a name; NIL and NA are rare enough as names to be left out."""
_TITLES: Final = frozenset("MR MRS MISS MS MX DR REV SIR PROF".split())  # noqa: SIM905 - as above
_SUFFIXES: Final = frozenset("JR JNR JUNIOR SR SNR SENIOR II III IV".split())  # noqa: SIM905 - as above

_NOT_OF_A_NAME: Final = _NOT_WORDS | _TITLES | _SUFFIXES


def folded(text: str) -> str:
    """Return a text in capitals without accents, in Latin letters, marks inside words left out."""
    cut = text[:TEXT_CHARS_MAX]
    if not cut.isascii():
        upper = unicodedata.normalize("NFKC", cut).upper().translate(_LETTERS)
        taken_apart = unicodedata.normalize("NFKD", upper).translate(_LETTERS)
        cut = "".join(c for c in taken_apart if not unicodedata.combining(c))
    return cut.upper().translate(_JOINS)


def words_of(text: str | None) -> tuple[str, ...]:
    """Return the words of a text, at most `WORDS_MAX`; anything but letters and digits parts."""
    return _words(text) if text else ()


@lru_cache(maxsize=CACHED_MAX)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded(text))[:WORDS_MAX])


def name_words(text: str | None) -> tuple[str, ...]:
    """Return the words of a name without titles, Junior and Senior, and words for "not known"."""
    words = words_of(text)
    if "".join(words) in _NOT_WORDS:
        return ()
    if _NOT_OF_A_NAME.isdisjoint(words):
        return words
    kept = tuple(w for w in words if w not in _NOT_WORDS and w not in _TITLES)
    return tuple(w for w in kept if w not in _SUFFIXES) or kept


def generation_word(text: str | None) -> str:
    """Return Senior, Junior or a number after a name in one form, or nothing."""
    for word in words_of(text):
        if word in _SUFFIXES:
            return {"J": "JUNIOR", "S": "SENIOR"}.get(word[0], word)
    return ""
