"""The commands that write a project to files: one A3 page, and JSON."""

import json
from pathlib import Path
from typing import Annotated

import typer

from commands.improve_book import AProject, at_desk, content_for
from commands.shell import DEFAULT_CONFIG, Config, Language, run_to_end

Out = Annotated[Path, typer.Option(file_okay=False, help="The folder to write into.")]


def paper(project: AProject, out: Out = Path(), config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """Write the project on one A3 page (PDF/UA)."""

    async def work() -> None:
        from measurement.improvement.paper import paper_pdf

        async with at_desk(config, language) as desk:
            async with desk.book.reading() as connection:
                content = await content_for(connection, desk, await desk.project(connection, project))
            print(_written(out / f"{content.project.id}.pdf", paper_pdf(content, desk.texts)))

    run_to_end(work())


def export(project: AProject, out: Out = Path(), config: Config = DEFAULT_CONFIG, language: Language = None) -> None:
    """Write all that is known of a project as JSON and as the A3 page; nothing is sent to anybody."""

    async def work() -> None:
        from measurement.improvement.book import entries_of
        from measurement.improvement.export import project_json
        from measurement.improvement.paper import paper_pdf

        async with at_desk(config, language) as desk:
            async with desk.book.reading() as connection:
                content = await content_for(connection, desk, await desk.project(connection, project))
                entries = await entries_of(connection, content.project.id)
            told = json.dumps(project_json(content, entries, desk.texts), ensure_ascii=False, indent=2)
            pdf = paper_pdf(content, desk.texts)  # both are made before either is written
            print(_written(out / f"{content.project.id}.json", f"{told}\n".encode()))
            print(_written(out / f"{content.project.id}.pdf", pdf))

    run_to_end(work())


def _written(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all, and return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    return beside.replace(path)
