"""Delivery reports in the shapes that mail systems give them: what failed, for whom, and which mail of ours it was.

All mails are written here, each short, with the words and the layout that its system is known by.
"""

import time
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_read import read_mail
from bot.port import Bounce, Inbound, InboundKind
from tests.bounces import BACK, DAEMON, GONE, OURS, SHAPES, Shape
from tests.bounces_more import MORE_SHAPES

ALL_SHAPES = [*SHAPES, *MORE_SHAPES]


@pytest.mark.parametrize("shape", ALL_SHAPES, ids=lambda shape: shape.name)
def test_a_report_in_free_words(shape: Shape) -> None:
    read = shape.read()
    assert read.kind is InboundKind.BOUNCE
    assert read.bounce == Bounce(
        recipient=shape.recipient, status=shape.status, message_id=shape.message_id, final=shape.final
    )


@pytest.mark.parametrize("shape", ALL_SHAPES, ids=lambda shape: shape.name)
def test_the_null_path_stands_in_for_the_daemons_name(shape: Shape) -> None:
    read = read_mail(f"From: mail@example.net\nSubject: Svar\n\n{shape.body}".encode(), envelope_sender="")
    assert read.kind is InboundKind.BOUNCE


@pytest.mark.parametrize("shape", ALL_SHAPES, ids=lambda shape: shape.name)
def test_a_person_who_passes_a_report_on_stays_a_person(shape: Shape) -> None:
    own = "Hej, vad betyder detta? Jag fick det när jag svarade er."
    subject = next(line for line in shape.head.splitlines() if line.startswith("Subject: ")).removeprefix("Subject: ")
    head = "From: Elsa <elsa@example.org>\nMessage-ID: <e1@example.org>\nSubject: "
    quoted = "\n".join(f"> {line}" for line in shape.body.splitlines())
    for mail in (
        f"{head}Vidarebefordrar: {subject}\n\n{own}\n\n{shape.body}",
        f"{head}VB: {subject}\n\n{shape.body}",
        f"{head}[EXTERN] VB: {subject}\n\n{shape.body}",
        f"{head}{subject}\n\n{own}\n\n{shape.body}",
        f"{head}Re: {subject}\nIn-Reply-To: <r@example.net>\n\n{own}\n\n{quoted}",
        f"{head}Fråga\n\n{own}\n\n{quoted}",
    ):
        assert read_mail(mail.encode(), envelope_sender="elsa@example.org").kind is InboundKind.PERSON


@pytest.mark.parametrize(
    "name", ["sendmail 8 as text", "postfix as text", "exim 3 without a daemon's name", "qmail", "opensmtpd", "gmx"]
)
def test_known_words_with_what_they_return_need_no_daemon(name: str) -> None:
    shape = next(one for one in ALL_SHAPES if one.name == name)
    head = "From: Elsa <elsa@example.org>\nSubject: Svar"
    assert read_mail(f"{head}\n\n{shape.body}".encode()).kind is InboundKind.BOUNCE
    assert read_mail(f"{head}\nUser-Agent: Mozilla Thunderbird\n\n{shape.body}".encode()).kind is InboundKind.PERSON
    first_line = shape.body.partition("\n\n")[0]
    assert read_mail(f"{head}\n\n{first_line}".encode()).kind is InboundKind.PERSON


def parted(kind: str, *parts: str, head: str = "From: x@example.net\nSubject: Svar") -> Inbound:
    body = "".join(f"--b\nContent-Type: {part}\n" for part in parts)
    return read_mail(f"{head}\nContent-Type: {kind}; boundary=b\n\n{body}--b--\n".encode())


REPORT = "multipart/report; report-type=delivery-status"
HOST_FIELDS = "message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
FIELDS = f"{HOST_FIELDS}Final-Recipient: rfc822; {GONE}\nAction: failed\nStatus: 5.1.1\n"
SHOWN = "text/plain\n\nSe nedan.\n"


