"""The survey's pages, as HTML that needs no script: one form, one press. Pure.

Each field has its label, each group of choices its legend; it reads by keyboard and screen reader (WCAG 2.2 AA).
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from bot.store.survey_rows import Question
from bot.survey.letter import Choice
from bot.survey.questions import LONGEST_COMMENT, Option, options, wording
from config.texts import OWN_NAMES, Language, Texts

_STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--line:#595959;--link:#00508a;--act:#00508a;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#f2f2f2;--paper:#181a1c;--line:#a6a6a6;--link:#8fc7f5;--act:#8fc7f5;
--on:#10202c}}
body{margin:0;background:var(--paper);color:var(--ink);font:1.125rem/1.5 system-ui,sans-serif}
header,main{max-width:38rem;margin:0 auto;padding:1rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;margin:0}
a{color:var(--link)}nav a{display:inline-block;padding:.5rem 0}
h1{font-size:1.6rem;line-height:1.25}
fieldset{border:1px solid var(--line);border-radius:.25rem;margin:0 0 1.5rem;padding:.5rem 1rem}
legend,.label{font-weight:600;padding:0 .25rem}.label{display:block;padding:0}
.choice{display:flex;align-items:center;gap:.75rem;min-height:2.75rem}
.choice input{width:1.5rem;height:1.5rem;flex:none;margin:0}.choice label{flex:1;padding:.5rem 0}
textarea{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:1px solid var(--line);
border-radius:.25rem;background:var(--paper);color:var(--ink)}
button,.button{display:inline-block;font:inherit;font-weight:600;padding:.7rem 1.4rem;border:2px solid var(--act);
border-radius:.25rem;background:var(--act);color:var(--on);text-decoration:none;margin:.5rem .75rem .5rem 0}
:focus-visible{outline:3px solid var(--act);outline-offset:3px}
.small{font-size:1rem}
p.small a{display:inline-block;padding:.25rem 0}
""".replace("\n", "")

