"""Importing a table: rows become changes, and every fault is told by its row and column before anything is entered."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.office import plain_address
from bot.register import Change
from config.change_staff import OfficerWish, add_officer, change_officer
from config.change_texts import CannedWish, add_canned, add_topic, change_canned, change_topic, known_canned
from config.change_units import UnitWish, add_unit, change_unit
from config.changes import ChangeRefused, Fault, Standing
from config.layers import Layers
from config.table_files import Row

Cells = Mapping[str, str]
"""The cells of a row by field; a cell without contents is not there."""

_YES_OR_NO = {
    "ja": True, "yes": True, "true": True, "sant": True, "x": True, "1": True, "kyllä": True,
    "nej": False, "no": False, "false": False, "falskt": False, "0": False, "ei": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What may be imported.

    Attributes:
        columns: the field that each heading means; headings are compared without case, spaces and hyphens.
        required: fields without which nothing can be made of a row.
        changes: what a row changes as things stand; a field named in `ChangeRefused` is one of the columns'.
        known: the keys there are, so that what is new can be told from what is changed.
    """

    columns: Mapping[str, str]
    required: Sequence[str]
    changes: Callable[[Standing, Cells], tuple[Change, ...]]
    known: Callable[[Layers], Collection[str]]


def changes_in(standing: Standing, table: Table, rows: Sequence[Row]) -> tuple[Change, ...]:
    """Return what the rows below the first, which holds the headings, change; what is so already changes nothing.

    Raises:
        ChangeRefused: with every fault of every row.
    """
    fields = _fields(standing, table, rows[0])
    changes, faults, seen = list[Change](), list[Fault](), dict[tuple[str, str], int]()
    for row in rows[1:]:
        try:
            found = table.changes(standing, _cells(standing, fields, row))
        except ChangeRefused as refused:
            faults += [_placed(standing, rows[0], fields, row, fault) for fault in refused.faults]
            continue
        for change in found:
            if (before := seen.setdefault((change.kind, change.key), row.number)) != row.number:
                text = standing.texts.t("{key} står redan på rad {row}.", key=change.key, row=before)
                faults.append(_placed(standing, rows[0], fields, row, Fault("", text)))
        standing = standing.after(found)
        changes += found
    if faults:
        raise ChangeRefused(*faults)
    return tuple(changes)


def _fields(standing: Standing, table: Table, head: Row) -> list[str]:
    """Return the field of each column; empty for a column without heading."""
    t, fields, faults = standing.texts.t, list[str](), list[Fault]()
    for heading in head.cells:
        field = table.columns.get(_plain(heading), "") if heading else ""
        if heading and not field:
            known = ", ".join(dict.fromkeys(table.columns))
            faults.append(Fault("", t("Vi känner inte rubriken {heading}. Vi känner: {known}.",
                                      heading=heading, known=known)))  # fmt: skip
        elif field and field in fields:
            faults.append(Fault("", t("Rubriken {heading} betyder samma som en annan.", heading=heading)))
        fields.append(field)
    for field in table.required:
        if field not in fields:
            names = ", ".join(name for name, meant in table.columns.items() if meant == field)
            faults.append(Fault("", t("En kolumn saknas. Den ska heta något av: {names}.", names=names)))
    if faults:
        raise ChangeRefused(*faults)
    return fields


def _cells(standing: Standing, fields: Sequence[str], row: Row) -> Cells:
    if any(row.cells[len(fields) :]):
        text = standing.texts.t("Raden har fler celler än det finns rubriker. Står det ett skiljetecken i en text?")
        raise ChangeRefused(Fault("", text))
    return {field: cell for field, cell in zip(fields, row.cells, strict=False) if field and cell}


def _placed(standing: Standing, head: Row, fields: Sequence[str], row: Row, fault: Fault) -> Fault:
    """Return a fault with its row and column in front."""
    t = standing.texts.t
    if fault.field in fields:
        heading = head.cells[fields.index(fault.field)]
        text = t("Rad {row}, {column}: {fault}", row=row.number, column=heading, fault=fault.text)
    else:
        text = t("Rad {row}: {fault}", row=row.number, fault=fault.text)
    return Fault(fault.field, text)


def _staff_changes(standing: Standing, cells: Cells) -> tuple[Change, ...]:
    faults, officers = list[Fault](), standing.layers.officers
    units = [one.strip() for one in re.split(r"[,;/|\n]", cells.get("units", "")) if one.strip()]
    wish = OfficerWish(
        name=cells.get("name"),
        email=cells.get("email"),
        units=tuple(units) or None,
        role=cells.get("role"),
        cleared=_yes_or_no(standing, cells, "cleared", faults),
    )
    officer = cells.get("id", "").lower() or _known_by_email(standing, cells.get("email", ""))
    if officer in officers:
        return _beside(faults, lambda: change_officer(standing, officer, wish))
    taken = {*officers, *standing.layers.names}
    drawn = officer or drawn_id(cells.get("email", "").partition("@")[0], taken, most=12)
    return _beside(faults, lambda: add_officer(standing, drawn, wish))


def _known_by_email(standing: Standing, email: str) -> str:
    plain = plain_address(email)
    return next((one.id for one in standing.layers.officers.values() if plain_address(one.email) == plain), "")


