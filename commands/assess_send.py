"""Question forms to their owners: as Word or Excel into a folder, or by mail through the outbox."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.assess_book import ARound, looking, round_named, signed, some
from commands.assess_write import write_file
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.office import Office
    from bot.store.ledger import Ledger
    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.evidence import Evidence
    from measurement.assessment.round import Round

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeForm:
    """A form as a file, and whom it goes to; `questions`: how many it has; `remarks`: what did not fit in it."""

    owner: str
    name: str
    media_type: str
    content: bytes
    questions: int
    remarks: tuple[str, ...]


def send(
    name: ARound,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Write the forms into this folder.")] = None,
    mail: Annotated[bool, typer.Option("--mail", help="Mail each form to its owner, who is an address then.")] = False,
    by: Annotated[
        str, typer.Option("--by", envvar="KOMMUNSVAR_BY", help="Whose they are; replies go there if it is an address.")
    ] = "",
    owner: Annotated[str, typer.Option(help="Only to this owner.")] = "",
    questions: Annotated[str, typer.Option(help="Only these questions or areas, as 5.1,5.2,7.")] = "",
    all_: Annotated[bool, typer.Option("--all", help="Also questions that are ready.")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="As Excel; else as Word.")] = False,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Send question forms: one for each owner, with the questions that are not ready."""
    settings = usable(config)
    texts = texts_for(settings, language)
    if (out is None) != mail:
        die(texts.t("Välj --out med en mapp eller --mail."))
    sender = signed(texts, by) if mail else ""
    made, ownerless = run_to_end(_forms(settings, texts, name, owner, questions, every=all_, excel=excel))
    if not made and not ownerless:
        print(texts.t("Alla frågor är klara. Inget att skicka; med --all skickas även klara frågor."))
    for remark in (remark for one in made for remark in one.remarks):
        print(remark)
    lines = _saved(texts, out, made) if out else run_to_end(_mailed(settings, texts, name, made, sender))
    for line in lines:
        print(line)
    if ownerless:
        print(texts.t("Ingen ansvarig finns för {about}, så de gick inte ut. Ge dem till någon: "
                      "run_bot.py assess set {name} FRÅGA owner ROLL", about=some(ownerless), name=name))  # fmt: skip


def _saved(texts: "Texts", out: Path, made: "Sequence[MadeForm]") -> list[str]:
    return [f"{write_file(texts, out / one.name, one.content)}" for one in made]


async def _forms(
    settings: "Settings", texts: "Texts", name: str, owner: str, questions: str, *, every: bool, excel: bool
) -> tuple[list[MadeForm], list[str]]:
    """Return a form for each owner, and the questions that nobody has."""
    from measurement.assessment.book import evidence_of
    from measurement.assessment.round import Field, Progress
    from measurement.assessment.standing import progress_of

    async with looking(settings) as connection:
        round_ = await round_named(connection, texts, name)
        evidence = await evidence_of(connection, round_.id)
    wanted = _asked(texts, round_, questions)
    owned: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for one in wanted:
        if not every and progress_of(round_, one) is Progress.READY:
            continue
        has = round_.value(one, Field.OWNER)
        owned.setdefault(has.casefold(), []).append(one)
        names.setdefault(has.casefold(), has)
    if owner and owner.casefold() not in owned:
        known = ", ".join(names[one] for one in sorted(names) if one) or "–"
        die(texts.t("{owner} har ingen fråga som väntar. De som har det är {known}.", owner=owner, known=known))
    chosen = [owner.casefold()] if owner else sorted(one for one in owned if one)
    made = [_form(texts, round_, names[one], owned[one], evidence, excel=excel) for one in chosen]
    return _with_own_names(made), [] if owner else owned.get("", [])


def _asked(texts: "Texts", round_: "Round", written: str) -> list[str]:
    """Return the ids of the questions named, an area standing for all of its own; of all, if none is named."""
    from measurement.assessment.entering import EntryRefused, named
    from measurement.assessment.round import Field

    found: list[str] = []
    for one in (part.strip() for part in written.split(",")):
        try:
            found += named(round_.framework, one, Field.OWNER) if one else []
        except EntryRefused as refused:
            from commands.assess_words import refusal

            die(refusal(texts, refused, round_.framework))
    return found or [one.id for one in round_.framework.questions()]


