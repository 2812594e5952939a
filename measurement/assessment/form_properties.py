"""What a form's file carries out of sight: custom properties, the same in Word and Excel."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from measurement.assessment.form import Form

TOKEN, FRAMEWORK, OWNER, QUESTIONS = "KommunsvarForm", "KommunsvarFramework", "KommunsvarOwner", "KommunsvarQuestions"

_LONGEST = 200
"""Office cuts longer properties at 255 signs."""
_KIND = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_OUTER = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_INNER = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"


def properties_of(form: Form) -> dict[str, str]:
    """Return name and value of each property: what the form is known by, its owner, its questions."""
    found = {TOKEN: form.token, FRAMEWORK: form.digest, OWNER: form.owner[:_LONGEST]}
    lines = [""]
    for one in form.questions:
        if len(lines[-1]) + len(one.question.id) >= _LONGEST:
            lines.append("")
        lines[-1] = f"{lines[-1]} {one.question.id}".strip()
    return found | {f"{QUESTIONS}{at}": line for at, line in enumerate(lines, 1)}


def questions_in(properties: Mapping[str, str]) -> tuple[str, ...]:
    """Return the ids of the questions that were on the form; empty: the properties were lost."""
    found: list[str] = []
    at = 1
    while line := properties.get(f"{QUESTIONS}{at}"):
        found += line.split()
        at += 1
    return tuple(found)


def properties_xml(properties: Mapping[str, str]) -> bytes:
    """Return properties as the part ``docProps/custom.xml``."""
    rows = "".join(
        f'<property fmtid="{_KIND}" pid="{number}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(properties.items(), 2)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Properties xmlns="{_OUTER}" xmlns:vt="{_INNER}">{rows}</Properties>'
    ).encode()