@pytest.mark.parametrize(
    "returned",
    [
        f"message/rfc822\n\n{BACK}",
        f"text/rfc822-headers\n\n{BACK}",
        f"message/rfc822-headers\n\n{BACK}",
        f"message/global-headers\n\n{BACK}",
        f"text/rfc822-headers\n\nReceived: x\nMessage-Id:\n <{OURS}>\n",
        f"message/rfc822\n\nReceived: x\nMESSAGE-ID:  <{OURS}>\n\nHej\n",
        f"text/plain; name=original.txt\nContent-Disposition: attachment\n\n{BACK}",
        f"message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n{BACK}--c\n\nHej\n--c--\n",
    ],
)
def test_our_id_in_the_mail_that_came_back(returned: str) -> None:
    read = parted(REPORT, SHOWN, FIELDS, returned)
    assert read.bounce == Bounce(recipient=GONE, status="5.1.1", message_id=OURS, final=True)


def test_our_id_from_the_head_of_a_report_that_returns_nothing() -> None:
    head = "From: postmaster@example.net\nSubject: Undeliverable\n"
    told = [
        parted(REPORT, SHOWN, FIELDS, head=f"{head}In-Reply-To: <{OURS}>\nReferences: <first@example.org>"),
        parted(REPORT, SHOWN, FIELDS, head=f"{head}References: <first@example.org>\n <{OURS}>"),
    ]
    assert [read.bounce.message_id if read.bounce else None for read in told] == [OURS, OURS]


@pytest.mark.parametrize(
    ("fields", "status", "final"),
    [
        ("Action: failed\nStatus: 5.1.1", "5.1.1", True),
        ("Action: Failed\nStatus: 5.2.2 (mailbox full)", "5.2.2", True),
        ("Action: failed\nStatus: 4.4.7", "4.4.7", True),
        ("Action: failure\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 refused", "5.7.1", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp;\n 450 4.7.1 later 550\n 5.7.26 no", "5.7.26", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; from 192.5.1.1 at 5.1.1.7", "5.0.0", True),
        ("Action: failed\nDiagnostic-Code: smtp; 550 #5.1.1 unknown", "5.1.1", True),
        ("Action: expired", "", True),
        ("Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sat, 21 Nov 2026", "4.4.1", False),
        ("Status: 5.1.1", "5.1.1", True),
    ],
)
def test_fields_of_a_report(fields: str, status: str, final: bool) -> None:
    part = f"message/delivery-status\n\nReporting-MTA: dns; mx\n\nOriginal-Recipient: rfc822;{GONE}\n{fields}\n"
    bounce = parted(REPORT, SHOWN, part).bounce
    assert bounce == Bounce(recipient=GONE, status=status, message_id="", final=final)


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_success_is_automatic_whoever_sends_it(action: str) -> None:
    part = f"{HOST_FIELDS}Final-Recipient: rfc822; {GONE}\nAction: {action}\nStatus: 2.1.5\n"
    for kind in (REPORT, "multipart/mixed"):
        read = parted(kind, SHOWN, part, head=DAEMON + "Delivery Status Notification (Success)")
        assert (read.kind, read.bounce) == (InboundKind.AUTO, None)


@pytest.mark.parametrize("kind", ["multipart/mixed", "multipart/report"])
def test_fields_count_where_the_report_is_not_called_one(kind: str) -> None:
    read = parted(kind, SHOWN, FIELDS, f"message/rfc822\n\n{BACK}", head=DAEMON + "Undeliverable")
    assert read.bounce == Bounce(recipient=GONE, status="5.1.1", message_id=OURS, final=True)


def test_fields_in_base64_are_read() -> None:
    plain = f"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; {GONE}\nAction: failed\nStatus: 5.1.1\n"
    part = "message/delivery-status\nContent-Transfer-Encoding: base64\n\n" + b64encode(plain.encode()).decode() + "\n"
    bounce = parted(REPORT, SHOWN, part).bounce
    assert bounce == Bounce(recipient=GONE, status="5.1.1", message_id="", final=True)


def test_a_report_without_readable_fields_is_read_by_its_words() -> None:
    words = f"text/plain\n\nYour message could not be delivered to <{GONE}>: 550 5.1.1 unknown\n"
    read = parted(REPORT, words, "message/delivery-status\n\nReporting-MTA: dns; mx\n")
    assert read.bounce == Bounce(recipient=GONE, status="5.1.1", message_id="", final=True)


