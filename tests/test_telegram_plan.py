"""What a post becomes, before anything is sent."""

import pytest

from bot.channels.telegram_plan import PHOTO_BYTES, UPLOAD_BYTES, Step, as_document, edited, steps_of
from bot.chat import ChatId, FileKind, Form, No, Post, Upload
from bot.errors import Refused

ELSA = ChatId(1001)
PDF = Upload(name="svar.pdf", media_type="application/pdf", content=b"%PDF")
JPEG = Upload(name="hål.jpg", media_type="image/jpeg", content=b"\xff\xd8\xff")
GIF = Upload(name="rörlig.gif", media_type="image/gif", content=b"GIF89a")


def post(text: str = "", *, html: str = "", files: tuple[Upload, ...] = (), **form: object) -> Post:
    return Post(chat=ELSA, text=text, html=html, files=files, form=Form(**form))  # type: ignore[arg-type]


@pytest.mark.parametrize(("asked", "steps"), [
    (post("Hej <du>"), (Step(words="Hej <du>"),)),
    (post("Hej", html="<b>Hej</b> &amp; hå"), (Step(words="Hej & hå", html="<b>Hej</b> &amp; hå"),)),
    # 3500 to a message.
    (post("a" * 3500 + " b"), (Step(words="a" * 3500), Step(words="b"))),
    (post("Se här", files=(PDF, JPEG, GIF)),
     (Step(words="Se här"), Step(upload=PDF, kind=FileKind.DOCUMENT), Step(upload=JPEG, kind=FileKind.PHOTO),
      Step(upload=GIF, kind=FileKind.DOCUMENT))),
    (post(files=(PDF,)), (Step(upload=PDF, kind=FileKind.DOCUMENT),)),
    (post(file="x", file_kind=FileKind.PHOTO), (Step(remote="x", kind=FileKind.PHOTO),)),
    (post(file="x"), (Step(remote="x", kind=FileKind.DOCUMENT),)),
    # Up to 1024 units of words stand under the file.
    (post("a" * 1024, file="x", file_kind=FileKind.VOICE), (Step(remote="x", kind=FileKind.VOICE, words="a" * 1024),)),
    (post("😀" * 512, file="x"), (Step(remote="x", kind=FileKind.DOCUMENT, words="😀" * 512),)),
    (post("😀" * 512 + "!", file="x"), (Step(remote="x", kind=FileKind.DOCUMENT), Step(words="😀" * 512 + "!"))),
    (post(html="<b>" + "&amp;" * 1024 + "</b>", file="x"),
     (Step(remote="x", kind=FileKind.DOCUMENT, words="&" * 1024, html="<b>" + "&amp;" * 1024 + "</b>"),)),
    (post("a" * 1025, file="x"), (Step(remote="x", kind=FileKind.DOCUMENT), Step(words="a" * 1025))),
    # Nothing can be written under these.
    (post("Hej", file="x", file_kind=FileKind.STICKER), (Step(remote="x", kind=FileKind.STICKER), Step(words="Hej"))),
    (post("Hej", file="x", file_kind=FileKind.VIDEO_NOTE),
     (Step(remote="x", kind=FileKind.VIDEO_NOTE), Step(words="Hej"))),
    (post("Hej", file="x", files=(PDF,)),
     (Step(remote="x", kind=FileKind.DOCUMENT, words="Hej"), Step(upload=PDF, kind=FileKind.DOCUMENT))),
])  # fmt: skip
def test_steps(asked: Post, steps: tuple[Step, ...]) -> None:
    assert steps_of(asked) == steps
    assert steps_of(asked) == steps_of(asked)


@pytest.mark.parametrize(("size", "kind"), [(PHOTO_BYTES, FileKind.PHOTO), (PHOTO_BYTES + 1, FileKind.DOCUMENT)])
def test_a_large_picture_goes_as_a_document(size: int, kind: FileKind) -> None:
    picture = Upload(name="a.png", media_type="image/png", content=bytes(size))
    assert [step.kind for step in steps_of(post(files=(picture,)))] == [kind]


@pytest.mark.parametrize(("asked", "status"), [
    (post("Hej", files=(PDF, Upload(name="a", media_type="video/mp4", content=bytes(UPLOAD_BYTES + 1)))), No.TOO_BIG),
    (post(), No.BAD_TEXT),
    (post(" \n\u200b"), No.BAD_TEXT),
    (post(html="<b> </b>"), No.BAD_TEXT),
])  # fmt: skip
def test_what_cannot_be_sent_is_refused_before_anything_is(asked: Post, status: No) -> None:
    with pytest.raises(Refused) as refused:
        steps_of(asked)
    assert refused.value.status == status


@pytest.mark.parametrize(("asked", "step"), [
    (post("Hej"), Step(words="Hej")),
    (post(), None),
    (post("a" * 3501), Step(words="a" * 3500 + "\n…")),
    (post(html="<b>" + "a" * 3501 + "</b>"),
     Step(words="a" * 3500 + "\n…", html="<b>" + "a" * 3500 + "</b>\n…")),
])  # fmt: skip
def test_an_edit_stays_one_message(asked: Post, step: Step | None) -> None:
    assert edited(asked) == step


def test_a_picture_can_become_a_document_and_words_lose_their_form() -> None:
    assert as_document(Step(upload=JPEG, kind=FileKind.PHOTO)) == Step(upload=JPEG, kind=FileKind.DOCUMENT)
    assert Step(words="a", html="<b>a</b>").plain == Step(words="a")
