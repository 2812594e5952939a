"""The contract of the path, the same on both engines: kept once, decided once, told by facts alone."""

import asyncio
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from bot.case import draw_number
from bot.errors import Refused
from bot.facts import CaseNumber
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from bot.store.projections import rebuild
from bot.store.schema import cases, facts, inbox, messages, originals, outbox
from tests.conftest import FrozenClock
from tests.example import CONTACT, make_mail
from tests.town import Town, another_process

pytestmark = pytest.mark.asyncio


@pytest.fixture
def town(database: Database, clock: FrozenClock) -> Town:
    return Town(database, clock)


async def test_the_same_delivery_twice_is_kept_once(town: Town) -> None:
    mail = make_mail()
    first = await town.keep(mail, mail)
    second = await town.keep(mail)
    assert {*first, *second} == {first[0]}
    assert await town.count(inbox) == await town.count(originals) == 1


async def test_two_mails_of_one_case_in_one_batch_make_one_case(town: Town) -> None:
    await town.keep(
        make_mail("Ett", message_id="ett@example.org"),
        make_mail("Två", message_id="tva@example.org", In_Reply_To="<ett@example.org>"),
    )
    assert await town.intake.take_batch() == 2
    assert await town.count(cases) == 1
    assert await town.count(messages) == 2
    assert await town.count(outbox, outbox.c.kind == "acknowledgement") == 1


async def test_one_bad_message_in_a_batch_is_held_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    take = town.intake._intake.take

    def faulty(ledger: object, arrival: object) -> None:
        if "gift" in arrival.inbound.new_text:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        take(ledger, arrival)  # type: ignore[arg-type]

    monkeypatch.setattr(town.intake._intake, "take", faulty)
    await town.keep(*(make_mail("gift" if n == 5 else f"fråga {n}", message_id=f"{n}@example.org") for n in range(9)))
    await town.take()
    assert await town.count(cases) == 8
    held = [row for row in await town.rows(inbox) if row["state"] == "held"]
    assert [(row["id"], row["outcome"]) for row in held] == [(6, "our_fault")]


async def test_rebuilt_projections_equal_the_live_ones(town: Town) -> None:
    await _some_weeks(town)
    live = await town.projections()
    assert len(live[0]) == 4
    await town.run_sql("UPDATE cases SET state = 'nonsense'")
    await town.run_sql("DELETE FROM inquiries WHERE no = 1")
    told: list[tuple[int, int]] = []
    async with town.database.writing() as connection:
        assert await rebuild(connection, lambda done, total: told.append((done, total))) == 4
    assert await town.projections() == live
    assert told[-1][0] == told[-1][1] == await town.count(facts)


