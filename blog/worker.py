"""The worker of later tasks on this machine, and what it had in hand when it ended."""

from __future__ import annotations

import socket

from django.conf import settings
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

# What has ended its worker so often (it took all memory, say) would end the next one, too.
MAX_TRIES = 3


class WorkerEnded(Exception):
    """Whoever had this task in hand was ended, again and again."""


def name() -> str:
    """What the tasks in its hands are known by; there is one for each data folder."""
    return f"{socket.gethostname()}:{settings.DATA_DIR}"


def put_back() -> int:
    """Have done again what the one that has ended left undone; how many tasks that is.

    They may run twice without harm. One that it ended in for the third time is given up.
    """
    left = [one for one in DBTaskResult.objects.running() if one.worker_ids[-1:] == [name()]]
    for one in left:
        if len(one.worker_ids) >= MAX_TRIES:
            one.set_failed(WorkerEnded(f"It has ended its worker {MAX_TRIES} times."))
        else:
            one.status, one.started_at = TaskResultStatus.READY, None
            one.save(update_fields=["status", "started_at"])
    return len(left)
