"""The commands about staff: who is an officer, of which units, and who is away."""

from typing import Annotated

import typer

from commands.administration import By, DryRun, TableFile, day_of, import_table, look, make_change, print_columns
from commands.shell import DEFAULT_CONFIG, Config, die, usable

staff = typer.Typer(no_args_is_help=True, help="Officers: who answers, for which units, and who is away.")

OfficerId = Annotated[str, typer.Argument(metavar="ID", help="The officer's id, as anna: at most 12 of a–z, 0–9, _.")]
Name = Annotated[str | None, typer.Option(help="Full name, as citizens see it below an answer.")]
Email = Annotated[str | None, typer.Option(help="The officer's own work address.")]
Units = Annotated[list[str] | None, typer.Option("--unit", help="A unit, by id or name; give it again for more.")]
Role = Annotated[str | None, typer.Option(help="officer, lead (quality lead) or admin.")]
Cleared = Annotated[bool | None, typer.Option("--cleared/--not-cleared", help="May see secret cases of the units.")]


@staff.command("list")
def staff_list(config: Config = DEFAULT_CONFIG) -> None:
    """List the officers with their units and absences."""
    from bot.office import Role as Roles

    standing = look(config)
    t, rows = standing.texts.t, list[tuple[str, ...]]()
    for one in standing.layers.officers.values():
        marks = [one.role.value] if one.role is not Roles.OFFICER else []
        marks += [t("får se sekretess")] if one.cleared else []
        marks += [
            t("borta {first}, tillbaka {back}", first=absence.first, back=absence.back)
            for absence in standing.layers.absences.get(one.id, ())
            if absence.back > standing.today
        ]
        rows.append((one.id, one.name, one.email, ", ".join(one.units), ", ".join(marks)))
    print_columns(rows)


@staff.command("add")
def staff_add(
    officer: OfficerId,
    name: Name = None,
    email: Email = None,
    unit: Units = None,
    role: Role = None,
    cleared: Cleared = None,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Add an officer, who gets notices from now on."""
    from config.change_staff import OfficerWish, add_officer

    wish = OfficerWish(name=name, email=email, units=tuple(unit or ()), role=role, cleared=cleared)
    done = make_change(config, by, lambda standing: add_officer(standing, officer, wish))
    t = done.before.texts.t
    print(t("{name} är tillagd.", name=done.changes[0].data["name"]))
    print(t("Den personliga adressen visas med run_bot.py staff desk {officer}.", officer=officer))


@staff.command("change")
def staff_change(
    officer: OfficerId,
    name: Name = None,
    email: Email = None,
    unit: Units = None,
    role: Role = None,
    cleared: Cleared = None,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Change what is given; --unit replaces all units."""
    from config.change_staff import OfficerWish, change_officer

    wish = OfficerWish(name=name, email=email, units=tuple(unit) if unit else None, role=role, cleared=cleared)
    done = make_change(config, by, lambda standing: change_officer(standing, officer, wish))
    print(done.before.texts.t("{name} är ändrad.", name=done.changes[0].data["name"]))


@staff.command("end")
def staff_end(officer: OfficerId, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Take an officer away. Old answers keep the name; open cases are anybody's again."""
    from config.change_staff import end_officer

    done = make_change(config, by, lambda standing: end_officer(standing, officer))
    texts, count = done.before.texts, done.before.open_of(officer)
    print(texts.t("{name} är borttagen.", name=done.changes[0].data["name"]))
    if count:
        print(
            texts.n(
                "{count} öppet ärende släpps av tjänsten inom någon minut, så att en annan kan ta det.",
                "{count} öppna ärenden släpps av tjänsten inom någon minut, så att andra kan ta dem.",
                count,
            )
        )


@staff.command("away")
def staff_away(
    officer: OfficerId,
    back: Annotated[str, typer.Argument(help="The day the officer is back, as 2026-12-23.")],
    first: Annotated[str | None, typer.Option("--from", help="The first day away; else today.")] = None,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """Enter an absence: the officer gets no notices, and open cases are anybody's again."""
    from config.change_staff import send_away

    last, begin = day_of(back), day_of(first) if first else None
    done = make_change(config, by, lambda standing: send_away(standing, officer, begin or standing.today, last))
    t, name = done.before.texts.t, done.before.layers.officers[officer].name
    print(
        t("{name} är borta från {first} och tillbaka {back}.", name=name, first=begin or done.before.today, back=last)
    )
    print(t("Öppna ärenden släpps av tjänsten när frånvaron börjar."))


@staff.command("back")
def staff_back(
    officer: OfficerId,
    planned: Annotated[bool, typer.Option("--planned", help="Take absences to come away too.")] = False,
    config: Config = DEFAULT_CONFIG,
    by: By = "",
) -> None:
    """End an absence today."""
    from config.change_staff import call_back

    done = make_change(config, by, lambda standing: call_back(standing, officer, planned=planned))
    t, name = done.before.texts.t, done.before.layers.officers[officer].name
    print(t("{name} är tillbaka.", name=name))


@staff.command("import")
def staff_import(file: TableFile, dry_run: DryRun = False, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Add and change officers by a table: namn, e-post, enhet; also id, roll, sekretess. Nobody is taken away."""
    from config.import_rows import STAFF

    import_table(config, by, file, STAFF, dry_run=dry_run)


@staff.command("desk")
def staff_desk(officer: OfficerId, config: Config = DEFAULT_CONFIG) -> None:
    """Print an officer's personal desk address: whoever has it can act in the officer's name from that mailbox."""
    settings = usable(config)
    standing = look(config)
    from bot import facts
    from bot.tokens import Tokens
    from config.settings import secret

    known = standing.layers.officers.get(officer)
    base = next((unit for unit in standing.layers.units.values() if known and unit.id in known.units), None)
    t = standing.texts.t
    if known is None or base is None:
        die(t("Det finns ingen {officer}. Se vilka som finns: run_bot.py staff list.", officer=officer))
    tokens = Tokens(secret(settings.secrets.key, settings.secrets.key_file).encode())
    if settings.mail.reply_addresses == "subject":
        print(f"{base.address}  {tokens.desk_tag(facts.OfficerId(known.id))}")
        print(t("Skriv till adressen med det som står inom hakparentes i ämnesraden."))
    else:
        print(tokens.desk_address(base.address, facts.OfficerId(known.id)))
    print(t("Spara den i adressboken. Den är hemlig: lämna den inte vidare."))
