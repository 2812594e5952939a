"""What the page is made of: nodes as HTML and as JSON, the bot's HTML, what an address asks for, the guard."""

import json
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from sandbox.page.chat_html import chat_nodes
from sandbox.page.choice import Choice, read_choice
from sandbox.page.guard import Guard, holds_real_token, is_here, is_own_page
from sandbox.page.nodes import el, to_html, to_json, words_of


class _Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_attributes_are_named_as_in_html_and_what_is_nothing_is_left_out() -> None:
    made = el("button", "Ta", None, class_="main", aria_label="x", key="k", disabled=False, hidden=True, title=None)
    assert to_html(made) == '<button class="main" aria-label="x" data-key="k" hidden="">Ta</button>'
    assert to_json(made) == ["button", {"class": "main", "aria-label": "x", "data-key": "k", "hidden": ""}, "Ta"]


def test_texts_side_by_side_are_one_in_json_as_a_browser_reads_them() -> None:
    assert to_json(el("p", "a", " ", "b", el("b", "c"), "d")) == ["p", {}, "a b", ["b", {}, "c"], "d"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_whatever_is_written_stays_text(words: str) -> None:
    seen = _Seen(to_html(el("p", words, title=words)))
    assert [tag for tag, _ in seen.tags] == ["p"]
    assert seen.text == words
    assert seen.tags[0][1]["title"] == words


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>Tack.</b> Ditt ärende &amp; mer", "<b>Tack.</b> Ditt ärende &amp; mer"),
        ("<i>a</i><blockquote>b\nc</blockquote><code>d</code>", "<i>a</i><blockquote>b\nc</blockquote><code>d</code>"),
        ("<u>under</u> <tg-spoiler>x</tg-spoiler>", "under x"),
        ("<script>alert(1)</script>", "alert(1)"),
        ('<b onclick="x()">y</b>', "<b>y</b>"),
        ('<a href="javascript:x">y</a>', "y"),
        ('<img src="x" onerror="y">z', "z"),
        ("a &lt;b&gt; c", "a &lt;b&gt; c"),
        ("<b>open", "<b>open</b>"),
    ],
)  # fmt: skip
def test_of_the_bots_html_only_a_few_forms_are_shown(html: str, shown: str) -> None:
    assert to_html(el("p", *chat_nodes(html))) == f"<p>{shown}</p>"


def test_a_link_in_a_message_opens_elsewhere_and_tells_nothing() -> None:
    (link,) = chat_nodes('<a href="https://kommun.example/?a=1&amp;b=2">här</a>')
    assert to_json(link) == [
        "a", {"href": "https://kommun.example/?a=1&b=2", "rel": "noopener noreferrer", "target": "_blank"}, "här",
    ]  # fmt: skip


_SAFE = {"p", "b", "i", "a", "blockquote", "code"}


@given(st.text(alphabet="<>/=\"' abiscriptonhefg&;:\n", max_size=60))
def test_no_markup_of_a_message_becomes_anything_else(html: str) -> None:
    for tag, attributes in _Seen(to_html(el("p", *chat_nodes(html)))).tags:
        assert tag in _SAFE
        assert set(attributes) <= {"href", "rel", "target"}


def test_an_address_tells_what_is_looked_at_and_is_read_again() -> None:
    chosen = Choice(lang="en", person="omar", room="12", officer="bo", box="bo@kommun.example", mail="7", pane="mail")
    query = dict(pair.split("=") for pair in chosen.href().replace("%40", "@").partition("?")[2].split("&"))
    assert read_choice(query) == chosen


def test_another_person_or_room_ends_what_was_begun_there() -> None:
    chosen = Choice(reply="3", answer="4", mail="5", write="new")
    assert chosen.but(person="omar").reply == ""
    assert (chosen.but(room="9").answer, chosen.but(room="9").pane) == ("", "centre")
    assert (chosen.but(box="x").mail, chosen.but(box="x").write) == ("", "")
    assert chosen.but(person="omar", pane="mail").pane == "mail"


@pytest.mark.parametrize(
    ("query", "lang", "pane"),
    [({}, "sv", "start"), ({"lang": "xx", "pane": "nowhere"}, "sv", "start"), ({"lang": "en"}, "en", "start")],
)
def test_what_is_not_known_in_an_address_is_left_out(query: dict[str, str], lang: str, pane: str) -> None:
    chosen = read_choice(query | {"evil": "1", "person": "x" * 500})
    assert (chosen.lang, chosen.pane, len(chosen.person)) == (lang, pane, 80)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True), ("127.0.0.1:8080", True), ("localhost:1", True), ("LOCALHOST", True), ("[::1]:80", True),
        ("", False), ("evil.example", False), ("127.0.0.1.evil.example", False), ("localhost.evil.example:80", False),
        ("127.0.0.1:80:90", False), ("evil.example:127.0.0.1", False), ("0.0.0.0", False), ("127.0.0.1@evil", False),
    ],
)  # fmt: skip
def test_only_names_of_this_machine_are_let_in(host: str, here: bool) -> None:
    assert is_here(host) is here


HERE = {"host": "127.0.0.1:8080"}


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"origin": "http://127.0.0.1:8080"}, True),
        ({}, True),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8080"}, True),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:9090"}, False),
        ({"origin": "http://localhost:8080"}, False),
        ({"origin": "https://evil.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8080"}, False),
    ],
)
def test_only_our_own_page_may_act(headers: dict[str, str], own: bool) -> None:
    assert is_own_page(HERE | headers) is own


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", True),
        ("min nyckel är 8123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawA tror jag", True),
        ("1:sandbox", False),
        ("kl 12:30 på lördag", False),
        ("070-123 45 67", False),
    ],
)
def test_what_looks_like_a_real_key_is_known(text: str, real: bool) -> None:
    assert holds_real_token(text) is real


def _guarded() -> httpx.AsyncClient:
    async def hello(_: object) -> PlainTextResponse:
        return PlainTextResponse("hello")

    routes = [Route("/", hello, methods=["GET", "POST"])]
    app = Starlette(routes=routes, middleware=[Middleware(Guard)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", {}, 200),
        ("GET", {"host": "evil.example"}, 421),
        ("POST", {"host": "evil.example", "origin": "http://evil.example"}, 421),
        ("POST", {"origin": "http://127.0.0.1:8080"}, 200),
        ("POST", {"origin": "https://evil.example"}, 403),
        ("POST", {"sec-fetch-site": "cross-site"}, 403),
    ],
)
async def test_the_guard_refuses_and_puts_its_headers_on_every_answer(method: str, headers: Any, status: int) -> None:
    async with _guarded() as client:
        answer = await client.request(method, "/", headers=headers)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_the_words_of_a_node_are_all_its_text() -> None:
    made = el("p", "a", el("b", "b", el("i", "c")), "d")
    assert words_of(made) == "abcd"
    assert json.loads(json.dumps(to_json(made))) == ["p", {}, "a", ["b", {}, "b", ["i", {}, "c"]], "d"]
