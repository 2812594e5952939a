"""Hold what goes to the Bot API, what it answers and what it tells against its whole description (10.0)."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import telegram

from sandbox.bot_api import BotApi, Call
from sandbox.bot_api.reading import Upload

SHARED = Path(__file__).parents[2] / "shared/data/telegram/bot_api_10.0.json"


@cache
def description() -> dict[str, Any] | None:
    """The whole description, None on a machine that does not have it."""
    return json.loads(SHARED.read_text()) if SHARED.exists() else None


def complaints(api: BotApi) -> list[str]:
    """What is wrong with the calls done, their answers and the updates built, in words."""
    found = [f"update {u['update_id']}: {why}" for u in api.updates.built for why in unreadable(u)]
    if description() is None:
        return found
    for call in api.calls:
        if call.ok:
            found += [f"{call.method}: {why}" for why in wrong_call(call)]
            found += [f"{call.method} answered: {why}" for why in wrong_result(call.method, call.result)]
    for update in api.updates.built:
        found += [f"update {update['update_id']}: {why}" for why in wrong("Update", update, "Update")]
    return found


def unreadable(update: dict[str, Any]) -> Iterator[str]:
    """What python-telegram-bot cannot make of an update."""
    read = telegram.Update.de_json(json.loads(json.dumps(update)), None)
    if read.effective_user is None or read.effective_chat is None:
        yield "has no user or no chat"
    if read.api_kwargs:
        yield f"holds fields that are not known: {dict(read.api_kwargs)}"


def wrong_call(call: Call) -> Iterator[str]:
    """What the description says against a request."""
    fields = _fields(_whole()["methods"][call.method])
    for name, value in call.parameters.items():
        if name not in fields:
            yield f"no parameter {name}"
        else:
            yield from _fits_one(fields[name]["types"], value, name)
    yield from (f"lacks {name}" for name, field in fields.items() if field["required"] and name not in call.parameters)


def wrong_result(method: str, result: Any) -> Iterator[str]:
    """What the description says against an answer."""
    yield from _fits_one(_whole()["methods"][method]["returns"], result, "result")


def wrong(kind: str, value: Any, where: str) -> Iterator[str]:
    """What the description says against a value that should be of this kind."""
    if kind.startswith("Array of "):
        if not isinstance(value, list | tuple):
            yield f"{where} is no list"
            return
        for index, item in enumerate(value):
            yield from wrong(kind.removeprefix("Array of "), item, f"{where}[{index}]")
    elif kind in _whole()["types"]:
        yield from _wrong_object(kind, value, where)
    elif not _is_simple(kind, value):
        yield f"{where} is no {kind}: {value!r}"


def _whole() -> dict[str, Any]:
    whole = description()
    assert whole is not None
    return whole


def _wrong_object(kind: str, value: Any, where: str) -> Iterator[str]:
    told = _whole()["types"][kind]
    if kind == "InputFile":
        if not isinstance(value, Upload):
            yield f"{where} is no file"
        return
    if "subtypes" in told:
        yield from _fits_one(told["subtypes"], value, where)
        return
    if not isinstance(value, Mapping):
        yield f"{where} is no {kind}"
        return
    fields = _fields(told)
    for name, item in value.items():
        if name not in fields:
            yield f"{where}: {kind} has no field {name}"
        else:
            yield from _fits_one(fields[name]["types"], item, f"{where}.{name}")
    yield from (f"{where} lacks {name}" for name, field in fields.items() if field["required"] and name not in value)


def _fits_one(kinds: list[str], value: Any, where: str) -> Iterator[str]:
    problems = [list(wrong(kind, value, where)) for kind in kinds]
    if all(problems):
        yield from min(problems, key=len)


def _fields(told: dict[str, Any]) -> dict[str, Any]:
    return {field["name"]: field for field in told.get("fields", [])}


_SIMPLE: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "True": (bool,),
}


def _is_simple(kind: str, value: Any) -> bool:
    return isinstance(value, _SIMPLE.get(kind, ())) and (not isinstance(value, bool) or kind in ("Boolean", "True"))
