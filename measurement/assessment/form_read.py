"""Reading a form that came back: from bytes to what stands in its fields. Nothing of it is trusted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from measurement.assessment.form import DIGEST_SHOWN, Remark, Token, Told, canonical, clean, token_in
from measurement.assessment.form_fault import FormFault, FormWhy
from measurement.assessment.form_package import Package, PackageKind, open_package
from measurement.assessment.form_properties import FRAMEWORK, OWNER, TOKEN, questions_in
from measurement.assessment.form_read_excel import excel_fields, excel_text
from measurement.assessment.form_read_word import word_fields, word_text
from measurement.assessment.form_returned import Returned, ReturnedField
from measurement.assessment.form_words import progress_meant
from measurement.assessment.framework import QuestionId
from measurement.assessment.round import Field, Source

_WITH_MACROS = frozenset((".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".xlam"))
_SOURCES: Mapping[PackageKind, Source] = {PackageKind.WORD: Source.WORD, PackageKind.EXCEL: Source.EXCEL}


def read_form(content: bytes, name: str) -> Returned:
    """Return what stands in a form that came back, with remarks on what could not be read; nothing is judged yet.

    Args:
        content: the file.
        name: what it is called; only its ending is looked at.

    Raises:
        FormFault: it is none of our forms, or cannot be read as one.
    """
    package = open_package(content)
    if package.has_macros or PurePath(name).suffix.lower() in _WITH_MACROS:
        raise FormFault(FormWhy.MACROS)
    found = word_fields(package) if package.kind is PackageKind.WORD else excel_fields(package)
    properties = package.properties()
    token = _token(package, properties)
    if token is None:
        raise FormFault(FormWhy.NO_TOKEN if found.fields else FormWhy.NOT_A_FORM)
    if not found.fields and not found.remarks:
        raise FormFault(FormWhy.UNRECOGNISABLE)
    questions = tuple(QuestionId(one) for one in questions_in(properties))
    fields, remarks = _once(found.fields)
    cleaned = [_cleaned(one) for one in fields]
    seen = {one.question for one in found.fields} | {one.question for one in found.remarks}
    missing = [Remark(what=Told.MISSING, question=one) for one in questions if one not in seen]
    return Returned(
        round=token.round, digest=token.digest, form=token.form, made_after=token.made_after,
        owner=properties.get(OWNER, ""), source=_SOURCES[package.kind], questions=questions,
        fields=tuple(one for one, _ in cleaned if one is not None),
        remarks=tuple(dict.fromkeys((*found.remarks, *remarks, *(told for _, told in cleaned if told), *missing))),
    )  # fmt: skip


def peek(content: bytes) -> Token | None:
    """Return what a file is known by, if it is one of our forms; None: it is not, or cannot be opened.

    A form with macros is still known as one, so that its owner is told that it was refused.
    """
    try:
        package = open_package(content)
        return _token(package, package.properties())
    except FormFault:
        return None


def _token(package: Package, properties: Mapping[str, str]) -> Token | None:
    """Return what the form is known by: from the properties, else from what stands on its pages.

    Raises:
        FormFault: a part of it is damaged.
    """
    known = token_in(properties.get(TOKEN, ""))
    if known is None:
        known = token_in(word_text(package) if package.kind is PackageKind.WORD else excel_text(package))
    whole = properties.get(FRAMEWORK, "")
    if known is not None and whole[:DIGEST_SHOWN] == known.digest:
        return replace(known, digest=whole)
    return known


def _once(fields: Iterable[ReturnedField]) -> tuple[list[ReturnedField], list[Remark]]:
    """Return each field once, without those that stand there twice and say two things."""
    found: dict[tuple[str, Field], list[ReturnedField]] = {}
    for one in fields:
        found.setdefault((one.question, one.field), []).append(one)
    single = [_marked(several) for several in found.values() if _agree(several)]
    twice = [Remark(what=Told.TWICE, question=key[0], field=key[1]) for key, several in found.items()
             if not _agree(several)]  # fmt: skip
    return single, twice


def _agree(several: Sequence[ReturnedField]) -> bool:
    bases = {one.base for one in several if one.base is not None}
    return len({canonical(one.field, one.value) for one in several}) == 1 and len(bases) <= 1


def _marked(several: Sequence[ReturnedField]) -> ReturnedField:
    return next((one for one in several if one.base is not None), several[0])


def _cleaned(one: ReturnedField) -> tuple[ReturnedField | None, Remark | None]:
    """Return a field as it can be kept, or a remark why it cannot."""
    value, replaced = clean(one.value)
    if one.field is not Field.PROGRESS or not value.strip():
        told = Remark(what=Told.SIGNS, question=one.question, field=one.field) if replaced else None
        return replace(one, value=value), told
    progress = progress_meant(value)
    if progress is None:
        return None, Remark(what=Told.NO_PROGRESS, question=one.question, field=one.field, value=value.strip())
    return replace(one, value=progress.value), None
