"""The worker of later tasks beside this server, and what it had in hand when it ended."""

from __future__ import annotations

import logging
from secrets import token_hex

from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

# What has ended its worker so often (it took all memory, say) would end the next one, too.
MAX_TRIES = 3
# What the tasks in its hands are known by, for as long as this server runs.
NAME = token_hex(16)

logger = logging.getLogger("longhand.serve")


class WorkerEnded(Exception):
    """Whoever had this task in hand was ended, again and again."""


def put_back() -> int:
    """Have done again what the one that has ended was cut off in; how many tasks that is.

    They may run twice without harm. One that has ended it for the third time is given up.
    """
    running = DBTaskResult.objects.running()
    left = [one for one in running if one.worker_ids[-1:] == [NAME]]
    for one in left:
        if one.worker_ids.count(NAME) >= MAX_TRIES:
            logger.error(
                "%s is given up: it has ended its worker %d times.", one.task_path, MAX_TRIES
            )
            one.set_failed(WorkerEnded(f"It has ended its worker {MAX_TRIES} times."))
        else:
            still = running.filter(pk=one.pk, started_at=one.started_at)
            still.update(status=TaskResultStatus.READY, started_at=None)
    return len(left)
