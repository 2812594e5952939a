"""A notice as a mail program sees it, and the officer's reply as its server hands it on."""

import email
import email.policy
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from html import escape

from tests.officer_phrases import PHRASES, Phrases

OWN_ID = "<8F3A21@klient.kommun.example>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as a mail program sees it. `page` is the inside of its HTML; made from the text where it has none."""

    who: str
    address: str
    reply_to: str
    to: str
    subject: str
    message_id: str
    text: str
    page: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the officer writes, paragraph by paragraph, and in which language the program speaks."""

    said: Sequence[str]
    language: str = "sv"

    @property
    def phrases(self) -> Phrases:
        return PHRASES[self.language]


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file, or with `cid` a picture within the page."""

    name: str
    kind: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A reply before it is encoded: plain text, HTML or both, and what comes along."""

    text: str = ""
    page: str = ""
    flowed: bool = False
    files: Sequence[File] = ()
    headers: dict[str, str] = field(default_factory=dict)


Client = Callable[[Notice, Words], Draft]


def read_notice(raw: bytes) -> Notice:
    """Return a notice, read from its bytes with the standard library alone."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    text = plain.get_content().replace("\r\n", "\n").rstrip("\n")
    page = rich.get_content() if rich is not None else _page_of(text)
    inside = re.search(r"<body[^>]*>(.*)</body>", page, re.DOTALL | re.IGNORECASE)
    sender = mail["From"].addresses[0]
    return Notice(
        who=sender.display_name, address=sender.addr_spec, reply_to=mail["Reply-To"].addresses[0].addr_spec,
        to=mail["To"].addresses[0].addr_spec, subject=str(mail["Subject"]), message_id=str(mail["Message-ID"]),
        text=text, page=inside[1] if inside else page, raw=raw,
    )  # fmt: skip


def _page_of(text: str) -> str:
    """Return a text as programs show it in a reply in HTML, with its addresses as links."""
    linked = re.sub(r"([\w.+-]+@[\w.-]+\w)", r'<a href="mailto:\1">\1</a>', escape(text))
    return "<br>\n".join(linked.split("\n"))


def with_picture(draft: Draft, below: str, picture: File) -> Draft:
    """Return the draft with a picture in its page below these words; the text version says where it stands."""
    words, described = escape(below), "En bild som visar text, logotyp&#10;&#10;Automatiskt genererad beskrivning"
    shown = f'{words}<br><img width="120" src="cid:{picture.cid}" alt="{described}"><br>'
    sign = "> " if re.search(rf"^>.*{re.escape(below)}", draft.text, re.MULTILINE) else ""
    text = draft.text.replace(below, f"{below}\n{sign}[cid:{picture.cid}]", 1)
    return replace(draft, text=text, page=draft.page.replace(words, shown, 1), files=(*draft.files, picture))


def with_wrapped_lines(draft: Draft, width: int, sign: str) -> Draft:
    """Return the draft as text only, its lines broken; `sign` begins what goes on of a quoted line."""
    lines = [
        textwrap.wrap(line, width, break_long_words=False, subsequent_indent=sign if line.startswith(">") else "")
        for line in draft.text.split("\n")
    ]
    return replace(draft, text="\n".join("\n".join(parts) for parts in lines), page="")


def mail_of(
    draft: Draft,
    notice: Notice,
    *,
    sender: str,
    subject: str = "",
    coding: str = "quoted-printable",
    only: str = "",
    narrow: int = 0,
) -> bytes:
    """Return the draft as the officer's server hands it on, with all the headers such mails carry.

    Args:
        draft: what the program made.
        notice: what is answered.
        sender: the officer's address.
        subject: another one than the reply's.
        coding: the transfer encoding of the texts.
        only: "text" or "page", where the program sends but one version.
        narrow: break quoted-printable lines softly after so few characters, in the middle of words.
    """
    mail = EmailMessage(policy=email.policy.SMTP)
    fields = {
        "Received": "from klient.kommun.example ([10.0.0.7]) by ex.kommun.example with MAPI id 15.1",
        "X-Originating-IP": "[10.0.0.7]", "X-Private": "internt system 7", "X-Mailer": "Exempel 1.0",
        "Disposition-Notification-To": sender, "Organization": "Enhet 7", "Thread-Topic": notice.subject,
        "Authentication-Results": "mx.kommun.example; dmarc=pass header.from=kommun.example",
        "From": f"Anna Exempel <{sender}>", "To": f'"{notice.who}" <{notice.reply_to}>',
        "Subject": subject or f"SV: {notice.subject}", "Message-ID": OWN_ID, "In-Reply-To": notice.message_id,
        "References": notice.message_id,
    } | draft.headers  # fmt: skip
    for name, value in fields.items():
        if value:
            mail[name] = value
    text, page = draft.text if only != "page" else "", draft.page if only != "text" else ""
    if text or not page:
        mail.set_content(text, cte=coding, params={"format": "flowed"} if draft.flowed else None)
    if page:
        (mail.add_alternative if text else mail.set_content)(page, subtype="html", cte=coding)
    _add_files(mail, draft.files)
    if narrow:
        for part in mail.walk():
            if part["Content-Transfer-Encoding"] == "quoted-printable":
                part.set_payload(_softly_broken(str(part.get_payload()), narrow))
    return mail.as_bytes()


def _add_files(mail: EmailMessage, files: Sequence[File]) -> None:
    rich = mail.get_body(("html",))
    for file in files:
        main, sub = file.kind.split("/")
        if file.cid and rich is not None:
            rich.add_related(file.content, main, sub, cid=f"<{file.cid}>", filename=file.name, disposition="inline")
    for file in files:
        main, sub = file.kind.split("/")
        if main == "message":
            mail.add_attachment(email.message_from_bytes(file.content, policy=email.policy.default))
        elif not file.cid:
            mail.add_attachment(file.content, main, sub, filename=file.name)


def _softly_broken(coded: str, width: int) -> str:
    """Return quoted-printable with a soft break after so many characters, never within a code."""
    out = []
    for line in re.sub(r"=\r?\n", "", coded).splitlines():
        pieces = re.findall(rf"(?:=[0-9A-F]{{2}}|[^=]){{1,{width}}}", line)
        out.append("=\r\n".join(pieces))
    return "\r\n".join(out) + "\r\n"
