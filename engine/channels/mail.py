"""Mail by SMTP."""

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage

from engine.channels.calling import TIMEOUT
from engine.channels.places import secret_of
from engine.model.channels import HOSTS, Outside, allowed
from engine.model.ports import Letter, NotCarried


class MailServer:
    """Hands one mail a call to its server."""

    def __init__(self, settings: Mapping[str, str], outside: Outside) -> None:
        self._settings = settings
        self._outside = outside

    def carry(self, letter: Letter) -> None:
        """Hand the mail over; NotCarried where the server does not take it.

        Its Message-ID is the letter's: a mailbox drops the second of two.
        """
        host, port = self._settings["host"], int(self._settings["port"])
        if not allowed(host, port, self._outside):
            raise NotCarried(f"这台服务器不允许向这个主机发消息({HOSTS} 里没有它),没有发出。")
        mail = _mail(self._settings["sender"], letter)
        try:
            with self._connected(host, port) as server:
                server.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise NotCarried(_why(error)) from error

    def _connected(self, host: str, port: int) -> smtplib.SMTP:
        security, user = self._settings["security"], self._settings["user"]
        context = ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
            if security == "tls"
            else smtplib.SMTP(host, port, timeout=TIMEOUT)
        )
        if security == "starttls":
            server.starttls(context=context)
        if user:
            secret = secret_of(self._settings["password_secret"], self._outside.secrets)
            server.login(user, secret)
        return server


def _mail(sender: str, letter: Letter) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = ", ".join(letter.to)
    mail["Subject"] = letter.subject
    mail["Message-ID"] = f"<{letter.id}@{sender.partition('@')[2]}>"
    mail.set_content(letter.text + "\n")
    return mail


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "邮件服务器不认用户名或密码,没有发出。请核对后点“重发”。"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "邮件服务器不收这个收件地址,没有发出。请本人核对接收方式里的邮箱。"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"邮件服务器没有收下(SMTP {error.smtp_code}),没有发出。"
    return f"连接不上邮件服务器({type(error).__name__}),没有发出。请核对主机名、端口和连接方式。"
