"""Send: texts, files, places, albums; copy and forward."""

from sandbox.bot_api import lengths, media
from sandbox.bot_api.chats import TgChat
from sandbox.bot_api.files import TgFile
from sandbox.bot_api.html_text import read_text
from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.places import found, known_chat, open_chat, replied_to, topic_of
from sandbox.bot_api.reading import Request, Upload
from sandbox.bot_api.refusals import NotEmulated, bad_request, faulty
from sandbox.bot_api.shapes import Json, Result
from sandbox.bot_api.state import BotApi

_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
        "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip


def send_message(api: BotApi, request: Request) -> Result:
    """Send a text."""
    parameters = request.parameters
    text, entities = read_text(parameters["text"], parameters.get("parse_mode"))
    if not text:
        raise faulty("message text is empty")
    lengths.check_text(text)
    message = _new(api, parameters)
    message.show(text, entities, _as_sent(parameters, "text"))
    return _posted(api, message)


def send_photo(api: BotApi, request: Request) -> Result:
    """Send a photo."""
    photo = _uploaded(request, "photo", lengths.PHOTO_BYTES)
    return _posted(api, _file(api, request.parameters, "photo", photo))


def send_document(api: BotApi, request: Request) -> Result:
    """Send a document."""
    return _posted(api, _file(api, request.parameters, "document", _uploaded(request, "document")))


def send_voice(api: BotApi, request: Request) -> Result:
    """Send a voice message."""
    return _posted(api, _file(api, request.parameters, "voice", _uploaded(request, "voice")))


def send_video(api: BotApi, request: Request) -> Result:
    """Send a video."""
    return _posted(api, _file(api, request.parameters, "video", _uploaded(request, "video")))


def send_location(api: BotApi, request: Request) -> Result:
    """Send a place."""
    parameters = request.parameters
    message = _new(api, parameters)
    message.content = media.place(parameters["latitude"], parameters["longitude"])
    return _posted(api, message)


def send_venue(api: BotApi, request: Request) -> Result:
    """Send a place with a name."""
    p = request.parameters
    message = _new(api, p)
    message.content = media.venue(p["latitude"], p["longitude"], p["title"], p["address"])
    return _posted(api, message)


def send_media_group(api: BotApi, request: Request) -> Result:
    """Send an album, each part a message."""
    kinds = {part["type"] for part in request.parameters["media"]}
    if "document" in kinds and len(kinds) > 1:
        raise faulty("documents can't be mixed with other media in an album")
    album = api.world.new_album()
    where = {name: value for name, value in request.parameters.items() if name != "media"}
    parts = []
    for part in request.parameters["media"]:
        most = lengths.PHOTO_BYTES if part["type"] == "photo" else lengths.UPLOAD_BYTES
        source = _attached(request, part["media"])
        if isinstance(source, Upload):
            _check_upload(source, most)
        message = _file(api, where | part, part["type"], source)
        message.album = album
        parts.append(message)
    return [api.world.json(api.world.post(message)) for message in parts]


def send_chat_action(api: BotApi, request: Request) -> Result:
    """Show that the bot is busy: only checked."""
    chat = open_chat(api.world, request.parameters["chat_id"])
    topic_of(chat, request.parameters.get("message_thread_id"))
    if request.parameters["action"] not in _ACTIONS:
        raise faulty("wrong parameter action in request")
    return True


def copy_message(api: BotApi, request: Request) -> Result:
    """Copy a message under the bot's own name."""
    parameters = request.parameters
    open_chat(api.world, parameters["chat_id"])
    original = _original(api, parameters, "to copy")
    return {"message_id": api.world.post(_copy(api, parameters, original)).id}


def copy_messages(api: BotApi, request: Request) -> Result:
    """Copy several messages; those that are gone or cannot be copied are left out."""
    parameters = request.parameters
    open_chat(api.world, parameters["chat_id"])
    source = known_chat(api.world, parameters["from_chat_id"])
    originals = [source.find(message_id) for message_id in parameters["message_ids"]]
    kept = [original for original in originals if original is not None and not original.service]
    if not kept:
        raise bad_request("there are no messages to copy")
    albums = {original.album: api.world.new_album() for original in kept if original.album}
    copies = []
    for original in kept:
        copied = _copy(api, parameters, original)
        copied.album = albums.get(original.album, "")
        if parameters.get("remove_caption") and copied.is_captioned:
            copied.show("", [])
        copies.append({"message_id": api.world.post(copied).id})
    return copies


def forward_message(api: BotApi, request: Request) -> Result:
    """Forward a message, which shows where it came from."""
    parameters = request.parameters
    open_chat(api.world, parameters["chat_id"])
    original = _original(api, parameters, "to forward")
    if original.protected:
        raise bad_request("message has protected content and can't be forwarded")
    message = _copy(api, parameters, original)
    message.forward_origin = api.world.origin(original)
    return _posted(api, message)


