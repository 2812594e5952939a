"""Files written into plain text: taken out, the text around them kept; words that begin like one stay text."""

import binascii
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.mail_uu import split_uu


def uu(name: str, content: bytes, *, tick: bool = False, end: str = "\n") -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45], backtick=tick).rstrip(b"\n") for at in range(0, len(content), 45)]
    return end.join([f"begin 644 {name}", *(line.decode() for line in lines), "`", "end", ""]).encode()


@given(st.binary(min_size=1, max_size=200), st.booleans(), st.sampled_from(("\n", "\r\n")))
def test_files_come_back(content: bytes, tick: bool, end: str) -> None:
    text = f"Hej{end}".encode() + uu("plan.pdf", content, tick=tick, end=end) + b"slut"
    assert split_uu(text) == (f"Hej{end}slut".encode(), [(b"plan.pdf", content)])


def test_blanks_cut_at_the_end_of_lines_are_forgiven() -> None:
    written = b"\n".join(line.rstrip(b" ") for line in uu("a.bin", bytes(40) + b"x" * 50).split(b"\n"))
    rest, files = split_uu(written)
    assert (rest.strip(), [name for name, _ in files]) in ((b"", [b"a.bin"]), (written.strip(), []))


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 med oss\nVi ses klockan tio.\n",
        b"Att begin 644 a.txt\n#86)C\n`\nend\n",
        b"begin 644 a.txt\n",
        b"begin att skriva\n#86)C\n`\nend\n",
        b"slut\nend\n",
        b"",
    ],
)
def test_other_text_is_left_alone(text: bytes) -> None:
    assert split_uu(text) == (text, [])


def test_one_that_breaks_off_is_kept_as_far_as_it_goes() -> None:
    assert split_uu(b"Hej\nbegin 644 a.txt\n#86)C\nHej igen, detta var allt.\n") == (
        b"Hej\nHej igen, detta var allt.\n",
        [(b"a.txt", b"abc")],
    )


@pytest.mark.parametrize("piece", [b"begin 644 a\n", b"begin 644 a\n#86)C\n", b"begin 644 a\n#86)C\n`\nend\n"])
def test_hostile_text_ends_in_time(piece: bytes) -> None:
    begin = time.process_time()
    rest, files = split_uu(piece * (5_000_000 // len(piece)))
    assert len(rest) + sum(len(content) for _, content in files) <= 5_000_000
    assert time.process_time() - begin < 2


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    rest, files = split_uu(b"begin 644 a\n" + data)
    assert files or rest == b"begin 644 a\n" + data
