"""Officers' mail programs: each makes of a notice, as it came over the wire, the reply it would send."""

import textwrap
from dataclasses import replace
from html import escape

from tests.officer_mail import Client, Draft, Notice, Words


def quoted(text: str, sign: str = "> ") -> str:
    """Return the text with each line quoted."""
    return "\n".join((sign + line).rstrip() for line in text.split("\n"))


def _plain(words: Words) -> str:
    return "\n\n".join(words.said)


def _divs(words: Words, attributes: str = "") -> str:
    gap = f"<div{attributes}><br></div>"
    return gap.join(f"<div{attributes}>{_lines(said)}</div>" for said in words.said)


def _lines(said: str) -> str:
    return "<br>".join(escape(said).split("\n"))


def _who(pattern: str, notice: Notice) -> str:
    return pattern.format(who=notice.who, address=notice.address)


def _head(notice: Notice, words: Words, *, page: bool) -> list[str]:
    """Return Outlook's four lines about the mail that is answered."""
    sender = f"{notice.who} <{notice.address}>"
    values = (sender, words.phrases.sent, f"Anna Exempel <{notice.to}>", notice.subject)
    pairs = zip(words.phrases.keys, values, strict=True)
    if page:
        return [f"<b>{key}:</b> {escape(value)}" for key, value in pairs]
    return [f"{key}: {value}" for key, value in pairs]


def outlook_windows(notice: Notice, words: Words) -> Draft:
    """Outlook for Windows: Word's HTML, the header below a drawn line, and Exchange's text version."""
    paragraphs = "<p class=MsoNormal><o:p>&nbsp;</o:p></p>".join(
        f"<p class=MsoNormal>{_lines(said)}<o:p></o:p></p>" for said in words.said
    )
    head = "<br>".join(_head(notice, words, page=True))
    page = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">'
        '<head><meta name=Generator content="Microsoft Word 15 (filtered medium)"><!--[if !mso]><style>v\\:* '
        "{behavior:url(#default#VML);}</style><![endif]--><style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt;} "
        '--></style><!--[if gte mso 9]><xml><o:shapedefaults v:ext="edit" spidmax="1026" /></xml><![endif]--></head>'
        f'<body lang=SV link="#0563C1" style="word-wrap:break-word"><div class=WordSection1>{paragraphs}'
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div style='border:none;border-top:solid #E1E1E1 1.0pt;"
        f"padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal>{head}<o:p></o:p></p></div></div>"
        f"<p class=MsoNormal><o:p>&nbsp;</o:p></p><div>{notice.page}</div></div></body></html>"
    )
    text = "\n".join([_plain(words), "", *_head(notice, words, page=False), "", notice.text])
    return Draft(text=text, page=page, headers={"Thread-Index": "AdrExampleA==", "X-MS-Has-Attach": ""})


def outlook_in_red(notice: Notice, words: Words) -> Draft:
    """Outlook for Windows where the answers stand in colour within the quoted notice, which no sign tells apart."""
    last = f'<p class=MsoNormal><span style="color:red">{_lines(words.said[-1])}</span></p>'
    draft = outlook_windows(notice, replace(words, said=words.said[:-1]))
    place = draft.page.rindex("</div></div></body>")
    return replace(draft, text=f"{draft.text}\n{words.said[-1]}", page=draft.page[:place] + last + draft.page[place:])


def _outlook_text(notice: Notice, words: Words, rule: str) -> str:
    return "\n".join([_plain(words), "", rule, *_head(notice, words, page=False), "", notice.text])


def outlook_web(notice: Notice, words: Words) -> Draft:
    """Outlook on the web and the new Outlook: the history stands beside its header, within nothing."""
    head = "<br>".join(_head(notice, words, page=True))
    own = _divs(words, ' class="elementToProof" style="font-family: Aptos, sans-serif; font-size: 12pt;"')
    page = (
        f'<html><head></head><body dir="ltr">{own}<div id="appendonsend"></div><hr style="display:inline-block;'
        'width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" color="#000000" '
        f'style="font-size:11pt">{head}</font><div>&nbsp;</div></div><div>{notice.page}</div></body></html>'
    )
    return Draft(text=_outlook_text(notice, words, "_" * 32), page=page)


