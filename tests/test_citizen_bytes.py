"""A citizen gets the officer's words and nothing else, whatever program the officer writes them in."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from bot import app
from bot.notices import LINE_MARK
from bot.tokens import has_secret
from tests import officer_clients as clients
from tests.example import make_office
from tests.officer_clients import CLIENTS, FEW
from tests.officer_mail import Client, Draft, Notice, Words, with_wrapped_lines
from tests.officer_scene import SAID, Scene, answer_of, ask, assert_only, assert_told, got_after, got_from, leaks, reply


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return asyncio.run(ask(tmp_path_factory.mktemp("asked"), make_office()))


@pytest.fixture(scope="module")
def tagged_scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The same where the mail system refuses addresses with a plus sign: the secret stands in the subject."""
    office = replace(make_office(), secrets_in_subject=True)
    return asyncio.run(ask(tmp_path_factory.mktemp("tagged"), office))


def versions_of(draft: Draft) -> list[str]:
    return ["text", "page"] if draft.text and draft.page else [""]


@pytest.mark.parametrize("language", ["sv", "fi", "en"])
@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_only_the_officers_words_arrive(scene: Scene, tmp_path: Path, client: Client, language: str) -> None:
    draft = client(scene.notice, Words(said=SAID, language=language))
    for only in sorted({"", *versions_of(draft)}):
        assert_only(got_from(scene, tmp_path, draft, only=only), scene.notice)


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_secret_in_the_subject_stays_in_the_house(tagged_scene: Scene, tmp_path: Path, client: Client) -> None:
    notice = tagged_scene.notice
    assert has_secret(notice.subject)
    draft = client(notice, Words(said=SAID))
    assert_only(got_from(tagged_scene, tmp_path, draft), notice)


@pytest.mark.parametrize("client", FEW.values(), ids=FEW)
def test_no_coding_on_the_way_brings_the_notice_through(scene: Scene, tmp_path: Path, client: Client) -> None:
    draft = client(scene.notice, Words(said=SAID))
    for coding, narrow in (("base64", 0), ("8bit", 0), ("quoted-printable", 2), ("quoted-printable", 7)):
        assert_only(got_from(scene, tmp_path, draft, coding=coding, narrow=narrow), scene.notice)


@pytest.mark.parametrize(("width", "sign"), [(76, ""), (40, "> ")])
@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_lines_broken_on_the_way_bring_nothing_through(
    scene: Scene, tmp_path: Path, client: Client, width: int, sign: str
) -> None:
    draft = client(scene.notice, Words(said=SAID))
    if draft.text:
        assert_only(got_from(scene, tmp_path, with_wrapped_lines(draft, width, sign)), scene.notice)


@pytest.mark.parametrize("width", [12, 30])
@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_whatever_breaks_the_lines_the_notice_stays_out(
    scene: Scene, tmp_path: Path, client: Client, width: int
) -> None:
    """So narrow that the mark itself breaks: what cannot be told apart is not sent."""
    draft = with_wrapped_lines(client(scene.notice, Words(said=SAID)), width, "")
    if draft.text:
        got = got_from(scene, tmp_path, draft)
        assert got.officer or got.citizen
        assert [leak for raw in got.citizen for leak in leaks(raw, scene.notice, answer_of(SAID))] == []


BANNER = (
    "VARNING: Detta mejl kommer från en extern avsändare. Klicka inte på länkar och öppna inte bilagor om du inte "
    "känner igen avsändaren."
)
TIP = "Du får inte ofta e-post från kontakt@kommun.example. Läs om varför det är viktigt<https://aka.example.org/x>"


def _bent(text: Callable[[str], str], page: Callable[[str], str] | None = None) -> Callable[[Notice], Notice]:
    return lambda notice: replace(notice, text=text(notice.text), page=(page or text)(notice.page))


BENT = {
    "space that does not break": _bent(lambda said: said.replace(f"{LINE_MARK} ", f"{LINE_MARK}\xa0")),
    "spaces within": _bent(lambda said: said.replace(LINE_MARK, "==\xa0^\xa0==")),
    "entities": _bent(str, lambda page: page.replace(LINE_MARK, "&#61;=&#94;=&equals;")),
    "entities in text": _bent(lambda said: said.replace(LINE_MARK, "&#61;&#61;^&#61;&#61;")),
    "bold": _bent(str, lambda page: page.replace(LINE_MARK, "<b>==</b>^<span>==</span>")),
    "invisible signs": _bent(lambda said: said.replace(LINE_MARK, "=\u200b=^=\xad=")),
    "one sign gone": _bent(lambda said: said.replace(f"{LINE_MARK} ", "=^= ", 1)),
    "banner": _bent(
        lambda said: f"{BANNER}\n\n{said}", lambda page: f"<table><tr><td>{BANNER}</td></tr></table>{page}"
    ),
    "safety tip": _bent(lambda said: f"{TIP}\n{said}", lambda page: f"<div>{escape(TIP)}</div>{page}"),
    "long name": lambda notice: replace(notice, who="Samhällsbyggnadsförvaltningens kontaktcenter, Exempel kommun"),
}
"""What gateways and programs do to the notice before the officer sees it, or while it is quoted."""


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
@pytest.mark.parametrize("client", FEW.values(), ids=FEW)
def test_a_bent_notice_stays_out(
    scene: Scene, tmp_path: Path, client: Client, bend: Callable[[Notice], Notice]
) -> None:
    draft = client(bend(scene.notice), Words(said=SAID))
    for only in versions_of(draft):
        assert_only(got_from(scene, tmp_path, draft, only=only), scene.notice)


