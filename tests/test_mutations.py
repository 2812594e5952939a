"""The mutation check: a rule of the mail reader that is switched off is noticed by the corpus.

Each row names a rule and an expectation of the corpus that depends on it. The expectation must hold as the code is, and
fail once the rule is off: a pattern never matches, a table is empty, a predicate says no. A rule that has moved or goes
by another name fails here and is named again.
"""

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable
from typing import Any

import pytest

import bot.channels
from bot.channels.mail_why import Why
from tests.test_corpus import MAILS, complaint, read

for _found in pkgutil.iter_modules(bot.channels.__path__, "bot.channels."):
    if _found.name.startswith("bot.channels.mail_"):
        importlib.import_module(_found.name)

RULES: list[tuple[str, str, str]] = [
    # Bytes, head, parts
    ("mail_fields:_goes_on", "odd/subject_folding_broken", "message_id"),
    ("mail_fields:_CANDIDATE", "odd/junk_line_first", "from_addr"),
    ("mail_parts:_MESSAGES", "odd/nested_rfc822", "text_has"),
    ("mail_parts:_unseal", "odd/smime_signed_opaque", "new_text"),
    ("mail_sealed:is_enveloped", "odd/smime_enveloped", "marks"),
    ("mail_sealed:_CLEAR", "odd/pgp_clear_signed", "new_text"),
    ("mail_body:PGP_MESSAGE", "odd/pgp_inline_encrypted", "marks"),
    ("mail_body:_META", "odd/charset_only_in_html_meta", "new_text"),
    ("mail_charset:_SHIFTED", "odd/charset_utf7", "new_text"),
    ("mail_charset:_WORD", "odd/words_split_inside_letter", "subject"),
    ("mail_params:_join", "odd/file_rfc2231_continued", "files"),
    ("mail_file_names:sniff", "odd/file_encoded_word_name", "files"),
    ("mail_tnef:read_tnef", "odd/winmail_body_inside", "files"),
    ("mail_rtf:decompress_rtf", "odd/winmail_body_rtf", "keeps"),
    ("mail_uu:_BEGIN", "odd/uuencoded_file", "new_text"),
    ("mail_html:_HIDDEN", "odd/html_preheader_hidden", "new_text"),
    ("mail_html:_DROPPED", "odd/html_style_script", "new_text"),
    ("mail_html:_BLOCKS", "odd/html_lists_and_links", "lacks"),
    ("mail_text:unflow", "odd/format_flowed_delsp", "new_text"),
    ("mail_calendar:read_calendar", "odd/invitation_bare", "text_has"),
    ("mail_language:_SCRIPTS", "odd/arabic", "language"),
    ("mail_html:_HREF", "odd/html_image_text", "text_has"),
    ("mail_html:_ALT", "odd/html_image_text", "text_has"),
    ("mail_calendar:_when", "odd/invitation_bare", "text_has"),
    ("mail_file_names:_zipped", "odd/file_docx_vague_type", "files"),
    ("mail_body:_enriched", "odd/text_enriched", "new_text"),
    ("mail_body:_NO_HTML", "odd/plain_says_see_html", "new_text"),
    ("mail_head:received_at", "odd/received_twice", "date_seen"),
    # Who wrote it, ids, verdict
    ("mail_sender:_OTHERS", "odd/sender_only_in_sender", "from_addr"),
    ("mail_sender:_pattern", "odd/sender_address_in_comment", "from_addr"),
    ("mail_head:_bare_ids", "odd/ids_without_brackets", "references"),
    ("mail_head:_bracketed_ids", "odd/references_run_together", "references"),
    ("mail_head:same_host", "odd/authentic_pass", "authentic"),
    ("mail_verdict:_METHOD", "odd/authentic_fail", "authentic"),
    ("mail_verdict:_HEADER_FROM", "odd/authentic_other_domain", "authentic"),
    ("mail_dates:read_wall", "odd/colleague_forward_gmail", "forwarded"),
    ("mail_verdict:_is_sole_sender", "odd/authentic_pass", "authentic"),
    ("mail_forward:_block_below", "odd/colleague_forward_outlook", "forwarded"),
    ("mail_text:is_forward", "odd/colleague_forward_bare", "forwarded"),
    # What it is
    ("mail_kind:_report", "auto/bounce_postfix", "bounce"),
    ("mail_kind:_is_daemon", "auto/bounce_gateway_html", "machine"),
    ("mail_kind:_is_system", "auto/bounce_x1", "machine"),
    ("mail_kind:_writes_as_person", "auto/person_postmaster_small_firm", "machine"),
    ("mail_kind:_looks_unsent", "auto/bounce_words_sv", "machine"),
    ("mail_kind:_is_discussion", "odd/google_group_person", "machine"),
    ("mail_kind:_bulk", "auto/newsletter_rule_like", "machine"),
    ("mail_kind:_calendar", "auto/calendar_reply_google_declined", "kind"),
    ("mail_machine:_AUTO_PREFIXES", "auto/ooo_only_xautoreply", "machine"),
    ("mail_machine:_AUTO_PRECEDENCE", "auto/ooo_precedence_auto_reply", "machine"),
    ("mail_machine:_AUTO_SUBJECT", "auto/ooo_only_suppress_fi", "machine"),
    ("mail_machine:_confirms_suppression", "auto/ooo_suppress_without_thread", "machine"),
    ("mail_machine:_is_list_server", "auto/list_server_answer", "machine"),
    ("mail_machine:_is_challenge", "auto/challenge_bare", "machine"),
    ("mail_bounce:_FAILED", "auto/bounce_dma", "bounce"),
    ("mail_bounce:_MESSAGE_ID", "auto/bounce_qmail", "bounce"),
    ("mail_bounce:_STATUS", "auto/bounce_text_sv", "bounce"),
    ("mail_bounce:_FIELD", "auto/bounce_xmailer_two_recipients", "bounce"),
    ("mail_bounce:reports_success", "auto/success_dsn", "kind"),
    ("mail_bounce:opens_as_report", "auto/bounce_words_sv", "kind"),
    ("mail_bounce:_DELAYED", "auto/bounce_delay_words_only", "bounce"),
    # Which of the text are the writer's own words
    ("mail_attribution:_header", "auto/ooo_quotes_us", "lacks"),
    ("mail_attribution:_attribution", "odd/numbers_in_quote", "new_text"),
    ("mail_structure:_HISTORY", "odd/alternative_outlook_hungarian", "lacks"),
    ("mail_banner:_is_banner", "odd/banner_extern", "new_text"),
    ("mail_signature:_SIGN_OFF", "odd/format_flowed_delsp", "new_text"),
    ("mail_signature:_PHONE", "replies/en_iphone", "new_text"),
    ("mail_structure:_SIGNATURES", "replies/sv_ny_outlook_signatur", "lacks"),
    ("mail_banner:strip_subject_banner", "replies/sv_extern_amne", "subject"),
    # Official numbers
    ("guard:_read_swedish", "odd/numbers_samordning", "numbers"),
    ("guard:_read_finnish", "odd/numbers_finnish", "numbers"),
    ("guard:_read_card", "odd/numbers_card", "numbers"),
    ("guard:_GROUPED_CARD", "odd/numbers_card", "numbers"),
]
"""Module and name of the rule, the mail and the field of it that depend on the rule."""

