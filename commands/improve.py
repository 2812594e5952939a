"""Improvement work (DMAIC) on the command line: opening a project, its gates, and how it stands."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.administration import print_columns
from commands.improve_analyze import analyze
from commands.improve_book import AProject, By, Desk, at_desk, content_for, measure_for, names_of, series_for
from commands.improve_change import change, control, rebase
from commands.improve_figures import baseline, series, target
from commands.improve_paper import export, paper
from commands.improve_series import Better, series_in_file
from commands.improve_watch import watch_command
from commands.shell import DEFAULT_CONFIG, Config, Language, die, run_to_end

if TYPE_CHECKING:
    from config.texts import Texts
    from measurement.improvement.gates import Gate
    from measurement.improvement.project import Opened, Project, Refusal

improve = typer.Typer(
    no_args_is_help=True,
    help="Improvement work in five gates (DMAIC): from the figure to a change that is proved, and kept.",
)

improve.command("baseline")(baseline)
improve.command("target")(target)
improve.command("series")(series)
improve.command("analyze")(analyze)
improve.command("change")(change)
improve.command("control")(control)
improve.command("rebase")(rebase)
improve.command("watch")(watch_command)
improve.command("paper")(paper)
improve.command("export")(export)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
AGate = Annotated[str, typer.Argument(metavar="GATE", help="define, measure, analyze, improve or control.")]


@improve.command("open")
def improve_open(
    project: AProject,
    title: Annotated[str, typer.Option(prompt="Title", help="What it is called, as it stands on the page.")],
    owner: Annotated[str, typer.Option(prompt="Owner's work address", help="Who is told when the effect slips.")],
    by: By,
    measure: Annotated[str, typer.Option(help="A measure's id, as answered_in_time.one_working_day.")] = "",
    slice_: Annotated[str, typer.Option("--slice", help="A part of it, as unit:bygg; else the whole.")] = "",
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Instead a series of any kind (CSV or Excel).")
    ] = None,
    better: Annotated[Better, typer.Option(help="Which way is better; of a file.")] = Better.UP,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Open a project on a measure of ours, or on any series from a file."""

    async def work() -> None:
        from measurement.improvement.book import ProjectExists, enter, open_project
        from measurement.improvement.project import Entry, Field, Opened, ProjectId

        async with at_desk(config, language) as desk:
            t = desk.texts.t
            _check(desk.texts, project, owner)
            if bool(measure) is (file is not None):
                die(t("Ange antingen ett mått med --measure eller en fil med --file."))
            told = series_in_file(file, title, better, desk.texts) if file else ""
            opened = Opened(
                id=ProjectId(project), title=title.strip(), measure=measure_for(desk, measure) if measure else "",
                slice=slice_.strip(), series=told, opened_by=by.strip(), opened_at=desk.now,
            )  # fmt: skip
            if opened.slice:
                await _check_slice(desk, opened)
            try:
                async with desk.book.rollup.writing() as connection:
                    await open_project(connection, opened)
                    first = Entry(field=Field.OWNER, value=owner.strip(), by=by.strip(), at=desk.now)
                    await enter(connection, opened.id, [first])
            except ProjectExists:
                die(t("Det finns redan ett arbete som heter {id}.", id=project))
            print(t("{id} är öppnat. Första frågan: {question}", id=project, question=t("Vad är problemet?")))

    run_to_end(work())


def _check(texts: "Texts", project: str, owner: str) -> None:
    t = texts.t
    if not _ID.fullmatch(project):
        die(t("{id} kan inte vara ett namn: skriv små bokstäver a–z, siffror och bindestreck.", id=project))
    if "@" not in owner:
        die(t("{owner} är ingen e-postadress. Den som ansvarar får veta när effekten sviktar.", owner=owner))


async def _check_slice(desk: Desk, opened: "Opened") -> None:
    """End if nothing is known of such a part: no unit or topic of this name, and no figures."""
    from measurement.improvement.project import Project

    names, t = await names_of(desk.settings, desk.book.calendar), desk.texts.t
    if opened.series:
        die(t("En fil har inga delar: utelämna --slice."))
    async with desk.book.reading() as connection:
        series = await series_for(
            connection, desk.book.calendar, desk.settings, desk.texts, Project(opened=opened)
        )  # fmt: skip
    if opened.slice not in names and all(one.value is None for one in series.points):
        known = ", ".join(sorted(one for one in names if one.startswith("unit:"))[:6])
        die(t("{slice} är ingen del som det finns siffror för. Skriv till exempel {known}.", slice=opened.slice,
              known=known or "channel:mail"))  # fmt: skip


