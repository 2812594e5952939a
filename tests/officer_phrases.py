"""What mail programs write around a reply, in the officers' three languages. Monday 16 November 2026, 09.12."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """A language's sentences; `{who}` and `{address}` are the sender of the mail that is answered."""

    reply: str
    keys: tuple[str, str, str, str]
    notes_keys: tuple[str, str, str, str]
    sent: str
    gmail: str
    apple: str
    thunderbird: str
    evolution: str
    roundcube: str
    notes: str
    original: str
    samsung_original: str
    iphone: str
    ios: str
    android: str
    galaxy: str
    away: str
    read: str
    accepted: str


PHRASES = {
    "sv": Phrases(
        reply="SV",
        keys=("Från", "Skickat", "Till", "Ämne"),
        notes_keys=("Från", "Till", "Datum", "Ärende"),
        sent="den 16 november 2026 09:12",
        gmail="Den mån 16 nov. 2026 kl 09:12 skrev {who} <{address}>:",
        apple="16 nov. 2026 kl. 09:12 skrev {who} <{address}>:",
        thunderbird="Den 2026-11-16 kl. 09:12, skrev {who}:",
        evolution="mån 2026-11-16 klockan 08:12 +0000 skrev {who}:",
        roundcube="{who} skrev den 2026-11-16 09:12:",
        notes="-----{who} <{address}> skrev: -----",
        original="-----Ursprungligt meddelande-----",
        samsung_original="-------- Originalmeddelande --------",
        iphone="Skickat från min iPhone",
        ios="Hämta Outlook för iOS",
        android="Hämta Outlook för Android",
        galaxy="Skickat från min Galaxy",
        away="Autosvar",
        read="Läst",
        accepted="Accepterat",
    ),
    "fi": Phrases(
        reply="VS",
        keys=("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
        notes_keys=("Lähettäjä", "Vastaanottaja", "Päiväys", "Aihe"),
        sent="maanantai 16. marraskuuta 2026 9.12",
        gmail="ma 16. marrask. 2026 klo 9.12 {who} <{address}> kirjoitti:",
        apple="{who} <{address}> kirjoitti 16.11.2026 kello 9.12:",
        thunderbird="{who} kirjoitti 16.11.2026 klo 9.12:",
        evolution="ma, 2026-11-16 kello 08:12 +0000, {who} kirjoitti:",
        roundcube="{who} kirjoitti 2026-11-16 09:12:",
        notes="-----{who} <{address}> kirjoitti: -----",
        original="-----Alkuperäinen viesti-----",
        samsung_original="-------- Alkuperäinen viesti --------",
        iphone="Lähetetty iPhonesta",
        ios="Hanki Outlook for iOS",
        android="Hanki Outlook Androidille",
        galaxy="Lähetetty Galaxy-laitteestani",
        away="Automaattinen vastaus",
        read="Luettu",
        accepted="Hyväksytty",
    ),
    "en": Phrases(
        reply="Re",
        keys=("From", "Sent", "To", "Subject"),
        notes_keys=("From", "To", "Date", "Subject"),
        sent="Monday, November 16, 2026 9:12 AM",
        gmail="On Mon, Nov 16, 2026 at 9:12 AM {who} <{address}> wrote:",
        apple="On 16 Nov 2026, at 09:12, {who} <{address}> wrote:",
        thunderbird="On 16/11/2026 09:12, {who} wrote:",
        evolution="On Mon, 2026-11-16 at 08:12 +0000, {who} wrote:",
        roundcube="On 2026-11-16 09:12, {who} wrote:",
        notes="-----{who} <{address}> wrote: -----",
        original="-----Original Message-----",
        samsung_original="-------- Original message --------",
        iphone="Sent from my iPhone",
        ios="Get Outlook for iOS",
        android="Get Outlook for Android",
        galaxy="Sent from my Galaxy",
        away="Automatic reply",
        read="Read",
        accepted="Accepted",
    ),
}
