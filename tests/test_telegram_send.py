"""Posting over the wire: what a citizen and a group see, and what of it is told when something breaks midway."""

from datetime import timedelta

import pytest

from bot.channels.telegram_api import TelegramChats
from bot.chat import Button, ChatId, FileKind, Form, No, Post, Posted, PostId, ThreadId, Upload
from bot.chat_text import bold, paragraphs, quote
from bot.errors import OurFault, Refused, TryLater, Unsure
from sandbox.bot_api import BotApi, TgChat, TgPerson
from tests.conftest import MONDAY, FrozenClock
from tests.telegram_ways import chats_of, met, staff_group
from tests.tg import telegram

pytestmark = pytest.mark.asyncio

YES_NO = ((Button("Ja", "v1:y"), Button("Nej", "v1:n")), (Button("Läs mer", link="https://kommun.example/"),))
PDF = Upload(name="svar på åäö.pdf", media_type="application/pdf", content=b"%PDF-1.7")
JPEG = Upload(name="hål.jpg", media_type="image/jpeg", content=b"\xff\xd8\xff\xe0")


def said(chat: TgChat) -> list[str]:
    return [message.text for message in chat.messages if message.by_bot and not message.service]


async def form_of(chats: TelegramChats, elsa: TgPerson, text: str = "Hej", **form: object) -> Posted:
    return await chats.post(Post(chat=ChatId(elsa.id), text=text, form=Form(**form)))  # type: ignore[arg-type]


