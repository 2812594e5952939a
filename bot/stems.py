"""Words as they are searched: in lower case, without endings, so that "cyklarna" finds "cyklar".

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input. Every word is read as Swedish,
whatever its language: a text and a question are read alike, so the same word finds itself in any language.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice

import Stemmer

from bot.case import read_number

MOST = 5_000
_LONGEST_WORD = 40
_LONGEST_ADDRESS = 100
"""At four bytes a letter, `MOST` of them stay below what a tsvector of PostgreSQL can hold (1 MiB)."""

# Nothing below U+0300 is changed by NFC, nor is the punctuation of mails.
_UNUSUAL = re.compile("[\u00ad\u0300-\u200f\u2028-\U0010ffff]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")
# Normalizing takes the square of a run of accents, so that nobody may send a long one.
_PILED = re.compile(r"([^\w\s]{8})[^\w\s]+")
_ACCENT = re.compile("[\u0300-\u036f]+")
_PLAIN = dict(zip("áàâãéèêëíìîïóòôõúùûüýÿçñæø", "aaaaeeeeiiiioooouuuuyycnäö", strict=True))
_ACCENTED = re.compile(f"[{''.join(_PLAIN)}]")

_WORD = re.compile(rf"[^\W_]{{1,{_LONGEST_WORD}}}")
_RUN = re.compile(r"[\w@.+-]+")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"k(?<![^\W_]k)[- ]?[0-9a-z]{6}[- ]?[0-9a-z](?![^\W_])")

# Snowball leaves much of Swedish as it stands: lampan, avfallet, cykeln, skolskjutsen; it parts cyklar from cykel,
# vattnet from vatten. So what it leaves is brought back to the word's base, and is read once more. Snowball's own
# "ern" (vintern) must not be made of internet, as it is taken off too: "int" is "inte".
_snowball = Stemmer.Stemmer("swedish", 0)
_LEFT = re.compile(
    r"(?<=\w{3}a)n$|(?<=\w{2}el)n$|(?<=\w{5})ning$"
    r"|(?<=\w[bcdfghjklmnpqrstvwxz]{2})(?<!ern)et$"
)  # fmt: skip
_LOST_E = re.compile(r"(?<=\w[bcdfgkmpstv])(?=l$)|(?<=\w[gklpt])(?=r$)|(?<=tt|pp|ck|ss)(?=n$)")
_GENITIVE = re.compile(r"[bcdfghjklmnoprtvy]s$")
_MORE = frozenset("glnrst")
"""No rule begins with another letter."""


def stems(text: str) -> list[str]:
    """Return what a text can be found by, each once, at most 5 000: its stems, e-mail addresses and case numbers.

    Addresses (``anna@example.org``) and right case numbers (``k-7q4m2x-9``) come first and whole, and their parts are
    among the stems too. Accents are left out, but å, ä and ö are letters of their own. Words of more than 40 signs are
    read in pieces.
    """
    plain = _plain(text)
    whole, _ = _wholes(plain)
    return _cut([*whole, *_stemmed(plain)])


def query_stems(words: str) -> list[str]:
    """Return the stems to look for when somebody searches for these words; addresses and case numbers whole only."""
    whole, rest = _wholes(_plain(words))
    return _cut([*whole, *_stemmed(rest)])


def is_stem(stem: str) -> bool:
    """Tell whether it can be one of `stems`: lower case letters, digits and ``@ . + - _``, at most 100."""
    return len(stem) <= _LONGEST_ADDRESS and stem == stem.lower() and _RUN.fullmatch(stem) is not None


def _plain(text: str) -> str:
    """Return the text in lower case, in NFC, without accents and without signs that nobody sees."""
    text = text.lower()
    if text.isascii():
        return text
    if _UNUSUAL.search(text):
        text = _PILED.sub(r"\1", _INVISIBLE.sub("", text))
        text = _ACCENT.sub("", unicodedata.normalize("NFC", text))
    return _ACCENTED.sub(lambda sign: _PLAIN[sign[0]], text)


def _wholes(plain: str) -> tuple[list[str], str]:
    """Return the addresses and case numbers of a text, and the text without them."""
    whole = list[str]()

    def address(run: re.Match[str]) -> str:
        found = run[0].strip(".+-")
        if len(found) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(found):
            return run[0]
        whole.append(found)
        return " "

    def number(shape: re.Match[str]) -> str:
        found = read_number(shape[0])
        if found is None:
            return shape[0]
        whole.append(found.lower())
        return " "

    rest = _RUN.sub(address, plain) if "@" in plain else plain
    return whole, _NUMBER.sub(number, rest)


def _stemmed(plain: str) -> list[str]:
    words = dict.fromkeys(_WORD.findall(plain))
    return [_stem(word) for word in islice(words, MOST)]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    once = str(_snowball.stemWord(word))
    if once[-1:] not in _MORE:
        return once
    base = _LOST_E.sub("e", _LEFT.sub("", once))
    return str(_snowball.stemWord(base)) if base != once or _GENITIVE.search(once) else once


def _cut(found: list[str]) -> list[str]:
    return list(dict.fromkeys(found))[:MOST]
