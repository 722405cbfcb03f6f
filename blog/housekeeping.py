"""What is over is forgotten, and what was cut off is taken up; at a start, and once a day."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import Notification, Tally
from blog.models import Presence

TASK_TAKES = timedelta(minutes=10)
TASKS_KEPT_DAYS = 1
FAILED_TASKS_KEPT_DAYS = 30
EVERY = timedelta(days=1)


def tidy() -> None:
    """Of tasks, sessions, counts, what people were told long ago, and who had a story open.

    Tasks may run twice without harm, and none takes as long as `TASK_TAKES`. Letters stay in the
    list of tasks until they are forgotten, with whatever links they hold.
    """
    cut_off = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - TASK_TAKES)
    cut_off.update(status=TaskResultStatus.READY, started_at=None)
    call_command(
        "prune_db_task_results",
        verbosity=0,
        min_age_days=TASKS_KEPT_DAYS,
        failed_min_age_days=FAILED_TASKS_KEPT_DAYS,
    )
    call_command("clearsessions", verbosity=0)
    Tally.objects.over().delete()
    Notification.objects.sweep()
    Presence.objects.forgotten().delete()
