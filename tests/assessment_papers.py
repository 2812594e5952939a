"""Rounds as the papers get them: two that were published (reference/domain.md §3.4), and one full of markup."""

from datetime import UTC, datetime
from functools import cache

from measurement.assessment.book import Interview, Interviewed
from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind
from measurement.assessment.framework import AreaId, Framework, FrameworkId, QuestionId
from measurement.assessment.framework_file import framework_files, read_framework
from measurement.assessment.round import About, Entry, Field, Round, RoundId, Seq, Source, fold
from measurement.assessment.scores import Beside, BesideKind

AS_OF = datetime(2021, 2, 28, 23, tzinfo=UTC)
NOTE = "egen bedömning, inte SKR:s frågor"
MARKUP = (
    "Vi <b>svarar</b> & mäter: #let x = 1, $x^2$ och $y$, *fet*, _kursiv_, [länk](x), @ref, <etikett>, \\ ` ~ = {{0}} "
    '"ja" &amp; ]]> <!-- -->'
)
NEW, OLD = FrameworkId("kommunkompassen-2020"), FrameworkId("kommunkompassen-klassisk")


@cache
def framework(id_: FrameworkId) -> Framework:
    """Return one of the frameworks that come with the product."""
    return read_framework(framework_files()[id_].read_bytes())


def entry(about: str, of: Field, value: str, seq: int, base: int | None = None) -> Entry:
    """Return an entry by a reviewer."""
    return Entry(about=About(about), field=of, value=value, by="granskare@kommun.example", source=Source.COMMAND,
                 at=AS_OF, seq=Seq(seq), base=None if base is None else Seq(base))  # fmt: skip


def round_of(id_: str, of: FrameworkId, municipality: str, said: list[tuple[str, Field, str]]) -> Round:
    """Return a round in which this was entered."""
    current, conflicts = fold(entry(*one, seq) for seq, one in enumerate(said, 1))
    return Round(id=RoundId(id_), framework=framework(of), municipality=municipality, as_of=AS_OF, current=current,
                 conflicts=conflicts)  # fmt: skip


def by_area(*points: float) -> dict[AreaId, float]:
    """Return points by area, in order."""
    return {AreaId(str(at)): one for at, one in enumerate(points, 1)}


VALLENTUNA_POINTS = (73, 75, 80, 83, 86, 82, 86, 83)  # 648
GRASTORP_POINTS = (61, 60, 73, 53, 70, 56, 65, 68)  # 506
IMPROVE = {
    "1": "Medborgardialogerna behöver bli fler.",
    "8": "Det nya medarbetarprogrammet är inte utvärderat än.",
}


def vallentuna() -> Round:
    """Return Vallentuna's third round, as it was published in 2021."""
    points = [(str(at), Field.POINTS, str(one)) for at, one in enumerate(VALLENTUNA_POINTS, 1)]
    return round_of("vallentuna-2021", NEW, "Vallentuna kommun",
                    [*points, *((area, Field.IMPROVEMENT, words) for area, words in IMPROVE.items())])  # fmt: skip


def vallentuna_beside() -> list[Beside]:
    """Return the earlier rounds, whose totals alone are known, and the mean printed beside them (517)."""
    return [
        Beside(kind=BesideKind.EARLIER, name="Vallentuna 2017", framework=NEW, year=2017, by_area={}, total=555),
        Beside(kind=BesideKind.OTHERS, name="svenskt medelvärde", framework=NEW, year=2021,
               by_area=by_area(63, 65, 73, 64, 61, 59, 68, 64), source="vallentuna.se"),
        Beside(kind=BesideKind.EARLIER, name="Vallentuna 2019", framework=NEW, year=2019, by_area={}, total=603),
    ]  # fmt: skip


def grastorp() -> Round:
    """Return Grästorp's round of 2014 in the classic edition."""
    points = [(str(at), Field.POINTS, str(one)) for at, one in enumerate(GRASTORP_POINTS, 1)]
    return round_of("grastorp-2014", OLD, "Grästorps kommun", points)