def _outlook_phone(notice: Notice, words: Words, get: str, link: str) -> Draft:
    head = "<br>".join(_head(notice, words, page=True))
    own = _divs(words, ' dir="auto"')
    page = (
        f'<html><head></head><body>{own}<div id="ms-outlook-mobile-signature" dir="auto"><div><br></div><a '
        f'href="{link}">{get}</a></div><div id="mail-editor-reference-message-container" dir="ltr"><hr '
        f'style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{head}<div>&nbsp;'
        f"</div></div>{notice.page}</div></body></html>"
    )
    said = replace(words, said=[*words.said, f"{get}<{link}>"])
    return Draft(text=_outlook_text(notice, said, "_" * 32), page=page)


def outlook_ios(notice: Notice, words: Words) -> Draft:
    """Outlook for iPhone, with its line about itself."""
    return _outlook_phone(notice, words, words.phrases.ios, "https://aka.example.org/o0ukef")


def outlook_android(notice: Notice, words: Words) -> Draft:
    """Outlook for Android, with its line about itself."""
    return _outlook_phone(notice, words, words.phrases.android, "https://aka.example.org/AAb9ysg")


def exchange_text(notice: Notice, words: Words) -> Draft:
    """Outlook that writes plain text only."""
    return Draft(text=_outlook_text(notice, words, words.phrases.original))


def outlook_quoting(notice: Notice, words: Words) -> Draft:
    """Outlook in plain text that puts a sign before each line of the original."""
    old = "\n".join([words.phrases.original, *_head(notice, words, page=False), "", notice.text])
    return Draft(text=f"{_plain(words)}\n\n{quoted(old)}")


def _gmail_text(notice: Notice, words: Words) -> str:
    """Return Gmail's text version: own lines are wrapped, and the attribution at its address."""
    above = _who(words.phrases.gmail, notice)
    above = above.replace(f"<{notice.address}", f"<\n{notice.address}") if len(above) > 78 else above
    own = "\n\n".join("\n".join(textwrap.fill(line, 78) for line in said.split("\n")) for said in words.said)
    return f"{own}\n\n{above}\n\n{quoted(notice.text)}\n"


def gmail_web(notice: Notice, words: Words) -> Draft:
    """Gmail in a browser."""
    above = escape(_who(words.phrases.gmail, notice)).replace(
        notice.address, f'<a href="mailto:{notice.address}">{notice.address}</a>'
    )
    page = (
        f'<div dir="ltr">{_divs(words)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">{above}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
        f'border-left:1px solid rgb(204,204,204);padding-left:1ex">{notice.page}</blockquote></div>'
    )
    return Draft(text=_gmail_text(notice, words), page=page)


def gmail_android(notice: Notice, words: Words) -> Draft:
    """Gmail's app, where paragraphs are directions."""
    draft = gmail_web(notice, words)
    own = f'<div dir="auto">{_divs(words, chr(32) + "dir=" + chr(34) + "auto" + chr(34))}</div><br>'
    return Draft(text=draft.text, page=own + draft.page[draft.page.index('<div class="gmail_quote') :])


def apple_iphone(notice: Notice, words: Words) -> Draft:
    """Mail on an iPhone: the attribution stands within a quotation of its own."""
    above = _who(words.phrases.apple, notice)
    page = (
        f'<html><head></head><body dir="auto">{_divs(words)}<div><br></div><div id="AppleMailSignature" dir="ltr">'
        f'{words.phrases.iphone}</div><div dir="ltr"><br><blockquote type="cite">{escape(above)}<br><br></blockquote>'
        f'</div><blockquote type="cite"><div dir="ltr">\ufeff{notice.page}</div></blockquote></body></html>'
    )
    own = f"{_plain(words)}\n\n{words.phrases.iphone}\n\n"
    return Draft(text=own + quoted(f"{above}\n\n\ufeff{notice.text}"), page=page)


