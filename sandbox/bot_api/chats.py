"""The chats: private ones with the bot, groups, and the topics of a group."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.bot_api.messages import TgMessage
from sandbox.bot_api.rendering import RIGHTS
from sandbox.bot_api.shapes import Json

if TYPE_CHECKING:
    from sandbox.bot_api.people import TgPerson
    from sandbox.bot_api.world import TelegramWorld

USUAL_RIGHTS = frozenset(RIGHTS) - {"can_promote_members", "can_post_stories", "can_edit_stories", "can_delete_stories"}
"""What whoever makes the bot an administrator usually allows it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What somebody is in a group: creator, administrator, member, left or kicked."""

    status: str
    rights: frozenset[str] = frozenset()
    anonymous: bool = False

    @property
    def is_in(self) -> bool:
        """Tell whether they are in the group."""
        return self.status in ("creator", "administrator", "member")

    @property
    def is_admin(self) -> bool:
        """Tell whether they are administrator or creator."""
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        """Tell whether they have this right; the creator has all."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)


LEFT = Membership("left")
MEMBER = Membership("member")


@dataclass(slots=True, kw_only=True)
class TgTopic:
    """A topic; `id` is that of the service message which made it."""

    id: int
    name: str
    icon_color: int
    icon: str = ""
    closed: bool = False
    deleted: bool = False
    refusals: int = 0


class TgChat:
    """A chat and its messages; the private chat with `person` has that person's id."""

    def __init__(self, world: "TelegramWorld", chat_id: int, kind: str, title: str, person: "TgPerson | None") -> None:
        """Begin without messages; `kind` is private, group or supergroup."""
        self.world = world
        self.id = chat_id
        self.kind = kind
        self.title = title
        self.person = person
        self.is_forum = False
        self.topics: dict[int, TgTopic] = {}
        self._messages: dict[int, TgMessage] = {}
        self._next_message = 2 if kind == "supergroup" else 1

    @property
    def messages(self) -> list[TgMessage]:
        """Return the messages as everybody sees them now: edited in place, deleted ones gone."""
        return list(self._messages.values())

    def find(self, message_id: int) -> TgMessage | None:
        """Return the message with this id, None when there is none."""
        return self._messages.get(message_id)

    def in_topic(self, thread: int | None) -> list[TgMessage]:
        """Return the messages of one topic, None: of General."""
        return [message for message in self._messages.values() if message.thread == thread]

    def first_of_replies(self, message_id: int) -> int:
        """Return the id of the message at the root of a chain of replies."""
        seen = {message_id}
        while (message := self.find(message_id)) is not None and message.reply_to not in (None, *seen):
            message_id = int(message.reply_to or 0)
            seen.add(message_id)
        return message_id

    @property
    def next_id(self) -> int:
        """Return the id that the next message will have."""
        return self._next_message

    def add(self, message: TgMessage) -> None:
        """Put a message last, under the chat's next id; nobody is told."""
        message.id, message.at = self._next_message, self.world.now()
        self._next_message += 1
        self._messages[message.id] = message

    def remove(self, messages: Iterable[TgMessage]) -> None:
        """Delete messages for everybody."""
        for message in messages:
            message.deleted = True
            self._messages.pop(message.id, None)
        self.world.tell_changed()


