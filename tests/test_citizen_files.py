"""With an officer's words go the files that the officer chose and no other; what a machine writes goes nowhere."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot import app
from tests import officer_clients as clients
from tests.example import make_office
from tests.officer_clients import FEW
from tests.officer_mail import Client, Draft, File, Notice, Words, mail_of, with_picture
from tests.officer_scene import ANNA, SAID, SECOND, Scene, ask, assert_only, assert_told, got_after, got_from

PDF = File(name="karta.pdf", kind="application/pdf", content=b"%PDF-1.4 karta")
LIST = File(name="öppettider.csv", kind="text/csv", content="dag;tid\nmåndag;8–16".encode())
LOGO = File(name="image001.png", kind="image/png", content=b"\x89PNG logo", cid="image001.png@01DB3A5E.6D3F2A10")
SCREEN = File(name="image002.png", kind="image/png", content=b"\x89PNG skiss", cid="image002.png@01DB3A5E.6D3F2A10")
PHOTO = File(name="IMG_7.jpeg", kind="image/jpeg", content=b"\xff\xd8\xff" + bytes(200_000), cid="foto7@example.org")
PAGES = {name: one for name, one in FEW.items() if name != "thunderbird_flowed"}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return asyncio.run(ask(tmp_path_factory.mktemp("asked"), make_office()))


@pytest.mark.parametrize("client", FEW.values(), ids=FEW)
def test_chosen_files_go_along_and_winmail_dat_does_not(scene: Scene, tmp_path: Path, client: Client) -> None:
    wrapped = File(name="winmail.dat", kind="application/ms-tnef", content=b"x\x9f>\x22")
    draft = replace(client(scene.notice, Words(said=SAID)), files=(PDF, wrapped, LIST))
    assert_only(got_from(scene, tmp_path, draft), scene.notice, files=(PDF, LIST))


@pytest.mark.parametrize("only", ["", "page"])
@pytest.mark.parametrize("client", PAGES.values(), ids=PAGES)
def test_pictures_of_the_signature_and_of_the_notice_stay(
    scene: Scene, tmp_path: Path, client: Client, only: str
) -> None:
    draft = client(scene.notice, Words(said=SAID))
    for below, picture in (("Anna", LOGO), (SECOND, SCREEN)):
        draft = with_picture(draft, below, picture)
    assert_only(got_from(scene, tmp_path, draft, only=only), scene.notice)


@pytest.mark.parametrize("only", ["", "page"])
@pytest.mark.parametrize("client", PAGES.values(), ids=PAGES)
def test_pictures_within_the_words_go_along(scene: Scene, tmp_path: Path, client: Client, only: str) -> None:
    """So does a photograph that a phone puts below the sign-off."""
    draft = client(scene.notice, Words(said=SAID))
    for below, picture in (("Till: Hamnen", SCREEN), ("Anna", PHOTO)):
        draft = with_picture(draft, below, picture)
    files = tuple(replace(one, cid="") for one in (SCREEN, PHOTO))
    assert_only(got_from(scene, tmp_path, draft, only=only), scene.notice, files=files)


def _attached(notice: Notice) -> dict[str, File]:
    """Return the notice as a file, in the ways in which programs make one."""
    text = notice.text.encode()
    return {
        "mail": File(name="", kind="message/rfc822", content=notice.raw),
        "eml": File(name="arende.eml", kind="application/octet-stream", content=notice.raw),
        "msg": File(name="arende.msg", kind="application/vnd.ms-outlook", content=notice.text.encode("utf-16-le")),
        "text": File(name="arende.txt", kind="text/plain", content=text),
        "page": File(name="arende.html", kind="text/html", content=notice.page.encode()),
        "footer": File(name="adress.txt", kind="text/plain", content=text[-60:]),
        "address": File(name="adress.csv", kind="text/csv", content=notice.reply_to.replace("+", "%2B").encode()),
        "name": File(name=f"{notice.reply_to}.pdf", kind="application/pdf", content=b"%PDF-1.4"),
    }


@pytest.mark.parametrize("way", ["mail", "eml", "msg", "text", "page", "footer", "address", "name"])
@pytest.mark.parametrize("client", [clients.outlook_web, clients.apple_iphone])
def test_a_notice_sent_along_is_refused(scene: Scene, tmp_path: Path, client: Client, way: str) -> None:
    draft = client(scene.notice, Words(said=SAID))
    assert_told(got_from(scene, tmp_path, replace(draft, files=(PDF, _attached(scene.notice)[way]))))


def test_these_checks_see_a_notice_that_is_sent_along(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "is_internal", lambda text: False)
    draft = clients.without_quotation(scene.notice, Words(said=SAID))
    got = got_from(scene, tmp_path, replace(draft, files=(_attached(scene.notice)["text"],)))
    with pytest.raises(AssertionError):
        assert_told(got)
    with pytest.raises(AssertionError):
        assert_only(got, scene.notice, files=(_attached(scene.notice)["text"],))


def test_a_sealed_answer_goes_without_its_seal(scene: Scene, tmp_path: Path) -> None:
    """Signed with a card (S/MIME, RFC 8551): the signature is of the officer's mail and says nothing to a citizen."""

    def sealed(notice: Notice) -> bytes:
        plain = mail_of(clients.outlook_web(notice, Words(said=SAID)), notice, sender=ANNA)
        head, _, body = plain.partition(b"\r\n\r\n")
        kind = re.search(rb"Content-Type:[^\r]*(\r\n[ \t][^\r]*)*", head)
        assert kind is not None
        outer = head.replace(
            kind[0], b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=s'
        )
        seal = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n"
        seal += b"Content-Disposition: attachment; filename=smime.p7s\r\n\r\nMIIB\r\n"
        return outer + b"\r\n\r\n--s\r\n" + kind[0] + b"\r\n\r\n" + body + b"\r\n--s\r\n" + seal + b"--s--\r\n"

    assert_only(got_after(scene, tmp_path, sealed)[0], scene.notice)


