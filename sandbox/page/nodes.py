"""What the page shows, as plain data: one tree that becomes HTML here and, sent as JSON, the same elements there.

Nobody writes HTML by hand, so that nothing that a person or the bot wrote can become anything but text. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass(frozen=True, slots=True)
class Element:
    """An element. `attributes` hold the names of HTML; `data-key` tells it from its neighbours as the page changes."""

    tag: str
    attributes: Mapping[str, str]
    children: tuple["Node", ...]


Node = str | Element


def el(tag: str, *children: Node | None, **attributes: str | int | bool | None) -> Element:
    """Return an element; what is None is left out.

    Attributes are named as in HTML with ``_`` for ``-``, and one at the end where the name is taken (``class_``).
    True is an attribute without a value, False and None are none. ``key`` becomes ``data-key``.
    """
    named: dict[str, str] = {}
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        real = "data-key" if name == "key" else name.rstrip("_").replace("_", "-")
        named[real] = "" if value is True else str(value)
    return Element(tag, named, tuple(child for child in children if child is not None))


def spaced(children: Iterable[Node]) -> list[Node]:
    """Return the children with a blank between any two."""
    made: list[Node] = []
    for child in children:
        made += [" ", child] if made else [child]
    return made


def to_html(node: Node) -> str:
    """Return the node as HTML."""
    if isinstance(node, str):
        return escape(node, quote=False)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    if node.tag in _VOID:
        return f"<{node.tag}{attributes}>"
    # A line break that begins a text field would be swallowed.
    start = "\n" if node.tag in {"textarea", "pre"} else ""
    return f"<{node.tag}{attributes}>{start}{''.join(map(to_html, node.children))}</{node.tag}>"


def to_json(node: Node) -> Any:  # noqa: ANN401 -- a list within lists
    """Return the node for `page.js`: a text, or ``[tag, attributes, child, …]``; texts side by side are one."""
    if isinstance(node, str):
        return node
    made: list[Any] = [node.tag, dict(node.attributes)]
    for child in node.children:
        if isinstance(child, str) and len(made) > 2 and isinstance(made[-1], str):
            made[-1] += child
        elif child != "":
            made.append(to_json(child))
    return made


def words_of(node: Node) -> str:
    """Return all text of a node."""
    return node if isinstance(node, str) else "".join(map(words_of, node.children))
