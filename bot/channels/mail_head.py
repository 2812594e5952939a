"""What the head of a mail names: addresses, ids, and when the trusted host took it.

Pure, and made not to raise on any header; every pass is linear. Headers are given as the standard library's
``compat32`` parser keeps them: name in lower case to all its values, topmost first.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

Headers = Mapping[str, Sequence[str]]

_MARK = re.compile(r'\\.|[()"]', re.DOTALL)
_PLAIN_WORD = re.compile(r"[\w.@+-]{0,255}")
_LOCAL = r'[^\s<>()\[\],;:"@]'
_DOMAIN = r"(?:[\w.-]{1,253}|\[[^\[\]\s<>@]{1,100}\])"
_ADDRESS = re.compile(rf'(?:"(?:[^"\\<>\r\n]|\\.){{1,64}}"|(?<!{_LOCAL}){_LOCAL}{{1,256}})@{_DOMAIN}')
_SPACED = re.compile(r"\s{0,20}([.@])\s{0,20}|\r?\n[ \t]{1,20}")
_SPELT = re.compile(r"(?<!\S)([^\s@<>(),;:\"]{1,64}) at ([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})(?!\S)", re.IGNORECASE)
_TOKEN = re.compile(
    r'"((?:[^"\\]|\\.){0,400}+)"'
    r"|(\()"
    r"|<([^<>]*)>"
    r"|([,;])"
    r'|(=\?[^?\s"<>]{1,60}\?[bBqQ]\?[^?<>"]{0,400}\?=|[^\s"(<,;]+|["<])',
    re.DOTALL,
)
_FLAT_COMMENT = re.compile(r"\(([^()]*)\)")
_ID = re.compile(r"\([^()<>]*(?:<[^<>]*>[^()<>]*)*+\)|<([^<>]+)(>?)")
_PHRASE = re.compile(r"\bfrom\b[^<>]{0,200}<[^<>]*>", re.IGNORECASE)
_ID_LENGTH = 500
_IDS = 100
_BY = re.compile(r"\s*(?:from\s+\S+\s)?.*?\bby\s+([^\s;]+)", re.IGNORECASE | re.DOTALL)


def first(headers: Headers, name: str) -> str:
    """Return the topmost header of this name without spaces around it, empty if there is none."""
    values = headers.get(name)
    return values[0].strip() if values else ""


def find_address(text: str) -> str:
    """Return the first e-mail address in the text, its domain in lower case; empty if there is none."""
    if "@" not in text:
        return ""
    for found in _ADDRESS.finditer(text):
        local, _, domain = found[0].rpartition("@")
        local, domain = local.strip("'*`´“”„‘’«»"), domain.strip(".-").lower()
        if local and domain:
            return f"{local}@{domain}"
    return ""


def read_addresses(value: str) -> list[tuple[str, str]]:
    """Return names (still encoded) and addresses of an address list (RFC 5322 §3.4 and §4.4), malformed forgiven.

    A display name that looks like an address never counts as one where an address in angle brackets follows.
    Groups, routes, comments, semicolons between addresses, a name with a comma that was not quoted, missing
    brackets, ``mailto:`` and spaces around dots are read through; ``anna at example.org`` only where no @ stands.
    """
    reader = _ListReader()
    closed, at = True, 0
    while token := _TOKEN.search(value, at):
        gap, at = value[at : token.start()], token.end()
        if token[2]:
            end = _comment_end(value, token.start()) if closed else 0
            flat = None if end else _FLAT_COMMENT.match(value, token.start())
            closed = closed and bool(end)
            at = end or (flat.end() if flat else at)
            reader.note = " ".join(value[token.end() : at - 1].split()) if end or flat else reader.note
            reader.bare.append(" ")
        elif token[4]:
            reader.end(carry=token[4] == ",")
        elif token[3] is not None:
            reader.angle(token[3])
        else:
            reader.word(re.sub(r"\\(.)", r"\1", token[1]) if token[1] is not None else token[5], gap + token[0])
    reader.end(carry=False)
    if not reader.found and "@" not in value and (spelt := _SPELT.search(value)):
        return [("", f"{spelt[1]}@{spelt[2].lower()}")]
    return reader.found


class _ListReader:
    """Gathers the words of one mailbox until a separator ends it."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.bare: list[str] = []
        self.note = ""
        self._words: list[str] = []
        self._carried: list[str] = []
        self._address = ""

    def word(self, text: str, raw: str) -> None:
        self.bare.append(raw)
        if text.endswith(":") and not raw.endswith('"'):  # a group's name
            self._words, self._carried, self.bare = [], [], []
        elif len(raw.strip()) > 1 or text not in ("<", '"', ">"):
            self._words.append(text)

    def angle(self, content: str) -> None:
        self._address = self._address or _inside(content)

    def end(self, *, carry: bool) -> None:
        """Take the mailbox that ends here; words without any address may be the beginning of the next one's name."""
        bare = "".join(self.bare)
        if self._address:
            name = ", ".join((*self._carried, " ".join(self._words))).strip(", ") or self.note
            self.found.append((name, self._address))
        elif address := find_address(bare) or _spaced(bare):
            name, bracket, _ = bare.partition("<")  # one that was never closed
            self.found.append((self.note or (name.strip(" \t\r\n\"'") if bracket else ""), address))
        elif carry and self._words and "@" not in bare:
            self._carried = [*self._carried[-3:], " ".join(self._words)]
            self._words, self.bare, self.note = [], [], ""
            return
        self._words, self._carried, self.bare, self.note, self._address = [], [], [], "", ""


