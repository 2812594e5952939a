"""Reading whole mails: each hand-written mail with what a person sees in it, and mutations that must never raise."""

import base64
import re
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels import mail_read
from bot.channels.mail_files import FILE_LIMIT, files_with_content
from bot.channels.mail_parts import PARTS
from bot.channels.mail_read import TEXT_LIMIT, read_mail
from bot.channels.mail_why import Why
from bot.port import FileState, Forwarded, Inbound, InboundKind

DATA = Path(__file__).parent / "data" / "mail"
ALL = {str(path.relative_to(DATA).with_suffix("")): path.read_bytes() for path in sorted(DATA.rglob("*.eml"))}
HOST = "mx.example.org"
TEN = datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC)


def mail(name: str) -> Inbound:
    return read_mail(ALL[name], trusted_host=HOST)


def made(head: str, body: str = "Hej\n") -> Inbound:
    return read_mail(f"{head}\n\n{body}".encode(), trusted_host=HOST)


def multi(head: str, *parts: str, sub: str = "mixed", boundary: str = "b") -> str:
    inner = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"{head}Content-Type: multipart/{sub}; boundary={boundary}\n\n{inner}--{boundary}--\n"


TEXT = "Content-Type: text/plain; charset=utf-8\n\nHej du"
PDF = "Content-Disposition: attachment; filename=plan.pdf\nContent-Type: application/pdf\n\n%PDF-1.4"
FROM = "From: Anna Exempel <anna@example.net>\n"


@pytest.mark.parametrize(
    ("name", "subject", "from_name", "from_addr", "message_id"),
    [
        ("outlook_desktop_sv", "SV: Släckt gatlykta [K-7Q4M2X-9/abcde]", "Åsa Öberg", "asa.oberg@example.net",
         "AS8PR01@as8.example.net"),
        ("outlook_web_html_sv", "SV: Bygglov", "Eva Lind", "eva@example.net", "owa1@example.net"),
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
    assert (read.subject, read.from_name, read.from_addr) == (subject, from_name, from_addr)
    assert (read.message_id, read.error) == (message_id, "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cp1252_raw", "Det är ett “jättehål” på Björkvägen – kostar 5 € att laga."),
        ("html_only", "Gungan är trasig & farlig.\n- kedjan\n- sitsen\n\nSe kartan <https://example.net/karta> eller "
         "https://example.net/\nFoto på gungan"),
        ("newsletter", "Månadens nyheter\nVinterbild\n\nLäs mer här <https://news.example.net/a>."),
        ("forwarded_message", "Det här fick jag av grannen.\n\n---\nDet bullrar varje natt."),
        ("calendar_invitation", "Välkommen på samråd.\n\nSamråd\n2026-11-23 09:00 (UTC)"),
    ],
)  # fmt: skip
def test_text(name: str, text: str) -> None:
    assert mail(name).text == text


@pytest.mark.parametrize(
    ("head", "address", "name"),
    [
        ('From: "chef@example.org" <evil@EXAMPLE.net>', "evil@example.net", "chef@example.org"),
        ("From: anna@example.org <Anna.B@example.net>", "Anna.B@example.net", "anna@example.org"),
        ("From: anna@example.net (Anna A)", "anna@example.net", "Anna A"),
        ('From: "Anna <anna@example.net>', "anna@example.net", "Anna"),
        ("From: 'Anna' anna@example.net,", "anna@example.net", ""),
        ("From: Anna\nTo: kontakt@example.org\nReturn-Path: <r@example.net>", "r@example.net", ""),
        ("From: =?utf-8?q?Anna_=3Canna=40example.net=3E?=", "anna@example.net", "Anna"),
        ("To: kontakt@example.org", "", ""),
    ],
)
def test_sender(head: str, address: str, name: str) -> None:
    read = made(head)
    assert (read.from_addr, read.from_name) == (address, name)


