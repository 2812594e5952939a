"""Every fact in words, as it stands in the journal of a case. Pure."""

from datetime import date
from typing import assert_never

from bot.desk.case_words import actor_name, language_name
from bot.desk.commands import REASON_NAMES
from bot.desk.words import KIND_NAMES, RESULT_NAMES
from bot.facts import CaseMark, Channel, ExcludeReason, Fact, FactKind, Kind, OfficerId, Result, UnitId, officer_actor
from bot.office import Office
from bot.store.rows import MailKind
from config.texts import mark

MAIL_NAMES = {
    MailKind.ACKNOWLEDGEMENT: mark("mottagningsbekräftelsen"),
    MailKind.ANSWER: mark("svaret"),
    MailKind.HOLDING: mark("delbeskedet"),
    MailKind.OUTCOME: mark("beskedet om utfallet"),
    MailKind.DELAY: mark("meddelandet om att det dröjer"),
    MailKind.NOTICE: mark("aviseringen till personalen"),
    MailKind.RECEIPT: mark("kvittot till personalen"),
    MailKind.REPLY: mark("svaret på ett kommando"),
    MailKind.POST: mark("ett meddelande i chatten"),
    MailKind.CODE: mark("koden"),
    MailKind.SURVEY: mark("enkäten"),
    MailKind.REPORT: mark("rapporten"),
    MailKind.FORM: mark("formuläret till bedömningen"),
}
"""What a mail is, in the definite form, as it stands within a sentence."""

_PLAIN = {
    FactKind.ACKNOWLEDGED: mark("Mottagningsbekräftelsen skickades."),
    FactKind.NOTED: mark("{who} skrev en anteckning. Den stannar hos oss."),
    FactKind.ANSWERED_ELSEWHERE: mark("{who} svarade på annat sätt än härifrån."),
    FactKind.CLOSED: mark("{who} avslutade ärendet."),
    FactKind.REOPENED: mark("{who} öppnade ärendet igen."),
    FactKind.INVITED: mark("Den som frågar fick en enkät."),
    FactKind.RESPONDED: mark("Den som frågar svarade på enkäten."),
    FactKind.MOVED: mark("Ärendet fortsätter i en annan kanal."),
    FactKind.OPENED: mark("{who} läste ärendet."),
    FactKind.UNMASKED: mark("{who} såg personnummer, med ett skäl:"),
    FactKind.ERASED: mark("Uppgifter i ärendet gallrades."),
    FactKind.TEST: mark("Det här är en testkontakt."),
}

_CHANNELS = {
    Channel.MAIL: mark("Ett meddelande kom med e-post."),
    Channel.TELEGRAM: mark("Ett meddelande kom i Telegram."),
    Channel.PHONE: mark("En fråga kom per telefon eller vid ett besök."),
}

_REMINDED = {
    "owner": mark("{whom} påmindes: svarstiden är snart slut."),
    "unit": mark("{whom} påmindes: svarstiden är snart slut."),
    "promise_owner": mark("{whom} påmindes: dagen som är lovad är snart slut."),
    "promise_unit": mark("{whom} påmindes: dagen som är lovad är snart slut."),
    "promise_broken": mark("{whom} påmindes: dagen som är lovad hålls inte."),
    "door": mark("Den som har jour varnades genast: orden i meddelandet kan behöva en annan väg."),
    "nobody": mark("Ingen i {whom} kunde påminnas. Den som sköter Kommunsvar fick veta det."),
}

_MARKS = {
    CaseMark.SECRET: (mark("{who} sekretessmärkte ärendet."), mark("{who} tog bort sekretessmärkningen.")),
    CaseMark.DIARY: (
        mark("{who} antecknade att ärendet ska diarieföras."),
        mark("{who} antecknade att ärendet inte ska diarieföras."),
    ),
    CaseMark.LANGUAGE: (mark("{who} antecknade språket: {value}."), mark("{who} tog bort uppgiften om språk.")),
    CaseMark.INTERPRETER: (
        mark("{who} antecknade att tolk behövs: {value}."),
        mark("{who} tog bort uppgiften om tolk."),
    ),
}


