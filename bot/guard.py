"""The personal-number guard: which digits of a text are a person's official number or a payment card's.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input. A number counts only where its
date exists and its check digit is right, so that case numbers, invoices and telephone numbers stay readable.
"""

import re
from calendar import isleap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class NumberKind(StrEnum):
    """Whose number it is."""

    PERSONNUMMER = "personnummer"
    """Swedish personal identity number (Skatteverket, SKV 704)."""
    SAMORDNINGSNUMMER = "samordningsnummer"
    """Swedish coordination number: the day of birth is raised by 60 (SKV 707)."""
    HENKILOTUNNUS = "henkilotunnus"
    """Finnish personal identity code, personbeteckning (decree 128/2010; signs added in 2023)."""
    CARD = "card"
    """Payment card (ISO/IEC 7812)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A number that stands in a text: ``text[begin:end]``, its separators included."""

    kind: NumberKind
    begin: int
    end: int


_FILL = r"\s\u00ad\u200b-\u200f\u2060\ufeff"
_LEVEL_FILL = rf"(?:(?![\r\n])[{_FILL}])"
_DASH = r"\-\u02d7\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
_END = r"(?![^\W_])"
# An address quotes signs as %2D: the digits of such a sign are not the number's.
_START = re.compile(
    r"\d{4}(?:(?<![^\W_]\d{4})(?<!%\d{4})|(?<=%[0-9A-Fa-f]{2}\d{4}))"
    rf"(?=\d\d|[{_FILL}{_DASH}>]{{1,3}}(?:\d{{4}}|\d\d[{_DASH}]\d\d[{_DASH}]))"
)
_JOINT = rf"[{_FILL}]{{0,3}}[{_DASH}+\uff0b_][{_FILL}>]{{0,6}}|{_LEVEL_FILL}{{1,3}}|%2[0BDbd]|"
_SWEDISH = re.compile(rf"(\d{{6}}(?:\d\d)?)({_JOINT})(\d{{4}}){_END}")
_DASHED = re.compile(rf"(\d{{4}})[{_DASH}](\d\d)[{_DASH}](\d\d)[{_DASH}](\d{{4}}){_END}")
_FINNISH = re.compile(
    rf"(\d{{6}})(?:[{_FILL}]{{0,3}}([{_DASH}+\uff0b])[{_FILL}>]{{0,6}}|([A-FU-Y]))(\d{{3}})([0-9A-FHJ-NPR-Y]){_END}",
    re.IGNORECASE,
)
_GAP = rf"[{_FILL}{_DASH}>]{{1,3}}"
_GROUPED_CARD = re.compile(
    rf"(\d{{4}}(?:{_GAP}\d{{4}}){{3}})({_GAP}\d{{1,3}})?{_END}|(\d{{4}}{_GAP}\d{{6}}{_GAP}\d{{4,5}}){_END}"
)
_CARD = re.compile(rf"\d{{13,19}}{_END}")


def find_numbers(text: str) -> list[Found]:
    """Return the personal and card numbers of a text in their order, none overlapping another.

    Swedish: YYMMDD or YYYYMMDD (year 1850 to 2099) and four digits, with any dash, plus, spaces or nothing between,
    a line break only after a dash; the date must exist (in either century), the last digit is Luhn's over ten digits
    (SKV 704). Finnish: DDMMYY, a century sign, 002 to 999 (from 900 on: temporary), check character by mod 31.
    Cards: 13 to 19 digits of a known issuer, right by Luhn, in groups or run together. Signs may be any Unicode
    dash, space or digit.

    A number that other letters or digits touch is none; one in a web or mail address is. What can be a telephone
    number (`_is_phone`), an IBAN or a reference (`_is_card`) stays.
    """
    return list(_numbers(text))


def holds_number(text: str) -> bool:
    """Tell whether the text holds any number that `find_numbers` finds."""
    return next(_numbers(text), None) is not None


