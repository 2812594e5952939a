"""Addresses, ids and dates in the head of a mail, as they are written and as they are miswritten."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_head import (
    find_address,
    first,
    read_addresses,
    read_ids,
    received_at,
    same_host,
    without_comments,
)

ANNA = ("Anna Exempel", "anna@example.org")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("anna@example.org", [("", "anna@example.org")]),
        ("Anna Exempel <anna@example.org>", [ANNA]),
        ('"Anna Exempel" <anna@example.org>', [ANNA]),
        ('"Anna Exempel"<anna@example.org>', [ANNA]),
        ("Anna Exempel<anna@example.org>", [ANNA]),
        ("<anna@example.org>", [("", "anna@example.org")]),
        ("<anna@example.org> Anna Exempel", [ANNA]),
        ("anna@example.org (Anna Exempel)", [ANNA]),
        ("anna@example.org (Anna (på jobbet) Exempel)", [("Anna (på jobbet) Exempel", "anna@example.org")]),
        ("(bo@example.net) anna@example.org", [("bo@example.net", "anna@example.org")]),
        ("Anna (på jobbet) Exempel <anna@example.org>", [ANNA]),
        ("Anna (oj Exempel <anna@example.org>", [("Anna oj Exempel", "anna@example.org")]),
        ("(Anna <anna@example.org>", [("Anna", "anna@example.org")]),
        # names that look like addresses, or hold separators
        ("bo@example.net <anna@example.org>", [("bo@example.net", "anna@example.org")]),
        ('"bo@example.net" <anna@example.org>', [("bo@example.net", "anna@example.org")]),
        ('"<bo@example.net>" <anna@example.org>', [("<bo@example.net>", "anna@example.org")]),
        ('"Exempel, Anna" <anna@example.org>', [("Exempel, Anna", "anna@example.org")]),
        ("Exempel, Anna <anna@example.org>", [("Exempel, Anna", "anna@example.org")]),
        ("Exempel, Anna, Dr <anna@example.org>, bo@example.org",
         [("Exempel, Anna, Dr", "anna@example.org"), ("", "bo@example.org")]),
        ("=?utf-8?Q?Exempel,_Anna?= <anna@example.org>", [("=?utf-8?Q?Exempel,_Anna?=", "anna@example.org")]),
        ('"=?utf-8?q?=C3=85sa?=" <asa@example.org>', [("=?utf-8?q?=C3=85sa?=", "asa@example.org")]),
        ('"An\\"na" <anna@example.org>', [('An"na', "anna@example.org")]),
        ('"Anna <anna@example.org>', [("Anna", "anna@example.org")]),
        ("Anna's <anna@example.org>", [("Anna's", "anna@example.org")]),
        # lists and groups
        ("a@x.example, B <b@X.example>", [("", "a@x.example"), ("B", "b@x.example")]),
        ('"B, C" <b@x.example>; d@x.example', [("B, C", "b@x.example"), ("", "d@x.example")]),
        ("a@x.example;b@x.example;", [("", "a@x.example"), ("", "b@x.example")]),
        ("a@x.example,, b@x.example,", [("", "a@x.example"), ("", "b@x.example")]),
        ("Grupp: a@x.example, B <b@y.example>;", [("", "a@x.example"), ("B", "b@y.example")]),
        ("Grupp: Anna Exempel <anna@example.org>;, c@x.example", [ANNA, ("", "c@x.example")]),
        ("undisclosed-recipients:;", []),
        ("Undisclosed recipients: ;", []),
        ("", []),
        # old and broken syntax
        ('"a b"@x.example', [("", '"a b"@x.example')]),
        ('"a@b"@x.example', [("", '"a@b"@x.example')]),
        ('Anna <"a b"@x.example>', [("Anna", '"a b"@x.example')]),
        ("<@relay.example:anna@example.org>", [("", "anna@example.org")]),
        ('"Anna" <@r.example,@s.example:anna@example.org.>', [("Anna", "anna@example.org")]),
        ("anna . exempel @ example . org", [("", "anna.exempel@example.org")]),
        ("Anna <anna @ example.org>", [("Anna", "anna@example.org")]),
        ("Anna <anna@exam\r\n ple.org>", [("Anna", "anna@example.org")]),
        ("Anna <\r\n\tanna@example.org\r\n >", [("Anna", "anna@example.org")]),
        ("Anna Exempel <anna@example.org", [ANNA]),
        ("Anna anna@example.org>", [("", "anna@example.org")]),
        ("<<anna@example.org>>", [("", "anna@example.org")]),
        ("Anna <anna> <anna@example.org>", [("Anna", "anna@example.org")]),
        ("Anna <anna@example.org> <bo@example.net>", [("Anna", "anna@example.org")]),
        ("anna@example.org <>", [("", "anna@example.org")]),
        ("<mailto:anna@example.org>", [("", "anna@example.org")]),
        ("mailto:anna@example.org", [("", "anna@example.org")]),
        ("Anna [mailto:anna@example.org]", [("", "anna@example.org")]),
        ("Anna <anna@example.org?subject=Hej>", [("Anna", "anna@example.org")]),
        ("'anna@example.org'", [("", "anna@example.org")]),
        ("”anna@example.org”", [("", "anna@example.org")]),
        ("anna@example.org.", [("", "anna@example.org")]),
        ("anna at example.org (Anna)", [("", "anna@example.org")]),
        ("anna@[192.0.2.1]", [("", "anna@[192.0.2.1]")]),
        ("anna@åäö.example", [("", "anna@åäö.example")]),
        ("änna@xn--4cab6c.example", [("", "änna@xn--4cab6c.example")]),
        ("a.b+c-d_e'f/g=h@example.org", [("", "a.b+c-d_e'f/g=h@example.org")]),
        ("anna..x.@example.org", [("", "anna..x.@example.org")]),
        # no address at all
        ("<>", []),
        ("MAILER-DAEMON", []),
        ("MAILER-DAEMON <>", []),
        ("Anna @ jobbet", []),
        ("@example.org", []),
        ("anna@", []),
        ("möte at nio", []),
    ],
)  # fmt: skip
def test_address_lists(value: str, found: list[tuple[str, str]]) -> None:
    assert read_addresses(value) == found


def test_find_address() -> None:
    assert find_address("skriv till 'Anna@Example.NET'.") == "Anna@example.net"
    assert find_address("*anna@example.org*, bo@example.org") == "anna@example.org"
    assert find_address("'@' eller anna@example.org") == "anna@example.org"
    assert find_address("x" * 300 + "@example.org bo@example.org") == "bo@example.org"
    assert find_address("ingen") == ""


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@x.example>", ("a@x.example",)),
        ("<a@x.example> <b@x.example>", ("a@x.example", "b@x.example")),
        ("<a@x.example><b@x.example>", ("a@x.example", "b@x.example")),
        ("<a@x.example>,<b@x.example>;<c@x.example>", ("a@x.example", "b@x.example", "c@x.example")),
        ("<a@x.example>\r\n\t<b@x.example>", ("a@x.example", "b@x.example")),
        ("<a-long-\r\n id@x.example>", ("a-long-id@x.example",)),
        ("< a@x.example >", ("a@x.example",)),
        ("<a@x.example b@x.example>", ("a@x.example", "b@x.example")),
        ("<<a@x.example>>", ("a@x.example",)),
        ('"<a@x.example>"', ("a@x.example",)),
        ("<a@x.example> (sent <b@x.example>)", ("a@x.example",)),
        ("(<b@x.example>) <a@x.example>", ("a@x.example",)),
        ("( <a@x.example>", ("a@x.example",)),
        ("<a(1)b@x.example>", ("a(1)b@x.example",)),
        ("<a@x.example> <a@x.example> <b@x.example>", ("a@x.example", "b@x.example")),
        ("a@x.example", ("a@x.example",)),
        ("a@x.example, b@x.example", ("a@x.example", "b@x.example")),
        ("a@x.example>", ("a@x.example",)),
        ("<a@x.example", ("a@x.example",)),
        ("<a@x.example> <b@x.exa", ("a@x.example",)),
        ("<a@x.example <b@x.example>", ("b@x.example",)),
        ("<17>", ("17",)),
        ("2026.17.x", ("2026.17.x",)),
        ("Message from Anna <anna@example.org> of Friday <a@x.example>", ("a@x.example",)),
        ('Your message of "Fri, 20 Nov 2026" <a@x.example>', ("a@x.example",)),
        ("Message from Anna <anna@example.org>", ("anna@example.org",)),
        ("<from@x.example> <b@x.example>", ("from@x.example", "b@x.example")),
        ("Your message of Friday", ()),
        ("<>", ()),
        ("< >", ()),
        ("", ()),
        (f"<{'x' * 501}> <a@x.example>", ("a@x.example",)),
        ("<AbC=+/_.-@[192.0.2.1]>", ("AbC=+/_.-@[192.0.2.1]",)),
    ],
)
def test_ids(value: str, ids: tuple[str, ...]) -> None:
    assert read_ids([value]) == ids


def test_the_first_and_the_latest_of_many_ids_are_kept() -> None:
    ids = [f"{number}@x.example" for number in range(500)]
    assert read_ids([f"<{one}>" for one in ids]) == (ids[0], *ids[-99:])


def test_comments_go_and_quotes_are_emptied() -> None:
    assert without_comments(r'a (b (c) "d) e \( f "g;\"h" i (j') == 'a  e  f "" i '
    assert without_comments('a "b (c') == 'a "'
    assert without_comments('a="b.c" d="e=f" g="h\\"i"', keep_words=True) == 'a="b.c" d="" g=""'
    assert without_comments('"x" (y) "z', keep_words=True) == '"x"  "'


def test_small_readers() -> None:
    assert first({"to": [" a ", "b"], "cc": []}, "to") == "a"
    assert first({"cc": []}, "cc") == first({}, "to") == ""
    assert same_host("MX.example.org.", " mx.example.org")
    assert not same_host("mx.example.org", "mx.example.net")


AT = "; Fri, 20 Nov 2026 10:00:05 +0100"


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (f"from a.example by mx.example.org with ESMTP id 1{AT}", True),
        (f"by MX.Example.ORG.{AT}", True),
        (f"from a.example (helo x) by mx.example.org (Postfix){AT} (CET)", True),
        (f"from a.example\r\n\tby mx.example.org\r\n\tfor <kontakt@kommun.example>{AT}", True),
        (f"from by by mx.example.org{AT}", True),
        (f"from a.example by mx.example.net{AT}", False),
        (f"from (by mx.example.org){AT}", False),
        (f'from "by mx.example.org" x{AT}', False),
        ("from a.example by mx.example.org; i morgon", False),
        ("from a.example by mx.example.org; Fri, 99 Nov 2026 10:00:05 +0100", False),
    ],
)
def test_when_the_trusted_host_took_it(value: str, seen: bool) -> None:
    at = datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC) if seen else None
    assert received_at([value], "mx.example.org") == at
    assert received_at([value], "") is None


LOCAL = st.from_regex(r"[a-z0-9]([a-z0-9+_.-]{0,18}[a-z0-9])?", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\.[a-z]{2,6}){1,2}", fullmatch=True)
NAME = st.text("abc åäö@<>,;:()\"\\'.", max_size=20)
COMMENT = st.text("abc åäö@<>,;:\"'.", max_size=20)


def quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(NAME, LOCAL, DOMAIN, COMMENT), min_size=1, max_size=5), st.sampled_from([", ", ";", ",\r\n "])
)
def test_every_well_formed_list_is_read_back(boxes: list[tuple[str, str, str, str]], separator: str) -> None:
    value = separator.join(f"{quoted(name)} ({note}) <{local}@{domain}>" for name, local, domain, note in boxes)
    assert [address for _, address in read_addresses(value)] == [f"{local}@{domain}" for _, local, domain, _ in boxes]
    bare = separator.join(f"{local}@{domain} ({note})" for _, local, domain, note in boxes)
    assert [address for _, address in read_addresses(bare)] == [f"{local}@{domain}" for _, local, domain, _ in boxes]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(LOCAL, DOMAIN), min_size=1, max_size=9, unique=True), st.sampled_from(["", " ", "\r\n\t", ", "])
)
def test_every_list_of_ids_is_read_back(parts: list[tuple[str, str]], separator: str) -> None:
    ids = tuple(f"{local}@{domain}" for local, domain in parts)
    assert read_ids([separator.join(f"<{one}>" for one in ids)]) == ids


@settings(max_examples=500, deadline=None)
@given(st.text('ab@<>()",;:\\ \t\r\n.=?é\udcff[]', max_size=80))
def test_no_value_makes_them_fail(value: str) -> None:
    assert all(address.rpartition("@")[0] and address.rpartition("@")[2] for _, address in read_addresses(value))
    assert all(one and not any(sign.isspace() for sign in one) for one in read_ids([value]))
    assert received_at([value, f"by x{AT}"], "x") in (None, datetime(2026, 11, 20, 9, 0, 5, tzinfo=UTC))
    assert find_address(value).count("@") <= 1 or '"' in value
    without_comments(value, keep_words=True)


def test_hostile_values_take_linear_time() -> None:
    for piece in (
        "(",
        '"',
        "<",
        ">",
        "a",
        "a@",
        "@",
        "a,",
        "(<a>",
        '"a',
        "=?a?q?",
        "a . ",
        "from <",
        ":",
        "\\",
        "[",
        "<a@b ",
    ):
        value = piece * (100_000 // len(piece))
        for read in (read_addresses, find_address, without_comments):
            started = time.process_time()
            read(value)
            assert time.process_time() - started < 3  # some 0.1 s; a quadratic pass takes minutes
        started = time.process_time()
        read_ids([value])
        received_at([value], "x")
        assert time.process_time() - started < 3
