"""The poster: the code leads to the chat, every word can be read out, and a name does no more than stand there."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from config.poster import Poster, PosterFault, link_to, poster_pdf, posters_of, qr_svg
from config.settings import Settings, load
from config.telegram_settings import PlaceSettings, TelegramSettings
from config.texts import Texts
from run_bot import app
from sandbox.bot_api import bot_api
from tests.conftest import FrozenClock
from tests.pdf_text import words_in
from tests.qr_reader import modules_in, read

EXAMPLE = Path(__file__).parent.parent / "config" / "service.toml"
SV = Texts("sv", ZoneInfo("Europe/Stockholm"))
POSTER = Poster(
    bot="exempel_bot", code="reception", place="Receptionen", municipality="Exempel kommun",
    email="kontakt@kommun.example", other_ways=("Telefon 0123-45 67 00, vardagar 8.00–16.30",),
    privacy="https://kommun.example/personuppgifter", own="sv", texts=(SV,),
)  # fmt: skip
HOSTILE = (
    '#panic("x")', "*_`$x^2$`_* = rubrik", r"\u{41} \ ~ --- // slut", '"]] } #{', "@alla <etikett> https://ond.example",
    "#include \"/etc/passwd\"", "sys.inputs", "{place} {0} %s", "Åäö Čáhcesuolu Šiljjo",
)  # fmt: skip


def test_the_code_is_read_as_the_link_and_has_its_white_edge() -> None:
    matrix, edge = modules_in(qr_svg("https://t.me/exempel_bot?start=p_reception").decode())
    assert read(matrix) == "https://t.me/exempel_bot?start=p_reception"
    assert edge == 4


@settings(max_examples=40, deadline=None)
@given(
    st.from_regex(r"[A-Za-z][A-Za-z0-9_]{4,31}", fullmatch=True), st.from_regex(r"[A-Za-z0-9]{1,19}", fullmatch=True)
)
def test_every_code_is_read_as_its_link(bot: str, code: str) -> None:
    # 22 characters of the link are the same in all; level Q holds 74 in version 6, the largest the reader knows.
    link = link_to(bot, code)
    assert read(modules_in(qr_svg(link).decode())[0]) == link == f"https://t.me/{bot}?start=p_{code}"


@pytest.mark.parametrize("code", ["", "x" * 63, "a b", "å", "a&b", "a\n"])
def test_what_cannot_stand_in_a_link_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="1 to 62"):
        link_to("exempel_bot", code)


def test_the_longest_code_fits() -> None:
    # p_ and 62 make 64, the most that Telegram hands on.
    assert link_to("exempel_bot", "x" * 62).endswith("start=p_" + "x" * 62)


def test_a_poster_says_in_print_all_that_people_need() -> None:
    text = words_in(poster_pdf(POSTER))
    for words in (
        "Exempel kommun", "Skriv till oss", "t.me/exempel_bot", "kontakt@kommun.example", "Telefon 0123-45 67 00",
        "En robot tar emot. Människor läser och svarar.", "Skriv inte personnummer", "Har du inte Telegram?",
        "Ring 112.", "https://kommun.example/personuppgifter", "Receptionen · p_reception",
    ):  # fmt: skip
        assert words in text


def test_the_pdf_is_tagged_in_its_language_with_a_title_and_the_code_in_words() -> None:
    pdf = poster_pdf(POSTER)
    for mark in (b"<pdfuaid:part>1<", b"/StructTreeRoot", b"/Lang(sv)", b"/S/H1/", b"Skriv till Exempel kommun: Rec"):
        assert mark in pdf
    alt = re.search(rb"/Alt<([0-9A-F]+)>", pdf)
    assert alt is not None
    said = bytes.fromhex(alt[1].decode()).decode("utf-16")
    assert said == "QR-kod som öppnar chatten: https://t.me/exempel_bot?start=p_reception"
    assert len(re.findall(rb"/Type/Page/", pdf)) == 1


def test_each_language_has_its_words_and_is_marked_as_itself() -> None:
    pdf = poster_pdf(replace(POSTER, texts=tuple(SV.in_language(one) for one in ("sv_FI", "fi", "en"))))
    assert pdf.count(b"/S/H1/") == 3
    for mark in (b"/Lang(sv-FI)", b"/Lang(fi)", b"/Lang(en)"):
        assert mark in pdf


def test_the_same_poster_is_the_same_file() -> None:
    assert poster_pdf(POSTER) == poster_pdf(POSTER)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stands_there_as_it_is_and_does_nothing(name: str) -> None:
    hostile = replace(
        POSTER, place=name, municipality=name, privacy=name, other_ways=(name,), email=f"{name}@x.example"
    )
    # Typographic spaces are drawn as spaces; apart from white space every sign is there, five times.
    text = re.sub(r"\s", "", words_in(poster_pdf(hostile)))
    assert text.count(re.sub(r"\s", "", name)) == 5


def test_a_sign_that_cannot_be_printed_is_told() -> None:
    with pytest.raises(PosterFault, match=r"Receptionen 😀 går inte att göra.*😀"):
        poster_pdf(replace(POSTER, place="Receptionen 😀"))


def test_more_than_a_page_is_told() -> None:
    with pytest.raises(PosterFault, match="för mycket text"):
        poster_pdf(replace(POSTER, other_ways=("Ett sätt till att nå oss",) * 60))


@pytest.mark.parametrize("bot", ["x" * 32, "Abcde"])
def test_the_longest_link_stays_on_its_line(bot: str) -> None:
    assert f"t.me/{bot} kontakt@" in words_in(poster_pdf(replace(POSTER, bot=bot)))


def _settings(languages: tuple[str, ...] = ("sv", "fi", "en", "sv_lattlast")) -> Settings:
    places = (PlaceSettings(code="reception", name="Receptionen"), PlaceSettings(code="bad", name="Simhallen"))
    telegram = TelegramSettings(languages=languages, places=places)  # type: ignore[arg-type]
    return load(EXAMPLE, environment=False).model_copy(update={"telegram": telegram})


def test_there_is_one_for_each_place_in_the_languages_a_citizen_can_choose_but_easy_swedish() -> None:
    made = posters_of(_settings(), "@exempel_bot", SV)
    assert [(one.bot, one.code, one.place) for one in made] == [
        ("exempel_bot", "reception", "Receptionen"), ("exempel_bot", "bad", "Simhallen"),
    ]  # fmt: skip
    assert [one.language for one in made[0].texts] == ["sv", "fi", "en"]
    assert (made[0].municipality, made[0].email) == ("Exempel kommun", "kontakt@kommun.example")


@pytest.mark.parametrize(("languages", "asked", "spoken"), [
    (("fi", "sv_FI", "sv", "en"), None, ["fi", "sv_FI", "en"]),
    (("sv", "fi"), "en", ["en"]),
    (("sv", "sv_lattlast"), "sv_lattlast", ["sv_lattlast"]),
    (("sv_lattlast",), None, ["sv"]),
])  # fmt: skip
def test_the_languages_of_a_poster(languages: tuple[str, ...], asked: str | None, spoken: list[str]) -> None:
    made = posters_of(_settings(languages), "exempel_bot", SV, asked)
    assert [one.language for one in made[0].texts] == spoken


@pytest.mark.parametrize(
    "bot", ["", "@", "ab", "exempel bot", "1bot_ar_har", "x" * 33, "exempel.bot", "exempel_bot\n1"]
)
def test_what_is_no_bots_name_is_told(bot: str) -> None:
    with pytest.raises(PosterFault, match="kan inte vara en bots namn"):
        posters_of(_settings(), bot, SV)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "service.toml"
    added = (
        '[telegram]\n[[telegram.places]]\ncode = "reception"\nname = "Receptionen"\n'
        '[[telegram.places]]\ncode = "bad"\nname = "Simhallen"\n'
    )
    file.write_text(EXAMPLE.read_text() + added)
    return file


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["poster", *arguments])
    return done.exit_code, done.output


def test_the_command_makes_all_posters_or_the_one_asked_for(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "affischer" / "nya"
    assert _run("-c", str(config), "--bot", "exempel_bot", "--out", str(out))[0] == 0
    assert sorted(one.name for one in out.iterdir()) == ["bad.pdf", "reception.pdf"]
    one = tmp_path / "en"
    code, said = _run("-c", str(config), "--bot", "exempel_bot", "--out", str(one), "--place", "bad", "-l", "sv")
    assert (code, said) == (0, f"{one}/bad.pdf\n")
    assert "Simhallen · p_bad" in words_in((one / "bad.pdf").read_bytes())


def test_what_is_wrong_is_told_in_a_line(config: Path, tmp_path: Path) -> None:
    out = ["--out", str(tmp_path / "out")]
    assert _run("-c", str(config), "--bot", "b", *out) == (1, "b kan inte vara en bots namn i Telegram.\n")
    said = _run("-c", str(config), "--bot", "exempel_bot", "--place", "torget", *out)
    assert said == (1, "torget är ingen av platserna: reception, bad.\n")
    assert "[[telegram.places]]" in _run("-c", str(EXAMPLE), "--bot", "exempel_bot", *out)[1]
    (tmp_path / "out").write_text("i vägen")
    code, text = _run("-c", str(config), "--bot", "exempel_bot", *out)
    assert (code, "går inte att skriva" in text) == (1, True)


def test_without_a_name_telegram_is_asked(config: Path, tmp_path: Path, clock: FrozenClock) -> None:
    written, out = config.read_text(), str(tmp_path / "out")

    async def ask() -> None:
        async with bot_api(clock.now, bot_username="kommunens_bot") as api:
            told = f'token = "{api.token}"\napi_url = "{api.base_url}"\n'
            await asyncio.to_thread(config.write_text, written.replace("\n[telegram]\n", f"\n[telegram]\n{told}"))
            # The command runs a loop of its own, so it gets a thread of its own.
            done = await asyncio.to_thread(_run, "-c", str(config), "--place", "bad", "--out", out)
            assert done == (0, f"{out}/bad.pdf\n")
            api.faults.fail("getMe", code=401)
            code, said = await asyncio.to_thread(_run, "-c", str(config), "--out", out)
            assert code == 1
            assert api.token not in said

    asyncio.run(ask())
    assert "t.me/kommunens_bot" in words_in((tmp_path / "out" / "bad.pdf").read_bytes())


def test_without_a_name_and_a_token_it_is_told_what_to_do(config: Path) -> None:
    code, said = _run("-c", str(config))
    assert (code, "--bot" in said) == (1, True)
