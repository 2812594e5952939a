"""The real Dovecot of Debian on loopback, of the tests' own: its folder, its ports, any user, one password."""

import base64
import grp
import hashlib
import hmac
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imapclient import IMAPClient

from tests.certificates import Certificates, make_certificates

PROGRAM = Path("/usr/sbin/dovecot")
PASSWORD = "hemligt-åäö"
WHY_NOT = "no Dovecot on this machine (Debian: dovecot-core, dovecot-imapd)"
_TOKEN_KEY = b"a key that only the tests sign tokens with"

_CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = kommunsvar-tests
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
listen = 127.0.0.1, 127.0.0.2
ssl = yes
ssl_cert = <{certificates.cert_file}
ssl_key = <{certificates.key_file}
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
mail_max_userip_connections = 100
first_valid_uid = 1
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  args = password={password}
  mechanisms = plain login
}}
userdb {{
  driver = static
  args = uid={mail} gid={mail_group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Skickat {{
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  service_count = 0
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  # Else one test's wrong password makes the next one's login slow.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """A running server: `port` in the clear (with STARTTLS), `tls_port` over TLS."""

    def __init__(self, folder: Path, certificates: Certificates, port: int, tls_port: int) -> None:
        self.folder, self.certificates = folder, certificates
        self.port, self.tls_port = port, tls_port

    @property
    def config(self) -> Path:
        return self.folder / "dovecot.conf"

    @contextmanager
    def client(self, user: str) -> Iterator[IMAPClient]:
        """A mail program of somebody else at the same mailbox."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=5)
        client.plain_login(user, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def kick(self, user: str) -> None:
        """Throw the user's sessions out."""
        subprocess.run(
            ["doveadm", "-c", str(self.config), "kick", user], check=True, capture_output=True, timeout=10
        )  # fmt: skip

    def token(self, user: str, *, seconds: float = 60, key: bytes = _TOKEN_KEY) -> str:
        """Return an access token (JWT, RFC 7519) that the server takes, or would with the right key."""
        header = {"alg": "HS256", "typ": "JWT"}
        claims = {"sub": user, "email": user, "iat": int(time.time()) - 1, "exp": int(time.time() + seconds)}
        signed = b".".join(_base64url(json.dumps(part).encode()) for part in (header, claims))
        return (signed + b"." + _base64url(hmac.digest(key, signed, hashlib.sha256))).decode()


def _base64url(octets: bytes) -> bytes:
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


def _write_files(folder: Path, certificates: Certificates, port: int, tls_port: int) -> None:
    root = os.geteuid() == 0
    me, my_group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    mail = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
    config = _CONFIG.format(
        folder=folder, password=PASSWORD, certificates=certificates, port=port, tls_port=tls_port,
        internal="dovecot" if root else me, internal_group="dovecot" if root else my_group,
        login="dovenull" if root else me, mail=mail.pw_uid, mail_group=mail.pw_gid,
    )  # fmt: skip
    (folder / "dovecot.conf").write_text(config)
    key = folder / "keys" / "default" / "HS256" / "default"
    key.parent.mkdir(parents=True)
    key.write_bytes(base64.b64encode(_TOKEN_KEY))
    (folder / "oauth2.conf").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/keys/\n"
        "username_attribute = email\n"
    )
    (folder / "mail").mkdir()
    os.chown(folder / "mail", mail.pw_uid, mail.pw_gid)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


def _await_listening(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)  # between two tries, within ten seconds: it tells nobody when it listens
    said = log.read_text() if log.exists() else ""
    raise RuntimeError(f"Dovecot did not come up:\n{said}")


@contextmanager
def server() -> Iterator[Dovecot | None]:
    """Give a fresh server and end it afterwards; None where its program is not installed."""
    if not PROGRAM.exists():
        yield None
        return
    # Not in pytest's folder: the mail process runs as another user and could not get into it.
    folder = Path(tempfile.mkdtemp(prefix="kommunsvar-dovecot-"))
    try:
        folder.chmod(0o755)
        certificates = make_certificates(folder)
        port, tls_port = _free_ports()
        _write_files(folder, certificates, port, tls_port)
        process = subprocess.Popen(
            [PROGRAM, "-F", "-c", folder / "dovecot.conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _await_listening(port, process, folder / "log")
            yield Dovecot(folder, certificates, port, tls_port)
        finally:
            process.terminate()
            process.wait(timeout=10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
