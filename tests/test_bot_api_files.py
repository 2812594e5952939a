"""The emulator's files: fetched by an address with the token in it, for an hour, up to 20 MB, the same bytes back."""

import json
from typing import Any

import pytest
import telegram as ptb

from sandbox.bot_api import BotApi
from tests.conftest import FrozenClock
from tests.tg import Caller, caller, telegram

MEGABYTE = 1024 * 1024


async def fetched(call: Caller, path: str, token: str = "") -> tuple[int, bytes]:
    """The status and body of a file's address."""
    answer = await call.client.get(f"{call.api.base_file_url}{token or call.api.token}/{path}")
    return answer.status_code, answer.content


@pytest.mark.asyncio
async def test_token_in_file_url_and_the_link_lasts_an_hour() -> None:
    clock = FrozenClock()
    async with telegram(clock.now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        content = b"%PDF-1.7\r\n--x\r\n\x00\xff"
        await anna.document("beslut.pdf", content, "application/pdf")
        told = api.updates.built[-1]["message"]["document"]
        assert (told["file_name"], told["file_size"]) == ("beslut.pdf", len(content))
        path = (await call.done("getFile", file_id=told["file_id"]))["file_path"]
        assert await fetched(call, path) == (200, content)
        assert (await fetched(call, path, token="2:sandbox"))[0] == 404
        clock.forward(hours=1)
        assert (await fetched(call, path))[0] == 404
        assert await call.done("getFile", file_id=told["file_id"])
        assert (await fetched(call, path))[0] == 200


@pytest.mark.asyncio
async def test_files_over_20_mb_are_not_given_out() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        just = await anna.document("stor.zip", b"PK", size=20 * MEGABYTE)
        over = await anna.video(claims=20 * MEGABYTE + 1)
        assert await call.done("getFile", file_id=just.files[0].id)
        assert await call.refused("getFile", file_id=over.files[0].id) == "Bad Request: file is too big"
        assert api.updates.built[-1]["message"]["video"]["file_size"] == 20 * MEGABYTE + 1
        assert "wrong file_id" in await call.refused("getFile", file_id="hittepå")


@pytest.mark.parametrize(
    ("content_type", "body", "why"),
    [
        ("application/json", b"{", "no JSON"),
        ("application/json", b"[]", "no JSON object"),
        ("text/plain", b"hej", "is not read"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nhej", "has no end"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n--x--\r\n',
            "nothing points at the file",
        ),
    ],
)
@pytest.mark.asyncio
async def test_bodies_that_cannot_be_read_are_refused(content_type: str, body: bytes, why: str) -> None:
    async with telegram(FrozenClock().now, faulty_ok=True) as api, caller(api) as call:
        answer = await call.client.post(call.url("getMe"), content=body, headers={"Content-Type": content_type})
        assert answer.status_code == 400
        assert why in answer.json()["description"]
        assert len(api.faulty_calls) == 1


@pytest.mark.asyncio
async def test_downloads_fail_on_order() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        sent = await api.world.person("Anna").voice(seconds=1)
        path = (await call.done("getFile", file_id=sent.files[0].id))["file_path"]
        api.faults.fail("download", code=502)
        assert (await fetched(call, path))[0] == 502
        assert (await fetched(call, path)) == (200, sent.files[0].content)


@pytest.mark.asyncio
async def test_a_photo_comes_in_sizes_and_has_the_bytes_it_claims() -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.photo(size=12345)
        small, big = api.updates.built[-1]["message"]["photo"]
        assert (small["file_size"] < big["file_size"], big["file_size"]) == (True, 12345)
        path = (await call.done("getFile", file_id=big["file_id"]))["file_path"]
        status, content = await fetched(call, path)
        assert (status, len(content), content[:3]) == (200, 12345, b"\xff\xd8\xff")


async def bot_of(api: BotApi) -> ptb.Bot:
    """A python-telegram-bot on the emulator."""
    return ptb.Bot(api.token, base_url=api.base_url, base_file_url=api.base_file_url)


@pytest.mark.asyncio
async def test_what_the_bot_uploads_can_be_fetched_and_sent_again() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = api.world.person("Anna")
        await anna.start()
        async with await bot_of(api) as bot:
            content = b"\x00\r\n--boundary\r\n\r\n" + bytes(range(256))
            sent = await bot.send_document(
                anna.id, content, filename="räkning å.bin", caption="<b>Här</b>", parse_mode="HTML"
            )
            assert sent.document is not None
            assert (sent.document.file_name, sent.document.file_size) == ("räkning å.bin", len(content))
            assert bytes(await (await bot.get_file(sent.document)).download_as_bytearray()) == content
            again = await bot.send_document(anna.id, sent.document.file_id)
            assert anna.messages[-1].files[0].content == content
            assert again.document is not None
            with pytest.raises(ptb.error.BadRequest, match=r"(?i)can't use file of type document as photo"):
                await bot.send_photo(anna.id, sent.document.file_id)


@pytest.mark.asyncio
async def test_an_album_is_uploaded_with_attach_names() -> None:
    async with telegram(FrozenClock().now) as api:
        anna = api.world.person("Anna")
        await anna.start()
        async with await bot_of(api) as bot:
            parts = [ptb.InputMediaPhoto(b"\xff\xd8\xff1"), ptb.InputMediaPhoto(b"\xff\xd8\xff2", caption="två")]
            sent = await bot.send_media_group(anna.id, parts)
        assert len({message.media_group_id for message in sent}) == 1
        assert [message.files[0].content for message in anna.messages[1:]] == [b"\xff\xd8\xff1", b"\xff\xd8\xff2"]
        assert [message.text for message in anna.messages[1:]] == ["", "två"]


@pytest.mark.parametrize("sent_as", ["json", "form", "multipart", "address"])
@pytest.mark.asyncio
async def test_parameters_come_in_every_form(sent_as: str) -> None:
    async with telegram(FrozenClock().now) as api, caller(api) as call:
        anna = api.world.person("Anna")
        await anna.start()
        markup = {"inline_keyboard": [[{"text": "Å", "callback_data": "å"}]]}
        fields: dict[str, Any] = {"chat_id": anna.id, "text": "räksmörgås & co", "reply_markup": markup}
        flat = {"chat_id": str(anna.id), "text": fields["text"], "reply_markup": json.dumps(markup)}
        address = call.url("sendMessage")
        match sent_as:
            case "json":
                answer = await call.client.post(address, json=fields)
            case "form":
                answer = await call.client.post(address, data=flat)
            case "multipart":
                answer = await call.client.post(address, files={name: (None, value) for name, value in flat.items()})
            case _:
                answer = await call.client.get(address, params=flat)
        assert answer.json()["ok"]
        assert (anna.shown, anna.messages[-1].buttons) == (["räksmörgås & co"], [[("Å", "å")]])
        assert api.calls[-1].parameters == fields
