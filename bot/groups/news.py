"""What is new in a case since its topic was last written to, as posts: citizens' words and files, what staff did. Pure.

Several things that are new at once are one post, so that a group that is behind catches up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import FileKind
from bot.chat_text import LIMIT, Html, lines, paragraphs, plain, quote, units
from bot.desk.case_words import moment_words
from bot.desk.fact_words import fact_words
from bot.facts import Fact, FactKind, MessageId
from bot.groups.card import BEGINNING, SeenCase, beginning_of, clean, less, level_of, level_of_case
from bot.office import Office, Shown
from bot.port import FileState
from bot.store.group_reading import GroupFile, GroupMessage
from bot.store.journal import QueuedMail
from bot.store.rows import Direction, MailKind, OutboxState
from config.texts import mark

LONGEST = 2_500
"""Signs of one message that are shown; the rest is read in private or by e-mail."""
ALBUM_GROWS = timedelta(minutes=2)
"""So long after an album came it is looked at again by itself; pictures are seen up to 11 s apart."""
ALBUM_KNOWN = timedelta(hours=24)
"""So long it is remembered which pictures of an album are shown."""

ANNOUNCED = -1
"""Among the parts of a message that are done: what there is to say of its files that are on their way."""

Unsettled = Mapping[MessageId, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One post: words, or a file with words under it. When it is sent, `upto` and `unsettled` are so."""

    html: Html
    file: GroupFile | None = None
    quiet: bool = False
    upto: int
    unsettled: Unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is to be shown, in order, and what is so when all is. `again`: more may come by itself, so look again."""

    pieces: tuple[Piece, ...] = ()
    upto: int
    unsettled: Unsettled
    again: bool = False


_NOTHING = Html()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One message, answer or note: its words (none: nothing is said), the files to show, and what is done of them.

    `kept`: it is remembered, as it may have more. `again`: it is looked at by itself for that.
    """

    id: MessageId
    words: Html = _NOTHING
    files: tuple[GroupFile, ...] = ()
    heading: Html = _NOTHING
    done: tuple[int, ...] = ()
    kept: bool = False
    again: bool = False
    quiet: bool = False


def news_of(
    office: Office,
    seen: SeenCase,
    messages: Sequence[GroupMessage],
    mails: Sequence[QueuedMail],
    *,
    upto: int,
    unsettled: Unsettled,
    scans: bool,
    now: datetime,
) -> News:
    """Return what is new in a case.

    Args:
        office: the municipality.
        seen: the case.
        messages: those behind `upto`, and the unsettled ones, in order.
        mails: what was ever queued to leave in the case.
        upto: the last message that is shown.
        unsettled: messages that are shown but may have more (`bot.groups.placed.Placed`).
        scans: files are scanned, so that none is shown before it has passed.
        now: UTC.
    """
    teller = _Teller(office, seen, mails, scans=scans, now=now)
    told = [teller.tell(one, new=one.id > upto, done=unsettled.get(one.id, ())) for one in messages]
    last = max([upto, *(one.id for one in told)])
    pieces = [*_words(told, upto, last), *_files(told, last)]
    shown = {(one.id, file.part) for one in told for file in one.files}
    return News(
        pieces=tuple(pieces), upto=last, unsettled=_memory(told, last, shown), again=any(one.again for one in told)
    )


def unshown_words(office: Office, file: str) -> str:
    """Return what is said in place of a message, or of a file by name, that the service does not take."""
    t = office.texts.t
    if file:
        return t("Filen {name} går inte att visa här.", name=clean(office, file))
    return t("Ett meddelande går inte att visa här. Läs det under Mer eller via e-post.")


def _words(told: Sequence[_Told], upto: int, last: int) -> Iterator[Piece]:
    """Give the words of all, as few posts as they fit in."""
    runs: list[list[_Told]] = []
    for one in told:
        if not one.words:
            continue
        size = units(one.words.text) + 2
        if not runs or sum(units(other.words.text) + 2 for other in runs[-1]) + size > LIMIT:
            runs.append([])
        runs[-1].append(one)
    for place, run in enumerate(runs):
        reached = last if place == len(runs) - 1 else max(upto, run[-1].id)
        yield Piece(
            html=paragraphs(*(one.words for one in run)), quiet=all(one.quiet for one in run), upto=reached,
            unsettled=_memory(told, reached, set()),
        )  # fmt: skip


def _files(told: Iterable[_Told], last: int) -> Iterator[Piece]:
    known, shown = list(told), set[tuple[MessageId, int]]()
    for one in known:
        for file in one.files:
            shown.add((one.id, file.part))
            yield Piece(html=one.heading, file=file, upto=last, unsettled=_memory(known, last, shown))


