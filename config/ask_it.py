"""One page for whoever runs the municipality's mail: what to set up so that Kommunsvar can read and send."""

from config.settings import Mailbox, Settings
from config.texts import Texts

MICROSOFT_SMTP = "smtp.office365.com:587 (STARTTLS)"
MICROSOFT_IMAP = "outlook.office365.com:993 (TLS)"


def settings_to_ask_for(settings: Settings, texts: Texts) -> str:
    """Return the page, in the texts' language, for what is configured: Microsoft 365, Google or an own mail server.

    Commands and permissions as Microsoft documents them for IMAP and SMTP AUTH with client credentials (Exchange
    Online: "Authenticate an IMAP, POP or SMTP connection using OAuth").
    """
    t = texts.t
    parts = [t("Till den som sköter e-posten i {municipality}", municipality=settings.municipality.name)]
    parts.append(
        t("Kommunsvar tar emot och besvarar e-post till våra kontaktadresser. Vi behöver din hjälp med följande:")
    )
    if _uses(settings, "microsoft365"):
        parts += _microsoft(settings, texts)
    if _uses(settings, "google"):
        parts += _google(settings, texts)
    if settings.mail.listen.enabled:
        parts += _own_server(settings, texts)
    parts += _for_all(settings, texts)
    return "\n\n".join(parts) + "\n"


def _uses(settings: Settings, provider: str) -> bool:
    grants = [settings.mail.relay.oauth, *(box.oauth for box in settings.mail.mailboxes)]
    return any(grant is not None and grant.provider == provider for grant in grants)


def _boxes(settings: Settings, provider: str) -> list[Mailbox]:
    return [box for box in settings.mail.mailboxes if box.oauth is not None and box.oauth.provider == provider]


def _microsoft(settings: Settings, texts: Texts) -> list[str]:
    t = texts.t
    grants = [box.oauth for box in _boxes(settings, "microsoft365")]
    if settings.mail.relay.oauth is not None:
        grants.append(settings.mail.relay.oauth)
    application = next((grant.client_id for grant in grants if grant is not None), "")
    addresses = list(dict.fromkeys(box.username for box in _boxes(settings, "microsoft365")))
    sender = settings.mail.relay.username if settings.mail.relay.oauth is not None else ""
    boxes = list(dict.fromkeys([*addresses, *([sender] if sender else [])]))
    commands = ["Connect-ExchangeOnline", f"New-ServicePrincipal -AppId {application} -ObjectId <OBJECT-ID>"]
    commands += [
        f"Add-MailboxPermission -Identity {box} -User <SERVICE-PRINCIPAL-ID> -AccessRights FullAccess" for box in boxes
    ]
    commands += [f"Set-CASMailbox -Identity {box} -ImapEnabled $true" for box in addresses]
    if sender:
        commands.append(f"Set-CASMailbox -Identity {sender} -SmtpClientAuthenticationDisabled $false")
    if settings.mail.reply_addresses == "plus":
        commands.append("Set-OrganizationConfig -DisablePlusAddressInRecipients $false")
    return [
        "Microsoft 365",
        "\n".join(
            [
                "1. " + t("Registrera ett program i Entra ID. Ge oss programmets id och en klienthemlighet."),
                "2. " + t(
                    "Ge programmet behörigheterna IMAP.AccessAsApp och SMTP.SendAsApp (Office 365 Exchange Online, "
                    "programbehörighet) och godkänn dem för organisationen."
                ),
                "3. " + t(
                    "Kör i PowerShell. Objekt-ID:t står under Företagsprogram, "
                    "id:t för tjänsten får du av det första kommandot:"
                ),
                *(f"   {command}" for command in commands),
                "4. " + t("Öppna utgående trafik från vår server till {imap} och {smtp}.", imap=MICROSOFT_IMAP,
                          smtp=MICROSOFT_SMTP),
                "5. " + t("Säg till om SMTP AUTH är avstängt för hela organisationen (svar 5.7.139). Då behöver vi en "
                          "annan väg ut, till exempel en koppling för er egen e-postserver."),
            ]
        ),
    ]  # fmt: skip


def _google(settings: Settings, texts: Texts) -> list[str]:
    t = texts.t
    boxes = ", ".join(box.username for box in _boxes(settings, "google"))
    return [
        "Google Workspace",
        "\n".join(
            [
                "1. " + t("Slå på IMAP för {boxes}.", boxes=boxes or "-"),
                "2. " + t("Skapa en OAuth-klient med omfånget https://mail.google.com/ och godkänn den för kontot."),
                "3. " + t("Ge oss klientens id, hemlighet och förnyelsetoken (refresh token)."),
            ]
        ),
    ]


def _own_server(settings: Settings, texts: Texts) -> list[str]:
    t, listen = texts.t, settings.mail.listen
    addresses = ", ".join(unit.address for unit in settings.units)
    place = f"{listen.hostname}:{listen.port}"
    lines = [t("Skicka vidare all e-post till {addresses} till {place}.", addresses=addresses, place=place)]
    if settings.mail.reply_addresses == "plus":
        lines.append(t("Det gäller också adresser med plus, som {example}.", example=_plus(settings.units[0].address)))
    return [t("Er egen e-postserver"), "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))]


def _plus(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local}+c-…@{domain}"


def _for_all(settings: Settings, texts: Texts) -> list[str]:
    t = texts.t
    lines = [
        t("SPF och DKIM: vår avsändare ska godkännas för {domains}.",
          domains=", ".join(sorted({unit.address.rpartition("@")[2] for unit in settings.units}))),
        t("Stäng av autosvar på kontaktadresserna. Kommunsvar bekräftar varje mejl."),
        t("Stäng av regler som flyttar eller raderar mejl i brevlådorna."),
    ]  # fmt: skip
    if not settings.mail.trusted_host and not any(box.own_tenant for box in settings.mail.mailboxes):
        lines.append(t("Säg vilket namn er e-postserver skriver i rubriken Authentication-Results."))
    return [t("Gäller alltid"), "\n".join(f"- {line}" for line in lines)]
