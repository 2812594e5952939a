"""Mail through lists, to many, and calendars: by a person or a machine."""

import pytest

from bot.channels.mail_why import Why
from bot.port import InboundKind
from tests.judging import (
    ANSWERS,
    AUTO,
    CALENDAR,
    INVITES,
    LEAVE,
    LIST,
    LIST_ID,
    PERSON,
    WORDS,
    each,
    judged,
    kind_of,
    parts,
)

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
