"""Delivery reports in free words, each short, with the words and layout that its system is known by."""

from dataclasses import dataclass

from bot.channels.mail_read import read_mail
from bot.port import Inbound

GONE, OURS = "gone@example.net", "our-1@kommun.example"
BACK = f"""\
Return-Path: <kontakt@kommun.example>
Received: from a.kommun.example by b.example.net; Fri, 20 Nov 2026 10:00:00 +0100
Message-ID: <{OURS}>
From: kontakt@kommun.example
To: {GONE}
Subject: Svar

Hej Elsa
"""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A report in free words, and what it tells."""

    name: str
    head: str
    body: str
    status: str = ""
    message_id: str = OURS
    final: bool = True
    recipient: str = GONE

    def read(self, *, without: str = "") -> Inbound:
        head = "\n".join(line for line in self.head.splitlines() if not (without and line.lower().startswith(without)))
        return read_mail(f"{head}\nTo: kontakt@kommun.example\n\n{self.body}".encode())


DAEMON = "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>\nSubject: "
SHAPES = [
    Shape(
        name="sendmail 8 as text",
        head=DAEMON + "Returned mail: see transcript for details",
        body="The original message was received at Fri, 20 Nov 2026 10:00:00 +0100\nfrom a.kommun.example "
        "[192.0.2.5]\n\n"
        f"   ----- The following addresses had permanent fatal errors -----\n<{GONE}>\n    (reason: 550 5.1.1 no "
        "such)\n\n"
        f"   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n>>> RCPT To:<{GONE}>\n"
        f"<<< 550 5.1.1 <{GONE}>... User unknown\n\n   ----- Original message follows -----\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="sendmail 5",
        head="From: MAILER-DAEMON (Mail Delivery Subsystem)\nSubject: Returned mail: User unknown",
        body=f"   ----- Transcript of session follows -----\n550 <{GONE}>... User unknown\n\n"
        f"   ----- Unsent message follows -----\n{BACK}",
    ),
    Shape(
        name="sendmail warning",
        head=DAEMON + "Warning: could not send message for past 4 hours",
        body="    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n"
        "    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n"
        "The original message was received at Fri, 20 Nov 2026 10:00:00 +0100\n\n"
        f"   ----- Transcript of session follows -----\n<{GONE}>... Deferred: Connection timed out\n\n{BACK}",
        final=False,
    ),
    Shape(
        name="postfix as text",
        head="From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender",
        body="This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message "
        "could not\n"
        f"be delivered to one or more recipients.\n\n<{GONE}>: host mx.example.net[192.0.2.25]\n    said: 550-5.2.1 x\n"
        f"    550 5.2.1 Mailbox disabled (in reply to RCPT TO command)\n\n{BACK}",
        status="5.2.1",
    ),
    Shape(
        name="exim 4",
        head=f"X-Failed-Recipients: {GONE}\nAuto-Submitted: auto-replied\n"
        "From: Mail Delivery System <Mailer-Daemon@mx.example.net>\n"
        "Subject: Mail delivery failed: returning message to sender",
        body="This message was created automatically by mail delivery software.\n\nA message that you sent could not "
        "be "
        "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {GONE}\n    host mx.example.net [192.0.2.25]\n    SMTP error from remote mail server after RCPT "
        f"TO:<{GONE}>:\n"
        "    550 5.1.1 unknown\n\n------ This is a copy of the message, including all the headers. ------\n\n" + BACK,
        status="5.1.1",
    ),
    Shape(
        name="exim 3 without a daemon's name",
        head="From: exim@mx.example.net\nSubject: Mail failure",
        body="This message was created automatically by mail delivery software (Exim).\n\nA message that you sent "
        "could not be "
        f"delivered to one or more of its recipients.\nThe following address(es) failed:\n\n  {GONE}:\n    unknown "
        "local-part\n\n"
        f"------ This is a copy of the message, including all the headers. ------\n\n{BACK}",
    ),
    Shape(
        name="exim delay",
        head=DAEMON + "Warning: message 1abCDe-0000xy-Q7 delayed 24 hours",
        body="This message was created automatically by mail delivery software.\nA message that you sent has not yet "
        "been "
        "delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\nThe message "
        "identifier is: 1abC\n\n"
        f"  {GONE}\n    Delay reason: connection refused\n\nNo action is required on your part. Delivery attempts "
        "will continue.\n",
        message_id="",
        final=False,
    ),
    Shape(
        name="qmail",
        head="Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: failure notice",
        body="Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your "
        "message to the "
        f"following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{GONE}>:\n"
        f"192.0.2.25 does not like recipient.\nRemote host said: 550 5.1.1 unknown\nGiving up on 192.0.2.25.\n\n"
        f"--- Below this line is a copy of the message.\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="courier as text",
        head='From: "Courier mail server at mx" <@>\nSubject: NOTICE: mail delivery status.',
        body="This is a delivery status notification from mx.example.net,\nrunning the Courier mail server, version "
        "0.65.\n\n"
        "                         UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be "
        "delivered:\n\n"
        f"<{GONE}>:\n    mx.example.net [192.0.2.25]:\n>>> RCPT TO:<{GONE}>\n<<< 550 5.1.1 unknown\n",
        status="5.1.1",
        message_id="",
    ),
    Shape(
        name="exchange 5.5",
        head="From: System Administrator <postmaster@example.net>\nX-Mailer: Internet Mail Service (5.5.2653.19)\n"
        f"In-Reply-To: <{OURS}>\nSubject: Undeliverable: Svar",
        body=f"Your message\n\n  To:      {GONE}\n  Subject: Svar\n  Sent:    Fri, 20 Nov 2026 10:00:00 +0100\n\n"
        f"did not reach the following recipient(s):\n\n{GONE} on Fri, 20 Nov 2026 10:00:05 +0100\n"
        "    The recipient name is not recognized\n    MSEXCH:IMS:Example:Site:MX 0 (000C05A6) Unknown Recipient\n",
    ),
    Shape(
        name="exchange 2003",
        head=f"From: postmaster@example.net\nIn-Reply-To: <{OURS}>\nSubject: Undeliverable: Svar",
        body="Your message did not reach some or all of the intended recipients.\n\n      Subject:  Svar\n      "
        "Sent:  2026-11-20\n\n"
        f"The following recipient(s) could not be reached:\n\n      {GONE} on 2026-11-20 10:00\n"
        "            The e-mail account does not exist.\n            <mx.example.net #5.1.1>\n",
        status="5.1.1",
    ),
    Shape(
        name="exchange 2007, in Swedish",
        head="From: Microsoft Exchange <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>\n"
        "Subject: =?utf-8?q?Olevererbart=3A_Svar?=",
        body=f"Det gick inte att leverera meddelandet till följande mottagare eller distributionslistor:\n\n{GONE}\n"
        "E-postadressen hittades inte.\n\nDiagnostikinformation för administratörer:\n\nGenererande server: "
        "mx.example.net\n\n"
        f"#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nUrsprungligt meddelande:\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="exchange online, in Finnish",
        head="From: postmaster@example.net\nSubject: =?utf-8?q?Ei_toimitettavissa=3A_Svar?=",
        body=f"Viestiä ei voitu toimittaa vastaanottajalle {GONE}.\n\nOsoitetta ei löytynyt.\n550 5.1.10 "
        f"RecipientNotFound\n\n{BACK}",
        status="5.1.10",
    ),
    Shape(
        name="exchange in Norwegian",
        head="From: Microsoft Outlook <postmaster@example.net>\nSubject: Kan ikke leveres: Svar",
        body=f"Levering til disse mottakerne eller gruppene mislyktes:\n\n{GONE}\nRemote Server returned '550 5.1.1'\n",
        status="5.1.1",
        message_id="",
    ),
    Shape(
        name="domino",
        head="From: Postmaster@example.net\nSubject: DELIVERY FAILURE: User gone (gone@example.net) not listed in "
        "Domino "
        "Directory",
        body=f"Your message\n\n  Subject: Svar\n\nwas not delivered to:\n\n  {GONE}\n\nbecause:\n\n"
        f"  User gone ({GONE}) not listed in Domino Directory\n\n{BACK}",
    ),
    Shape(
        name="notes, long ago",
        head="From: (system) <MAILER-DAEMON@example.net>\nSubject: Undeliverable message",
        body=f"------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\n{GONE}\n\n"
        f"------- Returned Message --------\n\n{BACK}",
    ),
    Shape(
        name="groupwise",
        head="From: Mailer-Daemon@example.net\nSubject: Message status - undeliverable",
        body=f"The message that you sent was undeliverable to the following:\n\t{GONE} (user not found)\n\n"
        "Possibly truncated original message follows:\n\n" + BACK,
    ),
    Shape(
        name="interscan",
        head="From: InterScan MSS <imss@example.net>\nSubject: Mail could not be delivered",
        body=f"Sent <<< RCPT TO:<{GONE}>\nReceived >>> 550 5.1.1 <{GONE}>... user unknown\n\n"
        f"Unable to deliver message to <{GONE}> (and other recipients in the same domain).\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="mailmarshal",
        head='From: <postmaster@example.net>\nSubject: Undeliverable Mail: "Svar"',
        body="Your message:\n   From:    kontakt@kommun.example\n   Subject: Svar\n\nCould not be delivered because "
        "of\n\n"
        f"550 5.1.1 User unknown\n\nThe following recipients were affected:\n    {GONE}\n\nAdditional Information\n"
        f"======\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="messagelabs",
        head="From: <MAILER-DAEMON@mail.example.net>\nSubject: Mail Delivery Failure",
        body=f"Your message was not delivered to {GONE}\n\nReason:\n550 Invalid recipient\n\n{BACK}",
    ),
    Shape(
        name="mimecast",
        head="From: Postmaster <postmaster@example.net>\nSubject: [Postmaster] Email Delivery Failure",
        body=f"The following email was not delivered.\n\nTo: {GONE}\nSubject: Svar\n\nServer error: 550 5.1.1 "
        "rejected\n",
        status="5.1.1",
        message_id="",
    ),
    Shape(
        name="google, long ago",
        head=f"X-Failed-Recipients: {GONE}\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.example>\n"
        "Subject: Delivery Status Notification (Failure)",
        body="This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient "
        "failed "
        f"permanently:\n\n     {GONE}\n\nTechnical details of permanent failure:\nThe error that the other server "
        "returned was: "
        f"550 5.1.1 unknown\n\n----- Original message -----\n\n{BACK}",
        status="5.1.1",
    ),
]  # fmt: skip
