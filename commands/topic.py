"""The commands about topics: what a case can be about."""

from typing import Annotated

import typer

from commands.administration import By, DryRun, TableFile, import_table, look, make_change, print_columns
from commands.shell import DEFAULT_CONFIG, Config

topic = typer.Typer(no_args_is_help=True, help="Topics: what a case can be about.")

TopicId = Annotated[str, typer.Argument(metavar="ID", help="The topic's id, as bygglov: at most 20 of a–z, 0–9, _.")]
Name = Annotated[str, typer.Argument(help="The topic as staff choose it.")]


@topic.command("list")
def topic_list(config: Config = DEFAULT_CONFIG) -> None:
    """List the topics."""
    print_columns([(one.id, one.name) for one in look(config).layers.topics.values()])


@topic.command("add")
def topic_add(topic_id: TopicId, name: Name, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Add a topic."""
    from config.change_texts import add_topic

    done = make_change(config, by, lambda standing: add_topic(standing, topic_id, name))
    print(done.before.texts.t("Ämnet {name} är tillagt.", name=done.changes[0].data["name"]))


@topic.command("change")
def topic_change(topic_id: TopicId, name: Name, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Give a topic another name."""
    from config.change_texts import change_topic

    done = make_change(config, by, lambda standing: change_topic(standing, topic_id, name))
    print(done.before.texts.t("Ämnet heter nu {name}.", name=done.changes[0].data["name"]))


@topic.command("end")
def topic_end(topic_id: TopicId, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Take a topic away; cases that have it keep it."""
    from config.change_texts import end_topic

    done = make_change(config, by, lambda standing: end_topic(standing, topic_id))
    print(done.before.texts.t("Ämnet {name} är borttaget.", name=done.changes[0].data["name"]))


@topic.command("import")
def topic_import(file: TableFile, dry_run: DryRun = False, config: Config = DEFAULT_CONFIG, by: By = "") -> None:
    """Add and rename topics by a table: namn; also id. None is taken away."""
    from config.import_rows import TOPICS

    import_table(config, by, file, TOPICS, dry_run=dry_run)