def _posted(api: BotApi, message: TgMessage) -> Result:
    return api.world.json(api.world.post(message))


def _new(api: BotApi, parameters: Json) -> TgMessage:
    """Return an empty message of the bot's for where the request wants it.

    Raises:
        Refusal: the chat, the topic or the message to reply to is not there.
    """
    chat = open_chat(api.world, parameters["chat_id"])
    thread = topic_of(chat, parameters.get("message_thread_id"))
    reply_to = replied_to(chat, parameters)
    if thread is None and reply_to is not None:
        thread = _thread_of(chat, reply_to)
    message = TgMessage(chat=chat, by_bot=True, thread=thread, reply_to=reply_to)
    message.protected = parameters.get("protect_content", False)
    markup = parameters.get("reply_markup")
    if markup is not None and not {"inline_keyboard", "force_reply"} & set(markup):
        raise NotEmulated("reply keyboards")
    message.take_markup(markup)
    return message


def _thread_of(chat: TgChat, message_id: int) -> int | None:
    replied = chat.find(message_id)
    return None if replied is None else replied.thread


def _file(api: BotApi, parameters: Json, kind: str, source: Upload | str) -> TgMessage:
    """Return a message with a file, not yet posted."""
    caption, entities = read_text(parameters.get("caption", ""), parameters.get("parse_mode"))
    lengths.check_text(caption, caption=True)
    message = _new(api, parameters)
    message.content, kept = _content(api, parameters, kind, source)
    message.files = [kept]
    message.show(caption, entities, _as_sent(parameters, "caption"))
    return message


def _content(api: BotApi, parameters: Json, kind: str, source: Upload | str) -> tuple[Json, TgFile]:
    """Return what the message holds; a file id sends again what was sent before."""
    files = api.world.files
    name, media_type = "", ""
    if isinstance(source, Upload):
        content, name, media_type = source.content, source.name, source.media_type
    else:
        kept = files.find(source)
        if kept.kind != kind:
            raise bad_request(f"can't use file of type {kept.kind.capitalize()} as {kind.capitalize()}")
        content, name, media_type = kept.content, kept.name, kept.media_type
    match kind:
        case "photo":
            return media.photo(files, content, len(content))
        case "voice":
            return media.voice(files, parameters.get("duration", 0), content)
        case "video":
            return media.video(files, parameters.get("duration", 0), len(content), content)
        case _:
            return media.document(files, name or "file", content, media_type or "application/octet-stream")


def _uploaded(request: Request, name: str, most: int = lengths.UPLOAD_BYTES) -> Upload | str:
    """Return the file that was sent, by itself or pointed at, or the id of one that was sent before."""
    source = request.parameters[name]
    upload = source if isinstance(source, Upload) else _attached(request, source)
    if isinstance(upload, Upload):
        _check_upload(upload, most)
    return upload


def _attached(request: Request, source: str) -> Upload | str:
    """Return the file that `attach://name` points at, or the file id as it is."""
    if not source.startswith("attach://"):
        if "://" in source:
            raise NotEmulated("files fetched from an address")
        return source
    upload = request.uploads.get(source.removeprefix("attach://"))
    if upload is None:
        raise faulty(f"no file was sent as {source!r}")
    return upload


def _check_upload(upload: Upload, most: int) -> None:
    if not upload.content:
        raise faulty("file must be non-empty")
    if len(upload.content) > most:
        raise faulty(f"file is too big (at most {most} bytes)")


def _original(api: BotApi, parameters: Json, to: str) -> TgMessage:
    original = found(known_chat(api.world, parameters["from_chat_id"]), parameters["message_id"], to)
    if original.service:
        raise bad_request(f"message can't be {'copied' if to == 'to copy' else 'forwarded'}")
    return original


def _copy(api: BotApi, parameters: Json, original: TgMessage) -> TgMessage:
    """Return a message of the bot's that says and holds what another does, not yet posted."""
    text, entities, html = original.text, original.entities, original.html
    if "caption" in parameters and original.is_captioned:
        text, entities = read_text(parameters["caption"], parameters.get("parse_mode"))
        html = _as_sent(parameters, "caption")
    lengths.check_text(text, caption=original.is_captioned)
    message = _new(api, parameters)
    message.show(text, list(entities), html)
    message.content, message.files = dict(original.content), list(original.files)
    return message


def _as_sent(parameters: Json, name: str) -> str:
    """Return the HTML as it was sent; plain text is escaped."""
    text = str(parameters.get(name, ""))
    return (
        text if parameters.get("parse_mode") else text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    )