def mask(text: str, label: Callable[[NumberKind], str]) -> str:
    """Return the text with every found number replaced by its kind's label, and everything else as it was.

    Masking the result again changes nothing as long as no label holds a digit, and none that names a number
    ("personnummer") ends without a sign such as a bracket, asterisk or block: it would speak for the next number.
    """
    parts, done = list[str](), 0
    for found in _numbers(text):
        parts += text[done : found.begin], label(found.kind)
        done = found.end
    return "".join(parts) + text[done:] if parts else text


def _numbers(text: str) -> Iterator[Found]:
    done = 0
    for start in _START.finditer(text):
        if start.start() >= done and (found := _read(text, start.start())):
            done = found.end
            yield found


def _read(text: str, begin: int) -> Found | None:
    """Return the number that begins here, None if none does."""
    return _read_swedish(text, begin) or _read_finnish(text, begin) or _read_card(text, begin)


def _read_swedish(text: str, begin: int) -> Found | None:
    if shape := _SWEDISH.match(text, begin):
        born, joint, serial = _digits(shape[1]), shape[2], _digits(shape[3])
    elif shape := _DASHED.match(text, begin):
        born, joint, serial = _digits(shape[1] + shape[2] + shape[3]), "-", _digits(shape[4])
    else:
        return None
    year = int(born[:-4]) + (2000 if len(born) == 6 else 0)
    day = int(born[-2:])
    if not _is_date(year, int(born[-4:-2]), day - 60 if day > 60 else day) or not _luhn(born[-6:] + serial):
        return None
    if len(born) == 6 and not joint.strip() and _is_phone(text, begin, born, bare=not joint):
        return None
    kind = NumberKind.SAMORDNINGSNUMMER if day > 60 else NumberKind.PERSONNUMMER
    return Found(kind=kind, begin=begin, end=shape.end())


_CENTURIES = {"+": 1800, "-": 1900} | dict.fromkeys("UVWXY", 1900) | dict.fromkeys("ABCDEF", 2000)
_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def _read_finnish(text: str, begin: int) -> Found | None:
    shape = _FINNISH.match(text, begin)
    if not shape:
        return None
    born, serial = _digits(shape[1]), _digits(shape[4])
    sign = shape[3].upper() if shape[3] else "+" if shape[2] in "+\uff0b" else "-"
    check = shape[5].upper() if not shape[5].isdecimal() else _digits(shape[5]).decode()
    year = _CENTURIES.get(sign, -10_000) + int(born[4:])
    if not _is_date(year, int(born[2:4]), int(born[:2])) or int(serial) < 2:
        return None
    if _CHECKS[int(born + serial) % 31] != check:
        return None
    return Found(kind=NumberKind.HENKILOTUNNUS, begin=begin, end=shape.end())


# Visa · Mastercard · American Express · Discover · Diners Club
_ISSUER = re.compile(
    rb"4(?:.{12}|.{15}|.{18})|5[1-5].{14}|2(?:22[1-9]|2[3-9].|[3-6]..|7[01].|720).{12}|3[47].{13}"
    rb"|(?:6011|65..|64[4-9].).{12,15}|3[068].{12}"
)
_MAESTRO = re.compile(rb"(?:50|5[6-9]|6.).{11,17}")
_IBAN = re.compile(r"(?<![^\W_])[A-Z]{2}\d\d(?:[ \u00a0]?[A-Z0-9]{4}){0,7}[ \u00a0]?\Z")


def _read_card(text: str, begin: int) -> Found | None:
    if shape := _GROUPED_CARD.match(text, begin):
        ends, grouped = [shape.end(), shape.end(1)] if shape[2] else [shape.end()], True
    elif shape := _CARD.match(text, begin):
        ends, grouped = [shape.end()], False
    else:
        return None
    for end in ends:  # what stands behind the groups may be the card's safety code
        digits = _digits(text[begin:end])
        if _luhn(digits) and _is_card(text, begin, digits, grouped=grouped):
            return Found(kind=NumberKind.CARD, begin=begin, end=end)
    return None


