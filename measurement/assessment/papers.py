"""The papers of a round, and how they are set: as PDF/UA-1 on A4; `word_file` makes Word of them, `slides` slides."""

from pathlib import Path

from config.texts import Texts
from measurement.assessment.paper_report import assessment_report
from measurement.assessment.paper_review import review_plan
from measurement.assessment.paper_self import self_assessment
from measurement.report.document import Document
from measurement.report.pdf import report_pdf

__all__ = ["TEMPLATE", "assessment_report", "paper_pdf", "review_plan", "self_assessment"]
TEMPLATE = Path(__file__).parent / "paper.typ"


def paper_pdf(document: Document, texts: Texts) -> bytes:
    """Return a paper as PDF/UA-1; the same paper gives the same bytes.

    Raises:
        ReportFault: the typesetter refuses it.
    """
    return report_pdf(document, texts, template=TEMPLATE)
