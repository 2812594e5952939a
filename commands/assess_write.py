"""Papers as files: a document as PDF, Word or text, written so that a file is either whole or not there."""

from pathlib import Path
from typing import TYPE_CHECKING

from commands.shell import die

if TYPE_CHECKING:
    from config.texts import Texts
    from measurement.report.document import Document

SUFFIXES = (".pdf", ".docx", ".txt")


def suffix_of(texts: "Texts", path: Path) -> str:
    """Return what a paper is written as, by its name's ending; say which there are and end if it is another."""
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        die(texts.t("{file}: namnet ska sluta på {choices}.", file=path.name, choices=", ".join(SUFFIXES)))
    return suffix


def paper_bytes(document: "Document", texts: "Texts", suffix: str) -> bytes:
    """Return a paper as PDF/UA, Word or plain text, by the ending of its name.

    Raises:
        ReportFault: the typesetter refuses it.
    """
    if suffix == ".pdf":
        from measurement.assessment.papers import paper_pdf

        return paper_pdf(document, texts)
    if suffix == ".docx":
        from measurement.report.word_file import document_docx

        return document_docx(document, texts)
    from measurement.report.mail import as_plain_text

    return as_plain_text(document).encode()


def write_file(texts: "Texts", path: Path, content: bytes) -> Path:
    """Write a file whole, its folder made if it is missing, and return where it is; say why and end if it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        die(texts.t("{file} går inte att skriva: {reason}.", file=path, reason=error.strerror))
    return path
