"""Coverage-guided fuzzing of reading mail: `make fuzz`. What it finds becomes a mail in tests/data/mail/odd.

Atheris is installed for the run only. The corpus of the tests is what it begins with.
"""

import sys
import time

import atheris

with atheris.instrument_imports(include=["bot"]):
    from bot.channels.mail_files import answer_files, files_with_content
    from bot.channels.mail_read import read_mail
    from bot.channels.mail_text import above_line, words_below
    from bot.guard import mask

SLOW = 2.0


def read(data: bytes) -> None:
    """Read a mail in every way; it must neither raise nor take long, and own words must be there if any text is."""
    began = time.monotonic()
    mail = read_mail(data, trusted_host="mx.kommun.example", envelope_sender=None, tenant=len(data) % 2 == 0)
    # What was caught inside is a fault too: reading must not need its net.
    assert mail.error in ("", "cut", "too_many_parts", "text_cut", "unparsed"), mail.error
    assert bool(mail.new_text.strip()) == bool(mail.text.strip())
    assert len(files_with_content(data)) == min(len(mail.files), 100)
    answer_files(data, lambda text: "==^==" in text)
    above_line(mail.text, "==^==", lambda line: "+d-" in line)
    words_below(mail.text, "==^==")
    mask(mail.text, lambda kind: f"[{kind}]")
    assert time.monotonic() - began < SLOW, "slow"


if __name__ == "__main__":
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()