def _spaced(text: str) -> str:
    """Return an address with spaces around its dots (RFC 5322 §4.4), only where its domain has a dot."""
    address = find_address(_SPACED.sub(r"\1", text))
    return address if "." in address.rpartition("@")[2] else ""


def _inside(content: str) -> str:
    """Return the address within angle brackets: the last one, for a route stands before it (RFC 5322 §4.4)."""
    if '"' not in content and any(sign.isspace() for sign in content):
        content = _SPACED.sub(lambda found: found[1] or "", content)
    route = content.rpartition(":")[2] if content.lstrip().startswith("@") else content
    return find_address(route) or find_address(content)


def _comment_end(value: str, start: int) -> int:
    """Return where the comment that begins at `start` ends, 0 if it is left open."""
    depth = 0
    for mark in _MARK.finditer(value, start):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if not depth:
            return mark.end()
    return 0


def read_ids(values: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of Message-ID, In-Reply-To or References, without brackets and whitespace, each once, in order.

    Read through: ids run together, wrapped in the middle, in quotes, with commas or comments between them; the
    address in an old "Message from Anna <anna@example.org> of Friday <id>" is none. One whose bracket is not
    closed counts only if no other does; without any brackets, words with an @ count, or the only word. Ids longer
    than 500 characters are left out. At most 100: the first and the last 99.
    """
    joined = " ".join(values)
    ids: list[str] = []
    if "from" in joined.lower():
        ids = _bracketed_ids(_PHRASE.sub(" ", joined))
    ids = ids or _bracketed_ids(joined) or _bare_ids(joined)
    ids = list(dict.fromkeys(one for one in ids if 0 < len(one) <= _ID_LENGTH))
    return tuple(ids) if len(ids) <= _IDS else (ids[0], *ids[1 - _IDS :])


def _bracketed_ids(text: str) -> list[str]:
    closed: list[str] = []
    cut: list[str] = []
    for found in _ID.finditer(text):
        words = (found[1] or "").split()
        if words and not found[2]:
            cut.append(words[0])
        elif len(words) > 1 and all("@" in word.strip("@") for word in words):
            closed += words
        else:
            closed.append("".join(words))
    return list(filter(None, closed)) or cut


def _bare_ids(text: str) -> list[str]:
    words = [word for word in (one.strip("<>()\"'") for one in re.split(r"[\s,;]+", text)) if word]
    return [word for word in words if "@" in word] or (words if len(words) == 1 else [])


def without_comments(value: str, *, keep_words: bool = False) -> str:
    """Return a structured header without its comments (RFC 5322 §3.2.2), quoted strings emptied to ``""``.

    What a stranger got written into a comment or a quoted string can then not pass for a word of the host. One
    that is left open swallows the rest.

    Args:
        value: the header.
        keep_words: leave a quoted string its content where that is a single word: letters, digits, ``. _ @ + -``.
    """
    out: list[str] = []
    depth, quoted, at = 0, False, 0
    for mark in _MARK.finditer(value):
        piece = value[at : mark.start()]
        if mark[0] == '"' and not depth:
            if not quoted or (keep_words and _PLAIN_WORD.fullmatch(piece)):
                out.append(piece)
            quoted = not quoted
            out.append('"')
        elif quoted:
            # An escaped sign within quotes: what was read so far is no plain word.
            continue
        else:
            if not depth:
                out.append(piece)
            if mark[0] in "()":
                depth = max(0, depth + (1 if mark[0] == "(" else -1))
        at = mark.end()
    return "".join(out) + ("" if depth or quoted else value[at:])


def same_host(one: str, other: str) -> bool:
    """Tell whether two names are one host: case and a final dot do not count."""
    return one.strip().rstrip(".").lower() == other.strip().rstrip(".").lower()


def received_at(received: Sequence[str], trusted_host: str) -> datetime | None:
    """Return when the trusted host took the mail (UTC), by the topmost Received header of that host.

    A date without a zone is read as UTC (RFC 5322 §4.3). None: no such header, no readable date, or no host named.
    """
    for value in received if trusted_host else ():
        plain = without_comments(value)
        by = _BY.match(plain)
        if by and same_host(by[1], trusted_host):
            return _date(plain.rpartition(";")[2])
    return None


def _date(text: str) -> datetime | None:
    parsed = parsedate_tz(text.strip())
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        zone = timezone(timedelta(seconds=parsed[9] or 0))
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
