"""Topics that an officer's words do not name for certain: told before anything of the mail is done."""

import difflib
from collections.abc import Sequence

from bot.desk.commands import Command, Contact, SetTopic
from bot.office import Office
from bot.parts import Paragraph


def unclear_topics(office: Office, commands: Sequence[Command], *, in_chat: bool = False) -> list[Paragraph]:
    """Return what to say of topics in these commands that nobody knows or several could be; empty if all are clear.

    `in_chat`: they were typed in a chat, not in a mail.
    """
    t = office.texts.t
    named = [one.topic for one in commands if isinstance(one, Contact | SetTopic) and one.topic]
    said: list[Paragraph] = []
    for words in dict.fromkeys(named):
        if office.topic_named(words) is None:
            like = ", ".join(_like(office, words)) or ", ".join(one.name for one in office.topics)
            said.append(Paragraph(t("Vi vet inte säkert vilket ämne ”{words}” är. Menar du: {topics}?",
                                    words=words, topics=like)))  # fmt: skip
    if said:
        again = t("Inget i mejlet har gjorts. Rätta raden och skicka hela mejlet igen.")
        said.append(Paragraph(t("Inget har gjorts. Rätta raden och skriv alla igen.") if in_chat else again))
    return said


def _like(office: Office, words: str) -> list[str]:
    """Return the topics whose names hold these words, else those that are spelt nearly so."""
    names = {one.name.casefold(): one.name for one in office.topics}
    inside = [name for folded, name in names.items() if words.casefold() in folded]
    return inside or [names[one] for one in difflib.get_close_matches(words.casefold(), names, n=4, cutoff=0.5)]