def _memory(told: Iterable[_Told], upto: int, shown: set[tuple[MessageId, int]]) -> Unsettled:
    """Return what is still to be remembered of the messages up to one, when these parts of them are shown."""
    memory: dict[MessageId, tuple[int, ...]] = {}
    for one in told:
        parts = [file.part for file in one.files]
        left = [part for part in parts if (one.id, part) not in shown]
        if one.id <= upto and (one.kept or left):
            memory[one.id] = tuple(sorted({*one.done, *(part for part in parts if part not in left)}))
    return memory


_FILE_WORDS = {
    FileState.PASSED: mark("Filer som går att öppna via e-post: {names}"),
    FileState.FETCHING: mark("Hämtas, visas strax: {names}"),
    FileState.HELD: mark("Väntar på viruskontroll: {names}"),
    FileState.INFECTED: mark("Visas inte, innehåller skadlig kod: {names}"),
    FileState.LEFT_OUT: mark("Visas inte, för stora, för många eller gick inte att kontrollera: {names}"),
    FileState.MISSING: mark("Gick inte att hämta: {names}"),
}
_PENDING = frozenset({FileState.FETCHING, FileState.HELD})

_SENT = {
    MailKind.ANSWER: mark("Skickat till den som frågade {when} av {name}."),
    MailKind.HOLDING: mark("Delbesked skickat till den som frågade {when} av {name}."),
    MailKind.OUTCOME: mark("Besked om utfallet skickat till den som frågade {when} av {name}."),
}
_ENDED = {
    OutboxState.UNSURE: mark("Kanske skickat till den som frågade {when} av {name}. Vi vet inte om det kom fram."),
    OutboxState.DEAD: mark("Kunde inte skickas till den som frågade, {when}, av {name}."),
}  # fmt: skip


def _may_tell_place(file: GroupFile) -> bool:
    """Tell whether it is a picture as it came from the camera: shown here is what the service has, place and all.

    What goes by mail is cleaned of that; pictures that are sent as such the service has cleaned itself.
    """
    return file.kind == FileKind.DOCUMENT and (
        file.media_type.startswith("image/") or file.name.lower().endswith(_CAMERA)
    )


_CAMERA = (".jpg", ".jpeg", ".heic", ".heif", ".avif", ".png", ".webp", ".tif", ".tiff", ".dng")