def fact_words(office: Office, fact: Fact) -> str:  # noqa: C901 -- one line for each thing that can happen
    """Return what happened and who did it, in a sentence or two without the time."""
    match fact.kind:
        case FactKind.RECEIVED:
            return _received(office, fact)
        case FactKind.ASSIGNED | FactKind.TRANSFERRED:
            return _handed(office, fact)
        case FactKind.KIND_CHANGED | FactKind.TOPIC_SET | FactKind.OUTCOME | FactKind.MARKED:
            return _set(office, fact)
        case FactKind.HELD | FactKind.DELAYED:
            return _promised(office, fact)
        case FactKind.ANSWERED:
            return _answered(office, fact)
        case FactKind.DELIVERY_FAILED:
            return _failed(office, fact)
        case FactKind.REMINDED:
            return _reminded(office, fact)
        case FactKind.EXCLUDED:
            return _left_out(office, fact)
        case FactKind.CORRECTED:
            return _corrected(office, fact)
        case FactKind.MERGED:
            return _merged(office, fact)
        case FactKind.PHONE:
            return _contact(office, fact)
        case (
            FactKind.ACKNOWLEDGED | FactKind.NOTED | FactKind.ANSWERED_ELSEWHERE | FactKind.CLOSED | FactKind.REOPENED
            | FactKind.INVITED | FactKind.RESPONDED | FactKind.MOVED | FactKind.OPENED | FactKind.UNMASKED
            | FactKind.ERASED | FactKind.TEST
        ):  # fmt: skip
            return office.texts.t(_PLAIN[fact.kind], who=actor_name(office, fact.actor))
        case _:
            assert_never(fact.kind)


def _received(office: Office, fact: Fact) -> str:
    t = office.texts.t
    if "merged" in fact.data:
        return t("Frågan i {number} väntar nu på svar här.", number=fact.data["merged"])
    if fact.data.get("auto") is True:
        if "early" in fact.data:
            return t("Det här skrev den som frågar först. Ändringen av det kom före. Det öppnar ingenting.")
        if "edit" in fact.data:
            return t("Den som frågar ändrade ett tidigare meddelande. Det öppnar ingenting.")
        return t("Ett automatiskt svar kom från den som frågar. Det öppnar ingenting.")
    if "split" in fact.data:
        return t("Den som frågar skilde det här från {number}. Tiden räknas från när det kom.",
                 number=fact.data["split"])  # fmt: skip
    return " ".join([t(_CHANNELS[Channel(str(fact.data["channel"]))]), *_about_arrival(office, fact)])


def _about_arrival(office: Office, fact: Fact) -> list[str]:
    """Return what more is known of how a message came, a sentence each."""
    t, said = office.texts.t, list[str]()
    if fact.data.get("via") == "forwarded":
        said.append(t("En kollega skickade det vidare. Tiden räknas från när kollegan fick det."))
    elif fact.data.get("via") == "web_form":
        said.append(t("Det kom genom ett webbformulär."))
    if fact.data.get("authentic") == "fail":
        said.append(t("Avsändaradressen kan vara förfalskad."))
    if "promised" in fact.data:
        day = office.texts.day(date.fromisoformat(str(fact.data["promised"])))
        said.append(t("Lovat svar: senast {day}.", day=day))
    return said


def _handed(office: Office, fact: Fact) -> str:
    """Say whose case it becomes, or that an answer was written."""
    t, who = office.texts.t, actor_name(office, fact.actor)
    owner = OfficerId(str(fact.data.get("officer", "")))
    if fact.kind is FactKind.TRANSFERRED:
        unit = office.unit(UnitId(str(fact.data["unit"]))).name
        if owner:
            return t("{who} lämnade ärendet till {officer}, {unit}.", who=who, officer=office.name_of(owner), unit=unit)
        return t("{who} lämnade ärendet till {unit}.", who=who, unit=unit)
    if "message" in fact.data:
        return t("{who} skrev ett svar.", who=who)
    if not owner:
        return t("{who} släppte ärendet.", who=who)
    if fact.actor == officer_actor(owner):
        return t("{who} tog ärendet.", who=who)
    return t("{who} gav ärendet till {officer}.", who=who, officer=office.name_of(owner))


def _set(office: Office, fact: Fact) -> str:
    """Say what was entered about the case."""
    t, who = office.texts.t, actor_name(office, fact.actor)
    said = {key: str(value) for key, value in fact.data.items()}
    if fact.kind is FactKind.KIND_CHANGED:
        return t("{who} ändrade slaget till {kind}.", who=who, kind=t(KIND_NAMES[Kind(said["kind"])]))
    if fact.kind is FactKind.TOPIC_SET:
        name = next((one.name for one in office.topics if one.id == said["topic"]), said["topic"])
        return t("{who} angav ämnet: {topic}.", who=who, topic=name)
    if fact.kind is FactKind.OUTCOME:
        return t("{who} antecknade utfallet: {result}.", who=who, result=t(RESULT_NAMES[Result(said["result"])]))
    value = language_name(office.texts, said.get("value", ""))
    return t(_MARKS[CaseMark(said["mark"])][0 if value else 1], who=who, value=value)


