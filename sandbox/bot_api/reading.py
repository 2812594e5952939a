"""Read a request's parameters however they come: in the address, as a form, as multipart, as JSON."""

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request as HttpRequest

from sandbox.bot_api.refusals import faulty


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the method as it was spelt, its parameters, and the files that `attach://name` may point at."""

    method: str
    parameters: dict[str, Any]
    uploads: dict[str, Upload]


async def read_request(http: HttpRequest, method: str) -> Request:
    """Read parameters and files.

    Raises:
        Refusal: the body is not what its content type says; marked faulty.
    """
    parameters: dict[str, Any] = dict(http.query_params)
    uploads: dict[str, Upload] = {}
    body = await http.body()
    header = Message()
    header["content-type"] = http.headers.get("content-type", "")
    if not body:
        return Request(method, parameters, uploads)
    match header.get_content_type():
        case "application/json":
            parameters.update(_json(body))
        case "application/x-www-form-urlencoded":
            parameters.update(parse_qsl(body.decode(), keep_blank_values=True))
        case "multipart/form-data":
            _read_multipart(body, str(header.get_param("boundary", "")), parameters, uploads)
        case other:
            raise faulty(f"the content type {other!r} is not read")
    return Request(method, parameters, uploads)


def _json(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        raise faulty("the body is no JSON") from None
    if not isinstance(read, dict):
        raise faulty("the body is no JSON object")
    return read


def _read_multipart(body: bytes, boundary: str, parameters: dict[str, Any], uploads: dict[str, Upload]) -> None:
    """Sort the parts: text is a parameter, a file is both (it may be the parameter itself, or be pointed at)."""
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        if part.startswith(b"--"):
            return
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        header = _header(head)
        name = str(header.get_param("name", "", header="content-disposition"))
        file_name = header.get_filename()
        if file_name is None:
            parameters[name] = content.decode()
        else:
            uploads[name] = Upload(file_name, header.get_content_type(), content)
    raise faulty("the multipart body has no end")


def _header(head: bytes) -> Message:
    header = Message()
    for line in head.decode().split("\r\n"):
        name, _, value = line.partition(":")
        header[name.strip()] = value.strip()
    return header
