"""Forms that came back: read from files, folders, saved mails or the mails we have, and merged into the round."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.assess_book import ARound, looking, round_named, writing
from commands.shell import DEFAULT_CONFIG, Config, Language, die, or_die, run_to_end, texts_for, usable

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from config.settings import Settings
    from config.texts import Texts
    from measurement.assessment.form_inbox import Judge, ReceivedForm, Sender, StoredMail
    from measurement.assessment.round import Round

_MAIL = ".eml"
_FORMS = (".docx", ".xlsx", ".docm", ".xlsm")
_OTHERS = (".doc", ".xls", ".odt", ".ods", ".rtf", ".pdf")
"""What somebody may have saved a form as: it is named with what to do, not passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A file that may be a form.

    Attributes:
        label: what it is called when it is told of.
        by: who sent it; empty: whoever the form went to.
        at: when it came, or was last changed (UTC).
    """

    label: str
    name: str
    content: bytes
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of the files: lines to print, how many were refused."""

    lines: tuple[str, ...]
    refused: int


def read(
    name: ARound,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE|FOLDER]...", help="Forms (.docx, .xlsx), saved mails (.eml), or folders."),
    ] = None,
    inbox: Annotated[bool, typer.Option("--inbox", help="Forms attached to mails that came to us.")] = False,
    by: Annotated[str, typer.Option("--by", help="Who answered, where the file does not tell.")] = "",
    from_: Annotated[
        list[str] | None,
        typer.Option("--from", help="All forms mailed from this address, when its owner has said they are genuine."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken in.")] = False,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Read forms that came back, field by field: what cannot be read is told, the rest is kept.

    Where two differ, both are kept and shown.
    """
    settings = usable(config)
    texts = texts_for(settings, language)
    if inbox == bool(paths):
        die(texts.t("Skriv vilka filer eller mappar som ska läsas, eller --inbox."))

    async def work() -> _Read:
        if inbox:
            came, unknown = await _from_inbox(settings, texts, name, from_ or ())
        else:
            came, unknown = or_die(lambda: _from_paths(texts, paths or (), by.strip())), []
        opened: AbstractAsyncContextManager[AsyncConnection] = writing(settings)
        async with opened as connection:
            done = await _merged(connection, texts, name, came)
            if dry_run:
                await connection.rollback()
        return _Read((*done.lines, *unknown), done.refused)

    done = run_to_end(work())
    for line in done.lines or (texts.t("Det fanns inget formulär att läsa."),):
        print(line)
    if dry_run:
        print(texts.t("Inget är sparat: det var bara ett prov."))
    if done.refused:
        die(texts.n("{count} fil lästes inte.", "{count} filer lästes inte.", done.refused))


def _from_paths(texts: "Texts", paths: Iterable[Path], by: str) -> list[Came]:
    found: list[Came] = []
    for path in paths:
        if not path.exists():
            die(texts.t("Det finns ingen fil eller mapp {path}.", path=path))
        found += [one for file in _files(path) for one in _of_file(texts, file, by)]
    return found


def _files(path: Path) -> list[Path]:
    return sorted(one for one in path.iterdir() if _is_wanted(one)) if path.is_dir() else [path]


def _is_wanted(path: Path) -> bool:
    """Tell whether a file of a folder may be a form: not what Word keeps beside a document that is open."""
    return (
        path.is_file()
        and path.suffix.casefold() in (*_FORMS, *_OTHERS, _MAIL)
        and not path.name.startswith(("~$", "."))
    )


def _of_file(texts: "Texts", path: Path, by: str) -> Iterator[Came]:
    content, at = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.suffix.casefold() != _MAIL:
        yield Came(label=path.name, name=path.name, content=content, by=by, at=at)
        return
    from measurement.assessment.form_mail import forms_in_mail

    attached = forms_in_mail(content)
    if not attached:
        die(texts.t("{file}: mejlet har inget formulär med sig. Inget är sparat.", file=path.name))
    for one in attached:
        yield Came(label=f"{path.name}, {one.name}", name=one.name, content=one.content, by=by or one.sender, at=at)


async def _from_inbox(
    settings: "Settings", texts: "Texts", name: str, also: Sequence[str]
) -> tuple[list[Came], list[str]]:
    """Return forms of known senders that are vouched for, and a line for each other one, which is left alone."""
    from measurement.assessment.book import rounds
    from measurement.assessment.form_inbox import forms_received

    async with looking(settings) as connection:
        round_ = await round_named(connection, texts, name)
        opened = next(one.opened_at for one in await rounds(connection) if one.id == round_.id)
        received = [one async for one in forms_received(connection, round_.id, opened, _judge(settings))]
    known, asked = await _known_senders(settings, round_), {one.strip().casefold() for one in also}
    came, left = list[Came](), list[str]()
    for one in received:
        sender = one.sender.casefold()
        if sender in asked or (sender in known and one.authentic):
            came.append(Came(label=f"{one.sender}, {one.name}", name=one.name, content=one.content, by=one.sender,
                             at=one.arrived_at))  # fmt: skip
        else:
            left.append(_left_alone(texts, one, known=sender in known))
    return came, left


def _judge(settings: "Settings") -> "Judge":
    """Return what judges the sender of a stored mail as the intake does: by the host, or the tenant, that we trust."""
    from bot.channels.mail_read import read_mail
    from measurement.assessment.form_inbox import Sender

    tenant = {one.id for one in settings.mail.mailboxes if one.own_tenant}

    def judged(mail: "StoredMail") -> "Sender":
        read = read_mail(
            mail.content, trusted_host=settings.mail.trusted_host, tenant=mail.mailbox in tenant,
            envelope_sender=None if mail.mailbox else mail.envelope, whole_size=mail.size,
        )  # fmt: skip
        return Sender(address=read.from_addr.lower(), authentic=read.authentic == "pass")

    return judged


def _left_alone(texts: "Texts", form: "ReceivedForm", *, known: bool) -> str:
    """Return why a form that came by mail was not read, and what to do about it."""
    t, when = texts.t, texts.moment(form.arrived_at)
    if form.authentic:
        return t("{file} från {sender} lästes inte: adressen är varken en ansvarigs eller en handläggares. "
                 "Läs det ändå med --from {sender}.", file=form.name, sender=form.sender)  # fmt: skip
    if known:
        return t("{file} från {sender}, {when}, lästes inte: e-postsystemet kunde inte bekräfta att mejlet kom från "
                 "den adressen. Ring och fråga, på ett nummer som ni hade förut. Är formuläret äkta, läs det med "
                 "--from {sender}.", file=form.name, sender=form.sender, when=when)  # fmt: skip
    return t("{file} från {sender}, {when}, lästes inte: adressen är varken en ansvarigs eller en handläggares, och "
             "e-postsystemet kunde inte bekräfta att mejlet kom från den. Ring och fråga, på ett nummer som ni hade "
             "förut. Är formuläret äkta, läs det med --from {sender}.", file=form.name, sender=form.sender,
             when=when)  # fmt: skip


async def _known_senders(settings: "Settings", round_: "Round") -> set[str]:
    """Return whose forms are read without asking: owners of questions, and staff."""
    from bot.administration import known_entries
    from config.layers import layers_of
    from measurement.assessment.round import Field

    staff = layers_of(settings, await known_entries(settings)).officers.values()
    owners = (round_.value(one.id, Field.OWNER) for one in round_.framework.questions())
    return {one.email.casefold() for one in staff} | {one.casefold() for one in owners if "@" in one}


async def _merged(connection: "AsyncConnection", texts: "Texts", name: str, came: Sequence[Came]) -> _Read:
    """Take forms in one after the other, so that each sees what those before it brought."""
    from measurement.assessment.form_fault import FormFault
    from measurement.assessment.form_words import fault_words

    round_ = await round_named(connection, texts, name)
    lines, refused = list[str](), 0
    for one in sorted(came, key=lambda each: each.at):
        try:
            lines += await _taken_in(connection, texts, round_.id, one)
        except FormFault as fault:
            refused += 1
            lines.append(texts.t("{file}: {why}", file=one.label, why=fault_words(fault, texts)))
    return _Read(tuple(lines), refused)


async def _taken_in(connection: "AsyncConnection", texts: "Texts", id_: str, one: Came) -> list[str]:
    """Take one form in, and return what is told of it.

    Raises:
        FormFault: it is none, or not of this round.
    """
    from measurement.assessment.book import enter, entries_of, read_round
    from measurement.assessment.form_entries import entries_from
    from measurement.assessment.form_read import read_form
    from measurement.assessment.form_words import remark_words
    from measurement.assessment.round import Step

    returned, round_ = read_form(one.content, one.name), await read_round(connection, id_)
    by = one.by or returned.owner
    if not by:
        die(texts.t("{file}: det står inte vem som har svarat. Inget är sparat. Läs in det med --by.", file=one.label))
    entries, remarks = entries_from(returned, round_, by, one.at, await entries_of(connection, id_))
    count = await enter(connection, id_, entries)
    lines = [texts.n("{file}: {count} nytt svar från {by}.", "{file}: {count} nya svar från {by}.", count,
                     file=one.label, by=by)]  # fmt: skip
    lines += [f"  {remark_words(remark, texts)}" for remark in remarks]
    if count and round_.step is not Step.PREPARATION:
        lines.append("  " + texts.t("Förberedelsen är över: granskarna kan ha läst det som stod förut."))
    return lines