def full() -> Round:
    """Return Vallentuna's round with answers full of markup, points by question, a conflict and a finished question."""
    said = [
        *((key[0], key[1], one.value) for key, one in vallentuna().current.items()),
        ("5", Field.COMMENT, MARKUP), ("5.1", Field.ANSWER, MARKUP), ("5.1", Field.DESCRIPTION, f"Först.\n\n{MARKUP}"),
        ("5.1", Field.OWN_POINTS, "9,5"), ("5.1", Field.FIRST_POINTS, "7"), ("5.1", Field.SECOND_POINTS, "8"),
        ("5.1", Field.POINTS, "7,5"), ("5.1", Field.OWNER, "kontaktcenter@kommun.example"),
        ("5.1", Field.PROGRESS, "ready"), ("5.1", Field.COMMENT, "Bra belägg."), ("", Field.STEP, "report"),
    ]  # fmt: skip
    made = round_of("full-2021", NEW, "Vallentuna & <Co> kommun", said)
    other = entry("5.1", Field.ANSWER, "Ett annat svar.", 99, base=0)
    return Round(id=made.id, framework=made.framework, municipality=made.municipality, as_of=AS_OF,
                 current=made.current, conflicts={(About("5.1"), Field.ANSWER): (other,)})  # fmt: skip


def piece(id_: int, question: str, title: str, kind: EvidenceKind = EvidenceKind.DOCUMENT, place: str = "",
          replaces: int | None = None) -> Evidence:  # fmt: skip
    """Return a piece of evidence; a series is of the headline measure."""
    series = kind is EvidenceKind.SERIES
    return Evidence(
        id=EvidenceId(id_), question=QuestionId(question), kind=kind, title=title, place=place, digest="ab" * 32,
        measure="answered_in_time.one_working_day" if series else "", as_of=AS_OF if series else None,
        by="kvalitet@kommun.example", at=AS_OF, replaces=None if replaces is None else EvidenceId(replaces),
        why="ny utgåva" if replaces else "",
    )  # fmt: skip


def evidence() -> list[Evidence]:
    """Return a series, two documents of which the second replaces the first, and a link."""
    return [
        piece(1, "5.1", "Besvarade inom en arbetsdag", EvidenceKind.SERIES),
        piece(2, "5.1", "Gammal policy", place="policy-2019.pdf"),
        piece(3, "5.1", "Servicepolicy <2020> & $mer$", place="policy #1.pdf", replaces=2),
        piece(4, "1.1", "Dialoger", EvidenceKind.LINK, "https://www.kommun.example/d?a=1&b=<2>"),
    ]


def many_documents(count: int = 500) -> list[Evidence]:
    """Return so many documents, spread over all questions."""
    questions = [one.id for one in framework(NEW).questions()]
    return [
        piece(
            at, questions[at % len(questions)], f"Dokument {at} om styrning, uppföljning och dialog", place=f"d{at}.pdf"
        )
        for at in range(1, count + 1)
    ]


def interviews() -> list[Interview]:
    """Return four interviews, one of them cancelled; nobody of the unions."""
    planned = (
        (Interviewed.POLITICIANS, "kommunstyrelsens ordförande", ("1", "3"), 10, False),
        (Interviewed.POLITICIANS, "oppositionsråd", ("1",), 8, False),
        (Interviewed.MANAGEMENT, "kommundirektör", ("4",), 12, False),
        (Interviewed.HEADS, "skolchef", (), 13, True),
        (Interviewed.HEADS, "enhetschef <kontaktcenter>", ("5", "6"), 14, False),
    )
    return [
        Interview(id=at, about=about, role=role, areas=tuple(map(AreaId, areas)), minutes=45, by="granskare", at=AS_OF,
                  begins_at=datetime(2021, 2, 10, hour, tzinfo=UTC), cancelled=cancelled)
        for at, (about, role, areas, hour, cancelled) in enumerate(planned, 1)
    ]  # fmt: skip
