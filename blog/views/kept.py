"""Words that somebody sent whose session had ended: kept until they have signed in again.

They lie in a session, because whoever sends them has nothing else; not in the address, which others
may read. Only the person who typed them gets them back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.limits import Limit
from accounts.models import User
from blog.caching import is_personal, reader_of
from blog.markdown import MAX_RESPONSE_BYTES

KEY = "kept_response"
KEPT_FOR = timedelta(hours=1)
# Each is a row that somebody without an account makes.
KEPT = Limit("kept-responses", times=20, per_seconds=3600)


def keep(request: HttpRequest) -> bool:
    """Keep what was sent, for whoever comes back to the same address; False when it is not."""
    source = request.POST.get("source", "")
    is_short = len(source.encode("utf-8", "replace")) <= MAX_RESPONSE_BYTES
    if not source.strip() or not is_short or not KEPT.allows(request):
        return False
    request.session[KEY] = {
        "path": request.path,
        "at": timezone.now().timestamp(),
        "source": source,
        "parent": request.POST.get("parent", "")[:20],
        "writer": request.POST.get("writer", "")[:20],
    }
    return True


def kept(request: HttpRequest) -> dict[str, Any]:
    """What the reader sent to this address before they signed in: fields of a form."""
    reader = reader_of(request)
    found = request.session.get(KEY) if reader and is_personal(request) else None
    if not reader or not found or found["path"] != request.path:
        return {}
    is_theirs = found["writer"] in ("", str(reader.pk))
    is_fresh = timezone.now().timestamp() - found["at"] < KEPT_FOR.total_seconds()
    if not is_theirs or not is_fresh:
        return {}
    return {"source": found["source"], "parent": found["parent"]}


def forget(request: HttpRequest) -> None:
    """It has been said."""
    if request.session.get(KEY, {}).get("path") == request.path:
        del request.session[KEY]


def is_of_another(request: HttpRequest) -> bool:
    """Whether the page that sent this was opened by somebody else than who is signed in now."""
    reader, writer = reader_of(request), request.POST.get("writer", "")
    return bool(reader and writer and writer != str(reader.pk))


def signed_out_sentence(*, is_kept: bool) -> str:
    if is_kept:
        return _("You are signed out. Your words are kept: sign in, and they are there again.")
    return _("You are signed out. Sign in and send it again.")


def somebody_else_sentence(reader: User) -> str:
    text = _("You are signed in as %(name)s now. Send it once more to say it under that name.")
    return text % {"name": reader.signature}