def _form(
    texts: "Texts", round_: "Round", owner: str, questions: Sequence[str], evidence: "Sequence[Evidence]", *,
    excel: bool,
) -> MadeForm:  # fmt: skip
    from measurement.assessment.form import form_for
    from measurement.assessment.form_excel import form_xlsx, too_long
    from measurement.assessment.form_word import form_docx
    from measurement.assessment.form_words import remark_words

    form = form_for(round_, questions, owner, evidence)
    remarks = (*form.remarks, *too_long(form)) if excel else form.remarks
    return MadeForm(
        owner=owner, name=f"{round_.id}-{_plain(owner)}{'.xlsx' if excel else '.docx'}",
        media_type=_EXCEL if excel else _WORD, content=form_xlsx(form, texts) if excel else form_docx(form, texts),
        questions=len(form.questions), remarks=tuple(remark_words(one, texts) for one in remarks),
    )  # fmt: skip


def _plain(owner: str) -> str:
    """Return an owner as a file can be called: letters a to z, digits and hyphens."""
    ascii_ = unicodedata.normalize("NFKD", owner.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", ascii_))[:60] or "formular"


def _with_own_names(made: Sequence[MadeForm]) -> list[MadeForm]:
    """Return forms of which no two have the same file name."""
    from dataclasses import replace

    taken: set[str] = set()
    found = []
    for one in made:
        name, number = one.name, 2
        while name in taken:
            stem, dot, ending = one.name.rpartition(".")
            name, number = f"{stem}-{number}{dot}{ending}", number + 1
        taken.add(name)
        found.append(replace(one, name=name))
    return found


async def _mailed(settings: "Settings", texts: "Texts", name: str, made: Sequence[MadeForm], sender: str) -> list[str]:
    """Queue the forms of owners who are addresses, all in one transaction; say who else waits for one."""
    from bot.app import office_now, open_database
    from bot.store.ledger import open_ledger
    from bot.store.reading import Wanted

    reachable = [one for one in made if _ADDRESS.fullmatch(one.owner)]
    async with open_database(settings) as database:
        office = (await office_now(database, settings))()
        async with database.writing() as connection:
            ledger = await open_ledger(connection, Wanted(), datetime.now(UTC))
            encloses = await _kept(connection, reachable, ledger.now)
            for one in reachable:
                _queue(ledger, office, texts, name, one, encloses[one.name], sender)
            await ledger.write(connection)
    lines = [texts.n("{owner}: {count} fråga skickas.", "{owner}: {count} frågor skickas.", one.questions,
                     owner=one.owner) for one in reachable]  # fmt: skip
    return lines + [
        texts.t("{owner} har ingen adress. Skriv formuläret till en fil med --out.", owner=one.owner)
        for one in made if one not in reachable
    ]  # fmt: skip


async def _kept(connection: "AsyncConnection", made: Sequence[MadeForm], now: datetime) -> Mapping[str, int]:
    from bot.port import Attachment
    from bot.store import enclosures

    files = [Attachment(name=one.name, media_type=one.media_type, content=one.content) for one in made]
    return dict(zip((one.name for one in made), await enclosures.keep(connection, files, now), strict=True))


def _queue(
    ledger: "Ledger", office: "Office", texts: "Texts", round_: str, form: MadeForm, enclosed: int, sender: str
) -> None:
    from bot.parts import Paragraph
    from bot.set_out import as_page
    from bot.store.rows import MailKind, OutgoingMail

    unit, t = office.units[0], texts.t
    paragraphs = [
        t("Hej!"),
        texts.n("Här är {count} fråga som du svarar för. Fyll i formuläret som ligger med, spara det och svara på det "
                "här mejlet med filen.",
                "Här är {count} frågor som du svarar för. Fyll i formuläret som ligger med, spara det och svara på "
                "det här mejlet med filen.", form.questions),
        t("Du behöver inte svara på allt på en gång. Skicka formuläret igen när du har skrivit mer."),
    ]  # fmt: skip
    if not _ADDRESS.fullmatch(sender):
        paragraphs.append(t("Med vänlig hälsning, {sender}", sender=sender))
    ledger.queue(
        OutgoingMail(
            id=ledger.next_outgoing(), kind=MailKind.FORM, case=None, to_addr=form.owner, from_addr=unit.address,
            from_name=office.name, reply_to=sender if _ADDRESS.fullmatch(sender) else unit.address,
            subject=t("Frågor att svara på: {round}", round=round_), text="\n\n".join(paragraphs) + "\n",
            html=as_page([Paragraph(one) for one in paragraphs], texts.language), encloses=(enclosed,),
            message_id=ledger.draw_mail_id(unit.address.rpartition("@")[2]), created_at=ledger.now, due_at=ledger.now,
        )
    )  # fmt: skip
