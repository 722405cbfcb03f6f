"""Who is signed in, asked by those who need to know nothing else of them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User

KNOWN_FIELDS = ("id", "password", "is_active")


def person_of(session_key: str) -> User | None:
    """The person with this session, with their key and nothing else read.

    None also where `django.contrib.auth` has more to do: to end the session of somebody who changed
    their password, to sign one anew with a new secret.
    """
    said = _said(session_key)
    if said.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    person = _person(str(said.get(SESSION_KEY, "")))
    if person is None or not person.is_active:
        return None
    seal = str(said.get(HASH_SESSION_KEY, ""))
    return person if constant_time_compare(seal, person.get_session_auth_hash()) else None


def _said(session_key: str) -> dict[str, Any]:
    """What a session holds; nothing once it is over."""
    store: type[Any] = import_module(settings.SESSION_ENGINE).SessionStore
    if store is not db.SessionStore:
        return dict(store(session_key).load())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
            [session_key, connection.ops.adapt_datetimefield_value(timezone.now())],
        )
        row = cursor.fetchone()
    return dict(store().decode(row[0])) if row else {}


def _person(key: str) -> User | None:
    if not (key.isascii() and key.isdigit()):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, password, is_active FROM accounts_user WHERE id = %s", [int(key)]
        )
        row = cursor.fetchone()
    return User.from_db(connection.alias, KNOWN_FIELDS, row) if row else None
