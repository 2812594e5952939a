"""Asking Kolada, against a server on this machine: paging, pace, waits, and everything that can go wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import pytest

from measurement.network.kolada import (
    Kolada,
    KoladaFault,
    Pace,
    Trouble,
    base_of,
    kolada_at,
    next_address,
    slices,
    wait_told,
)
from measurement.network.kolada_choice import Unknown
from measurement.network.kolada_gather import Wish, gather
from measurement.network.outside_data import ABSENT, TitleKind
from tests.kolada_server import Say, Town, serving, town

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
YEARS = tuple(range(2018, 2026))
QUICK = Pace(silence=timedelta(milliseconds=200), call=timedelta(milliseconds=400), tries=2)


class Clock:
    """A clock that only waiting moves; `waited` are the waits in seconds."""

    def __init__(self) -> None:
        self.instant, self.waited = NOW, list[float]()

    def now(self) -> datetime:
        return self.instant

    async def sleep(self, seconds: float) -> None:
        self.waited.append(round(seconds, 3))
        self.instant += timedelta(seconds=seconds)


@asynccontextmanager
async def asking(
    known: Town, version: str = "v3", pace: Pace | None = None, clock: Clock | None = None
) -> AsyncIterator[Kolada]:
    chosen = clock or Clock()
    async with (
        serving(known) as address,
        kolada_at(f"{address}/{version}/", chosen.now, chosen.sleep, pace or Pace(tries=3)) as api,
    ):
        yield api


@pytest.mark.asyncio
@pytest.mark.parametrize("version", ["v3", "v2"])
async def test_everything_is_fetched_from_either_version(version: str) -> None:
    known = town()
    async with asking(known, version) as api:
        got = await gather(api, Wish(kpis=("N00671", "N00675"), years=YEARS, own="Ekby kommun"), NOW)
    values = {one.key: one.value for one in got.values}
    # Ekby: 68 in 2022, and 5 more each year.
    assert [values["N00671", "9001", year, "T"] for year in range(2022, 2026)] == [68, 73, 78, 83]
    # 30 municipalities, of which the third has too few answers and the fourth took no part: 28 × 4; counts 29 × 4.
    assert len(values) == 28 * 4 + 29 * 4
    # Asked were 30 municipalities, two KPIs and eight years; the whole country is none of them.
    assert len(got.asked) == 30 * 2 * 8
    groups = [one for one in got.titles if one.kind is TitleKind.GROUP]
    assert groups[0].members[0] == "9002"
    assert got.origin.endswith(f"/{version}/")


@pytest.mark.asyncio
async def test_requests_hold_25_ids_and_leave_a_fifth_of_a_second_between_them() -> None:
    known, clock = town(), Clock()
    async with asking(known, clock=clock) as api:
        ids = [one["id"] for one in known.municipalities]
        await api.values(["N00671"], ids, YEARS)
    assert len(known.asked) == 2  # 31 ids are 25 and 6
    assert known.asked[0].split("/municipality/")[1].split("/")[0].count(",") == 24
    assert all("per_page=5000" in one for one in known.asked)
    assert clock.waited == [0.2]


@pytest.mark.asyncio
@pytest.mark.parametrize("version", ["v3", "v2"])
async def test_every_page_is_read_once(version: str) -> None:
    known = town()
    known.most = 7
    async with asking(known, version) as api:
        found = await api.values(["N00671"], ["9001", "9002", "9005"], YEARS)
    assert len(found) == 3 * 4
    assert len(known.asked) == 2  # 12 on pages of 7


@pytest.mark.asyncio
@pytest.mark.parametrize("all_pages", [False, True])
async def test_a_count_of_each_page_is_as_good_as_one_of_all(all_pages: bool) -> None:
    known = town()
    known.most, known.counts_all = 7, all_pages
    async with asking(known) as api:
        assert len(await api.values(["N00671"], ["9001", "9002", "9005"], YEARS)) == 3 * 4


@pytest.mark.asyncio
@pytest.mark.parametrize("all_pages", [False, True])
@pytest.mark.parametrize("most", [7, 5_000])
async def test_an_answer_that_does_not_hold_what_it_counts_is_refused(all_pages: bool, most: int) -> None:
    known = town()
    known.most, known.counts_all, known.lost = most, all_pages, 1
    async with asking(known) as api:
        with pytest.raises(KoladaFault) as fault:
            await api.values(["N00671"], ["9001", "9002", "9005"], YEARS)
    assert fault.value.trouble is Trouble.SHAPE
    assert fault.value.detail.startswith("count: not the number of values that came")


@pytest.mark.asyncio
@pytest.mark.parametrize("stray", [("N99999", "9001", 2024), ("N00671", "9002", 2024), ("N00671", "9001", 2017)])
async def test_what_nobody_asked_for_is_refused(stray: tuple[str, str, int]) -> None:
    known = town()
    known.strays[stray] = 50.0
    async with asking(known) as api:
        with pytest.raises(KoladaFault) as fault:
            await api.values(["N00671"], ["9001"], YEARS)
    assert fault.value.detail == f"{' '.join(map(str, stray))}: not asked for"


@pytest.mark.asyncio
async def test_a_title_that_nobody_asked_for_is_refused() -> None:
    known = town()
    known.says = [Say(body=b'{"count": 1, "values": [{"id": "N00672", "title": "x"}]}')]
    async with asking(known) as api:
        with pytest.raises(KoladaFault) as fault:
            await api.titles(TitleKind.KPI, ["N00671"])
    assert fault.value.detail == "N00672: not asked for"


@pytest.mark.asyncio
async def test_changes_since_a_date_tell_what_was_deleted() -> None:
    known = town()
    known.deleted.add(("N00671", "9001", 2023))
    async with asking(known) as api:
        plain = await api.values(["N00671"], ["9001"], YEARS)
        found = await api.values(["N00671"], ["9001"], YEARS, since=date(2026, 5, 1))
    assert [one.year for one in plain] == [2022, 2024, 2025]
    assert "from_date=2026-05-01" in known.asked[-1]
    assert [(one.year, one.status) for one in found if one.status] == [(2023, "deleted")]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("says", "waited"),
    [
        ([Say(status=429, headers={"Retry-After": "3"})], [3.0]),
        ([Say(status=429, headers={"Retry-After": format_datetime(NOW + timedelta(seconds=40), usegmt=True)})], [40.0]),
        ([Say(status=503, headers={"Retry-After": "2"})], [2.0]),
        ([Say(status=429, headers={"Retry-After": "strax"})], [1.0]),
        ([Say(status=500), Say(status=502)], [1.0, 2.0]),
        ([Say(body=b'{"values": [', cut=45)], [1.0]),
        ([Say(cut=0)], [1.0]),
    ],
)  # fmt: skip
async def test_what_is_busy_or_broken_is_tried_again_after_a_wait(says: list[Say], waited: list[float]) -> None:
    known, clock = town(), Clock()
    known.says = says
    async with asking(known, clock=clock) as api:
        assert len(await api.titles(TitleKind.GROUP)) == 5
    assert clock.waited == waited


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("say", "trouble"),
    [
        (Say(status=500), Trouble.BROKEN),
        (Say(status=429), Trouble.BUSY),
        (Say(cut=0), Trouble.NO_ANSWER),
        (Say(silent=True), Trouble.NO_ANSWER),
        (Say(body=b"{}", headers={"Content-Length": "999"}), Trouble.NO_ANSWER),
    ],
)
async def test_it_is_tried_a_bounded_number_of_times(say: Say, trouble: Trouble) -> None:
    known = town()
    known.says = [say] * 10
    async with asking(known, pace=QUICK) as api:
        with pytest.raises(KoladaFault) as fault:
            await api.titles(TitleKind.GROUP)
    assert fault.value.trouble is trouble
    assert len(known.asked) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("say", "trouble", "detail"),
    [
        (Say(status=400), Trouble.REFUSED, "400"),
        (Say(status=404), Trouble.REFUSED, "404"),
        (Say(status=301, headers={"Location": "http://example.com/"}), Trouble.REFUSED, "301"),
        (Say(body=b"<html>"), Trouble.SHAPE, "1:1"),
        (Say(body=b'{"values": []}'), Trouble.SHAPE, "count: missing"),
        (Say(body=b'{"count": 0, "values": [], "next_url": "/v3/\\u001b[31m"}'), Trouble.SHAPE, "next_url: not text"),
        (Say(body=b'{"count": 1, "values": [{"id": 7, "title": "R", "members": []}]}'), Trouble.SHAPE, "values[0].id"),
        (Say(status=429, headers={"Retry-After": "86400"}), Trouble.BUSY, "86400"),
        (Say(body=b"x" * 2_000), Trouble.TOO_LARGE, ""),
    ],
)
async def test_what_will_not_get_better_is_told_at_once(say: Say, trouble: Trouble, detail: str) -> None:
    known = town()
    known.says = [say]
    async with asking(known, pace=Pace(size=1_000)) as api:
        with pytest.raises(KoladaFault) as fault:
            await api.titles(TitleKind.GROUP)
    assert fault.value.trouble is trouble
    assert detail in fault.value.detail
    assert len(known.asked) == 1


@pytest.mark.asyncio
async def test_pages_without_end_come_to_one() -> None:
    known = town()
    known.endless, known.most = True, 3
    async with asking(known, pace=Pace(pages=6)) as api:
        with pytest.raises(KoladaFault) as fault:
            await api.titles(TitleKind.GROUP)
    assert fault.value.trouble is Trouble.ENDLESS
    assert len(known.asked) == 6


@pytest.mark.asyncio
async def test_a_page_that_names_itself_as_the_next_is_no_loop() -> None:
    known = town()
    async with asking(known) as api:
        own = f"{api.base}municipality_groups?per_page=5000"
        body = b'{"count": 1, "values": [{"id": "G1", "title": "R9", "members": []}], "next_url": "%s"}' % own.encode()
        known.says = [Say(body=body)] * 2
        with pytest.raises(KoladaFault) as fault:
            await api.titles(TitleKind.GROUP)
    assert fault.value.trouble is Trouble.ENDLESS
    assert len(known.asked) == 1


@pytest.mark.asyncio
async def test_another_host_is_never_asked() -> None:
    known = town()
    known.most, known.next_at = 2, "http://127.0.0.1:9"
    async with asking(known) as api:
        with pytest.raises(KoladaFault) as fault:
            await api.titles(TitleKind.GROUP)
    assert fault.value.trouble is Trouble.ELSEWHERE
    assert len(known.asked) == 1


@pytest.mark.asyncio
async def test_a_missing_kpi_is_told_before_any_figure_is_asked_for() -> None:
    known = town()
    async with asking(known) as api:
        with pytest.raises(Unknown) as fault:
            await gather(api, Wish(kpis=("N00671", "N99999"), years=YEARS), NOW)
    assert (fault.value.kind, fault.value.written) == (TitleKind.KPI, "N99999")
    assert not any("/data/" in one for one in known.asked)


@pytest.mark.asyncio
async def test_of_a_group_its_members_and_ones_own_municipality_are_fetched() -> None:
    known = town()
    async with asking(known) as api:
        got = await gather(api, Wish(kpis=("N00671",), years=(2025,), groups=("liknande",), own="Ekby kommun"), NOW)
    assert {municipality for _, municipality, _ in got.asked} == {"9001", "9003", "9004", "9005"}
    assert ABSENT not in {one.status for one in got.values}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("17", 17), (" 5 ", 5), ("Fri, 20 Nov 2026 12:01:00 GMT", 60), ("Fri, 20 Nov 2026 11:00:00 GMT", 0),
     ("Fri, 20 Nov 2026 13:00:30 +0100", 30), ("", None), ("-3", None), ("soon", None), ("9" * 40, 10**9)],
)  # fmt: skip
def test_a_wait_is_told_in_seconds_or_as_a_date(header: str, seconds: int | None) -> None:
    assert wait_told(header, NOW) == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://api.kolada.se/v3", "https://api.kolada.se/v3/"),
        (" http://127.0.0.1:80/v2/ ", "http://127.0.0.1:80/v2/"),
        ("http://api.kolada.se/v3/", None), ("ftp://api.kolada.se/", None), ("api.kolada.se", None), ("", None),
        ("https://a:b@api.kolada.se/", None), ("https://api.kolada.se:x/", None), ("https://api.kolada.se/?a=b", None),
    ],
)  # fmt: skip
def test_only_encrypted_addresses_are_asked_but_for_this_machine(address: str, base: str | None) -> None:
    if base is None:
        with pytest.raises(KoladaFault) as fault:
            base_of(address)
        assert fault.value.trouble is Trouble.ADDRESS
    else:
        assert base_of(address) == base


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("https://api.kolada.se/v3/kpi?page=2", "https://api.kolada.se/v3/kpi?page=2"),
        ("http://api.kolada.se/v3/kpi?page=2", "https://api.kolada.se/v3/kpi?page=2"),
        ("https://API.kolada.se:443/v3/kpi?page=2", "https://api.kolada.se/v3/kpi?page=2"),
        ("/v3/kpi?page=2", "https://api.kolada.se/v3/kpi?page=2"),
        ("?page=2", "https://api.kolada.se/v3/kpi?page=2"),
        ("https://api.kolada.se.example/v3/", None), ("https://api.kolada.se@evil.example/", None),
        ("//evil.example/v3/kpi", None), ("https://api.kolada.se:8443/", None), ("file:///etc/passwd", None),
        ("http://[", None),
    ],
)  # fmt: skip
def test_the_next_page_is_at_the_host_that_was_configured(told: str, found: str | None) -> None:
    base, asked = "https://api.kolada.se/v3/", "https://api.kolada.se/v3/kpi?per_page=5000"
    if found is None:
        with pytest.raises(KoladaFault):
            next_address(base, asked, told)
    else:
        assert next_address(base, asked, told) == found


def test_slices_hold_everything_once_in_order() -> None:
    assert [list(some) for some in slices(list(range(60)))] == [
        list(range(25)), list(range(25, 50)), list(range(50, 60))
    ]  # fmt: skip
