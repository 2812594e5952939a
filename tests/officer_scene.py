"""A town in which Elsa waits for an answer, and what she and the officer get when the officer replies.

Everything is judged by bytes: those of the notice that went out, of the reply built from them, and those that left.
`ask` and `send` are all that drives the service.
"""

import asyncio
import email
import email.policy
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

from bot.facts import FactKind
from bot.notices import LINE_MARK
from bot.office import Office
from bot.store.database import Database, DatabaseUrl
from bot.store.migrate import migrate
from bot.tokens import has_secret
from tests.conftest import MONDAY, FrozenClock
from tests.example import make_mail
from tests.officer_mail import OWN_ID, Draft, File, Notice, mail_of, read_notice
from tests.town import Town, as_bytes

ANNA, ELSA, LARS = "anna@kommun.example", "elsa@example.org", "lars@example.net"
FIRST, SECOND = "Lyktan vid lekplatsen är släckt.", "Nu är även lyktan vid skolporten släckt. När lagas de?"
LARS_WORDS, NOTE = "Grannens häck skymmer sikten vid korsningen.", "Montören är sjuk, säg inget om det."
SAID = (
    "Hej Elsa!",
    "Lamporna byts på torsdag, så det blir ljust igen före helgen. Vi har också beställt en ny stolpe till "
    "lekplatsen, och den kommer i december.",
    "Montören kommer hit:\nFrån: Storgatan 3\nTill: Hamnen",
    "Med vänlig hälsning\nAnna",
)
SIGNATURE = ("Anna Exempel", "Kontaktcenter, Exempel kommun", "Telefon 0123-45 67 00")
HEADERS = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "reply-to",
    "x-kommunsvar-installation", "mime-version", "content-type", "content-transfer-encoding",
}  # fmt: skip
HOUSE = (
    LINE_MARK, "Svara senast", "svara senast", "Ärende:", LARS_WORDS, LARS, NOTE, FIRST, SECOND, ANNA, OWN_ID[1:-1],
    "klient.kommun", "internt system", "10.0.0.7", "Enhet 7",
)  # fmt: skip
"""What only the house may read, beside the notice's own lines: others' words, and traces of the officer's mail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A town in which Elsa waits for an answer: its database, the hour, and the notice that Anna got."""

    database: Path
    office: Office
    instant: datetime
    notice: Notice


@dataclass(frozen=True, slots=True)
class Got:
    """What left after the officer's reply: to the citizen, and to the officer."""

    citizen: list[bytes]
    officer: list[bytes]


@asynccontextmanager
async def a_town(file: Path, office: Office, instant: datetime | None = None) -> AsyncIterator[Town]:
    database, is_new = Database(DatabaseUrl.parse(f"sqlite:///{file}")), instant is None
    try:
        if is_new:
            await migrate(database)
        await database.take_ownership()
        yield Town(database, FrozenClock(instant or MONDAY), office)
    finally:
        await database.close()


async def ask(folder: Path, office: Office) -> Scene:
    """Let Elsa and Lars ask, a colleague note something in Elsa's case, and Elsa write again."""
    async with a_town(folder / "asked.db", office) as town:
        await town.receive(make_mail(FIRST, message_id="elsa-1@example.org"))
        notice = read_notice(as_bytes(town.relay.to("bo@kommun.example")[-1], office))
        note = make_mail(f"/anteckning {NOTE}", sender="bo@kommun.example", to=notice.reply_to,
                         subject=f"SV: {notice.subject}", message_id="anteckning@kommun.example")  # fmt: skip
        await town.receive(note, to=notice.reply_to, sender="bo@kommun.example")
        await town.receive(make_mail(LARS_WORDS, sender=f"Lars <{LARS}>", subject="Häck", message_id="l@example.net"),
                           sender=LARS)  # fmt: skip
        town.clock.forward(seconds=61)
        to = town.relay.to(ELSA)[-1].reply_to
        await town.receive(make_mail(SECOND, to=to, message_id="elsa-2@example.org", subject="Re: Gatlykta"), to=to)
        assert FactKind.NOTED in {fact.kind for fact in await town.facts()}
        notices = [read_notice(as_bytes(mail, office)) for mail in town.relay.to(ANNA)]
        latest = next(notice for notice in reversed(notices) if SECOND in notice.text)
        return Scene(database=folder / "asked.db", office=office, instant=town.clock.now(), notice=latest)


