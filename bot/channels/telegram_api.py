"""`bot.chat.Chats` over the Telegram Bot API."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    ChatMember,
    ChatMemberAdministrator,
)
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram_link import Link, TelegramAccess
from bot.channels.telegram_send import Posting
from bot.chat import (
    ChatId,
    ChatKind,
    GroupNow,
    No,
    Ourselves,
    Post,
    Posted,
    PostId,
    Revoked,
    ThreadId,
    UserId,
)
from bot.chat_text import split_text
from bot.errors import OurFault, Refused, TryLater

FETCH_BYTES = 20 * 2**20
"""The largest file that the service gives out."""
TITLE = 128
PRESS_WORDS = 200

T = TypeVar("T")


def _untold(_: PostId) -> None:
    return None


class TelegramChats:
    """The chats of one bot. `start` before anything else; `close` at the end."""

    def __init__(self, settings: TelegramAccess, *, now: Callable[[], datetime]) -> None:
        """Take what is needed; nothing is opened yet. `now` gives UTC."""
        self._settings = settings
        self._link = Link(settings)
        self._posting = Posting(self._link, now)

    async def start(self) -> None:
        """Make ready; nothing is sent yet.

        Raises:
            OurFault: the token is none.
        """
        self._link.open()

    async def close(self) -> None:
        """Close the connections; closing twice does no harm."""
        await self._link.close()

    async def post(self, post: Post, *, done: int = 0, told: Callable[[PostId], None] = _untold) -> Posted:
        """Do what a post says. Where a message can have buttons or ask for a reply only, it has the buttons."""
        return await self._posting.post(post, done, told)

    async def answer_press(self, press: str, words: str = "", *, aloud: bool = False) -> None:
        """Answer a press; ``Refused(too_late)`` some 15 seconds after it, or when we were away."""
        short = next(iter(split_text(words, PRESS_WORDS)), None)
        call = self._link.bot.answer_callback_query(press, text=short, show_alert=aloud or None)
        await self._link.ask(call, repeatable=True)

    async def make_topic(self, chat: ChatId, title: str) -> ThreadId:
        """Make a topic and return it."""
        topic = _given(await self._link.ask(self._link.bot.create_forum_topic(chat, _title(title)), chat=chat))
        return ThreadId(topic.message_thread_id)

    async def name_topic(self, chat: ChatId, thread: ThreadId, title: str) -> None:
        """Give a topic this title; one that has it is a success."""
        await self._repeat(self._link.bot.edit_forum_topic(chat, thread, name=_title(title)), chat)

    async def close_topic(self, chat: ChatId, thread: ThreadId) -> None:
        """Close a topic; one that is closed is a success."""
        try:
            await self._repeat(self._link.bot.close_forum_topic(chat, thread), chat)
        except Refused as refusal:
            _pass(refusal, No.TOPIC_CLOSED)

    async def open_topic(self, chat: ChatId, thread: ThreadId) -> None:
        """Open a closed topic; one that is open is a success."""
        await self._repeat(self._link.bot.reopen_forum_topic(chat, thread), chat)

    async def delete_topic(self, chat: ChatId, thread: ThreadId) -> None:
        """Take a topic away with all that is in it; one that is gone is a success."""
        try:
            await self._repeat(self._link.bot.delete_forum_topic(chat, thread), chat)
        except Refused as refusal:
            _pass(refusal, No.TOPIC_GONE)

    async def pin(self, chat: ChatId, post: PostId) -> None:
        """Pin a message, without a sound."""
        await self._repeat(self._link.bot.pin_chat_message(chat, post, disable_notification=True), chat)

    async def leave(self, chat: ChatId) -> None:
        """Leave a group; one that we are not in is a success."""
        try:
            await self._repeat(self._link.bot.leave_chat(chat), chat)
        except Refused as refusal:
            _pass(refusal, No.NO_CHAT)

    async def fetch(self, remote: str) -> bytes:
        """Return a file's bytes.

        Raises:
            Refused: ``too_big``, above 20 MB.
            TryLater: ``file_unavailable``, it cannot be had now. Nobody can tell whether it ever can.
        """
        file = _given(await self._repeat(self._link.bot.get_file(remote), None))
        if (file.file_size or 0) > FETCH_BYTES:
            raise Refused(No.TOO_BIG)
        if not file.file_path:
            raise TryLater("file_unavailable")
        call = file.download_as_bytearray(read_timeout=self._settings.transfer_seconds)
        try:
            octets = _given(await self._link.ask(call, repeatable=True, transfers=True))
        except Revoked:
            # A 404 is a refused token to the library; here it is a file that is gone.
            raise TryLater("file_unavailable") from None
        return bytes(octets)

    async def group_now(self, chat: ChatId) -> GroupNow:
        """Return what a group is and what we may do there.

        Raises:
            Refused: ``no_chat``, we are not in it.
        """
        told = _given(await self._repeat(self._link.bot.get_chat(chat), chat))
        member = _given(await self._repeat(self._link.bot.get_chat_member(chat, self._settings.bot_id()), chat))
        if member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED):
            raise Refused(No.NO_CHAT)
        kind = ChatKind.OTHER
        if told.type in (ChatType.GROUP, ChatType.SUPERGROUP):
            kind = ChatKind.FORUM if told.is_forum else ChatKind.GROUP
        return GroupNow(
            chat=ChatId(told.id), title=told.title or "", kind=kind, lacks=_lacks(member, topics=kind is ChatKind.FORUM)
        )

    async def ourselves(self) -> Ourselves:
        """Return who we are."""
        me = _given(await self._repeat(self._link.bot.get_me(), None))
        return Ourselves(user=UserId(me.id), name=me.username or "")

    async def set_commands(
        self, commands: Mapping[str, str], *, language: str = "", group: ChatId | None = None
    ) -> None:
        """Show these commands in private chats, or in this group; `language` is of two letters, empty for all."""
        scope = BotCommandScopeAllPrivateChats() if group is None else BotCommandScopeChat(group)
        told = [BotCommand(name, words) for name, words in commands.items()]
        await self._repeat(self._link.bot.set_my_commands(told, scope=scope, language_code=language or None), group)

    async def _repeat(self, call: Awaitable[T], chat: ChatId | None) -> T | None:
        return await self._link.ask(call, chat=chat, repeatable=True)


def _given(answer: T | None) -> T:
    if answer is None:
        raise OurFault("telegram: nothing came back")
    return answer


def _pass(refusal: Refused, status: No) -> None:
    """Let this refusal be, and raise any other."""
    if refusal.status != status:
        raise refusal


def _title(title: str) -> str:
    return next(iter(split_text(" ".join(title.split()), TITLE)), "–")


def _lacks(member: ChatMember, *, topics: bool) -> tuple[str, ...]:
    """Return codes of the rights we miss."""
    wanted = ("topics", "pin", "delete") if topics else ("pin", "delete")
    if not isinstance(member, ChatMemberAdministrator):
        return ("admin", *wanted)
    has = {"topics": member.can_manage_topics, "pin": member.can_pin_messages, "delete": member.can_delete_messages}
    return tuple(right for right in wanted if not has[right])
