"""The text of a mail: its line ends, and what an officer wrote above our notice.

Pure. Nothing here raises, whatever it is given, and every pass is linear in its input.
"""

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Sequence

from bot.channels.mail_attribution import quoted
from bot.channels.mail_reply_head import RULE, above_introduction, announced_at, first_history, introduces
from bot.channels.mail_signature import is_only_signature, signature_at

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u2060\ufeff]")
_ANNOUNCED = 600
_LITTLE = 40
_BROKEN = 4
"""Lines over which a secret address may be wrapped."""


def clean(text: str) -> str:
    r"""Return the text with every line end as ``\n`` and without control characters and lone surrogates."""
    if text.replace("\n", "").replace("\t", "").replace("\xa0", "").isprintable():  # ten times as fast, and usual
        return text
    return _CONTROL.sub("", _BREAKS.sub("\n", text))


_FORWARD_SUBJECT = re.compile(r"\s*(vb|vl|fwd?|tr|wg|vidarebefordrat( meddelande)?)\s*(\[\d+\]\s*)?:", re.IGNORECASE)


def is_forward(subject: str) -> bool:
    """Tell whether a subject begins as mail programs begin that of a forwarded mail.

    ``VS`` does not count: it is the reply of Finnish programs, whose forward is ``VL``.
    """
    return _FORWARD_SUBJECT.match(subject) is not None


def unflow(text: str, *, delsp: bool) -> str:
    """Return ``text/plain; format=flowed`` with its paragraphs as one line each (RFC 3676 §4).

    A line that ends with a space goes on in the next one of the same quote depth; ``-- `` never does. Space-stuffing
    is undone. Quoted lines begin with as many ``>`` as they are deep and a space.

    Args:
        text: the decoded text, with any kind of line ends.
        delsp: whether the space at the end of a flowed line goes (parameter ``DelSp=yes``).
    """
    out, open_at = list[list[str]](), -1
    for line in clean(text).split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        said = line[depth:].removeprefix(" ")
        if open_at != depth or said == "-- ":
            out.append([f"{'>' * depth} " if depth and said else ">" * depth])
        flowed = said.endswith(" ") and said != "-- "
        out[-1].append(said[:-1] if flowed and delsp else said)
        open_at = depth if flowed else -1
    return "\n".join(map("".join, out))


def above_line(text: str, line_mark: str, secrets: Callable[[str], bool]) -> str:
    """Return what an officer wrote above our notice, empty if nothing stands there (never all of the text).

    The text ends before the first line that holds the marker (in any case, spacing, quoting or wrapping) or that
    `secrets` knows as holding a secret address (also one wrapped over four lines). Of what is left, only the reply
    introduction that ends directly above goes too: quoted lines, an attribution, a reply header, or what the cut
    left of them, with blank lines and rules between. Higher up, the officer's own words may look like one; only a
    header that names a case number is ours, even where a gateway's banner stands between. Where neither marker nor
    secret is found, the text ends at the first attribution, reply header or quoted line.

    Args:
        text: the whole text of the reply.
        line_mark: the sentence that stands above everything else in our notice.
        secrets: tells whether a line holds an address or token that nobody else may see.
    """
    lines = clean(text).split("\n")
    marked, secret = _mark_span(lines, line_mark)[0], _secret_at(lines, secrets)
    cut = min(marked, secret)
    cut = first_history(lines) if cut == len(lines) else cut
    return "\n".join(above_introduction(lines, cut, marked=marked, secret=secret)).strip()


def is_unclear(text: str, line_mark: str, secrets: Callable[[str], bool]) -> bool:
    """Tell whether `above_line` may take more or less than an officer's own words, so that nothing must be sent.

    With the marker that is so where words stand below it (`words_below`). Without it, where anything is cut at all,
    unless a secret address within the reply introduction says where ours begins.
    """
    lines = clean(text).split("\n")
    if _mark_span(lines, line_mark)[0] < len(lines):
        return words_below(text, line_mark)
    secret = _secret_at(lines, secrets)
    if secret < len(lines) and introduces(lines, secret):
        below = lines[secret + 1 :]
        return quoted(next(filter(str.strip, below), "")) and _has_words(below)
    return above_line(text, line_mark, secrets).split() != text.split()