def _promised(office: Office, fact: Fact) -> str:
    t, day = office.texts.t, office.texts.day(date.fromisoformat(str(fact.data["until"])))
    if fact.kind is FactKind.HELD:
        return t("{who} skrev ett delbesked: svar senast {day}.", who=actor_name(office, fact.actor), day=day)
    return t("Ett meddelande till den som frågar skrevs: svaret dröjer, senast {day}.", day=day)


def _answered(office: Office, fact: Fact) -> str:
    t, who = office.texts.t, actor_name(office, fact.actor)
    if fact.data.get("merged", fact.case) != fact.case:
        return t("Svaret i {number} gäller också här.", number=fact.data["merged"])
    if fact.data.get("spoken") is True:
        if "seconds" in fact.data:
            return t("{who} svarade per telefon, på {seconds} sekunder.", who=who, seconds=fact.data["seconds"])
        return t("{who} svarade per telefon.", who=who)
    if fact.data.get("unsure") is True:
        return t("Svaret från {who} skickades, men det är inte säkert att det kom fram.", who=who)
    return t("Svaret från {who} skickades.", who=who)


def _failed(office: Office, fact: Fact) -> str:
    t, of = office.texts.t, str(fact.data.get("of", ""))
    what = t(MAIL_NAMES[MailKind(of)]) if of in set(MailKind) else t("ett mejl")
    said = t("Kom inte fram: {what} ({status}).", what=what, status=fact.data.get("status") or "–")
    return " ".join((said, t("Frågan väntar på svar igen."))) if of == MailKind.ANSWER else said


def _reminded(office: Office, fact: Fact) -> str:
    officer, unit = str(fact.data.get("officer", "")), str(fact.data.get("unit", ""))
    whom = office.name_of(OfficerId(officer)) if officer else office.unit(UnitId(unit)).name
    return office.texts.t(_REMINDED[str(fact.data["of"])], whom=whom)


def _left_out(office: Office, fact: Fact) -> str:
    t, reason = office.texts.t, ExcludeReason(str(fact.data["reason"]))
    if reason is ExcludeReason.MERGED:
        return t("Frågan räknas inte för sig: ärendet är hopslaget med ett annat.")
    return t("{who} lämnade frågan utan svar. Den räknas inte. Skäl: {reason}.",
             who=actor_name(office, fact.actor), reason=t(REASON_NAMES[reason]))  # fmt: skip


def _corrected(office: Office, fact: Fact) -> str:
    """Say that something earlier is corrected; which one stands with that one in the journal."""
    t, who = office.texts.t, actor_name(office, fact.actor)
    if fact.data.get("drop") is True:
        return t("{who} ångrade nummer {seq}.", who=who, seq=fact.data["seq"])
    return t("Tiden för nummer {seq} rättades av {who}.", who=who, seq=fact.data["seq"])


def _merged(office: Office, fact: Fact) -> str:
    t, who = office.texts.t, actor_name(office, fact.actor)
    if "into" in fact.data:
        said = t("{who} slog ihop ärendet med {number}, som gäller för båda.", who=who, number=fact.data["into"])
    else:
        said = t("{who} slog ihop {number} med det här ärendet.", who=who, number=fact.data["from"])
    if fact.data.get("same_person") is True:
        said += " " + t("Det är samma person från två adresser, enligt handläggaren.")
    return said


def _contact(office: Office, fact: Fact) -> str:
    t, who = office.texts.t, actor_name(office, fact.actor)
    visit, direct = fact.data.get("way") == "visit", fact.data.get("direct") is True
    if visit:
        return t("{who} tog emot ett besök och svarade direkt.", who=who) if direct else t(
            "{who} tog emot ett besök som inte kunde besvaras direkt.", who=who)  # fmt: skip
    return t("{who} tog ett samtal och svarade direkt.", who=who) if direct else t(
        "{who} tog ett samtal som inte kunde besvaras direkt.", who=who)  # fmt: skip
