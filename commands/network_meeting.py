"""The command that sets our bundle beside the others' and writes the papers for the network's meeting."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.figure_book import open_book, week_named
from commands.network_parts import KeyFile, key_path
from commands.shell import DEFAULT_CONFIG, AsJson, Config, Language, die, or_die, readable, run_to_end, texts_for

if TYPE_CHECKING:
    from config.settings import Settings
    from config.texts import Texts
    from measurement.network.book import Kept
    from measurement.network.compare import Comparison


def compare(
    first: Annotated[
        str, typer.Option("--first", help="The period's first week; else that of our newest bundle.")
    ] = "",
    last: Annotated[str, typer.Option("--last", help="The period's last week.")] = "",
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Write the papers into this folder.")] = None,
    word: Annotated[bool, typer.Option("--word", help="Also as Word.")] = False,
    as_json: AsJson = False,
    key_file: KeyFile = None,
    config: Config = DEFAULT_CONFIG,
    language: Language = None,
) -> None:
    """Set our figures beside the others': who is clearly better, and what they do. With --out, the meeting's papers."""
    settings = readable(config)
    texts, now = texts_for(settings, language), datetime.now(UTC)
    from measurement.network.compare_json import as_json as to_json

    wanted = (str(week_named(first)), str(week_named(last))) if first and last else None
    if bool(first) != bool(last):
        die(texts.t("Ange både första och sista veckan, eller ingen av dem."))
    comparison = run_to_end(_read(settings, wanted, key_file, texts))
    if out is not None:
        for path in or_die(lambda: _write(out, comparison, now, word=word, texts=texts)):
            print(path)
    elif as_json:
        print(json.dumps(to_json(comparison), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(comparison, now, texts)))


async def _read(
    settings: "Settings", wanted: tuple[str, str] | None, key_file: Path | None, texts: "Texts"
) -> "Comparison":
    from measurement.network.book import bundles_of, kept_bundles, trusted_keys
    from measurement.network.compare import choose
    from measurement.network.compare import compare as compared
    from measurement.network.signing import own_key, public_of

    path = key_path(settings, key_file)
    if not path.exists():
        die(texts.t("Vi har ingen egen nyckel än, och inget eget paket. Kör run_bot.py network export."))
    public = public_of(own_key(path))
    async with open_book(settings, look=True) as book, book.reading() as connection:
        keys, kept = await trusted_keys(connection), await kept_bundles(connection)
        own = next((one.municipality for one in keys if one.key == public), "")
        first, last = wanted or _newest(kept, own)
        chosen = choose(kept, own, first, last)
        if chosen.ours is None:
            die(texts.t("Vi har inget eget paket för {first} till {last}. Kör run_bot.py network export.",
                        first=first or "?", last=last or "?"))  # fmt: skip
        if not 1 <= len(chosen.others) <= 19:
            die(texts.t("Ett nätverk har 2 till 20 kommuner. För {first} till {last} finns {count}.", first=first,
                        last=last, count=len(chosen.others) + 1))  # fmt: skip
        ours, *others = await bundles_of(connection, [chosen.ours, *chosen.others])
    return compared(ours, others, chosen.other_period)


def _newest(kept: "list[Kept]", own: str) -> tuple[str, str]:
    """Return the period of our newest bundle; two empty words where there is none."""
    ours = [(one.last, one.first) for one in kept if one.municipality == own and one.holds]
    last, first = max(ours, default=("", ""))
    return first, last


def _write(out: Path, comparison: "Comparison", now: datetime, *, word: bool, texts: "Texts") -> list[Path]:
    """Write papers, figures and what the others shared; everything is made before anything is written."""
    from measurement.network.compare_json import as_json as to_json
    from measurement.network.pack import leadership, officers
    from measurement.report.pdf import report_pdf

    day = now.astimezone(texts.zone).date()
    stem = f"natverk-{comparison.ours.first}-{comparison.ours.last}"
    papers = {"ledning": leadership(comparison, day, texts), "handlaggare": officers(comparison, day, texts)}
    files = {f"{stem}-{name}.pdf": report_pdf(paper, texts) for name, paper in papers.items()}
    if word:
        from measurement.report.word_file import document_docx

        files |= {f"{stem}-{name}.docx": document_docx(paper, texts) for name, paper in papers.items()}
    files[f"{stem}.json"] = json.dumps(to_json(comparison), ensure_ascii=False, indent=2).encode()
    for bundle in comparison.others:
        # Names were checked when the bundle was taken in; the number makes the folder, which no bundle can steer.
        files |= {f"bilagor/{bundle.municipality}/{one.name}": b64decode(one.content) for one in bundle.attachments}
    paths = []
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        paths.append(path)
    return paths


def _lines(comparison: "Comparison", now: datetime, texts: "Texts") -> list[str]:
    """Return the leaders' paper as text, without its pictures."""
    from measurement.network.pack import leadership
    from measurement.report.document import Heading, Paragraph, Points

    found = list[str]()
    for block in leadership(comparison, now.astimezone(texts.zone).date(), texts).blocks:
        match block:
            case Heading():
                found += ["", block.text]
            case Paragraph():
                found.append(block.text)
            case Points():
                found += [f"– {item}" for item in block.items]
            case _:
                pass
    return found[1:]
