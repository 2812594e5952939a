"""The page behind the link, served for real: looking records nothing, a press does, and a comment may be a question."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from bot.facts import FactKind
from bot.inquiry import fold_inquiries
from bot.office import Door, DoorWord
from bot.store.database import Database
from bot.store.figure_schema import invitations, ratings
from bot.store.schema import facts, messages
from bot.store.survey_rows import Question, State
from bot.survey.page import SurveyPage
from config.survey_settings import SurveyPageSettings
from tests.conftest import FrozenClock
from tests.surveys import ELSA, PAGE, SurveyTown, links_in


class Visitor:
    """A browser without script or cookies."""

    def __init__(self, town: SurveyTown, page: SurveyPage, client: httpx.AsyncClient) -> None:
        self.town, self.page, self.client = town, page, client
        self.woken = 0

    def here(self, link: str) -> str:
        """The link as our proxy hands it on."""
        parts = urlsplit(link)
        return f"http://127.0.0.1:{self.page.port}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    async def look(self, link: str) -> str:
        got = await self.client.get(self.here(link))
        assert got.status_code == 200
        return got.text

    async def press(self, link: str, **fields: str) -> str:
        got = await self.client.post(self.here(link), data=fields, follow_redirects=True)
        assert got.status_code == 200
        return got.text


@pytest_asyncio.fixture
async def town(database: Database, clock: FrozenClock) -> AsyncIterator[SurveyTown]:
    yield await SurveyTown(database, clock).begin()


@pytest_asyncio.fixture
async def visitor(town: SurveyTown) -> AsyncIterator[Visitor]:
    visitors = list[Visitor]()

    def wake() -> None:
        visitors[0].woken += 1

    settings = SurveyPageSettings(url=PAGE, port=0)
    page = SurveyPage(settings, town.database, lambda: town.office, town.clock.now, wake)
    async with page.running(), httpx.AsyncClient() as client:
        visitors.append(Visitor(town, page, client))
        yield visitors[0]


async def invited(town: SurveyTown) -> list[str]:
    await town.answered()
    return links_in(await town.asked())


async def all_rows(town: SurveyTown) -> list[Any]:
    return [await town.rows(table) for table in (invitations, ratings, facts, messages)]


class Form(HTMLParser):
    """The labels and fields of a page, for checks of what a screen reader says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids, self.labels, self.fields = set[str](), set[str](), list[dict[str, str | None]]()
        self.tags: list[str] = []
        self.lang = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = said["lang"] or ""
        if tag == "label":
            self.labels.add(said["for"] or "")
        if tag in {"input", "textarea"} and said.get("type") != "hidden":
            self.fields.append(said)
        if "id" in said:
            assert said["id"] not in self.ids
            self.ids.add(said["id"] or "")


@pytest.mark.asyncio
async def test_looking_at_every_link_records_nothing_however_often(town: SurveyTown, visitor: Visitor) -> None:
    links = await invited(town)
    before = await all_rows(town)
    for link in links * 3:
        await visitor.look(link)
        await visitor.client.head(visitor.here(link))
    assert await all_rows(town) == before


@pytest.mark.asyncio
async def test_one_press_sends_all_answers(town: SurveyTown, visitor: Visitor) -> None:
    yes, _, _ = await invited(town)
    page = await visitor.look(yes)
    for words in ("Hur nöjd är du med bemötandet?", "Var svaret tydligt?", "Mycket nöjd", "Vet inte"):
        assert words in page
    thanks = await visitor.press(
        yes, answered="1", reception="5", clarity="4", ease="none", comment="Snabbt. Mitt nummer är 811228-9874."
    )
    assert "Tack för dina svar!" in thanks
    assert await town.ratings() == {
        "answered": 1, "reception": 5, "clarity": 4, "ease": None,
        "comment": "Snabbt. Mitt nummer är [personnummer dolt].",
    }  # fmt: skip
    (one,) = await town.invitations()
    assert (one.state, one.step) == (State.ANSWERED, None)
    assert await town.told(FactKind.RESPONDED) == [{"channel": "mail"}]
    for link in (yes, links_in(town.invitations_to(ELSA)[0])[1]):
        assert "Tack för dina svar!" in await visitor.look(link)
    await visitor.press(yes, answered="1", reception="1")
    assert (await town.ratings())["reception"] == 5


@pytest.mark.asyncio
async def test_no_asks_what_would_have_been_reasonable(town: SurveyTown, visitor: Visitor) -> None:
    _, no, _ = await invited(town)
    page = await visitor.look(no)
    assert "Vad hade varit en rimlig tid att få svar?" in page
    assert "bemötandet" not in page
    assert 'name="want" value="1" checked' in page
    await visitor.press(no, answered="0", reasonable="1")
    assert await town.ratings() == {"answered": 0, "reasonable": 1}


