"""What a mail is by its form: a person's, a machine's, a failed delivery."""

from pathlib import Path

import pytest

from bot.channels.mail_kind import find_address, read_addresses, without_comments
from bot.channels.mail_read import read_mail
from bot.port import Bounce, InboundKind

DATA = Path(__file__).parent / "data" / "mail"
PERSON, AUTO, BOUNCE, LIST = InboundKind.PERSON, InboundKind.AUTO, InboundKind.BOUNCE, InboundKind.LIST


def kind_of(head: str, body: str = "Hej", envelope_sender: str | None = None) -> InboundKind:
    return read_mail(f"{head}\n\n{body}".encode(), envelope_sender=envelope_sender).kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("outlook_desktop_sv", PERSON),
        ("outlook_mobile_sv", PERSON),
        ("gmail_sv", PERSON),
        ("iphone_sv", PERSON),
        ("forwarded_message", PERSON),
        ("files", PERSON),
        ("photo_only", PERSON),
        ("autosvar_sv", AUTO),
        ("autosvar_fi", AUTO),
        ("postfix_dsn", BOUNCE),
        ("exchange_dsn", BOUNCE),
        ("delayed_dsn", BOUNCE),
        ("freetext_bounce", BOUNCE),
        ("newsletter", LIST),
        ("calendar_invitation", InboundKind.CALENDAR),
        ("empty", InboundKind.EMPTY),
    ],
)
def test_kind_of_a_mail(name: str, kind: InboundKind) -> None:
    assert read_mail((DATA / f"{name}.eml").read_bytes()).kind is kind


@pytest.mark.parametrize(
    ("name", "recipient", "status", "message_id", "final"),
    [
        ("postfix_dsn", "gone@example.net", "5.1.1", "our-answer-1@example.org", True),
        ("exchange_dsn", "full@example.net", "5.2.2", "our-answer-2@example.org", True),
        ("delayed_dsn", "slow@example.net", "4.4.1", "our-answer-3@example.org", False),
        ("freetext_bounce", "nobody@example.net", "5.1.1", "our-answer-4@example.org", True),
    ],
)
def test_failed_deliveries(name: str, recipient: str, status: str, message_id: str, final: bool) -> None:
    expected = Bounce(recipient=recipient, status=status, message_id=message_id, final=final)
    assert read_mail((DATA / f"{name}.eml").read_bytes()).bounce == expected


def report(*fields: str, returned: str = "", text: str = "") -> bytes:
    parts = [f"Content-Type: text/plain\n\n{text}", "Content-Type: message/delivery-status\n\n" + "\n\n".join(fields)]
    if returned:
        parts.append(f"Content-Type: text/rfc822-headers\n\n{returned}")
    body = "".join(f"--b\n{part}\n" for part in parts)
    return f"From: x@example.net\nContent-Type: multipart/report; boundary=b\n\n{body}--b--\n".encode()


def test_reports_of_success_or_reading_are_automatic() -> None:
    for action in ("delivered", "relayed", "expanded"):
        assert read_mail(report("Reporting-MTA: dns; x", f"Action: {action}\nStatus: 2.0.0")).kind is AUTO
    read_receipt = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"
    assert (
        kind_of(read_receipt, "--b\n\nLäst\n--b\nContent-Type: message/disposition-notification\n\nX: y\n--b--") is AUTO
    )


def test_the_failed_one_of_several_recipients_counts() -> None:
    groups = ("Reporting-MTA: dns; x", "Final-Recipient: rfc822; a@example.net\nAction: delivered\nStatus: 2.0.0",
              "Final-Recipient: rfc822; b@example.net\nAction: delayed\nStatus: 4.0.0",
              "Final-Recipient: rfc822; <c@example.net>\nAction: failed (late)\nStatus: 4.4.7 (expired)")  # fmt: skip
    expected = Bounce(recipient="c@example.net", status="4.4.7", message_id="m@example.org", final=True)
    assert read_mail(report(*groups, returned="Message-Id: <m@example.org>")).bounce == expected
    assert read_mail(report(*groups, text="Message-ID: <m@example.org>")).bounce == expected


