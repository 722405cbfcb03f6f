"""Sessions and who is signed in, read with SQL that is made once. Django's own, but for that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.statements import Statement

Find = Callable[..., User | None]


class SessionStore(db.SessionStore):
    """The engine that `SESSION_ENGINE` names."""

    def load(self) -> dict[str, Any]:
        key = str(self.session_key)
        # Other signs are never in one of ours, and PostgreSQL takes not all of them.
        found = _DATA.values(key=key, at=timezone.now()) if key.isascii() and key.isalnum() else []
        for (data,) in found:
            return dict(self.decode(data))
        # As Django's own: a key that we did not give is not taken over.
        self._session_key = None
        return {}


class Authentication(AuthenticationMiddleware):
    """Tells of each request who is signed in, once somebody wants to know."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        somebody: Any = SimpleLazyObject(partial(_somebody, request))
        request.user = somebody


def person_of(session_key: str) -> User | None:
    """The person with this session, with their key and nothing else read.

    None also where `django.contrib.auth` has more to do: to end the session of somebody who changed
    their password, to sign one anew with a new secret.
    """
    store = SessionStore(session_key)
    return _holder(store, _KNOWN.one) if store.session_key else None


def _somebody(request: HttpRequest) -> User | AnonymousUser:
    # Under the name that Django looks for.
    if not hasattr(request, "_cached_user"):
        found = _holder(request.session, _WHOLE.one)
        request._cached_user = found or auth.get_user(request)  # type: ignore[attr-defined]
    somebody: User | AnonymousUser = request._cached_user  # type: ignore[attr-defined]
    return somebody


def _holder(session: Any, find: Find) -> User | None:
    """Whose session it is, where that is plain."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    key = str(session.get(SESSION_KEY, ""))
    person = find(key=int(key)) if key.isascii() and key.isdigit() else None
    if person is None or not person.is_active:
        return None
    seal = str(session.get(HASH_SESSION_KEY, ""))
    return person if constant_time_compare(seal, person.get_session_auth_hash()) else None


_DATA: Statement[Any] = Statement(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at).values_list(
        "session_data"
    )
)
# A page of somebody signed in asks whether they have a face of their own.
_WHOLE: Statement[User] = Statement(
    lambda key: User.objects.filter(pk=key).select_related("author")
)
_KNOWN: Statement[User] = Statement(
    lambda key: User.objects.filter(pk=key).only("password", "is_active")
)