@pytest.mark.parametrize("client", [one for name, one in CLIENTS.items() if name != "without_quotation"])
def test_a_notice_without_its_mark_is_not_cut_by_guess(scene: Scene, tmp_path: Path, client: Client) -> None:
    draft = client(_bent(lambda said: said.replace(LINE_MARK, ""))(scene.notice), Words(said=SAID))
    assert_told(got_from(scene, tmp_path, draft))


@pytest.mark.parametrize("client", [clients.thunderbird_below, clients.thunderbird_between])
def test_words_below_or_between_the_quoted_lines_are_told_of_and_not_sent(
    scene: Scene, tmp_path: Path, client: Client
) -> None:
    draft = client(scene.notice, Words(said=SAID))
    for only in versions_of(draft):
        assert_told(got_from(scene, tmp_path, draft, only=only))
    for coding in ("base64", "quoted-printable"):
        assert_told(got_from(scene, tmp_path, draft, coding=coding, narrow=5 if coding != "base64" else 0))


@pytest.mark.parametrize("above", ["Hej! Se mina svar i rött nedan.", "Hej Elsa!\n\nMina svar nedan.\n\nMvh Anna"])
def test_words_in_colour_within_the_notice_are_told_of_and_not_sent(scene: Scene, tmp_path: Path, above: str) -> None:
    draft = clients.outlook_in_red(scene.notice, Words(said=[above, "De lagas på torsdag."]))
    for only in versions_of(draft):
        assert_told(got_from(scene, tmp_path, draft, only=only))


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_nothing_above_the_line_sends_nothing(scene: Scene, tmp_path: Path, client: Client) -> None:
    draft = client(scene.notice, Words(said=[""]))
    assert_told(got_from(scene, tmp_path, draft))


@pytest.mark.parametrize("client", FEW.values(), ids=FEW)
def test_a_note_reaches_nobody(scene: Scene, tmp_path: Path, client: Client) -> None:
    draft = client(scene.notice, Words(said=["/anteckning Montören är sjuk.", "Säg inget om det."]))
    assert got_from(scene, tmp_path, draft).citizen == []


@pytest.mark.parametrize("client", FEW.values(), ids=FEW)
def test_a_second_answer_brings_nothing_of_the_first(scene: Scene, tmp_path: Path, client: Client) -> None:
    """The officer is shown the first answer, quotes that mail, and then answers from the folder of sent mail."""
    second = ("Hej igen!", "Stolpen kom redan i dag.", "Hälsningar\nAnna")

    def from_sent(notice: Notice) -> bytes:
        sent = replace(notice, who="Anna Exempel", address="anna@kommun.example", to=notice.reply_to,
                       text="\n\n".join(SAID) + "\n\n" + notice.text)  # fmt: skip
        return reply(client(replace(sent, page=escape(sent.text).replace("\n", "<br>")), Words(said=second)), notice)

    first, told, after = got_after(
        scene, tmp_path,
        lambda notice: reply(client(notice, Words(said=SAID)), notice),
        lambda notice: reply(client(notice, Words(said=second)), notice),
        lambda notice: reply(client(notice, Words(said=second)), notice),
    )  # fmt: skip
    assert_only(first, scene.notice)
    assert told.citizen == []
    assert_only(after, scene.notice, second)
    *_, after = got_after(
        scene, tmp_path, lambda notice: reply(client(notice, Words(said=SAID)), notice),
        lambda notice: reply(client(notice, Words(said=second)), notice), from_sent,
    )  # fmt: skip
    assert_only(after, scene.notice, second)


QUOTING = {name: one for name, one in CLIENTS.items() if name != "without_quotation"}


@pytest.mark.parametrize("client", QUOTING.values(), ids=QUOTING)
def test_these_checks_see_a_notice_that_is_not_cut(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def uncut(self: object, text: str) -> str:
        """Leave out only the commands that the notice explains: one of them above all would stop the mail."""
        return "\n".join(line for line in text.split("\n") if not line.lstrip("> ").startswith("/"))

    monkeypatch.setattr(app.OfficerMail, "own_words", uncut)
    monkeypatch.setattr(app.OfficerMail, "unclear", lambda self, text: False)
    got = got_from(scene, tmp_path, client(scene.notice, Words(said=SAID)))
    assert len(leaks(got.citizen[0], scene.notice, answer_of(SAID))) > 5
    with pytest.raises(AssertionError):
        assert_only(got, scene.notice)