def apple_iphone_plain(notice: Notice, words: Words) -> Draft:
    """Mail on an iPhone that answers a plain mail in kind."""
    return Draft(text=apple_iphone(notice, words).text, headers={"X-Mailer": "iPhone Mail (23A5)"})


def apple_mac(notice: Notice, words: Words) -> Draft:
    """Mail on a Mac."""
    above = _who(words.phrases.apple, notice)
    page = (
        f'<html><head></head><body style="overflow-wrap: break-word;">{_divs(words)}<div><br><blockquote type="cite">'
        f'<div>{escape(above)}</div><br class="Apple-interchange-newline"><div>{notice.page}</div></blockquote></div>'
        "<br></body></html>"
    )
    return Draft(text=f"{_plain(words)}\n\n{quoted(f'{above}{chr(10)}{chr(10)}{notice.text}')}\n\n", page=page)


def thunderbird(notice: Notice, words: Words) -> Draft:
    """Thunderbird that writes above the quotation."""
    above = _who(words.phrases.thunderbird, notice)
    own = "".join(f"<p>{_lines(said)}</p>" for said in words.said)
    page = (
        f'<!DOCTYPE html><html><head></head><body>{own}<div class="moz-cite-prefix">{escape(above)}<br></div>'
        f'<blockquote type="cite" cite="mid:{escape(notice.message_id.strip("<>"))}">{notice.page}</blockquote>'
        "<br></body></html>"
    )
    return Draft(text=f"{_plain(words)}\n\n{above}\n{quoted(notice.text)}\n", page=page)


def thunderbird_flowed(notice: Notice, words: Words) -> Draft:
    """Thunderbird in plain text, which flows (RFC 3676)."""
    above = _who(words.phrases.thunderbird, notice)
    said = ["\n".join(_flow(line) for line in one.split("\n")) for one in words.said]
    old = "\n".join(_flow(line, "> ") for line in notice.text.split("\n"))
    return Draft(text="\n\n".join(said) + f"\n\n{above}\n{old}\n", flowed=True)


def _flow(line: str, sign: str = "") -> str:
    parts = textwrap.wrap(line, 66) or [""]
    return "\n".join(sign + part + " " for part in parts[:-1]) + ("\n" if parts[1:] else "") + sign + parts[-1]


def thunderbird_below(notice: Notice, words: Words) -> Draft:
    """Thunderbird that writes below the quotation."""
    above = _who(words.phrases.thunderbird, notice)
    page = (
        f'<html><body><div class="moz-cite-prefix">{escape(above)}<br></div><blockquote type="cite">{notice.page}'
        f"</blockquote>{''.join(f'<p>{_lines(said)}</p>' for said in words.said)}</body></html>"
    )
    return Draft(text=f"{above}\n{quoted(notice.text)}\n\n{_plain(words)}\n", page=page)


def thunderbird_between(notice: Notice, words: Words) -> Draft:
    """Thunderbird where the first words stand above, the others between quoted lines."""
    lines = quoted(notice.text).split("\n")
    first, rest = words.said[0], "\n\n".join(words.said[1:])
    above = _who(words.phrases.thunderbird, notice)
    between = "\n".join([first, "", above, *lines[:4], "", rest, "", *lines[4:]])
    return Draft(text=between)


