"""Replies in HTML as mail programs build them, from source to the writer's own words."""

import pytest

from bot.channels.mail_html import html_to_text
from bot.channels.mail_quotes import own_words


def words(text: str) -> str:
    return " ".join(text.split())


REPLIES = {
    "gmail html": (
        '<div dir="ltr"><div>Tack! Vi tar platsen.</div><div><br></div><div>Karin</div></div><br>'
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Den tors '
        '19 nov. 2026 kl 15:12 skrev Kontaktcenter &lt;<a href="mailto:k@example.org">'
        'k@example.org</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px '
        '0.8ex"><div dir="ltr">Hej Karin!<div>Ni har fått.</div></div>\n</blockquote></div>',
        "Tack! Vi tar platsen. Karin",
    ),
    "gmail sig": (
        '<div dir="ltr">Tack!<br clear="all"><div><br></div><span class="gmail_signature_prefix">'
        '-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">'
        '<div dir="ltr">Karin Exempel<div>Ordf</div></div></div></div><br><div class="gmail_quote">'
        '<div class="gmail_attr">On x wrote:<br></div><blockquote class="gmail_quote">'
        "Hej</blockquote></div>",
        "Tack!",
    ),
    "gmail sig no prefix": (
        '<div dir="ltr">Tack för beskedet!<div><br></div><div><div dir="ltr" '
        'class="gmail_signature"><div dir="ltr">Karin Exempel<div>Ordförande</div></div></div>'
        "</div></div>",
        "Tack för beskedet!",
    ),
    "apple": (
        '<html><head></head><body dir="auto">Ja, det blev tömt. Tack!<div><br><div dir="ltr">'
        'Skickat från min iPhone</div><div dir="ltr"><br><blockquote type="cite">19 nov. 2026 kl. '
        '15:12 skrev K &lt;k@example.org&gt;:<br><br></blockquote></div><blockquote type="cite">'
        '<div dir="ltr">\ufeffHej Lisa!</div></blockquote></div></body></html>',
        "Ja, det blev tömt. Tack!",
    ),
    "apple mac": (
        '<body>Hej, det går bra.<div><br><div><blockquote type="cite"><div>On 12 Nov 2026, at '
        '14:03, K &lt;k@example.org&gt; wrote:</div><br class="Apple-interchange-newline"><div>'
        "Hej</div></blockquote></div><br></div></body>",
        "Hej, det går bra.",
    ),
    "tb": (
        '<html><body><div class="moz-cite-prefix">Den 2026-11-12 kl. 14:03, skrev K:<br></div>'
        '<blockquote type="cite" cite="mid:x">Vilken?<br></blockquote><p>Ekskolan.</p><pre '
        'class="moz-signature" cols="72">-- \nPer\n070</pre></body></html>',
        "Ekskolan.",
    ),
    "tb top": (
        '<p>Ekskolan.<br></p><div class="moz-cite-prefix">Den 2026-11-12 kl. 14:03, skrev K:<br>'
        '</div><blockquote type="cite" cite="mid:x"><p>Vilken?<br></p></blockquote>',
        "Ekskolan.",
    ),
    "outlook desktop": (
        "<div class=WordSection1><p class=MsoNormal>Hej!<o:p></o:p></p><p class=MsoNormal><o:p>"
        "&nbsp;</o:p></p><p class=MsoNormal>Lampan är släckt.<o:p></o:p></p><p class=MsoNormal>"
        "<o:p>&nbsp;</o:p></p><p class=MsoNormal>Med vänlig hälsning<o:p></o:p></p><p "
        "class=MsoNormal>Åsa<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><div><div "
        "style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p "
        "class=MsoNormal><b>Från:</b> K &lt;k@example.org&gt; <br><b>Skickat:</b> den 12 november "
        "2026 14:03<br><b>Till:</b> Åsa<br><b>Ämne:</b> x<o:p></o:p></p></div></div><p "
        "class=MsoNormal>Gammalt</p></div>",
        "Hej! Lampan är släckt.",
    ),
    "outlook desktop french": (
        "<div class=WordSection1><p class=MsoNormal>Bonjour!<o:p></o:p></p><div><div "
        "style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p "
        "class=MsoNormal><b>De&nbsp;:</b> K<br><b>Envoyé&nbsp;:</b> jeudi 12 novembre 2026 "
        "14:03<br><b>À&nbsp;:</b> A<br><b>Objet&nbsp;:</b> x<o:p></o:p></p></div></div><p "
        "class=MsoNormal>Ancien</p></div>",
        "Bonjour!",
    ),
    "outlook mobile": (
        '<html><body><div dir="ltr">Tack, då kommer vi.</div><div id="ms-outlook-mobile-signature">'
        '<div><br></div>Hämta <a href="https://aka.example.org/o0ukef">Outlook för iOS</a></div><hr '
        'style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        '<font face="Calibri"><b>Från:</b> K &lt;k@example.org&gt;<br><b>Skickat:</b> Thursday, '
        "November 19, 2026<br><b>Till:</b> B<br><b>Ämne:</b> x</font><div>&nbsp;</div></div><div>"
        "Gammalt</div></body></html>",
        "Tack, då kommer vi.",
    ),
    "outlook mobile new": (
        '<div dir="auto">Tack, då kommer vi.</div><div dir="auto"><br></div><div '
        'id="ms-outlook-mobile-signature">Skaffa <a href="https://aka.example.org/x">Outlook för Android</a>'
        '</div><div id="mail-editor-reference-message-container" '
        'class="ms-outlook-mobile-reference-message skipProofing"><hr><div><b>From:</b> K</div>'
        "<div>Gammalt</div></div>",
        "Tack, då kommer vi.",
    ),
    "yahoo": (
        '<html><body><div class="ydp1yahoo-style-wrap"><div dir="ltr">Ja, gärna.</div></div><div '
        'id="ydp1yahoo_quoted" class="ydp1yahoo_quoted"><div>På torsdag 12 november 2026 14:03:07 '
        "CET, K &lt;k@example.org&gt; skrev:</div><div>Gammalt</div></div></body></html>",
        "Ja, gärna.",
    ),
    "proton": (
        '<div style="font-family: Arial">Ja, gärna.</div><div class="protonmail_signature_block">'
        '<div class="protonmail_signature_block-proton">Sent with <a href="https://proton.example.org">'
        'Proton Mail</a> secure email.</div></div><div class="protonmail_quote">On Thursday, '
        "November 12th, 2026 at 14:03, K &lt;k@example.org&gt; wrote:<br><blockquote "
        'class="protonmail_quote" type="cite">Gammalt</blockquote></div>',
        "Ja, gärna.",
    ),
    "samsung": (
        '<html><head></head><body dir="auto"><div dir="auto">Det är bra.</div><div dir="auto"><br>'
        '</div><div id="composer_signature" dir="auto">Skickat från min Galaxy</div><div '
        'dir="auto"><br></div><div><br></div><div align="left" dir="auto" '
        'style="font-size:100%;color:#000000"><div>-------- Originalmeddelande --------</div><div>'
        "Från: K &lt;k@example.org&gt; </div><div>Datum: 2026-11-12  14:03  (GMT+01:00) </div><div>"
        "Till: e@example.net </div><div>Ämne: x </div><div><br></div></div>Gammalt</body></html>",
        "Det är bra.",
    ),
    "spark": (
        '<html><body><div name="messageBodySection"><div dir="auto">Ok, bra!</div></div><div '
        'name="messageSignatureSection"><br/><div>Hälsningar Anna</div></div><div '
        'name="messageReplySection">12 nov. 2026 kl. 14:03 +0100 skrev K '
        '&lt;k@example.org&gt;:<br/><blockquote type="cite">Gammalt</blockquote></div></body>'
        "</html>",
        "Ok, bra!",
    ),
    "hotmail old": (
        "<html><head></head><body class='hmmessage'><div dir='ltr'>Reply text<br><br><div><hr "
        'id="stopSpelling">Date: Thu, 12 Nov 2026 14:03:07 +0100<br>Subject: Test<br>From: '
        'k@example.org<br>To: e@example.net<br><br><div dir="ltr">Old</div></div></div></body>'
        "</html>",
        "Reply text",
    ),
    "mail.ru": (
        "<HTML><BODY>Reply<br><br><br>Thu, 12 Nov 2026 14:03 +04:00 from K "
        '&lt;k@example.org&gt;:<br><BLOCKQUOTE style="border-left:1px solid #0857A6">'
        "Old</BLOCKQUOTE></BODY></HTML>",
        "Reply",
    ),
    "yandex": (
        '<div>Reply</div><div>&nbsp;</div><div>12.11.2026, 14:03, "K" &lt;k@example.org&gt;:</div>'
        '<blockquote type="cite"><p>Old</p></blockquote>',
        "Reply",
    ),
    "windows mail": (
        '<div data-externalstyle="false">Reply</div><div>&nbsp;</div><div style="padding-top: 5px; '
        'border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;">'
        '<div><font face="x"><b>From:</b>&nbsp;<a href="mailto:k@example.org">K</a><br><b>Sent:</b>'
        "&nbsp;Thursday, November 12, 2026 2:03 PM<br><b>To:</b>&nbsp;E</font></div></div><div>"
        "Old</div>",
        "Reply",
    ),
    "comcast": (
        '<html><body><div style="font-family: Arial">Reply<br><br><hr id="zwchr"><div '
        'style="color:#000"><b>From: </b>"K" &lt;k@example.org&gt;<br><b>To: </b>e@example.net<br>'
        "<b>Sent: </b>Thursday, November 12, 2026 2:03:07 PM<br><b>Subject: </b>x<br><br>Old</div>"
        "</div></body></html>",
        "Reply",
    ),
    "aol": (
        "<font color='black'>Reply<div><br></div><div>-----Original Message-----<br>From: K "
        "&lt;k@example.org&gt;<br>To: e &lt;e@example.net&gt;<br>Sent: Thu, Nov 12, 2026 2:03 "
        "pm<br>Subject: x<br><br>Old</div></font>",
        "Reply",
    ),
    "zimbra": (
        '<div><div>Reply</div><div><br></div><hr id="zwchr" data-marker="__DIVIDER__"><div '
        'data-marker="__HEADERS__"><blockquote style="border-left:2px solid #1010FF;"><b>From: </b>'
        '"K"<br><b>To: </b>x<br></blockquote></div><div data-marker="__QUOTED_TEXT__"><blockquote>'
        "Old</blockquote></div></div>",
        "Reply",
    ),
    "banner table": (
        '<table border=0><tr><td style="background:#ffeb9c"><strong>VARNING:</strong> Detta mejl '
        "kommer från en extern avsändare. Klicka inte på länkar.</td></tr></table><br><div>Hej!<br>"
        "Lampan är trasig.</div>",
        "Hej! Lampan är trasig.",
    ),
    "safety tip": (
        "<div><table><tbody><tr><td></td><td><div>Du får inte ofta e-post från elsa@example.net. "
        '<a href="https://aka.example.org/LearnAboutSenderIdentification">Läs om varför det är viktigt</a>'
        "</div></td></tr></tbody></table><div>Lampan är trasig.</div></div>",
        "Lampan är trasig.",
    ),
    "one paragraph header": (
        "<p>Reply</p><p>From: K &lt;k@example.org&gt; Sent: Thursday, November 12, 2026 2:03 PM "
        "To: E Subject: x</p><p>Old</p>",
        "Reply",
    ),
}


@pytest.mark.parametrize(("html", "own"), REPLIES.values(), ids=REPLIES)
def test_own_words_of_an_html_reply(html: str, own: str) -> None:
    assert words(own_words(html_to_text(html), html=html).text) == words(own)
