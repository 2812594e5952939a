"""What a mail is by its form: a person's, a machine's, a failed delivery, a list's, an invitation.

Failed deliveries in the many shapes of mail systems are in `test_mail_bounce`; here are a few of each rule.
"""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_kind import Judged, judge
from bot.channels.mail_machine import NO_REPLY
from bot.channels.mail_parts import parse
from bot.channels.mail_read import read_mail
from bot.channels.mail_why import Why
from bot.port import Bounce, Inbound, InboundKind

DATA = Path(__file__).parent / "data" / "mail"
PERSON, AUTO, BOUNCE, LIST = InboundKind.PERSON, InboundKind.AUTO, InboundKind.BOUNCE, InboundKind.LIST
CALENDAR, EMPTY = InboundKind.CALENDAR, InboundKind.EMPTY

ANSWERS = "In-Reply-To: <m@kommun.example>"
NUMBER = "[K-7Q4M2X-9]"
AUTOMATIC = "Hej!\n\nDetta är ett automatiskt svar. Jag är ledig."
LEAVE = "List-Unsubscribe: <https://x.example.net/u>"


def read(head: str, body: str = "Hej", *, envelope_sender: str | None = None) -> Inbound:
    sender = "" if "From:" in head else "From: Elsa <elsa@example.org>\n"
    found = read_mail(f"{sender}{head.strip()}\n\n{body}".encode(), envelope_sender=envelope_sender)
    assert not found.error
    return found


def judged(head: str, body: str = "Hej", *, envelope_sender: str | None = None) -> tuple[InboundKind, bool, str]:
    """Return kind, whether it is a machine's, and the rule that decided."""
    found = read(head, body, envelope_sender=envelope_sender)
    (why,) = (one for one in found.why if one.startswith("kind."))
    return found.kind, found.machine, why


def kind_of(head: str, body: str = "Hej", *, envelope_sender: str | None = None) -> InboundKind:
    return judged(head, body, envelope_sender=envelope_sender)[0]


def each(form: str, words: str) -> list[str]:
    """Return the form filled with each of the words."""
    return [form.format(word) for word in words.split()]


def parts(kind: str, *contents: str) -> tuple[str, str]:
    """Return the header and the body of a mail of several parts."""
    body = "".join(f"--b\nContent-Type: {content}\n" for content in contents)
    return f"Content-Type: {kind}; boundary=b", f"{body}--b--\n"


OTHER_KINDS = {
    "autosvar_sv": AUTO, "autosvar_fi": AUTO, "postfix_dsn": BOUNCE, "exchange_dsn": BOUNCE, "delayed_dsn": BOUNCE,
    "freetext_bounce": BOUNCE, "newsletter": LIST, "calendar_invitation": CALENDAR, "empty": EMPTY,
}  # fmt: skip


def test_kind_of_a_mail() -> None:
    found = {path.stem: read_mail(path.read_bytes()) for path in DATA.glob("*.eml")}
    assert {name: one.kind for name, one in found.items() if one.kind is not PERSON} == OTHER_KINDS
    assert all(one.machine is (one.kind in (AUTO, BOUNCE, LIST)) for one in found.values())


@pytest.mark.parametrize(
    "head",
    [
        "", *each("Auto-Submitted: {}", "no NO no;x=y auto-forwarded"), "Auto-Submitted: no (by hand)", LEAVE,
        "Auto-Submitted: no\nPrecedence: bulk", "Auto-Submitted: no\nX-Autoreply: yes", "Feedback-ID: 1:2:example",
        *each("Precedence: {}", "normal first-class"), "X-Precedence: normal", "X-Autoreply:",
        *each("X-Autoreply: {}", "no FALSE none 0 off forward"), "Delivered-To: kontakt@kommun.example",
        *each("X-Auto-Response-Suppress: {}", "DR,OOF,AutoReply DR,RN,NRN,OOF,AutoReply RN,NRN OOF All None"),
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\nSubject: Ledig tomt?",
        "X-Auto-Response-Suppress: None\nSubject: Frånvaro", "X-Auto-Response-Suppress: OOF\nSubject: Min frånvaro",
        "Subject: Frånvaro för Kalle i 3B på fredag", "Subject: Poissa koulusta", "Subject: Automatic doors: broken",
        "From: Bo Prov <postmaster@x.example>\nAuto-Submitted: no", "X-Mailer: Outlook",
        "X-Mailer: Autobahn", *each("From: {}@x.example", "noreply postmastern"),
        'From: "postmaster@example.net" <anna@example.net>', "From: Bo Prov <postmaster@example.net>",
        f"From: postmaster@example.net\nSubject: Re: Bygglov\n{ANSWERS}", "From: Damon <daemonelsa@example.net>",
        "From: post-master@example.net\nSubject: SV: Bygglov\nReferences: <m@kommun.example>",
        "From: Microsoft Outlook Kurs <anna@example.net>", "From: hembygd-request@example.net\nSubject: Bygglov",
        *each("Return-Path: <{}@example.net>", "anna postmaster"), "Return-Path:",
    ],
)  # fmt: skip
def test_people(head: str) -> None:
    assert judged(head) == (PERSON, False, Why.KIND_PERSON)