def samsung(notice: Notice, words: Words) -> Draft:
    """Samsung's mail app."""
    keys = words.phrases.keys
    values = (f"{notice.who} <{notice.address}>", "2026-11-16  09:12  (GMT+01:00)", notice.to, notice.subject)
    head = [f"{key}: {value} " for key, value in zip((keys[0], "Datum", keys[2], keys[3]), values, strict=True)]
    rows = "".join(f"<div>{escape(line)}</div>" for line in (words.phrases.samsung_original, *head))
    page = (
        f'<html><head></head><body dir="auto">{_divs(words)}<div dir="auto"><br></div><div id="composer_signature" '
        f'dir="auto"><div style="font-size:75%;color:#575757" dir="auto">{words.phrases.galaxy}</div></div><div '
        f'dir="auto"><br></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000">{rows}'
        f"<div><br></div></div>{notice.page}</body></html>"
    )
    own = [_plain(words), "", words.phrases.galaxy, "", words.phrases.samsung_original, *head, "", notice.text]
    return Draft(text="\n".join(own), page=page)


def _notes_head(notice: Notice, words: Words) -> list[str]:
    values = (f"{notice.who} <{notice.address}>", notice.to, "2026-11-16 09:12", notice.subject)
    return [f"{key}: {value}" for key, value in zip(words.phrases.notes_keys, values, strict=True)]


def notes(notice: Notice, words: Words) -> Draft:
    """HCL Notes: the writer's name within dashes, then a header whose subject is called "Ärende"."""
    head = [_who(words.phrases.notes, notice), *_notes_head(notice, words)]
    page = (
        f'<div dir="ltr" style="font-family: Verdana; font-size: 10pt">{_divs(words)}<br><br>'
        f'<font color="#990099">{"<br>".join(escape(line) for line in head)}</font><br><br>{notice.page}</div>'
    )
    return Draft(text="\n".join([_plain(words), "", *head, "", notice.text]), page=page)


def notes_table(notice: Notice, words: Words) -> Draft:
    """Lotus Notes of old: a header in columns, in HTML alone."""
    rows = "<br>".join(
        f'<font size=1 color=#5f5f5f face="sans-serif">{escape(key)}: &nbsp; &nbsp; &nbsp; </font><font size=1 '
        f'face="sans-serif">{escape(value.strip())}</font>'
        for key, _, value in (line.partition(":") for line in _notes_head(notice, words))
    )
    own = "<br><br>".join(f'<font size=2 face="sans-serif">{_lines(said)}</font>' for said in words.said)
    return Draft(page=f"{own}<br><br><br><br>{rows}<br><hr noshade><br><br><br>{notice.page}<br><br>")


def evolution(notice: Notice, words: Words) -> Draft:
    """Evolution."""
    return Draft(text=f"{_plain(words)}\n\n{_who(words.phrases.evolution, notice)}\n{quoted(notice.text)}\n")


def roundcube(notice: Notice, words: Words) -> Draft:
    """Roundcube, a webmail."""
    return Draft(text=f"{_plain(words)}\n\n---\n{_who(words.phrases.roundcube, notice)}\n\n{quoted(notice.text)}")


def groupwise(notice: Notice, words: Words) -> Draft:
    """GroupWise: the header between arrows, the original as it stands."""
    above = f'>>> "{notice.who}" <{notice.address}> 2026-11-16 09:12 >>>'
    return Draft(text=f"{_plain(words)}\n\n{above}\n{notice.text}\n")


def without_quotation(notice: Notice, words: Words) -> Draft:
    """A program that quotes nothing."""
    return Draft(text=_plain(words), page=f"<html><body>{_divs(words)}</body></html>")


CLIENTS: dict[str, Client] = {
    one.__name__: one
    for one in (
        outlook_windows, outlook_web, outlook_ios, outlook_android, exchange_text, outlook_quoting, gmail_web,
        gmail_android, apple_iphone, apple_iphone_plain, apple_mac, thunderbird, thunderbird_flowed, samsung, notes,
        notes_table, evolution, roundcube, groupwise, without_quotation,
    )
}  # fmt: skip
"""Programs in which the officer writes above what is quoted."""

_FEW = ("outlook_windows", "outlook_web", "outlook_ios", "gmail_web", "apple_iphone", "thunderbird_flowed", "samsung",
        "notes")  # fmt: skip
FEW = {name: CLIENTS[name] for name in _FEW}
"""Of each way to show what is quoted, one or two."""
