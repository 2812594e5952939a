"""What leads through the world: stories to watch step by step, and the tasks of an officer's first day."""

from sandbox.page.guide import Guide, StoryNow
from sandbox.page.look import Look, act_button, hidden_field
from sandbox.page.nodes import Element, Node, el


def guide(look: Look, now: Guide) -> Element:
    """Return what is being played; else what can be."""
    t = look.texts.t
    if now.story is not None:
        inside = _story(look, now.story)
    elif now.tasks:
        inside = _practice(look, now)
    else:
        inside = _offers(look, now)
    return el(
        "section", el("h2", t("Börja här"), id="guide-title", class_="unseen"), *inside,
        id="guide", aria_labelledby="guide-title", tabindex="-1",
    )  # fmt: skip


def _offers(look: Look, now: Guide) -> list[Node]:
    t = look.texts.t
    stories = [
        el("li", look.form(hidden_field("act", "story"), act_button(title, key, name="story"), el("p", told)), key=key)
        for key, title, told in now.stories
    ]
    told = t(
        "Se en berättelse steg för steg, öva själv, eller skriv vad du vill. "
        "Allt är påhittat och stannar på den här datorn."
    )
    practice = el(
        "li",
        look.form(
            act_button(t("Min första dag"), "practice"),
            el("p", t("Öva som ny handläggare: åtta små uppgifter. Sidan märker själv när du har gjort dem.")),
        ),
        key="practice",
    )
    return [
        el("p", told),
        el("ul", *stories, practice, class_="offers"),
    ]


def _story(look: Look, story: StoryNow) -> list[Node]:
    t = look.texts.t
    position = t("Steg {number} av {count}", number=len(story.lines), count=story.count)
    told = el(
        "div",
        el(
            "p",
            story.lines[-1] if story.lines else t("Tryck på Nästa för att börja."),
            class_="line",
            key=f"{len(story.lines)}",
        ),
        el("p", story.trouble, class_="trouble") if story.trouble else None,
        el("p", t("Alla väntar på nästa händelse …"), class_="hint") if story.busy else None,
        el("p", t("Slut. Titta gärna runt, eller välj något nytt."), class_="hint") if story.over else None,
        role="log",
        aria_label=t("Berättelsen"),
        key="story-log",
    )
    next_words = t("Nästa") if story.lines else t("Börja")
    buttons = [] if story.over else [
        act_button(next_words, "story_next", class_="main"), act_button(t("Spela resten"), "story_rest"),
    ]  # fmt: skip
    return [
        el("h3", story.title, el("span", " ", position, class_="hint")),
        el("progress", value=str(len(story.lines)), max=str(story.count), aria_label=position),
        told,
        look.form(el("div", *buttons, act_button(t("Sluta"), "story_stop"), class_="row"), key="story-form"),
    ]


def _practice(look: Look, now: Guide) -> list[Node]:
    t, at = look.texts.t, now.task
    tasks: list[Node] = []
    for number, task in enumerate(now.tasks):
        state = t("Klar") if task.done else t("Nu") if number == at else t("Sedan")
        title = f"{number + 1}. {task.title}"
        inside: list[Node] = [el("p", title, el("span", " – ", state, class_="state"), class_="task-title")]
        if number == at:
            inside += [el("p", task.what), el("p", task.why, class_="hint")]
            inside.append(el("p", task.about, role="status", class_="about", key=f"about-{number}"))
            if task.hint:
                inside.append(el("p", el("strong", t("Tips:")), " ", task.hint))
        tasks.append(
            el(
                "li", *inside, class_="done" if task.done else None, key=f"task-{number}",
                aria_current="step" if number == at else None,
            )
        )  # fmt: skip
    over = at == len(now.tasks)
    done = sum(task.done for task in now.tasks)
    said = t("{done} av {count} klara. Du är {name}.", done=done, count=len(now.tasks), name=now.newcomer)
    if over:
        said = t("Alla åtta är klara. Bra jobbat! Nu kan du det mesta av en vanlig dag.")
    return [
        el("h3", t("Min första dag")),
        el("p", said, role="status", key="practice-status"),
        el("ol", *tasks, class_="tasks"),
        look.form(
            el(
                "div",
                None if over else act_button(t("Ge mig ett tips"), "practice_hint"),
                None if over else act_button(t("Hoppa över uppgiften"), "practice_skip"),
                act_button(t("Sluta öva"), "practice_stop"),
                class_="row",
            ),
            key="practice-form",
        ),
    ]
