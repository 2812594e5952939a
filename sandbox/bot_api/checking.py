"""Hold requests, and the updates we build, against the description: wrong ones are refused in words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.bot_api.description import Field, Method
from sandbox.bot_api.description_types import TYPES, UNIONS
from sandbox.bot_api.reading import Upload
from sandbox.bot_api.refusals import NotEmulated, faulty

_TRUE, _FALSE = ("true", "True", "1"), ("false", "False", "0")


class Mismatch(ValueError):
    """A value is not of the type it should be; the text says where and why."""


def read_parameters(method: Method, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request's parameters as the types that the description gives them.

    Args:
        method: What was called.
        raw: The parameters as they came: text from a form (lists and objects as JSON), or values from a JSON body.

    Raises:
        NotEmulated: a parameter that the Bot API knows and the emulator does not was used.
        Refusal: an unknown or missing parameter, or one of the wrong type; marked faulty.
    """
    for name in raw:
        if name in method.left_out:
            raise NotEmulated(f"the parameter {name} of {method.name}")
        if name not in method.parameters:
            raise faulty(f"{method.name} has no parameter {name!r}")
    read: dict[str, Any] = {}
    for name, field in method.parameters.items():
        if name in raw:
            try:
                read[name] = _read(field, raw[name])
            except Mismatch as wrong:
                raise faulty(f"{method.name}: {wrong}") from None
        elif field.required:
            raise faulty(f"{method.name} lacks the parameter {name!r}")
    return read


def check_built(kind: str, value: object) -> None:
    """Check a value that the emulator built itself.

    Raises:
        Mismatch: it is not a `kind` as the description has it.
    """
    _check(kind, value, kind)


def _read(field: Field, value: object) -> object:
    """Return a parameter's value as the first of its types that it fits."""
    problems = []
    for kind in field.types:
        try:
            return _as(kind, value, field.name)
        except Mismatch as wrong:
            problems.append(str(wrong))
    raise Mismatch(" and ".join(dict.fromkeys(problems)))


def _as(kind: str, value: object, where: str) -> object:
    """Return text from a form as the kind it stands for; values from JSON are taken as they are."""
    if isinstance(value, str) and kind not in ("String", "InputFile"):
        value = _unpack(kind, value, where)
    _check(kind, value, where)
    return value


def _unpack(kind: str, text: str, where: str) -> object:
    if kind == "Boolean":
        if text in _TRUE:
            return True
        return False if text in _FALSE else text
    try:
        return json.loads(text)
    except ValueError:
        raise Mismatch(f"{where} is no {kind}") from None


def _check(kind: str, value: object, where: str) -> None:
    if kind.startswith("["):
        _check_list(kind[1:-1], value, where)
    elif kind in UNIONS:
        _check_union(kind, value, where)
    elif kind in TYPES:
        _check_object(kind, value, where)
    elif not _is_simple(kind, value):
        raise Mismatch(f"{where} is no {kind}")


def _is_simple(kind: str, value: object) -> bool:
    match kind:
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "String":
            return isinstance(value, str)
        case "InputFile":
            return isinstance(value, Upload)
        case _:
            return kind.startswith("'") and value == kind.strip("'")


def _check_list(kind: str, value: object, where: str) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise Mismatch(f"{where} is no list")
    for index, item in enumerate(value):
        _check(kind, item, f"{where}[{index}]")


def _check_union(kind: str, value: object, where: str) -> None:
    problems = []
    for member in UNIONS[kind]:
        if member not in TYPES:
            continue
        try:
            return _check_object(member, value, where)
        except Mismatch as wrong:
            problems.append(f"no {member}: {wrong}")
    raise Mismatch(f"{where} is no {kind} ({'; '.join(problems)})")


def _check_object(kind: str, value: object, where: str) -> None:
    if not isinstance(value, Mapping):
        raise Mismatch(f"{where} is no {kind}")
    fields = TYPES[kind]
    for name, item in value.items():
        field = fields.get(name)
        if field is None:
            raise Mismatch(f"{where}: the sandbox knows no field {name!r} in {kind}")
        _check_field(field, item, f"{where}.{name}")
    for name, field in fields.items():
        if field.required and name not in value:
            raise Mismatch(f"{where} lacks {name!r}")


def _check_field(field: Field, value: object, where: str) -> None:
    problems = []
    for kind in field.types:
        try:
            return _check(kind, value, where)
        except Mismatch as wrong:
            problems.append(str(wrong))
    raise Mismatch("; ".join(dict.fromkeys(problems)))
