"""Mails made to fool us, or made oddly, through the whole service: nobody gets what is another's."""

import pytest

from bot.store.database import Database
from bot.store.schema import cases, participants
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail
from tests.town import Town, as_bytes

pytestmark = pytest.mark.asyncio


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return Town(database, clock)


async def test_a_reader_in_bcc_who_answers_becomes_nobodys_participant(town: Town) -> None:
    await town.receive(make_mail())
    receipt = town.relay.to("elsa@example.org")[0]
    answer = make_mail("Jag läste det här i smyg", sender="nyfiken@example.net", message_id="n@example.net",
                       subject=receipt.subject, to=receipt.reply_to, In_Reply_To="<fraga-1@example.org>")  # fmt: skip
    await town.receive(answer, to=receipt.reply_to, sender="nyfiken@example.net")
    assert await town.count(cases) == 2
    assert await town.count(participants) == 2
    (told,) = town.relay.to("nyfiken@example.net")
    assert "gatlyktan" not in told.text
    assert "Hör kanske ihop med" in town.relay.to("anna@kommun.example")[-1].text


async def test_answers_go_to_who_wrote_not_to_whom_reply_to_names(town: Town) -> None:
    await town.receive(make_mail(Reply_To="mallory@example.net"))
    await town.officer_answers("anna", "Den lagas i dag.")
    assert town.relay.to("mallory@example.net") == []
    assert len(town.relay.to("elsa@example.org")) == 2


async def test_a_forged_verdict_below_the_hosts_own_counts_for_nothing(town: Town) -> None:
    forged = (
        b"Authentication-Results: mx.kommun.example; dmarc=fail header.from=example.org\r\n"
        b"Authentication-Results: mx.kommun.example; dmarc=pass header.from=example.org\r\n"
    )
    await town.receive(forged + make_mail(dmarc=""))
    assert "Du skrev" not in town.relay.to("elsa@example.org")[0].text
    assert "kan vara förfalskad" in town.relay.to("anna@kommun.example")[0].text


async def test_lines_smuggled_into_names_and_subjects_reach_no_header(town: Town) -> None:
    name, subject = b"Elsa=0D=0ABcc=3A_mallory=40example=2Enet", b"Lykta=0D=0ABcc=3A_mallory=40example=2Enet=0A=0AHej"
    smuggled = make_mail().replace(b"From: Elsa Exempel", b"From: =?utf-8?q?" + name + b"?=")
    smuggled = smuggled.replace(b"Subject: Gatlykta", b"Subject: =?utf-8?q?" + subject + b"?=")
    await town.receive(smuggled)
    await town.officer_answers("anna", "Den lagas i dag.")
    for mail in town.relay.accepted:
        head = as_bytes(mail, town.office).split(b"\r\n\r\n", 1)[0]
        assert not any(line.lower().startswith(b"bcc:") for line in head.split(b"\r\n"))
        assert "\n" not in mail.subject + mail.to_name


@pytest.mark.parametrize(
    "address",
    ["elsa@exempel.example", "elsa@bredgård.example", '"elsa exempel"@example.org', "o'hara+kommun@example.org"],
)
async def test_odd_addresses_get_their_answer(town: Town, address: str) -> None:
    await town.receive(make_mail(sender=f"Elsa <{address}>", dmarc=""), sender=address)
    (receipt,) = town.relay.to(address)
    written = as_bytes(receipt, town.office)
    assert b"\r\nTo: " in written


async def test_a_mail_through_a_mailing_list_opens_a_case_and_gets_no_automatic_answer(town: Town) -> None:
    mail = make_mail(List_Id="<grannar.lists.example.org>", List_Post="<mailto:grannar@lists.example.org>",
                     Precedence="list")  # fmt: skip
    await town.receive(mail)
    assert await town.count(cases) == 1
    assert town.relay.to("elsa@example.org") == []
    assert len(town.relay.to("anna@kommun.example")) == 1


async def test_our_own_contact_address_as_sender_starts_no_conversation_with_ourselves(town: Town) -> None:
    await town.receive(make_mail(sender=CONTACT), sender=CONTACT)
    assert all(mail.to_addr != CONTACT for mail in town.relay.accepted)


async def test_a_mail_to_a_secret_address_from_anybody_else_does_nothing(town: Town) -> None:
    await town.receive(make_mail())
    notice = town.relay.to("anna@kommun.example")[0]
    for sender, dmarc in (("mallory@example.net", "pass"), ("anna@kommun.example", "fail")):
        mail = make_mail("Betala hit", sender=sender, to=notice.reply_to, dmarc=dmarc, message_id=f"m@{sender}")
        await town.receive(mail, to=notice.reply_to, sender=sender)
    assert len(town.relay.to("elsa@example.org")) == 1
