"""What Kommunsvar makes of mails that lie in files: for an administrator who asks why. Nothing is kept or sent."""

import mailbox
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.channels.mail_read import read_mail
from bot.channels.mail_why import Why
from bot.masking import masked
from bot.port import Inbound, InboundFile, InboundKind
from config.texts import Texts, mark

LARGEST = 200 * 2**20
"""Bytes of a file beyond which it is not read: no mail server lets such a mail through."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """One mail found: the file it lies in, as named by the user (``?`` for what is not UTF-8), and its bytes.

    `fault` says why there are none: ``too_large``, ``not_a_file``, ``unreadable``, or the words of the system.
    """

    file: str
    raw: bytes
    fault: str = ""


def find_mails(paths: list[Path]) -> Iterator[MailFile]:
    """Give the mails in files, folders (with all below them, in order of name) and mbox files (``name:number``)."""
    for path in paths:
        closed: list[OSError] = []
        below = (Path(folder, name) for folder, _, names in os.walk(path, onerror=closed.append) for name in names)
        for file in sorted(below) if os.path.isdir(path) else [path]:  # noqa: PTH112 - never raises
            yield from _in_file(file)
        yield from (MailFile(_shown(error.filename), b"", error.strerror or "unreadable") for error in closed)


def _shown(file: object) -> str:
    return str(file).encode("utf-8", "replace").decode()


def _in_file(file: Path) -> Iterator[MailFile]:
    name = _shown(file)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            yield MailFile(name, b"", "not_a_file")  # a pipe would never end, nor would /dev/zero
        elif status.st_size > LARGEST:
            yield MailFile(name, b"", "too_large")
        elif file.suffix.lower() in {".mbox", ".mbx"}:
            yield from _in_mbox(file, name)
        else:
            with file.open("rb") as opened:
                raw = opened.read(LARGEST + 1)
            yield MailFile(name, raw) if len(raw) <= LARGEST else MailFile(name, b"", "too_large")
    except (OSError, mailbox.Error) as error:
        yield MailFile(name, b"", getattr(error, "strerror", "") or "unreadable")


def _in_mbox(file: Path, name: str) -> Iterator[MailFile]:
    with closing(mailbox.mbox(file, create=False)) as box:
        for number, key in enumerate(box.iterkeys(), 1):
            try:
                one = MailFile(f"{name}:{number}", box.get_bytes(key))
            except Exception:
                one = MailFile(f"{name}:{number}", b"", "unreadable")
            yield one


def as_json(mail: MailFile, inbound: Inbound, texts: Texts) -> dict[str, object]:
    """Return what was read as plain data: one object a mail, personal numbers hidden, instants in UTC."""
    hide = _hiding(texts)
    return {
        "file": mail.file,
        "subject": hide(inbound.subject),
        "from_addr": inbound.from_addr,
        "from_name": hide(inbound.from_name),
        "to_addrs": list(inbound.to_addrs),
        "message_id": inbound.message_id,
        "in_reply_to": inbound.in_reply_to[0] if inbound.in_reply_to else "",
        "references": list(inbound.references),
        "date": inbound.date_seen.isoformat() if inbound.date_seen else None,
        "text": hide(inbound.text),
        "new_text": hide(inbound.new_text),
        "attachments": [_file(file, hide) for file in inbound.files],
        "is_auto": inbound.machine,
        "kind": inbound.kind.value,
        "language": inbound.language,
        "authentic": inbound.authentic,
        "bounce": _bounce(inbound),
        "forwarded_from": inbound.forwarded.from_addr if inbound.forwarded else "",
        "marks": list(inbound.marks),
        "why": list(inbound.why),
        "error": mail.fault or inbound.error,
    }


def _file(file: InboundFile, hide: Callable[[str], str]) -> dict[str, object]:
    return {"name": hide(file.name), "type": file.media_type, "size": file.size, "inline": file.inline}


def _bounce(inbound: Inbound) -> dict[str, object] | None:
    bounce = inbound.bounce
    if bounce is None:
        return None
    return {
        "recipient": bounce.recipient,
        "status": bounce.status,
        "message_id": bounce.message_id,
        "final": bounce.final,
    }


def _hiding(texts: Texts) -> Callable[[str], str]:
    return lambda text: masked(texts, text)


KINDS = {
    InboundKind.PERSON: mark("skrivet av en person"),
    InboundKind.AUTO: mark("automatiskt"),
    InboundKind.BOUNCE: mark("ett besked om att ett mejl inte kom fram"),
    InboundKind.LIST: mark("från en sändlista"),
    InboundKind.CALENDAR: mark("en kalenderbokning"),
    InboundKind.EMPTY: mark("tomt"),
}

RULES = {
    Why.SENDER_FROM: mark("Avsändaren står i From."),
    Why.SENDER_PATTERN: mark("From är felskriven. Adressen hittades ändå i den."),
    Why.SENDER_OTHER: mark("From saknar adress. Den togs från en annan rubrik."),
    Why.KIND_PERSON: mark("Inget tyder på annat än en person."),
    Why.KIND_EMPTY: mark("Det finns varken text eller filer."),
    Why.KIND_REPORT: mark("Det är en leveransrapport i standardform (multipart/report)."),
    Why.KIND_DAEMON: mark("Det kommer från ett e-postsystem och handlar om ett mejl som inte kom fram."),
    Why.KIND_BOUNCE_WORDS: mark("Det börjar som ett e-postsystems besked om ett mejl som inte kom fram."),
    Why.KIND_AUTO_SUBMITTED: mark("Fältet Auto-Submitted säger att det är automatiskt."),
    Why.KIND_AUTO_HEADER: mark("I mejlhuvudet finns ett fält som bara automatiska mejl har."),
    Why.KIND_AUTO_WORDS: mark(
        "Ämnet eller texten ser ut som i ett automatiskt svar, och ett fält i mejlhuvudet tyder på det."
    ),
    Why.KIND_CHALLENGE: mark("Ett filter hos mottagaren vill att avsändaren bekräftar sin adress."),
    Why.KIND_LIST_SERVER: mark("Det kommer från ett program som sköter en sändlista."),
    Why.KIND_LIST: mark("Det kom genom en sändlista men är skrivet av en person."),
    Why.KIND_BULK: mark("Det är ett massutskick."),
    Why.KIND_CALENDAR: mark("Det innehåller en kalenderbokning."),
    Why.KIND_CALENDAR_REPLY: mark("Det är ett svar på en kalenderbokning."),
    Why.KIND_REACTION: mark("Det är bara en reaktion, till exempel en tumme upp."),
    Why.TEXT_ALL: mark("Hela texten är skriven av avsändaren."),
    Why.TEXT_STRUCTURE: mark("Citatet känns igen på hur mejlprogrammet har byggt sidan."),
    Why.TEXT_ATTRIBUTION: mark("Citatet börjar efter en rad av typen ”Den … skrev …:”."),
    Why.TEXT_REPLY_HEADER: mark("Citatet börjar vid rader som Från, Skickat, Till och Ämne."),
    Why.TEXT_QUOTE_MARKS: mark("Rader som börjar med > är citat."),
    Why.TEXT_BETWEEN_QUOTES: mark("Svaren står mellan citerade rader, så allt är kvar."),
    Why.TEXT_FORWARD: mark("Det är vidarebefordrat, så allt är kvar."),
    Why.TEXT_SIGNATURE: mark("Underskriften sist är borttagen."),
    Why.TEXT_BANNER: mark("En varningstext från ett e-postsystem överst är borttagen."),
    Why.TEXT_NOTHING_LEFT: mark("Utan citatet blev inget kvar, så allt visas."),
}


def as_text(mail: MailFile, inbound: Inbound, texts: Texts) -> str:
    """Return what was read and which rule decided what, for a screen; personal numbers hidden."""
    t, hide = texts.t, _hiding(texts)
    lines = [
        mail.file,
        "  " + t("Ämne: {subject}", subject=hide(inbound.subject)),
        "  " + t("Avsändare: {sender}", sender=inbound.from_addr or "–"),
        "  " + t("Slag: {kind}", kind=t(KINDS[inbound.kind])),
        "  " + t("Språk: {language}", language=inbound.language or "–"),
        *("  · " + t(RULES[Why(code)]) for code in inbound.why),
    ]
    lines += ["  " + t("Fil: {name}, {size} byte", name=hide(file.name), size=file.size) for file in inbound.files]
    if mail.fault or inbound.error:
        lines.append("  " + t("Fel vid läsning: {code}", code=mail.fault or inbound.error))
    lines += ["  " + t("Avsändarens egna ord:"), *(f"    {line}" for line in hide(inbound.new_text).split("\n"))]
    return "\n".join(lines)


def read_file(mail: MailFile, trusted_host: str) -> Inbound:
    """Return what a mail in a file says; empty if its bytes could not be had."""
    return read_mail(mail.raw, trusted_host=trusted_host) if not mail.fault else Inbound(kind=InboundKind.EMPTY)
