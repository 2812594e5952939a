"""A real clamd of Debian's with a signature of our own, for tests; nobody's virus is needed."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
HARMFUL = b"kommunsvar-skadlig-test"
"""What the signature finds."""


@contextmanager
def running_clamd(folder: Path) -> Iterator[Path]:
    """Start clamd on a socket in the folder and give the socket once it answers; ends it afterwards."""
    assert CLAMD is not None
    database, control = folder / "db", folder / "clamd.ctl"
    database.mkdir(exist_ok=True)
    (database / "own.ndb").write_text(f"Kommunsvar.Test:0:*:{HARMFUL.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {database}\nLocalSocket {control}\nForeground yes\nStreamMaxLength 1M\n"
    )
    process = subprocess.Popen(
        [CLAMD, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(control, process)
        yield control
    finally:
        process.terminate()
        process.wait(20)
        control.unlink(missing_ok=True)


def _wait_for(control: Path, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("clamd has ended")
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(control))
                line.sendall(b"zPING\0")
                if line.recv(10).startswith(b"PONG"):
                    return
            except OSError:
                time.sleep(0.1)  # between two tries, at most 300: it tells nobody when it listens
    raise RuntimeError("clamd does not answer")