@pytest.mark.parametrize(
    ("fields", "status", "final"),
    [
        ("Status: 5.7.1", "5.7.1", True),
        ("Status: 4.2.0", "4.2.0", False),
        ("Action: FAILED", "", True),
        ("Action: failed\nStatus: nonsense", "", True),
    ],
)
def test_incomplete_reports(fields: str, status: str, final: bool) -> None:
    assert read_mail(report(fields)).bounce == Bounce(recipient="", status=status, message_id="", final=final)


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: Auto-Generated (rejected); owner-email=x",
        "Precedence: auto_reply",
        "Precedence: bulk",
        "Precedence: junk",
        "X-Autoreply: yes",
        "X-Autorespond: Semester",
        "Return-Path: <>",
        "From: postmaster@example.net",
        "From: MAILER-DAEMON",
        "X-Failed-Recipients: a@example.net",
        "X-Auto-Response-Suppress: All\nSubject: Frånvaro",
        "X-Auto-Response-Suppress: OOF\nSubject: Poissa toimistolta",
        "X-Auto-Response-Suppress: All\nSubject: Automatic response",
        "X-Auto-Response-Suppress: All\nSubject: Automaattivastaus",
    ],
)
def test_machines(head: str) -> None:
    assert kind_of(head) is AUTO


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: no\nPrecedence: bulk",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply",
        "X-Auto-Response-Suppress: None\nSubject: Frånvaro",
        "Subject: Frånvaro för Kalle i 3B på fredag",
        "Subject: SV: Autosvar: Fråga",
        "Subject: Autosvar från er fungerar inte",
        "Subject: Poissa koulusta",
        "Subject: Undelivered Mail Returned to Sender",
        "X-Autoreply: no",
        "From: postmastern@example.net",
        'From: "postmaster@example.net" <anna@example.net>',
        "Return-Path: <anna@example.net>",
        "List-Unsubscribe: <https://example.net/u>",
    ],
)
def test_people(head: str) -> None:
    assert kind_of(head) is PERSON


PHRASES = [
    "Autosvar: Fråga om bygglov",
    "Automatiskt svar: Fråga",
    "Automatic reply: Question",
    "Out of Office: Question",
    "Autoreply: Question",
    "Automaattinen vastaus: Kysymys",
    "Poissaoloilmoitus: Kysymys",
    "Automatische Antwort: Frage",
    "Automatisk svar: Spørsmål",
]


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_clients_phrase_counts_only_before_a_subject_that_is_answered(phrase: str) -> None:
    assert kind_of(f"Subject: {phrase}\nIn-Reply-To: <m@example.org>") is AUTO
    assert kind_of(f"Subject: {phrase}\nReferences: <m@example.org>") is AUTO
    assert kind_of(f"Subject: {phrase} [K-7Q4M2X-9]") is AUTO
    assert kind_of(f"Subject: {phrase}", "Detta är ett automatiskt svar.") is PERSON


@pytest.mark.parametrize(
    "subject",
    [
        "Frånvarobesked: hur anmäler jag?",
        "Frånvaromeddelande",
        "Semester i fritids?",
        "Autosvar",
        "Autosvar från er fungerar inte",
        "SV: Autosvar: Fråga",
        "Vacation: opening hours",
    ],
)
def test_words_alone_are_no_proof(subject: str) -> None:
    for body in ("Jag fick bara ett autosvar från er", "Detta är ett automatiskt svar."):
        assert kind_of(f"Subject: {subject}\nIn-Reply-To: <m@example.org>", body) is PERSON
        assert kind_of(f"Subject: {subject} [K-7Q4M2X-9]", body) is PERSON
        assert kind_of(f"Subject: {subject}\nX-Auto-Response-Suppress: None", body) is PERSON


def test_an_away_subject_or_automatic_words_confirm_a_header_sign() -> None:
    suppress = "X-Auto-Response-Suppress: All\nSubject: Fråga"
    assert kind_of(suppress, "Detta är ett automatiskt svar.") is AUTO
    assert kind_of(suppress, "Hej") is PERSON


def test_an_emoji_reaction_is_automatic() -> None:
    parts = "".join(
        f"--b\nContent-Type: {kind}\n\n{body}\n"
        for kind, body in {
            "text/plain": "👍",
            "text/vnd.google.email-reaction+json": '{"emoji": "👍", "version": 1}',
            "text/html": "<p>Anna reagerade</p>",
        }.items()
    )
    head = "Subject: Re: Bygglov [K-7Q4M2X-9]\nContent-Type: multipart/alternative; boundary=b"
    assert kind_of(head, parts + "--b--\n") is AUTO
    assert kind_of(head, parts.replace("email-reaction+", "") + "--b--\n") is PERSON


