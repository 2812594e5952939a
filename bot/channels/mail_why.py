"""Which rule decided what when a mail was read: codes for `Inbound.why`, in words by `run_bot.py explain mail`."""

from enum import StrEnum


class Why(StrEnum):
    """A rule that decided. The part before the dot says about what."""

    # Who wrote it, and how it could be read
    SENDER_FROM = "sender.from"
    SENDER_PATTERN = "sender.pattern"
    SENDER_OTHER = "sender.other"

    # What it is
    KIND_PERSON = "kind.person"
    KIND_EMPTY = "kind.empty"
    KIND_REPORT = "kind.report"
    KIND_DAEMON = "kind.daemon"
    KIND_BOUNCE_WORDS = "kind.bounce_words"
    KIND_AUTO_SUBMITTED = "kind.auto_submitted"
    KIND_AUTO_HEADER = "kind.auto_header"
    KIND_AUTO_WORDS = "kind.auto_words"
    KIND_CHALLENGE = "kind.challenge"
    KIND_LIST_SERVER = "kind.list_server"
    KIND_LIST = "kind.list"
    KIND_BULK = "kind.bulk"
    KIND_CALENDAR = "kind.calendar"
    KIND_CALENDAR_REPLY = "kind.calendar_reply"
    KIND_REACTION = "kind.reaction"

    # Which of the text are the writer's own words
    TEXT_ALL = "text.all"
    TEXT_STRUCTURE = "text.structure"
    TEXT_ATTRIBUTION = "text.attribution"
    TEXT_REPLY_HEADER = "text.reply_header"
    TEXT_QUOTE_MARKS = "text.quote_marks"
    TEXT_BETWEEN_QUOTES = "text.between_quotes"
    TEXT_FORWARD = "text.forward"
    TEXT_SIGNATURE = "text.signature"
    TEXT_BANNER = "text.banner"
    TEXT_NOTHING_LEFT = "text.nothing_left"
