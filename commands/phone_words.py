"""What is wrong with a file of the telephone exchange, in words: by line and column, and what to do about it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from bot.call_cells import Why
from bot.calls import RowFault
from config.texts import Texts, mark

_FIELDS = {
    "time": mark("tidpunkten (som Tid, Starttid eller Datum och Klockslag)"),
    "clock": mark("klockslaget (som Klockslag eller Tid)"),
    "question": mark("frågan (som Fråga, eller en kolumn för varje fråga: Bemötande, Enkelhet)"),
    "grade": mark("betyget (som Betyg)"),
}

_SENTENCES = {
    Why.NO_OUTCOME_COLUMN: mark(
        "En kolumn saknas: hur samtalet slutade. Den ska heta Besvarad, Övergiven eller Status, "
        "eller namnges i [[phone.sources]]."
    ),
    Why.NOT_IDS: mark(
        "Samma id står på de flesta raderna, så det skiljer inte samtalen åt. "
        "Namnge en annan kolumn i [[phone.sources]]."
    ),
    Why.MORE_CELLS: mark("Raden har fler celler än det finns rubriker. Står det ett skiljetecken i en text?"),
    Why.NO_TIME: mark("Tidpunkten saknas."),
    Why.BAD_TIME: mark("{example} är ingen tidpunkt. Skriv som 2026-11-16 08:12:05."),
    Why.NO_CLOCK: mark("{example} har inget klockslag."),
    Why.SKIPPED_HOUR: mark(
        "{example} fanns inte: klockan ställdes fram. Går växeln på en annan tid? "
        "Skriv vilken i [[phone.sources]] zone."
    ),
    Why.FUTURE: mark("{example} har inte varit än. Står månad och dag omvänt? Se [[phone.sources]] day_first."),
    Why.BAD_WEEK: mark("{example}: den veckan finns inte."),
    Why.BAD_SECONDS: mark("{example} är ingen tid. Skriv sekunder, mm:ss eller hh:mm:ss."),
    Why.TOO_LONG: mark("{example} är mer än fyra timmar. Är det millisekunder? Skriv det i [[phone.sources]] wait_in."),
    Why.NOT_YES_OR_NO: mark("Skriv ja eller nej, inte {example}."),
    Why.UNKNOWN_OUTCOME: mark(
        "Vi vet inte vad {example} betyder. Skriv det i [[phone.sources]]: answered_words, abandoned_words eller "
        "other_words."
    ),
    Why.NO_OUTCOME: mark("Det står inte om samtalet besvarades."),
    Why.BOTH_OUTCOMES: mark("Samtalet kan inte vara både besvarat och övergivet."),
    Why.PHONE_NUMBER: mark("Det här är telefonnummer, och sådana sparar vi inte. Välj en annan kolumn."),
    Why.UNKNOWN_QUESTION: mark("Vi känner inte frågan {example}. Skriv vilken den är i [[phone.sources]] questions."),
    Why.BAD_GRADE: mark("{example} är inget betyg. Skriv 1–5, eller vet ej."),
}


def fault_lines(texts: Texts, faults: Iterable[RowFault]) -> list[str]:
    """Return a line for each kind of fault and column, with every row it is in."""
    return [_line(texts, fault) for fault in faults]


def _line(texts: Texts, fault: RowFault) -> str:
    t, said = texts.t, _sentence(texts, fault)
    if not fault.rows:
        return said
    rows = texts.n("Rad {rows}", "Rad {rows}", len(fault.rows), rows=rows_in_words(fault.rows))
    if fault.why in {Why.NO_COLUMN, Why.TWO_COLUMNS, Why.NO_OUTCOME_COLUMN} or not fault.column:
        return t("{rows}: {fault}", rows=rows, fault=said)
    return t("{rows}, {column}: {fault}", rows=rows, column=fault.column, fault=said)


def _sentence(texts: Texts, fault: RowFault) -> str:
    t = texts.t
    if fault.why is Why.NO_COLUMN:
        name = t(_FIELDS[fault.column]) if fault.column in _FIELDS else fault.column
        return t("En kolumn saknas: {name}. Andra rubriker namnges i [[phone.sources]].", name=name)
    if fault.why is Why.TWO_COLUMNS:
        return t(
            "Rubrikerna {one} och {other} betyder samma. Namnge den rätta i [[phone.sources]].",
            one=fault.example, other=fault.column,
        )  # fmt: skip
    return t(_SENTENCES[fault.why], example=fault.example)


def rows_in_words(rows: Sequence[int]) -> str:
    """Return the numbers of rows, which stand in order, as ``2–4, 7``."""
    spans = [[rows[0], rows[0]]]
    for earlier, later in pairwise(rows):
        if later == earlier + 1:
            spans[-1][1] = later
        else:
            spans.append([later, later])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)
