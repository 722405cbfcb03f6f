"""Sessions and who is signed in, read with SQL that is made once. Django's own, but for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

Find = Callable[[int], User | None]


class SessionStore(db.SessionStore):
    """The engine that `SESSION_ENGINE` names."""

    def load(self) -> dict[str, Any]:
        key = str(self.session_key)
        found = _DATA.values(key=key, at=timezone.now()) if _is_ours(key) else []
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
    return people_of([session_key])[0]


def people_of(session_keys: Sequence[str]) -> list[User | None]:
    """`person_of` each of these, with two questions for all of them."""
    asked = sorted({key for key in session_keys if SessionStore(key).session_key and _is_ours(key)})
    found = _SESSIONS.values(keys=asked, at=timezone.now()) if asked else []
    decode = SessionStore().decode
    sessions = {key: decode(data) for key, data in found}
    keys = sorted({number for one in sessions.values() if (number := _key_in(one)) is not None})
    people = {one.pk: one for one in _KNOWN.ask(keys=keys)} if keys else {}
    holders = {key: _holder(one, people.get) for key, one in sessions.items()}
    return [holders.get(key) for key in session_keys]


def _somebody(request: HttpRequest) -> User | AnonymousUser:
    # Under the name that Django looks for.
    if not hasattr(request, "_cached_user"):
        found = _holder(request.session, lambda key: _WHOLE.one(key=key))
        request._cached_user = found or auth.get_user(request)  # type: ignore[attr-defined]
    somebody: User | AnonymousUser = request._cached_user  # type: ignore[attr-defined]
    return somebody


def _is_ours(session_key: str) -> bool:
    """Other signs are never in a key of ours, and PostgreSQL takes not all of them."""
    return session_key.isascii() and session_key.isalnum()


def _key_in(session: Any) -> int | None:
    """The key of the person whose session it is."""
    key = str(session.get(SESSION_KEY, ""))
    return int(key) if key.isascii() and key.isdigit() else None


def _holder(session: Any, find: Find) -> User | None:
    """Whose session it is, where that is plain."""
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    key = _key_in(session)
    person = find(key) if key is not None else None
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
_SESSIONS: Statement[Any] = Statement(
    lambda keys, at: Session.objects.filter(session_key__in=keys, expire_date__gt=at).values_list(
        "session_key", "session_data"
    )
)
_KNOWN: Statement[User] = Statement(
    lambda keys: User.objects.filter(pk__in=keys).only("password", "is_active")
)
