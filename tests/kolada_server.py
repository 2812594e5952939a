"""A server on this machine that speaks Kolada's shapes, v3 and v2, about municipalities that do not exist.

It can also be tried by hand: ``python -m tests.kolada_server 8765`` answers at ``http://127.0.0.1:8765/v3/`` and
``…/v2/`` until it is stopped.
"""

import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

YEARS = range(2022, 2026)
_PATHS = {"kpi": "kpis", "municipality": "municipalities", "municipality_groups": "groups"}

KPIS = [
    {"id": id_, "title": title, "description": f"Så gjordes {id_}, på låtsas.", "is_divided_by_gender": divided,
     "municipality_type": "K", "auspice": "X", "operating_area": "Kommunen, övergripande",
     "perspective": "Kvalitet och resultat", "prel_publication_date": None, "publication_date": "2026-06-11",
     "publ_period": "2026", "has_ou_data": False}
    for id_, title, divided in (
        ("N00671", "Servicemätning - Nöjd med bemötandet via telefoni, index", False),
        ("N00672", "Servicemätning - Enkelt att få hjälp med sin fråga via telefoni, index", False),
        ("N00673", "Servicemätning - Tydligt svar från kommunen via e-post, index", False),
        ("N00674", "Servicemätning - Enkelt att få hjälp med sin fråga via e-post, index", False),
        ("N00675", "Servicemätning - Telefoni svar, antal", False),
        ("N00676", "Servicemätning - E-post svar, antal", False),
        ("N00640", "Medborgarundersökningen - Bra bemötande, andel (%)", True),
        ("N00647", "Medborgarundersökningen - Att få svar på frågor, andel (%)", True),
    )
]  # fmt: skip
_NAMES = (
    "Ekby",
    "Alnäs",
    "Björköping",
    "Granstad",
    "Lindevik",
    "Rönnsala",
    "Tallholm",
    "Hasselfors",
    "Älmsjö",
    "Enberga",
)


def places(count: int = 30) -> list[dict[str, Any]]:
    """Return municipalities 9001, 9002 … and the whole country."""
    named = [*_NAMES, *(f"Provköping {number}" for number in range(len(_NAMES) + 1, count + 1))][:count]
    found = [{"id": f"{9000 + at}", "title": name, "type": "K"} for at, name in enumerate(named, 1)]
    return [{"id": "0000", "title": "Riket", "type": "L"}, *found]


GROUPS = [
    {"id": "G1", "title": "Resultatnätverket R9 (ovägt medel)", "members": [f"{9000 + at}" for at in range(2, 11)]},
    {"id": "G2", "title": "Resultatnätverket R12 (ovägt medel)", "members": [f"{9000 + at}" for at in range(11, 23)]},
    {"id": "G3", "title": "Liknande kommuner, övergripande, Ekby, 2024", "members": ["9002", "9003"]},
    {"id": "G4", "title": "Liknande kommuner, övergripande, Ekby, 2025", "members": ["9003", "9004", "9005"]},
    {"id": "G5", "title": "Liknande kommuner, övergripande, Alnäs, 2025", "members": ["9001", "9004"]},
]