@pytest.mark.parametrize(
    ("why", "heads"),
    [
        (Why.KIND_AUTO_SUBMITTED, [
            *each("Auto-Submitted: {}", "auto-replied AUTO-GENERATED auto-notified;owner=x yes"),
            "Auto-Submitted: Auto-Generated (rejected); owner-email=x", "auto-submitted:\n auto-replied"]),
        (Why.KIND_DAEMON, [
            *each("From: {}@example.net", "postmaster post_master Post-Master MAILER-DAEMON Mailer_Daemon mailerdaemon "
                  "MDaemon mail-daemon maildeamon mailer-daemon+x mailer-d mail-system mailsystem mailmarshal "
                  "mail.delivery_service smtp-gateway bounced-mail MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e"),
            "From: MAILER-DAEMON", "From: Mail Delivery System", "From: Mail Administrator <postmaster@example.net>",
            "From: Mail Delivery System <x@example.net>", "From: Mail Delivery Subsystem <x@example.net>",
            'From: "(system) Mailer-Daemon" <x@example.net>', "From: Microsoft Outlook <x@example.net>",
            "From: postmaster@example.net\nSubject: Re: Bygglov", f"From: postmaster@example.net\n{ANSWERS}",
            "Return-Path: <>", "Return-Path: <MAILER-DAEMON@example.net>",
            "Return-Path: <>\nFrom: Bo <postmaster@example.net>", "From: MAILER-DAEMON\nSubject: Autosvar: Bounce"]),
        (Why.KIND_AUTO_HEADER, [
            *each("{}: yes", "X-Autoreply X-Auto-Reply X-AutoReply-From X-Autorespond X-Auto-Respond X-Autoresponse "
                  "X-Autogenerated X-Auto-Generated X-Vacation X-FC-MachineGenerated X-Cron-Env X-Facebook-Notify "
                  "X-List-Administrivia X-OTRS-Loop X-Znuny-Loop X-Mail-Autoreply X-Mail-Auto-Reply X-Is-Autoreply "
                  "X-Nagios-Notification X-JIRA-FingerPrint TLS-Report-Domain X-HmXmrOriginalRecipient"),
            *each("Precedence: {}", "auto_reply Auto-Reply autoreply auto_replied"), "Preference: auto_reply",
            *each("X-Precedence: {}", "auto_reply bulk junk"), "X-POST-MessageClass: 9; Autoresponder",
            "Delivered-To: Autoresponder", "Delivered-To: kontakt@kommun.example\nDelivered-To: autoresponder",
            *each("X-Mailer: {}", "vacation/1.2 AutoResponder auto-reply")]),
        (Why.KIND_LIST_SERVER, [
            *each("From: {}@example.net", "majordomo LISTSERV sympa mailman"),
            "From: hembygd-request@example.net\nSubject: confirm 1a2b3c",
            "From: hembygd-bounces@example.net\nSubject: Your message to Hembygd awaits approval",
            "From: hembygd-confirm+1a2b@example.net\nSubject: Re: confirm 1a2b"]),
        (Why.KIND_BULK, [f"Precedence: bulk\n{ANSWERS}", f"Precedence: Junk\n{ANSWERS}"]),
        (Why.KIND_AUTO_WORDS, [
            "Subject: Out of Office AutoReply: Bygglov", "Subject: Report domain: kommun.example Submitter: x.example",
            "X-Auto-Response-Suppress: OOF\nSubject: Poissa toimistolta",
            *each("X-Auto-Response-Suppress: All\nSubject: {}", "Frånvaro Auto-Response Automaattivastaus"),
            "X-Auto-Response-Suppress: DR, RN\nSubject: Automatiskt svar: Bygglov"]),
    ],
)  # fmt: skip
def test_machines(why: Why, heads: list[str]) -> None:
    assert {head: judged(head) for head in heads} == dict.fromkeys(heads, (AUTO, True, why))


