"""The papers for a network's spring or autumn meeting: one for leadership, one for officers and strategists. Pure."""

from collections.abc import Iterator
from datetime import date

from config.texts import Texts
from measurement.measures import IN_TIME, Unit
from measurement.network.bundle import Bundle
from measurement.network.compare import Compared, Comparison, Member, practices_of
from measurement.network.compare_difference import LEAST, WEEKS_FROM, WIDEST, Verdict
from measurement.network.compare_words import (
    basis_in_words,
    beside_in_words,
    left_out_in_words,
    place_in_words,
    value_in_words,
)
from measurement.network.funnel_drawing import funnel_drawing
from measurement.network.members import in_order
from measurement.network.pack_details import details_of, name_of, outside_of
from measurement.periods import Week
from measurement.report.document import Block, Document, Drawing, Heading, Paragraph, Points

LONGEST = 400
"""Letters of a practice that leadership reads; officers have all of it."""


def leadership(comparison: Comparison, on: date, texts: Texts) -> Document:
    """Return the leaders' paper: how we stand, and whom to go and see. No ranking.

    Args:
        comparison: our bundle beside the others'.
        on: the day it is made; January to June is the spring meeting.
        texts: the language.
    """
    blocks = list[Block]()
    for one in _wanted(comparison):
        blocks += [Heading(text=name_of(one, texts)), *_standing(one, texts), *_funnel(one, texts)]
        blocks += [*_better(one, comparison, texts), *_left_out(one, texts)]
    if not headlines(comparison):
        blocks.append(Paragraph(text=texts.t("Det finns inga siffror som går att jämföra.")))
    blocks += outside_of(comparison, texts)
    blocks.append(Paragraph(text=_how_to_read(texts), small=True))
    title = texts.t("{meeting}: för ledningen", meeting=_meeting(on, texts))
    return _document(comparison, title, tuple(blocks), texts)


def officers(comparison: Comparison, on: date, texts: Texts) -> Document:
    """Return the officers' and strategists' paper: every measure, what differs, own weeks, and how others do it."""
    title = texts.t("{meeting}: för handläggare och strateger", meeting=_meeting(on, texts))
    return _document(comparison, title, details_of(comparison, texts), texts)


def headlines(comparison: Comparison) -> tuple[Compared, ...]:
    """Return the measures that leadership sees: in time by our rule, direct answers, reception."""
    return tuple(one for one in _wanted(comparison) if len(one.members) > 1)


def _wanted(comparison: Comparison) -> tuple[Compared, ...]:
    """Return those of leadership's measures that we have figures of ourselves."""
    wanted = (IN_TIME[comparison.ours.rule].id, "phone.direct", "reception.good")
    by_id = {one.measure.id: one for one in comparison.measures}
    return tuple(by_id[one] for one in wanted if one in by_id)


def period_in_words(bundle: Bundle, texts: Texts) -> str:
    """Return a bundle's period, as ``vecka 2–27, 2026``."""
    first, last = Week.parse(bundle.first), Week.parse(bundle.last)
    if first.year == last.year:
        return texts.t("vecka {first}–{last}, {year}", first=first.number, last=last.number, year=first.year)
    return texts.t("vecka {first}, {year} till vecka {last}, {last_year}", first=first.number, year=first.year,
                   last=last.number, last_year=last.year)  # fmt: skip


def _document(comparison: Comparison, title: str, blocks: tuple[Block, ...], texts: Texts) -> Document:
    ours, names = comparison.ours, sorted((one.name for one in (comparison.ours, *comparison.others)), key=in_order)
    told = [one.measure for one in headlines(comparison)]
    versions = ", ".join(f"{one.id} v{one.version} {one.digest[:8]}" for one in told)
    return Document(
        language=texts.language, tag=texts.language.replace("_", "-"), title=title, municipality=ours.name,
        subtitle=texts.t("{period}. {count} kommuner: {names}", period=_capital(period_in_words(ours, texts)),
                         count=len(names), names=", ".join(names)),
        lead=_lead(comparison, texts), blocks=blocks,
        footer=texts.t("{name}. Siffror från kommunernas underskrivna paket. {versions}", name=ours.name,
                       versions=versions),
    )  # fmt: skip


def _meeting(on: date, texts: Texts) -> str:
    if on.month <= 6:
        return texts.t("Nätverkets vårmöte {year}", year=on.year)
    return texts.t("Nätverkets höstmöte {year}", year=on.year)


def _lead(comparison: Comparison, texts: Texts) -> str:
    first = next(iter(headlines(comparison)), None)
    if first is None:
        return texts.t("Det finns inga siffror som går att jämföra.")
    unit = first.measure.unit
    return texts.t(
        "{measure}: {value} hos oss. Medelvärdet för {count} kommuner är {mean}.", measure=name_of(first, texts),
        value=value_in_words(unit, first.ours.value, texts), count=len(first.members),
        mean=value_in_words(unit, first.mean, texts),
    )  # fmt: skip


