"""A report as files: PDF, Excel, CSV, JSON, page with pictures, plain text, and what goes out by mail and chat.

The same report gives the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.texts import Texts
from measurement.report.as_json import report_csv, report_json
from measurement.report.chat import chat_picture, chat_text
from measurement.report.compose import compose
from measurement.report.content import Report
from measurement.report.excel import report_xlsx
from measurement.report.mail import ReportMail, report_mail
from measurement.report.pdf import report_pdf

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PNG = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """A report in one language, set out in every way.

    Attributes:
        stem: what file names begin with, as ``kommunsvar-2026-W47``.
        mail: subject, text, page and pictures.
        pdf, xlsx, csv, json: the files.
        chat: the words for a chat; `picture`: the chart that goes with them, None where nothing can be drawn.
    """

    stem: str
    mail: ReportMail
    pdf: bytes
    xlsx: bytes
    csv: bytes
    json: bytes
    chat: str
    picture: bytes | None


def files_of(report: Report, texts: Texts) -> ReportFiles:
    """Return a report set out in every way; takes about a second.

    Raises:
        ReportFault: the typesetter refuses it.
    """
    document = compose(report, texts)
    return ReportFiles(
        stem=f"kommunsvar-{report.period}",
        mail=report_mail(document, texts),
        pdf=report_pdf(document, texts),
        xlsx=report_xlsx(report, texts),
        csv=report_csv(report, texts),
        json=report_json(report).encode(),
        chat=chat_text(document),
        picture=chat_picture(report, document, texts),
    )


def written(files: ReportFiles) -> Iterator[tuple[str, bytes]]:
    """Give name and content of each file as it is written to a folder; the page finds its pictures beside it."""
    page = files.mail.html
    for at, one in enumerate(files.mail.pictures, start=1):
        name = f"{files.stem}-{at}.png"
        page = page.replace(f'src="cid:{one.cid}"', f'src="{name}"')
        yield name, one.png
    yield f"{files.stem}.pdf", files.pdf
    yield f"{files.stem}.xlsx", files.xlsx
    yield f"{files.stem}.csv", files.csv
    yield f"{files.stem}.json", files.json
    yield f"{files.stem}.html", page.encode()
    yield f"{files.stem}.txt", files.mail.text.encode()
    if files.picture is not None:
        yield f"{files.stem}-chat.png", files.picture


def write_to(folder: Path, files: ReportFiles) -> list[Path]:
    """Write the files into a folder, made if it is missing, and return where they are.

    Raises:
        OSError: it cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, content in written(files):
        path = folder / name
        path.write_bytes(content)
        made.append(path)
    return made
