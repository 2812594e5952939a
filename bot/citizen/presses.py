"""What a person's press on a button asks for. Whose case it is, is looked up anew each time."""

from bot.chat_buttons import Press, Pressed, read_press
from bot.citizen import commands, erasing, kinds, languages, moving, pace, removing, splitting, status, surveys
from bot.citizen.visit import Visit

PRESSED, OLD, MUCH = "press", "old_button", "many"
"""Outcomes of presses."""


def take_press(visit: Visit) -> str:
    """Do what a press asks for, and return what came of it; pressed twice it is the same as once."""
    t, pressed = visit.texts.t, read_press(visit.event.data)
    if not pace.answers_press(visit):
        visit.toast(t("Det blev många tryck. Vänta några minuter."))
        return MUCH
    if pressed is not None and pressed.act is Press.SURVEY:
        surveys.press(visit, pressed)
        visit.toast("")
        return PRESSED
    done = pressed is not None and (_of_case(visit, pressed) or _of_chat(visit, pressed))
    if not done:
        visit.toast(t("Knappen gäller inte längre."))
        status.show_all(visit)
        return OLD
    visit.toast("")
    return PRESSED


def _of_case(visit: Visit, pressed: Pressed) -> bool:
    """Do what concerns one case; False: it is nothing of that."""
    match pressed.act:
        case Press.MY_KIND:
            kinds.press(visit, pressed.case, pressed.more)
        case Press.SKIP:
            kinds.skip(visit)
        case Press.STATUS if pressed.case is not None:
            status.show_one(visit, pressed.case)
        case Press.NEW_CASE:
            splitting.press(visit, pressed.case, pressed.more)
        case Press.BY_MAIL:
            moving.press_mail(visit, pressed.case)
        case Press.BY_CHAT:
            moving.press_chat(visit, pressed.case)
        case Press.REMOVE:
            removing.press(visit, pressed.more)
        case _:
            return False
    return True


def _of_chat(visit: Visit, pressed: Pressed) -> bool:
    """Do what concerns the chat as a whole; False: it is nothing of that."""
    match pressed.act:
        case Press.STATUS:
            status.show_all(visit)
        case Press.LANGUAGE:
            languages.press(visit, pressed.more)
        case Press.PERSON:
            commands.people(visit)
        case Press.PRIVACY:
            commands.privacy(visit)
        case Press.ERASE:
            erasing.ask_to_erase(visit)
        case Press.ERASE_YES:
            erasing.press_yes(visit)
        case Press.CANCEL:
            commands.cancel(visit)
        case _:
            return False
    return True