def _machine(notice: Notice, subject: str, text: str, **headers: str) -> bytes:
    draft = Draft(text=f"{text}\n\n{notice.text}", headers={name.replace("_", "-"): v for name, v in headers.items()})
    return mail_of(draft, notice, sender=ANNA, subject=subject)


def _report(notice: Notice, kind: str, told: str) -> bytes:
    """Return a report of a machine with the notice's headers, secret address and all."""
    head = (
        f"From: {ANNA}\r\nTo: {notice.reply_to}\r\nSubject: Read: {notice.subject.encode('ascii', 'replace').decode()}"
        f"\r\nMessage-ID: <r@klient.kommun.example>\r\nIn-Reply-To: {notice.message_id}\r\nMIME-Version: 1.0\r\n"
        "Authentication-Results: mx.kommun.example; dmarc=pass header.from=kommun.example\r\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=r\r\n\r\n"
    )
    body = (
        f"--r\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{told}\r\n--r\r\nContent-Type: message/{kind}\r\n"
        f"\r\nFinal-Recipient: rfc822;{ANNA}\r\nOriginal-Message-ID: {notice.message_id}\r\nDisposition: "
        "manual-action/MDN-sent-manually; displayed\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--r\r\n"
        f"Content-Type: text/rfc822-headers\r\n\r\nReply-To: {notice.reply_to}\r\n\r\n--r--\r\n"
    )
    return (head + body).encode()


def _calendar(notice: Notice, answer: str) -> bytes:
    ics = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    plain = mail_of(Draft(text="Jag kommer."), notice, sender=ANNA, subject=answer)
    head, _, _ = plain.partition(b"Content-Type:")
    tail = "Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n" + ics
    return (
        head.rstrip(b"\r\n").replace(b"\r\nContent-Transfer-Encoding: quoted-printable", b"") + b"\r\n" + tail.encode()
    )


@pytest.mark.parametrize("words", ["sv", "fi", "en"])
def test_what_a_machine_writes_in_the_officers_name_reaches_nobody(scene: Scene, tmp_path: Path, words: str) -> None:
    said, notice = Words(said=SAID, language=words).phrases, scene.notice
    away = {
        "sv": "Jag är på semester till den 30 november. Ring växeln.",
        "fi": "Olen lomalla 30. marraskuuta asti. Soita vaihteeseen.",
        "en": "I am on annual leave until 30 November. Please call the switchboard.",
    }[words]
    mails = [
        _machine(notice, f"{said.away}: {notice.subject}", away, Auto_Submitted="auto-replied"),
        _machine(notice, f"{said.away}: {notice.subject}", away, X_Auto_Response_Suppress="All"),
        _machine(notice, f"{said.reply}: {notice.subject}", away, Auto_Submitted="auto-generated"),
        _machine(notice, f"{said.reply}: {notice.subject}", away, Precedence="auto_reply"),
        _report(notice, "disposition-notification", f"{said.read}: {notice.subject}"),
        _report(notice, "delivery-status", "Undeliverable"),
    ]
    for mail in mails:
        (got,) = got_after(scene, tmp_path, lambda _, mail=mail: mail)  # type: ignore[misc]
        assert (got.citizen, got.officer) == ([], [])
    (got,) = got_after(scene, tmp_path, lambda _: _calendar(notice, f"{said.accepted}: {notice.subject}"))
    assert got.citizen == []
