"""What is wrong with the mailboxes, tokens, forms and the scanner of a configuration."""

import ipaddress
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bot.mailbox import plain_folder
from bot.office import plain_address
from config.check_mail import is_address, is_host_name, is_loopback
from config.settings import Mailbox, OAuth, ScannerSettings, Settings, secret
from config.texts import Texts


def mailbox_faults(settings: Settings, texts: Texts) -> Iterator[str]:
    """Give every fault of mailboxes, tokens, web forms and the scanner, each a sentence."""
    t, mail = texts.t, settings.mail
    if not mail.listen.enabled and not mail.mailboxes:
        yield t("Inga mejl kommer in: mail.listen.enabled är false och det finns ingen mail.mailboxes.")
    for one, count in Counter(box.id for box in mail.mailboxes).items():
        if count > 1:
            yield t("{id} står två gånger i {section}.", id=one, section="[[mail.mailboxes]]")
    for box in mail.mailboxes:
        yield from _mailbox(box, settings, texts)
    yield from _relay_tokens(settings, texts)
    yield from _forms(settings, texts)
    for domain in mail.own_domains:
        if not is_host_name(domain):
            yield t("mail.own_domains ska vara domäner, som kommun.example.")
    yield from _scanner(mail.scanner, texts)


def _scanner(scanner: ScannerSettings, texts: Texts) -> Iterator[str]:
    if scanner.socket is not None and scanner.host:
        yield texts.t("mail.scanner ska ha antingen socket eller host, inte båda.")
    if scanner.host:
        yield from _host("mail.scanner.host", scanner.host, texts)


def _host(name: str, host: str, texts: Texts) -> Iterator[str]:
    if not is_host_name(host) and not _is_ip_address(host):
        yield texts.t("{name} ska vara ett datornamn utan å, ä och ö, som mejl.kommun.example.", name=name)


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _mailbox(box: Mailbox, settings: Settings, texts: Texts) -> Iterator[str]:
    t, name = texts.t, f"mail.mailboxes.{box.id}"
    if plain_address(box.address) not in {plain_address(unit.address) for unit in settings.units}:
        yield t("{name}: address ska vara en enhets adress, annars vet vi inte vem mejlen är till.", name=name)
    yield from _host(f"{name}.host", box.host, texts)
    if box.tls == "none" and not is_loopback(box.host):
        yield t("{name}: tls är none, men servern finns på en annan dator. Då går lösenordet oskyddat.", name=name)
    if (box.after == "move") != bool(box.move_to):
        yield t("{name}: move_to behövs när after är move, och bara då.", name=name)
    yield from _folders(box, name, texts)
    yield from _way_in(box, name, texts)
    if box.ca_file is not None and not os.path.lexists(box.ca_file):
        yield t("Filen {file} finns inte.", file=box.ca_file)
    elif box.ca_file is not None and not _reads(box.ca_file):
        yield t("Filen för {name} går inte att läsa.", name=f"{name}.ca_file")


def _folders(box: Mailbox, name: str, texts: Texts) -> Iterator[str]:
    """Give the folders that have two tasks: read as sent, a citizen's mail would open no case."""
    t = texts.t
    sent, folder = plain_folder(box.sent_folder or ""), plain_folder(box.folder)
    if sent == folder:
        yield t("{name}: sent_folder får inte vara samma mapp som folder.", name=name)
    if box.after == "move" and box.move_to and plain_folder(box.move_to) in (folder, sent):
        yield t("{name}: move_to får inte vara en mapp som läses.", name=name)


def _way_in(box: Mailbox, name: str, texts: Texts) -> Iterator[str]:
    t = texts.t
    has_password = bool(box.password.get_secret_value() or box.password_file)
    if has_password == (box.oauth is not None):
        yield t("{name}: ange antingen lösenord (password_file) eller oauth.", name=name)
    elif box.oauth is not None:
        yield from _oauth(f"{name}.oauth", box.oauth, texts)
    elif box.password_file is not None and not _reads(box.password_file):
        yield t("Filen för {name} går inte att läsa.", name=f"{name}.password")


def _relay_tokens(settings: Settings, texts: Texts) -> Iterator[str]:
    t, relay = texts.t, settings.mail.relay
    given = bool(relay.access_token.get_secret_value() or relay.access_token_file)
    if relay.auth == "xoauth2" and given == (relay.oauth is not None):
        yield t("mail.relay: ange antingen access_token_file eller oauth när auth är xoauth2.")
    if relay.auth != "xoauth2" and relay.oauth is not None:
        yield t("mail.relay.oauth används bara när mail.relay.auth är xoauth2.")
    if relay.oauth is not None:
        yield from _oauth("mail.relay.oauth", relay.oauth, texts)


def _oauth(name: str, oauth: OAuth, texts: Texts) -> Iterator[str]:
    t = texts.t
    has_secret = bool(oauth.client_secret.get_secret_value() or oauth.client_secret_file)
    if oauth.provider == "microsoft365" and not oauth.tenant:
        yield t("{name}: tenant saknas. Ange er domän hos Microsoft.", name=name)
    if oauth.provider == "microsoft365" and not has_secret and oauth.refresh_token_file is None:
        yield t("{name}: client_secret_file eller refresh_token_file saknas.", name=name)
    if oauth.provider == "google" and oauth.refresh_token_file is None:
        yield t("{name}: refresh_token_file saknas.", name=name)
    for key, file in (("client_secret", oauth.client_secret_file), ("refresh_token", oauth.refresh_token_file)):
        if file is not None and not _reads(file):
            yield t("Filen för {name} går inte att läsa.", name=f"{name}.{key}")


def _reads(file: Path) -> bool:
    """Tell whether a secret can be read from a file and is not empty."""
    try:
        return bool(file.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return False


def _forms(settings: Settings, texts: Texts) -> Iterator[str]:
    t = texts.t
    ours = {plain_address(unit.address) for unit in settings.units}
    for form in settings.mail.web_forms:
        if not is_address(form.sender):
            yield t("mail.web_forms: sender ska vara en enda adress: namn@domän.")
        elif plain_address(form.sender) in ours:
            yield t("mail.web_forms: sender får inte vara en enhets adress.")


def access_secret(oauth: OAuth) -> str:
    """Return the application's secret, empty if it has none.

    Raises:
        OSError: its file cannot be read.
    """
    return secret(oauth.client_secret, oauth.client_secret_file)
