"""What a story of the try-out world is: its steps, each with a line that tells what to look at."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from sandbox.scene import Scene

Looks = Mapping[str, str]
"""What the page looks at (`sandbox.page.choice`)."""

NOTHING: Looks = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `looks` is what the page looks at from its beginning, what `act` returns from its end."""

    says: str
    act: Callable[[Scene], Awaitable[Looks]]
    looks: Looks = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story; `told` says in a sentence what it shows."""

    key: str
    title: str
    told: str
    steps: tuple[Step, ...]