@pytest.mark.parametrize(
    ("return_path", "envelope_sender", "kind"),
    [
        ("<>", None, AUTO),
        ("< >", None, AUTO),
        ("<a@example.net>", "", AUTO),
        ("<a@example.net>", "<>", AUTO),
        ("<>", "a@example.net", PERSON),
        ("", None, PERSON),
    ],
)
def test_the_envelope_goes_before_the_return_path(
    return_path: str, envelope_sender: str | None, kind: InboundKind
) -> None:
    head = f"Return-Path: {return_path}\nFrom: a@example.net" if return_path else "From: a@example.net"
    assert kind_of(head, envelope_sender=envelope_sender) is kind


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("List-Id: <x.example.net>", LIST),
        ("Precedence: list", LIST),
        ("List-Unsubscribe: <https://x.example.net>\nPrecedence: bulk", LIST),
        ("List-Unsubscribe: <https://x.example.net>\nFeedback-ID: 1:2", LIST),
        ("List-Id: <x.example.net>\nAuto-Submitted: auto-replied", AUTO),
    ],
)
def test_lists(head: str, kind: InboundKind) -> None:
    assert kind_of(head) is kind


@pytest.mark.parametrize(
    ("subject", "body", "status", "final"),
    [
        ("failure notice", "<a@example.net>: 550 5.1.1 no", "5.1.1", True),
        ("Undeliverable: Svar", "a@example.net 4.4.7 expired", "4.4.7", True),
        ("Warning: message delayed", "a@example.net 4.4.1", "4.4.1", False),
        ("Olevererbart: Svar", "Till a@example.net", "", True),
        ("Info", "Your mail could not be delivered to a@example.net", "", True),
    ],
)
def test_free_text_of_a_daemon(subject: str, body: str, status: str, final: bool) -> None:
    raw = f"From: Mailer-Daemon@example.net\nSubject: {subject}\nIn-Reply-To: <m@example.org>\n\n{body}".encode()
    expected = Bounce(recipient="a@example.net", status=status, message_id="m@example.org", final=final)
    assert read_mail(raw).bounce == expected


def test_a_daemon_that_reports_no_failure_is_automatic() -> None:
    read = read_mail(b"From: postmaster@example.net\nSubject: Statistik\n\nAllt fungerar.")
    assert (read.kind, read.bounce) == (AUTO, None)


def test_a_subject_alone_is_empty_by_form() -> None:
    read = read_mail("From: a@example.net\nSubject: Har ni öppet?\n\n".encode())
    assert (read.kind, read.subject) == (InboundKind.EMPTY, "Har ni öppet?")


def test_an_attached_calendar_file_is_no_invitation() -> None:
    part = "--b\nContent-Type: text/calendar; method=PUBLISH\nContent-Disposition: attachment\n\nMETHOD:PUBLISH\n--b--"
    assert kind_of("Content-Type: multipart/mixed; boundary=b", f"--b\n\nSe bilagan\n{part}") is PERSON
    assert kind_of("Content-Type: text/calendar", "BEGIN:VCALENDAR\nMETHOD:REPLY\n") is InboundKind.CALENDAR


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a@x.se, B <b@X.se>", [("", "a@x.se"), ("B", "b@x.se")]),
        ('"B, C" <b@x.se>; d@x.se', [("B, C", "b@x.se"), ("", "d@x.se")]),
        ("Grupp: a@x.se, b@x.se;", [("", "a@x.se"), ("", "b@x.se")]),
        ("undisclosed-recipients:;", []),
        ('"a b"@x.se', [("", '"a b"@x.se')]),
        ('"a\\"b" <@relay.se:c@x.se.>', [('a"b', "c@x.se")]),
        ("<>", []),
        ("", []),
    ],
)
def test_address_lists(value: str, found: list[tuple[str, str]]) -> None:
    assert read_addresses(value) == found


def test_small_readers() -> None:
    assert find_address("skriv till 'Anna@Example.NET'.") == "Anna@example.net"
    assert find_address("ingen") == ""
    assert without_comments(r'a (b (c) "d) e \( f "g;\"h" i (j') == 'a  e  f "" i '
    assert without_comments('a "b (c') == 'a "'
