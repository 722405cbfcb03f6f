"""The only module that builds mail and sends it."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.kinds import kind_named

if TYPE_CHECKING:
    from accounts.models import Notification


@dataclass(frozen=True)
class Letter:
    sender: str
    to: str
    subject: str
    text: str

    @classmethod
    def write(cls, template: str, to: str, context: dict[str, Any], request: HttpRequest) -> Letter:
        """Fill in `<template>_subject.txt` and `<template>_message.txt`."""
        return cls(
            sender=_sender(request),
            to=to,
            subject=_line(f"{template}_subject.txt", context, request),
            text=render_to_string(f"{template}_message.txt", context, request).strip() + "\n",
        )

    @classmethod
    def telling(cls, notification: Notification) -> Letter:
        """What stands in somebody's inbox, as a letter; nobody's request asks for it."""
        context = {
            "name": notification.recipient.signature,
            "text": notification.text,
            "quote": "\n".join(f"> {line}".rstrip() for line in notification.quote.splitlines()),
            "hint": kind_named(notification.kind).hint,
            "url": settings.SITE_URL + notification.url,
            "choices_url": f"{settings.SITE_URL}{reverse('account_preferences')}#telling",
        }
        to = notification.recipient.email
        return cls.write("account/email/notification", to, context, HttpRequest())

    def send(self) -> None:
        EmailMessage(
            self.subject,
            self.text,
            self.sender,
            [self.to],
            # Nobody's holiday reply should answer a machine.
            headers={"Auto-Submitted": "auto-generated"},
        ).send()


def _sender(request: HttpRequest) -> str:
    """The publication's name before the address, unless the setting names somebody itself."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name or _line("account/email/sender.txt", {}, request), address))


def _line(template: str, context: dict[str, Any], request: HttpRequest) -> str:
    return " ".join(render_to_string(template, context, request).split())
