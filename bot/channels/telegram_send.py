"""Posting over the Bot API: what is sent, edited, copied, taken away."""

import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode

from bot.channels.telegram_link import Link
from bot.channels.telegram_plan import Step, as_document, edited, steps_of
from bot.chat import Button, ChatId, FileKind, No, Post, Posted, PostId, Rows, ThreadId
from bot.errors import KommunsvarError, OurFault, Refused

logger = logging.getLogger(__name__)

HINT = 64
"""How long the words in an empty field to write in may be."""

_GENERAL = ThreadId(1)
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Told = Callable[[PostId], None]


class Posting:
    """Does what a post says. `now` gives UTC, for what the service tells no time of."""

    def __init__(self, link: Link, now: Callable[[], datetime]) -> None:
        """Take what is needed."""
        self._link, self._now = link, now

    async def post(self, post: Post, done: int, told: Told) -> Posted:
        """Do it; see `bot.chat.Chats.post`."""
        form = post.form
        if form.deletes is not None:
            return await self._delete(post.chat, form.deletes)
        if form.reacts:
            return await self._react(post)
        if form.edits is not None:
            return await self._edit(post, form.edits)
        return await self._send_all(post, done, told)

    async def _delete(self, chat: ChatId, post: PostId) -> Posted:
        await self._link.ask(self._link.bot.delete_message(chat, post), chat=chat, repeatable=True)
        return Posted(posts=(), at=self._now())

    async def _react(self, post: Post) -> Posted:
        if post.form.reply_to is None:
            raise OurFault("a reaction to no message")
        call = self._link.bot.set_message_reaction(post.chat, post.form.reply_to, reaction=post.form.reacts)
        await self._link.ask(call, chat=post.chat, repeatable=True)
        return Posted(posts=(), at=self._now())

    async def _edit(self, post: Post, target: PostId) -> Posted:
        """Replace words and buttons in place, or the buttons alone where the post has no words."""
        step, at = edited(post), None
        if step is None:
            call = self._link.bot.edit_message_reply_markup(
                post.chat, target, reply_markup=_keyboard(post.form.buttons)
            )
            now = await self._link.ask(call, chat=post.chat, repeatable=True)
        else:
            now = await self._with_form(step, lambda one: self._edit_words(post, target, one))
        if isinstance(now, Message):
            at = now.edit_date
        return Posted(posts=(target,), at=at or self._now())

    async def _edit_words(self, post: Post, target: PostId, step: Step) -> Message | bool | None:
        call = self._link.bot.edit_message_text(
            step.html or step.words, post.chat, target, parse_mode=_mode(step), link_preview_options=_NO_PREVIEW,
            reply_markup=_keyboard(post.form.buttons),
        )  # fmt: skip
        return await self._link.ask(call, chat=post.chat, repeatable=True)

    async def _send_all(self, post: Post, done: int, told: Told) -> Posted:
        """Send what has not been sent yet; told with each message, so that the next attempt goes on from there."""
        steps = steps_of(post)
        made: list[PostId] = []
        at = self._now()
        for number, step in enumerate(steps[done:], start=done):
            where = _where(post, first=number == 0, last=number == len(steps) - 1)
            message = await self._send(post, step, where)
            await self._check_thread(post, message)
            made.append(PostId(message.message_id))
            told(made[-1])
            at = message.date
        return Posted(posts=tuple(made), at=at)

    async def _send(self, post: Post, step: Step, where: dict[str, Any]) -> Message:
        async def send(one: Step) -> Message | bool | None:
            transfers = one.upload is not None
            return await self._link.ask(self._call(one, where), chat=post.chat, transfers=transfers)

        try:
            message = await self._with_form(step, send)
        except Refused as refusal:
            photo = step.upload is not None and step.kind is FileKind.PHOTO
            if not photo or refusal.status not in (No.BAD_REQUEST, No.TOO_BIG):
                raise
            # Too narrow, too many pixels, or none of the service's idea of a picture.
            message = await send(as_document(step))
        if not isinstance(message, Message):
            raise OurFault("a message that was there already")
        return message

    async def _with_form(
        self, step: Step, send: Callable[[Step], Awaitable[Message | bool | None]]
    ) -> Message | bool | None:
        """Send with the form; where that is refused, once more without it: plain words are better than none."""
        try:
            return await send(step)
        except Refused as refusal:
            if refusal.status != No.BAD_TEXT or not step.html:
                raise
        logger.error("telegram refused our HTML; sent without its form")
        return await send(step.plain)

    def _call(self, step: Step, where: dict[str, Any]) -> Awaitable[Message]:
        bot = self._link.bot
        if step.kind is None:
            return bot.send_message(
                text=step.html or step.words, parse_mode=_mode(step), link_preview_options=_NO_PREVIEW, **where
            )
        if step.upload is not None:
            return _uploading(step.kind, self._link, step.upload.content, step.upload.name, where)
        caption = {"caption": step.html or step.words, "parse_mode": _mode(step)} if step.words else {}
        senders: dict[FileKind, Callable[..., Awaitable[Message]]] = {
            FileKind.PHOTO: bot.send_photo,
            FileKind.DOCUMENT: bot.send_document,
            FileKind.VOICE: bot.send_voice,
            FileKind.AUDIO: bot.send_audio,
            FileKind.VIDEO: bot.send_video,
            FileKind.VIDEO_NOTE: bot.send_video_note,
            FileKind.ANIMATION: bot.send_animation,
            FileKind.STICKER: bot.send_sticker,
        }
        return senders[step.kind](**{step.kind.value: step.remote}, **caption, **where)

    async def _check_thread(self, post: Post, message: Message) -> None:
        """Take a message back that fell into another topic: some have been, when theirs was deleted.

        Raises:
            Refused: ``topic_gone``.
        """
        wanted = _thread(post.thread)
        if wanted is None or message.message_thread_id == wanted:
            return
        logger.warning("a post for topic %d of %d fell elsewhere, taken back", wanted, post.chat)
        with contextlib.suppress(KommunsvarError):
            await self._delete(post.chat, PostId(message.message_id))
        raise Refused(No.TOPIC_GONE)


