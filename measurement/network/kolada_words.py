"""What went wrong with Kolada or a file of its figures, in words: what it was, what was kept, what to do."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from config.texts import Texts, mark
from measurement.network.kolada import KoladaFault, Trouble
from measurement.network.kolada_choice import Unknown
from measurement.network.kolada_shapes import ROOT, ShapeFault, Wrong, one_line
from measurement.network.outside_data import OutsideValue, TitleKind

_LINE = re.compile(r"([0-9]+):(.+)")
_MOST_NAMED = 10
_WRONG = {
    Wrong.NOT_JSON: mark("är inte JSON"),
    Wrong.NOT_AN_OBJECT: mark("är inget objekt"),
    Wrong.NOT_A_LIST: mark("är ingen lista"),
    Wrong.MISSING: mark("saknas"),
    Wrong.NOT_TEXT: mark("är ingen text"),
    Wrong.NOT_AN_ID: mark("är inget id"),
    Wrong.NOT_A_NUMBER: mark("är inget tal"),
    Wrong.TOO_LARGE: mark("är ett för stort tal"),
    Wrong.NOT_A_YEAR: mark("är inget årtal"),
    Wrong.NOT_A_TIME: mark("är ingen tid med tidszon"),
    Wrong.NOT_A_GENDER: mark("är varken T, K eller M"),
    Wrong.TWICE: mark("står två gånger med olika värden"),
    Wrong.NOT_ASKED: mark("har ingen frågat efter"),
    Wrong.MISCOUNTED: mark("stämmer inte med antalet värden"),
}
_TROUBLE = {
    Trouble.ADDRESS: mark("Adressen går inte att fråga. Skriv den som https://api.kolada.se/v3/."),
    Trouble.NO_ANSWER: mark("Kolada svarar inte ({detail}). Försök igen senare."),
    Trouble.BROKEN: mark("Något är fel hos Kolada ({detail}). Försök igen senare."),
    Trouble.REFUSED: mark("Kolada säger nej ({detail}). Stämmer adressen?"),
    Trouble.ELSEWHERE: mark("Svaret pekar vidare till en annan värd ({detail}). Den frågar vi inte."),
    Trouble.ENDLESS: mark("Svarets sidor tar inte slut. Be om färre nyckeltal eller år."),
    Trouble.TOO_LARGE: mark("Svaret är för stort. Be om färre nyckeltal eller år."),
    Trouble.SHAPE: mark("Svaret ser inte ut som Koladas svar ({detail})."),
}
_UNKNOWN = {
    TitleKind.KPI: mark("Det finns inget nyckeltal {written}."),
    TitleKind.MUNICIPALITY: mark("Det finns ingen kommun {written}."),
    TitleKind.GROUP: mark("Det finns ingen grupp {written}."),
}
_SEVERAL = {
    TitleKind.KPI: mark("Flera nyckeltal heter {written}."),
    TitleKind.MUNICIPALITY: mark("Flera kommuner heter {written}."),
    TitleKind.GROUP: mark("Flera grupper heter {written}."),
}


def shape_words(fault: ShapeFault, texts: Texts) -> str:
    """Return where and what, as "values[3].title saknas" or "rad 4, value: 'x' är inget tal"."""
    line = _LINE.fullmatch(fault.where)
    if line and fault.wrong is Wrong.NOT_JSON:
        place = texts.t("rad {line}, tecken {sign}", line=line[1], sign=line[2])
    elif line:
        place = texts.t("rad {line}, {column}", line=line[1], column=line[2])
    else:
        place = texts.t("svaret") if fault.where == ROOT else fault.where
    told = texts.t(_WRONG[fault.wrong])
    return f"{place}: {fault.seen} {told}" if fault.seen else f"{place} {told}"


def trouble_words(fault: KoladaFault, now: datetime, texts: Texts) -> str:
    """Return what is wrong with Kolada, and that nothing was kept."""
    told = f"{one_line(fault.about)}: {_what(fault, now, texts)}"
    return f"{told} {texts.t('Inget är sparat.')}"


def _what(fault: KoladaFault, now: datetime, texts: Texts) -> str:
    cause = fault.__cause__
    if fault.trouble is Trouble.BUSY:
        if not fault.detail:
            return texts.t("Kolada har för mycket att göra. Försök igen senare.")
        until = now.astimezone(UTC) + timedelta(seconds=int(fault.detail))
        return texts.t("Kolada vill att vi väntar till {moment}.", moment=texts.moment(until))
    detail = shape_words(cause, texts) if isinstance(cause, ShapeFault) else fault.detail
    return texts.t(_TROUBLE[fault.trouble], detail=detail)


def unknown_words(fault: Unknown, texts: Texts) -> str:
    """Return that nothing is called so, and what it may have been."""
    sentences = _SEVERAL if fault.several else _UNKNOWN
    told = texts.t(sentences[fault.kind], written=fault.written)
    if not fault.near:
        return told
    near = ", ".join(f"{one.title} ({one.id})" for one in fault.near[:_MOST_NAMED])
    more = "" if len(fault.near) <= _MOST_NAMED else " …"
    if fault.several:
        choose = texts.t("Välj en med dess id: {near}", near=near + more)
        return f"{told} {choose}"
    meant = texts.t("Menar du {near}?", near=near + more)
    return f"{told} {meant}"


def strangers_words(kpis: Sequence[str], places: Sequence[str], texts: Texts) -> str:
    """Return which ids of a file nobody has a title for."""
    told = []
    if kpis:
        told.append(texts.t("Okända nyckeltal: {ids}.", ids=_some(kpis)))
    if places:
        told.append(texts.t("Okända kommuner: {ids}.", ids=_some(places)))
    return " ".join([*told, texts.t("Läs in deras namn först eller samtidigt. Inget är sparat.")])


def impossible_words(values: Sequence[OutsideValue], texts: Texts) -> str:
    """Return which values cannot be, as their KPI goes from 0 to 100."""
    named = ", ".join(
        f"{' '.join(map(str, one.key))}: {exact_words(one.value or 0, texts)}" for one in values[:_MOST_NAMED]
    )
    more = "" if len(values) <= _MOST_NAMED else " …"
    told = texts.t("Det här kan inte stämma, för nyckeltalet går från 0 till 100: {values}.", values=named + more)
    what_now = texts.t("Rätta det i filen, eller hämta de andra nyckeltalen för sig. Inget är sparat.")
    return f"{told} {what_now}"


def exact_words(value: float, texts: Texts) -> str:
    """Return a value with all its decimals, so that no change is too small to be seen."""
    written = f"{Decimal(repr(value)).normalize():f}"
    return written if texts.language == "en" else written.replace(".", ",")


def _some(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_MOST_NAMED]) + (" …" if len(ids) > _MOST_NAMED else "")
