"""The corpus: each mail in tests/data/mail/ beside what a person sees in it, field by field and as rates over all.

A NAME.eml in a folder of `FOLDERS` has a NAME.toml with `client` (what wrote it) and any of `CHECKS` as expectation;
`trusted_host` and `envelope_sender` are what the reader is told.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.channels.mail_read import read_mail
from bot.guard import find_numbers
from bot.port import Inbound, InboundKind

DATA = Path(__file__).parent / "data" / "mail"
FOLDERS = ("auto", "odd", "replies")
HOST = "mx.example.org"
TOLD = {"client", "trusted_host", "envelope_sender"}
NORDIC = {"sv", "fi", "no", "nb", "nn", "da"}

KNOWN_MISSES: dict[tuple[str, str], str] = {
    ("replies/da_original_meddelelse", "language"): "ten words that Danish shares with Swedish, but for one",
}
"""Mail and field that are known to be read wrong, each with the reason why that is borne."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail of the corpus; `name` is folder/stem, `expect` the parsed TOML."""

    name: str
    raw: bytes
    expect: dict[str, Any]

    def read(self) -> Inbound:
        return read_mail(
            self.raw,
            trusted_host=self.expect.get("trusted_host", HOST),
            envelope_sender=self.expect.get("envelope_sender"),
        )

    def fields(self) -> list[str]:
        return [field for field in self.expect if field not in TOLD]


def load(folders: Iterable[str] = FOLDERS) -> dict[str, Mail]:
    mails = {}
    for folder in folders:
        for path in sorted((DATA / folder).glob("*.toml")):
            name = f"{folder}/{path.stem}"
            raw = path.with_suffix(".eml").read_bytes()
            mails[name] = Mail(name=name, raw=raw, expect=tomllib.loads(path.read_text(encoding="utf-8")))
    return mails


MAILS = load()


@cache
def read(name: str) -> Inbound:
    return MAILS[name].read()


def words(text: str) -> str:
    return " ".join(text.split())


def _same(got: object, wanted: object) -> str:
    return "" if got == wanted else f"got {got!r}, expected {wanted!r}"


def _holds(text: str, wanted: list[str]) -> str:
    gone = [part for part in wanted if words(part) not in words(text)]
    return f"{gone!r} is not in {text!r}" if gone else ""


def _lacks(text: str, unwanted: list[str]) -> str:
    there = [part for part in unwanted if words(part) in words(text)]
    return f"{there!r} is in {text!r}" if there else ""


def _kind(mail: Inbound, wanted: str | list[str]) -> str:
    allowed = [wanted] if isinstance(wanted, str) else wanted
    assert set(allowed) <= set(InboundKind)
    return "" if mail.kind in allowed else f"got {mail.kind.value!r} by {mail.why}, expected {wanted!r}"


def _files(mail: Inbound, wanted: list[list[str]]) -> str:
    """An empty name or type in the expectation stands for any (a file that the mail left unnamed gets some name)."""
    got = [(file.name, file.media_type) for file in mail.files]
    fits = len(got) == len(wanted) and all(
        (name and name == (want_name or name)) and media_type == (want_type or media_type)
        for (name, media_type), (want_name, want_type) in zip(got, wanted, strict=True)
    )
    return "" if fits else f"got {got!r}, expected {wanted!r}"


def _bounce(mail: Inbound, wanted: dict[str, Any]) -> str:
    if mail.bounce is None:
        return f"no bounce, expected {wanted!r}"
    return _same({field: getattr(mail.bounce, field) for field in wanted}, wanted)


def _forwarded(mail: Inbound, wanted: dict[str, Any]) -> str:
    if mail.forwarded is None:
        return f"no forwarded mail, expected {wanted!r}"
    got = {field: getattr(mail.forwarded, field) for field in wanted}
    return _same({k: words(str(v)) for k, v in got.items()}, {k: words(str(v)) for k, v in wanted.items()})


def _numbers(mail: Inbound, wanted: list[str]) -> str:
    """Kinds of the official numbers that a person would see in subject, whole text and file names, in that order."""
    shown = "\n".join([mail.subject, mail.text, *(file.name for file in mail.files)])
    return _same([found.kind.value for found in find_numbers(shown)], wanted)