class TgGroup(TgChat):
    """A group, with or without topics; its first member made it."""

    def __init__(
        self, world: "TelegramWorld", chat_id: int, kind: str, title: str, members: Iterable["TgPerson"]
    ) -> None:
        """Begin with these members; the first is the creator."""
        super().__init__(world, chat_id, kind, title, None)
        self.members: dict[TgPerson, Membership] = {}
        for person in members:
            self.members[person] = MEMBER if self.members else Membership("creator")
        self.bot = LEFT
        self.met_bot = False
        self.migrated_to: TgGroup | None = None

    async def add_bot(self, *, by: "TgPerson", admin: bool = True, rights: Collection[str] | None = None) -> None:
        """Let the bot in, as an administrator with these rights (None: the usual), or as a plain member."""
        self._bot_becomes(MEMBER, by)
        self._service(by, {"new_chat_members": [self.world.bot_user]})
        if admin:
            await self.set_rights(USUAL_RIGHTS if rights is None else rights, by=by)

    async def set_rights(self, rights: Collection[str] | None, *, by: "TgPerson | None" = None) -> None:
        """Give the bot exactly these rights; None makes it a plain member again."""
        unknown = set(rights or ()) - set(RIGHTS)
        if unknown:
            raise ValueError(f"no such rights: {sorted(unknown)}")
        member = MEMBER if rights is None else Membership("administrator", frozenset(rights) | {"can_manage_chat"})
        self._bot_becomes(member, by or self._creator)

    async def remove_bot(self, by: "TgPerson | None" = None) -> None:
        """Throw the bot out."""
        self._bot_becomes(Membership("kicked"), by or self._creator)

    def bot_leaves(self) -> None:
        """Let the bot go by its own will."""
        self._bot_becomes(LEFT, None)

    async def join(self, person: "TgPerson") -> None:
        """Let a person in."""
        self.change(person, MEMBER, by=person)
        self._service(person, {"new_chat_members": [self.world.user(person)]})

    async def leave(self, person: "TgPerson") -> None:
        """Let a person go by their own will."""
        self.change(person, LEFT, by=person)
        self._service(person, {"left_chat_member": self.world.user(person)})

    async def kick(self, person: "TgPerson", *, by: "TgPerson | None" = None) -> None:
        """Throw a person out."""
        self.change(person, Membership("kicked"), by=by or self._creator)
        self._service(by or self._creator, {"left_chat_member": self.world.user(person)})

    async def make_admin(self, person: "TgPerson", *, anonymous: bool = False) -> None:
        """Make a person administrator."""
        self.change(person, Membership("administrator", USUAL_RIGHTS, anonymous), by=self._creator)

    async def rename(self, title: str, *, by: "TgPerson | None" = None) -> None:
        """Give the group a new title."""
        self.title = title
        self._service(by or self._creator, {"new_chat_title": title})

    async def create_topic(self, name: str, *, by: "TgPerson | None" = None) -> int:
        """Make a topic by hand and return its id."""
        thread = self.next_id
        self.topics[thread] = TgTopic(id=thread, name=name, icon_color=7322096)
        made = {"name": name, "icon_color": 7322096}
        self._service(by or self._creator, {"forum_topic_created": made}, thread)
        return thread

    async def close_topic(self, thread: int, *, by: "TgPerson | None" = None) -> None:
        """Close a topic: only administrators may write in it."""
        self.topic(thread).closed = True
        self._service(by or self._creator, {"forum_topic_closed": {}}, thread)

    async def reopen(self, thread: int, *, by: "TgPerson | None" = None) -> None:
        """Open a closed topic."""
        self.topic(thread).closed = False
        self._service(by or self._creator, {"forum_topic_reopened": {}}, thread)

    async def delete_topic(self, thread: int) -> None:
        """Delete a topic with all its messages; the bot is not told."""
        self.drop_topic(thread)

    async def migrate(self) -> "TgGroup":
        """Turn a plain group into a supergroup with a new id and return that one."""
        return self.world.migrate(self)

    def topic(self, thread: int) -> TgTopic:
        """Return a topic that exists.

        Raises:
            ValueError: there is none.
        """
        topic = self.topics.get(thread)
        if topic is None or topic.deleted:
            raise ValueError(f"the group has no topic {thread}")
        return topic

    def drop_topic(self, thread: int) -> None:
        """Delete a topic with all its messages."""
        self.topic(thread).deleted = True
        self.remove(self.in_topic(thread))

    def change(self, person: "TgPerson", becomes: Membership, *, by: "TgPerson") -> None:
        """Change what a person is here; the bot is told if it is an administrator and asked for it."""
        was = self.members.get(person, LEFT)
        if becomes == LEFT:
            self.members.pop(person, None)
        else:
            self.members[person] = becomes
        if self.bot.is_admin:
            self.world.tell_membership("chat_member", self, by, self.world.user(person), was, becomes)
        self.world.tell_changed()

    @property
    def _creator(self) -> "TgPerson":
        return next(iter(self.members))

    def _bot_becomes(self, member: Membership, by: "TgPerson | None") -> None:
        was, self.bot, self.met_bot = self.bot, member, True
        self.world.tell_membership("my_chat_member", self, by, self.world.bot_user, was, member)
        self.world.tell_changed()

    def _service(self, by: "TgPerson", content: Json, thread: int | None = None) -> TgMessage:
        return self.world.post(TgMessage(chat=self, sender=by, service=True, content=content, thread=thread))
