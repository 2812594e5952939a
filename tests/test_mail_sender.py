"""Who wrote a mail: found wherever the head names somebody, by the rule that is told."""

import pytest

from bot.channels.mail_read import read_mail
from bot.channels.mail_why import Why

FROM, PATTERN, OTHER = Why.SENDER_FROM, Why.SENDER_PATTERN, Why.SENDER_OTHER


@pytest.mark.parametrize(
    ("head", "name", "address", "rule"),
    [
        ("From: Anna Exempel <anna@example.org>", "Anna Exempel", "anna@example.org", FROM),
        ("From: =?utf-8?q?=C3=85sa?= <asa@example.org>", "Åsa", "asa@example.org", FROM),
        ('From: "Exempel, Anna" <anna@example.org>', "Exempel, Anna", "anna@example.org", FROM),
        ('From: "anna b"@example.org', "", '"anna b"@example.org', FROM),
        ("From: Anna <anna@exämple.example>", "Anna", "anna@exämple.example", FROM),
        ("From: Anna <anna@XN--EXMPLE-CUA.example>", "Anna", "anna@xn--exmple-cua.example", FROM),
        ("From: <anna@example.org", "", "anna@example.org", FROM),
        ("From: Anna\nSender: <elsa@example.org>", "", "elsa@example.org", OTHER),
        ("From: Anna\nReply-To: Elsa <elsa@example.org>", "Elsa", "elsa@example.org", OTHER),
        ("Reply-To: elsa@example.org\nSender: bo@example.org", "", "bo@example.org", OTHER),
        ("X-Sender: kim@example.org", "", "kim@example.org", OTHER),
        ("From: \nReturn-Path: <kim@example.org>", "", "kim@example.org", OTHER),
    ],
)  # fmt: skip
def test_senders(head: str, name: str, address: str, rule: Why) -> None:
    read = read_mail(f"{head}\n\nHej".encode())
    assert (read.from_name, read.from_addr, read.why[0]) == (name, address, rule)


def test_the_envelope_tells_where_the_head_does_not() -> None:
    assert read_mail(b"Subject: x\n\nHej", envelope_sender="kim@example.org").from_addr == "kim@example.org"
    nobody = read_mail(b"Subject: x\n\nHej", envelope_sender="")
    assert (nobody.from_addr, nobody.why[0].partition(".")[0]) == ("", "kind")


def test_raw_names_are_read_in_the_charset_of_the_body() -> None:
    head = "From: Иван <ivan@example.org>\nContent-Type: text/plain; charset=koi8-r\n\nПривет".encode("koi8-r")
    read = read_mail(head)
    assert (read.from_name, read.text) == ("Иван", "Привет")


@pytest.mark.parametrize("sign", ["(", "()", '"', "<", "@", "\\", "=?utf-8?q?", "a ", ", ", "a@b.example, "])
def test_hostile_senders_cost_no_sender_and_little_time(sign: str) -> None:
    raw = f"From: {sign * 30_000}\nSender: elsa@example.org\n\nHej".encode()
    assert read_mail(raw).from_addr in ("elsa@example.org", "a@b.example")
