"""Finding cases: by number or words, the other cases of a person, and answered ones about the same."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.case import CaseNow, read_number
from bot.desk.case_words import day_words, moment_words, state_words, what_words
from bot.desk.sight import not_found, seen_cases
from bot.facts import CaseNumber, MessageId, PersonId
from bot.office import Office, Officer
from bot.parts import Heading, Paragraph, Part, Quote, Table
from bot.stems import query_stems, stems
from bot.store import search
from bot.store.desk_reading import answers_in, beginnings_of, cases_of, listed, persons_in
from bot.store.journal import Family, people_of

MOST_FOUND = 15
MOST_LOOKED_AT = 2_000
"""Messages looked at for one search: words that half of all messages hold must not hold up the rest."""
MOST_OF_A_PERSON = 1_000
MOST_ROWS = 25
MOST_ALIKE = 3

_AT_ONCE = 100
_RAREST = 12
"""Stems by which alike cases are looked for: some of the rarest are names and misspellings that nobody else writes."""
_ALIKE_LOOKED_AT = 200


async def find_by_words(
    connection: AsyncConnection, office: Office, officer: Officer, words: str, now: datetime
) -> tuple[Part, ...]:
    """Return the case with this number, or those with all these words, the newest message first, at most 15.

    Merged cases are shown as the one they belong to. At most 2 000 messages are looked at.
    """
    t, number = office.texts.t, read_number(words)
    if number is not None:
        found = await seen_cases(connection, office, officer, [number])
        if not found:
            return not_found(office.texts, number)
        shown = await _table(connection, office, found, now)
        return shown, Paragraph(t("Skriv /visa {number} för att läsa ärendet.", number=found[0].number))
    numbers, more = await _hits(connection, office, officer, query_stems(words))
    heading = Heading(t("Sökning: {words}", words=words))
    if not numbers:
        return heading, Paragraph(t("Vi hittade inget ärende med alla de orden. Pröva med färre ord."))
    found = await seen_cases(connection, office, officer, numbers)
    parts: list[Part] = [heading, await _table(connection, office, found, now)]
    if more:
        parts.append(Paragraph(t("Det kan finnas fler. Lägg till ett ord för att hitta rätt.")))
    return tuple(parts)


async def _hits(
    connection: AsyncConnection, office: Office, officer: Officer, wanted: Sequence[str]
) -> tuple[list[CaseNumber], bool]:
    """Return the cases found that the officer may see, and whether there may be more of them."""
    found: dict[CaseNumber, None] = {}
    before: MessageId | None = None
    for _ in range(MOST_LOOKED_AT // _AT_ONCE):
        hits = await search.find(connection, wanted, most=_AT_ONCE, before=before)
        seen = await seen_cases(connection, office, officer, [hit.case for hit in hits])
        found |= dict.fromkeys(case.number for case in seen)
        if len(found) > MOST_FOUND or len(hits) < _AT_ONCE:
            return list(found)[:MOST_FOUND], len(found) > MOST_FOUND
        before = hits[-1].message
    return list(found)[:MOST_FOUND], True


async def _table(connection: AsyncConnection, office: Office, cases: Sequence[CaseNow], now: datetime) -> Table:
    t, texts, today = office.texts.t, office.texts, office.local_day(now)
    rows = tuple(
        (one.case.number, day_words(texts, office.local_day(one.case.opened_at), today), what_words(office, one),
         state_words(texts, one))
        for one in await listed(connection, cases)
    )  # fmt: skip
    return Table((t("Ärende"), t("Kom in"), t("Vad"), t("Läge")), rows)


async def show_history(
    connection: AsyncConnection, office: Office, officer: Officer, family: Family, now: datetime
) -> tuple[Part, ...]:
    """Return the other cases of whoever takes part in a case, from any of their addresses, the newest first."""
    t = office.texts.t
    persons = await _persons(connection, family)
    heading = Heading(t("Andra ärenden från den som frågar i {number}", number=family.number))
    if not persons:
        return heading, Paragraph(t("Vi vet inte vem som frågar."))
    numbers = set(await cases_of(connection, persons, MOST_OF_A_PERSON)) - family.facts.keys()
    seen = await seen_cases(connection, office, officer, sorted(numbers))
    newest = sorted(seen, key=lambda case: (case.opened_at, case.number), reverse=True)
    others = [case for case in newest if case.number != family.number]
    if not others:
        return heading, Paragraph(t("Vi hittar inga andra ärenden."))
    parts: list[Part] = [heading]
    parts.append(await _table(connection, office, others[:MOST_ROWS], now))
    left = len(others) - MOST_ROWS
    if left > 0:
        parts.append(Paragraph(t("{count} äldre finns.", count=left)))
    return tuple(parts)


async def _persons(connection: AsyncConnection, family: Family) -> set[PersonId]:
    by_case = await persons_in(connection, family.facts)
    return {person for persons in by_case.values() for person in persons}


async def show_similar(
    connection: AsyncConnection, office: Office, officer: Officer, family: Family, now: datetime
) -> tuple[Part, ...]:
    """Return at most three answered cases of other persons that share rare words with a case, with their answers."""
    t = office.texts.t
    heading = Heading(t("Liknande frågor som är besvarade"))
    wanted = await _telling_stems(connection, family)
    ranked = await _ranked(connection, wanted, family)
    seen = await seen_cases(connection, office, officer, ranked)
    numbers = [case.number for case in seen if case.number not in family.facts]
    own, theirs = await _persons(connection, family), await persons_in(connection, numbers)
    answers = await answers_in(connection, [number for number in numbers if not own & theirs.get(number, set())])
    alike = [number for number in numbers if number in answers][:MOST_ALIKE]
    if not alike:
        return heading, Paragraph(t("Vi hittade ingen besvarad fråga som liknar den här."))
    parts: list[Part] = [heading]
    chosen = {case.number: case for case in seen}
    for one in await listed(connection, [chosen[number] for number in alike]):
        answer = answers[one.case.number]
        said = t("{number}, {what}. {name} svarade {time}:", number=one.case.number, what=what_words(office, one),
                 name=office.name_of(answer.officer) if answer.officer else t("Någon i personalen"),
                 time=moment_words(office.texts, answer.answered_at, now))  # fmt: skip
        parts += [Paragraph(said), Quote(answer.text)]
    return tuple(parts)


async def _telling_stems(connection: AsyncConnection, family: Family) -> list[str]:
    """Return the rarest stems of a case's first message; the writer's own name, addresses and figures tell nothing."""
    first = (await beginnings_of(connection, [family.number])).get(family.number, "")
    own = set(stems("\n".join(await people_of(connection, family.number))))
    words = [stem for stem in stems(first) if stem.isalpha() and len(stem) > 2 and stem not in own]
    return (await search.rare(connection, words))[:_RAREST]


async def _ranked(connection: AsyncConnection, wanted: Sequence[str], family: Family) -> list[CaseNumber]:
    """Return other cases that hold any of the stems, those that share most of them first, then the newest."""
    hits = await search.find_any(connection, wanted, most=_ALIKE_LOOKED_AT)
    numbers = list(dict.fromkeys(hit.case for hit in hits if hit.case not in family.facts))
    beginnings = await beginnings_of(connection, numbers)
    shared = Counter({number: len(set(wanted) & set(stems(beginnings.get(number, "")))) for number in numbers})
    return [number for number, count in shared.most_common() if count]