def test_a_daemon_that_reports_no_failure_is_automatic() -> None:
    found = read("From: postmaster@example.net\nSubject: Statistik", "Allt fungerar.")
    assert (found.kind, found.machine, found.bounce) == (AUTO, True, None)


@pytest.mark.parametrize(
    "subject", ["Frånvarobesked: hur anmäler jag?", "Frånvaromeddelande", "Semester i fritids?", "Autosvar",
                "Autosvar från er fungerar inte", "SV: Autosvar: Fråga", "Vacation: opening hours"]
)  # fmt: skip
@pytest.mark.parametrize("body", ["Jag fick bara ett autosvar från er", "Är detta ett automatiskt svar?"])
def test_words_alone_are_no_proof(subject: str, body: str) -> None:
    assert kind_of(f"Subject: {subject}", body) is PERSON
    assert kind_of(f"Subject: {subject}\n{ANSWERS}", body) is PERSON
    assert kind_of(f"Subject: {subject} {NUMBER}", body) is PERSON
    assert kind_of(f"Subject: {subject}\nX-Auto-Response-Suppress: None", body) is PERSON


@pytest.mark.parametrize(
    ("text", "alone"),
    [(AUTOMATIC, PERSON), ("This is an automated response.", PERSON), ("Moi, tämä on automaattinen viesti.", PERSON),
     ("Dette er et automatisk svar.", PERSON), ("Hallo! Dies ist eine automatische Nachricht.", PERSON),
     ("Vi har tagit emot ditt ärende. Detta är ett automatiskt meddelande, svara inte på det.", AUTO),
     ("Kiitos. Tämä on automaattinen viesti, älä vastaa siihen.", AUTO)],
)  # fmt: skip
def test_what_declares_itself_automatic_as_an_answer_is(text: str, alone: InboundKind) -> None:
    """Or where it says besides, to whom it does not answer, that nobody should answer it."""
    assert kind_of("Subject: Bygglov", text) is alone
    assert (kind_of(f"Subject: Re: Bygglov\n{ANSWERS}", text) is AUTO) == (alone is PERSON)
    for head in ("Subject: Bygglov", f"Subject: Re: Bygglov\n{ANSWERS}"):
        assert kind_of(head, f"Vad betyder detta?\n\n> {text}") is PERSON
    assert kind_of("Subject: Bygglov", "Lång inledning. " * 30 + text) is PERSON


@pytest.mark.parametrize(
    "away", ["Frånvaro", "Frånvaromeddelande", "Fraværsmelding", "Fravær", "Abwesenheitsnotiz", "Ej på kontoret"]
)
def test_an_absence_before_our_own_subject(away: str) -> None:
    assert kind_of(f"Subject: {away}: Re: Förskola [K-7Q4M2X-9/abcde]") is AUTO
    assert kind_of(f"Subject: {away}: Förskola\n{ANSWERS}") is AUTO
    assert kind_of(f"Subject: {away}: Kalle 3B") is PERSON
    assert kind_of(f"Subject: Om {away}: Förskola {NUMBER}") is PERSON


@pytest.mark.parametrize(
    "phrase", ["Autosvar", "Auto-svar", "Automatiskt svar", "Automatic reply", "Auto response", "Out of Office", "Auto",
               "Out of the office", "Autoreply", "Automaattinen vastaus", "Automaattivastaus", "Poissaoloilmoitus",
               "Automatische Antwort", "Automatisk svar", "Automatisk besvarelse", "Réponse automatique",
               "Respuesta automática", "Resposta automática", "Risposta automatica", "Automatisch antwoord",
               "Automatyczna odpowiedź", "[EXTERN] Autosvar"]
)  # fmt: skip
def test_a_clients_phrase_counts_before_a_subject_that_is_answered(phrase: str) -> None:
    assert judged(f"Subject: {phrase}: Fråga\n{ANSWERS}") == (AUTO, True, Why.KIND_AUTO_WORDS)
    assert kind_of(f"Subject: {phrase}: Fråga\nReferences: <m@kommun.example>") is AUTO
    assert kind_of(f"Subject: {phrase}: Fråga {NUMBER}") is AUTO
    assert kind_of(f"Subject: {phrase}: Fråga") is PERSON
    assert kind_of(f"Subject: {phrase} Fråga\n{ANSWERS}") is PERSON


