"""Which of a mail's files are passed on to staff. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from bot.office import FileLimits
from bot.port import FileState, InboundFile


def within_limits(files: Sequence[InboundFile], limits: FileLimits) -> tuple[InboundFile, ...]:
    """Return the files of one mail, those beyond a limit marked as left out: too large, too many, or too much.

    Taken in their order, so that the first ones are passed on. One that is left out already stays so.
    """
    out: list[InboundFile] = []
    total = 0
    for place, file in enumerate(files):
        fits = place < limits.count and file.size <= limits.per_file and total + file.size <= limits.per_mail
        if file.state is FileState.PASSED and fits:
            total += file.size
        out.append(file if fits or file.state is not FileState.PASSED else replace(file, state=FileState.LEFT_OUT))
    return tuple(out)


def within_day(files: Sequence[InboundFile], used: int, limits: FileLimits) -> tuple[InboundFile, ...]:
    """Return the files of one mail whose sender has sent `used` bytes of files in the last 24 hours already."""
    out: list[InboundFile] = []
    for file in files:
        if file.state is FileState.PASSED:
            used += file.size
            out.append(replace(file, state=FileState.LEFT_OUT) if used > limits.per_day else file)
        else:
            out.append(file)
    return tuple(out)
