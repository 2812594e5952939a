"""What a relay's replies mean: Exchange Online's own among them."""

import asyncio
from typing import Any

import pytest
from aiosmtplib import SMTPAuthenticationError, SMTPResponse

from bot.channels.smtp_reply import log_in, verdict
from bot.errors import Refused, TryLater


@pytest.mark.parametrize(
    ("code", "said", "kind", "reason", "whole"),
    [
        (450, "4.2.0 greylisted", TryLater, "450", False),
        (421, "4.3.2 closing", TryLater, "421", True),
        (550, "5.1.1 no such user", Refused, "5.1.1", False),
        (554, "no", Refused, "554", False),
        (535, "5.7.8 wrong", TryLater, "auth", True),
        (535, "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled", TryLater,
         "smtp_auth_closed", True),
        (550, "5.7.30 Basic authentication is not supported", TryLater, "smtp_auth_closed", True),
        (530, "5.7.57 Client not authenticated to send mail", TryLater, "smtp_auth_closed", True),
        (550, "5.7.60 SMTP; Client does not have permissions to send as this sender", TryLater, "sender_refused", True),
        (554, "5.2.252 SendAsDenied; kontakt@kommun.example", TryLater, "sender_refused", True),
        (299, "what", TryLater, "protocol", False),
    ],
)  # fmt: skip
def test_verdicts(code: int, said: str, kind: type[Exception], reason: str, whole: bool) -> None:
    found = verdict(SMTPResponse(code, said))
    assert type(found) is kind
    assert str(found) == reason
    assert isinstance(found, Refused) or found.whole_channel is whole


class Server:
    """A client whose server offers what it is told and refuses with what it is told."""

    def __init__(self, methods: list[str], refusal: SMTPAuthenticationError | None = None) -> None:
        self.server_auth_methods = methods
        self.refusal = refusal
        self.logins: list[tuple[str, str]] = []

    async def auth_xoauth2(self, username: str, token: str) -> None:
        self.logins.append(("xoauth2", token))
        if self.refusal:
            raise self.refusal

    async def auth_plain(self, username: str, password: str) -> None:
        self.logins.append(("plain", password))
        if self.refusal:
            raise self.refusal


class Token:
    """A source of tokens that remembers that one was refused."""

    forgotten = 0

    def __call__(self) -> str:
        return "token"

    def forget(self) -> None:
        self.forgotten += 1


def test_a_tenant_that_has_closed_sending_is_told_apart_and_the_token_given_up() -> None:
    token = Token()
    server: Any = Server(["xoauth2"], SMTPAuthenticationError(535, "5.7.139 SmtpClientAuthentication is disabled"))
    with pytest.raises(TryLater, match="smtp_auth_closed") as refused:
        asyncio.run(log_in(server, "kontakt@kommun.example", None, token))
    assert refused.value.whole_channel
    assert token.forgotten == 1
    assert server.logins == [("xoauth2", "token")]


def test_a_token_that_cannot_be_had_stops_the_whole_channel_by_its_own_reason() -> None:
    def none() -> str:
        raise TryLater("oauth_refused")

    with pytest.raises(TryLater, match="oauth_refused") as refused:
        asyncio.run(log_in(Server(["xoauth2"]), "kontakt", None, none))  # type: ignore[arg-type]
    assert refused.value.whole_channel


def test_a_way_that_is_not_offered_is_not_tried() -> None:
    server: Any = Server(["plain"])
    with pytest.raises(TryLater, match="auth"):
        asyncio.run(log_in(server, "kontakt", None, Token()))
    assert server.logins == []
    asyncio.run(log_in(server, "kontakt", lambda: "hemligt", None))
    assert server.logins == [("plain", "hemligt")]
