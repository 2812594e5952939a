"""What leads through the try-out world, as the page shows it: the stories, and an officer's first day. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryNow:
    """A story being played. `lines` are what was said so far, the last one is the present step's.

    `trouble` tells why it stands still; `looks` is what the page should look at (`sandbox.page.choice`).
    """

    key: str
    title: str
    lines: tuple[str, ...]
    count: int
    busy: bool = False
    trouble: str = ""
    looks: Mapping[str, str]

    @property
    def at(self) -> str:
        """Return a name of the present step, so that the page knows when there is a new one."""
        return f"{self.key} {len(self.lines)}"

    @property
    def over(self) -> bool:
        """Tell whether the last step was played."""
        return len(self.lines) >= self.count and not self.busy


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNow:
    """A task of the first day: what to do and why. `hint` is empty until it is needed.

    `about`: which case the present task speaks of, and what of it is still to come.
    """

    title: str
    what: str
    why: str
    hint: str = ""
    about: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What can be played (key, title, in a sentence), and what is."""

    stories: tuple[tuple[str, str, str], ...]
    story: StoryNow | None = None
    tasks: tuple[TaskNow, ...] = ()
    newcomer: str = ""

    @property
    def task(self) -> int:
        """Return the place of the first task that is not done, the number of tasks when all are."""
        return next((at for at, one in enumerate(self.tasks) if not one.done), len(self.tasks))
