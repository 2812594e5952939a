"""A comparison in words: what differs, how sure a share is, and where we lie in the funnel. Pure."""

from datetime import timedelta
from typing import assert_never

from bot.clock import Rule
from config.texts import Texts
from measurement.measures import Unit
from measurement.network.comparable import Difference, Differs
from measurement.network.compare import Apart, Compared, Member
from measurement.network.compare_difference import Beside
from measurement.statistics.funnel import Place
from measurement.words import length, percent, rule_name


def value_in_words(unit: Unit, value: float, texts: Texts) -> str:
    """Return a value as it stands in a table."""
    match unit:
        case Unit.SHARE | Unit.POINTS:
            return percent(texts, value)
        case Unit.SECONDS:
            return length(texts, timedelta(seconds=round(value)), days=False)
        case Unit.INDEX | Unit.COUNT:
            return texts.number(value)
        case _:
            assert_never(unit)


def basis_in_words(member: Member, texts: Texts) -> str:
    """Return what a figure rests on, as ``1 234 av 1 533``."""
    if member.part is None:
        return texts.number(member.n)
    return texts.t("{part} av {whole}", part=texts.number(member.part), whole=texts.number(member.n))


def spread_in_words(member: Member, texts: Texts) -> str:
    """Return between what a share could have come out, as ``78,1 % till 83,0 %``; a dash where nobody knows."""
    if member.level is None:
        return "–"
    spread = member.level.spread
    return texts.t("{low} till {high}", low=percent(texts, spread.low), high=percent(texts, spread.high))


def beside_in_words(beside: Beside, texts: Texts) -> str:
    """Return how much better another is, as ``12,1 procentenheter högre än vi (8,0 till 15,9)``."""
    return texts.t(
        "{points} procentenheter högre än vi ({low} till {high})", points=texts.number(beside.difference * 100),
        low=texts.number(beside.interval.low * 100), high=texts.number(beside.interval.high * 100),
    )  # fmt: skip


def place_in_words(compared: Compared, texts: Texts) -> str:
    """Return where we lie among the others, in one or two sentences; why it cannot be told where there is no funnel."""
    funnel = compared.funnel
    if funnel is None:
        if compared.measure.unit is not Unit.SHARE:
            return texts.t("För det här måttet går det inte att säga hur mycket slumpen betyder. Läs det försiktigt.")
        return texts.t("Kommunerna är för få för att säga hur mycket de brukar skilja sig åt. Minst fem behövs.")
    at = next(place for place, one in enumerate(compared.members) if one.is_ours)
    plain, wide = funnel.plain[at], funnel.adjusted[at]
    if wide > Place.WITHIN:
        return texts.t("Vi ligger högre än vad kommunerna i nätverket brukar skilja sig åt.")
    if wide < Place.WITHIN:
        return texts.t("Vi ligger lägre än vad kommunerna i nätverket brukar skilja sig åt.")
    if plain is not Place.WITHIN:
        return texts.t(
            "Vi skiljer oss från snittet mer än slumpen ger, men inte mer än kommunerna i nätverket brukar göra."
        )
    return texts.t("Vi skiljer oss inte från de andra mer än slumpen ger.")


def apart_in_words(apart: Apart, texts: Texts) -> str:
    """Return what differs between a municipality and us, as one line."""
    return texts.t("{name}: {differences}.", name=apart.name,
                   differences="; ".join(difference_in_words(one, texts) for one in apart.differences))  # fmt: skip


def difference_in_words(difference: Difference, texts: Texts) -> str:
    """Return one difference, to stand after a name and a colon."""
    if difference.differs in (Differs.DAY_LENGTH, Differs.OPEN_TIME, Differs.HOURS_CHANGED):
        return _hours_in_words(difference, texts)
    ours, theirs = difference.ours, difference.theirs
    match difference.differs:
        case Differs.MISSING:
            return texts.t("har inga siffror för det här")
        case Differs.WEEKS:
            return texts.t("har siffror för {theirs} av {ours} veckor", theirs=theirs, ours=ours)
        case Differs.CHANNELS:
            return texts.t("får {theirs} av kontakterna som e-post, vi {ours}", theirs=percent(texts, float(theirs)),
                           ours=percent(texts, float(ours)))  # fmt: skip
        case _:
            return _counting_in_words(difference.differs, ours, theirs, texts)


def _counting_in_words(differs: Differs, ours: str, theirs: str, texts: Texts) -> str:
    if differs is Differs.PHONE_SECONDS:
        return texts.t("räknar svar inom {theirs} sekunder som direkt, vi inom {ours}", theirs=theirs, ours=ours)
    if differs is Differs.RULE:
        return texts.t("följer själv upp svar {theirs}, men här är alla räknade på samma sätt",
                       theirs=rule_name(texts, Rule(theirs)))  # fmt: skip
    if ours == theirs:
        return texts.t("räknar det på ett annat sätt än vi, fast versionen är densamma ({ours})", ours=ours)
    return texts.t("räknar det på ett annat sätt (version {theirs}, vi har version {ours})", theirs=theirs, ours=ours)


def _hours_in_words(difference: Difference, texts: Texts) -> str:
    ours, theirs = int(difference.ours), int(difference.theirs)
    match difference.differs:
        case Differs.DAY_LENGTH:
            return texts.t(
                "räknar {theirs} öppen tid som en arbetsdag, vi {ours}",
                theirs=length(texts, timedelta(minutes=theirs), days=False),
                ours=length(texts, timedelta(minutes=ours), days=False),
            )
        case Differs.OPEN_TIME:
            return texts.t("hade öppet {theirs} timmar under perioden, vi {ours}", theirs=texts.number(theirs / 60),
                           ours=texts.number(ours / 60))  # fmt: skip
        case _:
            return texts.n("ändrade öppettiderna {count} gång", "ändrade öppettiderna {count} gånger", theirs)