def _standing(one: Compared, texts: Texts) -> Iterator[Paragraph]:
    unit = one.measure.unit
    if len(one.members) == 1:
        yield Paragraph(text=texts.t("Hos oss {value} ({basis}). Ingen annan kommun går att jämföra med.",
                                     value=value_in_words(unit, one.ours.value, texts),
                                     basis=basis_in_words(one.ours, texts)))  # fmt: skip
        return
    yield Paragraph(text=texts.t(
        "Hos oss {value} ({basis}). Medelvärdet för de {count} kommunerna är {mean} och medianen {middle}.",
        value=value_in_words(unit, one.ours.value, texts), basis=basis_in_words(one.ours, texts),
        count=len(one.members), mean=value_in_words(unit, one.mean, texts),
        middle=value_in_words(unit, one.middle, texts),
    ))  # fmt: skip
    yield Paragraph(text=place_in_words(one, texts))


def _left_out(one: Compared, texts: Texts) -> Iterator[Block]:
    """Give who is not among those above, and why."""
    if one.left_out:
        yield Paragraph(small=True, text=" ".join((texts.t("Jämförs inte:"), *left_out_in_words(one, texts))))


def _funnel(one: Compared, texts: Texts) -> Iterator[Drawing]:
    if one.funnel is not None:
        caption = texts.t("Varje ring är en kommun. Ju fler kontakter, desto längre till höger.")
        yield funnel_drawing(one, caption, funnel_alt(one, texts), texts)


def funnel_alt(one: Compared, texts: Texts) -> str:
    """Return the funnel in words: every municipality with its share and what it rests on, alphabetical."""
    told = "; ".join(
        texts.t("{name} {value} ({basis})", name=member.name, value=value_in_words(Unit.SHARE, member.value, texts),
                basis=basis_in_words(member, texts))
        for member in one.members
    )  # fmt: skip
    return texts.t("Trattdiagram över {measure}. {told}. {place}", measure=name_of(one, texts), told=told,
                   place=place_in_words(one, texts))  # fmt: skip


def _better(one: Compared, comparison: Comparison, texts: Texts) -> Iterator[Block]:
    """Give who is clearly better than us and what they did, or why nobody is named."""
    if len(one.members) == 1:
        return
    if one.ours.level is not None and one.ours.level.is_unsure:
        yield Paragraph(text=texts.t(
            "Vi har själva för få kontakter eller veckor för att säga vilka som är tydligt bättre än vi."
        ))  # fmt: skip
        return
    better, few = one.with_verdict(Verdict.BETTER), one.with_verdict(Verdict.TOO_FEW)
    if better:
        yield Paragraph(text=texts.t("Tydligt bättre än vi, i bokstavsordning:"))
        yield Points(items=tuple(_told(member, one, comparison, texts) for member in better))
    elif one.measure.unit is Unit.SHARE:
        yield Paragraph(text=texts.t("Ingen kommun är tydligt bättre än vi."))
    if few:
        yield Paragraph(small=True, text=texts.t(
            "Om {names} går det inte att säga något åt något håll: kontakterna eller veckorna är för få, eller för "
            "ojämna.", names=", ".join(member.name for member in few),
        ))  # fmt: skip


def _told(member: Member, one: Compared, comparison: Comparison, texts: Texts) -> str:
    bundle = next(each for each in comparison.others if each.municipality == member.municipality)
    assert member.beside is not None
    parts = [texts.t("{name}: {value}, {beside}.", name=member.name, beside=beside_in_words(member.beside, texts),
                     value=value_in_words(one.measure.unit, member.value, texts))]  # fmt: skip
    practices = practices_of(bundle, one.measure.id)
    parts.append(
        texts.t("Så gör de: {practice}", practice=_short(practices[0].text))
        if practices
        else texts.t("De har inte beskrivit hur de gör.")
    )
    if bundle.contact:
        parts.append(texts.t("Fråga: {role}, {address}", role=bundle.contact.role, address=bundle.contact.address))
    return " ".join(parts)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"


def _how_to_read(texts: Texts) -> str:
    return texts.t(
        "Tydligt bättre betyder minst {least} procentenheter högre, och att hela spannet inom parentes ligger över "
        "noll. Spannet är räknat så att det gäller för alla kommuner på en gång i 95 fall av 100: slumpen är en mindre "
        "trolig förklaring, men inte utesluten. Den vars spridning är större än {widest} procentenheter åt något håll, "
        "eller som visar färre än {weeks} veckor, kallas varken bättre eller sämre. Det finns ingen rangordning: "
        "kommunerna står i bokstavsordning, och ingen pekas ut som sämre.", weeks=WEEKS_FROM,
        least=texts.number(LEAST * 100), widest=texts.number(WIDEST * 100),
    )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
