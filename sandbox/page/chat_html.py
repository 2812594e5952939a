"""What the bot wrote in a chat, as nodes of the page: bold, italic, links, quotes and code, and nothing else. Pure."""

from html.parser import HTMLParser

from sandbox.page.nodes import Element, Node, el

_SAME = {"b": "b", "strong": "b", "i": "i", "em": "i", "blockquote": "blockquote", "code": "code", "pre": "code"}
_LINKS = ("https://", "http://", "mailto:")


def chat_nodes(html: str) -> tuple[Node, ...]:
    """Return the nodes of a message; of what is not known only the words remain, and links lead to the web or mail."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.ended()


def _without_breaks(nodes: list[Node]) -> tuple[Node, ...]:
    """Return the nodes without the line break before and after a quote, which stands on lines of its own anyway."""
    made = list(nodes)
    for at, node in enumerate(nodes):
        if isinstance(node, str) or node.tag != "blockquote":
            continue
        if at and isinstance(before := made[at - 1], str):
            made[at - 1] = before.removesuffix("\n")
        if at + 1 < len(made) and isinstance(after := made[at + 1], str):
            made[at + 1] = after.removeprefix("\n")
    return tuple(made)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[tuple[str, dict[str, str], list[Node]]] = [("", {}, [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag in _SAME:
            self._open.append((tag, {}, []))
        elif tag == "a" and address.lower().startswith(_LINKS):
            self._open.append((tag, {"href": address, "rel": "noopener noreferrer", "target": "_blank"}, []))

    def handle_endtag(self, tag: str) -> None:
        if len(self._open) > 1 and self._open[-1][0] == tag:
            self._end()

    def handle_data(self, data: str) -> None:
        self._open[-1][2].append(data)

    def ended(self) -> tuple[Node, ...]:
        while len(self._open) > 1:
            self._end()
        return _without_breaks(self._open[0][2])

    def _end(self) -> None:
        tag, attributes, children = self._open.pop()
        made: Element = el(_SAME.get(tag, tag), *children, **attributes)
        self._open[-1][2].append(made)
