"""A day at the desk by plain mail: citizens and officers who write, and what they get."""

from dataclasses import replace
from datetime import timedelta

from bot.facts import CaseNumber, FactKind, OfficerId, UnitId
from bot.office import Office, Officer, Role, Topic
from bot.port import Outbound
from bot.reminding import Reminding
from tests.example import CONTACT, make_mail, make_office
from tests.town import Town

TOPICS = (Topic(id="bygglov", name="Bygglov"), Topic(id="forskola", name="Förskola"))  # type: ignore[arg-type]


def staffed() -> Office:
    office = make_office()
    kc = frozenset({UnitId("kc")})
    lead = Officer(id=OfficerId("lea"), name="Lea Exempel", email="lea@kommun.example", units=kc, role=Role.LEAD)
    return replace(
        office, officers=(*office.officers, lead), topics=TOPICS, regret=timedelta(seconds=60),
        units=(replace(office.units[0], rota={0: (OfficerId("anna"), OfficerId("bo"))}), office.units[1]),
    )  # fmt: skip


class Day:
    """The town, and what people in it do by mail."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.reminding = Reminding(town.database, lambda: town.office, town.clock.now)
        self._number = 0

    async def asks(self, who: str, subject: str, text: str, to: str = CONTACT) -> CaseNumber:
        """Have a citizen write, and return the number of the case it is in."""
        self._number += 1
        raw = make_mail(
            text, sender=f"{who}@example.org", to=to, subject=subject, message_id=f"c{self._number}@example.org"
        )
        before = {fact.seq for fact in await self.town.facts()}
        await self.town.receive(raw, to=to, sender=f"{who}@example.org")
        return next(
            one.case for one in await self.town.facts() if one.seq not in before and one.kind is FactKind.RECEIVED
        )

    async def officer(self, who: str, text: str, to: str = "", **headers: str) -> list[Outbound]:
        """Have an officer write to a notice's address, else to the own desk; return what the officer got for it."""
        self._number += 1
        address = to or self.town.office.tokens.desk_address(CONTACT, OfficerId(who))
        mail = make_mail(
            text, sender=f"{who}@kommun.example", to=address, message_id=f"o{self._number}@kommun.example", **headers
        )
        before = len(self.town.relay.accepted)
        await self.town.receive(mail, to=address, sender=f"{who}@kommun.example")
        return [one for one in self.town.relay.accepted[before:] if one.to_addr == f"{who}@kommun.example"]

    async def pass_by(self, **time: float) -> None:
        self.town.clock.instant += timedelta(**time)
        await self.reminding.round()
        await self.town.deliver()

    def got(self, who: str) -> list[str]:
        return [mail.text for mail in self.town.relay.to(f"{who}@example.org")]

    def notice(self, who: str, case: CaseNumber) -> Outbound:
        return next(mail for mail in reversed(self.town.relay.to(f"{who}@kommun.example")) if case in mail.subject)
