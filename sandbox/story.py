"""The two-minute story: five mails, an answer, a late one, a missing one, and what the week's figures say of them."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from bot.facts import OfficerId
from config.texts import LANGUAGES, Language, Texts
from sandbox.mailboxes import Delivered
from sandbox.world import CONTACT, World, open_world

ZONE = ZoneInfo("Europe/Stockholm")
SCENE_SECONDS = 8.0
"""On a screen: twelve scenes of eight seconds and the work between them make some two minutes."""


def story_week(now: datetime) -> date:
    """Return the Monday of the newest week that can be judged: its Tuesday after, 07:00, has passed."""
    today = now.astimezone(ZONE)
    monday = today.date() - timedelta(days=today.weekday() + 7)
    due = datetime.combine(monday + timedelta(days=8), time(7), ZONE)
    return monday if due <= today else monday - timedelta(days=7)


async def play_story(
    folder: Path, port: int, pause: float | None, *, stay: bool, language: str | None, stop: asyncio.Event
) -> None:
    """Play the story and, unless told otherwise, stay up until stopped.

    `pause` is seconds between scenes; None means as on a screen where there is one, else none.
    """
    console = Console(width=min(Console().width, 100))
    chosen: Language = next((one for one in LANGUAGES if one == language), "sv")
    if pause is None:
        pause = SCENE_SECONDS if console.is_terminal else 0.0
    monday = story_week(datetime.now(UTC))
    async with open_world(folder, port, _at(monday, 9, 12), chosen) as world:
        teller = _Teller(console, Texts(chosen, ZONE), world, pause, stop)
        await teller.play(monday)
        if stay and not stop.is_set():
            world.clock.be_real()
            world.mailboxes.seen = teller.show_arrival
            teller.invite(monday)
            await stop.wait()


class _Teller:
    """Plays scene by scene and prints what each person sees."""

    def __init__(self, console: Console, texts: Texts, world: World, pause: float, stop: asyncio.Event) -> None:
        self._console = console
        self._texts = texts
        self._world = world
        self._pause = pause
        self._stop = stop

    async def play(self, monday: date) -> None:
        t = self._texts.t
        self._title(t("Kommunsvar: en vecka i Exempel kommun, genom riktig e-post"))
        lamp = await self._lamp(monday)
        await self._two_at_once(monday, lamp)
        await self._late_and_missing(monday)
        await self._figures(monday, lamp)

    async def _lamp(self, monday: date) -> Delivered:
        t, boxes = self._texts.t, self._world.mailboxes
        question = _mail(
            "Elsa Exempel <elsa@example.org>", "Trasig gatlykta på Björkvägen",
            "Hej!\n\nGatlyktan utanför Björkvägen 4 har varit släckt i en vecka. När lagas den?\n\nHälsningar\nElsa",
            "lampa-1@example.org",
        )  # fmt: skip
        await self._scene(t("Elsa skriver till kommunen"), question)
        await self._world.send(question)
        await self._received(t("Elsa får en bekräftelse"), await boxes.wait_for("elsa@example.org"))
        notice = await boxes.wait_for("anna@kommun.example", "gatlykta")
        await self._received(t("Anna på Kontaktcenter får veta"), notice)
        await self._world.jump_to(_at(monday, 10, 41))
        answer = _reply(notice, "Anna Exempel <anna@kommun.example>", "svar-1@kommun.example",
                        "Hej Elsa!\n\nTack för att du säger till. Lyktan lagas på torsdag.")  # fmt: skip
        await self._scene(t("Anna svarar, med allt citerat under"), answer)
        after = len(boxes.delivered)
        await self._world.send(answer, _reply_to(notice))
        await self._minute_of_regret()
        arrived = await boxes.wait_for("elsa@example.org", "gatlykta", after)
        await self._received(t("Elsa får svaret, och bara svaret"), arrived)
        return notice

    async def _two_at_once(self, monday: date, notice: Delivered) -> None:
        t, boxes = self._texts.t, self._world.mailboxes
        bos = await boxes.wait_for("bo@kommun.example", "gatlykta")
        await self._world.jump_to(_at(monday, 10, 43))
        late = _reply(bos, "Bo Exempel <bo@kommun.example>", "svar-2@kommun.example", "Hej! Jag skickar en elektriker.")
        await self._scene(t("Bo svarar också"), late)
        after = len(boxes.delivered)
        await self._world.send(late, _reply_to(bos))
        stopped = await boxes.wait_for("bo@kommun.example", after=after)
        await self._received(t("Bo får se Annas svar; hans eget stoppas"), stopped)
        assert notice.mail.subject == bos.mail.subject

    async def _late_and_missing(self, monday: date) -> None:
        t, boxes = self._texts.t, self._world.mailboxes
        await self._world.jump_to(_at(monday + timedelta(days=1), 15, 5))
        school = _mail("Omar Exempel <omar@example.org>", "Plats i förskola",
                       "Hej, när får vi besked om plats i förskolan?", "skola-1@example.org")  # fmt: skip
        await self._world.send(school)
        await self._scene(t("Omar frågar. Han får svar först på torsdag"), school)
        notice = await boxes.wait_for("anna@kommun.example", "förskola")
        await self._desk(monday)
        await self._world.jump_to(_at(monday + timedelta(days=2), 9, 30))
        pool = _mail("Kim Exempel <kim@example.org>", "Simhallens öppettider",
                     "Är simhallen öppen på lördag?", "sim-1@example.org")  # fmt: skip
        await self._world.send(pool)
        receipt = await boxes.wait_for("kim@example.org")
        away = _mail("Kim Exempel <kim@example.org>", "Autosvar: " + receipt.mail.subject,
                     "Jag är på semester och läser mejlen om en vecka.", "auto-1@example.org")  # fmt: skip
        away["Auto-Submitted"] = "auto-replied"
        away["In-Reply-To"] = f"<{receipt.mail.message_id}>"
        await self._world.send(away, _reply_to(receipt))
        await self._scene(t("Kim frågar. Ingen svarar. Ett autosvar öppnar inget nytt"), pool)
        await self._world.jump_to(_at(monday + timedelta(days=3), 13, 20))
        after = len(boxes.delivered)
        await self._world.send(
            _reply(notice, "Anna Exempel <anna@kommun.example>", "svar-3@kommun.example",
                   "Hej Omar! Du får besked den 1 december."),
            _reply_to(notice),
        )  # fmt: skip
        await self._minute_of_regret()
        await boxes.wait_for("omar@example.org", "förskola", after)
        await self._beat()

    async def _desk(self, monday: date) -> None:
        """Show what an officer does beside answering, from the own desk address."""
        t, boxes = self._texts.t, self._world.mailboxes
        await self._world.jump_to(_at(monday + timedelta(days=1), 15, 20))
        office = self._world.service.office()
        address = office.tokens.desk_address(CONTACT, OfficerId("bo"))
        text = "/telefon 45 ja bygglov\n/telefon 20 ja förskola\n/kö"
        lines = _mail("Bo Exempel <bo@kommun.example>", "Skrivbordet", text, "skrivbord-1@kommun.example")
        await self._scene(t("Bo antecknar två samtal och frågar vad som väntar"), lines)
        after = len(boxes.delivered)
        await self._world.send(lines, address)
        told = await boxes.wait_for("bo@kommun.example", after=after)
        await self._received(t("Bo får svar från sitt skrivbord"), told)

    async def _minute_of_regret(self) -> None:
        """Let the time pass in which an officer can still take an answer back."""
        await self._world.jump_to(self._world.clock.now() + self._world.service.office().regret + timedelta(seconds=1))

    async def _figures(self, monday: date, lamp: Delivered) -> None:
        t = self._texts.t
        due = _at(monday + timedelta(days=8), 7, 0)
        await self._world.jump_to(due)
        year, week, _ = monday.isocalendar()
        self._title(t("Tisdag klockan 07.00, veckan därpå: hela veckan kan bedömas"))
        await self._command("report", f"{year}-W{week:02}", "--as-of", due.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"))
        await self._beat()
        self._title(t("Varje siffra kan förklaras på minuten"))
        number = lamp.mail.subject[:10]
        await self._command("explain", "case", number, "--as-of", due.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M"))
        await self._beat()

    def invite(self, monday: date) -> None:
        t = self._texts.t
        here = f"127.0.0.1:{self._world.service.smtp_in.smtp_port}"
        year, week, _ = monday.isocalendar()
        folder = os.path.relpath(self._world.config.parent)
        run = ".venv/bin/python run_bot.py"
        lines = [
            t("Nu är det din tur. Klockan är den riktiga igen."),
            "",
            t(
                "Skicka ett mejl med vilket program som helst till {address}, server {server}:",
                address=CONTACT,
                server=here,
            ),
            f"  swaks --server {here} --from du@example.org --to {CONTACT} \\",
            '        --header "Subject: Simhallen" --body "När öppnar simhallen?"',
            t("Allt som skickas ut visas här. Svara som anna@kommun.example till adressen i Reply-To."),
            "",
            t("Siffror och förklaringar, i ett annat fönster:"),
            f"  {run} report {year}-W{week:02} --config {folder}/service.toml",
            f"  {run} explain case K-… --config {folder}/service.toml",
            t("Brevlådorna ligger som Maildir i {folder}.", folder=f"{folder}/mailboxes"),
            "",
            t("För skarp drift saknas: en e-postserver som lämnar posten hit, en server att skicka genom,"),
            t("era adresser och öppettider i en kopia av config/service.toml, och en egen nyckel."),
            t("Kontrollera med {command}.", command="run_bot.py check --config …"),
            "",
            t("Ctrl-C avslutar."),
        ]
        self._console.rule(f"SMTP {here}")
        # Without a frame, so that the commands can be copied.
        self._console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
        self._console.rule()

    def show_arrival(self, mail: Delivered) -> None:
        heads = [f"To: {mail.to}", f"Subject: {mail.mail.subject}", f"Reply-To: {_reply_to(mail)}"]
        self._console.print(Panel(escape("\n".join(heads) + "\n\n" + mail.mail.text.strip()), border_style="cyan"))

    async def _scene(self, title: str, mail: EmailMessage) -> None:
        text = _shortened(str(mail.get_content()))
        self._show(title, str(mail["From"]), str(mail["Subject"]), text, "yellow")
        await self._beat()

    async def _received(self, title: str, mail: Delivered) -> None:
        self._show(title, f"{mail.mail.from_name} <{mail.mail.from_addr}>", mail.mail.subject, mail.mail.text, "cyan")
        await self._beat()

    def _show(self, title: str, sender: str, subject: str, text: str, colour: str) -> None:
        now = self._texts.moment(self._world.clock.now())
        body = f"{now}\n{sender}\n{subject}\n\n{text.strip()}"
        self._console.print(Panel(escape(body), title=escape(title), title_align="left", border_style=colour))

    def _title(self, text: str) -> None:
        self._console.rule(escape(text))

    async def _command(self, *arguments: str) -> None:
        """Run a command of ours as anybody would, in a process of its own, and print what it prints."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("KOMMUNSVAR_") and k != "DATABASE_URL"}
        command = [sys.executable, "run_bot.py", *arguments, "--config", str(self._world.config)]
        result = await asyncio.to_thread(
            subprocess.run, [*command, "--language", self._texts.language], capture_output=True, text=True, env=clean,
            timeout=60, check=False, cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        self._console.print(f"[bold]$ run_bot.py {escape(' '.join(arguments))}[/bold]")
        self._console.print(escape(result.stdout + result.stderr), highlight=False)

    async def _beat(self) -> None:
        """Wait until the scene has been read, or go on at once where nobody reads."""
        try:
            async with asyncio.timeout(self._pause or 0.001):
                await self._stop.wait()
        except TimeoutError:
            return


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def _mail(sender: str, subject: str, text: str, message_id: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, CONTACT, subject, f"<{message_id}>"
    mail.set_content(text)
    return mail


def _reply(to: Delivered, sender: str, message_id: str, text: str) -> EmailMessage:
    """Return a reply as a mail program writes it: the words on top, the whole notice quoted below."""
    quoted = "\n".join(f"> {line}" for line in to.mail.text.splitlines())
    attribution = f"Den mån 9 nov. kl 09:12 skrev {to.mail.from_name} <{_reply_to(to)}>:"
    mail = _mail(sender, "Re: " + to.mail.subject, f"{text}\n\n{attribution}\n\n{quoted}\n", message_id)
    mail["In-Reply-To"] = f"<{to.mail.message_id}>"
    return mail


def _shortened(text: str) -> str:
    """Return a mail's text with only the first lines of what it quotes."""
    lines = text.splitlines()
    quoted = [at for at, line in enumerate(lines) if line.startswith(">")]
    return "\n".join([*lines[: quoted[4]], "> …"]) if len(quoted) > 5 else text


def _reply_to(mail: Delivered) -> str:
    return str(mail.message.get("Reply-To", "")).strip("<> ")