@pytest.mark.parametrize(
    "text", ["Detta är ett automatiskt svar.", "Hej!\n\nJag är på semester till den 4 augusti.",
             "Tack för ditt mejl.\n\nVi är inte på plats.", "Hi, I'm currently out of the office.",
             "I will be away.", "Hei!\nOlen lomalla.", "Jeg er på ferie.", "Ich bin derzeit nicht im Büro."]
)  # fmt: skip
def test_or_before_words_with_which_such_replies_begin(text: str) -> None:
    assert judged("Subject: Autosvar: Fråga", text) == (AUTO, True, Why.KIND_AUTO_WORDS)
    assert kind_of("Subject: Fråga", text) is PERSON
    assert kind_of("Subject: Autosvar: Fråga", f"Varför skrev ni så här? {text}") is PERSON


def test_an_away_subject_or_automatic_words_confirm_a_header_sign() -> None:
    suppress = "X-Auto-Response-Suppress: All\nSubject: "
    assert judged(f"{suppress}Fråga", f"Hej. {AUTOMATIC}") == (AUTO, True, Why.KIND_AUTO_WORDS)
    assert kind_of(f"{suppress}Semester") is AUTO
    assert kind_of(f"{suppress}Ärende 12345", "Ditt ärende har mottagits.") is AUTO
    assert kind_of(f"{suppress}Fråga") is PERSON
    usual = "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply\nSubject: "
    assert kind_of(f"{usual}Semester", "Jag är på semester.") is AUTO
    assert kind_of(f"{usual}Semester", "När stänger förskolan?") is PERSON


@pytest.mark.parametrize(
    ("subject", "text"),
    [("[#12345] Bygglov", "Ditt ärende har mottagits."), ("Tiketti 12345", "Pyyntösi on vastaanotettu."),
     ("Ärende nr 2026-123", "Hej! Vi har tagit emot din fråga."), ("Sak 2026/123", "Vi har mottatt din henvendelse."),
     ("Ticket #4711: Lamp", "Your request has been received."), ("[Case: AB-77]", "Hi, we have received your mail.")],
)  # fmt: skip
def test_receipts_of_ticket_systems(subject: str, text: str) -> None:
    head = f"From: Stöd <noreply@example.net>\nSubject: {subject}"
    assert judged(head, text) == (AUTO, True, Why.KIND_AUTO_WORDS)
    assert kind_of(f"{head}\nReply-To: no-reply@example.net", text) is AUTO
    assert kind_of(f"{head}\nReply-To: elsa@example.org", text) is PERSON  # a web form
    assert kind_of(f"Subject: {subject}", text) is PERSON
    assert kind_of("From: noreply@example.net\nSubject: Bygglov", text) is PERSON
    assert kind_of(head, "Det är fortfarande mörkt.") is PERSON


@pytest.mark.parametrize(
    "sender", ["From: elsa-confirm@example.org", "From: confirm@example.org", "From: spamblocker@example.org",
               "From: elsa@example.org\nReply-To: elsa+challenge@example.org", "From: noreply@example.org"]
)  # fmt: skip
def test_challenges_of_filters(sender: str) -> None:
    asks = "Reply to this mail, and yours will be delivered. This proves that you are a person."
    assert judged(f"{sender}\nSubject: Please confirm your mail", asks) == (AUTO, True, Why.KIND_CHALLENGE)
    assert kind_of(f"{sender}\nSubject: Bekräfta ditt mejl", "Klicka här för att bekräfta.") is AUTO
    assert kind_of(f"{sender}\nSubject: Bygglov", asks) is PERSON
    assert kind_of(f"{sender}\nSubject: Please confirm your mail", "I asked on Monday.") is PERSON
    assert kind_of("Subject: Please confirm", asks) is PERSON


def test_addresses_that_take_no_answer() -> None:
    none = (
        "noreply no-reply no_reply no.reply donotreply do-not-reply dont-reply notreply neverreply no-respond "
        "no-answer a-noreply a.no-reply noreply+1a2b noreply-123 noreply2 ej-svar ejsvara inte-svara svara-ej "
        "svara-inte ei-vastaa eivastata alavastaa ikke-svar keineantwort nicht-antworten"
    )
    some = "reply noreen norah.reply elsa info reply-no svar vastaa donotello noreplyelsa knoreply"
    assert [one for one in f"{none} {some}".split() if NO_REPLY.fullmatch(one)] == none.split()


