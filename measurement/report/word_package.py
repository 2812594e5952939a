"""The package that a Word file is, made anew so that the same parts give the same bytes."""

import io
import re
import zipfile

_MADE = (1980, 1, 1, 0, 0, 0)
"""The first instant that a zip file can tell."""
_UNKNOWN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for."""


def fixed(package: bytes) -> bytes:
    """Return a .docx or .xlsx with the same parts in the same order, all packed at the same fixed time.

    Raises:
        zipfile.BadZipFile: it is none.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _MADE), old.read(part), zipfile.ZIP_DEFLATED, 6)
    return made.getvalue()


def plain(text: str) -> str:
    """Return a text without the signs that a Word file cannot hold."""
    return _UNKNOWN.sub("", text)