def _is_card(text: str, begin: int, digits: bytes, *, grouped: bool) -> bool:
    """Tell whether an issuer of cards gives out such numbers, and nothing before it says that it is another's.

    Maestro's ranges are so wide that digits run together need a word for a card before them. Swedish OCR references
    carry Luhn's digit too: behind a word for them, digits run together stay.
    """
    maestro = not _ISSUER.fullmatch(digits)
    if maestro and not _MAESTRO.fullmatch(digits):
        return False
    if text[max(begin - 1, 0) : begin] == "+" or _IBAN.search(text[max(begin - 48, 0) : begin]):
        return False
    if grouped:
        return True
    word = _last_word(text, begin)
    return word == "card" if maestro else word != "reference"


_WORDS = re.compile(
    r"(?P<person>person(?:al)?[ -]?(?:nummer|nr|number|id|beteckning)|pers\.? ?nr|\bp\.?[ -]?nr|född|födelse"
    r"|\bid-?(?:nummer|nr|number)|samordning|\bssn\b|social security|\bhenkilö|\bhetu|\bsotu|\bsyntynyt|\bsynt\b"
    r"|\bborn\b|\bbirth)"
    r"|(?P<phone>tele?fon|\btele?\b|\btfn|\bmobil|\bringa?\b|\bnås?\b|\bpuh|phone|\bcall|\bsms|\bnr\b|\bnummer|\bnumber"
    r"|\bnumero|\bswish|\bfax|whatsapp|\bsoit)"
    r"|(?P<card>kort(?:et|nr|nummer)?\b|kortti|kortin|\bcard|\bvisa\b|maestro)"
    r"|(?P<reference>\bocr|\bref|faktura|\binvoice|\blasku|viite|\bkolli|\bspår|\bpaket|tracking|seuranta|\bimei"
    r"|kund(?:nr|nummer)|asiakas|\border)",
    re.IGNORECASE,
)
_STOP = re.compile(r"\d{4}|[\])}>*#›»\u2022\u2580-\u25ff]")
_CONTEXT = 40
_ABROAD = re.compile(r"(?:\+|\b00)\d{0,3}[ \u00a0(-]{0,2}0?\)?[ \u00a0]?\Z")
# Area codes whose third digit can be a month's first (Post- och telestyrelsen's plan; Finnish mobile: 040, 041, 050).
_AREA = re.compile(rb"0(?:[1256][01]|30[1-4]|31|4[01]|7|8|9[01])")


def _is_phone(text: str, begin: int, digits: bytes, *, bare: bool) -> bool:
    """Tell whether ten digits are rather a telephone number: one of ten passes Luhn by chance.

    So they are behind a country code, and if they begin with 0 unless a word for a personal number stands nearest
    before them: behind a word for telephones, and (run together) if they begin as an area code.
    """
    if _ABROAD.search(text[max(begin - 8, 0) : begin]):
        return True
    if not digits.startswith(b"0"):
        return False
    word = _last_word(text, begin)
    return word == "phone" or (word != "person" and bare and _AREA.match(digits) is not None)


def _last_word(text: str, begin: int) -> str:
    """Return which kind of number the nearest word before this place names, empty if none within 40 characters.

    What stands before another number, or a bracket's end, says nothing about this one.
    """
    before = text[max(begin - _CONTEXT, 0) : begin]
    said = ""
    for word in _WORDS.finditer(_STOP.split(before)[-1]):
        said = word.lastgroup or ""
    return said


_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _is_date(year: int, month: int, day: int) -> bool:
    if not (1850 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= _DAYS[month]):
        return False
    return (month, day) != (2, 29) or isleap(year)


_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")


def _luhn(digits: bytes) -> bool:
    """Tell whether the last digit is right by the mod 10 rule (ISO/IEC 7812-1, annex B)."""
    weighed = sum(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED))
    return (weighed - 48 * len(digits)) % 10 == 0


def _digits(text: str) -> bytes:
    """Return the digits of a text, those of any script as ASCII."""
    if text.isascii():
        return text.encode().translate(None, _NO_DIGITS)
    return "".join(str(int(sign)) for sign in text if sign.isdecimal()).encode()
