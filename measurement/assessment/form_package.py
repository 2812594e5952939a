"""A Word or Excel file opened with care: what it is, and its parts as XML. Nothing in it is followed or run.

Bounded against what a file can be made to do to its reader: 10 MB as it comes, 60 MB unpacked, 16 MB and 200 000
elements (some 300 pages) for one part, no entities, no document type, nothing fetched, no macros.
"""

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from measurement.assessment.form_fault import FormFault, FormWhy

MOST_BYTES = 10 * 2**20
MOST_UNPACKED = 60 * 2**20
MOST_PART = 16 * 2**20
MOST_PARTS = 3_000
MOST_ELEMENTS = 200_000

Element = Any
"""An element of lxml's, which has no types."""

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, KeyError, IndexError,
           NotImplementedError, RuntimeError, OverflowError)  # fmt: skip
"""What Python's zip reader makes of a damaged file."""
_RELATIONSHIPS = "_rels/.rels"


class PackageKind(StrEnum):
    """What kind of document it is."""

    WORD = "word"
    EXCEL = "excel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """An opened file.

    Attributes:
        main: the path of the part where it begins; `root` that part, read.
        has_macros: whether it brings code with it.
    """

    kind: PackageKind
    main: str
    root: Element
    has_macros: bool
    _parts: Mapping[str, zipfile.ZipInfo]
    _zip: zipfile.ZipFile

    def related(self, ending: str) -> list[Element]:
        """Return the parts that the main one points at with this kind of relation, in order, as ``footer``.

        Raises:
            FormFault: one of them is damaged.
        """
        return [
            self._read(path) for kind, path in _relations(self._zip, self._parts, self.main).values()
            if kind == ending and path in self._parts
        ]  # fmt: skip

    def part(self, relation: str) -> Element | None:
        """Return the part that a relation of the main one points at, by the relation's id; None if there is none."""
        found = _relations(self._zip, self._parts, self.main).get(relation)
        return self._read(found[1]) if found and found[1] in self._parts else None

    def properties(self) -> dict[str, str]:
        """Return the custom properties; none where they were lost or are damaged: a form can do without."""
        found: dict[str, str] = {}
        try:
            for kind, path in _relations(self._zip, self._parts, "").values():
                if kind == "custom-properties" and path in self._parts:
                    found |= {
                        one.get("name", ""): "".join(one.itertext()) for one in self._read(path).iter("{*}property")
                    }
        except FormFault:
            return {}
        return found

    def _read(self, path: str) -> Element:
        return parsed(_content(self._zip, self._parts[path]))


def open_package(content: bytes) -> Package:
    """Return a Word or Excel file, opened.

    Raises:
        FormFault: it is none, too large, old or locked, or damaged.
    """
    if len(content) > MOST_BYTES:
        raise FormFault(FormWhy.TOO_LARGE)
    if content.startswith(_OLE):
        raise FormFault(FormWhy.OLD)
    if not content.startswith(_ZIP):
        raise FormFault(FormWhy.NOT_OFFICE)
    packed, parts = _opened(content)
    if _RELATIONSHIPS not in parts:
        raise FormFault(FormWhy.NOT_OFFICE if "[Content_Types].xml" not in parts else FormWhy.DAMAGED)
    mains = [path for kind, path in _relations(packed, parts, "").values() if kind == "officeDocument"]
    if not mains or mains[0] not in parts:
        raise FormFault(FormWhy.DAMAGED if mains else FormWhy.NOT_OFFICE)
    root = parsed(_content(packed, parts[mains[0]]))
    kinds = {"document": PackageKind.WORD, "workbook": PackageKind.EXCEL}
    kind = kinds.get(etree.QName(root).localname)
    if kind is None:
        raise FormFault(FormWhy.NOT_OFFICE)
    macros = any(path.lower().endswith("vbaproject.bin") for path in parts) or _says_macros(packed, parts)
    return Package(kind=kind, main=mains[0], root=root, has_macros=macros, _parts=parts, _zip=packed)


def _opened(content: bytes) -> tuple[zipfile.ZipFile, dict[str, zipfile.ZipInfo]]:
    try:
        packed = zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN as error:
        raise FormFault(FormWhy.DAMAGED) from error
    listed = packed.infolist()
    if len(listed) > MOST_PARTS or sum(one.file_size for one in listed) > MOST_UNPACKED:
        raise FormFault(FormWhy.TOO_LARGE)
    return packed, {one.filename.lstrip("/"): one for one in listed}


def _says_macros(packed: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> bool:
    types = parts.get("[Content_Types].xml")
    if types is None:
        return False
    return any("macroenabled" in one.get("ContentType", "").lower() for one in parsed(_content(packed, types)))


def _content(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Return a part's bytes, read no further than the bound whatever the file says of its size."""
    if part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise FormFault(FormWhy.DAMAGED)
    try:
        with packed.open(part) as source:
            content = source.read(MOST_PART + 1)
    except _BROKEN as error:
        raise FormFault(FormWhy.DAMAGED) from error
    if len(content) > MOST_PART:
        raise FormFault(FormWhy.TOO_LARGE)
    return content


def _relations(packed: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo], path: str) -> dict[str, tuple[str, str]]:
    """Return what a part, or with an empty path the package, points at inside: by id the kind and the path."""
    folder, name = posixpath.split(path)
    relations = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if relations is None:
        return {}
    return {
        one.get("Id", ""): (one.get("Type", "").rpartition("/")[2], _path(folder, one.get("Target", "")))
        for one in parsed(_content(packed, relations)).iter("{*}Relationship")
        if one.get("TargetMode") != "External"
    }


def _path(folder: str, target: str) -> str:
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))


def parsed(content: bytes) -> Element:
    """Return the root of an XML part.

    Raises:
        FormFault: it is too large, no XML, or has a document type: Office writes none, and entities stand there.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FormFault(FormWhy.DAMAGED) from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise FormFault(FormWhy.DAMAGED)
    if root.xpath("count(//*)") > MOST_ELEMENTS:
        raise FormFault(FormWhy.TOO_LARGE)
    return root
