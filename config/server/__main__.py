"""Serve config.wsgi: python -m config.server --host 127.0.0.1 --port 8000 --workers 1"""

from __future__ import annotations

import argparse
import contextlib
import resource
import sys

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from config.server.parent import Parent

# What still runs is finished, for a little less than `manage.py serve` waits for us.
FINISH_WITHIN_SECONDS = 8
# On a machine with much else to do a process may not come to say for a while that it is well.
HUNG_AFTER_SECONDS = 60
WAITING_CONNECTIONS = 1024


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.server", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    _open_many_files()
    # By name: only those who answer load Django, not the one who watches them.
    config = uvicorn.Config(
        "config.server.app:bridge",
        host=given.host,
        port=given.port,
        workers=given.workers,
        http="config.server.app:Front",
        interface="asgi3",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        # Django reads what a proxy says, from as many of them as it is told to trust.
        proxy_headers=False,
        server_header=False,
        backlog=WAITING_CONNECTIONS,
        # The protocol ends what is idle; later than it does.
        timeout_keep_alive=90,
        timeout_graceful_shutdown=FINISH_WITHIN_SECONDS,
        timeout_worker_healthcheck=HUNG_AFTER_SECONDS,
    )
    parent = Parent(config, sockets=[config.bind_socket()])
    parent.run()
    if parent.has_failed:
        sys.exit(STARTUP_FAILURE)


def _open_many_files() -> None:
    """As many as the system lets us: every connection is one."""
    _now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