def test_recipients_and_threads() -> None:
    outlook = mail("outlook_desktop_sv")
    assert outlook.to_addrs == ("kontakt+c-k7q4m2x9-abcdefghij234567@example.org",)
    assert outlook.in_reply_to == ("second@example.org",)
    assert outlook.references == ("first@example.org", "second@example.org")
    assert mail("gmail_en").to_addrs == ("kontakt@example.org", "service@example.org")
    read = made("Cc: Elsa <elsa@example.org>\nTo: Bo <Bo@EXAMPLE.org>, elsa@example.org\nTo: kim@example.com\nBcc: x@y")
    assert read.to_addrs == ("Bo@example.org", "elsa@example.org", "kim@example.com")


FULL = multi(
    "Delivered-To: inkorg@example.org\nX-Original-To: kontakt@example.org\n"
    f"Authentication-Results: {HOST}; dmarc=pass header.from=example.net\n"
    f"Received: from out.example.net by {HOST} with ESMTPS; Fri, 20 Nov 2026 10:00:05 +0100\n"
    "Received: from pc by out.example.net; Fri, 20 Nov 2026 10:00:01 +0100\n"
    f"{FROM}To: kontakt@example.org\nReply-To: Elsa <elsa@example.org>\nMessage-ID: <m@example.net>\n"
    "In-Reply-To: <b@example.org>\nReferences: <a@example.org> <b@example.org>\n"
    "X-Kommunsvar-Installation: exempelby-1\nSubject: [EXTERN] VB: =?utf-8?q?H=C3=A5l?= i gatan\n",
    "Content-Type: text/plain; charset=utf-8\n\nHej, kan ni svara på det här? Det gäller gatan.\n\n"
    "---------- Forwarded message ---------\nFrån: Bo <bo@example.com>\nDate: fre 20 nov. 2026 kl 09:12\n"
    "Subject: Hål i gatan\nTo: <anna@example.net>\n\nDet är ett stort hål i gatan utanför skolan.\n",
    PDF,
)


def test_the_other_fields() -> None:
    read = read_mail(FULL.encode(), trusted_host=HOST)
    assert (read.subject, read.marks, read.language) == ("VB: Hål i gatan", ("banner",), "sv")
    assert read.delivered_to == ("inkorg@example.org", "kontakt@example.org")
    assert (read.reply_to, read.loop_mark, read.hops) == (("elsa@example.org",), "exempelby-1", 2)
    assert (read.date_seen, read.authentic, read.error) == (TEN, "pass", "")
    assert read.why[0] is Why.SENDER_FROM
    assert {code.partition(".")[0] for code in read.why} == {"sender", "kind", "text"}
    assert read.forwarded == Forwarded(
        from_addr="bo@example.com", from_name="Bo", subject="Hål i gatan",
        text="Det är ett stort hål i gatan utanför skolan.",
        comment="Hej, kan ni svara på det här? Det gäller gatan.",
        sent_wall=datetime(2026, 11, 20, 9, 12),
    )  # fmt: skip
    assert made(f"{FROM}Subject: [EXTERN]").subject == "[EXTERN]"
    long = made(f"Subject: {'x' * 5_000}\nX-Kommunsvar-Installation: {'x' * 90}")
    assert (len(long.subject), len(long.loop_mark)) == (1_000, 80)
    inside = f"{FROM}X-MS-Exchange-Organization-AuthAs: Internal\n\nHej".encode()
    assert (read_mail(inside, tenant=True).authentic, read_mail(inside).authentic) == ("pass", "none")


def test_ids_are_folded_unique_and_at_most_a_hundred() -> None:
    many = " ".join(f"<{number}@example.net>" for number in range(150))
    read = made(f"Message-ID: <a\n b@example.net>\nIn-Reply-To: <> Your mail <x@y> <x@y>\nReferences: {many}")
    assert (read.message_id, read.in_reply_to, len(read.references)) == ("ab@example.net", ("x@y",), 100)
    assert (*read.references[:2], read.references[-1]) == ("0@example.net", "51@example.net", "149@example.net")
    assert made("Message-ID: bare@example.net").message_id == "bare@example.net"
    assert made("Message-ID: <>\nReferences:").message_id == ""