LAX: list[tuple[str, object, str, str]] = [
    ("guard:_luhn", True, "odd/numbers_lookalikes", "numbers"),
    ("mail_verdict:_is_sole_sender", True, "odd/several_from_headers", "authentic"),
    ("mail_head:same_host", True, "odd/authentic_forged_header", "authentic"),
    ("mail_kind:_is_daemon", True, "auto/person_parcels", "machine"),
    ("mail_bounce:opens_as_report", True, "auto/person_absence", "machine"),
    ("mail_machine:_confirms_suppression", True, "auto/person_suppress_all", "machine"),
    ("mail_machine:_has_auto_words", True, "auto/person_answers_ooo_subject", "machine"),
    ("mail_banner:_is_banner", True, "auto/person_forwards_bounce", "keeps"),
    ("mail_text:is_forward", True, "auto/ooo_quotes_us", "lacks"),
]
"""The same for a predicate that says yes to everything."""


def switch_off(value: object) -> object:
    """What stands for the rule when it is off; an AssertionError if that cannot be told from its form."""
    if isinstance(value, re.Pattern):
        return re.compile(rb"(?!)") if isinstance(value.pattern, bytes) else re.compile(r"(?!)")
    if isinstance(value, frozenset | tuple | dict):
        assert value
        return type(value)()
    assert inspect.isfunction(value), "neither a pattern, nor a table, nor a function"
    returned = str(inspect.signature(value).return_annotation)
    for begin, nothing in (("<class 'bool'>", False), ("<class 'str'>", ""), ("<class 'bytes'>", b""), ("tuple", ()),
                           ("list", []), ("dict", {})):  # fmt: skip
        if returned.startswith(begin):
            return said(value, nothing)
    if returned.endswith("None") or " None" in returned:
        return said(value, None)
    assert returned == "<class 'int'>", f"returns {returned}: say here what that is when the rule is off"
    return said(value, 0)


