"""Every fact in words, as it stands in the journal of a case. Pure."""

from datetime import date
from typing import assert_never

from bot.desk.case_words import actor_name
from bot.desk.commands import REASON_NAMES
from bot.desk.words import KIND_NAMES, RESULT_NAMES
from bot.facts import CaseMark, Channel, ExcludeReason, Fact, FactKind, Kind, OfficerId, Result, UnitId
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
    "door": mark("{whom} varnades genast: orden i meddelandet kan behöva en annan väg."),
}

_MARKS = {
    CaseMark.SECRET: (mark("{who} sekretessmärkte ärendet."), mark("{who} tog bort sekretessmärkningen.")),
    CaseMark.DIARY: (
        mark("{who} antecknade att ärendet ska diarieföras."),
        mark("{who} antecknade att ärendet inte ska diarieföras."),
    ),
    CaseMark.LANGUAGE: (mark("{who} antecknade språket: {value}."), mark("{who} tog bort uppgiften om språk.")),
    CaseMark.INTERPRETER: (mark("{who} antecknade att tolk behövs: {value}."), mark("{who} tog bort uppgiften om tolk.")),
}


def fact_words(office: Office, fact: Fact) -> str:  # noqa: C901 -- one line for each thing that can happen
    """Return what happened and who did it, in a sentence or two without the time."""
    t, who = office.texts.t, actor_name(office, fact.actor)
    said = {key: str(value) for key, value in fact.data.items()}
    match fact.kind:
        case FactKind.RECEIVED:
            return _received(office, fact)
        case FactKind.ASSIGNED:
            return _assigned(office, fact)
        case FactKind.TRANSFERRED:
            return _transferred(office, fact)
        case FactKind.KIND_CHANGED:
            return t("{who} ändrade slaget till {kind}.", who=who, kind=t(KIND_NAMES[Kind(said["kind"])]))
        case FactKind.TOPIC_SET:
            name = next((one.name for one in office.topics if one.id == said["topic"]), said["topic"])
            return t("{who} angav ämnet: {topic}.", who=who, topic=name)
        case FactKind.HELD:
            return t("{who} skrev ett delbesked: svar senast {day}.", who=who, day=_day(office, said))
        case FactKind.DELAYED:
            return t("Kommunsvar meddelade att svaret dröjer: senast {day}.", day=_day(office, said))
        case FactKind.ANSWERED:
            return _answered(office, fact)
        case FactKind.DELIVERY_FAILED:
            return _failed(office, said)
        case FactKind.REMINDED:
            return t(_REMINDED[said["of"]], whom=_whom(office, said))
        case FactKind.OUTCOME:
            return t("{who} antecknade utfallet: {result}.", who=who, result=t(RESULT_NAMES[Result(said["result"])]))
        case FactKind.MARKED:
            value = said.get("value", "")
            return t(_MARKS[CaseMark(said["mark"])][0 if value else 1], who=who, value=value)
        case FactKind.EXCLUDED:
            return t("{who} lämnade frågan utan svar. Den räknas inte. Skäl: {reason}.",
                     who=who, reason=t(REASON_NAMES[ExcludeReason(said["reason"])]))  # fmt: skip
        case FactKind.CORRECTED:
            return _corrected(office, fact)
        case FactKind.MERGED:
            return _merged(office, fact)
        case FactKind.PHONE:
            return _contact(office, fact)
        # fmt: off
        case (
            FactKind.ACKNOWLEDGED | FactKind.NOTED | FactKind.ANSWERED_ELSEWHERE | FactKind.CLOSED | FactKind.REOPENED
            | FactKind.INVITED | FactKind.RESPONDED | FactKind.MOVED | FactKind.OPENED | FactKind.UNMASKED
            | FactKind.ERASED | FactKind.TEST
        ):
            return t(_PLAIN[fact.kind], who=who)
        # fmt: on
        case _:
            assert_never(fact.kind)