async def send(town: Town, notice: Notice, reply: bytes) -> Got:
    """Hand in the officer's reply and let the time for regret pass; return what left for the citizen and for Anna."""
    before = {address: len(town.relay.to(address)) for address in (ELSA, ANNA)}
    await town.receive(reply, to=notice.reply_to, sender=ANNA)
    town.clock.forward(seconds=61)
    await town.deliver()
    citizen, officer = (
        [as_bytes(mail, town.office) for mail in town.relay.to(address)[before[address] :]] for address in (ELSA, ANNA)
    )
    return Got(citizen, officer)


def got_after(scene: Scene, folder: Path, *replies: Callable[[Notice], bytes]) -> list[Got]:
    """Send the replies one after the other, the first to Elsa's notice, the others to Anna's latest mail."""
    file = folder / f"{len(list(folder.iterdir()))}.db"
    shutil.copy(scene.database, file)

    async def play() -> list[Got]:
        found, notice = list[Got](), scene.notice
        async with a_town(file, scene.office, scene.instant) as town:
            for reply in replies:
                found.append(await send(town, notice, reply(notice)))
                notice = read_notice(found[-1].officer[-1]) if found[-1].officer else notice
        return found

    return asyncio.run(play())


def got_from(
    scene: Scene, folder: Path, draft: Draft, *, coding: str = "quoted-printable", only: str = "", narrow: int = 0
) -> Got:
    """Send one draft as Anna's reply to Elsa's notice, in this coding."""
    mail = mail_of(draft, scene.notice, sender=ANNA, coding=coding, only=only, narrow=narrow)
    return got_after(scene, folder, lambda _: mail)[0]


def reply(draft: Draft, notice: Notice) -> bytes:
    """Return the draft as Anna's reply."""
    return mail_of(draft, notice, sender=ANNA)


def parts_of(raw: bytes) -> tuple[EmailMessage, str, list[File]]:
    """Return a mail, its text, and its files."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    assert body is not None
    files = [
        File(name=one.get_filename() or "", kind=one.get_content_type(), content=one.get_payload(decode=True) or b"")  # type: ignore[arg-type]
        for one in mail.iter_attachments()
    ]
    return mail, body.get_content().replace("\r\n", "\n"), files


def leaks(raw: bytes, notice: Notice, expected: str) -> list[str]:
    """Return what of the house stands in a mail: in its bytes, headers, text or files, coded or broken over lines."""
    mail, text, files = parts_of(raw)
    found = [name for name in mail if name.lower() not in HEADERS]
    found += [part.get_content_type() for part in mail.walk() if part.get_content_type() == "text/html"]
    headers = "\n".join(str(value) for value in mail.values())
    seen = [raw.decode("latin-1"), headers, text, *(f"{one.name}\n{one.content.decode('latin-1')}" for one in files)]
    lines = {line.strip() for line in notice.text.split("\n") if len(line.strip()) > 7} - set(SIGNATURE)
    for said in seen:
        for version in (said, unquote(said), re.sub(r"[\s>]+", "", unquote(said))):
            found += ["a secret"] * has_secret(version)
            found += [word for word in (*HOUSE, notice.subject, *lines) if word in version and word not in expected]
    return found


def answer_of(said: tuple[str, ...]) -> str:
    return "\n\n".join(said) + "\n\n" + "\n".join(SIGNATURE)


def assert_only(got: Got, notice: Notice, said: tuple[str, ...] = SAID, files: tuple[File, ...] = ()) -> None:
    """Check that the citizen got one mail: the words, our signature, the files, in her own thread."""
    assert len(got.citizen) == 1, "not sent"
    mail, text, along = parts_of(got.citizen[0])
    assert text.replace("\xa0", " ").split() == answer_of(said).split()
    assert [(one.name, one.content) for one in along] == [(one.name, one.content) for one in files]
    assert leaks(got.citizen[0], notice, answer_of(said)) == []
    assert re.fullmatch(r"Re: Gatlykta \[K-\w{6}-\w \w{5}\]", mail["Subject"])
    assert set(re.findall(r"<([^>]+)>", f"{mail['In-Reply-To']} {mail['References']}")) == {"elsa-2@example.org"}


def assert_told(got: Got) -> None:
    """Check that the citizen got nothing, and that the officer was told so."""
    assert got.citizen == []
    assert len(got.officer) == 1
    assert "Inget har skickats" in parts_of(got.officer[0])[1]