@improve.command("status")
def improve_status(config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """List the projects with how far each has come."""

    async def work() -> None:
        from measurement.improvement.book import read_projects
        from measurement.improvement.project import answered

        async with at_desk(config, language) as desk, desk.book.reading() as connection:
            found = await read_projects(connection)
            t = desk.texts.t
            if not found:
                print(t("Inget arbete är öppnat. Börja med: run_bot.py improve open --help"))
                return
            print_columns([
                (one.id, one.opened.title, _gate_words(one, desk.texts),
                 t("{count} av 8 frågor", count=answered(one)), t("effekten sviktar") if one.alarmed else "")
                for one in found
            ])  # fmt: skip

    run_to_end(work())


def _gate_words(project: "Project", texts: "Texts") -> str:
    from measurement.improvement.gates import GATE_NAMES

    gate = project.gate
    return texts.t("alla steg gjorda") if gate is None else texts.t(GATE_NAMES[gate]).lower()


@improve.command("show")
def improve_show(project: AProject, config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """Print a project: its gates, questions, answers and figures."""

    async def work() -> None:
        from measurement.improvement.show import project_lines

        async with at_desk(config, language) as desk, desk.book.reading() as connection:
            content = await content_for(connection, desk, await desk.project(connection, project))
            print("\n".join(project_lines(content, desk.texts)))

    run_to_end(work())


@improve.command("answer")
def improve_answer(
    project: AProject,
    question: Annotated[str, typer.Argument(help="As define.problem, or the gate's name if it has one question.")],
    answer: Annotated[str, typer.Argument(help="What is answered; instead of an earlier answer.")],
    by: By,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Answer one of the eight supporting questions."""

    async def work() -> None:
        from measurement.improvement.gates import QUESTIONS, question_named
        from measurement.improvement.project import Entry, Field

        async with at_desk(config, language) as desk:
            t = desk.texts.t
            found = question_named(question)
            if found is None:
                known = ", ".join(one.id for one in QUESTIONS)
                die(t("{question} är ingen fråga. Frågorna heter: {known}.", question=question, known=known))
            if not answer.strip():
                die(t("Svaret är tomt."))
            async with desk.book.reading() as connection:
                chosen = await desk.project(connection, project)
            entry = Entry(field=Field.ANSWER, about=found.id, value=answer.strip(), by=by.strip(), at=desk.now)
            await desk.enter(chosen, entry)
            print(t("{question} Besvarad.", question=t(found.text)))

    run_to_end(work())


@improve.command("pass")
def improve_pass(
    project: AProject, gate: AGate, by: By, config: Config = DEFAULT_CONFIG, language: Language = None
) -> None:
    """Pass a gate whose questions are answered."""
    run_to_end(_through(config, language, project, gate, by, None))


@improve.command("skip")
def improve_skip(
    project: AProject,
    gate: AGate,
    why: Annotated[str, typer.Option("--why", prompt="Why", help="The reason, as it is to stand on the page.")],
    by: By,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Skip a gate, with a reason."""
    run_to_end(_through(config, language, project, gate, by, why))


async def _through(config: Path, language: str | None, project: str, gate: str, by: str, why: str | None) -> None:
    from measurement.improvement.gates import GATE_NAMES, Gate
    from measurement.improvement.project import Entry, Field, may_pass, may_skip

    async with at_desk(config, language) as desk:
        t, wanted = desk.texts.t, next((one for one in Gate if one.value == gate.strip().casefold()), None)
        if wanted is None:
            die(t("{gate} är inget steg. Stegen heter {known}.", gate=gate, known=", ".join(Gate)))
        async with desk.book.reading() as connection:
            found = await desk.project(connection, project)
        refusal = may_pass(found, wanted) if why is None else may_skip(found, wanted, why)
        if refusal is not None:
            die(_refusal_words(refusal, found, wanted, desk.texts))
        field = Field.PASSED if why is None else Field.SKIPPED
        value = (why or "").strip()
        await desk.enter(found, Entry(field=field, about=wanted.value, value=value, by=by.strip(), at=desk.now))
        name = t(GATE_NAMES[wanted])
        print(t("Steget {gate} är klart.", gate=name) if why is None else t("Steget {gate} hoppas över.", gate=name))


def _refusal_words(refusal: "Refusal", project: "Project", gate: "Gate", texts: "Texts") -> str:
    from measurement.improvement.gates import GATE_NAMES
    from measurement.improvement.project import Refusal, unanswered

    t, name = texts.t, texts.t(GATE_NAMES[gate])
    match refusal:
        case Refusal.ALREADY_PASSED:
            return t("Steget {gate} är redan klart.", gate=name)
        case Refusal.EARLIER_OPEN:
            before = project.gate
            return t("Steget {before} kommer före {gate}: gör klart det, eller hoppa över det med ett skäl.", gate=name,
                     before=t(GATE_NAMES[before]) if before else "")  # fmt: skip
        case Refusal.UNANSWERED:
            open_ = unanswered(project, gate)
            left = ", ".join(f"{t(one.text)} ({one.id})" for one in open_)
            return texts.n(
                "Steget {gate} kan inte bli klart: {count} fråga är inte besvarad: {questions}",
                "Steget {gate} kan inte bli klart: {count} frågor är inte besvarade: {questions}",
                len(open_), gate=name, questions=left,
            )  # fmt: skip
        case Refusal.NO_REASON | Refusal.NO_BASELINE:
            return t("Ange ett skäl.")
