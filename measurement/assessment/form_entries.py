"""From a returned form to entries: only what its writer changed, on top of what the writer saw. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from measurement.assessment.entering import EntryRefused, Refusal, kept
from measurement.assessment.form import Remark, Told, canonical, short_digest
from measurement.assessment.form_fault import FormFault, FormWhy
from measurement.assessment.form_returned import Returned, ReturnedField
from measurement.assessment.framework_file import digest
from measurement.assessment.round import OF_FORM, About, Entry, Field, Key, Progress, Round, Seq, Source

FORMS = frozenset((Source.WORD, Source.EXCEL))

_REFUSED: Mapping[Refusal, Told] = {
    Refusal.NO_NUMBER: Told.NO_NUMBER,
    Refusal.TOO_MANY: Told.TOO_MANY,
    Refusal.NO_PROGRESS: Told.NO_PROGRESS,
}


def entries_from(
    returned: Returned, round_: Round, by: str, at: datetime, entered: Sequence[Entry] = ()
) -> tuple[list[Entry], list[Remark]]:
    """Return the entries that a form brings, and everything to be told of it; nothing that was left as it was.

    Each entry names as its base what its writer saw; `round.fold` decides whether that is a conflict. Who sends the
    same form a second time, with more in it, has seen what the first one brought.

    Args:
        returned: the form.
        round_: as it stands.
        by: who sent it, a role or an address at work.
        at: when it came (UTC): a mail's arrival, a file's last change; by it the same form is known again.
        entered: all that was entered so far, if it is at hand: `round_` alone does not know what no longer holds.

    Raises:
        FormFault: the form is of another round, or made from another framework.
    """
    if returned.round != round_.id:
        raise FormFault(FormWhy.OTHER_ROUND, returned.round, round_.id)
    whole = digest(round_.framework)
    if not returned.digest or not whole.startswith(returned.digest):
        raise FormFault(FormWhy.OTHER_EDITION, returned.digest, whole)
    known = list(entered) or [*round_.current.values(), *(one for several in round_.conflicts.values()
                                                          for one in several)]  # fmt: skip
    entries, remarks = list[Entry](), list(returned.remarks)
    # Only addresses can be told apart: an owner may also be a role.
    if "@" in returned.owner and "@" in by and returned.owner.casefold() != by.casefold():
        remarks.append(Remark(what=Told.OTHER_SENDER))
    for one in returned.fields:
        entry, told = _entry(one, returned, round_, by, at, known)
        entries += [entry] if entry else []
        remarks += told
    return entries, list(dict.fromkeys(remarks))


def _entry(
    one: ReturnedField, returned: Returned, round_: Round, by: str, at: datetime, known: Sequence[Entry]
) -> tuple[Entry | None, list[Remark]]:
    """Return the entry of a field and what is to be told of it; no entry where nothing was changed or can be kept."""
    question = round_.framework.question(one.question)
    if question is None or one.field not in OF_FORM:
        return None, [Remark(what=Told.UNKNOWN_QUESTION, question=one.question)]
    base, sent = _seen(one, returned, round_, known)
    if sent == short_digest(one.field, one.value) or (one.field is Field.PROGRESS and not one.value):
        return None, []
    try:
        value = kept(round_.framework, one.question, one.field, one.value)
    except EntryRefused as error:
        what = _REFUSED.get(error.why, Told.UNKNOWN_QUESTION)
        shown = one.value.strip()
        return None, [Remark(what=what, question=one.question, field=one.field, value=shown, most=question.points)]
    key = About(one.question), one.field
    base, is_read = _later(key, base, value, by, at, known)
    if is_read:
        return None, []
    entry = Entry(about=key[0], field=key[1], value=value, by=by, source=returned.source, at=at, base=base)
    return entry, _told(entry, round_)


def _seen(
    one: ReturnedField, returned: Returned, round_: Round, known: Iterable[Entry]
) -> tuple[Seq, str]:  # fmt: skip
    """Return which entry the writer saw, and its short digest; empty where nobody can tell any more.

    Where the mark was lost it was the last one that there was when the form was made.
    """
    if one.base is not None:
        return one.base, one.sent
    about = About(one.question)
    earlier = [each for each in known if (each.about, each.field) == (about, one.field)]
    seen = max((each for each in earlier if each.seq <= returned.made_after), key=lambda each: each.seq, default=None)
    if seen is not None:
        return seen.seq, short_digest(one.field, seen.value)
    if one.field is Field.PROGRESS and one.value != Progress.READY:
        # Nobody had said it, so the form showed what follows from the rest: that is nothing new.
        return Seq(0), short_digest(one.field, one.value)
    # Nothing was there then, or it no longer holds: an empty field is not taken for one that was cleared.
    nothing = (about, one.field) not in round_.current or not canonical(one.field, one.value)
    return Seq(0), short_digest(one.field, "") if nothing else ""


def _later(
    key: Key, base: Seq, value: str, by: str, at: datetime, known: Iterable[Entry]
) -> tuple[Seq, bool]:  # fmt: skip
    """Return the last entry that the same person has made on top of that base, and whether this one is among them."""
    own = [
        one for one in known
        if (one.about, one.field) == key and one.source in FORMS and one.by.casefold() == by.casefold()
    ]  # fmt: skip
    if any(one.at == at and one.value == value for one in own):
        return base, True
    last = None
    while found := next((one for one in own if one.base == base and one.seq > base and one.at <= at), None):
        base, last = found.seq, found
    return base, last is not None and last.value == value


def _told(entry: Entry, round_: Round) -> list[Remark]:
    held = round_.current.get((entry.about, entry.field))
    if held is None or held.value == entry.value:
        return []
    if held.seq != entry.base:
        return [Remark(what=Told.CONFLICT, question=entry.about, field=entry.field)]
    cleared = not entry.value and held.value not in {"", Progress.OPEN}
    return [Remark(what=Told.CLEARED, question=entry.about, field=entry.field)] if cleared else []