CHECKS: dict[str, Callable[[Inbound, Any], str]] = {
    "subject": lambda mail, wanted: _same(words(mail.subject), words(wanted)),
    "from_addr": lambda mail, wanted: _same(mail.from_addr, wanted),
    "from_name": lambda mail, wanted: _same(mail.from_name, wanted),
    "to_addrs": lambda mail, wanted: _same(list(mail.to_addrs), wanted),
    "reply_to": lambda mail, wanted: _same(list(mail.reply_to), wanted),
    "kind": _kind,
    "machine": lambda mail, wanted: "" if mail.machine == wanted else f"got {mail.machine} by {mail.why}",
    "language": lambda mail, wanted: _same(mail.language, wanted),
    "date_seen": lambda mail, wanted: _same(mail.date_seen, wanted),
    "message_id": lambda mail, wanted: _same(mail.message_id, wanted),
    "in_reply_to": lambda mail, wanted: _same(list(mail.in_reply_to), [wanted] if isinstance(wanted, str) else wanted),
    "references": lambda mail, wanted: _same(list(mail.references), wanted),
    "new_text": lambda mail, wanted: _same(words(mail.new_text), words(wanted)),
    "keeps": lambda mail, wanted: _holds(mail.new_text, wanted),
    "lacks": lambda mail, wanted: _lacks(mail.new_text, wanted),
    "text_has": lambda mail, wanted: _holds(mail.text, wanted),
    "text_lacks": lambda mail, wanted: _lacks(mail.text, wanted),
    "files": _files,
    "marks": lambda mail, wanted: _same(sorted(mail.marks), sorted(wanted)),
    "bounce": _bounce,
    "forwarded": _forwarded,
    "numbers": _numbers,
    "error": lambda mail, wanted: _same(mail.error, wanted),
    "authentic": lambda mail, wanted: _same(mail.authentic, wanted),
}
"""What is wrong with a mail's field, in words; empty if it is as expected."""


def complaint(mail: Mail, field: str, got: Inbound) -> str:
    return CHECKS[field](got, mail.expect[field])


def _cases() -> list[Any]:
    cases = []
    for mail in MAILS.values():
        for field in mail.fields():
            reason = KNOWN_MISSES.get((mail.name, field))
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            cases.append(pytest.param(mail.name, field, id=f"{mail.name}-{field}", marks=marks))
    return cases


@pytest.mark.parametrize(("name", "field"), _cases())
def test_mail(name: str, field: str) -> None:
    assert field in CHECKS, f"{name}.toml expects an unknown field"
    wrong = complaint(MAILS[name], field, read(name))
    assert not wrong, f"{name} ({MAILS[name].expect['client']}), {field}: {wrong}"


def test_the_corpus_is_whole() -> None:
    loose = [path for folder in FOLDERS for path in (DATA / folder).iterdir() if path.suffix not in (".eml", ".toml")]
    alone = [path for folder in FOLDERS for path in (DATA / folder).glob("*.eml")
             if not path.with_suffix(".toml").exists()]  # fmt: skip
    assert (loose, alone) == ([], [])
    assert all(mail.fields() for mail in MAILS.values())
    assert set(KNOWN_MISSES) <= {(mail.name, field) for mail in MAILS.values() for field in mail.fields()}
    assert len(MAILS) >= 150
    nordic = [name for name, mail in MAILS.items() if mail.expect.get("language") in NORDIC]
    assert sum(name.startswith("replies/") for name in nordic) >= 60
    assert len({mail.raw for mail in MAILS.values()}) == len(MAILS)


def test_lines_for_people_are_single_clean_lines() -> None:
    for name in MAILS:
        mail = read(name)
        lines = [mail.subject, mail.from_addr, mail.from_name, mail.message_id, *mail.to_addrs, *mail.references]
        lines += [file.name for file in mail.files]
        assert all(line.isprintable() for line in lines if not _joined(line)), name
        assert bool(mail.new_text.strip()) == bool(mail.text.strip()), name


def _joined(line: str) -> bool:
    """Whether the line has joiners or hyphens that belong to words and emoji, though not printable in Python's eyes."""
    return any(char in "\u00ad\u200c\u200d\u00a0\u202f\u3000" for char in line)


def _kept(mail: Mail) -> bool:
    own = [mail.expect["new_text"]] if "new_text" in mail.expect else mail.expect["keeps"]
    return not _holds(read(mail.name).new_text, own)


def _right(*fields: str) -> tuple[Callable[[Mail], bool], Callable[[Mail], bool]]:
    def counted(mail: Mail) -> bool:
        return any(field in mail.expect for field in fields)

    def right(mail: Mail) -> bool:
        return not any(complaint(mail, field, read(mail.name)) for field in fields if field in mail.expect)

    return counted, right


RATES: dict[str, tuple[float, Callable[[Mail], bool], Callable[[Mail], bool]]] = {
    "own words kept": (0.99, lambda mail: bool({"new_text", "keeps"} & set(mail.expect)), _kept),
    "own words exactly": (0.90, *_right("new_text")),
    "automatic caught": (0.95, lambda mail: mail.expect.get("machine") is True, lambda mail: read(mail.name).machine),
    "people spared": (
        0.995,
        lambda mail: mail.expect.get("machine") is False,
        lambda mail: not read(mail.name).machine,
    ),
    "readable text": (0.98, *_right("text_has", "text_lacks")),
    "senders": (0.99, *_right("from_addr")),
    "ids": (0.995, *_right("message_id", "in_reply_to", "references")),
    "files": (0.98, *_right("files")),
}
"""Share that must be right at least, which mails count, and whether one is right."""


@pytest.mark.parametrize("rate", RATES)
def test_rates(rate: str) -> None:
    least, counted, right = RATES[rate]
    mails = [mail for mail in MAILS.values() if counted(mail)]
    missed = [mail.name for mail in mails if not right(mail)]
    assert len(mails) >= 10
    share = 1 - len(missed) / len(mails)
    assert share >= least, f"{rate}: {share:.1%} of {len(mails)}, not in {', '.join(missed)}"
