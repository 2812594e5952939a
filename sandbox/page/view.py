"""One look at the world: what an address asks for, made into nodes."""

import secrets
from collections.abc import Mapping

from sandbox.page.choice import Choice, read_choice
from sandbox.page.figures import figures_of, show_figures
from sandbox.page.look import Look
from sandbox.page.nodes import Element
from sandbox.page.play import Play
from sandbox.page.show_page import body
from sandbox.page.world_view import GENERAL, PRIVATE, Message, Snapshot, snapshot
from sandbox.world import CONTACT


class View:
    """What the page keeps between two looks. `mark` proves that a form is ours; it is drawn at each start."""

    def __init__(self, play: Play) -> None:
        """Look at this play."""
        self.play = play
        self.mark = secrets.token_urlsafe(24)
        self._said = ""

    def tell(self, said: str) -> None:
        """Keep words for the next page without scripts."""
        self._said = said

    def told(self) -> str:
        """Return those words, once."""
        said, self._said = self._said, ""
        return said


async def see(view: View, query: Mapping[str, str], *, narrow: bool) -> tuple[Look, Element]:
    """Return a look at the world and what it shows. `narrow`: the screen shows one part at a time."""
    play, stage = view.play, view.play.stage
    world = await snapshot(stage)
    choice = read_choice(query, world.language)
    look = Look(
        texts=stage.texts(choice.lang), choice=choice, world=world, mark=view.mark,
        unread=unread(stage.seen, world, choice, narrow=narrow),
    )  # fmt: skip
    figures = show_figures(look, await figures_of(stage, choice.week)) if choice.show == "figures" else None
    office = stage.world.service.office()
    desks = {one.email: office.tokens.desk_address(CONTACT, one.id) for one in office.officers}
    return look, body(look, await play.guide(choice.lang), figures, desks, CONTACT)


def unread(seen: dict[str, int], world: Snapshot, choice: Choice, *, narrow: bool) -> dict[str, int]:
    """Return how much is new in each place since it was last looked at; what is looked at now is seen."""
    counts = {f"chat {one.key}": _told(one.messages) for one in (*world.citizens, *world.officers)}
    counts |= {f"room {room.key}": _told(room.messages) for room in world.rooms}
    counts |= {f"box {box.address}": sum(not letter.sent for letter in box.letters) for box in world.boxes}
    shown = {
        "citizens": f"chat {choice.person}",
        "centre": f"chat {choice.officer}" if choice.room == PRIVATE else f"room {choice.room or GENERAL}",
        "mail": f"box {choice.box}",
    }
    looked_at = [shown.get(choice.pane, "")] if narrow else list(shown.values())
    seen.update({key: counts[key] for key in looked_at if key in counts})
    return {key: count - seen.get(key, 0) for key, count in counts.items() if count > seen.get(key, 0)}


def _told(messages: tuple[Message, ...]) -> int:
    return sum(message.by in {"bot", "other"} for message in messages)