STYLE_HASH = "sha256-" + b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""By which a page may carry its style and no other (Content-Security-Policy)."""

_LANG_TAGS = {"sv_FI": "sv-FI", "sv_lattlast": "sv"}

WANT, DECLINE, OFFER, COMMENT = "want", "decline", "offer", "comment"
"""Names of fields beside those of the questions."""
UNSURE = "none"
"""The value of "do not know"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every page has: the municipality, the language, and the languages to choose among."""

    name: str
    texts: Texts
    languages: Sequence[Language]
    choice: Choice | None = None

    def link(self, choice: Choice | None = None, language: str = "") -> str:
        """Return a link to the same page in a language, with a form chosen."""
        chosen = choice or self.choice
        query = {"svar": chosen.value} if chosen else {}
        return "?" + urlencode({**query, "lang": language or self.texts.language})


def begin_page(frame: Frame) -> str:
    """Return the page that asks the first question: each answer leads to its own form, and records nothing."""
    t = frame.texts.t
    return _page(
        frame, wording(Question.ANSWERED, frame.texts),
        f'<p><a class="button" href="{escape(frame.link(Choice.YES))}">{escape(t("Ja"))}</a>'
        f'<a class="button" href="{escape(frame.link(Choice.NO))}">{escape(t("Nej"))}</a></p>',
        _to_decline(frame),
    )  # fmt: skip


def form_page(frame: Frame, left: Sequence[Question], *, answered: bool | None) -> str:
    """Return the page with all questions that are left and one button; `answered`: what the first question is told."""
    t = frame.texts.t
    hidden = "" if answered is None else f'<input type="hidden" name="{Question.ANSWERED}" value="{int(answered)}">'
    other = ""
    if answered is not None:
        words = t("Jag har inte fått svar") if answered else t("Jag har fått svar")
        choice = Choice.NO if answered else Choice.YES
        other = f'<p class="small"><a href="{escape(frame.link(choice))}">{escape(words)}</a></p>'
    heading = t("Tråkigt att du inte har fått svar") if answered is False else t("Hur var det att kontakta oss?")
    fields = [_question(frame, one) for one in left if one is not Question.COMMENT]
    comment = _comment(frame, missing=answered is False) if Question.COMMENT in left else ""
    note = t("Du behöver inte svara på allt. Svaren visas bara tillsammans med andras.")
    form = _form(frame, hidden, *fields, comment, _button(t("Skicka mina svar")))
    return _page(frame, heading, other, f"<p>{escape(note)}</p>", form, _to_decline(frame))


def offer_page(frame: Frame) -> str:
    """Return the page that asks whether a comment is to be answered."""
    t = frame.texts.t
    said = t("Tack för dina svar! Det du skrev ser ut som något vi bör svara på.")
    sent = t("Säger du ja läser en medarbetare det, och svaret kommer till din e-post.")
    buttons = _button(t("Ja, jag vill ha svar"), OFFER, "1") + _button(t("Nej, det behövs inte"), OFFER, "0")
    return _page(
        frame, wording(Question.OFFER, frame.texts), f"<p>{escape(said)} {escape(sent)}</p>", _form(frame, buttons)
    )  # fmt: skip


def decline_page(frame: Frame) -> str:
    """Return the page that asks whether a person wants to be asked no more."""
    t = frame.texts.t
    said = t("Säg till här, så skickar vi ingen enkät till dig på ett år. Svar på dina frågor får du som vanligt.")
    form = _form(frame, _button(t("Fråga mig inte"), DECLINE, "1"))
    return _page(frame, t("Vill du slippa enkäter?"), f"<p>{escape(said)}</p>", form)


def message_page(frame: Frame, heading: str, *said: str) -> str:
    """Return a page with these words and nothing to do."""
    return _page(frame, heading, *(f"<p>{escape(one)}</p>" for one in said))


def _page(frame: Frame, heading: str, *parts: str) -> str:
    lang = _tag(frame.texts.language)
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(heading)} – {escape(frame.name)}</title><style>{_STYLE}</style></head>"
        f"<body><header><p>{escape(frame.name)}</p>{_languages(frame)}</header>"
        f"<main><h1>{escape(heading)}</h1>{''.join(parts)}</main></body></html>"
    )


def _languages(frame: Frame) -> str:
    others = [one for one in frame.languages if one != frame.texts.language]
    items = "".join(
        f'<li><a lang="{_tag(one)}" hreflang="{_tag(one)}" href="{escape(frame.link(language=one))}">'
        f"{escape(OWN_NAMES[one])}</a></li>"
        for one in others
    )
    return f'<nav aria-label="{escape(frame.texts.t("Språk"))}"><ul>{items}</ul></nav>' if items else ""


def _tag(language: str) -> str:
    return _LANG_TAGS.get(language, language)


def _form(frame: Frame, *parts: str) -> str:
    return f'<form method="post" action="{escape(frame.link())}">{"".join(parts)}</form>'


def _button(words: str, name: str = "", value: str = "") -> str:
    carries = f' name="{name}" value="{value}"' if name else ""
    return f'<button type="submit"{carries}>{escape(words)}</button>'


def _question(frame: Frame, question: Question) -> str:
    choices = "".join(_choices(question, options(question, frame.texts)))
    return f"<fieldset><legend>{escape(wording(question, frame.texts))}</legend>{choices}</fieldset>"


def _choices(question: Question, found: Iterable[Option]) -> Iterable[str]:
    for one in found:
        value = UNSURE if one.grade is None else str(one.grade)
        key = f"{question}-{value}"
        yield (
            f'<div class="choice"><input type="radio" id="{key}" name="{question}" value="{value}">'
            f'<label for="{key}">{escape(one.words)}</label></div>'
        )


def _comment(frame: Frame, *, missing: bool) -> str:
    t = frame.texts.t
    asked = t("Vad väntar du på svar om?") if missing else wording(Question.COMMENT, frame.texts)
    note = t("Skriv inte personnummer eller annat känsligt.")
    want = t("Jag vill ha svar på det här")
    return (
        f'<p><label class="label" for="{COMMENT}">{escape(asked)}</label>'
        f'<span class="small" id="comment-note">{escape(note)}</span>'
        f'<textarea id="{COMMENT}" name="{COMMENT}" rows="5" maxlength="{LONGEST_COMMENT}" '
        'aria-describedby="comment-note"></textarea></p>'
        f'<div class="choice"><input type="checkbox" id="{WANT}" name="{WANT}" value="1"{" checked" * missing}>'
        f'<label for="{WANT}">{escape(want)}</label></div>'
    )


def _to_decline(frame: Frame) -> str:
    words = frame.texts.t("Vill du slippa enkäter?")
    return f'<p class="small"><a href="{escape(frame.link(Choice.DECLINE))}">{escape(words)}</a></p>'
