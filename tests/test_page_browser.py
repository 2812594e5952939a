"""The try-out world's page in a real browser: by mouse, by keyboard, without scripts, and for those who listen."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, ViewportSize, async_playwright, expect

from tests.page_world import PageWorld, page_world

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
WIDE: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL: ViewportSize = {"width": 360, "height": 640}
ENLARGED: ViewportSize = {"width": 320, "height": 256}
"""1280 x 1024 at 400 % (WCAG 1.4.10)."""

TOO_SMALL = """
    [...document.querySelectorAll('button, select, summary, nav a:not(.skip)')]
    .filter(one => one.offsetParent && one.offsetHeight < 44).map(one => one.outerHTML)
"""

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM} (Debian: chromium)"),
]


@asynccontextmanager
async def browsing(folder: Path, size: ViewportSize = WIDE, **more: Any) -> AsyncIterator[tuple[PageWorld, Page]]:
    """A world and a browser that has its page open; it must ask nobody else for anything, and complain of nothing."""
    asked: list[str] = []
    complaints: list[str] = []
    async with page_world(folder) as world, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        # Without motion, so that no colour is seen halfway to another.
        context = await browser.new_context(viewport=size, locale="sv-SE", reduced_motion="reduce", **more)
        page = await context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(world.url)
        yield world, page
        await browser.close()
    assert [url for url in asked if not url.startswith(world.url)] == []
    assert complaints == []


async def test_a_citizen_is_written_for_with_the_keyboard_alone(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (world, page):
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Hoppa till medborgarna")).to_be_focused()
        await page.keyboard.press("Enter")
        field = page.get_by_label("Skriv som Elsa Exempel")
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await field.evaluate("field => field === document.activeElement"):
                break
        await page.keyboard.type("När öppnar simhallen?")
        await page.keyboard.press("Enter")
        chat = page.get_by_role("log", name="på telefonen som Elsa Exempel har")
        await expect(chat).to_contain_text("När öppnar simhallen?")
        await expect(chat).to_contain_text("Tack. Ditt meddelande har nummer K-")
        # What was written is gone from the field, which one still stands in.
        await expect(field).to_have_value("")
        await expect(field).to_be_focused()
        await expect(page.get_by_role("status").first).to_have_text("Skickat.")
        written = [one.text for one in world.stage.person("elsa").messages if not one.by_bot]
        assert written == ["När öppnar simhallen?"]


async def test_what_is_typed_opened_or_focused_is_not_lost_as_the_world_changes(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (world, page):
        field = page.get_by_label("Skriv som Elsa Exempel")
        await page.get_by_text("Fel att prova").click()
        await field.fill("En halv mening")
        await field.evaluate("field => field.setSelectionRange(3, 7)")
        elsa = world.stage.person("elsa")
        await elsa.write("Hej från telefonen")
        await world.stage.send_mail("kim@example.org", "kontakt@kommun.example", "Hej", "Hej")
        await expect(page.get_by_role("log", name="på telefonen som Elsa")).to_contain_text(
            "Tack. Ditt meddelande har nummer K-"
        )
        await expect(field).to_have_value("En halv mening")
        await expect(field).to_be_focused()
        assert await field.evaluate("field => [field.selectionStart, field.selectionEnd]") == [3, 7]
        await expect(page.get_by_role("button", name="Telegram är borta i en timme")).to_be_visible()
        # Another phone and back: what was begun is still there.
        await page.get_by_role("link", name="Omar").first.click()
        await expect(page.get_by_label("Skriv som Omar Exempel")).to_have_value("")
        await page.get_by_role("link", name="Elsa").first.click()
        await expect(page.get_by_label("Skriv som Elsa Exempel")).to_have_value("En halv mening")


async def test_the_address_follows_what_is_looked_at_and_back_goes_back(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (_, page):
        await page.get_by_role("link", name="Omar").first.click()
        await expect(page.get_by_label("Skriv som Omar Exempel")).to_be_visible()
        assert "person=omar" in page.url
        await page.go_back()
        await expect(page.get_by_label("Skriv som Elsa Exempel")).to_be_visible()
        await page.get_by_role("link", name="English").click()
        await expect(page.locator("html")).to_have_attribute("lang", "en")


async def test_a_button_that_is_gone_once_it_was_pressed_leaves_the_focus_in_its_part(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (world, page):
        elsa = world.stage.person("elsa")
        await elsa.block()
        await page.get_by_role("button", name="Släpp in den igen").click()
        await expect(page.get_by_label("Skriv som Elsa Exempel")).to_be_visible()
        assert await page.evaluate("document.activeElement.id") == "citizens"


async def test_words_that_look_like_a_page_stay_words(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    async with browsing(tmp_path) as (world, page):
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        await world.stage.person("elsa").write(evil)
        await world.stage.send_mail("elsa@example.org", "kontakt@kommun.example", evil, evil)
        await expect(page.get_by_role("log", name="på telefonen som Elsa")).to_contain_text(evil)
        await page.get_by_role("link", name=evil).click()
        await expect(page.get_by_role("group", name="Mejlets text")).to_have_text(evil)
        assert await page.locator("main img, main script").count() == 0
        await page.reload()
        await expect(page.get_by_role("group", name="Mejlets text")).to_have_text(evil)
        assert await page.locator("main img, main script").count() == 0


async def test_without_scripts_everything_can_be_read_written_and_pressed(tmp_path: Path) -> None:
    async with browsing(tmp_path, java_script_enabled=False) as (world, page):
        await page.get_by_label("Skriv som Elsa Exempel").fill("Gatlyktan är trasig")
        await page.get_by_role("button", name="Skicka", exact=True).first.click()
        await expect(page.get_by_text("Skickat.")).to_be_visible()
        elsa = world.stage.person("elsa")
        await world.stage.live.until(lambda: any(one.buttons for one in elsa.messages), 20)
        await page.reload()
        await page.get_by_role("button", name="Felanmälan").click()
        await expect(page.get_by_text("Tack. Vi har noterat: Felanmälan.").first).to_be_visible()
        assert [one.text for one in elsa.messages if not one.by_bot] == ["Gatlyktan är trasig"]


@pytest.mark.parametrize("size", [PHONE, SMALL, ENLARGED])
async def test_on_a_phone_one_part_is_shown_at_a_time_and_nothing_stands_out(
    tmp_path: Path, size: ViewportSize
) -> None:
    async with browsing(tmp_path, size) as (world, page):
        await world.stage.send_mail("elsa@example.org", "kontakt@kommun.example", "Å" * 150, "hej " + "x" * 300)
        for link, heading in (("Medborgare", "Medborgare"), ("Personal", "Kontaktcentret"), ("E-post", "E-post")):
            await page.get_by_role("navigation", name="Delar av sidan").get_by_role("link", name=link).click()
            await expect(page.get_by_role("heading", name=heading)).to_be_visible()
            assert await page.locator(".parts > section:visible").count() == 1
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            # A thumb is some 44 pixels wide.
            assert await page.evaluate(TOO_SMALL) == []


@pytest.mark.parametrize("size", [WIDE, PHONE])
async def test_axe_finds_nothing_in_light_nor_in_dark(tmp_path: Path, size: ViewportSize) -> None:
    async with browsing(tmp_path, size) as (world, page):
        await _something_happens(world)
        letter = world.stage.letters[-1]
        for query in (
            "", "?pane=citizens&reply=1", "?pane=centre", "?pane=centre&room=private", "?pane=mail",
            "?pane=mail&write=new", f"?box={letter.box}&mail={letter.number}&pane=mail", "?show=figures&lang=en",
        ):  # fmt: skip
            await page.emulate_media(color_scheme="light")
            await page.goto(world.url + query)
            for summary in await page.locator("summary:visible").all():
                await summary.click()
            assert await _faults(page) == [], query
            await page.emulate_media(color_scheme="dark")
            assert await _faults(page, "color-contrast") == [], query


async def _faults(page: Page, *rules: str) -> list[str]:
    """What axe has against the page, by all rules or these."""
    options = {"resultTypes": ["violations"], **({"runOnly": list(rules)} if rules else {})}
    found = await Axe().run(page, options=options)
    return [_told(one) for one in found.response["violations"]]


async def _something_happens(world: PageWorld) -> None:
    """Let the page show all it can: pictures, places, buttons, mail, faults."""
    elsa = world.stage.person("elsa")
    await world.does("write", who="elsa", where="private", text="Gatlyktan är trasig")
    await world.does("album", who="elsa", where="private", text="Se här")
    await world.does("place", who="elsa", where="private")
    await world.does("document", who="elsa", where="private")
    await world.does("write", who="anna", where="general", text="Hej på er")
    await world.does("fault", fault="too_many")
    await world.stage.send_mail("kim@example.org", "kontakt@kommun.example", "Simhallen", "När öppnar den?")
    await world.stage.live.until(lambda: any(one.buttons for one in elsa.messages), 20)
    await world.stage.live.until(lambda: any(not one.sent for one in world.stage.letters), 20)


def _told(violation: dict[str, Any]) -> str:
    where = [str(node["target"]) for node in violation["nodes"]]
    return f"{violation['id']} ({violation['impact']}): {'; '.join(where)}"


async def test_the_picture_shows_and_a_reader_hears_what_it_is(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (world, page):
        await world.does("photo", who="elsa", where="private", text="Lyktan")
        picture = page.get_by_role("img", name=re.compile("^Foto"))
        await expect(picture).to_be_visible()
        for _ in range(50):
            if await picture.evaluate("image => image.complete && image.naturalWidth"):
                break
            await asyncio.sleep(0.05)
        assert await picture.evaluate("image => image.naturalWidth") == 480


@pytest.mark.parametrize("size", [WIDE, pytest.param(PHONE, marks=pytest.mark.soak)])
async def test_a_story_is_played_by_clicks_and_the_page_follows_it(tmp_path: Path, size: ViewportSize) -> None:
    async with browsing(tmp_path, size) as (_, page):
        await page.get_by_role("button", name="Trasig gatlykta").click()
        guide = page.get_by_role("region", name="Börja här")
        told = guide.get_by_role("log", name="Berättelsen")
        for number in range(1, 9):
            await expect(guide.get_by_role("heading", name=f"Steg {number} av 8")).to_be_visible(timeout=30_000)
            await expect(guide.get_by_text("Alla väntar på nästa händelse")).to_have_count(0, timeout=30_000)
            await expect(told).to_contain_text(LAMP[number - 1])
            if number == 5:
                # What Anna is about to send stands where the page looks now.
                log = page.get_by_role("log", name=re.compile("Gruppen, rummet K-"))
                await expect(log).to_contain_text("Så här läser den som frågar det du skrev")
            if number < 8:
                await guide.get_by_role("button", name="Nästa").click()
        await expect(page.get_by_role("heading", name="Veckans siffror: vecka 47, 2026")).to_be_visible()
        await expect(guide.get_by_text("Slut. Titta gärna runt, eller välj något nytt.")).to_be_visible()
        assert await _faults(page) == []
        await guide.get_by_role("button", name="Sluta").click()
        await expect(page.get_by_role("button", name="Trasig gatlykta")).to_be_visible()


LAMP = ("skriver till kommunen", "två foton", "Felanmälan", "Anna trycker Ta", "Svara och skriver", "trycker Skicka",
        "Tre dagar senare", "Tisdag klockan 07.00")  # fmt: skip


BROKEN = """
    [...document.querySelectorAll('.buttons button, .panes a')].filter(one => one.offsetParent).flatMap(one =>
      [...one.childNodes].flatMap(node => {
        const text = node.nodeType === Node.TEXT_NODE ? node : node.firstChild;
        return [...text.data.matchAll(/[^\\s-]+/g)].filter(word => {
          const range = document.createRange();
          range.setStart(text, word.index);
          range.setEnd(text, word.index + word[0].length);
          return range.getClientRects().length > 1;
        }).map(word => word[0]);
      }))
