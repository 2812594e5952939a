"""What is done on the page beside the phones: mail, the clock, faults."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta

import aiosmtplib

from sandbox.page.stage import Done, Stage

Form = Mapping[str, str]
_FURTHEST = timedelta(days=60)
_TUESDAY = 1


async def mail(stage: Stage, form: Form) -> Done:
    """Write a new mail to the municipality."""
    t = stage.texts(form["lang"]).t
    text, subject = form.get("text", "").strip(), " ".join(form.get("subject", "").split())
    if not text and not subject:
        return Done(said=t("Skriv något först."), went=False)
    if form["sender"] not in stage.mailboxes():
        raise LookupError("nobody has this mailbox")
    try:
        await stage.send_mail(form["sender"], form.get("to", "").strip(), subject, text)
    except (aiosmtplib.SMTPException, ValueError):
        return Done(said=t("Kommunens server tog inte emot mejlet. Kontrollera adressen."), went=False)
    return Done(said=t("Mejlet är skickat."), looks={"write": ""})


async def mail_reply(stage: Stage, form: Form) -> Done:
    """Answer a mail."""
    t = stage.texts(form["lang"]).t
    text = form.get("text", "").strip()
    if not text:
        return Done(said=t("Skriv något först."), went=False)
    try:
        await stage.reply_to_mail(stage.letter(int(form["mail"])), text)
    except aiosmtplib.SMTPException:
        return Done(said=t("Kommunens server tog inte emot mejlet. Kontrollera adressen."), went=False)
    return Done(said=t("Svaret är skickat."), looks={"mail": ""})


async def hour(stage: Stage, form: Form) -> Done:
    """Set the clock an hour forward."""
    return await _jump(stage, form, stage.now + timedelta(hours=1))


async def morning(stage: Stage, form: Form) -> Done:
    """Set the clock to the next 08:00."""
    return await _jump(stage, form, next_at(stage, time(8)))


async def tuesday(stage: Stage, form: Form) -> Done:
    """Set the clock to the next Tuesday 07:00, when the week before can normally be judged."""
    return await _jump(stage, form, next_at(stage, time(7), weekday=_TUESDAY))


async def set_clock(stage: Stage, form: Form) -> Done:
    """Set the clock to a local time."""
    t = stage.texts(form["lang"]).t
    try:
        local = datetime.fromisoformat(form.get("at", ""))
    except ValueError:
        return Done(said=t("Skriv dag och tid, som {example}.", example="2026-11-24T07:00"), went=False)
    if local.tzinfo is None:
        local = local.replace(tzinfo=stage.texts("sv").zone)
    return await _jump(stage, form, local.astimezone(UTC))


def next_at(stage: Stage, clock: time, *, weekday: int | None = None) -> datetime:
    """Return the next instant (UTC) at this local time, on this weekday (Monday 0) if given."""
    zone = stage.texts("sv").zone
    now = stage.now.astimezone(zone)
    for days in range(9):
        day = now.date() + timedelta(days=days)
        found = datetime.combine(day, clock, zone)
        if found > now and weekday in (None, day.weekday()):
            return found.astimezone(UTC)
    raise AssertionError("every weekday comes within eight days")


async def _jump(stage: Stage, form: Form, instant: datetime) -> Done:
    texts = stage.texts(form["lang"])
    if instant <= stage.now:
        return Done(said=texts.t("Klockan går bara framåt."), went=False)
    if instant - stage.now > _FURTHEST:
        return Done(said=texts.t("Så långt fram går det inte att hoppa på en gång: högst 60 dagar."), went=False)
    try:
        await stage.world.jump_to(instant)
    except TimeoutError:
        busy = texts.t("Något är fortfarande på väg. Vänta lite, eller sluta med felen, och försök igen.")
        return Done(said=busy, went=False)
    stage.live.bump()
    return Done(said=texts.t("Klockan är {moment}.", moment=texts.moment(stage.now)))


async def fault(stage: Stage, form: Form) -> Done:
    """Let something go wrong."""
    t = stage.texts(form["lang"]).t
    _FAULTS[form["fault"]](stage)
    stage.live.bump()
    if form["fault"] == "clear":
        return Done(said=t("Inga fler fel."))
    return Done(said=t("Felet är på plats. Gör nu något som får roboten att skriva."))


_FAULTS: Mapping[str, Callable[[Stage], None]] = {
    "too_many": lambda stage: stage.world.api.faults.fail("sendMessage", code=429, retry_after=5),
    "gateway": lambda stage: stage.world.api.faults.fail("sendMessage", code=502),
    "lost": lambda stage: stage.world.api.faults.lose_reply("sendMessage"),
    "cut": lambda stage: stage.world.api.faults.drop_request("sendMessage"),
    "slow": lambda stage: stage.world.api.faults.slow("sendMessage", 10),
    "twice": lambda stage: stage.world.api.faults.duplicate_next_update(),
    "dark": lambda stage: stage.world.api.faults.dark_for(timedelta(hours=1)),
    "clear": lambda stage: stage.world.api.faults.clear(),
}
