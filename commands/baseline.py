"""Measure-only mode: what a mailbox tells of the past, before anything is changed."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from commands.shell import (
    DEFAULT_CONFIG,
    AsJson,
    Config,
    Language,
    calendar_now,
    die,
    or_die,
    progress,
    readable,
    run_to_end,
    texts_for,
)  # fmt: skip


def baseline(
    config: Config = DEFAULT_CONFIG,
    mailbox: Annotated[str | None, typer.Option(help="The mailbox's id; else the only one.")] = None,
    months: Annotated[int, typer.Option(min=1, max=60, help="How far back.")] = 12,
    folders: Annotated[list[str] | None, typer.Option("--folder", help="Where else mail lies, as INBOX/*.")] = None,
    sent: Annotated[list[str] | None, typer.Option("--sent", help="Folders of sent mail; else found.")] = None,
    state: Annotated[Path, typer.Option(help="Where what was read is kept.")] = Path("var"),
    as_json: AsJson = False,
    language: Language = None,
) -> None:
    """Print how a mailbox was answered so far, read-only: nothing is sent, flagged or moved. Can be broken off."""
    settings = readable(config)
    from bot.administration import known_entries
    from bot.baseline import Places, fetch, measure, opened
    from bot.channels.imap_session import open_session
    from bot.transport import mailbox_of
    from config.layers import layers_of
    from measurement.baseline import MailboxData, period_start
    from measurement.baseline import baseline as figures_of
    from measurement.show_baseline import as_json as to_json
    from measurement.show_baseline import as_text

    known = {one.id: one for one in settings.mail.mailboxes}
    chosen = mailbox or (next(iter(known)) if len(known) == 1 else "")
    if chosen not in known:
        die(f"name one of the mailboxes: {', '.join(known) or 'none is configured'}")

    def work() -> str:
        known_now = layers_of(settings, run_to_end(known_entries(settings)))
        calendar, as_of, box = run_to_end(calendar_now(settings)), datetime.now(UTC), mailbox_of(known[chosen])
        start = period_start(as_of, months, calendar.zone)
        places = Places(
            folder=box.folder, more=folders or (), sent=sent or ([box.sent_folder] if box.sent_folder else [])
        )
        own = {
            box.address,
            box.username,
            *(one.address for one in known_now.units.values()),
            *(one.email for one in known_now.officers.values()),
            *(one.sender for one in settings.mail.web_forms),
        }
        with opened(state / f"baseline-{chosen}.db") as file, progress("mails") as tell:
            ended = fetch(partial(open_session, box), file, since=start.date(), places=places, tell=tell)
            found = measure(file, own=own, domains=settings.mail.own_domains, start=start, as_of=as_of)
        data = MailboxData(
            cases=found.cases, received=found.received, left_out=found.left_out, sent=found.sent, unread=ended.unread
        )
        figures = figures_of(data, calendar, settings.answers.rule, start, as_of)
        if as_json:
            return json.dumps(to_json(figures), ensure_ascii=False, indent=2)
        return as_text(figures, texts_for(settings, language))

    print(or_die(work))