def test_arrival_is_the_trusted_hosts_topmost_received_header() -> None:
    assert mail("outlook_desktop_sv").date_seen == TEN
    assert read_mail(ALL["outlook_desktop_sv"], trusted_host="MX.Example.org").date_seen == TEN
    assert read_mail(ALL["outlook_desktop_sv"], trusted_host="other.example.org").date_seen is None
    assert read_mail(ALL["outlook_desktop_sv"]).date_seen is None
    forged = f"Received: by {HOST}; Fri, 20 Nov 2026 01:00:00 +0000"
    assert made(f"Received: by {HOST}; Fri, 20 Nov 2026 09:00:05 +0000\n{forged}").date_seen == TEN


def test_received_headers() -> None:
    lies = "from x (by mx.example.org; 1 Jan 2021 00:00 +0000) by other.example.net; 20 Nov 2026 10:00 +0000"
    odd = "from by (x) by mx.example.org with ESMTP (a; b) id 1; Fri, 20 Nov 2026 09:00:05 +0000 (UTC; odd)"
    folded = "by mx.example.org. with LMTP;\n 20 Nov 2026 10:00:05 +0100"
    for received, seen in ((lies, None), (odd, TEN), (folded, TEN), ("by mx.example.org; yesterday", None)):
        read = made(f"From: a@example.net\nReceived: {received}")
        assert (read.date_seen, read.hops) == (seen, 1)


RESULTS = "Authentication-Results:"


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        (f"{RESULTS} {HOST}; dmarc=pass header.from=example.net", "pass"),
        (f"{RESULTS} (c) {HOST}; dmarc/1=pass", "pass"),
        (f"{RESULTS} {HOST};\n\tspf=fail;\n\tdmarc=pass (p=none; x) header.from=Example.net", "pass"),
        (f"{RESULTS} {HOST}; dmarc=fail header.from=example.net", "fail"),
        (f"{RESULTS} {HOST}; dkim=pass", "none"),
        (f"{RESULTS} evil.example; dmarc=pass\n{RESULTS} {HOST}; dmarc=pass", "none"),
        (f'{RESULTS} {HOST}; spf=none smtp.mailfrom="a; dmarc=pass x"@x.example', "none"),
        (f"From: victim@example.net\n{RESULTS} {HOST}; dmarc=pass header.from=example.net", "none"),
    ],
)
def test_only_the_trusted_hosts_own_verdict_counts(head: str, verdict: str) -> None:
    assert made(f"{head}\nFrom: Anna <anna@example.net>").authentic == verdict
    assert read_mail(f"{head}\nFrom: anna@example.net\n\nHej".encode()).authentic == "none"


def test_a_pass_needs_one_sender() -> None:
    head = f"{RESULTS} {HOST}; dmarc=pass header.from=example.net\n"
    for sender in (
        "a@example.net, b@example.net",
        "<a@example.net> <b@example.net>",
        "=?utf-8?q?a=40example.net?=",
        "x",
    ):
        assert made(f"{head}From: {sender}\nSender: a@example.net").authentic == "none"
        assert made(f"{head}From: a@example.net\nSender: {sender}").authentic == "pass"


