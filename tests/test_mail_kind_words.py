"""Words that only machines write, and people who write about machines."""

import pytest

from tests.judging import AUTO, PERSON, kind_of


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Subject: Read: er broschyr", "Your message to: us was kind, and I read it on the bus."),
        ("Subject: Anna is out of office too often", "Varför svarar hon aldrig?"),
        ("Subject: Autosvar: igen?", "Jag är inte nöjd, är ni på semester?"),
        ("From: mail@firma.example\nSubject: Virus found in my phone", "Hej! Vad gör jag nu? anna@example.org"),
        ("From: postkontor@firma.example\nSubject: Blocked file", "Hej!\nFilen gick inte att öppna."),
        ("From: Bo <bo@example.org>\nSubject: Non distribué", "Bonjour, ma lettre n'a pas été distribuée. Merci."),
    ],
)
def test_people_who_write_about_machines(head: str, body: str) -> None:
    assert kind_of(head, body) is PERSON


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            "Subject: Not read: Svar",
            "Your message\n\n  To: elsa@example.org\n  Subject: Svar\n\nwas deleted without being read on 1/2.",
        ),
        ("Subject: Kim Test is out of the office.", "I will be out of the office from Monday."),
        ("Subject: Abwesenheitsnotiz: Ihre Frage", "Guten Tag,\n\nich bin bis zum 30.11. nicht im Büro."),
        ("Subject: 自動返信：お問い合わせ", "ただいま不在にしております。"),
    ],
)
def test_absence_and_receipts_without_any_header(head: str, body: str) -> None:
    assert kind_of(head, body) is AUTO
