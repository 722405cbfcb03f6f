"""Plain functions that make what tests need; each call makes something new and valid."""

from __future__ import annotations

import functools
import io
import itertools
import os
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.utils import timezone
from PIL import Image as PillowImage

from accounts.models import User
from accounts.roles import Role, grant
from blog import guests
from blog.models import Comment, Guest, Post
from blog.visitors import COOKIE, SALT, new_visitor

PASSWORD = "a long enough sentence"
_numbers = itertools.count(1)
# Browser tests make people in processes of their own, one after the other, in one database.
_process = os.getpid()


@functools.cache
def _password_hash() -> str:
    # Hashing is slow on purpose; the people of the tests share one password.
    return make_password(PASSWORD)


def make_person(name: str = "", role: Role = Role.READER) -> User:
    """Somebody with an account (and a public face, if the role writes)."""
    name = name or f"Person {next(_numbers)}"
    email = f"{name.lower().replace(' ', '.')}.{next(_numbers)}.{_process}@example.org"
    user = User.objects.create(email=email, name=name, password=_password_hash())
    # Whoever is new reads already.
    if role is not Role.READER:
        grant(user, role)
    return user


def make_post(by: User | None = None, *, published: bool = True, **fields: Any) -> Post:
    """A story, by a new author and published an hour ago unless told otherwise."""
    author = by or make_person(role=Role.AUTHOR)
    at = fields.pop("published_at", None) or timezone.now() - timedelta(hours=1)
    post = Post(
        **{
            "title": f"A story {next(_numbers)}",
            "source": "It was a quiet morning.\n",
            **fields,
        }
    )
    post.write(by=author)
    if published:
        post.publish(by=author, at=at)
    return post


def make_response(post: Post, by: User | Guest | None = None, **fields: Any) -> Comment:
    return Comment.objects.respond(
        post=post, by=by or make_person(), **{"source": f"Well said {next(_numbers)}.", **fields}
    )


def make_guest_link(post: Post) -> str:
    """What the link says in the letter to a guest whose response nobody sees yet."""
    number = next(_numbers)
    guest = Guest.objects.create(name=f"Guest {number}", email=f"guest.{number}@example.org")
    return guests.link(make_response(post, guest), guest, name=guest.name)


def visitor_cookies() -> dict[str, str]:
    """The cookie of a reader without an account who has clapped before."""
    return {COOKIE: signing.Signer(salt=SALT).sign(new_visitor())}


def picture_bytes(
    size: tuple[int, int] = (640, 420), kind: str = "JPEG", color: str = "#7c93a6"
) -> bytes:
    file = io.BytesIO()
    PillowImage.new("RGB", size, color).save(file, kind)
    return file.getvalue()