def test_multipart_choices() -> None:
    def alternative(plain: str, rich: str) -> Inbound:
        html = f"Content-Type: text/html; charset=utf-8\n\n{rich}"
        plain = TEXT.replace("Hej du", plain)
        return read_mail(multi(FROM, plain, html, sub="alternative").encode())

    assert alternative("Hej", "<p>Hej <b>du</b></p>").text == "Hej"
    assert alternative("", "<p>Hej <b>du</b></p>").text == "Hej du"
    assert alternative("Your mail client does not show HTML mail", "<p>Hej <b>du</b></p>").text == "Hej du"
    assert alternative("Hej", "<p>" + "långt " * 2000 + "</p>").text.startswith("långt")
    gmail = '<p>Ja tack</p><div class="gmail_quote">Kim skrev:<blockquote>Vill du?</blockquote></div>'
    read = alternative("Ja tack\n\nKim skrev:\n\nVill du?", gmail)  # only the other version tells what is quoted
    assert (read.text, read.new_text) == ("Ja tack\n\nKim skrev:\n\nVill du?", "Ja tack")


def test_odd_forms_are_still_read() -> None:
    assert read_mail(b"junk line\r\nFrom: a@example.net\r\nSubject: Hej\r\n\r\nText").subject == "Hej"
    assert read_mail(b"From: a@example.net\rSubject: Hej\r\rText\r").text == "Text"
    broken = "From: a@example.net\nContent-Type: multipart/mixed; boundary=nowhere"
    assert made(broken, "Hela texten").text == "Hela texten"
    assert made("Content-Type: text/plain; charset=\nContent-Transfer-Encoding: base64 ", "SGVq").text == "Hej"
    assert read_mail("Subject: Hål\n\nHål".encode("cp1252")).subject == "Hål"


def test_a_photo_without_text_is_a_message() -> None:
    read = mail("photo_only")
    assert [(file.name, file.inline, file.size) for file in read.files] == [("IMG_1.jpeg", True, 70)]
    assert (read.text, read.kind, read.machine, read.error) == ("", InboundKind.PERSON, False, "")
    assert files_with_content(ALL["photo_only"])[0].content[:2] == b"\xff\xd8"
    assert mail("empty").kind is InboundKind.EMPTY


def test_files_have_safe_names_and_their_bytes() -> None:
    read = mail("files")
    assert [(file.part, file.name, file.media_type, file.size, file.inline, file.state) for file in read.files] == [
        (0, "Åtgärd plan.pdf", "application/pdf", 13, False, FileState.PASSED),
        (1, "Översikt.pdf", "application/pdf", 13, False, FileState.PASSED),
        (2, "räkning.csv", "text/csv", 3, False, FileState.PASSED),
        (3, "bilaga-4.pdf", "application/pdf", 13, False, FileState.PASSED),  # image/heic, says the mail
        (4, "logg.txt", "text/plain", 7, False, FileState.PASSED),
    ]
    found = files_with_content(ALL["files"])
    assert (found[1].content, found[4].content) == (b"%PDF-1.4 test", b"loggrad")


ORIGINAL = (
    f"Received: from x by {HOST}; Fri, 20 Nov 2026 09:00:05 +0000\nFrom: Bo <bo@example.com>\n"
    "Message-ID: <lampa@example.com>\nSubject: Lampan\n\nLampan är trasig."
)


def test_a_mail_sent_along_is_read_as_the_forwarded_one() -> None:
    along = f"Content-Type: message/rfc822\n\n{ORIGINAL}"
    coded = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
    coded += base64.encodebytes(ORIGINAL.encode()).decode()
    expected = Forwarded(
        from_addr="bo@example.com", from_name="Bo", subject="Lampan", message_id="lampa@example.com",
        text="Lampan är trasig.", comment="Hej du", received_at=TEN,
    )  # fmt: skip
    head = f"{FROM}Subject: VB: Lampan\n"
    for one in (along, coded):
        raw = multi(head, TEXT, one).encode()
        read = read_mail(raw, trusted_host=HOST)
        assert (read.forwarded, read.new_text) == (expected, "Hej du")
        assert (read.from_addr, read.message_id, read.date_seen) == ("anna@example.net", "", None)
        assert [(file.name, file.media_type) for file in read.files] == [("Lampan.eml", "message/rfc822")]
        assert files_with_content(raw)[0].content == ORIGINAL.encode()
    two = read_mail(multi(head, TEXT, along, along).encode(), trusted_host=HOST)
    assert (two.forwarded, [file.name for file in two.files]) == (None, ["Lampan.eml", "Lampan.eml"])
    automatic = read_mail(multi(f"{FROM}Auto-Submitted: auto-replied\n", TEXT, along).encode())
    assert (automatic.machine, automatic.forwarded) == (True, None)