def words_below(text: str, line_mark: str) -> bool:
    """Tell whether somebody wrote between or below the lines of our notice, where nothing is sent from.

    So it is where the words above say so and little else ("my answers below, in red"). Beside that, False unless the
    marker's line is quoted with ``>``. Blank lines, rules, what stands below ``-- ``, a signature and the lines that
    phones and gateways put below a mail do not count, nor does the rest of a line or a marker that was wrapped.
    """
    lines = clean(text).split("\n")
    begin, last = _mark_span(lines, line_mark)
    if begin == len(lines):
        return False
    if _only_announces("\n".join(above_introduction(lines, begin, marked=begin, secret=len(lines)))):
        return True
    if not quoted(lines[begin]):
        return False
    below = lines[last + 1 :]
    wrapped = _mark_span(below[:2], line_mark)[1]  # the marker stands on both sides of its line
    return _has_words(below[wrapped + 1 :] if wrapped < len(below[:2]) else below)


def _has_words(below: list[str]) -> bool:
    """Tell whether somebody wrote between or below these quoted lines."""
    below = below[: below.index("-- ")] if "-- " in below else below
    width = max((len(line) for line in below if quoted(line)), default=0)
    own = [
        line
        for at, line in enumerate(below)
        if not RULE.fullmatch(line) and not quoted(line) and not _is_rest(below, at, width)
    ]
    return bool(own) and not is_only_signature(own)


def _only_announces(own: str) -> bool:
    """Whether words announce answers further down, and tell next to nothing beside that and a signature."""
    at = announced_at(own[:_ANNOUNCED]) if len(own) < _ANNOUNCED else -1
    if at < 0:
        return False
    rest = own[at:].split("\n")
    return len("".join(["", *rest[: signature_at(["x", *rest]) - 1]]).strip()) < _LITTLE


def _is_rest(lines: Sequence[str], at: int, width: int) -> bool:
    """Tell whether a line is the end of a quoted one that was too long for `width` and lost its sign in wrapping."""
    if not 0 < at < len(lines) - 1 or not quoted(lines[at - 1]) or not quoted(lines[at + 1]):
        return False
    above, line = lines[at - 1].rstrip(), lines[at]
    full = len(above) + 1 + len(line.split(" ", 1)[0]) > width
    return full and above[-1] not in ".?!:>" and not line[:1].isupper()


def _skeleton(line: str, letters: bool) -> str:
    """Return what survives wrapping, quoting, entities and changed spaces: letters and digits, or all signs."""
    if "&" in line:
        line = html.unescape(html.unescape(line))
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", line)).casefold()
    return "".join(filter(str.isalnum, plain)) if letters else "".join(plain.replace(">", " ").split())


def _mark_span(lines: Sequence[str], mark: str) -> tuple[int, int]:
    """Return the first and the last line of the marker, twice the number of lines if it is nowhere."""
    letters = any(map(str.isalnum, mark))
    wanted = _skeleton(mark, letters)
    starts, parts, total = list[int](), list[str](), 0
    for line in lines:
        starts.append(total)
        parts.append(_skeleton(line, letters))
        total += len(parts[-1])
    found = "".join(parts).find(wanted) if wanted else -1
    if found < 0:
        return len(lines), len(lines)
    return bisect_right(starts, found) - 1, bisect_right(starts, found + len(wanted) - 1) - 1


def _secret_at(lines: Sequence[str], secrets: Callable[[str], bool]) -> int:
    """Return the first line that holds a secret, or the beginning of one that goes on in the next lines."""
    for at, line in enumerate(lines):
        if secrets(line) or ("&" in line and secrets(html.unescape(line))):
            return at
        after = ""
        for below in lines[at + 1 : at + _BROKEN]:
            after += below.strip("> \t")
            if secrets(after):
                break
            if secrets(line.rstrip() + after):
                return at
    return len(lines)
