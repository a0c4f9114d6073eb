"""What comes back for a mail: reports of bounces and delays, out-of-office notes, complaints. Each as one message."""

from datetime import datetime
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, parseaddr

from meetbot.sandbox.smtp.grammar import Dsn
from meetbot.sandbox.smtp.mails import Mail

HOST = "mail.sandbox.example"
_ACTIONS = {"2": "delivered", "4": "delayed", "5": "failed"}
_REASONS = {
    "4.2.2": "452 4.2.2 Mailbox full",
    "4.4.7": "451 4.4.7 Delivery delayed, will be tried again",
    "5.1.1": "550 5.1.1 User unknown",
    "5.1.10": "550 5.1.10 Recipient not found",
    "5.2.2": "552 5.2.2 Mailbox full",
    "5.4.7": "550 5.4.7 Delivery expired",
    "5.7.1": "554 5.7.1 Refused by policy",
}


def dsn(mail: Mail, recipient: str, report: Dsn, *, number: str, now: datetime) -> Message:
    """A delivery status notification (RFC 3464). A forged one goes to the sender named in the header, for whoever
    forges it never saw the envelope."""
    to = parseaddr(str(mail.message["From"]))[1] if report.forged else mail.sender
    action = _ACTIONS[report.status[0]]
    reason = _REASONS.get(report.status, f"{'550' if action == 'failed' else '451'} {report.status} {action}")
    message = MIMEMultipart("report", report_type="delivery-status", boundary=f"=_{number}")
    _head(message, f"Mail Delivery System <MAILER-DAEMON@{HOST}>", to, f"Delivery {action}", number=number, now=now)
    message["Auto-Submitted"] = "auto-replied"
    message.attach(_text(f"Your message to <{recipient}>: delivery {action}.\n\n{reason}\n"))
    of_message = _fields(("Reporting-MTA", f"dns; {HOST}"), ("Arrival-Date", format_datetime(mail.accepted_at)))
    of_recipient = _fields(
        ("Original-Recipient", f"rfc822; {recipient}"),
        ("Final-Recipient", f"rfc822; {recipient}"),
        ("Action", action),
        ("Status", report.status),
        ("Diagnostic-Code", f"smtp; {reason}"),
        ("Last-Attempt-Date", format_datetime(now)),
    )
    status = MIMENonMultipart("message", "delivery-status")
    status.set_payload([of_message, of_recipient])
    message.attach(status)
    if report.original_headers:
        message.attach(_original_headers(mail, report.forged))
    return message


def vacation(mail: Mail, recipient: str, *, number: str, now: datetime) -> Message:
    """An out-of-office note (RFC 3834)."""
    message = _text("I am out of the office and will answer when I am back.\n")
    subject = f"Automatic reply: {' '.join(str(mail.message['Subject'] or '').split())}"
    _head(message, recipient, mail.sender, subject, number=number, now=now)
    message["Auto-Submitted"] = "auto-replied"
    if mail.message_id:
        message["In-Reply-To"] = message["References"] = mail.message_id
    return message


def complaint(mail: Mail, recipient: str, *, number: str, now: datetime) -> Message:
    """A feedback report: the recipient pressed "this is spam" (RFC 5965)."""
    message = MIMEMultipart("report", report_type="feedback-report", boundary=f"=_{number}")
    _head(message, f"Feedback Loop <fbl@{HOST}>", mail.sender, "Abuse report", number=number, now=now)
    message.attach(_text(f"<{recipient}> marked this message as spam.\n"))
    report = MIMEBase("message", "feedback-report")
    fields = (
        "Feedback-Type: abuse",
        "User-Agent: sandbox/1",
        "Version: 1",
        f"Original-Mail-From: <{mail.sender}>",
        f"Original-Rcpt-To: <{recipient}>",
        f"Arrival-Date: {format_datetime(mail.accepted_at)}",
    )
    report.set_payload("\n".join(fields) + "\n")
    message.attach(report)
    message.attach(_original_headers(mail, None))
    return message


def _head(message: Message, sender: str, to: str, subject: str, *, number: str, now: datetime) -> None:
    """The header, with what the last server adds: nobody answers this, and for whom it came (VERP is read there)."""
    message["Return-Path"] = "<>"
    message["Delivered-To"] = to
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{number}@{HOST}>"


def _text(written: str) -> MIMEText:
    return MIMEText(written, "plain", "utf-8")


def _fields(*rows: tuple[str, str]) -> Message:
    fields = Message()
    for name, value in rows:
        fields[name] = value
    return fields


def _original_headers(mail: Mail, forged: str | None) -> Message:
    part = MIMENonMultipart("text", "rfc822-headers")
    copied = Message()
    for name, value in mail.message.items():
        copied[name] = forged if forged and name.lower() == "message-id" else value
    part.set_payload(copied.as_string())
    return part