async def test_the_log_holds_ids_but_never_people_or_their_words(
    town: Town, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("DEBUG")
    await _some_weeks(town)
    take = town.intake._intake.take

    def faulty(ledger: object, arrival: object) -> None:
        take(ledger, arrival)  # type: ignore[arg-type]
        raise ZeroDivisionError(arrival.inbound.from_addr)  # type: ignore[attr-defined]

    monkeypatch.setattr(town.intake._intake, "take", faulty)
    town.relay.trouble = lambda _: Refused("5.1.1")
    await town.receive(make_mail("Hemligheten", message_id="z@example.org"))
    assert "our fault" in caplog.text
    for word in ("@", "elsa", "Hemlighet", "torsdag", "Gatlykta", "Anna Exempel"):
        assert word not in caplog.text


async def _some_weeks(town: Town) -> None:
    """An answer, a bounce, a new question, something left out, something closed, something waiting."""
    await town.receive(make_mail("Lampan", message_id="a1@example.org"))
    town.clock.forward(hours=1)
    await town.officer_answers("anna", "På torsdag", "s1@kommun.example")
    answer = town.relay.to("elsa@example.org")[-1]
    await town.receive(_bounce_of(answer.message_id), to=answer.return_path, sender="")
    await town.officer_answers("bo", "Igen: på torsdag", "s2@kommun.example")
    town.clock.forward(days=1)
    await town.receive(make_mail("Tack! Men när?", message_id="a2@example.org", In_Reply_To=f"<{answer.message_id}>"))
    for number, text in enumerate(("/utan svar skräp", "/avsluta")):
        await town.receive(make_mail(f"Mejl {number}", message_id=f"b{number}@example.org"))
        await town.officer_answers("anna", text, f"c{number}@kommun.example")
    await town.receive(make_mail("Väntar", message_id="d@example.org"))


def _bounce_of(message_id: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example.org\r\nTo: kontakt@kommun.example\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
        "--x\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n"
        "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        "Final-Recipient: rfc822; elsa@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\n\r\n--x--\r\n"
    ).encode()


@pytest.mark.parametrize("rewritten", [False, True])
async def test_a_bounce_reopens_the_clock_also_where_the_return_path_was_rewritten(town: Town, rewritten: bool) -> None:
    await town.receive(make_mail())
    await town.officer_answers("anna", "På torsdag")
    answer = town.relay.to("elsa@example.org")[-1]
    before = len(town.relay.accepted)
    await town.receive(_bounce_of(answer.message_id), to=CONTACT if rewritten else answer.return_path, sender="")
    (row,) = (await town.projections())[1]
    assert (row["answered_at"], row["revoked"]) == (None, 1)
    told = town.relay.accepted[before:]
    assert [mail.to_addr for mail in told] == ["anna@kommun.example"]  # whoever answers a case has it


async def test_facts_have_gapless_numbers_and_never_go_back_in_time(town: Town) -> None:
    await _some_weeks(town)
    town.clock.forward(days=-3)  # somebody sets the machine's clock back
    before = len(town.relay.accepted)
    await town.receive(make_mail("Efter", message_id="e@example.org"))
    assert len(town.relay.accepted) == before + 3  # what follows from it leaves at once all the same
    log = await town.facts()
    assert [fact.seq for fact in log] == list(range(1, len(log) + 1))
    assert [fact.recorded_at for fact in log] == sorted(fact.recorded_at for fact in log)
    assert all("@" not in str(fact) for fact in log)


async def test_a_taken_case_number_is_drawn_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    # Check signs by hand: six twos are worth 0, so 0 = "2"; six threes are 1 + 2 + … + 6 = 21 = "Q".
    draws = iter([0] * 6 + [0] * 6 + [1] * 6)
    monkeypatch.setattr("bot.store.ledger.draw_number", lambda _: _numbered(draws))
    await town.receive(make_mail("Ett", message_id="1@example.org"))
    await town.receive(make_mail("Två", message_id="2@example.org"))
    assert [row["number"] for row in await town.rows(cases)] == ["K-222222-2", "K-333333-Q"]


def _numbered(draws: Iterator[int]) -> CaseNumber:
    return draw_number(lambda _: next(draws))


async def test_two_processes_take_in_each_message_once(postgres_url: str, clock: FrozenClock) -> None:
    database = Database(DatabaseUrl.parse(postgres_url))
    await migrate(database)
    await database.take_ownership()
    town = Town(database, clock)
    async with another_process(town) as other:
        # Even with nobody holding the intake for himself, the transaction that settles a message settles it once.
        for one in (town, other):
            one.database._has_intake = True
        await town.keep(*(make_mail(f"fråga {n}", message_id=f"{n}@example.org") for n in range(150)))
        await asyncio.gather(*(one.take() for one in (town, other, town, other)))
        assert await town.count(cases) == 150
        assert await town.count(facts, facts.c.kind == "received") == 150
        while not await town.queue_is_empty():
            await asyncio.gather(*(one.deliver() for one in (town, other, town, other)))
        sent = [mail.message_id for mail in town.relay.accepted]
        assert len(sent) == len(set(sent)) == 10 + 2 * 150  # ten acknowledgements to one address are the cap
    await database.close()


async def test_an_answer_travels_with_its_files_and_only_them(town: Town) -> None:
    await town.receive(make_mail())
    notice = town.relay.to("anna@kommun.example")[-1]
    mail = EmailMessage()
    mail["Authentication-Results"] = "mx.kommun.example; dmarc=pass"
    mail["From"], mail["To"], mail["Subject"] = "anna@kommun.example", notice.reply_to, "Re: x"
    mail["Message-ID"] = "<fil@kommun.example>"
    quoted = "\n".join(f"> {line}" for line in notice.text.splitlines())
    mail.set_content(f"Se bilagan.\n\n{quoted}\n")
    mail.add_attachment(b"%PDF-1", maintype="application", subtype="pdf", filename="karta.pdf")
    await town.receive(mail.as_bytes(), to=notice.reply_to, sender="anna@kommun.example")
    answer = town.relay.to("elsa@example.org")[-1]
    assert answer.text.startswith("Se bilagan.\n\nAnna Exempel")
    assert [(file.name, file.content) for file in answer.attachments] == [("karta.pdf", b"%PDF-1")]


async def test_a_notice_that_comes_back_as_a_file_stops_the_answer(town: Town) -> None:
    await town.receive(make_mail())
    notice = town.relay.to("anna@kommun.example")[-1]
    mail = EmailMessage()
    mail["Authentication-Results"] = "mx.kommun.example; dmarc=pass header.from=kommun.example"
    mail["From"], mail["To"], mail["Message-ID"] = "anna@kommun.example", notice.reply_to, "<fil@kommun.example>"
    mail.set_content("Se bilagan.")
    mail.add_attachment(f"Svara till {notice.reply_to}".encode(), maintype="text", subtype="plain", filename="mejl.txt")
    await town.receive(mail.as_bytes(), to=notice.reply_to, sender="anna@kommun.example")
    assert len(town.relay.to("elsa@example.org")) == 1  # the acknowledgement
    assert "En bifogad fil" in town.relay.to("anna@kommun.example")[-1].text


async def test_an_answer_is_sent_whole_or_not_at_all(town: Town) -> None:
    await town.receive(make_mail())
    notice = town.relay.to("anna@kommun.example")[-1]
    for number, (text, sent) in enumerate(
        [
            ("Hej!\n\nDen 3 november 2026 kl. 10.15 skrev Bygglov till dig:\nDitt lov är beviljat.\n", False),
            ("Se svar nedan.\n\n> ==^== Skriv ditt svar\n> När?\nKlockan tio\n", False),
            (f"Klockan tio.\n\nDen mån 16 nov. 2026 kl 10:12 skrev Kommun <{notice.reply_to}>:\n\n> När?\n", True),
            ("Klockan elva, utan citat.\n", True),
        ]
    ):
        before = len(town.relay.to("elsa@example.org"))
        mail = make_mail(text, sender="anna@kommun.example", to=notice.reply_to, message_id=f"w{number}@x")
        await town.receive(mail, to=notice.reply_to, sender="anna@kommun.example")
        if not sent:
            assert len(town.relay.to("elsa@example.org")) == before
            assert "Inget har skickats" in town.relay.to("anna@kommun.example")[-1].text
    first = town.relay.to("elsa@example.org")[-1].text
    assert first.startswith("Klockan tio.\n\nAnna Exempel")  # the next is stopped: it is answered already


async def test_a_thousand_tiny_files_are_no_burden(town: Town) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "elsa@example.org", CONTACT, "<filer@example.org>"
    mail.set_content("Många filer")
    for number in range(1000):
        mail.add_attachment(b"x", maintype="image", subtype="png", filename=f"{number}.png")
    await town.receive(mail.as_bytes())
    assert len(town.relay.to("anna@kommun.example")[-1].attachments) == 100


async def test_automatic_mail_from_nobody_we_know_is_kept_and_opens_nothing(town: Town) -> None:
    await town.receive(make_mail("Jag är borta", Auto_Submitted="auto-replied"))
    assert await town.count(cases) == 0
    assert [row["outcome"] for row in await town.rows(inbox)] == ["auto"]
    assert town.relay.accepted == []


async def test_as_time_goes_by_the_promise_and_the_deadline_are_told_apart(town: Town) -> None:
    town.clock.forward(days=4)  # Friday 20 November, 09.12
    await town.receive(make_mail())
    (receipt,) = town.relay.to("elsa@example.org")
    assert "senast tisdag 24 november" in receipt.text  # two open days after Friday: Monday, Tuesday
    (notice,) = town.relay.to("anna@kommun.example")
    assert "måndag 23 november kl. 09.12" in notice.text  # 510 open minutes: 438 on Friday, 72 on Monday