@dataclass
class Say:
    """What is answered instead of data, once.

    Attributes:
        status, headers, body: an answer; a body of None: none comes.
        cut: how many bytes are sent before the line is broken; None: all.
        silent: nothing is ever said.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    silent: bool = False


@dataclass
class Town:
    """What the server knows, and what it is to do wrong. Values are by KPI, municipality and year, gender T.

    Attributes:
        strays: told whatever is asked for.
        lost: how many of each page's figures are counted but not told.
        counts_all: each page counts what all pages hold, not what it holds itself.
    """

    kpis: list[dict[str, Any]] = field(default_factory=lambda: [dict(one) for one in KPIS])
    municipalities: list[dict[str, Any]] = field(default_factory=places)
    groups: list[dict[str, Any]] = field(default_factory=lambda: [dict(one) for one in GROUPS])
    values: dict[tuple[str, str, int], float | None] = field(default_factory=dict)
    deleted: set[tuple[str, str, int]] = field(default_factory=set)
    says: list[Say] = field(default_factory=list)
    strays: dict[tuple[str, str, int], float] = field(default_factory=dict)
    lost: int = 0
    counts_all: bool = False
    most: int = 5_000
    next_at: str = ""
    endless: bool = False
    asked: list[str] = field(default_factory=list)


def town() -> Town:
    """Return a town where Ekby (9001) rises, one municipality has few answers, and one was never part of it."""
    made = Town()
    for at, one in enumerate(made.municipalities[1:], 1):
        for year in YEARS:
            answers = 400 if at != 3 else 18
            for number, kpi in enumerate(("N00671", "N00672", "N00673", "N00674")):
                value = 70.0 + (at % 7) + 2 * (year - 2022) - number if at != 1 else 68.0 + 5 * (year - 2022) - number
                if at == 4 or answers < 30:
                    continue
                made.values[kpi, one["id"], year] = value
            for kpi in ("N00675", "N00676"):
                if at != 4:
                    made.values[kpi, one["id"], year] = float(answers if at != 1 or year > 2022 else 60)
            made.values["N00640", one["id"], year] = 80.0 + at % 5
            made.values["N00647", one["id"], year] = 50.0 + at % 9
    return made


class _Answers:
    """One town's answers to addresses, in the shapes of v3 or v2."""

    def __init__(self, known: Town, base: str) -> None:
        self.known, self.base = known, base

    def say(self, target: str) -> Say:
        self.known.asked.append(target)
        if self.known.says:
            return self.known.says.pop(0)
        parts = urlsplit(target)
        version, *path = parts.path.strip("/").split("/")
        query = {name: found[0] for name, found in parse_qs(parts.query).items()}
        if version not in ("v2", "v3"):
            return Say(status=404, body=b"not found")
        found = self._found(path, query, old=version == "v2")
        if found is None:
            return Say(status=404, body=b"not found")
        return self._page(found, parts.path, query, old=version == "v2")

    def _found(self, path: Sequence[str], query: dict[str, str], *, old: bool) -> list[dict[str, Any]] | None:
        if path[:1] == ["data"]:
            told = dict(zip(path[1::2], path[2::2], strict=True))
            ids = {name: listed.split(",") for name, listed in told.items()}
            if any(len(listed) > 25 for listed in ids.values()) or len(ids) < 2:
                return None
            return self._data(ids, "from_date" in query, old=old)
        listed: list[dict[str, Any]] | None = getattr(self.known, _PATHS.get(path[0], ""), None)
        if listed is None:
            return None
        wanted = path[1].split(",") if len(path) > 1 else None
        return [_old_title(one) if old else one for one in listed if wanted is None or one["id"] in wanted]

    def _data(self, ids: dict[str, list[str]], changes: bool, *, old: bool) -> list[dict[str, Any]]:
        found = []
        values = self.known.values | self.known.strays
        for key in sorted(values.keys() | self.known.deleted):
            kpi, municipality, year = key
            asked = kpi in ids["kpi"] and municipality in ids["municipality"] and str(year) in ids["year"]
            if not (asked or key in self.known.strays) or (key in self.known.deleted and not changes):
                continue
            gone = key in self.known.deleted
            told: dict[str, Any] = {"gender": "T", "count": 1, "status": "", "value": values.get(key)}
            told |= {"isdeleted": gone} if not old else ({"is_deleted": gone} if changes else {})
            found.append({"kpi": kpi, "municipality": municipality, "period": year, "values": [told]})
        return found

    def _page(self, found: list[dict[str, Any]], path: str, query: dict[str, str], *, old: bool) -> Say:
        size = min(int(query.get("per_page", 5_000)), self.known.most)
        page = int(query.get("page", 1))
        shown = found[(page - 1) * size : page * size] if not self.known.endless else found[:size]
        more = self.known.endless or page * size < len(found)
        following = (
            f"{self.known.next_at or self.base}{path}?{urlencode({**query, 'page': page + 1})}" if more else None
        )
        count = len(found if self.known.counts_all else shown)
        told: dict[str, Any] = {"count": count, "values": shown[: len(shown) - self.known.lost * ("/data/" in path)]}
        told |= ({"next_page": following} if more else {}) if old else {"next_url": following}
        return Say(headers={"Content-Type": "application/json"}, body=json.dumps(told).encode())


def _old_title(one: dict[str, Any]) -> dict[str, Any]:
    """Return a title as v2 told it."""
    told = dict(one)
    if "auspice" in told:
        told["auspices"] = told.pop("auspice")
        told["is_divided_by_gender"] = int(told["is_divided_by_gender"])
        told.pop("publ_period")
    if "members" in told:
        told["members"] = [{"member_id": id_, "member_title": f"Kommun {id_}"} for id_ in told["members"]]
    return told


@contextlib.asynccontextmanager
async def serving(known: Town, port: int = 0) -> AsyncIterator[str]:
    """Give the address of a server that knows a town, without the version: ``http://127.0.0.1:1234``."""
    open_lines: set[asyncio.StreamWriter] = set()
    at: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_lines.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
                said = _Answers(known, at[0]).say(head.split(" ")[1])
                if said.silent:
                    await reader.read()
                    break
                writer.write(_written(said)[: said.cut])
                await writer.drain()
                if said.cut is not None:
                    break
        writer.transport.abort()
        open_lines.discard(writer)

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    at.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield at[0]
    finally:
        server.close()
        for writer in list(open_lines):
            writer.transport.abort()
        await asyncio.sleep(0)


def _written(said: Say) -> bytes:
    headers = {"Content-Length": str(len(said.body))} | said.headers
    lines = [f"HTTP/1.1 {said.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + said.body


@contextlib.contextmanager
def serving_beside(known: Town) -> Iterator[str]:
    """Give the address of a server that runs beside whatever blocks, as a command does."""
    loop, ready, end = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    at: list[str] = []

    async def work() -> None:
        async with serving(known) as address:
            at.append(address)
            ready.set()
            await end.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(work(),))
    thread.start()
    ready.wait(10)
    try:
        yield at[0]
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
        loop.close()


async def _by_hand(port: int) -> None:
    async with serving(town(), port) as address:
        print(f"{address}/v3/")
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_by_hand(int(sys.argv[1]) if len(sys.argv) > 1 else 8765))