def said(rule: Callable[..., object], answer: object) -> Callable[..., object]:
    """A rule that always answers so, or, if it changes a text, leaves the text as it is."""

    def always(*given: Any, **_named: Any) -> object:
        return given[0] if answer in ("", b"") and given and type(given[0]) is type(answer) else answer

    return always


def patch(monkeypatch: pytest.MonkeyPatch, rule: str, turn: Callable[[object], object]) -> None:
    """Put what `turn` makes of the rule in its place, in every module of the reader that imported it by name."""
    module_name, name = rule.split(":")
    module = importlib.import_module(f"bot.{module_name}" if module_name == "guard" else f"bot.channels.{module_name}")
    assert hasattr(module, name), f"{module.__name__} has no {name}: name the rule again as it is called there"
    value = getattr(module, name)
    mutant = turn(value)
    for other in [loaded for key, loaded in sys.modules.items() if key.startswith(("bot.channels.mail_", "bot.guard"))]:
        for attribute in [key for key, held in vars(other).items() if held is value]:
            monkeypatch.setattr(other, attribute, mutant)


def noticed(name: str, field: str) -> bool:
    """Whether the expectation fails: the answer is another, or there is none at all."""
    mail = MAILS[name]
    try:
        return bool(complaint(mail, field, mail.read()))
    except Exception:
        return True


@pytest.mark.parametrize(("rule", "name", "field"), RULES, ids=lambda value: value)
def test_a_rule_switched_off_is_noticed(monkeypatch: pytest.MonkeyPatch, rule: str, name: str, field: str) -> None:
    assert complaint(MAILS[name], field, MAILS[name].read()) == ""
    patch(monkeypatch, rule, switch_off)
    assert noticed(name, field)


@pytest.mark.parametrize(("rule", "answer", "name", "field"), LAX, ids=lambda value: str(value))
def test_a_rule_that_says_yes_to_all_is_noticed(
    monkeypatch: pytest.MonkeyPatch, rule: str, answer: object, name: str, field: str
) -> None:
    assert complaint(MAILS[name], field, MAILS[name].read()) == ""
    patch(monkeypatch, rule, lambda _value: lambda *_given, **_named: answer)
    assert noticed(name, field)


def test_every_rule_that_can_decide_decides_somewhere() -> None:
    reached = {why for name in MAILS for why in read(name).why}
    assert sorted(set(Why) - reached) == []
