"""Returned mails as Postfix and Exchange write them, and mail that only looks like them."""

from email.message import EmailMessage

POSTFIX = """\
Return-Path: <>
Date: Mon, 23 Nov 2026 08:41:12 +0700 (+07)
From: MAILER-DAEMON@mail.example.vn (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: giaoban@example.vn
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="7C2F0401A3.1795398072/mail.example.vn"
Content-Transfer-Encoding: 8bit
Message-Id: <20261123014112.9A1B2401A7@mail.example.vn>

This is a MIME-encapsulated message.

--7C2F0401A3.1795398072/mail.example.vn
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mail.example.vn.

<{to}>: host mx.ubnd.example.vn[203.0.113.9] said: 550 5.1.1
    <{to}>: Recipient address rejected: User unknown

--7C2F0401A3.1795398072/mail.example.vn
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.vn
X-Postfix-Queue-ID: 7C2F0401A3
Arrival-Date: Mon, 23 Nov 2026 07:30:04 +0700 (+07)

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Remote-MTA: dns; mx.ubnd.example.vn
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address
    rejected: User unknown

--7C2F0401A3.1795398072/mail.example.vn
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 8bit

Return-Path: <giaoban@example.vn>
Subject: =?utf-8?b?QsOhbyBjw6FvIGdpYW8gYmFu?=
From: giaoban@example.vn
To: {to}
Message-ID: {message_id}
Auto-Submitted: auto-generated

--7C2F0401A3.1795398072/mail.example.vn--
"""

EXCHANGE = """\
From: <postmaster@ubnd.example.vn>
To: <giaoban@example.vn>
Date: Mon, 23 Nov 2026 00:30:09 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="3f1c7a9e-0f0e-4a7b-9a57-1d0c4b5e9b11"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: vi-VN
Message-ID: <8e0f7b4a-6c9d@SG2PR01MB0001.apcprd01.prod.exchangelabs.com>
In-Reply-To: {message_id}
References: {message_id}
Subject: =?utf-8?B?S2jDtG5nIHRo4buDIGfhu61pOiBCw6FvIGPDoW8=?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--3f1c7a9e-0f0e-4a7b-9a57-1d0c4b5e9b11
Content-Type: multipart/alternative; boundary="b1"

--b1
Content-Type: text/plain; charset="utf-8"

Your message to {to} couldn't be delivered.

--b1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PGh0bWw+PC9odG1sPg==

--b1--

--3f1c7a9e-0f0e-4a7b-9a57-1d0c4b5e9b11
Content-Type: message/delivery-status

Reporting-MTA: dns;SG2PR01MB0001.apcprd01.prod.exchangelabs.com
Received-From-MTA: dns;mail.example.vn
Arrival-Date: Mon, 23 Nov 2026 00:30:05 +0000

Final-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found

--3f1c7a9e-0f0e-4a7b-9a57-1d0c4b5e9b11
Content-Type: message/rfc822

Received: from mail.example.vn (203.0.113.7) by SG2PR01MB0001 with HTTPS
From: giaoban@example.vn
To: {to}
Message-ID: {message_id}
Subject: test
Content-Type: text/plain

...
--3f1c7a9e-0f0e-4a7b-9a57-1d0c4b5e9b11--
"""


def returned(
    form: str = POSTFIX,
    *,
    message_id: str,
    to: str,
    action: str = "failed",
    status: str = "5.1.1",
) -> bytes:
    """The mail as a pipe or a mailbox hands it over."""
    return form.format(message_id=message_id, to=to, action=action, status=status).encode()


def out_of_office(*, message_id: str, to: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = to, "giaoban@example.vn", "Tôi đi công tác"
    mail["In-Reply-To"], mail["Auto-Submitted"] = message_id, "auto-replied"
    mail.set_content("Action: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; " + to)
    return mail.as_bytes()
