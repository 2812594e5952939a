"""The mails every bench plays with: ordinary citizens' mails of 2–6 kB, the same ones for the same numbers.

As a municipality's own receiving server hands them on: with its Received line and its verdict on the sender. A third
is plain text, the rest has an HTML version beside it, as most mail programs write. Nobody in them is real.
"""

import random
from base64 import b64encode
from binascii import b2a_qp
from datetime import UTC, datetime
from email.utils import format_datetime

from bot.facts import Channel
from bot.port import RawInbound

CONTACT = "kontakt@kommun.example"
TRUSTED = "mx.kommun.example"
MONDAY = datetime(2026, 11, 16, 8, 12, tzinfo=UTC)
"""When the mails reached us: Monday 16 November 2026, 09.12 in Stockholm."""

_NAMES = [
    "Åsa",
    "Elsa",
    "Omar",
    "Kim",
    "Bengt",
    "Märta",
    "Aino",
    "Jalal",
    "Göran",
    "Siv",
    "Yusuf",
    "Linnéa",
    "Tuomas",
    "Eivor",
    "Nils",
    "Fatima",
]
_MATTERS = (
    "Gatlyktan på Björkvägen är släckt",
    "Plats i förskola till hösten",
    "Simhallens öppettider",
    "Bygglov för ett uterum",
    "Snöröjningen på Skolgatan",
    "Question about waste collection",
    "Hål i vägen vid rondellen",
    "Synpunkt på matsedeln i äldreboendet",
)
_SENTENCES = (
    "Jag skriver till er eftersom jag inte har hittat något svar på er webbplats.",
    "Det har varit så i över en vecka nu, och flera grannar har märkt samma sak.",
    "Vi går där varje morgon med barnen, och det känns inte tryggt när det är mörkt.",
    "Kan ni berätta när det blir åtgärdat, och vem jag ska vända mig till om det dröjer?",
    "Jag ringde i måndags men kom inte fram, så nu försöker jag den här vägen i stället.",
    "Enligt beskedet jag fick i våras skulle arbetet vara klart före den 1 oktober.",
    "Tack för all hjälp, det är roligt att se hur fint det har blivit i parken.",
    "I would also like to know whether the same rules apply during the school holidays.",
    "Om ni behöver fler uppgifter når ni mig enklast på kvällarna efter klockan 18.",
    "Det vore bra om informationen fanns på finska och engelska också.",
)


def make_mails(count: int, *, first: int = 0) -> list[bytes]:
    """Return the mails `first` to `first` + `count`; every one is its own, with its own Message-ID."""
    return [make_mail(number) for number in range(first, first + count)]


def sender_of(number: int) -> str:
    """Return who wrote a mail: every third person writes twice."""
    return f"person{number - number % 4 // 3}@example.org"


def message_id_of(number: int) -> str:
    """Return a mail's Message-ID without brackets."""
    return f"bench-{number}.{number * 2654435761 % 2**32:08x}@mail.example.org"


def make_mail(number: int, *, sender: str = "", in_reply_to: str = "") -> bytes:
    """Return one mail with CRLF line ends; `sender` and `in_reply_to` make it a further mail in a case."""
    chance = random.Random(number)
    name = chance.choice(_NAMES)
    text = _text(chance, number, name, chance.randint(250, 1_300))
    head = _head(chance, number, name, sender or sender_of(number))
    if in_reply_to:
        head += [f"In-Reply-To: <{in_reply_to}>", f"References: <{in_reply_to}>"]
    plain = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    coded = b2a_qp(text.encode(), istext=True).decode().replace("\n", "\r\n")
    if number % 3 == 0:
        return ("\r\n".join(head) + "\r\n" + plain + coded + "\r\n").encode()
    mark = f"b{number:08x}"
    head.append(f'Content-Type: multipart/alternative; boundary="{mark}"')
    rich = f"--{mark}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    body = f"--{mark}\r\n{plain}{coded}\r\n{rich}{_lines(_html(text))}\r\n--{mark}--\r\n"
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def make_raw(raw: bytes, number: int, at: datetime = MONDAY) -> RawInbound:
    """Return a mail as SMTP hands it to the inbox."""
    return RawInbound(
        channel=Channel.MAIL,
        external_id=f"{number:064x}",
        raw=raw,
        recipients=(CONTACT,),
        sender=sender_of(number),
        arrived_at=at,
    )


def _head(chance: random.Random, number: int, name: str, sender: str) -> list[str]:
    when = format_datetime(MONDAY)
    signature = b64encode(chance.randbytes(256)).decode()
    folded = "\r\n ".join(signature[at : at + 70] for at in range(0, len(signature), 70))
    return [
        f"Received: from out.example.org (out.example.org [192.0.2.{number % 250}]) by {TRUSTED} (Postfix)",
        f" with ESMTPS id {chance.getrandbits(40):x} for <{CONTACT}>; {when}",
        f"Authentication-Results: {TRUSTED}; dkim=pass header.d=example.org; spf=pass",
        " smtp.mailfrom=example.org; dmarc=pass header.from=example.org",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=k1; h=from:to:subject:date;",
        f" bh={b64encode(chance.randbytes(32)).decode()};",
        f" b={folded}",
        f"Received: from [10.0.0.{number % 250}] by out.example.org with ESMTPSA; {when}",
        f"Date: {when}",
        f"From: {_word(name + ' Exempel')} <{sender}>",
        f"To: Kontaktcenter <{CONTACT}>",
        f"Subject: {_word(chance.choice(_MATTERS) + f' ({number})')}",
        f"Message-ID: <{message_id_of(number)}>",
        "User-Agent: Mozilla Thunderbird",
        "Content-Language: sv-SE",
        "MIME-Version: 1.0",
    ]


def _text(chance: random.Random, number: int, name: str, size: int) -> str:
    parts = [f"Hej!\n\nDet gäller ärende {number} här hos oss.\n"]
    while sum(map(len, parts)) < size:
        parts.append(" ".join(chance.choices(_SENTENCES, k=chance.randint(1, 4))) + "\n")
    return "\n".join(parts) + f"\nVänliga hälsningar\n{name} Exempel\n"


def _html(text: str) -> str:
    paragraphs = "".join(f"<p>{part}</p>\n" for part in text.strip().split("\n\n"))
    return f'<html><head><meta charset="utf-8"></head><body lang="sv">\n{paragraphs}</body></html>\n'


def _lines(text: str) -> str:
    coded = b64encode(text.encode()).decode()
    return "\r\n".join(coded[at : at + 76] for at in range(0, len(coded), 76))


def _word(text: str) -> str:
    return text if text.isascii() else f"=?utf-8?B?{b64encode(text.encode()).decode()}?="