async def test_words_with_their_form_buttons_and_no_preview(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        html = str(paragraphs(bold("Rubrik <1>"), quote("Hej & hå"), "https://kommun.example/"))
        posted = await chats.post(Post(
            chat=ChatId(elsa.id), html=html, text="annat", form=Form(buttons=YES_NO, quiet=True, protect=True),
        ))  # fmt: skip
        message = elsa.messages[-1]
        assert message.text == "Rubrik <1>\n\nHej & hå\n\nhttps://kommun.example/"
        assert [(one["type"], one["offset"], one["length"]) for one in message.entities[:2]] == [
            ("bold", 0, 10), ("blockquote", 12, 8),
        ]  # fmt: skip
        assert message.buttons == [[("Ja", "v1:y"), ("Nej", "v1:n")], [("Läs mer", "https://kommun.example/")]]
        sent = api.called("sendMessage")[-1].parameters
        assert (sent["disable_notification"], sent["protect_content"]) == (True, True)
        assert sent["link_preview_options"] == {"is_disabled": True}
        assert posted == Posted(posts=(PostId(message.id),), at=MONDAY)


async def test_words_without_form_are_sent_as_they_stand(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        await form_of(chats, elsa, "<b>1 < 2 & 3</b> _a_ *b*")
        assert elsa.messages[-1].text == "<b>1 < 2 & 3</b> _a_ *b*"
        assert "parse_mode" not in api.called("sendMessage")[-1].parameters


async def test_the_time_is_telegrams_and_not_ours(clock: FrozenClock) -> None:
    ahead = FrozenClock(MONDAY + timedelta(minutes=5, milliseconds=700))
    async with telegram(ahead.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        posted = await form_of(chats, elsa)
        # Whole seconds, as the service counts.
        assert posted.at == MONDAY + timedelta(minutes=5)
        ahead.forward(minutes=1)
        edit = await form_of(chats, elsa, "Hej igen", edits=posted.posts[0])
        assert edit.at == MONDAY + timedelta(minutes=6)


async def test_long_words_become_several_messages(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        question = await elsa.write("Fråga")
        told: list[PostId] = []
        text = "\n\n".join(["å" * 3000, "b" * 3000, "c" * 10])
        post = Post(chat=ChatId(elsa.id), text=text, form=Form(reply_to=PostId(question.id), buttons=YES_NO))
        posted = await chats.post(post, told=told.append)
        first, second = elsa.messages[-2:]
        assert [first.text, second.text] == ["å" * 3000, "b" * 3000 + "\n\n" + "c" * 10]
        assert (first.reply_to, second.reply_to) == (question.id, None)
        assert (first.buttons, len(second.buttons)) == ([], 2)
        assert posted.posts == tuple(told) == (first.id, second.id)


async def test_a_sending_goes_on_where_it_stopped(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        pieces = [sign * 3400 for sign in "abc"]
        post = Post(chat=ChatId(elsa.id), text="\n\n".join(pieces), form=Form(buttons=YES_NO), files=(PDF,))
        told: list[PostId] = []

        def told_then_flood(number: PostId) -> None:
            told.append(number)
            if len(told) == 2:
                api.faults.fail("sendMessage", retry_after=7)

        with pytest.raises(TryLater) as later:
            await chats.post(post, told=told_then_flood)
        assert (later.value.after, later.value.whole_channel) == (timedelta(seconds=7), False)
        assert said(elsa.private) == pieces[:2]
        posted = await chats.post(post, done=len(told), told=told.append)
        assert said(elsa.private) == [*pieces, ""]
        assert len(posted.posts) == 2
        assert [bool(message.buttons) for message in elsa.messages[-4:]] == [False, False, False, True]
        # When all of it was sent already, nothing more is.
        assert (await chats.post(post, done=4)).posts == ()
        assert len(said(elsa.private)) == 4


async def test_what_replies_to_a_message_that_is_gone_goes_out_without(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        await form_of(chats, elsa, reply_to=PostId(999))
        assert elsa.messages[-1].reply_to is None


async def test_asking_for_a_reply(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        await form_of(chats, elsa, asks=True, hint="Skriv svaret här " * 5)
        markup = elsa.messages[-1].markup
        assert markup is not None
        assert markup["force_reply"]
        assert markup["input_field_placeholder"] == ("Skriv svaret här " * 5)[:64]
        # A message can have one of both, and a button does something.
        await form_of(chats, elsa, asks=True, buttons=YES_NO)
        assert elsa.messages[-1].buttons
        with pytest.raises(OurFault):
            await form_of(chats, elsa, buttons=((Button("Tom"),),))


async def test_an_edit_in_place_its_buttons_and_what_is_so_already(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        card = (await form_of(chats, elsa, "Kort", buttons=YES_NO)).posts[0]
        clock.forward(minutes=1)
        for _ in range(2):
            # The second time it is as it should be.
            edit = Post(chat=ChatId(elsa.id), html="<b>Kort</b> 2", form=Form(edits=card))
            posted = await chats.post(edit)
            assert posted == Posted(posts=(card,), at=MONDAY + timedelta(minutes=1))
        assert (elsa.messages[-1].text, elsa.messages[-1].buttons) == ("Kort 2", [])
        for buttons in (YES_NO, YES_NO, ()):
            await form_of(chats, elsa, "", edits=card, buttons=buttons)
        assert (elsa.messages[-1].text, elsa.messages[-1].buttons) == ("Kort 2", [])
        await form_of(chats, elsa, "x" * 5000, edits=card)
        assert elsa.messages[-1].text == "x" * 3500 + "\n…"
        assert said(elsa.private) == ["x" * 3500 + "\n…"]


async def test_what_cannot_be_edited_any_more(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        mine = await elsa.write("min text")
        for target in (PostId(mine.id), PostId(999)):
            with pytest.raises(Refused) as refused:
                await form_of(chats, elsa, edits=target)
            assert refused.value.status == No.POST_GONE
        # May have been done, and may be done again.
        card = (await form_of(chats, elsa)).posts[0]
        api.faults.lose_reply("editMessageText")
        with pytest.raises(TryLater):
            await form_of(chats, elsa, "Ny", edits=card)
        assert (await form_of(chats, elsa, "Ny", edits=card)).posts == (card,)


async def test_taking_away_twice_is_once(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        gone = (await form_of(chats, elsa)).posts[0]
        for _ in range(2):
            posted = await form_of(chats, elsa, "", deletes=gone)
            assert posted == Posted(posts=(), at=MONDAY)
        assert said(elsa.private) == []
        old = (await form_of(chats, elsa)).posts[0]
        clock.forward(hours=49)
        with pytest.raises(Refused) as refused:
            await form_of(chats, elsa, "", deletes=old)
        assert refused.value.status == No.POST_GONE


async def test_a_reaction_instead_of_a_message(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        question = await elsa.write("Fråga")
        for _ in range(2):
            posted = await form_of(chats, elsa, "", reacts="👀", reply_to=PostId(question.id))
            assert posted.posts == ()
        assert question.reactions == {api.bot_id: ["👀"]}
        assert said(elsa.private) == []
        with pytest.raises(OurFault):
            await form_of(chats, elsa, "", reacts="👀")


async def test_files_of_the_services_own_with_their_words(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        photo, voice = await elsa.photo(), await elsa.voice()
        chat = ChatId(elsa.id)
        await chats.post(Post(
            chat=chat, html="<b>Hålet</b>", form=Form(file=photo.files[0].id, file_kind=FileKind.PHOTO, buttons=YES_NO),
        ))  # fmt: skip
        assert (elsa.messages[-1].kind, elsa.messages[-1].text) == ("photo", "Hålet")
        assert elsa.messages[-1].entities[0]["type"] == "bold"
        long = "å" * 1025
        await chats.post(Post(
            chat=chat, text=long, form=Form(file=voice.files[0].id, file_kind=FileKind.VOICE, buttons=YES_NO)
        ))  # fmt: skip
        assert [(one.kind, one.text, bool(one.buttons)) for one in elsa.messages[-2:]] == [
            ("voice", "", False), ("text", long, True),
        ]  # fmt: skip


@pytest.mark.parametrize("kind", [FileKind.AUDIO, FileKind.VIDEO_NOTE, FileKind.ANIMATION, FileKind.STICKER])
async def test_kinds_that_the_emulator_does_not_send_are_asked_for_by_their_name(
    clock: FrozenClock, kind: FileKind
) -> None:
    async with telegram(clock.now, faulty_ok=True) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        with pytest.raises(Unsure):
            await form_of(chats, elsa, "", file="x", file_kind=kind)
        name = "send" + "".join(part.capitalize() for part in kind.value.split("_"))
        assert api.calls[-1].method == name
        assert api.calls[-1].parameters == {"chat_id": str(elsa.id), kind.value: "x"}


async def test_files_of_ours_come_after_the_words(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        post = Post(chat=ChatId(elsa.id), text="Se bilagorna", files=(PDF, JPEG), form=Form(buttons=YES_NO))
        posted = await chats.post(post)
        words, document, photo = elsa.messages[-3:]
        assert [words.kind, document.kind, photo.kind] == ["text", "document", "photo"]
        assert (document.files[0].name, document.files[0].content) == (PDF.name, PDF.content)
        assert photo.files[0].content == JPEG.content
        assert [bool(one.buttons) for one in (words, document, photo)] == [False, False, True]
        assert len(posted.posts) == 3


async def test_a_picture_that_is_not_taken_as_one_goes_as_a_document(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        api.faults.fail("sendPhoto", code=400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")
        await chats.post(Post(chat=ChatId(elsa.id), files=(JPEG,)))
        assert elsa.messages[-1].kind == "document"


async def test_form_that_is_refused_goes_once_more_without_it_and_somebody_is_told(
    clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        chat = ChatId(elsa.id)
        refusal = 'Bad Request: can\'t parse entities: Unsupported start tag "hemligt" at byte offset 0'
        api.faults.fail("sendMessage", code=400, description=refusal)
        await chats.post(Post(chat=chat, html="<b>Hej</b> &amp; hå"))
        assert elsa.messages[-1].text == "Hej & hå"
        assert elsa.messages[-1].entities == []
        api.faults.fail("editMessageText", code=400, description=refusal)
        await chats.post(Post(chat=chat, html="<i>Hå</i>", form=Form(edits=PostId(elsa.messages[-1].id))))
        assert elsa.messages[-1].text == "Hå"
        assert [record.levelname for record in caplog.records if record.name.startswith("bot.")] == ["ERROR", "ERROR"]
        assert "hemligt" not in caplog.text
        api.faults.fail("sendMessage", code=400, description=refusal, times=2)
        with pytest.raises(Refused) as refused:
            await chats.post(Post(chat=chat, html="<b>Hej</b>"))
        assert refused.value.status == No.BAD_TEXT


async def test_the_general_topic_is_never_named(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api)
        for thread in (None, ThreadId(1)):
            await chats.post(Post(chat=ChatId(group.id), thread=thread, text="Tavla"))
        assert len(said(group)) == 2
        assert all("message_thread_id" not in call.parameters for call in api.called("sendMessage"))


async def test_a_topic_that_is_gone_or_closed(clock: FrozenClock) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api, rights=["can_manage_topics"])
        chat = ChatId(group.id)
        thread = await chats.make_topic(chat, "K-1")
        post = Post(chat=chat, thread=thread, text="Hej")
        await group.close_topic(thread)
        await group.set_rights([])
        with pytest.raises(Refused) as closed:
            await chats.post(post)
        assert closed.value.status == No.TOPIC_CLOSED
        await group.delete_topic(thread)
        # The service has two sets of words for it.
        for _ in range(2):
            with pytest.raises(Refused) as gone:
                await chats.post(post)
            assert gone.value.status == No.TOPIC_GONE


async def test_what_falls_out_of_a_deleted_topic_is_taken_back(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        group, _ = await staff_group(api)
        chat = ChatId(group.id)
        thread = await chats.make_topic(chat, "K-1")
        monkeypatch.setattr("sandbox.bot_api.methods_send.topic_of", lambda *_: None)
        told: list[PostId] = []
        with pytest.raises(Refused) as gone:
            await chats.post(Post(chat=chat, thread=thread, text="Elsas fråga"), told=told.append)
        assert gone.value.status == No.TOPIC_GONE
        assert said(group) == []
        assert told == []


@pytest.mark.parametrize(("happens", "status"), [
    (TgPerson.block, No.BLOCKED),
    (TgPerson.leave_telegram, No.BLOCKED),
])  # fmt: skip
async def test_a_person_who_has_closed_the_chat(clock: FrozenClock, happens: object, status: No) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa, stranger = await met(api), api.world.person("Bo")
        await happens(elsa)  # type: ignore[operator]
        for person in (elsa, stranger):
            with pytest.raises(Refused) as refused:
                await form_of(chats, person)
            assert refused.value.status == status


async def failing(api: BotApi, how: str) -> None:
    if how == "lost":
        api.faults.lose_reply("sendMessage")
    elif how == "cut":
        api.faults.drop_request("sendMessage")
    else:
        api.faults.fail("sendMessage", code=int(how))


@pytest.mark.parametrize(("how", "arrived"), [("lost", 1), ("cut", 0), ("502", 0), ("500", 0)])
async def test_whether_it_arrived_is_not_known(clock: FrozenClock, how: str, arrived: int) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)
        await failing(api, how)
        told: list[PostId] = []
        with pytest.raises(Unsure):
            await chats.post(Post(chat=ChatId(elsa.id), text="Svar"), told=told.append)
        assert said(elsa.private) == ["Svar"] * arrived
        assert told == []
        assert len(api.called("sendMessage")) == 1


async def test_what_was_understood_as_sent_and_cannot_be_read_was_sent(
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telegram(clock.now) as api, chats_of(api, clock) as chats:
        elsa = await met(api)

        def broken(*_: object) -> None:
            raise TypeError("a field of tomorrow")

        with monkeypatch.context() as patch:
            patch.setattr("telegram.Message.de_json", broken)
            with pytest.raises(Unsure):
                await form_of(chats, elsa)
        assert said(elsa.private) == ["Hej"]
