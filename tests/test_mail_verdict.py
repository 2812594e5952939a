"""Whose word on the sender counts: the trusted host's, or the own tenant's, and nobody's below it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.mail_verdict import read_verdict

HOST, ANNA = "mx.kommun.example", "anna@example.org"
PASS = f"{HOST}; dmarc=pass header.from=example.org"
INSIDE = "x-ms-exchange-organization-authas"


def verdict(
    *results: str, sender: str = f"Anna <{ANNA}>", from_addr: str = ANNA, tenant: bool = False, **more: str
) -> str:
    headers = {"from": [sender], "authentication-results": list(results)}
    headers |= {name.replace("_", "-"): [value] for name, value in more.items()}
    return read_verdict(headers, from_addr, HOST, tenant=tenant)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        (PASS, "pass"),
        (f"{HOST} 1; dmarc=pass header.from=example.org", "pass"),
        (f"{HOST.upper()}.; DMARC=Pass Header.From=Example.ORG.", "pass"),
        (f"{HOST}; dmarc=pass", "pass"),
        (f'{HOST}; dmarc=pass header.from="example.org"', "pass"),
        (f'"{HOST}"; dmarc=pass header.from=example.org', "pass"),
        (f"{HOST}; dmarc = pass (p=reject dis=none) header.from=example.org", "pass"),
        (
            f"{HOST};\r\n\tspf=fail smtp.mailfrom=x.example;\r\n\tdkim=none;\r\n\tdmarc=pass header.from=example.org",
            "pass",
        ),
        (f"{HOST}; dmarc=pass policy.dmarc=none policy.policy-from=p header.from=example.org", "pass"),
        (f"{HOST}; dmarc/1=pass header.from=example.org", "pass"),
        (f"{HOST}; dmarc=pass header.from=anna@example.org", "pass"),
        (f"{HOST}; dmarc=fail header.from=example.org", "fail"),
        (f"{HOST}; dmarc=fail (p=none) header.from=example.org; dmarc=pass header.from=example.org", "fail"),
        (f"{HOST}; dmarc=pass header.from=example.org; dmarc=none", "none"),
        (f"{HOST}; dmarc=pass header.from=example.net", "none"),
        (f"{HOST}; dmarc=bestguesspass header.from=example.org", "none"),
        (f"{HOST}; dmarc=temperror header.from=example.org", "none"),
        (f"{HOST}; spf=pass; dkim=pass header.d=example.org", "none"),
        (f"{HOST}; none", "none"),
        (f"{HOST}", "none"),
        ("", "none"),
        ("mx.example.net; dmarc=pass header.from=example.org", "none"),
        (f"mx.example.net; x={HOST}; dmarc=pass header.from=example.org", "none"),
        (f"{HOST}.example.net; dmarc=pass header.from=example.org", "none"),
        ("dmarc=pass header.from=example.org", "none"),
        # what a stranger wrote within a comment or a quoted string is no word of the host
        (f"{HOST}; spf=none (dmarc=pass header.from=example.org)", "none"),
        (f"{HOST}; spf=none (; dmarc=pass header.from=example.org)", "none"),
        (f"{HOST}; spf=none (\\); dmarc=pass header.from=example.org)", "none"),
        (f'{HOST}; spf=none reason="; dmarc=pass header.from=example.org"', "none"),
        (f'{HOST}; spf=none reason="x\\"; dmarc=pass header.from=example.org"', "none"),
        (f"{HOST}; spf=none smtp.helo=dmarc=pass", "none"),
        (f"({HOST}) mx.example.net; dmarc=pass header.from=example.org", "none"),
        (f"{HOST}; dmarc=pass (header.from=example.org) header.from=example.net", "none"),
        (f"{HOST}; spf=none (open; dmarc=pass header.from=example.org", "none"),
    ],
)
def test_the_trusted_hosts_word(results: str, expected: str) -> None:
    assert verdict(results) == expected


def test_only_the_topmost_header_counts() -> None:
    assert verdict("mx.example.net; dmarc=pass header.from=example.org", PASS) == "none"
    assert verdict(f"{HOST}; dmarc=fail header.from=example.org", PASS) == "fail"
    assert verdict(f"{HOST}; dmarc=none", PASS) == "none"
    assert verdict(PASS, f"{HOST}; dmarc=fail") == "pass"
    assert verdict(arc_authentication_results=f"i=1; {PASS}") == "none"
    assert verdict(x_authentication_results=PASS) == "none"
    assert read_verdict({"from": [ANNA], "authentication-results": [PASS]}, ANNA, "") == "none"


@pytest.mark.parametrize(
    "sender",
    [
        f"Anna <{ANNA}>, Bo <bo@example.org>",
        f"{ANNA}, bo@example.net",
        f"{ANNA}; bo@example.net",
        f"Anna <{ANNA}> <bo@example.net>",
        f"Grupp: {ANNA};",
        "bo@example.org",
        "",
        "<>",
        f"Anna {ANNA}",
    ],
)
def test_a_pass_is_for_one_mailbox_only(sender: str) -> None:
    assert verdict(PASS, sender=sender) == "none"
    assert verdict(f"{HOST}; dmarc=fail", sender=sender) == "fail"


@pytest.mark.parametrize(
    "sender",
    [ANNA, f"<{ANNA}>", f'"Exempel, Anna" <{ANNA}>', f"=?utf-8?q?=C3=85sa?= <{ANNA}>", f"{ANNA} (Anna)",
     f"Anna\r\n <{ANNA}>", "Anna <ANNA@Example.org>", f'"bo@example.net" <{ANNA}>'],
)  # fmt: skip
def test_one_mailbox_in_every_spelling(sender: str) -> None:
    assert verdict(PASS, sender=sender) == "pass"


def test_several_from_headers_pass_nothing() -> None:
    headers = {"from": [ANNA, ANNA], "authentication-results": [PASS]}
    assert read_verdict(headers, ANNA, HOST) == "none"
    assert read_verdict(headers | {INSIDE: ["Internal"]}, ANNA, HOST, tenant=True) == "none"


def test_without_a_judged_domain_there_must_be_no_second_one_to_choose_from() -> None:
    assert verdict(f"{HOST}; dmarc=pass", sender=f"bo@example.net <{ANNA}>") == "none"
    assert verdict(PASS, sender=f"bo@example.net <{ANNA}>") == "pass"


def test_a_sender_read_from_elsewhere_than_from_is_not_vouched_for() -> None:
    assert verdict(PASS, from_addr="bo@example.org") == "none"


def test_both_spellings_of_an_international_domain_are_one() -> None:
    results = f"{HOST}; dmarc=pass header.from=xn--4cab6c.example"
    assert verdict(results, sender="<anna@åäö.example>", from_addr="anna@åäö.example") == "pass"
    assert verdict(results, sender="<anna@aao.example>", from_addr="anna@aao.example") == "none"


EXCHANGE = (
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=pass (was verified) header.d=example.org;"
    "dmarc={dmarc} action={action} header.from=example.org;compauth={compauth} reason=100"
)


@pytest.mark.parametrize(
    ("dmarc", "action", "compauth", "expected"),
    [
        ("pass", "none", "pass", "pass"),
        ("pass", "none", "softpass", "pass"),
        ("fail", "none", "pass", "fail"),
        ("fail", "oreject", "fail", "fail"),
        ("pass", "none", "fail", "fail"),
        ("none", "none", "fail", "fail"),
        ("bestguesspass", "none", "pass", "none"),
        ("none", "none", "pass", "none"),
        ("permerror", "none", "none", "none"),
    ],
)
def test_exchange_names_no_host_and_counts_only_in_the_own_tenant(
    dmarc: str, action: str, compauth: str, expected: str
) -> None:
    results = EXCHANGE.format(dmarc=dmarc, action=action, compauth=compauth)
    assert verdict(results, tenant=True) == expected
    assert verdict(results) == "none"


def test_in_the_tenant_too_only_the_topmost_header_counts() -> None:
    good = EXCHANGE.format(dmarc="pass", action="none", compauth="pass")
    bad = EXCHANGE.format(dmarc="fail", action="none", compauth="fail")
    assert verdict(bad, good, tenant=True) == "fail"
    assert verdict("mx.example.net; dmarc=pass header.from=example.org", good, tenant=True) == "none"
    assert verdict("mx.example.net; dmarc=pass header.from=example.org", tenant=True) == "none"
    assert verdict(PASS, bad, tenant=True) == "pass"  # the trusted host stands before the tenant
    assert verdict("(spf=pass) mx.example.net; dmarc=pass header.from=example.org", tenant=True) == "none"


def test_mail_written_inside_the_tenant() -> None:
    assert verdict(tenant=True, x_ms_exchange_organization_authas="Internal") == "pass"
    assert verdict(tenant=True, x_ms_exchange_organization_authas=" internal ") == "pass"
    unsigned = "dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=example.org;"
    assert verdict(unsigned, tenant=True, x_ms_exchange_organization_authas="Internal") == "pass"
    assert verdict(tenant=False, x_ms_exchange_organization_authas="Internal") == "none"
    assert verdict(tenant=True, x_ms_exchange_organization_authas="Anonymous") == "none"
    assert verdict(tenant=True, x_ms_exchange_organization_authas="Internal, Anonymous") == "none"
    assert verdict(tenant=True, x_ms_exchange_crosstenant_authas="Internal") == "none"
    failed = EXCHANGE.format(dmarc="fail", action="none", compauth="fail")
    assert verdict(failed, tenant=True, x_ms_exchange_organization_authas="Internal") == "fail"
    two = {"from": [ANNA], INSIDE: ["Internal", "Anonymous"]}
    assert read_verdict(two, ANNA, HOST, tenant=True) == "none"
    assert read_verdict(two | {INSIDE: ["Internal", "Internal"]}, ANNA, HOST, tenant=True) == "none"
    sender = f"Anna <{ANNA}>, bo@example.org"
    assert verdict(sender=sender, tenant=True, x_ms_exchange_organization_authas="Internal") == "none"


WORDS = st.sampled_from([HOST, "mx.example.net", ";", "dmarc", "=", "pass", "fail", "(", ")", '"', "\\", " ",
                         "header.from", "example.org", "compauth", "\r\n\t", "é", "\udcff"])  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.lists(WORDS, max_size=25).map("".join), st.booleans())
def test_laws_of_the_verdict(results: str, tenant: bool) -> None:
    found = verdict(results, tenant=tenant)
    assert found in ("pass", "fail", "none")
    below = verdict("mx.example.net; none", results, tenant=tenant)
    assert below == "none"
    assert verdict(f"{HOST}; spf=none ({results.replace('(', '').replace(')', '')}\\)", tenant=tenant) == "none"


def test_hostile_values_take_linear_time() -> None:
    for piece in ("(", '"', ";", "dmarc=", "header.from=a ", "\\", "å", "dmarc=pass header.from=å"):
        value = piece * (300_000 // len(piece))
        started = time.process_time()
        verdict(f"{HOST};{value}", sender=value, from_addr=f"a@{value}", tenant=True)
        assert time.process_time() - started < 2  # some 10 ms: no more than the first 20 000 characters are read
