"""People with Telegram on their phones: what they write, send, press and read."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Unpack

from sandbox.bot_api import media
from sandbox.bot_api.chats import LEFT, MEMBER, Membership, TgChat, TgGroup
from sandbox.bot_api.files import TgFile
from sandbox.bot_api.html_text import found_entities
from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.shapes import Json, Where

if TYPE_CHECKING:
    from sandbox.bot_api.world import TelegramWorld

EDITABLE = timedelta(hours=48)
_PATIENCE = 3.0


class TgPerson:
    """A person. `shown` is every text the bot has ever shown in the private chat, edits too, in order."""

    def __init__(self, world: "TelegramWorld", person_id: int, name: str, language: str, username: str) -> None:
        """Begin with a private chat that is not opened; `language` is the app's, "" when it tells none."""
        self.world = world
        self.id = person_id
        self.name = name
        self.language = language
        self.username = username
        self.private = TgChat(world, person_id, "private", "", self)
        self.opened = False
        self.blocked = False
        self.gone = False
        self.shown: list[str] = []

    @property
    def messages(self) -> list[TgMessage]:
        """Return the private chat with the bot, as it looks now."""
        return self.private.messages

    async def start(self, payload: str = "") -> TgMessage:
        """Press Start, as on a first visit or after following a link with this payload; it unblocks the bot."""
        if self.blocked:
            await self.unblock()
        return await self.write(f"/start {payload}".rstrip())

    async def write(
        self, text: str, *, chat: TgChat | None = None, thread: int | None = None,
        reply_to: int | None = None, anonymous: bool = False,
    ) -> TgMessage:  # fmt: skip
        """Write a message: in private to the bot, or in a group, maybe in a topic, maybe as a reply.

        Raises:
            ValueError: the app would not let this person write there.
        """
        return self._send(text, {}, [], chat=chat, thread=thread, reply_to=reply_to, anonymous=anonymous)

    async def photo(
        self,
        *,
        caption: str = "",
        size: int = 12345,
        album: str = "",
        content: bytes | None = None,
        **where: Unpack[Where],
    ) -> TgMessage:
        """Send a photo of `size` bytes; photos with the same `album` belong together, each is a message."""
        made, kept = media.photo(self.world.files, content, size)
        return self._send(caption, made, [kept], album=album, **where)

    async def album(
        self, captions: Sequence[str], *, between: Callable[[], Awaitable[None]] | None = None, **where: Unpack[Where]
    ) -> list[TgMessage]:
        """Send an album of one photo per caption; `between` runs between two, to let time pass or others write."""
        sent: list[TgMessage] = []
        name = self.world.new_album()
        for caption in captions:
            if sent and between is not None:
                await between()
            sent.append(await self.photo(caption=caption, album=name, **where))
        return sent

    async def document(
        self, name: str, content: bytes, media_type: str = "application/octet-stream", *,
        size: int | None = None, caption: str = "", album: str = "", **where: Unpack[Where],
    ) -> TgMessage:  # fmt: skip
        """Send a file; `size` is what it claims to be, so that a huge one need not be made."""
        made, kept = media.document(self.world.files, name, content, media_type, size)
        return self._send(caption, made, [kept], album=album, **where)

    async def voice(
        self, *, seconds: int = 12, caption: str = "", content: bytes | None = None, **where: Unpack[Where]
    ) -> TgMessage:
        """Send a voice message."""
        made, kept = media.voice(self.world.files, seconds, content)
        return self._send(caption, made, [kept], **where)

    async def video(
        self, *, seconds: int = 20, size: int = 50_000, claims: int | None = None, caption: str = "",
        album: str = "", content: bytes | None = None, **where: Unpack[Where],
    ) -> TgMessage:  # fmt: skip
        """Send a video of `size` bytes, that says it has `claims`."""
        made, kept = media.video(self.world.files, seconds, size, content, claims)
        return self._send(caption, made, [kept], album=album, **where)

    async def video_note(self, *, seconds: int = 8, **where: Unpack[Where]) -> TgMessage:
        """Send a round video message."""
        made, kept = media.video_note(self.world.files, seconds)
        return self._send("", made, [kept], **where)

    async def audio(
        self, name: str = "sang.mp3", *, seconds: int = 60, content: bytes = b"ID3", **where: Unpack[Where]
    ) -> TgMessage:
        """Send a piece of music."""
        made, kept = media.audio(self.world.files, name, seconds, content)
        return self._send("", made, [kept], **where)

    async def animation(self, name: str = "katt.mp4", *, caption: str = "", **where: Unpack[Where]) -> TgMessage:
        """Send a moving picture."""
        made, kept = media.animation(self.world.files, name)
        return self._send(caption, made, [kept], **where)

    async def sticker(self, emoji: str = "👍", **where: Unpack[Where]) -> TgMessage:
        """Send a sticker."""
        made, kept = media.sticker(self.world.files, emoji)
        return self._send("", made, [kept], **where)

    async def location(
        self, latitude: float, longitude: float, *, live: bool = False, **where: Unpack[Where]
    ) -> TgMessage:
        """Send a place, or share where one is for an hour."""
        return self._send("", media.place(latitude, longitude, live=live), [], **where)

    async def venue(
        self,
        latitude: float,
        longitude: float,
        title: str = "Torget",
        address: str = "Torggatan 1",
        **where: Unpack[Where],
    ) -> TgMessage:
        """Send a place with a name."""
        return self._send("", media.venue(latitude, longitude, title, address), [], **where)

    async def contact(self, phone: str = "+46700000000", name: str = "Exempel", **where: Unpack[Where]) -> TgMessage:
        """Send a contact."""
        return self._send("", {"contact": {"phone_number": phone, "first_name": name}}, [], **where)

    async def poll(
        self, question: str = "Vilken dag?", options: tuple[str, ...] = ("Måndag", "Tisdag"), **where: Unpack[Where]
    ) -> TgMessage:
        """Send a poll."""
        return self._send("", media.poll(7000 + len(self.messages), question, options), [], **where)

    async def dice(self, **where: Unpack[Where]) -> TgMessage:
        """Throw a die."""
        return self._send("", {"dice": {"emoji": "🎲", "value": 4}}, [], **where)

    async def forward(self, message: TgMessage, *, hidden: bool = False, **where: Unpack[Where]) -> TgMessage:
        """Pass on a message one has seen; `hidden` when its author does not want to be linked to."""
        origin = self.world.origin(message, hidden=hidden)
        return self._send(message.text, dict(message.content), list(message.files), forward_origin=origin, **where)

    async def edit(self, message: TgMessage, text: str) -> None:
        """Edit an own message, with a new text or with the same (some apps send that too).

        Raises:
            ValueError: it is somebody else's, gone, or older than 48 hours.
        """
        if message.sender is not self or message.deleted or self.world.now() - message.at > EDITABLE:
            raise ValueError("the app offers no editing of this message")
        message.show(text, found_entities(text, []))
        message.edited_at = self.world.now()
        self.world.tell_edited(message)

    async def edit_live_location(
        self, message: TgMessage, latitude: float, longitude: float, *, stop: bool = False
    ) -> None:
        """Move on while sharing where one is; `stop` ends the sharing."""
        message.content = media.place(latitude, longitude, live=not stop)
        message.edited_at = self.world.now()
        self.world.tell_edited(message)

    async def delete(self, message: TgMessage) -> None:
        """Delete a message for everybody; the bot is not told."""
        message.chat.remove([message])

    async def clear_chat(self) -> None:
        """Delete the whole private chat for both; the bot is not told."""
        self.private.remove(self.messages)

    async def press(self, message: TgMessage, label_or_data: str, *, stale: bool = False) -> str | None:
        """Press a button and wait, at most three seconds, for the bot's answer.

        Returns:
            The text that pops up, "" if the bot answered without one, None if no answer came.

        Raises:
            ValueError: the message has no such button; `stale` allows one that it had before.
        """
        tap = self.world.tell_tap(message, self, self._button(message, label_or_data, stale=stale))
        answered, _ = await asyncio.wait({tap.answer}, timeout=_PATIENCE)
        return tap.answer.result() if answered else None

    async def press_nowait(self, message: TgMessage, label_or_data: str, *, stale: bool = False) -> str:
        """Press a button without waiting, and return the id of the tap."""
        return self.world.tell_tap(message, self, self._button(message, label_or_data, stale=stale)).id

    async def react(self, message: TgMessage, *emoji: str) -> None:
        """Put these reactions on a message; none takes them away."""
        self.world.tell_reaction(message, self, emoji)

    async def block(self) -> None:
        """Block the bot."""
        self.blocked = True
        self.world.tell_membership(
            "my_chat_member", self.private, self, self.world.bot_user, MEMBER, Membership("kicked")
        )
        self.world.tell_changed()

    async def unblock(self) -> None:
        """Unblock the bot."""
        self.blocked = False
        self.world.tell_membership(
            "my_chat_member", self.private, self, self.world.bot_user, Membership("kicked"), MEMBER
        )
        self.world.tell_changed()

    async def leave_telegram(self) -> None:
        """Delete the account; the bot is not told."""
        self.gone = True

    def _send(
        self, text: str, content: Json, files: list[TgFile], *, album: str = "", forward_origin: Json | None = None,
        **where: Unpack[Where],
    ) -> TgMessage:  # fmt: skip
        chat, reply_to = where.get("chat") or self.private, where.get("reply_to")
        thread = where.get("thread")
        if reply_to is not None:
            replied = chat.find(reply_to)
            if replied is None:
                raise ValueError(f"there is no message {reply_to} to reply to")
            thread = replied.thread
        self._may_write(chat, thread)
        anonymous = where.get("anonymous", False)
        message = TgMessage(
            chat=chat, sender=None if anonymous else self, anonymous=anonymous, thread=thread, reply_to=reply_to,
            content=content, files=files, album=album, forward_origin=forward_origin,
        )  # fmt: skip
        message.show(text, found_entities(text, []))
        return self.world.post(message)

    def _may_write(self, chat: TgChat, thread: int | None) -> None:
        if not isinstance(chat, TgGroup):
            if chat is not self.private or self.blocked:
                raise ValueError("the bot is blocked: unblock it first" if self.blocked else "not this person's chat")
            self.opened = True
            return
        member = chat.members.get(self, LEFT)
        if not member.is_in:
            raise ValueError(f"{self.name} is not in the group")
        if chat.migrated_to is not None:
            raise ValueError("the group has become a supergroup")
        if thread is not None and chat.topic(thread).closed and not member.is_admin:
            raise ValueError("the topic is closed")

    def _button(self, message: TgMessage, label_or_data: str, *, stale: bool) -> str:
        buttons: list[tuple[str, str]] = [button for row in message.buttons for button in row]
        earlier: set[tuple[str, str]] = message.earlier_buttons if stale else set()
        for label, data in [*buttons, *earlier]:
            if label_or_data in (label, data):
                return data
        raise ValueError(f"no button {label_or_data!r} among {[label for label, _ in buttons]}")
