"""What each process of the server loads: Django first, then what needs it."""

from __future__ import annotations

import sys
import traceback

from uvicorn.config import STARTUP_FAILURE

try:
    from config.wsgi import application
except Exception:
    # Another process would fail the same way; so it is told not to try.
    traceback.print_exc()
    sys.exit(STARTUP_FAILURE)

from config.server.bridge import Bridge
from config.server.parent import end_with_parent
from config.server.protocol import Front

__all__ = ["Front", "bridge"]

bridge = Bridge(application)
end_with_parent()