class _Teller:
    """Says what is new, one message at a time."""

    def __init__(
        self, office: Office, seen: SeenCase, mails: Sequence[QueuedMail], *, scans: bool, now: datetime
    ) -> None:
        self._office = office
        self._seen = seen
        self._level = level_of_case(office, seen.case)
        self._scans = scans
        self._now = now
        self._mails = {mail.message: mail for mail in mails if mail.message is not None and mail.kind in _SENT}

    def tell(self, message: GroupMessage, *, new: bool, done: tuple[int, ...]) -> _Told:
        if message.direction is Direction.IN:
            return self._asked(message, new=new, done=done)
        if self._level is Shown.NUMBER:
            return _Told(id=message.id)
        if message.direction is Direction.NOTE:
            return _Told(id=message.id, words=self._note(message) if new else _NOTHING, quiet=True)
        return self._answer(message, new=new)

    def _asked(self, message: GroupMessage, *, new: bool, done: tuple[int, ...]) -> _Told:
        level = self._level_of(message)
        if level is Shown.NUMBER:
            said = self._office.texts.t("Ett nytt meddelande har kommit. Öppna det via e-post.")
            return _Told(id=message.id, words=plain(said) if new else _NOTHING)
        left = [file for file in message.files if file.part not in done]
        shown = tuple(file for file in left if level is Shown.FULL and self._shows(file))
        waits = [file for file in left if file not in shown and file.state in _PENDING]
        pending = [file for file in waits if self._scans or _may_tell_place(file)]
        ended = [file for file in left if file not in shown and file not in pending]
        age = self._now - message.created_at
        told = ended if ANNOUNCED in done else [*ended, *pending]
        words, heading = self._words(message, level, told, new=new, files=bool(shown))
        return _Told(
            id=message.id, words=words, files=shown, heading=heading,
            done=(ANNOUNCED, *done, *(file.part for file in ended)),
            kept=bool(pending) or (bool(message.album) and age < ALBUM_KNOWN),
            again=bool(pending) or (bool(message.album) and age < ALBUM_GROWS),
        )  # fmt: skip

    def _level_of(self, message: GroupMessage) -> Shown:
        """Return how much of this message is shown: a citizen who goes on by mail is as any who writes by mail."""
        case = self._seen.case
        channel = message.channel or case.channel
        return less(self._level, level_of(self._office, channel, case.unit, secret=case.secret))

    def _shows(self, file: GroupFile) -> bool:
        if not file.remote or file.state is FileState.INFECTED or _may_tell_place(file):
            return False
        return file.state is FileState.PASSED or not self._scans

    def _words(
        self, message: GroupMessage, level: Shown, told: Sequence[GroupFile], *, new: bool, files: bool
    ) -> tuple[Html, Html]:
        """Return a message's words, and what stands under its files; words alone are enough where both would."""
        t, when = self._office.texts.t, self._when(self._at(message))
        about = self._about_files(told)
        if not new:
            heading = plain(t("Till meddelandet {when}:", when=when))
            return (lines(heading, *about) if about else _NOTHING), heading
        written = clean(self._office, message.text)
        if not written and not about and files:
            return _NOTHING, plain(t("Den som frågar skickade {when}:", when=when))
        most = LONGEST if level is Shown.FULL else BEGINNING
        cut = [t("Resten finns under Mer och via e-post.")] if len(written) > most else []
        body = quote(beginning_of(written, most)) if written else _NOTHING
        return lines(self._heading(message, when), body, *cut, *about), plain(t("Till meddelandet {when}:", when=when))

    def _heading(self, message: GroupMessage, when: str) -> str:
        t = self._office.texts.t
        fact = self._brought(message)
        if fact is not None and fact.data.get("early") is True:
            return t("Den som frågar skrev först, {when}:", when=when)
        if message.edits is not None:
            return t("Den som frågar har ändrat {when} till:", when=when)
        if fact is not None and fact.data.get("auto") is True:
            return t("Ett automatiskt svar kom {when}:", when=when)
        return t("Den som frågar skrev {when}:", when=when)

    def _about_files(self, files: Sequence[GroupFile]) -> list[str]:
        said = []
        for state, sentence in _FILE_WORDS.items():
            names = ", ".join(clean(self._office, file.name) for file in files if file.state is state)
            if names:
                said.append(self._office.texts.t(sentence, names=names))
        return said

    def _note(self, message: GroupMessage) -> Html:
        words = beginning_of(" ".join(clean(self._office, message.text).split()), BEGINNING)
        return plain(
            self._office.texts.t(
                "{name} antecknade {when}: {words}",
                name=self._name(message), when=self._when(self._at(message)), words=words,
            )
        )  # fmt: skip

    def _answer(self, message: GroupMessage, *, new: bool) -> _Told:
        """Return what became of what was written to the citizen; while it is on its way, nothing yet."""
        mail = self._mails.get(message.id)
        if mail is None:
            fact = self._brought(message)
            said = plain(fact_words(self._office, fact)) if fact is not None and new else _NOTHING
            return _Told(id=message.id, words=said, quiet=True)
        if mail.state in {OutboxState.NEW, OutboxState.SENDING}:
            return _Told(id=message.id, kept=True, again=True)
        sentence = _SENT[mail.kind] if mail.state is OutboxState.SENT else _ENDED.get(mail.state, "")
        if not sentence:
            return _Told(id=message.id)
        said = plain(self._office.texts.t(sentence, when=self._when(mail.at), name=self._name(message)))
        written = clean(self._office, message.text) if self._level_of(message) is Shown.FULL else ""
        return _Told(
            id=message.id, words=lines(said, quote(beginning_of(written, LONGEST)) if written else ""), quiet=True
        )

    def _name(self, message: GroupMessage) -> str:
        if message.officer:
            return self._office.name_of(message.officer)
        return self._office.texts.t("Någon i personalen")

    def _brought(self, message: GroupMessage) -> Fact | None:
        """Return the fact that tells of a message."""
        found = [fact for fact in self._seen.facts if fact.data.get("message") == message.id]
        came = [fact for fact in found if fact.kind is FactKind.RECEIVED]
        return next(iter(came or found), None)

    def _at(self, message: GroupMessage) -> datetime:
        fact = self._brought(message)
        return fact.occurred_at if fact is not None else message.created_at

    def _when(self, at: datetime) -> str:
        """Return a time, with its day if that is not today."""
        texts = self._office.texts
        if self._office.local_day(at) == self._office.local_day(self._now):
            return texts.t("kl. {time}", time=texts.clock(at.astimezone(texts.zone).time()))
        return moment_words(texts, at, self._now)
