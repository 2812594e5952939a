"""More delivery reports in free words."""

from tests.bounces import BACK, GONE, OURS, Shape

MORE_SHAPES = [
    Shape(
        name="google delay",
        head=f"X-Failed-Recipients: {GONE}\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.example>\n"
        "Subject: Delivery Status Notification (Delay)",
        body="This is an automatically generated Delivery Status Notification\n\nTHIS IS A WARNING MESSAGE ONLY.\n\n"
        f"Delivery to the following recipient has been delayed:\n\n     {GONE}\n\nMessage will be retried for 2 more "
        "day(s)\n",
        message_id="",
        final=False,
    ),
    Shape(
        name="google, in Swedish",
        head="From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>\n"
        "Subject: Delivery Status Notification (Failure)",
        body=f"** Adressen hittades inte **\n\nMeddelandet har inte levererats till {GONE} eftersom adressen inte "
        "kunde hittas.\n\n"
        "Svaret var:\n550 5.1.1 unknown\n",
        status="5.1.1",
        message_id="",
    ),
    Shape(
        name="yahoo",
        head="Return-Path: <>\nFrom: MAILER-DAEMON@mail.example.com\nSubject: Failure Notice",
        body="Sorry, we were unable to deliver your message to the following address.\n\n"
        f"<{GONE}>:\nRemote host said: 554 delivery error: dd This user doesn't have an account [-5]\n\n"
        f"--- Below this line is a copy of the message.\n\n{BACK}",
    ),
    Shape(
        name="hotmail",
        head="From: postmaster@mail.example.com\nSubject: Delivery Status Notification (Failure)",
        body="This is an automatically generated Delivery Status Notification.\n\nDelivery to the following "
        "recipients failed.\n\n"
        f"       {GONE}\n\n{BACK}",
    ),
    Shape(
        name="gmx",
        head="From: GMX Mailer Daemon <mailer-daemon@mail.example.com>\nSubject: Mail delivery failed: returning "
        "message to sender",
        body="This message was created automatically by mail delivery software.\n\nA message that you sent could not "
        "be delivered "
        f"to\none or more of its recipients. The following addresses\nfailed:\n\n\"{GONE}\":\nSMTP error from remote "
        "server after "
        "RCPT command:\nhost: mx.example.net\n5.1.1 unknown\n\n--- The header of the original message is following. "
        f"---\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="opensmtpd",
        head="From: Mailer Daemon <MAILER-DAEMON@mx.example.net>\nSubject: Delivery status notification: error",
        body="Hi!\n\nThis is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\nAn error has occurred while "
        "attempting to "
        f"deliver a message for\nthe following list of recipients:\n\n{GONE}: 550 5.2.2 over quota\n\n"
        f"Below is a copy of the original message:\n\n{BACK}",
        status="5.2.2",
    ),
    Shape(
        name="dragonfly",
        head="From: MAILER-DAEMON <>\nSubject: Mail delivery failed",
        body="This is the DragonFly Mail Agent v0.13 at mx.example.net.\n\nThere was an error delivering your mail "
        f"to <{GONE}>.\n\n"
        f"mx.example.net [192.0.2.25] did not like our RCPT TO:\n550 5.1.1 <{GONE}>: unknown\n\nOriginal headers "
        f"follow.\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="imail",
        head="From: Postmaster <postmaster@example.net>\nX-Mailer: <SMTP32 v8.05>\nSubject: Undeliverable Mail",
        body=f"Unknown user: {GONE}\n\n\nOriginal message follows.\n\n{BACK}",
    ),
    Shape(
        name="mailenable",
        head="From: Postmaster <postmaster@example.net>\nSubject: Message Delivery Failure",
        body="Message could not be delivered to some recipients.\nThe following recipient(s) could not be reached:\n\n"
        f"\tRecipient: [SMTP:{GONE}]\n\tReason: The mailbox is not known.\n\nMessage headers follow:\n\n{BACK}",
    ),
    Shape(
        name="mdaemon",
        head="From: MDaemon@mx.example.net\nSubject: Permanent Delivery Failure",
        body="-- THIS IS A WARNING MESSAGE FROM THE MAIL SYSTEM --\n\nThe attached message had PERMANENT fatal "
        "delivery errors!\n\n"
        f"Failed address: {GONE}\n\n--- Session Transcript ---\n<-- 550 5.1.1 unknown\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="kerio",
        head="From: Mail Server <postmaster@example.net>\nSubject: Delivery failed (failed)",
        body=f"Your message cannot be delivered to:\n\n    {GONE}, 550 5.1.1 no such user\n",
        status="5.1.1",
        message_id="",
    ),
    Shape(
        name="barracuda",
        head="From: Barracuda Spam Firewall <>\nSubject: **Message you sent blocked by our bulk email filter**",
        body=f"Your message to: {GONE}\nwas blocked by our Spam Firewall. The email you sent with the following "
        "subject has NOT BEEN "
        "DELIVERED:\n\nSubject: Svar\n",
        message_id="",
    ),
    Shape(
        name="kddi",
        head="From: no-reply@mobile.example.com\nSubject: Mail System Error - Returned Mail",
        body=f"Could not be delivered to: <{GONE}>\nAs their mailbox is full.\n\nYour mail sent on: Fri, 20 Nov "
        f"2026\n\n{BACK}",
    ),
    Shape(
        name="ezweb",
        head="From: Postmaster@mobile.example.com\nSubject: Mail System Error - Returned Mail",
        body=f"Each of the following recipients was rejected by a remote mail server.\n\n    Recipient: >{GONE}<\n"
        f"    Error:     550 5.1.1 unknown\n\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="james",
        head="From: postmaster@mx.example.net\nSubject: [BOUNCE]",
        body="Hi. This is the James mail server at mx.example.net.\nI'm afraid I wasn't able to deliver your message "
        "to the "
        f"following addresses.\nThis is a permanent error; I've given up.\n\nFailed recipient(s):\n{GONE}\n\n{BACK}",
    ),
    Shape(
        name="sun messaging server",
        head="From: Internet Mail Delivery <postmaster@mx.example.net>\nSubject: Delivery Notification: Delivery has "
        "failed",
        body="This report relates to a message you sent with the following header fields:\n\n"
        f"  Message-id: <{OURS}>\n  Date: Fri, 20 Nov 2026\n  To: {GONE}\n\nYour message cannot be delivered to the "
        "following "
        f"recipients:\n\n  Recipient address: {GONE}\n  Reason: Illegal host/domain name found\n",
    ),
    Shape(
        name="netscape messaging server",
        head="From: Mail Administrator <Postmaster@mx.example.net>\nSubject: Mail System Error - Returned Mail",
        body="This Message was undeliverable due to the following reason:\n\nYour message was not delivered because "
        "the destination "
        f"computer was not found.\n\nThe following recipients did not receive this message:\n\n     <{GONE}>\n\n{BACK}",
    ),
    Shape(
        name="active hunter",
        head="From: MAILER-DAEMON@mx.example.net\nSubject: FAILURE NOTICE :",
        body="  ----- The following addresses had permanent fatal errors -----\n\n>>>    "
        f"{GONE} <{GONE}>\n\n  ----- Original message follows -----\n\n{BACK}",
    ),
    Shape(
        name="mailfoundry",
        head="From: <MAILER-DAEMON@mx.example.net>\nSubject: Message delivery has failed",
        body=f"Unable to deliver message to: <{GONE}>\nDelivery failed for the following reason:\nServer "
        "mx.example.net[192.0.2.25] "
        "failed with: 552 5.2.2 quota\n\nThis has been a permanent failure.  No further delivery attempts will be "
        f"made.\n\n{BACK}",
        status="5.2.2",
    ),
    Shape(
        name="surfcontrol",
        head="From: Mail Admin <mailadmin@mx.example.net>\nSubject: Message Delivery Problem",
        body="Your message could not be sent.\nA transcript of the attempts to send the message follows.\nThe number "
        "of attempts "
        f"made: 1\nAddressed To: {GONE}\n\nFailed to send to identified host,\n{GONE}: [192.0.2.25], 550 No such "
        f"user here\n\n{BACK}",
    ),
    Shape(
        name="facebook",
        head="From: Facebook <mailer-daemon@mx.example.com>\nSubject: Sorry, your message could not be delivered",
        body="This message was created automatically by Facebook.\n\nSorry, your message could not be delivered to "
        f"{GONE}.\n\n{BACK}",
    ),
    Shape(
        name="german provider without a daemon's name",
        head="From: mail@mx.example.com\nSubject: Unzustellbar: Svar",
        body="Ihre Nachricht konnte nicht zugestellt werden.\n\nEmpfänger: "
        f"{GONE}\n550 5.1.1 unbekannt\n\nUrsprüngliche Nachricht:\n{BACK}",
        status="5.1.1",
    ),
    Shape(
        name="japanese provider",
        head="From: MAILER-DAEMON@mx.example.com\nSubject: =?utf-8?b?6YWN5L+h44Gn44GN44G+44Gb44KT44Gn44GX44Gf?=",
        body=f"お送りいただいたメールは配信できませんでした。\n<{GONE}>: 550 5.1.1\n\n{BACK}",
        status="5.1.1",
    ),
]  # fmt: skip