def test_a_report_whose_parts_cannot_be_told_apart_is_read_by_its_words() -> None:
    head = f"{DAEMON}Undelivered Mail Returned to Sender\nContent-Type: multipart/report; boundary=lost"
    read = read_mail(f"{head}\n\n--other\n\nYour message to <{GONE}> failed: 550 5.1.1 unknown\n\n{BACK}".encode())
    assert read.bounce == Bounce(recipient=GONE, status="5.1.1", message_id=OURS, final=True)


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("disposition-notification", "message/disposition-notification\n\nDisposition: manual-action/x; displayed\n"),
        ("feedback-report", "message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\n"),
    ],
)
def test_receipts_and_complaints_are_automatic(kind: str, part: str) -> None:
    for words in ("Läst.", "This is an email abuse report for a message that could not be delivered."):
        read = parted(
            f"multipart/report; report-type={kind}", f"text/plain\n\n{words}\n", part, f"message/rfc822\n\n{BACK}"
        )
        assert (read.kind, read.bounce) == (InboundKind.AUTO, None)


def test_a_mail_server_of_old_returns_the_mail_as_a_part() -> None:
    words = (
        f"text/plain\n\nYour message\n\n  To: {GONE}\n\ndid not reach the following recipient(s):\n\n{GONE} on Friday\n"
    )
    head = "From: System Administrator <admin@example.net>\nSubject: Undeliverable: Svar"
    read = parted("multipart/mixed", words, f"message/rfc822\n\n{BACK}", head=head)
    assert read.bounce == Bounce(recipient=GONE, status="", message_id=OURS, final=True)


def test_an_absence_with_the_null_path_revokes_nothing() -> None:
    text = "Jag är på semester. Brådskande frågor: växeln. Kan inte nås på mejl; mail delivery to me may be delayed."
    for subject in ("Frånvaro", "Autosvar: Undelivered", "Re: Svar"):
        read = read_mail(f"From: elsa@example.org\nSubject: {subject}\n\n{text}".encode(), envelope_sender="")
        assert (read.kind, read.bounce) == (InboundKind.AUTO, None)


def test_an_absence_that_quotes_a_report_revokes_nothing() -> None:
    quoted = f"Jag är på semester.\n\nYour message to <{GONE}> could not be delivered: 550 5.1.1 unknown\n\n{BACK}"
    for subject in ("Autosvar: Undeliverable: Svar", "Automatic reply: failure notice", "Re: failure notice"):
        read = read_mail(f"From: elsa@example.org\nSubject: {subject}\n\n{quoted}".encode(), envelope_sender="")
        assert (read.kind, read.bounce) == (InboundKind.AUTO, None)
    told = read_mail(f"From: postmaster@example.org\nSubject: Autosvar: Svar\n\n{quoted}".encode())
    assert (told.kind, told.bounce) == (InboundKind.AUTO, None)


def test_hostile_reports_take_linear_time() -> None:
    for piece in (
        "Action: failed\n\n",
        "a@b ",
        "Received: from x\n",
        "550 5.1.1 ",
        "(((",
        "<",
        "To: " + "x" * 300 + "\n",
    ):
        text = piece * (300_000 // len(piece))
        started = time.process_time()
        read_mail(f"{DAEMON}Undeliverable\n\n{text}".encode())
        parted(REPORT, SHOWN, f"message/delivery-status\n\n{text}")
        assert time.process_time() - started < 5  # some 0.2 s each; a quadratic pass takes minutes


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["\n\n", " ", "\n"]))
def test_no_report_makes_reading_fail(one: str, other: str, gap: str) -> None:
    for raw in (
        f"From: MAILER-DAEMON\nSubject: {one}\n\n{other}{gap}{one}",
        f"Content-Type: {REPORT}; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n{one}{gap}{other}\n--b--",
    ):
        read = read_mail(raw.encode("utf-8", "replace"))
        assert read.error in ("", "text_cut")
        assert (read.bounce is not None) == (read.kind is InboundKind.BOUNCE)