LIST_ID = "List-Id: <x.example.net>"
TO_MANY, TALK = (LIST, True, Why.KIND_BULK), (LIST, False, Why.KIND_LIST)


@pytest.mark.parametrize(
    ("judgement", "heads"),
    [
        (TALK, [
            LIST_ID, "Precedence: list", f"{LIST_ID}\n{LEAVE}\n{ANSWERS}",
            *each("{}: <mailto:x@example.net>", "List-Post Mailing-List X-BeenThere X-Mailing-List X-ML-Name "
                  "List-Owner X-Google-Group-Id List-Subscribe List-Archive X-Mailman-Version"),
            f"List-Post: <mailto:x@example.net>\nPrecedence: bulk\n{LEAVE}"]),
        (TO_MANY, [
            *each("Precedence: {}", "bulk junk"), f"{LEAVE}\nPrecedence: bulk", f"{LEAVE}\nFeedback-ID: 1:2",
            f"{LEAVE}\n{LIST_ID}", f"{LEAVE}\n{LIST_ID}\nList-Post: NO", f"{LEAVE}\nFrom: noreply@example.net",
            f"{LEAVE}\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n{ANSWERS}", f"{LIST_ID}\nPrecedence: bulk",
            *each(LEAVE + "\n{}: 1", "X-Campaign X-CampaignID X-Campaign-Id X-Campaign_Id X-MC-User X-CID "
                  "X-rpcampaign X-Mailgun-Campaign-Id X-Mailjet-Campaign X-CSA-Complaints X-Mandrill-User X-HS-Cid "
                  "X-Mailer-RecptId X-Newsletter X-Emarsys-Id X-SFMC-Id X-Apsis-Id X-GetANewsletter-Id X-Klaviyo-Id"),
            "X-Campaign: 1\nList-Post: <mailto:x@example.net>", f"X-Campaign: 1\n{LIST_ID}",
            f"{LIST_ID}\nPrecedence: bulk\n{ANSWERS}", f"Auto-Submitted: no\nPrecedence: bulk\n{LEAVE}"]),
        ((PERSON, False, Why.KIND_PERSON), [
            f"{LEAVE}\nFeedback-ID: 1:2\n{ANSWERS}", "X-Campaign: 1", f"{LEAVE}\nPrecedence: normal"]),
    ],
)  # fmt: skip
def test_lists(judgement: tuple[InboundKind, bool, str], heads: list[str]) -> None:
    assert {head: judged(head) for head in heads} == dict.fromkeys(heads, judgement)


def test_a_machine_on_a_list_is_a_machine() -> None:
    for marks in (LIST_ID, "Precedence: list", "List-Post: <mailto:x@example.net>"):
        assert judged(f"{marks}\nAuto-Submitted: auto-replied") == (AUTO, True, Why.KIND_AUTO_SUBMITTED)
        assert judged(f"{marks}\nX-Autoreply: yes") == (AUTO, True, Why.KIND_AUTO_HEADER)
        assert judged(f"{marks}\nFrom: mailman@example.net") == (AUTO, True, Why.KIND_LIST_SERVER)
        assert judged(f"{marks}\nFrom: MAILER-DAEMON@example.net") == (AUTO, True, Why.KIND_DAEMON)


INVITES = "text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"
WORDS = "text/plain\n\nSe bilagan\n"
INVITED, ANSWERED = (CALENDAR, False, Why.KIND_CALENDAR), (CALENDAR, True, Why.KIND_CALENDAR_REPLY)


def test_bulk_goes_before_the_invitation_it_carries() -> None:
    head, body = parts("multipart/alternative", WORDS, INVITES)
    assert judged(f"{LEAVE}\nPrecedence: bulk\n{head}", body) == TO_MANY
    assert judged(f"X-Autoreply: yes\n{head}", body) == INVITED


@pytest.mark.parametrize("method", ["REQUEST", "request", "CANCEL", "ADD", "COUNTER", "PUBLISH"])
def test_invitations(method: str) -> None:
    content = f"BEGIN:VCALENDAR\nMETHOD:{method}\nEND:VCALENDAR\n"
    assert judged(*parts("multipart/alternative", WORDS, f'text/calendar; method="{method}"\n\nX\n')) == INVITED
    assert judged(*parts("multipart/mixed", WORDS, f"text/calendar\n\n{content}")) == INVITED
    assert judged("Content-Type: text/calendar", content) == INVITED
    assert judged("Content-Class: urn:content-classes:calendarmessage\nSubject: Möte") == INVITED


