"""Reading mails: each hand-written mail with what a person sees in it, and mutations that must never raise."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_files import files_with_content
from bot.channels.mail_read import TEXT_LIMIT, decode_bytes, decode_header, read_mail
from bot.port import Inbound, InboundKind

DATA = Path(__file__).parent / "data" / "mail"
MAILS = {path.stem: path.read_bytes() for path in sorted(DATA.glob("*.eml"))}
HOST = "mx.example.org"
TEN = datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC)


def mail(name: str) -> Inbound:
    return read_mail(MAILS[name], trusted_host=HOST)


def made(head: str, body: str = "Hej\n") -> Inbound:
    return read_mail(f"{head}\n\n{body}".encode(), trusted_host=HOST)


@pytest.mark.parametrize(
    ("name", "subject", "from_name", "from_addr", "message_id"),
    [
        ("outlook_desktop_sv", "SV: Släckt gatlykta [K-7Q4M2X-9/abcde]", "Åsa Öberg", "asa.oberg@example.net",
         "AS8PR01@as8.example.net"),
        ("outlook_mobile_sv", "SV: Badhusets öppettider", "Bo Ek", "bo@example.net", "mobile1@example.net"),
        ("outlook_web_html_sv", "SV: Bygglov", "Eva Lind", "eva@example.net", "owa1@example.net"),
        ("gmail_sv", "Re: Förskoleplats", "Karin", "karin@example.net", "CAGm1@mail.example.net"),
        ("gmail_en", "Re: Parking permit", "Doe, John", "john@example.net", "CAGm2@mail.example.net"),
        ("iphone_sv", "Re: Sophantering", "Lisa", "lisa@example.net", "0B1C@example.net"),
        ("outlook_fi", "VS: Päiväkotipaikka", "Matti Mäkinen", "matti@example.net", "fi1@example.net"),
        ("cp1252_raw", "Hål i gatan på Björkvägen", "Göran Björk", "goran@example.net", "raw8@example.net"),
        ("split_words", "Fråga om v, hål och älgar", "Åsa Åström", "asa@example.net", "long-id@example.net"),
        ("photo_only", "", "", "foto@example.net", "foto1@example.net"),
        ("postfix_dsn", "Undelivered Mail Returned to Sender", "Mail Delivery System",
         "MAILER-DAEMON@mx.example.org", "dsn1@mx.example.org"),
    ],
)  # fmt: skip
def test_head(name: str, subject: str, from_name: str, from_addr: str, message_id: str) -> None:
    read = mail(name)
    assert (read.subject, read.from_name, read.from_addr, read.message_id) == (
        subject,
        from_name,
        from_addr,
        message_id,
    )
    assert read.error == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cp1252_raw", "Det är ett “jättehål” på Björkvägen – kostar 5 € att laga."),
        ("html_only", "Gungan är trasig & farlig.\n- kedjan\n- sitsen\n\nSe kartan <https://example.net/karta> eller "
         "https://example.net/\nFoto på gungan"),
        ("newsletter", "Månadens nyheter\nVinterbild\n\nLäs mer här <https://news.example.net/a>."),
        ("forwarded_message", "Det här fick jag av grannen.\n\n---\nDet bullrar varje natt."),
        ("exchange_dsn", "Det gick inte att leverera meddelandet till full@example.net."),
        ("files", "Se bilagor."),
        ("calendar_invitation", "Välkommen på samråd."),
        ("photo_only", ""),
        ("empty", ""),
    ],
)  # fmt: skip
def test_text(name: str, text: str) -> None:
    assert mail(name).text == text


def test_recipients_and_threads() -> None:
    outlook = mail("outlook_desktop_sv")
    assert outlook.to_addrs == ("kontakt+c-k7q4m2x9-abcdefghij234567@example.org",)
    assert outlook.in_reply_to == ("second@example.org",)
    assert outlook.references == ("first@example.org", "second@example.org")
    assert mail("gmail_en").to_addrs == ("kontakt@example.org", "service@example.org")


def test_files_have_safe_names_and_their_bytes() -> None:
    read = mail("files")
    assert [(file.name, file.media_type, file.size, file.inline) for file in read.files] == [
        ("Åtgärd plan.pdf", "application/pdf", 13, False),
        ("Översikt.pdf", "application/pdf", 13, False),
        ("räkning.csv", "text/csv", 3, False),
        ("bilaga-4.heic", "image/heic", 13, False),
        ("logg.txt", "text/plain", 7, False),
    ]
    found = files_with_content(MAILS["files"])
    assert [(file.name, file.media_type) for file in found] == [(file.name, file.media_type) for file in read.files]
    assert (found[1].content, found[4].content) == (b"%PDF-1.4 test", b"loggrad")


def test_a_photo_without_text_is_a_message() -> None:
    read = mail("photo_only")
    assert [(file.name, file.inline, file.size) for file in read.files] == [("IMG_1.jpeg", True, 70)]
    assert read.kind is InboundKind.PERSON
    assert files_with_content(MAILS["photo_only"])[0].content[:2] == b"\xff\xd8"


def test_arrival_is_the_trusted_hosts_topmost_received_header() -> None:
    assert mail("outlook_desktop_sv").date_seen == TEN
    assert read_mail(MAILS["outlook_desktop_sv"], trusted_host="MX.Example.org").date_seen == TEN
    assert read_mail(MAILS["outlook_desktop_sv"], trusted_host="other.example.org").date_seen is None
    assert read_mail(MAILS["outlook_desktop_sv"]).date_seen is None
    assert mail("split_words").date_seen is None


@pytest.mark.parametrize(
    ("received", "seen"),
    [
        ("from x by relay.example.org; Fri, 20 Nov 2026 12:00:00 +0100", None),
        (
            "from x (by mx.example.org; Fri, 1 Jan 2021 00:00:00 +0000) by other.example.net; 20 Nov 2026 10:00 +0000",
            None,
        ),
        ("from by (x) by mx.example.org with ESMTP (a; b) id 1; Fri, 20 Nov 2026 09:00:05 +0000 (UTC; odd)", TEN),
        ("by mx.example.org. with LMTP;\n 20 Nov 2026 10:00:05 +0100", TEN),
        ("by mx.example.org; 20 Nov 2026 09:00:05", TEN),
        ("by mx.example.org; 31 Feb 2026 09:00:05 +0000", None),
        ("by mx.example.org; 20 Nov 99999 09:00:05 +9999", None),
        ("by mx.example.org; yesterday", None),
        ("by mx.example.org", None),
    ],
)
def test_received_headers(received: str, seen: datetime | None) -> None:
    read = made(f"From: a@example.net\nReceived: {received}")
    assert (read.date_seen, read.hops) == (seen, 1)


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        ("Authentication-Results: mx.example.org; dmarc=pass header.from=example.net", "pass"),
        (
            "Authentication-Results: MX.example.org 1 ; spf=fail ; dmarc = pass (p=none; x) header.from=Example.net",
            "pass",
        ),
        ("Authentication-Results: (c) mx.example.org; dmarc/1=pass", "pass"),
        ("Authentication-Results: mx.example.org; dmarc=fail header.from=example.net", "fail"),
        ("Authentication-Results: mx.example.org; dmarc=pass; dmarc=fail", "fail"),
        ("Authentication-Results: mx.example.org; dmarc=none", "none"),
        ("Authentication-Results: mx.example.org; dkim=pass", "none"),
        (
            "Authentication-Results: evil.example.net; dmarc=pass\nAuthentication-Results: mx.example.org; dmarc=pass",
            "none",
        ),
        ("Authentication-Results: mx.example.org.evil.example.net; dmarc=pass", "none"),
        ("Authentication-Results: evil (mx.example.org); dmarc=pass", "none"),
        ('Authentication-Results: mx.example.org; spf=none smtp.mailfrom="a; dmarc=pass x"@x.se', "none"),
        ("Authentication-Results: mx.example.org; spf=none (a; dmarc=pass ", "none"),
        ("Authentication-Results: mx.example.org; spf=none reason=dmarc=pass", "none"),
        ("Authentication-Results: mx.example.org; dmarc=pass header.from=evil.example.org", "none"),
        (
            "From: victim@example.net\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.net",
            "none",
        ),
        ("X-None: 1", "none"),
    ],
)
def test_only_the_trusted_hosts_own_verdict_counts(head: str, verdict: str) -> None:
    assert made(f"{head}\nFrom: Anna <anna@example.net>").authentic == verdict
    assert read_mail(f"{head}\nFrom: anna@example.net\n\nHej".encode()).authentic == "none"


@pytest.mark.parametrize(
    "sender",
    ["a@example.net, b@example.net", "<a@example.net> <b@example.net>", "=?utf-8?q?a=40example.net?=", "x"],
)
def test_a_pass_needs_one_sender(sender: str) -> None:
    head = f"Authentication-Results: {HOST}; dmarc=pass header.from=example.net\nFrom: {sender}"
    assert made(head).authentic == "none"


@pytest.mark.parametrize(
    ("head", "address", "name"),
    [
        ('From: "chef@example.org" <evil@EXAMPLE.net>', "evil@example.net", "chef@example.org"),
        ("From: anna@example.org <Anna.B@example.net>", "Anna.B@example.net", "anna@example.org"),
        ("From: anna@example.net (Anna A)", "anna@example.net", "Anna A"),
        ('From: "Anna <anna@example.net>', "anna@example.net", "Anna"),
        ("From: 'Anna' anna@example.net,", "anna@example.net", ""),
        ("From: Anna\nSender: sek@example.net", "sek@example.net", ""),
        ("From: Anna\nTo: kontakt@example.org\nReturn-Path: <r@example.net>", "r@example.net", ""),
        ("From: =?utf-8?q?Anna_=3Canna=40example.net=3E?=", "anna@example.net", "Anna"),
        ("To: kontakt@example.org", "", ""),
    ],
)  # fmt: skip
def test_sender(head: str, address: str, name: str) -> None:
    read = made(head)
    assert (read.from_addr, read.from_name) == (address, name)


def test_ids_are_folded_unique_and_at_most_a_hundred() -> None:
    many = " ".join(f"<{number}@example.net>" for number in range(150))
    read = made(f"Message-ID: <a\n b@example.net>\nIn-Reply-To: <> Your mail <x@y> <x@y>\nReferences: {many}")
    assert read.message_id == "ab@example.net"
    assert read.in_reply_to == ("x@y",)
    assert len(read.references) == 100
    assert (read.references[0], read.references[1], read.references[-1]) == (
        "0@example.net", "51@example.net", "149@example.net",
    )  # fmt: skip
    assert made("Message-ID: bare@example.net").message_id == "bare@example.net"


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("å".encode(), "iso-8859-1", "å"),
        ("å€".encode("cp1252"), "iso-8859-1", "å€"),
        ("å".encode("cp1252"), "us-ascii", "å"),
        ("å".encode("cp1252"), "x-no-such", "å"),
        ("å".encode("cp1252"), "idna", "å"),
        ("Ł".encode("iso-8859-2"), "ISO-8859-2", "Ł"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        ("日本".encode("shift_jis"), '"Shift_JIS"', "日本"),
        (b"aGVq", "base64", "aGVq"),
        (b"\x81", "", "\ufffd"),
    ],
)
def test_charsets(data: bytes, charset: str, text: str) -> None:
    assert decode_bytes(data, charset) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?B?w6U?= =?UTF-8*sv?q?_=C3=A4?=", "å ä"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("=?utf-8?Q?b?=c", "bc"),
        ("=?nope?Q?=E5?=", "å"),
        ("=?utf-8?X?b?=", "=?utf-8?X?b?="),
        ("=?utf-8?B?w?=", ""),
        ("a\r\n\tb\x00c", "a bc"),
        (b"H\xe5l".decode("ascii", "surrogateescape"), "Hål"),
    ],
)
def test_header_words(raw: str, text: str) -> None:
    assert decode_header(raw) == text


def test_multipart_choices() -> None:
    def alternative(plain: str, rich: str) -> str:
        head = "From: a@example.net\nContent-Type: multipart/alternative; boundary=b"
        parts = f"--b\nContent-Type: text/plain\n\n{plain}\n--b\nContent-Type: text/html\n\n{rich}\n--b--\n"
        return made(head, parts).text

    assert alternative("Hej", "<p>Hej <b>du</b></p>") == "Hej"
    assert alternative("", "<p>Hej <b>du</b></p>") == "Hej du"
    assert alternative("Your mail client does not show HTML mail", "<p>Hej <b>du</b></p>") == "Hej du"
    assert alternative("Hej", "<p>" + "långt " * 2000 + "</p>").startswith("långt")


def test_odd_forms_are_still_read() -> None:
    assert read_mail(b"junk line\r\nFrom: a@example.net\r\nSubject: Hej\r\n\r\nText").subject == "Hej"
    assert read_mail(b"From: a@example.net\rSubject: Hej\r\rText\r").text == "Text"
    broken = "From: a@example.net\nContent-Type: multipart/mixed; boundary=nowhere"
    assert made(broken, "Hela texten").text == "Hela texten"
    assert made("Content-Type: text/plain; charset=\nContent-Transfer-Encoding: base64 ", "SGVq").text == "Hej"
    assert made("X-Kommunsvar-Installation: exempelby-1").loop_mark == "exempelby-1"


def test_limits_come_before_parsing() -> None:
    head = b"From: a@example.net\nSubject: Stor\nContent-Type: multipart/mixed; boundary=b\n\n"
    many = read_mail(head + b"--b\n\nx\n" * 10_001)
    assert (many.error, many.subject, many.text) == ("too_many_parts", "Stor", "")
    assert read_mail(b"Subject: Hej\n" + b"X-A: b\n" * 6_000 + b"\nText").error == "too_many_parts"
    long = read_mail(b"Subject: Lang\n\n" + b"ord " * 100_000)
    assert (long.error, len(long.text)) == ("text_cut", TEXT_LIMIT)


@pytest.mark.parametrize(
    "raw",
    [
        b'Content-Type: multipart/mixed; x="' + b";" * 200_000 + b"\n\nHej",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000))
        + b"\n" * 50_000,
        b"Content-Type: message/rfc822\n\n" * 5_000 + b"Hej",
        b"Subject: " + b"=?utf-8?q?" * 50_000 + b"\n\nHej",
        b"From: " + b'"\\' * 50_000 + b"\n\nHej",
        b"Content-Type: text/html\n\n" + b"<div>" * 200_000 + b"<font a=1><p>" * 50_000,
    ],
    ids=["quotes", "nesting", "messages", "words", "escapes", "tags"],
)
def test_hostile_mail_is_read_in_bounded_time(raw: bytes) -> None:
    begin = time.perf_counter()
    assert read_mail(raw).kind in InboundKind
    assert time.perf_counter() - begin < 10


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def assert_clean(read: Inbound) -> None:
    files = [value for file in read.files for value in (file.name, file.media_type)]
    ids = (read.message_id, *read.in_reply_to, *read.references, *read.to_addrs)
    bounce = (read.bounce.recipient, read.bounce.status, read.bounce.message_id) if read.bounce else ()
    lines = (read.subject, read.from_addr, read.from_name, read.loop_mark, *files, *ids, *bounce)
    assert not any(CONTROL.search(value) for value in (*lines, read.text, read.new_text))
    assert not any("\n" in value or "\t" in value for value in lines)
    assert read.date_seen is None or read.date_seen.tzinfo is UTC
    assert bool(read.new_text) >= bool(read.text.strip())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    assert_clean(read_mail(raw, trusted_host=HOST, envelope_sender=""))


@settings(max_examples=600, deadline=None)
@given(
    st.sampled_from(sorted(MAILS)),
    st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 60), st.binary(max_size=30))),
)
def test_damaged_mails_can_be_read(name: str, damages: list[tuple[int, int, bytes]]) -> None:
    raw = MAILS[name]
    for at, length, put in damages:
        raw = raw[: at % len(raw)] + put + raw[at % len(raw) + length :] or b"x"
    read = read_mail(raw, trusted_host=HOST)
    assert_clean(read)
    assert [len(file.content) for file in files_with_content(raw)] == [file.size for file in read.files]
