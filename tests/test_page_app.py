"""The try-out world's page over HTTP: what it shows without scripts, what can be done, who is let in."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest

from sandbox.colleague import CILLAS_MAIL, UNIT, employ
from sandbox.page.choice import PANES
from sandbox.page.show_chat import reply_choice
from sandbox.page.stage import Letter
from sandbox.page.world_view import Message
from sandbox.scene import Scene
from tests.conftest import MONDAY
from tests.page_world import MARK, PageWorld, page_world

pytestmark = pytest.mark.asyncio


async def _hears(page: PageWorld, who: str, words: str) -> None:
    person = page.stage.person(who)
    told = await page.stage.live.until(lambda: any(one.by_bot and words in one.text for one in person.messages), 20)
    assert told, [one.text for one in person.messages]


async def test_a_citizen_writes_without_scripts_and_reads_the_receipt(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        question = "När öppnar simhallen?"
        answer = await page.act("write", "/?lang=sv&person=elsa", who="elsa", where="private", text=question)
        assert (answer.status_code, answer.headers["location"]) == (303, "/?lang=sv")
        assert "Skickat." in await page.words()
        assert "Skickat." not in await page.words()  # told once
        await _hears(page, "elsa", "Tack. Ditt meddelande har nummer K-")
        words = await page.words("?person=elsa")
        assert question in words
        assert "Tack. Ditt meddelande har nummer K-" in words


async def test_a_button_is_pressed_and_what_pops_up_is_told(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await page.does("write", who="elsa", where="private", text="Gatlyktan är trasig.")
        await _hears(page, "elsa", "Tack. Ditt meddelande har nummer")
        message = next(one for one in page.stage.person("elsa").messages if one.buttons)
        data = next(data for row in message.buttons for words, data in row if words == "Felanmälan")
        html = await page.html("?person=elsa")
        assert f'<button type="submit" name="button" value="{data}">Felanmälan</button>' in html
        told = await page.does("press", who="elsa", where="private", message=str(message.id), button=data)
        assert told["said"] == "Tack. Vi har noterat: Felanmälan."


async def test_photo_album_voice_place_and_document_are_sent_and_a_message_is_changed(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        for act in ("photo", "album", "voice", "place", "document"):
            told = await page.does(act, who="omar", where="private", text="Se här")
            assert told["said"] == "Skickat.", act
        kinds = [one.kind for one in page.stage.person("omar").messages if one.sender]
        assert kinds == ["photo", "photo", "photo", "voice", "location", "document"]
        assert (await page.does("edit", who="omar", where="private", text="x"))[
            "said"
        ] == "Det finns inget att ändra än."
        await page.does("write", who="omar", where="private", text="Först")
        assert (await page.does("edit", who="omar", where="private", text="Sedan"))["said"] == "Ändrat."
        words = await page.words("?person=omar")
        assert "Sedan" in words
        assert "ändrat" in words
        assert "Plats på kartan: 59.33460, 18.06320" in words
        await _files_are_given(page)


async def _files_are_given(page: PageWorld) -> None:
    """Pictures are shown, everything else is only saved."""
    files = {file.kind: file for one in page.stage.person("omar").messages for file in one.files}
    picture = await page.browser.get(f"/file/{files['photo'].unique_id}")
    assert (picture.headers["content-type"], picture.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    document = await page.browser.get(f"/file/{files['document'].unique_id}")
    assert document.headers["content-type"] == "application/octet-stream"
    assert document.headers["content-disposition"] == "attachment"
    assert (await page.browser.get("/file/nothing")).status_code == 404


async def test_a_citizen_blocks_the_bot_and_lets_it_in_again(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await page.does("write", who="elsa", where="private", text="Hej")
        await page.does("block", who="elsa")
        words = await page.words("?person=elsa")
        assert "Elsa Exempel har blockerat kommunens robot." in words
        assert "Skriv som Elsa" not in words
        assert not (await page.does("write", who="elsa", where="private", text="Hej"))["went"]
        await page.does("unblock", who="elsa")
        assert "Skriv som Elsa" in await page.words("?person=elsa")


async def test_mail_is_written_reaches_staff_and_is_answered_as_in_any_mail_program(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        stage = page.stage
        told = await page.does(
            "mail", sender="kim@example.org", to="kontakt@kommun.example", subject="Simhallen", text="När öppnar den?"
        )
        assert told["said"] == "Mejlet är skickat."
        assert "Simhallen Till kontakt@kommun.example" in await page.words("?box=kim@example.org")

        def notice() -> Letter | None:
            # Two of the three officers are told, in turn.
            told = [one for one in stage.letters if one.box.endswith("@kommun.example") and "Simhallen" in one.subject]
            return told[0] if told else None

        assert await stage.live.until(lambda: notice() is not None, 20)
        letter = notice()
        assert letter is not None
        words = await page.words(f"?box={letter.box}&mail={letter.number}")
        assert "När öppnar den?" in words
        assert f"Svara som {stage.name_of(letter.box)}" in words
        told = await page.does("mail_reply", mail=str(letter.number), text="Klockan tio på lördag.")
        assert told["said"] == "Svaret är skickat."
        await page.does("hour")

        def answer() -> bool:
            return any(one.box == "kim@example.org" and "Klockan tio" in one.text for one in stage.letters)

        assert await stage.live.until(answer, 20)


async def test_mail_that_the_server_refuses_is_told_and_what_was_written_stays(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        told = await page.does("mail", sender="kim@example.org", to="nobody@elsewhere.example", subject="x", text="y")
        assert not told["went"]
        assert told["said"] == "Kommunens server tog inte emot mejlet. Kontrollera adressen."
        assert "nobody@elsewhere.example" not in await page.words("?box=kim@example.org")


@pytest.mark.parametrize(
    ("act", "fields", "clock"),
    [
        ("hour", {}, "måndag 16 november kl. 10.12"),  # 09.12 and an hour
        ("morning", {}, "tisdag 17 november kl. 08.00"),
        ("tuesday", {}, "tisdag 17 november kl. 07.00"),
        ("set_clock", {"at": "2026-11-20T13:30"}, "fredag 20 november kl. 13.30"),
    ],
)
async def test_the_clock_jumps_forward(tmp_path: Path, act: str, fields: dict[str, str], clock: str) -> None:
    async with page_world(tmp_path) as page:
        assert (await page.does(act, **fields))["said"] == f"Klockan är {clock}."
        assert f"Klockan är {clock}" in await page.words()


async def test_the_clock_never_goes_back_nor_months_ahead(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        for at, said in (
            ("2026-11-16T09:00", "Klockan går bara framåt."),
            ("2027-11-16T09:00", "Så långt fram går det inte att hoppa på en gång: högst 60 dagar."),
            ("i morgon", "Skriv dag och tid, som 2026-11-24T07:00."),
        ):
            told = await page.does("set_clock", at=at)
            assert (told["said"], told["went"]) == (said, False)


async def test_faults_are_set_shown_and_ended(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await page.does("fault", fault="too_many")
        await page.does("write", who="elsa", where="private", text="Hej")
        await page.stage.live.until(lambda: any(one.code == 429 for one in page.stage.world.api.calls), 20)
        assert "sendMessage 429" in await page.words()
        await page.does("fault", fault="dark")
        assert "Telegram är borta just nu." in await page.words()
        assert (await page.does("fault", fault="clear"))["said"] == "Inga fler fel."
        assert "Telegram är borta just nu." not in await page.words()
        assert not (await page.does("fault", fault="unheard_of"))["went"]


async def test_the_weeks_figures_are_those_of_the_report(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await page.does("write", who="elsa", where="private", text="När öppnar simhallen?")
        await _hears(page, "elsa", "Tack. Ditt meddelande har nummer")
        words = await page.words("?show=figures")
        assert "Veckans siffror: vecka 47, 2026" in words
        # One contact came, and its time is not out: in time 0, late 0, unanswered 0, time left 1, left out 0, all 1.
        assert "inom en arbetsdag (kommunens regel) 0 0 0 1 0 1 inget att räkna" in words
        assert "Kom in genom: Telegram 1." in words
        assert "vecka 46, 2026" in await page.words("?show=figures&week=2026-W46")
        assert "vecka 47, 2026" in await page.words("?show=figures&week=9999-W99")


async def test_before_a_deadline_the_figures_tell_of_no_answers(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        scene = Scene(stage=page.stage)
        case = await scene.asks("elsa", "När öppnar simhallen?")
        await page.does("write", who="anna", where="private", text=f"/svar {case} Klockan tio på lördag.")
        await page.does("hour")
        await _hears(page, "elsa", "Klockan tio på lördag.")
        words = await page.words("?show=figures&week=2026-W47")
        assert "ingen behöver vara besvarad än" in words or "behöver inte vara besvarad än" in words
        # The heads of columns speak of answers; no count of them does.
        assert re.search(r"besvara\w* \d|\d besvara", words) is None
        assert "Tid till svar" not in words
        await page.does("tuesday")
        await page.does("tuesday")
        words = await page.words("?show=figures&week=2026-W47")
        assert "inom en arbetsdag (kommunens regel) 1 0 0 0 0 1 1 av 1" in words
        assert "Tid till svar (1 kontakt, 1 besvarade)" in words


async def test_every_part_can_be_looked_at_in_both_languages(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        for pane in PANES:
            assert f'data-pane="{pane}"' in await page.html(f"?pane={pane}")
        assert '<html lang="en">' in await page.html("?lang=en")
        assert '<html lang="sv">' in await page.html("?lang=xx")
        # What is not there is not shown, and breaks nothing.
        assert "Elsa Exempel" in await page.words("?person=nobody&officer=nobody&room=999&box=none&mail=zz&reply=77")


async def test_what_is_new_elsewhere_is_counted_until_it_is_looked_at(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await page.html("?person=elsa")
        await page.does("write", who="omar", where="private", text="Hej")
        await _hears(page, "omar", "Tack. Ditt meddelande har nummer")
        assert "Omar 1 nytt" in await page.words("?person=elsa")
        await page.html("?person=omar")
        assert "Omar 1 nytt" not in await page.words("?person=elsa")


async def test_nobody_else_is_let_in(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        form = {"mark": await page.mark(), "back": "/", "act": "write", "who": "elsa", "text": "Hej"}
        own = {"origin": page.url.rstrip("/")}
        for fields, headers, status in (
            ({}, own, 303),
            ({"mark": "guessed"}, own, 403),
            ({"mark": ""}, own, 403),
            ({}, {"origin": "https://evil.example"}, 403),
            ({}, {"origin": "null"}, 403),
            ({}, {**own, "host": "evil.example"}, 421),
            ({"text": "x" * 300_000}, own, 413),
        ):
            answer = await page.browser.post("/do", data=form | fields, headers=headers)
            assert answer.status_code == status, (fields.keys(), headers)
        assert (await page.browser.get("/", headers={"host": "rebound.example"})).status_code == 421
        assert (await page.browser.get("/do")).status_code == 405
        sent = [one.text for one in page.stage.person("elsa").messages if one.sender]
        assert sent == ["Hej"]


async def test_a_real_key_is_not_taken(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        told = await page.does(
            "write", who="elsa", where="private", text="110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
        )
        assert not told["went"]
        assert told["said"].startswith("Det där ser ut som en riktig nyckel")
        assert page.stage.person("elsa").messages == []


@pytest.mark.parametrize(
    "fields",
    [
        {"act": "unheard_of"}, {"act": "press", "who": "elsa", "where": "private", "message": "99", "button": "x"},
        {"act": "write", "who": "nobody", "where": "private", "text": "x"},
        {"act": "write", "who": "elsa", "where": "general", "text": "x"},
        {"act": "write", "who": "anna", "where": "777", "text": "x"},
        {"act": "write", "who": "anna", "where": "x", "text": "x"},
        {"act": "mail_reply", "mail": "99", "text": "x"}, {"act": "story_next"}, {"act": "practice_hint"},
        {"act": "story", "story": "unheard_of"}, {"act": "mail", "sender": "x@y.example", "text": "x", "to": "z"},
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_told_in_words(tmp_path: Path, fields: dict[str, str]) -> None:
    async with page_world(tmp_path) as page:
        told = await page.does(**fields)
        assert (told["went"], told["said"]) == (False, "Det gick inte. Det du valde finns kanske inte längre.")


async def test_changes_are_told_as_they_happen_and_the_stream_ends_with_the_page(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        told: list[int] = []
        ended = asyncio.Event()

        async def listen() -> None:
            async with httpx.AsyncClient(base_url=page.url, timeout=60, trust_env=False) as client:
                async with client.stream("GET", "/events") as stream:
                    assert stream.headers["content-type"].startswith("text/event-stream")
                    async for line in stream.aiter_lines():
                        if line.startswith("data: "):
                            told.append(int(line[6:]))
                            heard.set()
            ended.set()

        heard = asyncio.Event()
        listening = asyncio.create_task(listen())
        await asyncio.wait_for(heard.wait(), 10)
        heard.clear()
        await page.does("write", who="elsa", where="private", text="Hej")
        await asyncio.wait_for(heard.wait(), 10)
        assert told == sorted(set(told))
        answer = await page.browser.get("/page", params={"person": "elsa"})
        assert answer.json()["version"] >= told[-1]
        assert "Hej" in json.dumps(answer.json()["page"])
    await asyncio.wait_for(ended.wait(), 10)
    await listening


async def test_each_start_draws_another_mark(tmp_path: Path) -> None:
    marks = set()
    for name in ("a", "b"):
        async with page_world(tmp_path / name) as page:
            found = MARK.findall(await page.html())
            assert len(set(found)) == 1
            marks |= set(found)
    assert len(marks) == 2


def _said(number: int, by: str, text: str, *, asks: bool = False) -> Message:
    return Message(number=number, by=by, author=by, html=text, text=text, at=MONDAY, asks=asks, content={})


@pytest.mark.parametrize(
    ("messages", "chosen", "name", "replies_to"),
    [
        ([], "", "", None),
        ([_said(1, "bot", "Hej")], "", "", None),
        ([_said(1, "bot", "Skriv", asks=True)], "", "", 1),
        ([_said(1, "bot", "Skriv", asks=True), _said(2, "bot", "Ett kort")], "", "", 1),
        ([_said(1, "bot", "Skriv", asks=True), _said(2, "own", "Klart")], "", "", None),
        ([_said(1, "bot", "Anna: skriv", asks=True)], "", "Bo", None),
        ([_said(1, "bot", "Anna: skriv", asks=True), _said(2, "other", "Jag med")], "", "Anna", 1),
        ([_said(1, "bot", "Skriv", asks=True)], "0", "", None),
        ([_said(1, "bot", "Hej"), _said(2, "bot", "Skriv", asks=True)], "1", "", 1),
    ],
)
async def test_what_is_written_replies_to_what_asks_for_it(
    messages: list[Message], chosen: str, name: str, replies_to: int | None
) -> None:
    found = reply_choice(messages, chosen, name)
    assert (found.number if found else None) == replies_to


async def test_cilla_works_at_the_home_care_once(tmp_path: Path) -> None:
    async with page_world(tmp_path) as page:
        await employ(page.stage.world)
        officers = [one for one in page.stage.world.service.office().officers if one.id == "cilla"]
        assert [(one.email, [*one.units], one.cleared) for one in officers] == [(CILLAS_MAIL, [UNIT], True)]
        assert "Cilla" in await page.words("?pane=mail")
