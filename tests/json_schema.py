"""Checks JSON against a JSON Schema: as much of draft 2020-12 as our own published schema uses."""

import re
from collections.abc import Iterator
from typing import Any

_TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int,
    "number": (int, float),
}  # fmt: skip
_CHECKED = {
    "$ref", "type", "enum", "const", "anyOf", "properties", "required", "additionalProperties", "items", "minItems",
    "maxItems", "minimum", "maximum", "pattern", "format", "description", "title", "$schema", "$id", "$defs",
}  # fmt: skip


def faults(value: object, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "$") -> Iterator[str]:
    """Give every place where a value is not what the schema says."""
    root = schema if root is None else root
    assert set(schema) <= _CHECKED, set(schema) - _CHECKED
    if "$ref" in schema:
        yield from faults(value, _referred(root, schema["$ref"]), root, at)
        return
    if "anyOf" in schema and all(list(faults(value, one, root, at)) for one in schema["anyOf"]):
        yield f"{at}: none of anyOf"
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else [value])
    if value not in allowed:
        yield f"{at}: {value!r} is not in {allowed}"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{at}: {value!r} is no {schema['type']}"
        return
    yield from _within(value, schema, at)
    if isinstance(value, dict):
        yield from _object(value, schema, root, at)
    if isinstance(value, list) and "items" in schema:
        for number, one in enumerate(value):
            yield from faults(one, schema["items"], root, f"{at}[{number}]")


def _referred(root: dict[str, Any], ref: str) -> dict[str, Any]:
    found: dict[str, Any] = root
    for part in ref.removeprefix("#/").split("/"):
        found = found[part]
    return found


def _is(value: object, types: str | list[str]) -> bool:
    names = [types] if isinstance(types, str) else types
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _within(value: object, schema: dict[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of bounds"
    if isinstance(value, list) and not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        yield f"{at}: {len(value)} items"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at}: {value!r} does not match"


def _object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: {name} is missing"
    more = schema.get("additionalProperties", True)
    for name, one in value.items():
        if name in schema.get("properties", {}):
            yield from faults(one, schema["properties"][name], root, f"{at}.{name}")
        elif more is False:
            yield f"{at}: {name} is not known"
        elif isinstance(more, dict):
            yield from faults(one, more, root, f"{at}.{name}")
