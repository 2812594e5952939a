"""The header block of a mail or of a part: where it begins, its fields, and where it ends.

Pure, never raises, linear in its input. Broken blocks are mended: junk before the first field, a field continued
without white space, blanks before the colon, a body that follows without an empty line.
"""

import re
from dataclasses import dataclass

FIELDS = 5_000
"""Fields that are read; a block with more is cut."""

_VALUE_BYTES = 200_000
_JUNK_BYTES = 8_000
_AHEAD = 3
_EOL = rb"(?:\r*+\n|\r)"
_FIELD = re.compile(
    rb"([!-9;-~]{1,100}+)[ \t]*+:(?!//)([^\r\n]*+(?:" + _EOL + rb"[ \t]++[^\r\n \t][^\r\n]*+)*+)(?:" + _EOL + rb"|\Z)"
)
_EMPTY = re.compile(_EOL)
_BLANK = re.compile(rb"[ \t]++(?:" + _EOL + rb"|\Z)")
_LINE = re.compile(rb"([^\r\n]*+)(?:" + _EOL + rb"|\Z)")
_LEAD = re.compile(rb"(?:\xef\xbb\xbf|[ \t]*+" + _EOL + rb"|>?From (?![ \t]*:)[^\r\n]*+(?:" + _EOL + rb"|\Z))*+")
_MBOX = re.compile(rb">?From (?![ \t]*:)")
_END = re.compile(rb"\n[ \t]*+\r*+\n|\r[ \t]*+\r")
_TRANSPORT = rb"received|return-path|message-id|mime-version|delivered-to|x-original-to|dkim-signature|x-mailer"
_KNOWN = re.compile(
    rb"(?:from|to|cc|bcc|sender|reply-to|subject|date|in-reply-to|references|importance|priority|sensitivity"
    rb"|status|encoding|precedence|organi[sz]ation|keywords|comments|user-agent|auto-submitted|errors-to|lines|path"
    rb"|newsgroups|accept-language|thread-\w+|" + _TRANSPORT + rb"|(?:x|content|list|resent|arc|authentication|received"
    rb"|dkim|domainkey|disposition|delivered|envelope|feedback|original|final|reporting|deferred|conversion)-[!-9;-~]+)\Z",
    re.IGNORECASE,
)
_CARRIED = re.compile(_TRANSPORT + rb"\Z", re.IGNORECASE)
_CANDIDATE = re.compile(rb"(?:\A|(?<=[\r\n]))(?=[A-Za-z][!-9;-~]{1,60}[ \t]*:)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A header block.

    Attributes:
        fields: names and values in order; 8-bit bytes of a value are surrogates, folds are still in it.
        end: where the body begins.
        closed: an empty line ended it. cut: it had more than `FIELDS` fields.
    """

    fields: list[tuple[str, str]]
    end: int
    closed: bool = False
    cut: bool = False


def read_head(raw: bytes, start: int, end: int) -> Head:
    """Return the header block that begins at `start` and ends before `end` (RFC 5322 §2.2)."""
    fields: list[tuple[str, str]] = []
    at = start
    while at < end:
        found = _FIELD.match(raw, at, end)
        if found and len(fields) < FIELDS:
            fields.append((found[1].decode("ascii"), _value(raw, found.start(2), found.end(2))))
            at = found.end()
            continue
        if found:
            over = _END.search(raw, at, end)
            return Head(fields=fields, end=over.end() if over else end, closed=over is not None, cut=True)
        if empty := _EMPTY.match(raw, at, end):
            return Head(fields=fields, end=empty.end(), closed=True)
        line = _LINE.match(raw, at, end)
        assert line is not None
        if not _goes_on(raw, at, line.end(), end):
            blank = _BLANK.match(raw, at, end)
            return Head(fields=fields, end=blank.end() if blank else at, closed=blank is not None)
        if fields and not _MBOX.match(raw, at, end) and (rest := _value(raw, at, line.end(1))):
            name, value = fields[-1]
            fields[-1] = (name, (value + "\n " + rest)[:_VALUE_BYTES])
        at = line.end()
    return Head(fields=fields, end=at)


def _value(raw: bytes, start: int, end: int) -> str:
    return raw[start : min(end, start + _VALUE_BYTES)].decode("ascii", "surrogateescape").strip(" \t\r\n")


def _goes_on(raw: bytes, at: int, after: int, end: int) -> bool:
    """Whether a line that is no field belongs to the block all the same: a known field follows soon."""
    if raw.startswith((b"=?", b">From "), at) or _MBOX.match(raw, at, end):
        return True
    for _ in range(_AHEAD):
        found = _FIELD.match(raw, after, end)
        if found and _KNOWN.match(found[1]):
            return True
        line = _LINE.match(raw, after, end)
        if after >= end or not line or not line[1].strip():
            return False
        after = line.end()
    return False


def find_head(raw: bytes, start: int, end: int) -> int:
    """Return where the header block of a mail begins, past junk lines; -1 if it has none and all of it is body."""
    lead = _LEAD.match(raw, start, end)
    at = lead.end() if lead else start
    first = _FIELD.match(raw, at, end)
    if first and _KNOWN.match(first[1]):
        return at
    for count, candidate in enumerate(_CANDIDATE.finditer(raw, at, min(end, at + _JUNK_BYTES))):
        if count > 100:
            break
        begin = candidate.start()
        known, carried = _known_fields(raw, begin, end)
        apart = _END.search(raw, at, begin) is not None
        if known >= 2 and (carried or not apart) and (known >= 3 or not apart):
            return begin
    if first is None:
        return -1
    head = read_head(raw, at, end)
    return at if head.closed or head.end >= end else -1


def _known_fields(raw: bytes, at: int, end: int) -> tuple[int, bool]:
    """Return how many known fields stand in a row (ten are enough), and whether one of them is of the transport."""
    known, carried = 0, False
    while known < 10 and (found := _FIELD.match(raw, at, end)) and _KNOWN.match(found[1]):
        known += 1
        carried = carried or _CARRIED.match(found[1]) is not None
        at = found.end()
    return known, carried


def head_after(raw: bytes, head: Head, end: int) -> int:
    """Return where the block goes on after a stray empty line, -1 if it does not.

    It does where no sender and subject came yet, and what follows is a block that names the sender and could only
    come from a mail program.
    """
    names = {name.lower() for name, _ in head.fields}
    if names & {"from", "subject", "content-type"}:
        return -1
    lead = _LEAD.match(raw, head.end, end)
    at = lead.end() if lead else head.end
    known, carried = _known_fields(raw, at, end)
    return at if known >= 3 and carried else -1
