"""What a form under a story tells a person from a script by: a field that nobody sees, and a time.

Neither is told to whoever is caught, and neither costs a person anything: with scripts or without,
after a reload, or a day later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare

# No browser and no keeper of passwords has anything to fill in for this name.
LURE = "subject"
OPENED = "opened"
# In a session: under which story its reader is told, once, that a response waits.
WAITS = "response_waits"
SALT = "longhand.form"
SECONDS_AT_MOST = 24 * 3600
MAX_TOKEN_CHARS = 100


class Opened(Enum):
    """What the form's token says of when its page was made."""

    IN_TIME = "in_time"
    TOO_FAST = "too_fast"
    TOO_LONG_AGO = "too_long_ago"
    NEVER = "never"


@dataclass(frozen=True)
class Traps:
    """What was found in them."""

    is_lured: bool = False
    opened: Opened = Opened.IN_TIME


def look(sent: Mapping[str, str], *, story: int) -> Traps:
    """What stands in the traps of a form that was sent."""
    return Traps(is_lured=bool(sent.get(LURE, "")), opened=_opened(sent.get(OPENED, ""), story))


def token(*, story: int, earlier: str = "") -> str:
    """Says that a form of this story's page was made now.

    A form that comes back with a sentence keeps its `earlier` one: whoever sends it again at once
    has had time.
    """
    if _opened(earlier, story) in {Opened.IN_TIME, Opened.TOO_FAST}:
        return earlier
    now = int(timezone.now().timestamp())
    return f"{now}.{_seal(now, story)}"


def _opened(said: str, story: int) -> Opened:
    at, _dot, seal = said[:MAX_TOKEN_CHARS].partition(".")
    if not at.isascii() or not at.isdigit():
        return Opened.NEVER
    if not constant_time_compare(seal, _seal(int(at), story)):
        return Opened.NEVER
    age = timezone.now().timestamp() - int(at)
    if age > SECONDS_AT_MOST:
        return Opened.TOO_LONG_AGO
    return Opened.IN_TIME if age >= settings.RESPONSE_SECONDS_AT_LEAST else Opened.TOO_FAST


def _seal(at: int, story: int) -> str:
    return signing.Signer(salt=SALT).signature(f"{at}:{story}")