@pytest.mark.asyncio
async def test_the_link_without_a_choice_asks_and_leads_on(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    page = await visitor.look(yes.partition("?")[0])
    assert "Har du fått svar från någon av oss?" in page
    assert 'href="?svar=ja&amp;lang=sv"' in page
    assert "<form" not in page


@pytest.mark.asyncio
async def test_what_is_blank_is_not_counted_and_nonsense_is_passed_over(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    await visitor.press(yes, answered="1", reception="9", clarity="x", ease="", comment="  ")
    assert await town.ratings() == {"answered": 1}
    yes, *_ = links_in(await _again(town))
    await visitor.press(yes, reception="7", nothing="1")
    assert (await town.invitations())[-1].state is State.DELIVERED


async def _again(town: SurveyTown) -> Any:
    await town.answered("omar@example.net")
    return await town.asked("omar@example.net")


@pytest.mark.asyncio
async def test_a_comment_that_is_to_be_answered_is_an_inquiry_and_no_rating(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    (case,) = {fact.case for fact in await town.facts()}
    page = await visitor.press(yes, answered="1", reception="2", comment="Skylten är borta.", want="1")
    assert "Det du vill ha svar på har vi tagit emot." in page
    assert visitor.woken == 1
    assert await town.ratings() == {"answered": 1, "reception": 2}
    await town.take()
    await town.deliver()
    assert (await town.rows(messages))[-1]["text"] == "Skylten är borta."
    inquiries = fold_inquiries([fact for fact in await town.facts() if fact.case == case])
    assert [one.waits for one in inquiries] == [False, True]
    assert "Skylten är borta." in town.relay.to("anna@kommun.example")[-1].text


@pytest.mark.asyncio
@pytest.mark.parametrize("wanted", [True, False])
async def test_a_comment_that_seems_to_ask_is_offered_an_answer(
    town: SurveyTown, visitor: Visitor, wanted: bool
) -> None:
    yes, *_ = await invited(town)
    page = await visitor.press(yes, answered="1", ease="3", comment="När lagas lyktan vid skolan?")
    assert "Vill du ha svar på det du skrev?" in page
    assert (await town.invitations())[0].step is Question.OFFER
    assert (await town.ratings())["comment"] == "När lagas lyktan vid skolan?"
    await visitor.press(yes, offer="1" if wanted else "0")
    assert (await town.invitations())[0].step is None
    await town.take()
    expected = {"answered": 1, "ease": 3} | ({} if wanted else {"comment": "När lagas lyktan vid skolan?"})
    assert await town.ratings() == expected
    assert fold_inquiries(await town.facts())[-1].waits is wanted
    await visitor.press(yes, offer="1")
    await town.take()
    assert len(fold_inquiries(await town.facts())) == 1 + wanted


@pytest.mark.asyncio
async def test_who_wants_no_surveys_says_so_by_a_press(town: SurveyTown, visitor: Visitor) -> None:
    _, _, stop = await invited(town)
    assert "Vill du slippa enkäter?" in await visitor.look(stop)
    assert await town.states() == [State.DELIVERED]
    assert "Vi skickar ingen enkät till dig på ett år." in await visitor.press(stop, decline="1")
    assert await town.states() == [State.DECLINED]
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_after_a_digit_by_mail_the_page_asks_the_rest(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    await town.replies("4", town.invitations_to(ELSA)[0])
    page = await visitor.look(yes)
    assert "Var svaret tydligt?" in page
    assert "bemötandet" not in page
    await visitor.press(yes, reception="1", clarity="5")
    assert await town.ratings() == {"answered": 1, "reception": 4, "clarity": 5}


@pytest.mark.asyncio
async def test_a_link_that_leads_nowhere_says_so_kindly(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    for link in (f"{PAGE}/short", f"{PAGE}/{'x' * 24}", f"{PAGE}/{'ä' * 24}", f"{PAGE}/..%2f"):
        for call in (visitor.client.get, visitor.client.post):
            got = await call(visitor.here(link), follow_redirects=True)
            assert got.status_code == 404
    town.clock.forward(days=14, minutes=1)
    got = await visitor.client.get(visitor.here(yes))
    assert (got.status_code, "Länken gäller inte längre" in got.text) == (404, True)
    await visitor.client.post(visitor.here(yes), data={"answered": "1", "reception": "1"})
    assert await town.ratings() == {}


@pytest.mark.asyncio
async def test_four_languages_and_the_persons_own_words_are_never_html(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    for language, tag in (("sv", "sv"), ("sv_FI", "sv-FI"), ("fi", "fi"), ("en", "en"), ("sv_lattlast", "sv")):
        assert Form(await visitor.look(f"{yes}&lang={language}")).lang == tag
    assert Form(await visitor.look(f"{yes}&lang=%22%3E%3Cscript%3E")).lang == "sv"
    page = await visitor.look(yes)
    assert ['lang="fi"' in page, 'lang="en"' in page, ">Suomi<" in page] == [True, True, True]
    assert "<script" not in await visitor.look(f"{yes.partition('?')[0]}?svar=%3Cscript%3E&lang=%3Cscript%3E")


@pytest.mark.asyncio
async def test_every_field_has_its_label_and_every_group_its_legend(town: SurveyTown, visitor: Visitor) -> None:
    yes, no, stop = await invited(town)
    for link in (yes, no, stop, yes.partition("?")[0]):
        page = await visitor.look(link)
        form = Form(page)
        assert all(field["id"] in form.labels for field in form.fields)
        assert form.tags.count("fieldset") == form.tags.count("legend")
        assert form.tags.count("h1") == form.tags.count("main") == form.tags.count("title") == 1
        assert "script" not in form.tags
        assert re.search(r'aria-describedby="([^"]+)"', page) is None or "comment-note" in form.ids


@pytest.mark.asyncio
async def test_nothing_of_the_page_is_kept_or_told_on(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    got = await visitor.client.get(visitor.here(yes))
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in got.headers["content-security-policy"]
    assert "noindex" in got.headers["x-robots-tag"]
    assert "set-cookie" not in got.headers


@pytest.mark.asyncio
async def test_too_much_is_refused_and_counts_nothing(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    got = await visitor.client.post(visitor.here(yes), data={"answered": "1", "comment": "x" * 70_000})
    assert got.status_code == 413
    got = await visitor.client.post(visitor.here(yes), content=b"\xff" * 100)
    assert got.status_code == 303
    assert await town.ratings() == {}
    for _ in range(1_200):
        visitor.page._lately.append(town.clock.now())
    assert (await visitor.client.get(visitor.here(yes))).status_code == 429
    town.clock.forward(seconds=61)
    assert (await visitor.client.get(visitor.here(yes))).status_code == 200


@pytest.mark.asyncio
async def test_a_form_sent_twice_leaves_the_offer_standing(town: SurveyTown, visitor: Visitor) -> None:
    """Whoever clicks twice has not said no to an answer."""
    yes, *_ = await invited(town)
    for _ in range(2):
        page = await visitor.press(yes, answered="1", reception="2", comment="Lyktan är fortfarande trasig.")
        assert "Ja, jag vill ha svar" in page
    assert (await town.invitations())[0].step is Question.OFFER
    # Sent once more with a wish for an answer: that is the yes, and the words are no rating any more.
    await visitor.press(yes, answered="1", comment="Lyktan är fortfarande trasig.", want="1")
    assert await town.ratings() == {"answered": 1, "reception": 2}
    await town.take()
    assert (await town.rows(messages))[-1]["text"] == "Lyktan är fortfarande trasig."


@pytest.mark.asyncio
@pytest.mark.parametrize("before", [{"answered": "1", "reception": "2"}, {"decline": "1"}, {}])
async def test_words_to_be_answered_are_never_too_late_nor_taken_twice(
    town: SurveyTown, visitor: Visitor, before: dict[str, str]
) -> None:
    """Somebody goes back in the browser, and writes what was forgotten; or writes, and presses no grade at all."""
    yes, *_ = await invited(town)
    if before:
        await visitor.press(yes, **before)
    states = await town.states()
    for _ in range(2):
        await visitor.press(yes, reception="7", comment="Skylten är\0 borta.", want="1")
    await town.take()
    texts = [row["text"] for row in await town.rows(messages)]
    assert texts.count("Skylten är borta.") == 1
    assert await town.states() == states
    assert fold_inquiries(await town.facts())[-1].waits
    await visitor.press(yes, comment="Och lyktan med.", want="1")
    await town.take()
    assert (await town.rows(messages))[-1]["text"] == "Och lyktan med."


@pytest.mark.asyncio
async def test_a_comment_that_cannot_wait_is_a_message_unasked(town: SurveyTown, visitor: Visitor) -> None:
    yes, *_ = await invited(town)
    town.office = replace(town.office, door_words=(DoorWord(door=Door.DANGER, words="gasläcka*"),))
    page = await visitor.press(yes, answered="1", comment="Det är en gasläcka vid skolan.")
    assert "Det du vill ha svar på har vi tagit emot." in page
    assert await town.ratings() == {"answered": 1}
    assert visitor.woken == 1
