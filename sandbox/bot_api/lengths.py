"""How long things may be: in the Bot API this stands in prose only."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.bot_api.html_text import units
from sandbox.bot_api.refusals import faulty

TEXT, CAPTION, TOPIC_NAME, ANSWER, CALLBACK_DATA = 4096, 1024, 128, 200, 64
ROW, BUTTONS, ALBUM, COMMANDS = 8, 100, (2, 10), 100
COMMAND_DESCRIPTION, NAME, DESCRIPTION, SHORT_DESCRIPTION, PLACEHOLDER = 256, 64, 512, 120, 64
PHOTO_BYTES, UPLOAD_BYTES = 10 * 1024 * 1024, 50 * 1024 * 1024
MANY = 100
"""Messages that `copyMessages` and `deleteMessages` take."""

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LONGEST: dict[str, tuple[str, int]] = {
    "createForumTopic": ("name", TOPIC_NAME),
    "editForumTopic": ("name", TOPIC_NAME),
    "answerCallbackQuery": ("text", ANSWER),
    "setMyName": ("name", NAME),
    "setMyDescription": ("description", DESCRIPTION),
    "setMyShortDescription": ("short_description", SHORT_DESCRIPTION),
}


def check_lengths(method: str, parameters: Mapping[str, Any]) -> None:
    """Raise a faulty Refusal when something is too long or too short; texts are checked after parsing."""
    if method in _LONGEST:
        name, most = _LONGEST[method]
        if units(parameters.get(name) or "") > most:
            raise faulty(f"{name} is too long (at most {most})")
    if method == "createForumTopic" and not parameters["name"].strip():
        raise faulty("TOPIC_NAME_EMPTY")
    if method == "sendMediaGroup":
        check_count("media", parameters["media"], *ALBUM)
    if "message_ids" in parameters:
        check_count("message_ids", parameters["message_ids"], 1, MANY)
    if method == "setMyCommands":
        _check_commands(parameters["commands"])
    check_markup(parameters.get("reply_markup"))


def check_text(text: str, *, caption: bool = False) -> None:
    """Raise a faulty Refusal when a text, after parsing, is longer than a message or caption may be."""
    most = CAPTION if caption else TEXT
    if units(text) > most:
        what = "message caption" if caption else "message"
        raise faulty(f"{what} is too long ({units(text)} of at most {most} UTF-16 units)")


def check_count(name: str, items: Sequence[Any], least: int, most: int) -> None:
    """Raise a faulty Refusal when there are too few or too many."""
    if not least <= len(items) <= most:
        raise faulty(f"{name} must hold {least} to {most}, not {len(items)}")


def check_markup(markup: Mapping[str, Any] | None) -> None:
    """Raise a faulty Refusal when buttons are too many, say too much or do nothing."""
    markup = markup or {}
    if len(markup.get("input_field_placeholder", "")) > PLACEHOLDER:
        raise faulty(f"input_field_placeholder is too long (at most {PLACEHOLDER})")
    rows = markup.get("inline_keyboard", [])
    if any(len(row) > ROW for row in rows):
        raise faulty(f"a row has more than {ROW} buttons")
    if sum(len(row) for row in rows) > BUTTONS:
        raise faulty(f"reply markup has more than {BUTTONS} buttons")
    for button in (button for row in rows for button in row):
        _check_button(button)


def _check_button(button: Mapping[str, Any]) -> None:
    if not button["text"].strip():
        raise faulty("BUTTON_TEXT_INVALID: a button has no label")
    if ("callback_data" in button) == ("url" in button):
        raise faulty("BUTTON_TYPE_INVALID: a button needs either callback_data or url")
    if not 1 <= len(button.get("callback_data", "x").encode()) <= CALLBACK_DATA:
        raise faulty(f"BUTTON_DATA_INVALID: callback_data must be 1 to {CALLBACK_DATA} bytes")


def _check_commands(commands: Sequence[Mapping[str, Any]]) -> None:
    if len(commands) > COMMANDS:
        raise faulty(f"BOT_COMMANDS_TOO_MUCH: at most {COMMANDS}")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise faulty(f"BOT_COMMAND_INVALID: {command['command']!r}")
        if not 1 <= len(command["description"]) <= COMMAND_DESCRIPTION:
            raise faulty("BOT_COMMAND_DESCRIPTION_INVALID")