"""
"""Words on buttons that do not stand on one line."""


@pytest.mark.parametrize("size", [PHONE, SMALL, ENLARGED])
async def test_no_word_is_broken_on_a_narrow_button(tmp_path: Path, size: ViewportSize) -> None:
    async with browsing(tmp_path, size) as (world, page):
        elsa = world.stage.person("elsa")
        await elsa.write("Gatlyktan är trasig")
        await world.stage.live.until(lambda: any(one.buttons for one in elsa.messages), 20)
        for person in ("omar", "kim", "matti"):
            await world.stage.person(person).write("Hej")
        await _part(page, "Medborgare", size)
        await expect(page.get_by_role("button", name="Felanmälan")).to_be_visible()
        assert await page.evaluate(BROKEN) == []
        # As with a wider typeface, or larger letters: the buttons go to the next line rather than break.
        await page.evaluate(
            "document.querySelectorAll('button').forEach(one => { one.style.letterSpacing = '.12em'; })"
        )
        assert await page.evaluate(BROKEN) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", [PHONE, pytest.param(WIDE, marks=pytest.mark.soak)])
async def test_a_chat_shows_the_newest_and_leaves_whoever_reads_what_is_older(
    tmp_path: Path, size: ViewportSize
) -> None:
    async with browsing(tmp_path, size) as (world, page):
        elsa = world.stage.person("elsa")
        for number in range(15):
            await elsa.write(f"Rad {number}\n\n och en till")
        log = page.get_by_role("log", name="på telefonen som Elsa Exempel har")
        await _part(page, "Medborgare", size)
        await expect(log).to_contain_text("Rad 14")
        await expect(log).to_contain_text("Tack, vi har lagt till det")
        assert await log.evaluate(LAST_IS_SEEN)
        # Whoever has scrolled back is left there.
        await log.evaluate("log => { log.scrollTop = -600; }")
        place = "log => log.querySelector('li:nth-child(3)').getBoundingClientRect().top"
        before = await log.evaluate(place)
        await elsa.write("Rad 15")
        await expect(log).to_contain_text("Rad 15")
        assert not await log.evaluate(LAST_IS_SEEN)
        assert abs(await log.evaluate(place) - before) < 2
        # But whoever writes sees what comes of it.
        field = page.get_by_label("Skriv som Elsa Exempel")
        await field.fill("Rad 16")
        await field.press("Enter")
        await expect(log).to_contain_text("Rad 16")
        for _ in range(100):
            if await log.evaluate(LAST_IS_SEEN):
                break
            await asyncio.sleep(0.05)
        assert await log.evaluate(LAST_IS_SEEN)


LAST_IS_SEEN = """
    log => {
      const [around, last] = [log, log.querySelector('ol').lastElementChild].map(one => one.getBoundingClientRect());
      return last.bottom <= around.bottom && last.bottom > around.top;
    }