def _uploading(kind: FileKind, link: Link, content: bytes, name: str, where: dict[str, Any]) -> Awaitable[Message]:
    file = InputFile(content, filename=name)
    if kind is FileKind.PHOTO:
        return link.bot.send_photo(photo=file, **where)
    return link.bot.send_document(document=file, disable_content_type_detection=True, **where)


def _where(post: Post, *, first: bool, last: bool) -> dict[str, Any]:
    """Return what every way of sending takes: the first message is a reply, the last one has the buttons."""
    form = post.form
    reply = None
    if first and form.reply_to is not None:
        reply = ReplyParameters(form.reply_to, allow_sending_without_reply=True)
    return {
        "chat_id": post.chat,
        "message_thread_id": _thread(post.thread),
        "disable_notification": form.quiet or None,
        "protect_content": form.protect or None,
        "reply_parameters": reply,
        "reply_markup": _markup(post) if last else None,
    }


def _thread(thread: ThreadId | None) -> ThreadId | None:
    """Return the topic to name: the general one has none, and refuses its own number."""
    return None if thread == _GENERAL else thread


def _mode(step: Step) -> str | None:
    return ParseMode.HTML if step.html else None


def _markup(post: Post) -> InlineKeyboardMarkup | ForceReply | None:
    """Return the buttons, or else that a reply is asked for: a message can have one of both."""
    form = post.form
    if form.buttons or not form.asks:
        return _keyboard(form.buttons)
    # In a group only whoever it replies to is asked.
    return ForceReply(selective=form.reply_to is not None, input_field_placeholder=form.hint[:HINT] or None)


def _keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows]) if rows else None


def _button(button: Button) -> InlineKeyboardButton:
    if not button.link and not button.data:
        raise OurFault("a button that does nothing")
    if button.link:
        return InlineKeyboardButton(button.words, url=button.link)
    return InlineKeyboardButton(button.words, callback_data=button.data)
