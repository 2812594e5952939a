"""Which of a mail's text are the writer's own words: no quoted history, no gateway's banner, no clear signature.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.channels.mail_attribution import forward_at, introductions, quoted
from bot.channels.mail_banner import banner_end
from bot.channels.mail_reply_head import announced_at
from bot.channels.mail_signature import inline_sign_off, is_only_signature, signature_at
from bot.channels.mail_structure import history_at, signature_in
from bot.channels.mail_text import clean, is_forward
from bot.channels.mail_why import Why

_RULE = " \t\xa0>|-_=*~#–—"
_ARROW = re.compile(r"\S\s*(?:[-=–]?>)\s*(?:\S|$)")
_ANNOUNCED = 400
_FLOWED = 65
_FRAGMENT = 45
_SIGNATURE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """The writer's own words, the rules that decided, and whether a gateway's banner was cut."""

    text: str
    why: tuple[Why, ...]
    banner: bool


def own_words(text: str, *, html: str = "", subject: str = "") -> OwnWords:
    """Return what the writer of this mail wrote, without quoted history, banner and, where clear, signature.

    Its words are always words of the text, in their order; empty only if the text is blank. Of a forwarded mail, and
    of answers between quoted lines, all is kept that is needed to understand them.

    Args:
        text: all readable text; history that HTML structure showed stands in lines with ``> ``.
        html: the source of the HTML version, empty if there is none.
        subject: the decoded subject, which tells a forward from a reply.
    """
    lines = clean(text).split("\n")
    why: list[Why] = []
    skipped = banner_end(lines)
    if skipped and any(line.strip() for line in lines[skipped:]):
        lines = lines[skipped:]
        why.append(Why.TEXT_BANNER)
    banner = bool(why)
    own, reasons = _own_lines(lines, html, subject)
    kept = "\n".join(own).strip()
    if not kept:
        kept, reasons = "\n".join(lines).strip(), [Why.TEXT_NOTHING_LEFT]
    why += reasons
    return OwnWords(text=kept, why=tuple(dict.fromkeys(why)) or (Why.TEXT_ALL,), banner=banner)


def _own_lines(lines: list[str], html: str, subject: str) -> tuple[list[str], list[Why]]:
    if is_forward(subject):
        return lines, [Why.TEXT_FORWARD]
    marks = _marks(lines)
    forward = forward_at(lines)
    own, why = _without_history(lines[:forward], marks[:forward], html)
    if forward < len(lines) and len(own) == forward:
        return lines, [Why.TEXT_FORWARD]
    if not any(line.strip(_RULE) for line in own):
        return [], why
    if len(own) < forward and announced_at("\n".join(own)[:_ANNOUNCED]) >= 0:
        return lines, [Why.TEXT_BETWEEN_QUOTES]
    return _without_signature(own, why, html)


def _marks(lines: Sequence[str]) -> list[bool]:
    """Return which lines are quoted; one that begins with "From" and got its sign in a mailbox file (mbox) is not."""
    marks = [quoted(line) for line in lines]
    for at, line in enumerate(lines):
        if marks[at] and line.startswith(">From ") and not any(marks[max(at - 1, 0) : at] + marks[at + 1 : at + 2]):
            marks[at] = False
    return marks


def _without_history(lines: list[str], marks: list[bool], html: str) -> tuple[list[str], list[Why]]:
    """Return the lines with all history dropped that is not between own words, and the rules that saw it."""
    inside = [False] * len(lines)
    why = list[Why]()
    known = marks.index(True) if True in marks else len(lines)
    end = len(lines)
    after = _quote_after(lines, marks)
    for found in introductions(lines, quote_after=after):
        why.append(found.why)
        known = min(known, found.begin)
        if not after[found.end - 1]:
            end = found.begin
            break
        inside[found.begin : found.end] = [True] * (found.end - found.begin)
    if html and (cut := history_at(lines, html, known)) < end and cut < known:
        end, why = cut, [Why.TEXT_STRUCTURE]
    if not any(marks[:end]) and not any(inside[:end]):
        return lines[:end], why
    return _among_quotes(lines[:end], marks, inside, why)


def _quote_after(lines: Sequence[str], marks: Sequence[bool]) -> list[bool]:
    """Return for each line whether the next one that says something, at most three below, is quoted."""
    after, near, gap = [False] * len(lines), False, 0
    if not any(marks):
        return after
    for at in range(len(lines) - 1, -1, -1):
        after[at] = near and gap < 3
        if lines[at].strip():
            near, gap = marks[at], 0
        else:
            gap += 1
    return after


def _among_quotes(
    lines: list[str], marks: list[bool], inside: list[bool], why: list[Why]
) -> tuple[list[str], list[Why]]:
    """Return the own words where some lines are quoted: one place alone, several with what stands between them."""
    places = _places(lines, marks, inside)
    if len(places) > 1:
        places = [place for place in places if not _is_signature(lines, *place)] or places[:1]
    if not places:
        return [], why
    begin, end = places[0]
    if len(places) == 1:
        return lines[begin:end], why or [Why.TEXT_QUOTE_MARKS]
    # a quotation above the first answer stays, for it says what is answered; its introduction does not
    first = next((at for at, within in enumerate(inside) if not within and lines[at].strip()), 0)
    return lines[first : places[-1][1]], [Why.TEXT_BETWEEN_QUOTES]


def _is_signature(lines: Sequence[str], begin: int, end: int) -> bool:
    if begin and lines[begin - 1].strip() and not lines[begin - 1].strip(_RULE):
        begin -= 1  # its delimiter
    return is_only_signature(lines[begin:end])


def _places(lines: Sequence[str], marks: Sequence[bool], inside: Sequence[bool]) -> list[tuple[int, int]]:
    """Return begin and end of each run of own lines between quoted ones, without blank lines and rules around."""
    places: list[tuple[int, int]] = []
    begin, last = -1, -1
    for at, line in enumerate(lines):
        if inside[at] or (marks[at] and not _is_arrow(lines, marks, at)):
            if begin >= 0:
                places.append((begin, last + 1))
            begin = -1
        elif line.strip(_RULE) and not _is_fragment(lines, marks, at):
            begin = at if begin < 0 else begin
            last = at
    if begin >= 0:
        places.append((begin, last + 1))
    return places


def _is_arrow(lines: Sequence[str], marks: Sequence[bool], at: int) -> bool:
    """Whether the sign is an arrow that a line break moved to the front: "Meny > Konto" goes on in this line."""
    if at == 0 or marks[at - 1] or not lines[at - 1].strip() or (at + 1 < len(lines) and marks[at + 1]):
        return False
    return _ARROW.search(lines[at - 1][-300:].rstrip()) is not None and "@" not in lines[at - 1]


def _is_fragment(lines: Sequence[str], marks: Sequence[bool], at: int) -> bool:
    """Whether a line is the end of a quoted one that was too long and lost its sign when it was wrapped."""
    if not (0 < at < len(lines) - 1 and marks[at - 1] and marks[at + 1]) or len(lines[at]) > _FRAGMENT:
        return False
    above = lines[at - 1].rstrip()
    return len(above) >= _FLOWED and above[-1] not in ".?!:" and lines[at][:1].islower()


def _without_signature(own: list[str], why: list[Why], html: str) -> tuple[list[str], list[Why]]:
    """Return the lines without the signature at their end; never nothing."""
    own = _trimmed(own)
    last_quoted = next((at for at in range(len(own) - 1, -1, -1) if quoted(own[at])), -1)
    cut = signature_at(own, last_quoted + 1)
    if html and cut == len(own) and last_quoted < (marked := signature_in(own, html)) and cut - marked <= _SIGNATURE:
        cut = marked
    column = inline_sign_off(own[-1]) if cut == len(own) and own else -1
    if 0 <= column < len(own[-1]):
        return [*own[:-1], own[-1][:column]], [*why, Why.TEXT_SIGNATURE]
    if cut < len(own) and any(line.strip(_RULE) for line in own[:cut]):
        return _trimmed(own[:cut]), [*why, Why.TEXT_SIGNATURE]
    return own, why


def _trimmed(lines: list[str]) -> list[str]:
    """Return the lines without blank ones and rules at their end."""
    end = len(lines)
    while end and not lines[end - 1].strip(_RULE):
        end -= 1
    return lines[:end]
