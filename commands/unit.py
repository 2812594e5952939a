"""The commands about units: where cases lie, which address they have, and who is on duty."""

from typing import Annotated

import typer

from commands.administration import By, DryRun, TableFile, chosen, import_table, look, make_change, print_columns
from commands.shell import DEFAULT_CONFIG, Config, die

unit = typer.Typer(no_args_is_help=True, help="Units: where cases lie, which address they have, who is on duty.")

UnitId = Annotated[str, typer.Argument(metavar="ID", help="The unit's id, as bygglov: at most 20 of a–z, 0–9, _.")]
Name = Annotated[str | None, typer.Option(help="As citizens see it.")]
Address = Annotated[str | None, typer.Option(help="What citizens write to: at most 12 characters before the @.")]
Phone = Annotated[str | None, typer.Option(help="Told below every answer.")]
StaffAddress = Annotated[str | None, typer.Option(help="A mailbox that the unit's staff share.")]
OnCall = Annotated[str | None, typer.Option(help="Who is told at once of words of danger.")]
Notify = Annotated[str | None, typer.Option(help="Who is told of new messages: on_duty, address, all or group.")]
Group = Annotated[int | None, typer.Option(help="Number of its staff's group in Telegram, as -1001234567890; 0: none.")]
Copies = Annotated[int | None, typer.Option(help="How many are told at most where no rota says.")]
Secrecy = Annotated[bool | None, typer.Option("--secrecy/--no-secrecy", help="Only its own officers see its cases.")]

DAYS = {
    "monday": 0, "måndag": 0, "tuesday": 1, "tisdag": 1, "wednesday": 2, "onsdag": 2, "thursday": 3, "torsdag": 3,
    "friday": 4, "fredag": 4, "saturday": 5, "lördag": 5, "sunday": 6, "söndag": 6,
}  # fmt: skip


@unit.command("list")
def unit_list(config: Config = DEFAULT_CONFIG) -> None:
    """List the units with their addresses, open cases and who is on duty."""
    from config.change_units import WEEKDAYS

    standing = look(config)
    t, rows = standing.texts.t, list[tuple[str, ...]]()
    for one in standing.layers.units.values():
        marks = [t("aviserar: {how}", how=one.notify.value)]
        marks += [t("sekretess")] if one.secrecy else []
        marks += [f"{name}: {', '.join(on_duty)}" for name, on_duty in zip(WEEKDAYS, one.rota.days(), strict=True)
                  if on_duty]  # fmt: skip
        count = standing.texts.n("{count} öppet", "{count} öppna", standing.open_in(one.id))
        rows.append((one.id, one.name, one.address, count, "; ".join(marks)))
    print_columns(rows)


@unit.command("add")
def unit_add(
    unit_id: UnitId,
    name: Name = None,
    address: Address = None,
    phone: Phone = None,
    staff_address: StaffAddress = None,
    on_call: OnCall = None,
    notify: Notify = None,
    copies: Copies = None,
    secrecy: Secrecy = None,
    group: Group = None,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Add a unit. Mail to its address must reach the service: see docs/relay.md."""
    from config.change_units import UnitWish, add_unit

    wish = UnitWish(
        name=name, address=address, phone=phone, staff_address=staff_address, on_call=on_call, notify=notify,
        copies=copies, secrecy=secrecy, telegram_group=group,
    )  # fmt: skip
    done = make_change(config, by, lambda standing: add_unit(standing, unit_id, wish))
    t = done.before.texts.t
    print(t("{name} är tillagd. Lägg till handläggare med run_bot.py staff.", name=done.changes[0].data["name"]))
    print(t("Se till att mejl till {address} kommer hit.", address=done.changes[0].data["address"]))


@unit.command("change")
def unit_change(
    unit_id: UnitId,
    name: Name = None,
    address: Address = None,
    phone: Phone = None,
    staff_address: StaffAddress = None,
    on_call: OnCall = None,
    notify: Notify = None,
    copies: Copies = None,
    secrecy: Secrecy = None,
    group: Group = None,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Change what is given; an empty text takes a value away."""
    from config.change_units import UnitWish, change_unit

    wish = UnitWish(
        name=name, address=address, phone=phone, staff_address=staff_address, on_call=on_call, notify=notify,
        copies=copies, secrecy=secrecy, telegram_group=group,
    )  # fmt: skip
    done = make_change(config, by, lambda standing: change_unit(standing, unit_id, wish))
    t, before, data = done.before.texts.t, done.before.layers.units[unit_id], done.changes[0].data
    print(t("{name} är ändrad.", name=data["name"]))
    if data["address"] != before.address:
        print(t("Mejl till {address} tas inte emot längre.", address=before.address))


@unit.command("end")
def unit_end(unit_id: UnitId, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Take away a unit without open cases; its officers keep their other units."""
    from config.change_units import end_unit

    done = make_change(config, by, lambda standing: end_unit(standing, unit_id))
    print(done.before.texts.t("{name} är borttagen.", name=done.changes[0].data["name"]))


@unit.command("rota")
def unit_rota(
    unit_id: UnitId,
    day: Annotated[str | None, typer.Argument(help="A day of the week; without one, the rota is shown.")] = None,
    officers: Annotated[list[str] | None, typer.Argument(help="Who is on duty that day, by id.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody is on duty that day.")] = False,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Show who is on duty in a unit, or say who is on one day of the week."""
    from config.change_units import WEEKDAYS, set_rota

    if day is None:
        known = look(config).layers.units.get(unit_id)
        if known is None:
            die(f"there is no unit {unit_id}")
        print_columns([(name, ", ".join(who) or "–") for name, who in zip(WEEKDAYS, known.rota.days(), strict=True)])
        return
    number = chosen(day, DAYS)
    if bool(officers) == nobody:
        die("say who is on duty, or --nobody")
    done = make_change(config, by, lambda standing: set_rota(standing, unit_id, number, officers or ()))
    print(done.before.texts.t("{name} är ändrad.", name=done.changes[0].data["name"]))


@unit.command("import")
def unit_import(file: TableFile, dry_run: DryRun = False, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Add and change units by a table: namn, adress; also id, telefon, personaladress, jour, avisering, sekretess."""
    from config.import_rows import UNITS

    import_table(config, by, file, UNITS, dry_run=dry_run)