@pytest.mark.parametrize(
    "subject",
    each("{}: Möte", "Accepted Declined Tentative Godkänt Avböjt Preliminärt Hyväksytty Hylätty Godtatt Zugesagt"),
)
def test_answers_to_invitations(subject: str) -> None:
    assert judged(f"Content-Class: urn:content-classes:calendarmessage\nSubject: {subject}") == ANSWERED
    assert kind_of(f"Subject: {subject}") is PERSON
    for part in ("text/calendar; method=REPLY\n\nX\n", "text/calendar\n\nMETHOD:REPLY\n"):
        assert judged(*parts("multipart/alternative", WORDS, part)) == ANSWERED


def test_an_attached_or_passed_on_calendar_file_is_no_invitation() -> None:
    attached = "text/calendar; method=PUBLISH\nContent-Disposition: attachment\n\nMETHOD:PUBLISH\n"
    assert kind_of(*parts("multipart/mixed", WORDS, attached)) is PERSON
    passed_on = f"message/rfc822\n\nFrom: bo@example.net\nContent-Type: {INVITES}"
    assert kind_of(*parts("multipart/mixed", WORDS, passed_on)) is PERSON
    assert kind_of(*parts("multipart/mixed", WORDS, "text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n")) is PERSON


def test_an_emoji_reaction_is_automatic() -> None:
    emoji = 'text/vnd.google.email-reaction+json\n\n{"emoji": "👍", "version": 1}\n'
    head, body = parts("multipart/alternative", "text/plain\n\n👍\n", emoji, "text/html\n\n<p>Elsa reagerade</p>\n")
    for said in ("", "Auto-Submitted: no\n", f"{ANSWERS}\n"):
        assert judged(f"{said}Subject: Re: Bygglov\n{head}", body) == (AUTO, True, Why.KIND_REACTION)
    assert kind_of(f"Subject: Re: Bygglov\n{head}", body.replace("email-reaction+", "")) is PERSON


def test_a_subject_alone_is_empty_by_form() -> None:
    assert judged("Subject: Har ni öppet?", "") == judged("", " \n\n") == (EMPTY, False, Why.KIND_EMPTY)
    picture = "image/png\nContent-Disposition: attachment; filename=a.png\n\nx\n"
    assert kind_of(*parts("multipart/mixed", picture)) is PERSON
    assert kind_of("Auto-Submitted: auto-replied", "") is AUTO
    assert kind_of(LIST_ID, "") is LIST


def test_the_envelope_goes_before_the_return_path() -> None:
    told = {
        ("<>", None): AUTO, ("< >", None): AUTO, ("<MAILER-DAEMON>", None): AUTO, ("<a@example.net>", ""): AUTO,
        ("<a@example.net>", "<>"): AUTO, ("<a@example.net>", "mailer-daemon@example.net"): AUTO, ("", ""): AUTO,
        ("<a@example.net>", None): PERSON, ("<>", "a@example.net"): PERSON, ("<>", "postmaster@x.example"): PERSON,
    }  # fmt: skip
    assert {one: kind_of(f"Return-Path: {one[0]}", envelope_sender=one[1]) for one in told} == told


@pytest.mark.parametrize("line", ["From MAILER-DAEMON", ">From MAILER-DAEMON@x.example", "From <>"])
def test_the_line_of_an_mbox_tells_the_return_path(line: str) -> None:
    head = " Fri Nov 20 10:00:00 2026\nFrom: elsa@example.org\n"
    assert read_mail(f"{line}{head}\nHej".encode()).kind is AUTO
    assert read_mail(f"{line}{head}Return-Path: <elsa@example.org>\n\nHej".encode()).kind is PERSON
    assert read_mail(f"{line}{head}\nHej".encode(), envelope_sender="elsa@example.org").kind is PERSON
    assert read_mail(f"From elsa@example.org{head}\nHej".encode()).kind is PERSON


def bounce(recipient: str = "a@example.net", status: str = "", message_id: str = "", *, final: bool = True) -> Bounce:
    return Bounce(recipient=recipient, status=status, message_id=message_id, final=final)