def test_where_only_the_beginning_was_fetched_the_last_file_is_left_out() -> None:
    raw = multi(FROM, TEXT, PDF, PDF.replace("plan", "karta")).encode()
    cut = raw[: raw.index(b"karta") + 46]

    def states(part: bytes, size: int) -> tuple[str, list[tuple[str, FileState]]]:
        read = read_mail(part, whole_size=size)
        return read.error, [(file.name, file.state) for file in read.files]

    passed, left_out = FileState.PASSED, FileState.LEFT_OUT
    whole = ("", [("plan.pdf", passed), ("karta.pdf", passed)])
    assert states(cut, len(raw)) == ("cut", [("plan.pdf", passed), ("karta.pdf", left_out)])
    assert states(raw, len(raw)) == states(raw, 0) == whole
    assert states(raw[: raw.index(b"Hej") + 3], len(raw)) == ("cut", [])
    assert read_mail(cut, whole_size=len(raw)).text == "Hej du"


def test_limits_come_before_parsing() -> None:
    head = b"From: a@example.net\nSubject: Stor\nContent-Type: multipart/mixed; boundary=b\n\n"
    many = read_mail(head + b"--b\n\nx\n" * (PARTS + 1))
    assert (many.error, many.subject, many.text) == ("too_many_parts", "Stor", "\n\n".join("x" * PARTS))
    assert read_mail(head + b"--b\n\nx\n" * PARTS).error == ""
    assert read_mail(b"Subject: Hej\n" + b"X-A: b\n" * 6_000 + b"\nText").error == "too_many_parts"
    long = read_mail(b"Subject: Lang\n\n" + b"ord " * 100_000)
    assert (long.error, TEXT_LIMIT - 1 <= len(long.text) <= TEXT_LIMIT) == ("text_cut", True)
    assert len(made("To: " + ", ".join(f"a{number}@x.example" for number in range(700))).to_addrs) == 500


REPLY = (
    f"{FROM}List-Id: <grannar.example.net>\nList-Post: <mailto:grannar@example.net>\nSubject: SV: Gatan\n"
    "Content-Type: text/plain; charset=utf-8\n\nJa, gärna på tisdag.\n\n"
    "Den 20 nov 2026 skrev Kim <kim@example.org>:\n> Kan vi ses?\n"
)
IDS = {"message_id", "in_reply_to", "references"}
OF_HEAD = {*IDS, "from_addr", "from_name", "to_addrs", "delivered_to", "reply_to", "date_seen", "loop_mark", "hops",
           "authentic", "subject", "marks", "why"}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "reader", "code", "lost"),
    [
        (FULL, "as_text", "header", OF_HEAD),
        (FULL.replace("=?utf-8?q?H=C3=A5l?=", "Hål"), "text_charset", "header", OF_HEAD),
        (FULL, "decode_header", "header", {"subject", "marks", "loop_mark", *IDS}),
        (FULL, "strip_subject_banner", "header", {"subject", "marks"}),
        (FULL, "read_sender", "header", {"from_addr", "from_name", "authentic", "why"}),
        (FULL, "read_addresses", "header", {"to_addrs", "delivered_to", "reply_to"}),
        (FULL, "read_ids", "header", IDS),
        (FULL, "received_at", "header", {"date_seen"}),
        (FULL, "read_verdict", "header", {"authentic"}),
        (FULL, "read_body", "body", {"text", "new_text", "files", "forwarded", "language", "kind", "why"}),
        (REPLY, "own_words", "body", {"new_text", "why"}),
        (FULL, "list_files", "files", {"files"}),
        (REPLY, "judge", "kind", {"kind", "why"}),
        (FULL, "read_forward", "forward", {"forwarded"}),
        (FULL, "language_of", "language", {"language"}),
    ],
)  # fmt: skip
def test_each_field_is_spared_alone(
    monkeypatch: pytest.MonkeyPatch, text: str, reader: str, code: str, lost: set[str]
) -> None:
    def fails(*_given: object, **_named: object) -> None:
        raise ValueError

    whole = read_mail(text.encode(), trusted_host=HOST)
    monkeypatch.setattr(mail_read, reader, fails)
    spared = read_mail(text.encode(), trusted_host=HOST)
    changed = {one.name for one in fields(Inbound) if getattr(spared, one.name) != getattr(whole, one.name)}
    assert (whole.error, spared.error, changed) == ("", code, {*lost, "error"})


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
ERRORS = {"", "cut", "too_many_parts", "text_cut"}


