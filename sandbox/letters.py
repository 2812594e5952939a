"""Mails as people write them with their mail programs."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from sandbox.mailboxes import Delivered


def new_mail(sender: str, to: str, subject: str, text: str, *, name: str, number: int, at: datetime) -> EmailMessage:
    """Return a mail; `number` makes its id, `at` (UTC) is when it is written."""
    mail = EmailMessage()
    mail["From"] = formataddr((name, sender))
    mail["To"], mail["Subject"], mail["Date"] = to, subject, format_datetime(at)
    mail["Message-ID"] = f"<skrivet-{number}@{sender.rpartition('@')[2]}>"
    mail.set_content(text)
    return mail


def reply_mail(to: Delivered, text: str, *, name: str, number: int, at: datetime) -> EmailMessage:
    """Return a reply: the words on top, the whole mail that is answered quoted below. It goes to `reply_address`."""
    quoted = "\n".join(f"> {line}" for line in to.mail.text.splitlines())
    when = at.strftime("%Y-%m-%d %H:%M")
    attribution = f"{when} skrev {to.mail.from_name} <{reply_address(to)}>:"
    subject = to.mail.subject if to.mail.subject.lower().startswith("re:") else f"Re: {to.mail.subject}"
    words = f"{text}\n\n{attribution}\n\n{quoted}\n"
    mail = new_mail(to.to, reply_address(to), subject, words, name=name, number=number, at=at)
    mail["In-Reply-To"] = f"<{to.mail.message_id}>"
    mail["References"] = f"<{to.mail.message_id}>"
    return mail


def reply_address(mail: Delivered) -> str:
    """Return where an answer to a mail goes."""
    given = str(mail.message.get("Reply-To", "")).rpartition("<")[2].strip("<> ")
    return given or mail.mail.from_addr
