"""A plan of test contacts as people write it: rows of a table become questions, and every fault is told by its row."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bot.facts import Channel
from bot.test_contacts import PlannedQuestion
from config.table_files import Row
from config.texts import Texts

_COLUMNS = {
    "område": "area", "area": "area", "alue": "area",
    "fråga": "text", "text": "text", "question": "text", "kysymys": "text",
    "rubrik": "question", "ämne": "question", "heading": "question", "subject": "question", "otsikko": "question",
    "kanal": "channel", "channel": "channel", "kanava": "channel",
    "gånger": "times", "times": "times", "kertaa": "times",
    "avsändare": "sender", "sender": "sender", "lähettäjä": "sender",
}  # fmt: skip
_CHANNELS = {
    "": Channel.MAIL, "mail": Channel.MAIL, "mejl": Channel.MAIL, "epost": Channel.MAIL, "email": Channel.MAIL,
    "sähköposti": Channel.MAIL, "telegram": Channel.TELEGRAM, "chatt": Channel.TELEGRAM,
    "telefon": Channel.PHONE, "phone": Channel.PHONE, "puhelin": Channel.PHONE, "samtal": Channel.PHONE,
}  # fmt: skip
_FEWEST_SIGNS = 15
"""A question is known again by its words, so there must be some: "Hej?" anybody may write."""


class PlanRefused(Exception):
    """A plan with faults, each in a sentence."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Keep them."""
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


def read_plan(rows: Sequence[Row], texts: Texts, *, times: int) -> list[PlannedQuestion]:
    """Return the questions of a table whose first row holds the headings.

    Args:
        rows: at least one.
        texts: the language faults are told in.
        times: how often a question is asked whose row does not say.

    Raises:
        PlanRefused: with every fault of every row.
    """
    fields = _fields(rows[0], texts)
    faults, found, numbers, seen = list[str](), list[PlannedQuestion](), Counter[str](), dict[tuple[str, str], int]()
    for row in rows[1:]:
        cells = {name: cell for name, cell in zip(fields, row.cells, strict=False) if name and cell}
        wrong = _wrong(cells, texts)
        if wrong:
            faults += [texts.t("Rad {row}: {fault}", row=row.number, fault=fault) for fault in wrong]
            continue
        numbers[cells["area"]] += 1
        one = _question(cells, times, str(numbers[cells["area"]]))
        before = seen.setdefault((one.area, one.question), row.number)
        if before != row.number:
            faults.append(texts.t("Rad {row}: området och rubriken står redan på rad {before}.",
                                  row=row.number, before=before))  # fmt: skip
        found.append(one)
    if not found and not faults:
        faults.append(texts.t("Det står inga frågor i filen."))
    if faults:
        raise PlanRefused(faults)
    return found


def with_sender(questions: Sequence[PlannedQuestion], address: str) -> list[PlannedQuestion]:
    """Return the questions with an address that the mails come from whose row names none."""
    return [
        replace(one, sender=address.lower()) if one.channel is Channel.MAIL and not one.sender else one
        for one in questions
    ]


def _fields(head: Row, texts: Texts) -> list[str]:
    known = ", ".join(_COLUMNS)
    fields = [_COLUMNS.get(re.sub(r"[\W_]", "", heading.casefold()), "") for heading in head.cells]
    faults = [
        texts.t("Vi känner inte rubriken {heading}. Vi känner: {known}.", heading=heading, known=known)
        for heading, name in zip(head.cells, fields, strict=True)
        if heading and not name
    ]
    faults += [
        texts.t("En kolumn saknas. Den ska heta något av: {names}.",
                names=", ".join(heading for heading, name in _COLUMNS.items() if name == needed))
        for needed in ("area", "text")
        if needed not in fields
    ]  # fmt: skip
    if faults:
        raise PlanRefused(faults)
    return fields


def _wrong(cells: dict[str, str], texts: Texts) -> list[str]:
    t, found = texts.t, list[str]()
    if "area" not in cells:
        found.append(t("området saknas."))
    if len(cells.get("text", "")) < _FEWEST_SIGNS:
        found.append(t("frågan är för kort. Den känns igen på sina ord, så skriv minst {count} tecken.",
                       count=_FEWEST_SIGNS))  # fmt: skip
    if _plain(cells.get("channel", "")) not in _CHANNELS:
        found.append(t("kanalen ska vara mejl, telegram eller telefon, inte {said}.", said=cells["channel"]))
    if "times" in cells and not re.fullmatch(r"[1-9]|10", cells["times"]):
        found.append(t("antalet gånger ska vara 1 till 10, inte {said}.", said=cells["times"]))
    if "sender" in cells and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+|telegram:\d+", cells["sender"], re.IGNORECASE):
        found.append(t("avsändaren ska vara en e-postadress, eller telegram: och ett nummer."))
    return found


def _question(cells: dict[str, str], times: int, number: str) -> PlannedQuestion:
    return PlannedQuestion(
        area=cells["area"], question=cells.get("question", number), text=cells["text"],
        channel=_CHANNELS[_plain(cells.get("channel", ""))], times=int(cells.get("times", times)),
        sender=cells.get("sender", "").lower(),
    )  # fmt: skip


def _plain(word: str) -> str:
    return re.sub(r"[\W_]", "", word.casefold())
