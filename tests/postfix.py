"""The real Postfix of Debian on loopback, of the tests' own: takes mail, hands ours over by LMTP, files the rest."""

import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = Path("/usr/sbin/postfix")
WHY_NOT = "no Postfix that may be started on this machine (Debian: postfix; as root)"

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}/log
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.kommun.example
mydestination =
local_transport = error:no local mail
alias_maps =
alias_database =
mynetworks = 127.0.0.0/8
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_dns_support_level = disabled
smtp_host_lookup = native
virtual_mailbox_domains = kommun.example, example.org
virtual_mailbox_base = {mail}
virtual_mailbox_maps = inline:{{
  {{kontakt@kommun.example = kontakt/}} {{anna@kommun.example = anna/}} {{bo@kommun.example = bo/}}
  {{elsa@example.org = elsa/}} }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
transport_maps = inline:{{ {{kontakt@kommun.example = lmtp:inet:127.0.0.1:{lmtp_port}}} }}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
"""

_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """A running server."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def send(self, mail: bytes, to: str, sender: str) -> None:
        """Hand a mail over as another mail server would."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
            client.sendmail(sender, [to], mail)

    def flush(self) -> None:
        """Have everything that waits tried again now."""
        subprocess.run(
            ["/usr/sbin/postqueue", "-c", str(self.folder), "-f"], check=True, capture_output=True, timeout=20
        )

    def waiting(self) -> int:
        """Return how many mails lie in the queue."""
        listed = subprocess.run(
            ["/usr/sbin/postqueue", "-c", str(self.folder), "-j"], check=True, capture_output=True, timeout=20
        )
        return len(listed.stdout.splitlines())


def may_run() -> bool:
    """Tell whether there is a Postfix and we may start it: its parts change users."""
    return PROGRAM.exists() and os.geteuid() == 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def server(mail: Path, lmtp_port: int) -> Iterator[Postfix]:
    """Give a server that files mail below this folder (as nobody) and hands the contact address's over by LMTP."""
    folder = Path(tempfile.mkdtemp(prefix="kommunsvar-postfix-"))
    try:
        folder.chmod(0o755)
        nobody, port = pwd.getpwnam("nobody"), _free_port()
        for name in ("queue", "data", "log"):
            (folder / name).mkdir()
        shutil.chown(folder / "data", "postfix")
        (folder / "main.cf").write_text(
            _MAIN.format(folder=folder, mail=mail, uid=nobody.pw_uid, gid=nobody.pw_gid, lmtp_port=lmtp_port)
        )
        (folder / "master.cf").write_text(_MASTER.format(port=port))
        subprocess.run([PROGRAM, "-c", folder, "start"], check=True, capture_output=True, timeout=30)
        try:
            _await_listening(port, folder / "log" / "mail.log")
            yield Postfix(folder, port)
        finally:
            subprocess.run([PROGRAM, "-c", folder, "stop"], check=False, capture_output=True, timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await_listening(port: int, log: Path) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)  # between two tries, within ten seconds: it tells nobody when it listens
    raise RuntimeError("Postfix did not come up:\n" + (log.read_text() if log.exists() else ""))
