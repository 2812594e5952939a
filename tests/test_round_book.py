"""The book of assessments, on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.database import Database
from measurement.assessment.archive import SUMS, ArchiveFault, of_files, to_files
from measurement.assessment.archive_book import put_in, take_out
from measurement.assessment.book import (
    EvidenceRefused,
    Head,
    Interview,
    Interviewed,
    NoRound,
    RoundExists,
    add_evidence,
    beside_of,
    cancel_interview,
    enter,
    entries_of,
    evidence_of,
    interviews_of,
    open_round,
    plan_interview,
    put_beside,
    read_round,
    rounds,
)
from measurement.assessment.evidence import Evidence, EvidenceId, EvidenceKind
from measurement.assessment.framework import AreaId, FrameworkId, QuestionId
from measurement.assessment.round import Field, RoundId, Source
from measurement.assessment.scores import Beside, BesideKind
from tests.forms import ANNA, AT, ELSA, FRAMEWORK, entry

HEAD = Head(id=RoundId("provstad-2027"), framework=FRAMEWORK.id, municipality="Provstad", as_of=AT,
            opened_by="kvalitetschef", opened_at=AT)  # fmt: skip
OWN = HEAD.id
DOCUMENT = Evidence(
    question=QuestionId("5.2"), kind=EvidenceKind.DOCUMENT, title="Serviceplan", place="plan.pdf",
    media_type="application/pdf", content=b"%PDF", by=ANNA, at=AT,
    digest="315d429b7714cedb6ad04ac31240145257692630457f3c88253c5beceac76027",
)  # fmt: skip
MEAN = Beside(kind=BesideKind.OTHERS, name="Medelvärde 2027", framework=FRAMEWORK.id, year=2027,
              by_area={AreaId("5"): 30.5, AreaId("6"): 12}, source="SKR")  # fmt: skip
EARLIER = Beside(kind=BesideKind.EARLIER, name="2025", framework=FrameworkId("prov-2024"), year=2025, by_area={},
                 total=40)  # fmt: skip


@pytest.mark.asyncio
async def test_a_round_is_read_as_it_was_opened_and_entered(database: Database) -> None:
    async with database.writing() as connection:
        await open_round(connection, HEAD, FRAMEWORK)
        assert await enter(connection, OWN, [entry(0, "5.1", Field.ANSWER, "Ja."), entry(0, "6", Field.POINTS, "12")])
        with pytest.raises(RoundExists):
            await open_round(connection, HEAD, FRAMEWORK)
    async with database.reading() as connection:
        read = await read_round(connection, OWN)
        assert await rounds(connection) == [HEAD]
        with pytest.raises(NoRound):
            await read_round(connection, "en-annan")
    assert (read.framework, read.municipality, read.as_of) == (FRAMEWORK, "Provstad", AT)
    assert (read.value("5.1", Field.ANSWER), read.value("6", Field.POINTS)) == ("Ja.", "12")


@pytest.mark.asyncio
async def test_what_a_form_said_before_is_passed_over_and_a_conflict_stays(database: Database) -> None:
    async with database.writing() as connection:
        await open_round(connection, HEAD, FRAMEWORK)
        await enter(connection, OWN, [entry(0, "5.1", Field.ANSWER, "Ja.")])
        first = (await entries_of(connection, OWN))[0].seq
        form = [entry(0, "5.1", Field.ANSWER, "Nej.", base=first, source=Source.WORD),
                entry(0, "5.1", Field.ANSWER, "Kanske.", base=first, by=ELSA, source=Source.WORD)]  # fmt: skip
        assert await enter(connection, OWN, form) == 2
        # A day later, by another way: nothing new.
        assert await enter(connection, OWN, [replace(one, at=AT + timedelta(days=1)) for one in form]) == 0
        read = await read_round(connection, OWN)
    assert read.value("5.1", Field.ANSWER) == "Nej."
    assert [one.value for some in read.conflicts.values() for one in some] == ["Kanske."]
    async with database.writing() as connection:
        # A decision settles it, and the form that caused it does not raise it again.
        await enter(connection, OWN, [entry(0, "5.1", Field.ANSWER, "Ja, och nej.")])
        assert await enter(connection, OWN, form) == 0
        assert not (await read_round(connection, OWN)).conflicts


@pytest.mark.asyncio
async def test_evidence_is_replaced_with_a_reason_only_and_kept(database: Database) -> None:
    async with database.writing() as connection:
        await open_round(connection, HEAD, FRAMEWORK)
        first = await add_evidence(connection, OWN, DOCUMENT)
        newer = replace(DOCUMENT, title="Serviceplan 2", replaces=first)
        for wrong, why in (
            (newer, EvidenceRefused.NO_REASON),
            (replace(newer, question=QuestionId("5.1"), why="ny"), EvidenceRefused.NO_SUCH),
            (replace(newer, replaces=EvidenceId(first + 1), why="ny"), EvidenceRefused.NO_SUCH),
        ):
            with pytest.raises(EvidenceRefused) as refused:
                await add_evidence(connection, OWN, wrong)
            assert refused.value.why == why
        second = await add_evidence(connection, OWN, replace(newer, why="Beslutad på nytt"))
        with pytest.raises(EvidenceRefused) as refused:
            await add_evidence(connection, OWN, replace(newer, why="igen"))
        assert refused.value.why == EvidenceRefused.REPLACED
    async with database.reading() as connection:
        assert [one.id for one in await evidence_of(connection, OWN)] == [second]
        assert await evidence_of(connection, OWN, "5.1") == []
        kept = await evidence_of(connection, OWN, "5.2", content=True, replaced=True)
    assert kept == [
        replace(DOCUMENT, id=first),
        replace(newer, id=second, why="Beslutad på nytt"),
    ]


@pytest.mark.asyncio
async def test_a_frozen_series_is_never_replaced_by_a_document_or_link(database: Database) -> None:
    series = replace(DOCUMENT, kind=EvidenceKind.SERIES, measure="answered_in_time.one_working_day", place="")
    async with database.writing() as connection:
        await open_round(connection, HEAD, FRAMEWORK)
        frozen = await add_evidence(connection, OWN, series)
        for kind in (EvidenceKind.DOCUMENT, EvidenceKind.LINK):
            with pytest.raises(EvidenceRefused) as refused:
                await add_evidence(connection, OWN, replace(DOCUMENT, kind=kind, replaces=frozen, why="bättre"))
            assert refused.value.why == EvidenceRefused.FROZEN
        assert await add_evidence(connection, OWN, DOCUMENT) > frozen
        assert await add_evidence(connection, OWN, replace(series, replaces=frozen, why="rättad")) > frozen
        # Files that say so are no round either.
        wrong = await take_out(connection, OWN)
        pieces = [*wrong.evidence, replace(DOCUMENT, id=EvidenceId(99), replaces=wrong.evidence[-1].id, why="bättre")]
        with pytest.raises(ArchiveFault):
            await put_in(connection, of_files(to_files(replace(wrong, evidence=pieces))), "kopia")


@pytest.mark.asyncio
async def test_points_of_others_and_interviews(database: Database) -> None:
    interview = Interview(about=Interviewed.UNIONS, role="ordförande i facket", areas=(AreaId("5"), AreaId("6")),
                          begins_at=AT + timedelta(days=2), minutes=45, by=ANNA, at=AT)  # fmt: skip
    earlier = replace(interview, about=Interviewed.POLITICIANS, areas=(), begins_at=AT + timedelta(days=1))
    async with database.writing() as connection:
        await open_round(connection, HEAD, FRAMEWORK)
        await put_beside(connection, OWN, [MEAN, EARLIER])
        assert await beside_of(connection, OWN) == [EARLIER, MEAN]
        # The same name again is written over, all of it.
        fewer = replace(MEAN, by_area={}, total=45.5)
        await put_beside(connection, OWN, [fewer])
        assert await beside_of(connection, OWN) == [EARLIER, fewer]
        late = await plan_interview(connection, OWN, interview)
        soon = await plan_interview(connection, OWN, earlier)
        assert [one.id for one in await interviews_of(connection, OWN)] == [soon, late]
        assert await cancel_interview(connection, OWN, late)
        assert not await cancel_interview(connection, OWN, late)
        assert not await cancel_interview(connection, "en-annan", soon)
        assert await interviews_of(connection, OWN) == [replace(earlier, id=soon)]
        assert [one.cancelled for one in await interviews_of(connection, OWN, cancelled=True)] == [False, True]


@pytest.mark.asyncio
async def test_all_of_a_round_goes_out_and_comes_in_the_same(database: Database) -> None:
    interview = Interview(about=Interviewed.HEADS, role="skolchef", begins_at=AT, minutes=60, by=ANNA, at=AT)
    async with database.writing() as connection:
        # Another round first, so that numbers do not begin with 1.
        await open_round(connection, replace(HEAD, id=RoundId("en-annan")), FRAMEWORK)
        await enter(connection, "en-annan", [entry(0, "5.1", Field.ANSWER, "Ja.")])
        await add_evidence(connection, "en-annan", DOCUMENT)
        await open_round(connection, HEAD, FRAMEWORK)
        await enter(connection, OWN, [entry(0, "5.1", Field.ANSWER, "Ja.")])
        first = (await entries_of(connection, OWN))[0].seq
        await enter(connection, OWN, [
            entry(0, "5.1", Field.ANSWER, "Nej.", base=first, source=Source.WORD),
            entry(0, "5.1", Field.ANSWER, "Kanske.", base=first, by=ELSA, source=Source.EXCEL),
            entry(0, "5.2", Field.ANSWER, "Å & <b>\n\"9\"", base=0, source=Source.EXCEL),
            entry(0, "5.2", Field.ANSWER, "Utan känd grund", base=99_999, source=Source.WORD),
        ])  # fmt: skip
        old = await add_evidence(connection, OWN, DOCUMENT)
        await add_evidence(connection, OWN, replace(DOCUMENT, replaces=old, why="ny", place="å ä/ö.pdf"))
        await put_beside(connection, OWN, [MEAN, EARLIER])
        await plan_interview(connection, OWN, interview)
        files = to_files(await take_out(connection, OWN))
        await put_in(connection, of_files(files), "inlast")
        again = to_files(await take_out(connection, "inlast"))
        ours, theirs = await read_round(connection, OWN), await read_round(connection, "inlast")
        with pytest.raises(RoundExists):
            await put_in(connection, of_files(files))
        with pytest.raises(NoRound):
            await take_out(connection, "finns-inte")
    assert {name for name in files if files[name] != again[name]} == {"round.json", SUMS}
    assert again["round.json"].replace(b"inlast", OWN.encode()) == files["round.json"]
    assert {key: one.value for key, one in ours.current.items()} == {
        key: one.value for key, one in theirs.current.items()
    }
    assert {key: [one.value for one in some] for key, some in ours.conflicts.items()} == {
        key: [one.value for one in some] for key, some in theirs.conflicts.items()
    }
    assert len(ours.conflicts) == 2


@pytest.mark.asyncio
async def test_a_trial_leaves_nothing(database: Database) -> None:
    async with database.writing() as connection:
        await open_round(connection, HEAD, FRAMEWORK)
        await connection.rollback()
    async with database.reading() as connection:
        assert await rounds(connection) == []


@pytest.mark.asyncio
async def test_a_round_that_fails_half_way_leaves_nothing(database: Database) -> None:
    with pytest.raises(EvidenceRefused):
        async with database.writing() as connection:
            await open_round(connection, HEAD, FRAMEWORK)
            await add_evidence(connection, OWN, replace(DOCUMENT, replaces=EvidenceId(7), why="ny"))
    async with database.reading() as connection:
        assert await rounds(connection) == []
