"""A comparison in words: what differs, how sure a share is, and where we lie in the funnel. Pure."""

from datetime import timedelta
from typing import assert_never

from bot.clock import Rule
from config.texts import Texts
from measurement.measures import Unit
from measurement.network.comparable import Difference, Differs
from measurement.network.compare import Apart, Compared, Member
from measurement.network.compare_difference import Beside, Verdict
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


def decimal(value: float, texts: Texts, places: int = 1) -> str:
    """Return a number with so many decimals whatever they are, as ``19,0``: it stands beside others that have them."""
    written = f"{value:.{places}f}"
    return written if texts.language == "en" else written.replace(".", ",")


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
        "{points} procentenheter högre än vi ({low} till {high})", points=decimal(beside.difference * 100, texts),
        low=decimal(beside.interval.low * 100, texts), high=decimal(beside.interval.high * 100, texts),
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
    target = percent(texts, funnel.target)
    if wide > Place.WITHIN:
        return texts.t("Vi ligger högre än alla kommuner tillsammans ({target}), och mer än kommunerna i nätverket "
                       "brukar skilja sig åt.", target=target)  # fmt: skip
    if wide < Place.WITHIN:
        return texts.t("Vi ligger lägre än alla kommuner tillsammans ({target}), och mer än kommunerna i nätverket "
                       "brukar skilja sig åt.", target=target)  # fmt: skip
    if plain is not Place.WITHIN:
        return texts.t("Vi skiljer oss från alla kommuner tillsammans ({target}) mer än slumpen ger, men inte mer än "
                       "kommunerna i nätverket brukar göra.", target=target)  # fmt: skip
    near = texts.t("Vi ligger så nära alla kommuner tillsammans ({target}) att skillnaden kan vara slump.",
                   target=target)  # fmt: skip
    if not compared.with_verdict(Verdict.BETTER):
        return near
    return " ".join((near, texts.t("En enskild kommun kan ändå ligga tydligt högre än vi.")))


def apart_in_words(apart: Apart, texts: Texts) -> str:
    """Return what differs between a municipality and us, as one line."""
    return texts.t("{name}: {differences}.", name=apart.name,
                   differences="; ".join(difference_in_words(one, texts) for one in apart.differences))  # fmt: skip


def left_out_in_words(compared: Compared, texts: Texts) -> tuple[str, ...]:
    """Return who is left out and why, a line each; those without any figures together in the last one."""
    silent = [one.name for one in compared.left_out if one.differences[0].differs is Differs.MISSING]
    lines = [apart_in_words(one, texts) for one in compared.left_out if one.name not in silent]
    if silent:
        lines.append(texts.t("{names}: har inga siffror för det här.", names=", ".join(silent)))
    return tuple(lines)


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
        case Differs.ANSWERS:
            return texts.t("har index av {theirs} svar, och under {least} går det inte att jämföra", theirs=theirs,
                           least=ours)  # fmt: skip
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