"""


async def test_without_scripts_a_chat_shows_the_newest_too(tmp_path: Path) -> None:
    async with browsing(tmp_path, java_script_enabled=False) as (world, page):
        for number in range(15):
            await world.stage.person("elsa").write(f"Rad {number}\n\n och en till")
        await page.reload()
        last = await page.locator("#citizens .message").last.bounding_box()
        log = await page.locator("#citizens .log").bounding_box()
        assert last is not None
        assert log is not None
        assert log["y"] < last["y"] + last["height"] <= log["y"] + log["height"]


async def test_a_reaction_is_shown_and_heard(tmp_path: Path) -> None:
    async with browsing(tmp_path) as (world, page):
        elsa = world.stage.person("elsa")
        await elsa.write("Gatlyktan är trasig")
        await elsa.write("Vid nummer 12")
        log = page.get_by_role("log", name="på telefonen som Elsa Exempel har")
        await expect(log.get_by_text("Reaktion: 👀")).to_be_visible()
        assert await log.get_by_text("Reaktion: 👀").count() == 1


@pytest.mark.parametrize("pane", ["Personal", "Start"])
async def test_a_task_keeps_its_number_where_it_stands_alone(tmp_path: Path, pane: str) -> None:
    async with browsing(tmp_path, PHONE) as (_, page):
        await page.get_by_role("button", name="Min första dag").click()
        await page.get_by_role("button", name="Hoppa över uppgiften").click()
        await _part(page, pane, PHONE)
        task = page.locator(".tasks li[aria-current=step]")
        await expect(task.locator(".task-title")).to_have_text("2. Ta ett ärende – Nu")
        await expect(page.locator(".tasks li:visible")).to_have_count(8 if pane == "Start" else 1)
        await expect(task.get_by_text("Ärendet heter K-")).to_be_visible(timeout=20_000)
        assert await page.locator(".tasks li[aria-current=step]").count() == 1


@pytest.mark.parametrize("size", [WIDE, PHONE])
async def test_the_first_task_of_the_first_day_is_done_by_hand(tmp_path: Path, size: ViewportSize) -> None:
    async with browsing(tmp_path, size) as (_, page):
        await page.get_by_role("button", name="Min första dag").click()
        guide = page.get_by_role("region", name="Börja här")
        await expect(guide.get_by_text("0 av 8 klara. Du är Nina Ny.")).to_be_visible()
        await expect(guide.locator("li[aria-current=step]")).to_contain_text("Visa vem du är – Nu")
        await _part(page, "Personal", size)
        field = page.get_by_label("Skriv som Nina Ny")
        for words in ("/anslut", "nina@kommun.example"):
            await field.fill(words)
            await field.press("Enter")
            await expect(field).to_have_value("")
        await _part(page, "E-post", size)
        await page.get_by_role("link", name="Kod för att svara i Telegram").click()
        letter = await page.get_by_role("group", name="Mejlets text").text_content()
        code = re.search(r"\d{3} \d{3}", letter or "")
        assert code is not None
        await _part(page, "Personal", size)
        await field.fill(code[0])
        await field.press("Enter")
        await expect(guide.get_by_text("1 av 8 klara. Du är Nina Ny.")).to_be_visible()
        await expect(guide.locator("li[aria-current=step]")).to_contain_text("Ta ett ärende – Nu")
        assert await _faults(page) == []


async def _part(page: Page, name: str, size: ViewportSize) -> None:
    """Go to a part of the page, where one is shown at a time."""
    if size["width"] < 900:
        await page.get_by_role("navigation", name="Delar av sidan").get_by_role("link", name=name).click()
