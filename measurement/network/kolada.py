"""Kolada's open API, asked: v3, and v2 where that is what answers. Nothing is asked unless somebody says so.

At most 25 ids in a request, 5 000 values on a page and five requests a second; each request has its time, what is busy
or broken is tried a bounded number of times, and pages come to an end. Nothing but the host that was configured is
ever asked, whatever an answer says.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from itertools import product
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import httpx

from measurement.network.kolada_shapes import (
    Page,
    ShapeFault,
    Wrong,
    asked_for,
    page_of,
    titles_of,
    values_of,
    whole,
    without_doubles,
)
from measurement.network.outside_data import OutsideTitle, OutsideValue, TitleKind

T = TypeVar("T")
P = ParamSpec("P")
Now = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
Told = Callable[[int, int], None]

ROUTES = {TitleKind.KPI: "kpi", TitleKind.MUNICIPALITY: "municipality", TitleKind.GROUP: "municipality_groups"}
PER_PAGE = 5_000
IDS = 25
"""Ids, or years, in one request: more are refused."""
_FINE, _NOT_THERE, _BUSY = 200, 404, 429
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard we try, and how hard we press.

    Attributes:
        per_second: requests, at most.
        tries: of one request, the first one included.
        call: how long one try may take in all; `silence`: how long nothing may come.
        longest_wait: a server that wants a longer wait is left alone until somebody asks again.
        pages: of one request; `size`: bytes of a page.
    """

    per_second: float = 5.0
    tries: int = 5
    call: timedelta = timedelta(seconds=90)
    silence: timedelta = timedelta(seconds=30)
    longest_wait: timedelta = timedelta(minutes=5)
    pages: int = 200
    size: int = 64 * 2**20


USUAL = Pace()


class Trouble(StrEnum):
    """Why Kolada could not be read."""

    ADDRESS = "not an address that may be asked"
    NO_ANSWER = "no answer"
    BROKEN = "a server's fault"
    BUSY = "too busy"
    REFUSED = "refused"
    ELSEWHERE = "the next page is on another host"
    ENDLESS = "pages without end"
    TOO_LARGE = "too large a page"
    SHAPE = "not as Kolada writes it"


class KoladaFault(Exception):
    """Kolada could not be read; nothing of what came is used.

    Attributes:
        trouble: why.
        about: the address that was asked.
        detail: a status, how long to wait, or what is wrong with the answer.
    """

    def __init__(self, trouble: Trouble, about: str, detail: str = "") -> None:
        """Keep why, the address, and what more is known."""
        super().__init__(f"{about}: {trouble.value}{f' ({detail})' if detail else ''}")
        self.trouble, self.about, self.detail = trouble, about, detail


@asynccontextmanager
async def kolada_at(address: str, now: Now, sleep: Sleep, pace: Pace | None = None) -> AsyncIterator["Kolada"]:
    """Give a client of the API at an address, as ``https://api.kolada.se/v3/``, and close it at the end.

    Args:
        address: where it is; plain HTTP only on this machine.
        now: the clock, giving aware instants.
        sleep: waits so many seconds.
        pace: how hard to try; None: as usual.

    Raises:
        KoladaFault: the address is none that may be asked.
    """
    base, chosen = base_of(address), pace or USUAL
    timeout = httpx.Timeout(chosen.silence.total_seconds())
    headers = {"Accept": "application/json", "User-Agent": "Kommunsvar"}
    # A proxy is for the world outside.
    proxies = urlsplit(base).hostname not in _OWN_MACHINE
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=False, headers=headers, trust_env=proxies) as http:
        yield Kolada(base, http, now, sleep, chosen)


def base_of(address: str) -> str:
    """Return an address that requests can be added to.

    Raises:
        KoladaFault: it is none, carries a name or password, or is not encrypted.
    """
    try:
        parts = urlsplit(address.strip())
        own = parts.port is not None and parts.hostname in _OWN_MACHINE
    except ValueError:
        raise KoladaFault(Trouble.ADDRESS, address) from None
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise KoladaFault(Trouble.ADDRESS, address)
    if parts.scheme != "https" and not (parts.scheme == "http" and own):
        raise KoladaFault(Trouble.ADDRESS, address)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/"))


