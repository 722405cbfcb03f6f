"""Mail leaves after the response, so a mail server that is down spoils no page."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.base import DEFAULT_TASK_PRIORITY
from django_tasks_db.models import DBTaskResult

from accounts.mail import Letter
from accounts.statements import Statement

# Tried at once, and again after these minutes: about a day in all.
RETRY_AFTER_MINUTES = (1, 5, 30, 120, 480, 960)
LETTERS_AT_ONCE = 200
MINUTE = timedelta(minutes=1)

logger = logging.getLogger("longhand.mail")


@task()
def send_mail(letter: dict[str, str], attempt: int = 1) -> None:
    """Send `letter`; when the server cannot take it, try again later, a bounded number of times."""
    try:
        Letter(**letter).send()
    except (OSError, SMTPException) as error:
        _try_later(letter, attempt, error)


def _try_later(letter: dict[str, str], attempt: int, error: Exception) -> None:
    if attempt > len(RETRY_AFTER_MINUTES):
        logger.error("Mail to %s given up after %d attempts: %s", letter["to"], attempt, error)
        return
    minutes = RETRY_AFTER_MINUTES[attempt - 1]
    logger.warning(
        "Mail to %s not sent (attempt %d), again in %d min: %s",
        letter["to"],
        attempt,
        minutes,
        error,
    )
    later = timezone.now() + timedelta(minutes=minutes)
    send_mail.using(run_after=later).enqueue(letter, attempt + 1)


@task()
def send_letters() -> None:
    """Give to the post what people are to be told by mail, each letter once."""
    # By its name: the model's own verb enqueues this task.
    notifications: Any = apps.get_model("accounts", "Notification").objects
    due = list(notifications.due()[:LETTERS_AT_ONCE])
    for notification in due:
        _give_to_the_post(notification)
    notifications.sweep()
    if len(due) == LETTERS_AT_ONCE:
        send_letters.enqueue()


def see_letters_off(at: datetime) -> None:
    """Have the letters that are due `at` sent then: those of a minute that is to come, together."""
    if at > timezone.now():
        at = at.replace(second=0, microsecond=0) + MINUTE
        if _WAITING.values(path=send_letters.module_path, at=at):
            return
    send_letters.using(run_after=at).enqueue()


def _waiting(path: str, at: datetime) -> Any:
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=path)
    then = ready.filter(priority=DEFAULT_TASK_PRIORITY, run_after=at)
    return then.order_by().values_list("pk")[:1]


_WAITING: Statement[Any] = Statement(_waiting)


def _give_to_the_post(notification: Any) -> None:
    """Claim the letter and enqueue it in one transaction: neither lost nor sent twice."""
    if not notification.is_letter_wanted:
        notification.drop_letter()
        return
    letter = Letter.telling(notification)
    with transaction.atomic():
        if notification.claim_letter():
            send_mail.enqueue(asdict(letter))
