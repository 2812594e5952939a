"""Whether a comment asks or reports something, so that its writer is offered an answer. Pure; when in doubt, yes."""

import re

from bot.thanks import is_thanks

_LONG = 140
"""Characters from which a comment is more than an opinion in passing."""

_WORDS = re.compile(
    r"\b(?:när|hur|varför|vem|vart|kan ni|kan du|kan jag|vill ha|vill veta|undrar|fortfarande|ännu inte|inte fått|"
    r"har inte|väntar|trasig\w*|sönder|fungerar inte|läcker|klotter|hål\b|ring mig|ringa mig|kontakta mig|hör av er|"
    r"återkom\w*|hjälp mig|snälla|akut|anmäl\w*|överklag\w*|"
    r"when|how|why|who|where|can you|could you|please|still|not received|waiting|broken|does not work|doesn't work|"
    r"call me|contact me|report\w*|"
    r"milloin|miksi|miten|kuka|missä|voitteko|voisitteko|haluan|edelleen|vieläkään|en ole saanut|odotan|rikki|"
    r"ei toimi|soittakaa|ottakaa yhteyttä|ilmoit\w*|valit\w*)\b",
    re.IGNORECASE,
)


def asks(text: str) -> bool:
    """Tell whether words seem to want an answer: a question, a report, or simply many of them; thanks never do."""
    said = text.strip()
    if not said or is_thanks(said):
        return False
    return "?" in said or len(said) >= _LONG or _WORDS.search(said) is not None