def test_failed_deliveries() -> None:
    told = {path.stem: found for path in DATA.glob("*.eml") if (found := read_mail(path.read_bytes()).bounce)}
    assert told == {
        "postfix_dsn": bounce("gone@example.net", "5.1.1", "our-answer-1@example.org"),
        "exchange_dsn": bounce("full@example.net", "5.2.2", "our-answer-2@example.org"),
        "delayed_dsn": bounce("slow@example.net", "4.4.1", "our-answer-3@example.org", final=False),
        "freetext_bounce": bounce("nobody@example.net", "5.1.1", "our-answer-4@example.org"),
    }


def test_free_text_of_a_daemon() -> None:
    told = {
        ("failure notice", "<a@example.net>: 550 5.1.1 no"): bounce(status="5.1.1"),
        ("Undeliverable: Svar", "a@example.net 4.4.7 expired"): bounce(status="4.4.7"),
        ("Warning: message delayed", "a@example.net 4.4.1"): bounce(status="4.4.1", final=False),
        ("Info", "Your mail could not be delivered to a@example.net"): bounce(),
    }
    assert {one: read(f"From: MAILER-DAEMON\nSubject: {one[0]}", one[1]).bounce for one in told} == told


REPORT, MTA = "multipart/report", "message/delivery-status\n\nReporting-MTA: dns; x\n\n"


def test_incomplete_reports() -> None:
    told = {
        "Status: 5.7.1": bounce("", "5.7.1"), "Status: 4.2.0": bounce("", "4.2.0", final=False),
        "Action: FAILED": bounce(""), "Action: failed\nStatus: nonsense": bounce(""),
    }  # fmt: skip
    assert {fields: read(*parts(REPORT, WORDS, f"{MTA}{fields}\n")).bounce for fields in told} == told


def test_the_failed_one_of_several_recipients_counts() -> None:
    done = f"{MTA}Final-Recipient: rfc822; x@example.net\nAction: delivered\nStatus: 2.0.0\n"
    late = "\nFinal-Recipient: rfc822; y@example.net\nAction: delayed\nStatus: 4.0.0\n"
    gone = "\nFinal-Recipient: rfc822; <a@example.net>\nAction: failed (late)\nStatus: 4.4.7 (expired)\n"
    found = read(*parts(REPORT, WORDS, done + late + gone, "text/rfc822-headers\n\nMessage-Id: <m@kommun.example>\n"))
    assert found.bounce == bounce(status="4.4.7", message_id="m@kommun.example")
    assert read(*parts(REPORT, WORDS, done + late)).bounce == bounce("y@example.net", "4.0.0", final=False)
    assert judged(*parts(REPORT, WORDS, done)) == (AUTO, True, Why.KIND_REPORT)


def test_failed_recipients_in_the_head_are_a_report() -> None:
    found = read("From: exim@example.net\nX-Failed-Recipients: a@example.net\nSubject: Svar", "Se nedan")
    assert (found.kind, found.bounce) == (BOUNCE, bounce())
    for mark in ("X-MX-Bounce: mta/1", "X-MS-Embedded-Report:"):
        found = read(f"{mark}\nSubject: Undeliverable: Svar", "Till a@example.net")
        assert (found.kind, found.bounce) == (BOUNCE, bounce())
        assert kind_of(f"{mark}\nSubject: Svar", "Till a@example.net") is PERSON


@pytest.mark.parametrize(
    "body", ["Hej! Mitt förra mejl kom i retur: 550 5.1.1 <x@example.net> user unknown",
             "Jag fick det här:\n\n> This is the mail system at mx.example.net.\n> Your mail could not be delivered",
             "Your message could not be delivered, it said when I wrote to you."]
)  # fmt: skip
@pytest.mark.parametrize("subject", ["Undelivered Mail Returned to Sender", "Re: failure notice", "Fråga"])
def test_words_of_a_report_within_a_persons_mail(subject: str, body: str) -> None:
    found = read(f"Subject: {subject}", body)
    assert (found.kind, found.machine, found.bounce) == (PERSON, False, None)