def drawn_id(text: str, taken: set[str], *, most: int) -> str:
    """Return an id made of the beginning of a text, as ``anna`` of ``anna.exempel``, with a number if it is taken."""
    plain = unicodedata.normalize("NFKD", text.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain) or ["x"]
    stem = str(words[0])[:most]
    if stem not in taken:
        return stem
    ending = next(str(n) for n in range(2, len(taken) + 3) if f"{stem[: most - len(str(n))]}{n}" not in taken)
    return stem[: most - len(ending)] + ending


def _unit_changes(standing: Standing, cells: Cells) -> tuple[Change, ...]:
    faults, units = list[Fault](), standing.layers.units
    wish = UnitWish(
        name=cells.get("name"),
        address=cells.get("address"),
        phone=cells.get("phone"),
        staff_address=cells.get("staff_address"),
        on_call=cells.get("on_call"),
        notify=cells.get("notify"),
        copies=_number(standing, cells, "copies", faults),
        secrecy=_yes_or_no(standing, cells, "secrecy", faults),
    )
    named = standing.unit_named(cells.get("name", ""))
    unit = cells.get("id", "").lower() or (named.id if named else "")
    if unit in units:
        return _beside(faults, lambda: change_unit(standing, unit, wish))
    drawn = unit or drawn_id(cells.get("name", ""), set(units), most=20)
    return _beside(faults, lambda: add_unit(standing, drawn, wish))


def _topic_changes(standing: Standing, cells: Cells) -> tuple[Change, ...]:
    topics, name = standing.layers.topics, cells.get("name", "")
    by_name = next((one.id for one in topics.values() if one.name.casefold() == name.casefold()), "")
    topic = cells.get("id", "").lower() or by_name
    if topic in topics:
        return change_topic(standing, topic, name)
    return add_topic(standing, topic or drawn_id(name, set(topics), most=20), name)


def _canned_changes(standing: Standing, cells: Cells) -> tuple[Change, ...]:
    wish = CannedWish(
        name=cells.get("name", ""),
        text=cells.get("text", ""),
        unit=cells.get("unit", ""),
        language=cells.get("language", ""),
    )
    return change_canned(standing, wish) if known_canned(standing, wish) else add_canned(standing, wish)


def _beside(faults: Sequence[Fault], decide: Callable[[], tuple[Change, ...]]) -> tuple[Change, ...]:
    """Return what is decided, if there are no faults from before.

    Raises:
        ChangeRefused: with these faults and those of the decision.
    """
    try:
        changes = decide()
    except ChangeRefused as refused:
        raise ChangeRefused(*faults, *refused.faults) from None
    if faults:
        raise ChangeRefused(*faults)
    return changes


def _yes_or_no(standing: Standing, cells: Cells, field: str, faults: list[Fault]) -> bool | None:
    """Return what a cell says, None if it is empty; what cannot be read is added to the faults."""
    said = cells.get(field, "").casefold()
    if said and said not in _YES_OR_NO:
        faults.append(Fault(field, standing.texts.t("Skriv ja eller nej, inte {said}.", said=cells[field])))
    return _YES_OR_NO.get(said)


def _number(standing: Standing, cells: Cells, field: str, faults: list[Fault]) -> int | None:
    """Return the whole number of a cell, None if it is empty; what cannot be read is added to the faults."""
    said = cells.get(field, "")
    if re.fullmatch(r"[0-9]{1,9}", said):
        return int(said)
    if said:
        faults.append(Fault(field, standing.texts.t("Skriv ett tal, inte {said}.", said=said)))
    return None


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]", "", heading.casefold())


STAFF = Table(
    columns={
        "id": "id", "namn": "name", "name": "name", "epost": "email", "epostadress": "email", "email": "email",
        "mejl": "email", "enhet": "units", "enheter": "units", "unit": "units", "units": "units", "roll": "role",
        "role": "role", "sekretess": "cleared", "cleared": "cleared",
    },
    required=("name", "email", "units"),
    changes=_staff_changes,
    known=lambda layers: layers.officers,
)  # fmt: skip
UNITS = Table(
    columns={
        "id": "id", "namn": "name", "name": "name", "adress": "address", "epost": "address", "address": "address",
        "email": "address", "telefon": "phone", "phone": "phone", "personaladress": "staff_address",
        "staffaddress": "staff_address", "jour": "on_call", "oncall": "on_call", "avisering": "notify",
        "notify": "notify", "kopior": "copies", "copies": "copies", "sekretess": "secrecy", "secrecy": "secrecy",
    },
    required=("name", "address"),
    changes=_unit_changes,
    known=lambda layers: layers.units,
)  # fmt: skip
TOPICS = Table(
    columns={"id": "id", "namn": "name", "ämne": "name", "name": "name", "topic": "name"},
    required=("name",),
    changes=_topic_changes,
    known=lambda layers: layers.topics,
)
CANNED = Table(
    columns={
        "namn": "name", "name": "name", "text": "text", "enhet": "unit", "unit": "unit", "språk": "language",
        "language": "language",
    },
    required=("name", "text"),
    changes=_canned_changes,
    known=lambda layers: layers.canned,
)  # fmt: skip
