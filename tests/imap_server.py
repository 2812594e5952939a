"""A small IMAP server on loopback that misbehaves as told: what no real server can be made to do on command."""

import base64
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

CHALLENGE = base64.b64encode(b'{"status":"400","schemes":"Bearer"}')

_FULL = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE MOVE UIDPLUS"


class ImapServer:
    """One folder, INBOX, and how it behaves.

    Attributes:
        mails: bytes by UID. moved: UIDs that were moved away. flags: set flags by UID.
        capabilities: as told, before logging in and after it. taken_at: every mail's INTERNALDATE.
        unlisted: UIDs that are found by SEARCH but never given. refuse_login: the answer to logging in, if not OK.
        heard: every line that clients sent. logins: SASL responses, decoded, with their mechanism.
        trouble: asked with each command's words before it is obeyed: ``NO``, ``BYE`` (say it and hang up), ``LINGER``
            (say it and stay), ``HANG`` (answer nothing), ``DRIP`` (talk about other things for ever), ``CLOSE`` (hang
            up without a word), or None.
    """

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.moved: list[int] = []
        self.flags: dict[int, set[str]] = {}
        self.uidvalidity = 7
        self.uid_next: int | None = None
        self.capabilities = _FULL
        self.greeting = "* OK ready"
        self.refuse_login = ""
        self.unlisted: set[int] = set()
        self.taken_at = "20-Nov-2026 09:12:00 +0100"
        self.heard: list[str] = []
        self.logins: list[tuple[str, bytes]] = []
        self.trouble: Callable[[str], str | None] = lambda _: None
        self.port = 0
        self._news = threading.Condition()
        self._open: set[socket.socket] = set()

    def add(self, *mails: bytes) -> None:
        """Let mails arrive, as a client that idles is told."""
        with self._news:
            for mail in mails:
                self.mails[max(self.mails, default=0) + 1] = mail
            self._news.notify_all()

    def hang_up(self) -> None:
        """End every connection."""
        for sock in tuple(self._open):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        with self._news:
            self._news.notify_all()

    @contextmanager
    def running(self) -> Iterator["ImapServer"]:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self) -> None:
                outer._open.add(self.request)
                try:
                    with suppress(OSError, _HangUp):
                        _Session(outer, self.rfile, self.wfile).serve()
                finally:
                    outer._open.discard(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = False

        with Server(("127.0.0.1", 0), Handler) as server:
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
                self.hang_up()


class _HangUp(Exception):
    pass


class _Session:
    def __init__(self, server: ImapServer, rfile: object, wfile: object) -> None:
        self.server, self.rfile, self.wfile = server, rfile, wfile

    def say(self, line: str | bytes) -> None:
        self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")  # type: ignore[attr-defined]

    def hear(self) -> str:
        line = self.rfile.readline()  # type: ignore[attr-defined]
        if not line:
            raise _HangUp
        text = str(line.decode().rstrip("\r\n"))
        self.server.heard.append(text)
        return text

    def serve(self) -> None:
        self.say(self.server.greeting)
        while True:
            tag, _, words = self.hear().partition(" ")
            trouble = self.server.trouble(words)
            if trouble is not None:
                self.misbehave(trouble, tag)
                continue
            name = words.removeprefix("UID ").split(" ")[0].lower()
            self.say(f"{tag} {getattr(self, name)(words) or 'OK done'}")
            if name == "logout":
                return

    def misbehave(self, trouble: str, tag: str) -> None:
        if trouble == "NO":
            self.say(f"{tag} NO Elsa Exempel's mail is broken")
        elif trouble == "HANG":
            self.hear()
        elif trouble == "DRIP":
            while True:
                self.say("* OK one moment")
                time.sleep(0.02)  # the dripping that is tested, in a thread of its own
        else:
            if trouble in {"BYE", "LINGER"}:
                self.say("* BYE Elsa Exempel, go away")
            if trouble == "LINGER":
                self.hear()
            raise _HangUp

    def capability(self, _: str) -> None:
        self.say(f"* CAPABILITY {self.server.capabilities}")

    def noop(self, _: str) -> None:
        pass

    def logout(self, _: str) -> None:
        self.say("* BYE so long")

    def authenticate(self, words: str) -> str | None:
        mechanism = words.split()[1]
        self.say("+ ")
        self.server.logins.append((mechanism, base64.b64decode(self.hear())))
        if self.server.refuse_login and mechanism == "XOAUTH2":
            self.say(b"+ " + CHALLENGE)
            self.server.logins.append((mechanism, self.hear().encode()))
        return self.server.refuse_login

    def login(self, words: str) -> str | None:
        self.server.logins.append(("LOGIN", words.encode()))
        return self.server.refuse_login

    def select(self, words: str) -> str:
        server = self.server
        self.say(f"* {len(server.mails)} EXISTS")
        self.say("* 0 RECENT")
        self.say(f"* OK [UIDVALIDITY {server.uidvalidity}] x")
        self.say(f"* OK [UIDNEXT {server.uid_next or max(server.mails, default=0) + 1}] x")
        return "OK [READ-ONLY] done" if words.startswith("EXAMINE") else "OK [READ-WRITE] done"

    examine = select

    def search(self, words: str) -> None:
        uids = sorted(self.server.mails)
        numbers = re.search(r"SEARCH (\d+):(\d+)", words)
        if numbers:
            uids = uids[int(numbers[1]) - 1 : int(numbers[2])]
        wanted = re.search(r"UID (\d+)(?::(\*|\d+))?", words.removeprefix("UID "))
        assert wanted is not None
        low, high = int(wanted[1]), wanted[2] or wanted[1]
        found = [uid for uid in uids if uid >= low and (high == "*" or uid <= int(high))]
        if high == "*" and uids and not found:
            found = [uids[-1]]  # as RFC 3501 §6.4.8 says of n:* where n is above
        self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())

    def fetch(self, words: str) -> None:
        uids = _numbers(words.split()[2])
        part = re.search(r"<0\.(\d+)>", words)
        for number, (uid, mail) in enumerate(sorted(self.server.mails.items()), start=1):
            if uid not in uids or uid in self.server.unlisted:
                continue
            if "RFC822.SIZE" in words:
                date = f' INTERNALDATE "{self.server.taken_at}"' if "INTERNALDATE" in words else ""
                self.say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)}{date})")
            else:
                body = mail[: int(part[1])] if part else mail
                name = "BODY[]<0>" if part else "BODY[]"
                self.say(f"* {number} FETCH (UID {uid} {name} {{{len(body)}}}".encode() + b"\r\n" + body + b")")

    def store(self, words: str) -> None:
        for uid in _numbers(words.split()[2]):
            self.server.flags.setdefault(uid, set()).update(re.findall(r"\\\w+", words))

    def move(self, words: str) -> None:
        for uid in _numbers(words.split()[2]):
            self.server.mails.pop(uid, None)
            self.server.moved.append(uid)

    def copy(self, words: str) -> None:
        self.server.moved.extend(_numbers(words.split()[2]))

    def expunge(self, words: str) -> None:
        for uid in _numbers(words.split()[2]):
            self.server.mails.pop(uid, None)

    def list(self, _: str) -> None:
        self.say('* LIST () "/" INBOX')

    def idle(self, _: str) -> str:
        before = len(self.server.mails)
        self.say("+ idling")
        stop = threading.Event()
        teller = threading.Thread(target=self._tell, args=(before, stop))
        teller.start()
        try:
            while self.hear().upper() != "DONE":
                pass
        finally:
            stop.set()
            with self.server._news:
                self.server._news.notify_all()
            teller.join()
        return "OK idled"

    def _tell(self, before: int, stop: threading.Event) -> None:
        with self.server._news:
            while not stop.is_set():
                if len(self.server.mails) > before:
                    before = len(self.server.mails)
                    with suppress(OSError):
                        self.say(f"* {before} EXISTS")
                self.server._news.wait(5)


def _numbers(uids: str) -> set[int]:
    found: set[int] = set()
    for part in uids.split(","):
        low, _, high = part.partition(":")
        found.update(range(int(low), int(high or low) + 1))
    return found
