"""What must be so in the end, whatever was played (`tests.chat_play`)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from bot.store.chat_schema import topics
from bot.store.schema import addresses, inbox, messages, outbox, participants
from tests.chat_play import MAILERS, WORD, Play, Said, address_of
from tests.chat_town import NUMBER, ChatTown


async def check(play: Play) -> None:
    """Check all of it; everything that was to be done is done."""
    town = play.town
    assert (town.api.faulty_calls, town.api.not_emulated) == ([], [])
    assert await town.rows(inbox, inbox.c.state == "held") == []
    where = await _where(town)
    await _check_kept(town, play.said, where)
    _check_nobody_gets_what_is_not_theirs(play, await _own_words(town, where))
    await _check_answers(play)
    await _check_topics(town)


async def _where(town: ChatTown) -> Mapping[str, set[str]]:
    """Return who takes part in each case, by address."""
    known = {row["id"]: row["address"] for row in await town.rows(addresses)}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in await town.rows(participants):
        found[row["case"]].add(known[row["address"]])
    return found


async def _check_kept(town: ChatTown, said: Said, where: Mapping[str, set[str]]) -> None:
    """What citizens wrote is stored once, in one case, which is their own."""
    stored = await town.rows(messages, messages.c.direction == "in")
    first = Counter(word for one in stored if one["edits"] is None for word in WORD.findall(one["text"]))
    assert first == dict.fromkeys(said.meant, 1)
    changed = {word for one in stored if one["edits"] is not None for word in WORD.findall(one["text"])}
    assert changed == set(said.changed)
    writers = said.meant | said.changed
    for one in stored:
        for word in WORD.findall(one["text"]):
            assert where[one["case"]] == {writers[word]}, word


async def _own_words(town: ChatTown, where: Mapping[str, set[str]]) -> Mapping[str, set[str]]:
    """Return by address what each citizen may read: what stands in the own cases, but not what is internal."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in await town.rows(messages, messages.c.direction != "note"):
        for address in where[one["case"]]:
            found[address] |= set(WORD.findall(one["text"]))
    return found


def _check_nobody_gets_what_is_not_theirs(play: Play, own: Mapping[str, set[str]]) -> None:
    for address, texts in _got(play).items():
        words = {word for text in texts for word in WORD.findall(text)}
        assert not words & play.said.internal, address
        assert words <= own[address], address


def _got(play: Play) -> Mapping[str, list[str]]:
    """Return all that each citizen was ever shown, by address."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person in play.citizens:
        found[address_of(person)] += person.shown
    for to, mail, _ in play.town.relay.mails:
        if to in MAILERS:
            found[to] += [mail.subject, mail.text]
    return found


async def _check_answers(play: Play) -> None:
    """Each answer that was accepted reached the one who asked, and once, unless it is marked as unsure."""
    times = _arrivals(play)
    for row in await play.town.rows(outbox, outbox.c.kind == "answer"):
        came = times[row["to_addr"], _plain(row["html"] or row["text"])]
        told = (WORD.findall(row["text"]), came, row["state"], row["status"], row["attempts"], row["unsure"])
        assert _is_right(row, came), told


def _arrivals(play: Play) -> Counter[tuple[str, str]]:
    """Return how often each text arrived, by address and text."""
    times = Counter[tuple[str, str]]()
    for call in play.town.api.called("sendMessage"):
        if call.ok:
            times[f"telegram:{call.parameters['chat_id']}", _plain(call.parameters["text"])] += 1
    times.update((to, _plain(mail.text)) for to, mail, _ in play.town.relay.mails)
    return times


def _plain(text: str) -> str:
    return " ".join(text.split())


def _is_right(row: Mapping[str, Any], came: int) -> bool:
    match row["state"]:
        case "sent":
            return 1 <= came <= row["attempts"] if row["unsure"] else came == 1
        case "unsure":
            return came <= int(row["attempts"])
        case "dead":
            return came == 0 and row["status"] == "blocked"
        case _:
            return came == 0 and row["state"] == "regretted"


async def _check_topics(town: ChatTown) -> None:
    """A case has one topic; one more only where a reply was lost, or a process died, as it was made."""
    orphans = sum(one.lost for one in town.api.called("createForumTopic")) + town.deaths
    names = [one.name for one in town.group.topics.values() if not one.deleted]
    live = Counter(number for name in names for number in NUMBER.findall(name))
    assert sum(live.values()) - len(live) <= orphans
    shown = await town.rows(topics, topics.c.thread.is_not(None))
    assert len({row["thread"] for row in shown}) == len(shown)