class Kolada:
    """The API. Each function reads all pages, and either returns everything or raises `KoladaFault`."""

    def __init__(self, base: str, http: httpx.AsyncClient, now: Now, sleep: Sleep, pace: Pace) -> None:
        """Keep the parts; nothing is asked yet."""
        self.base = base
        self._http, self._now, self._sleep, self._pace = http, now, sleep, pace
        self._asked_at: datetime | None = None

    async def titles(self, kind: TitleKind, ids: Sequence[str] = ()) -> list[OutsideTitle]:
        """Return what ids stand for, all of that kind where none is asked for; those that nobody knows are missing.

        Raises:
            KoladaFault: Kolada could not be read.
        """
        found: list[OutsideTitle] = []
        for some in slices(ids) if ids else [()]:
            path = f"{ROUTES[kind]}/{','.join(some)}" if some else ROUTES[kind]
            try:
                async for url, page in self._pages(path, {}):
                    found += _read(url, _titles, kind, page.values, some)
            except KoladaFault as fault:
                if not (ids and fault.trouble is Trouble.REFUSED and fault.detail == str(_NOT_THERE)):
                    raise
        return found

    async def values(
        self,
        kpis: Sequence[str],
        municipalities: Sequence[str],
        years: Sequence[int],
        since: date | None = None,
        told: Told = lambda _done, _total: None,
    ) -> tuple[OutsideValue, ...]:
        """Return the figures of these KPIs, municipalities and years, each once, in order.

        Args:
            kpis: their ids.
            municipalities: their ids; a group's counts as one.
            years: the periods.
            since: only what Kolada has changed since this date, the values it took away included.
            told: hears how many requests of how many are done.

        Raises:
            KoladaFault: Kolada could not be read.
        """
        wanted = list(product(slices(kpis), slices(municipalities), slices(years)))
        found: list[OutsideValue] = []
        query = {"from_date": since.isoformat()} if since else {}
        for done, (some, places, periods) in enumerate(wanted):
            told(done, len(wanted))
            path = f"data/kpi/{','.join(some)}/municipality/{','.join(places)}/year/{','.join(map(str, periods))}"
            async for url, page in self._pages(path, query):
                found += _read(url, asked_for, _read(url, values_of, page.values), some, places, periods)
        told(len(wanted), len(wanted))
        return _read(self.base, without_doubles, found)

    async def _pages(self, path: str, query: dict[str, str]) -> AsyncIterator[tuple[str, Page]]:
        url = f"{self.base}{path}?{urlencode({**query, 'per_page': PER_PAGE})}"
        seen: set[str] = set()
        counts: list[tuple[int, int]] = []
        while url:
            if url in seen or len(seen) >= self._pace.pages:
                raise KoladaFault(Trouble.ENDLESS, url)
            seen.add(url)
            content = await self._get(url)
            page = _read(url, page_of, content)
            yield url, page
            counts.append((page.count, len(page.values)))
            # A page without anything is the last one, whatever it says of a next one.
            following = next_address(self.base, url, page.next) if page.next and page.values else ""
            if not following:
                _read(url, whole, [told for told, _ in counts], [held for _, held in counts])
            url = following

    async def _get(self, url: str) -> bytes:
        """Return what an address answers; what is busy, broken or silent is tried again, each time after a wait."""
        for number in range(1, self._pace.tries + 1):
            await self._in_turn()
            wait, fault = timedelta(seconds=2 ** (number - 1)), KoladaFault(Trouble.NO_ANSWER, url)
            try:
                async with asyncio.timeout(self._pace.call.total_seconds()):
                    status, told_to_wait, content = await self._once(url)
            except httpx.InvalidURL:
                raise KoladaFault(Trouble.ADDRESS, url) from None
            except (httpx.TransportError, httpx.DecodingError, TimeoutError) as error:
                fault = KoladaFault(Trouble.NO_ANSWER, url, type(error).__name__)
            else:
                if status == _FINE:
                    return content
                fault = _fault_of(status, url)
                wait = wait_told(told_to_wait, self._now()) or wait
            if fault.trouble is not Trouble.REFUSED and wait > self._pace.longest_wait:
                raise KoladaFault(Trouble.BUSY, url, str(round(wait.total_seconds())))
            if fault.trouble is Trouble.REFUSED or number == self._pace.tries:
                raise fault
            await self._sleep(wait.total_seconds())
        raise KoladaFault(Trouble.NO_ANSWER, url)

    async def _once(self, url: str) -> tuple[int, str, bytes]:
        """Return status, what it says of waiting, and the content, of no more than a page may hold."""
        content = bytearray()
        async with self._http.stream("GET", url) as answer:
            if answer.status_code == _FINE:
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > self._pace.size:
                        raise KoladaFault(Trouble.TOO_LARGE, url)
            return answer.status_code, answer.headers.get("Retry-After", ""), bytes(content)

    async def _in_turn(self) -> None:
        """Wait until another request may go; a clock that was set back makes nobody wait longer."""
        gap = timedelta(seconds=1 / self._pace.per_second)
        if self._asked_at is not None:
            left = min(gap, self._asked_at + gap - self._now())
            if left > timedelta():
                await self._sleep(left.total_seconds())
        self._asked_at = self._now()


def slices(several: Sequence[T]) -> Iterator[Sequence[T]]:
    """Give them in order, as many at a time as one request takes."""
    return (several[at : at + IDS] for at in range(0, len(several), IDS))


def wait_told(header: str, now: datetime) -> timedelta | None:
    """Return how long a Retry-After wants us to wait, in seconds or until a date; None: it says nothing."""
    written = header.strip()
    if written.isdecimal() and written.isascii():
        return timedelta(seconds=min(int(written[:12]), 10**9))
    try:
        until = parsedate_to_datetime(written)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(until - now, timedelta())


def next_address(base: str, asked: str, told: str) -> str:
    """Return where the next page is, always at the scheme and port that were configured.

    Kolada may say http where it is asked by https, as servers behind others do; the host must be the same.

    Raises:
        KoladaFault: it is on another host.
    """
    configured = urlsplit(base)
    usual = {"https": 443, "http": 80}[configured.scheme]
    try:
        following = urlsplit(urljoin(asked, told))
        same = (following.hostname, following.port or usual) == (configured.hostname, configured.port or usual)
    except ValueError:
        following, same = configured, False
    if not same:
        raise KoladaFault(Trouble.ELSEWHERE, asked, told[:200])
    return urlunsplit(following._replace(scheme=configured.scheme, netloc=configured.netloc, fragment=""))


def _titles(kind: TitleKind, values: Sequence[Any], asked: Sequence[str]) -> list[OutsideTitle]:
    found = titles_of(kind, values)
    for one in found:
        if asked and one.id not in asked:
            raise ShapeFault(one.id, Wrong.NOT_ASKED)
    return found


def _fault_of(status: int, url: str) -> KoladaFault:
    if status == _BUSY:
        return KoladaFault(Trouble.BUSY, url)
    return KoladaFault(Trouble.BROKEN if status >= 500 else Trouble.REFUSED, url, str(status))


def _read(url: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return work(*args, **kwargs)
    except ShapeFault as fault:
        raise KoladaFault(Trouble.SHAPE, url, str(fault)) from fault