EXAMPLES = {
    Why.KIND_PERSON: ("", "Hej"), Why.KIND_EMPTY: ("", ""), Why.KIND_LIST: (LIST_ID, "Hej"),
    Why.KIND_BULK: (f"{LEAVE}\nPrecedence: bulk", "Hej"), Why.KIND_AUTO_SUBMITTED: ("Auto-Submitted: yes", "Hej"),
    Why.KIND_AUTO_HEADER: ("X-Autoreply: yes", "Hej"), Why.KIND_LIST_SERVER: ("From: majordomo@example.net", "Hej"),
    Why.KIND_AUTO_WORDS: (f"Subject: Autosvar: Fråga\n{ANSWERS}", "Hej"),
    Why.KIND_DAEMON: ("From: MAILER-DAEMON\nSubject: Undeliverable: Svar", "a@example.net"),
    Why.KIND_BOUNCE_WORDS: ("From: System Administrator <x@example.net>\nSubject: Undeliverable: Svar", "Svar"),
    Why.KIND_CHALLENGE: ("From: confirm@example.org\nSubject: Please confirm", "Reply to this to confirm"),
    Why.KIND_REPORT: parts(REPORT, WORDS, f"{MTA}Action: failed\n"),
    Why.KIND_CALENDAR: parts("multipart/mixed", WORDS, INVITES),
    Why.KIND_CALENDAR_REPLY: parts("multipart/mixed", WORDS, "text/calendar; method=REPLY\n\nX\n"),
    Why.KIND_REACTION: parts("multipart/mixed", WORDS, "text/vnd.google.email-reaction+json\n\n{}\n"),
}  # fmt: skip


def test_codes_of_this_section_are_all_used() -> None:
    assert EXAMPLES.keys() == {one for one in Why if one.startswith("kind.")}
    assert {why: judged(*example)[2] for why, example in EXAMPLES.items()} == {why: why for why in EXAMPLES}


def judge_bytes(raw: bytes, text: str, subject: str = "", envelope_sender: str | None = None) -> Judged:
    message = parse(raw)[0]
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(value)
    return judge(message, headers, envelope_sender, subject=subject, text=text, has_files=False)


FILLS = ["a", " ", "\n ", "-", "mail-", "@", "<", '"', "(", ">", "[#", "confirm ", "message-id: ", "\nTo: ", "ärende",
         "550 5.1.1 ", "your message ", "toimit", "method=", "a@x.example ", "\nReceived: from", "<a@b> "]  # fmt: skip
FILLED = ["From", "Subject", "Return-Path", "Auto-Submitted", "Precedence", "In-Reply-To", "X-Mailer", "Reply-To", "To",
          "X-Failed-Recipients", "Content-Type", "Content-Class", "X-Auto-Response-Suppress", "List-Post"]  # fmt: skip


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("sender", ["noreply@example.org", "MAILER-DAEMON@example.org"])
def test_judging_is_linear(fill: str, sender: str) -> None:
    """1 MB of text and of each header; a subject as long as `read_mail` gives it. Some 0.1 s of the processor each."""
    much, begin = fill * (1_000_000 // len(fill)), time.process_time()
    mixed, body = parts("multipart/mixed", f"text/calendar\n\nMETHOD{much}\n", f"{MTA}Action: failed\nStatus: {much}\n")
    for head in (*(f"{name}: {much}\nFrom: {sender}" for name in FILLED), f"From: {sender}"):
        judge_bytes(f"{head}\n\nHej".encode(), much, much[:1_000])
    judge_bytes(f"From: {sender}\n{mixed}\n\n{body}".encode(), much, much[:1_000])
    assert time.process_time() - begin < 5


HEADS = st.lists(st.sampled_from([head.encode() for head, _ in EXAMPLES.values()]) | st.builds(
    lambda name, value: f"{name}: {value}".encode("utf-8", "replace"), st.sampled_from(FILLED), st.text(max_size=30)
))  # fmt: skip
BODIES = st.sampled_from([body for _, body in EXAMPLES.values()]) | st.text(max_size=60)


@settings(max_examples=500, deadline=None)
@given(HEADS, st.binary(max_size=40), BODIES, st.text(max_size=40), st.sampled_from([None, "", "a@example.net"]))
def test_laws_of_judging(heads: list[bytes], junk: bytes, body: str, subject: str, envelope: str | None) -> None:
    raw = b"\n".join((*heads, junk)) + b"\n\n" + body.encode("utf-8", "replace")
    found = judge_bytes(raw, body, subject, envelope)
    assert (found.bounce is not None) == (found.kind is BOUNCE)
    assert found.machine or found.kind not in (AUTO, BOUNCE)
    assert not found.machine or found.kind not in (PERSON, EMPTY)
    assert found.why