def assert_clean(read: Inbound) -> None:
    """What holds for every mail: no part of the reader failed, and what people are shown are clean lines and words."""
    files = [value for file in read.files for value in (file.name, file.media_type)]
    lists = (read.in_reply_to, read.references, read.to_addrs, read.delivered_to, read.reply_to)
    bounce = (read.bounce.recipient, read.bounce.status, read.bounce.message_id) if read.bounce else ()
    passed = read.forwarded or Forwarded(from_addr="")
    lines = (read.subject, read.from_addr, read.from_name, read.message_id, read.loop_mark, *files, *bounce,
             *(value for values in lists for value in values), passed.from_addr, passed.message_id)  # fmt: skip
    assert not any(CONTROL.search(value) for value in (*lines, read.text, read.new_text, passed.text, passed.comment))
    assert not any("\n" in value or "\t" in value for value in lines)
    assert read.date_seen is None or read.date_seen.utcoffset() == timedelta(0)
    assert bool(read.new_text.strip()) == bool(read.text.strip())
    assert read.error in ERRORS


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    assert_clean(read_mail(raw, trusted_host=HOST, envelope_sender=""))
    assert_clean(read_mail(f"{FROM}Content-Type: text/html\n\n".encode() + raw, tenant=True))


DAMAGES = st.lists(st.tuples(st.integers(0, 6_000), st.integers(0, 60), st.binary(max_size=30)), max_size=8)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(ALL)), st.sampled_from((b"\n", b"\r\n", b"\r")), DAMAGES, st.integers(1, 20_000))
def test_damaged_mails_can_be_read(name: str, end: bytes, damages: list[tuple[int, int, bytes]], length: int) -> None:
    raw = ALL[name].replace(b"\r\n", b"\n").replace(b"\n", end)
    for at, gone, put in damages:
        raw = raw[: at % len(raw)] + put + raw[at % len(raw) + gone :] or b"x"
    raw = raw[:length]
    read = read_mail(raw, trusted_host=HOST)
    assert_clean(read)
    assert [len(file.content) for file in files_with_content(raw)] == [one.size for one in read.files][:FILE_LIMIT]


WITH_FILES = [name for name, raw in ALL.items() if read_mail(raw).files]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(WITH_FILES), st.floats(0, 1, exclude_max=True))
def test_a_file_that_is_passed_on_from_a_beginning_is_whole(name: str, share: float) -> None:
    raw = ALL[name]
    cut = raw[: int(len(raw) * share)]
    read, whole = read_mail(cut, whole_size=len(raw)), files_with_content(raw)
    assert read.error == "cut"
    assert_clean(read)
    contents = [file.content for file in files_with_content(cut)]
    passed = [contents[file.part] for file in read.files if file.state is FileState.PASSED]
    assert all(content in [file.content for file in whole] for content in passed)
