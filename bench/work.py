"""Where benches work: a folder on the disk of the checkout, a probe of that disk, and child processes that end."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_PROBE_SECONDS = 0.4
_PROBE_BYTES = 4096


@contextmanager
def workspace() -> Iterator[Path]:
    """Give an empty folder below ``var/`` (the disk the product's data would lie on) and remove it after."""
    above = ROOT / "var"
    above.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=above) as folder:
        yield Path(folder)


def probe_disk(folder: Path) -> float:
    """Return how many times a second 4 kB can be made durable (fdatasync) in a file that exists already."""
    path = folder / "probe"
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        os.write(handle, bytes(64 * _PROBE_BYTES))
        os.fsync(handle)
        block, count, start = os.urandom(_PROBE_BYTES), 0, time.perf_counter()
        while (took := time.perf_counter() - start) < _PROBE_SECONDS:
            os.pwrite(handle, block, count % 64 * _PROBE_BYTES)
            os.fdatasync(handle)
            count += 1
        return count / took
    finally:
        os.close(handle)
        path.unlink()


class Child:
    """A process of the bench's own that answers each line on its input with one line of JSON, and ends with us."""

    def __init__(self, command: Sequence[str], log: Path, *, seconds: float = 120.0) -> None:
        """Start it; whatever it writes to stderr goes to `log`. No answer may take longer than `seconds`."""
        self._seconds = seconds
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, env=clean_environment()
            )

    @classmethod
    def of_module(cls, module: str, *arguments: str, log: Path, seconds: float = 120.0) -> "Child":
        """Start a module of ours as such a process."""
        return cls([sys.executable, "-m", module, *arguments], log, seconds=seconds)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, **question: object) -> dict[str, Any]:
        """Send a line and return the answer.

        Raises:
            RuntimeError: it ended, or did not answer in time; the end of its log is in the text.
        """
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """Return the next line it says, as `ask`."""
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            line = self._process.stdout.readline() if waiting.select(self._seconds) else b""
        if not line:
            tail = self._log.read_text(errors="replace")[-2_000:]
            raise RuntimeError(f"a process of the bench ended or said nothing:\n{tail}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End it: by the end of its input, else by force."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=15)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def clean_environment() -> dict[str, str]:
    """Return our environment without what would lead a process of ours to somebody's real data, or slow its start."""
    unwanted = ("KOMMUNSVAR_", "PG", "DJANGO_", "DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


def cpu_seconds(pid: int) -> float:
    """Return the processor seconds a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int, key: str = "VmRSS") -> float:
    """Return a process' memory in MB (10⁶ bytes): resident now, or with ``VmHWM`` at its highest."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"no {key} for a process of the bench")
