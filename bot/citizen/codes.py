"""Codes of six digits that prove that somebody reads a mail address. Only a keyed hash of one is kept."""

import hmac
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.office import Office
from bot.store.chat_book import ChatBook
from bot.store.chat_rows import CodePurpose, CodeRow

VALID = timedelta(minutes=30)
TRIES = 5


class Verdict(Enum):
    """What a code that somebody wrote is."""

    RIGHT = auto()
    WRONG = auto()
    SPENT = auto()
    """Wrong, and tried so often that it is good for nothing any more."""
    EXPIRED = auto()
    """Too old, or there is none."""


def new_code(book: ChatBook, office: Office, purpose: CodePurpose, holder: str, target: str, now: datetime) -> str:
    """Draw a code, remember its hash in place of the one before, and return its digits."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    digest = office.tokens.code_digest(purpose, holder, code)
    book.set_code(CodeRow(
        purpose=purpose, holder=holder, target=target, digest=digest, created_at=now, expires_at=now + VALID,
    ))  # fmt: skip
    return code


def try_code(
    book: ChatBook, office: Office, purpose: CodePurpose, holder: str, code: str, now: datetime
) -> tuple[Verdict, str]:
    """Return what a code is, and the target if it is right. A right one, or one tried too often, is used up."""
    row = book.code(purpose, holder)
    if row is None or now >= row.expires_at:
        book.drop_code(purpose, holder)
        return Verdict.EXPIRED, ""
    if hmac.compare_digest(row.digest, office.tokens.code_digest(purpose, holder, code)):
        book.drop_code(purpose, holder)
        return Verdict.RIGHT, row.target
    if row.tries + 1 >= TRIES:
        book.drop_code(purpose, holder)
        return Verdict.SPENT, ""
    book.set_code(replace(row, tries=row.tries + 1))
    return Verdict.WRONG, ""
