"""What the emulator knows of the Bot API agrees with the whole description, where a machine has it."""

from collections.abc import Iterable

import pytest
import telegram.constants as ptb

from bot.channels import telegram_content
from sandbox.bot_api import lengths
from sandbox.bot_api.checking import Mismatch, check_built
from sandbox.bot_api.description import METHODS, Field
from sandbox.bot_api.description_types import TYPES, UNIONS
from sandbox.bot_api.methods import DOERS, WAITING
from sandbox.bot_api.not_emulated import KNOWN
from sandbox.bot_api.reactions import ALLOWED, is_allowed
from tests.bot_api_contract import description, wrong

WHOLE = description()
needs_the_whole = pytest.mark.skipif(WHOLE is None, reason="the description of the Bot API is not on this machine")


def told(types: Iterable[str]) -> set[str]:
    """Types as we write them; a fixed word is a string."""
    return {_told(kind) for kind in types}


def _told(kind: str) -> str:
    if kind.startswith("["):
        return f"Array of {_told(kind[1:-1])}"
    return "String" if kind.startswith("'") else kind


def test_each_of_the_44_methods_is_done_by_somebody() -> None:
    assert len(METHODS) == 44
    assert set(METHODS) == set(DOERS) | set(WAITING)
    assert not set(DOERS) & set(WAITING)


@needs_the_whole
def test_every_other_method_is_known_by_name() -> None:
    assert WHOLE is not None
    assert {name.lower() for name in WHOLE["methods"]} - {name.lower() for name in METHODS} == KNOWN


@needs_the_whole
@pytest.mark.parametrize("name", METHODS)
def test_a_method_is_described_as_it_is(name: str) -> None:
    assert WHOLE is not None
    real = {field["name"]: field for field in WHOLE["methods"][name].get("fields", [])}
    ours = METHODS[name]
    assert set(ours.parameters) | ours.left_out == set(real)
    assert not set(ours.parameters) & ours.left_out
    for field in ours.parameters.values():
        _check_field(field, real[field.name]["types"], required=real[field.name]["required"])
    assert not any(real[name]["required"] for name in ours.left_out)
    assert told(ours.returns) == set(WHOLE["methods"][name]["returns"])


@needs_the_whole
@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_described_as_it_is(name: str) -> None:
    assert WHOLE is not None
    real = {field["name"]: field for field in WHOLE["types"][name].get("fields", [])}
    ours = TYPES[name]
    for field in ours.values():
        _check_field(field, real[field.name]["types"], required=real[field.name]["required"])
    assert {name for name, field in real.items() if field["required"]} <= set(ours)


@needs_the_whole
@pytest.mark.parametrize("name", UNIONS)
def test_a_union_is_described_as_it_is(name: str) -> None:
    assert WHOLE is not None
    assert set(UNIONS[name]) == set(WHOLE["types"][name]["subtypes"])


@needs_the_whole
def test_the_full_check_sees_what_is_wrong() -> None:
    chat = {"id": 1, "type": "private"}
    found = list(wrong("Update", {"update_id": "1", "message": {"chat": chat, "date": 0, "txt": "x"}, "x": 1}, "u"))
    assert sorted(found) == [
        "u.message lacks message_id", "u.message: Message has no field txt", "u.update_id is no Integer: '1'",
        "u: Update has no field x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Update", {"update_id": 1, "message": {"message_id": 1}}),
        ("Update", {"update_id": True}),
        ("User", {"id": 1, "is_bot": False, "first_name": "A", "age": 7}),
        ("ChatMember", {"status": "boss", "user": {"id": 1, "is_bot": False, "first_name": "A"}}),
    ],
)
def test_an_impossible_update_is_never_built(kind: str, value: object) -> None:
    with pytest.raises(Mismatch):
        check_built(kind, value)


def test_lengths_and_reactions_are_those_of_python_telegram_bot() -> None:
    assert {emoji.value.replace("\ufe0f", "") for emoji in ptb.ReactionEmoji} == ALLOWED
    assert all(is_allowed(emoji.value) for emoji in ptb.ReactionEmoji)
    assert (lengths.TEXT, lengths.CAPTION) == (ptb.MessageLimit.MAX_TEXT_LENGTH, ptb.MessageLimit.CAPTION_LENGTH)
    assert lengths.TOPIC_NAME == ptb.ForumTopicLimit.MAX_NAME_LENGTH
    assert lengths.CALLBACK_DATA == ptb.InlineKeyboardButtonLimit.MAX_CALLBACK_DATA
    assert lengths.ANSWER == ptb.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH
    assert lengths.ALBUM == (ptb.MediaGroupLimit.MIN_MEDIA_LENGTH, ptb.MediaGroupLimit.MAX_MEDIA_LENGTH)
    assert (lengths.ROW, lengths.BUTTONS) == (
        ptb.InlineKeyboardMarkupLimit.BUTTONS_PER_ROW,
        ptb.InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER,
    )
    assert lengths.COMMANDS == ptb.BotCommandLimit.MAX_COMMAND_NUMBER
    assert lengths.COMMAND_DESCRIPTION == ptb.BotCommandLimit.MAX_DESCRIPTION
    assert (lengths.NAME, lengths.DESCRIPTION, lengths.SHORT_DESCRIPTION) == (
        ptb.BotNameLimit.MAX_NAME_LENGTH,
        ptb.BotDescriptionLimit.MAX_DESCRIPTION_LENGTH,
        ptb.BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH,
    )


def _check_field(field: Field, real: list[str], *, required: bool) -> None:
    """Check that a field has the types it really has, `True` being a boolean, and is as needed."""
    assert told(field.types) <= {"Boolean" if kind == "True" else kind for kind in real}, field.name
    assert field.required == required, field.name
    if not field.types[0].startswith("["):
        assert told(field.types) == {"Boolean" if kind == "True" else kind for kind in real}, field.name


@needs_the_whole
def test_every_field_of_a_message_is_read_or_known_as_nothing() -> None:
    assert WHOLE is not None
    fields = {field["name"]: field["description"] for field in WHOLE["types"]["Message"]["fields"]}
    service = {name for name, said in fields.items() if said.removeprefix("Optional. ").startswith("Service message")}
    # These are content, though described as a message "is".
    known = {*telegram_content._SERVICE, *telegram_content._UNSUPPORTED}
    content = {name for name, said in fields.items() if said.removeprefix("Optional. ").startswith("Message ")}
    read_as_such = {
        "animation", "audio", "contact", "document", "live_photo", "location", "photo", "sticker", "venue", "video",
        "video_note", "voice", "paid_media",
    }  # fmt: skip
    assert service <= known
    assert content <= known | read_as_such
