"""A mere "tack": a message after an answer that asks for nothing. Only ever a suggestion to staff. Pure."""

import re

_WORDS = re.compile(r"[^\W\d_]+")
_THANKS = frozenset(_WORDS.findall("tack tackar tusen thanks thank thankyou kiitos kiitti kiitoksia danke takk mange"))
_BESIDE = frozenset(
    _WORDS.findall(
        "så mycket för svaret hjälpen hjälp snabbt snabba svar det er dig ni du jag hej hejsan hälsningar mvh vänliga "
        "vänlig hälsning bra toppen perfekt jättebra ok okej då super fint suveränt and you very much for the help "
        "reply answer great perfect regards kind best so paljon avusta vastauksesta hyvä hienoa terveisin nopeasta "
        "ystävällisin vi oss me a lot many hi hello i we your quick är var"
    )
)
_MOST_WORDS = 25


def is_thanks(text: str) -> bool:
    """Tell whether a message seems to say thanks and nothing else: few words, all of that kind, no question.

    A name below (two words at most that are not of that kind) does not matter.
    """
    words = [word.casefold() for word in _WORDS.findall(text[:2000])]
    if not words or len(words) > _MOST_WORDS or "?" in text or any(sign.isdecimal() for sign in text):
        return False
    other = [word for word in words if word not in _THANKS and word not in _BESIDE]
    return not _THANKS.isdisjoint(words) and len(other) <= 2 and all(word in words[-4:] for word in other)
