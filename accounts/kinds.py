"""The sorts of things that people are told of; whoever tells registers their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from accounts.models.user import User

    People: TypeAlias = Sequence[User]


def _all_of(people: People, _url: str) -> People:
    return people


def _everybody(_user: User) -> bool:
    return True


class About(TextChoices):
    """What a kind belongs to, in the order in which people read of it."""

    RESPONSES = "responses", _("Responses")
    CLAPS = "claps", _("Claps")
    STORIES = "stories", _("Stories")
    MODERATION = "moderation", _("Moderation")


class Ways(NamedTuple):
    """How somebody is told."""

    on_page: bool
    by_mail: bool

    def __and__(self, other: Ways) -> Ways:
        return Ways(self.on_page and other.on_page, self.by_mail and other.by_mail)


EVERY_WAY = Ways(on_page=True, by_mail=True)


@dataclass(frozen=True)
class Kind:
    """One sort of thing; `name` stands in the rows and never changes."""

    name: str
    label: StrPromise  # how people find it among what they may switch off
    about: About = About.STORIES
    hint: StrPromise | str = ""  # what a letter says one can do now
    by_mail: bool = True  # unless somebody chose for themselves
    mail_after: timedelta = timedelta(0)  # who has read it on the page by then gets no letter
    concerns: Callable[[User], bool] = _everybody  # whom it can happen to at all
    who_may_open: Callable[[People, str], People] = _all_of  # those who may see what the url shows

    @property
    def usual_ways(self) -> Ways:
        """How people are told of it until they choose."""
        return Ways(on_page=True, by_mail=self.by_mail)


_KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make these known, in the order in which people read of them."""
    _KINDS.update({kind.name: kind for kind in kinds})


def kind_named(name: str) -> Kind:
    """Raises KeyError when nobody registered it."""
    return _KINDS[name]


def find_kind(name: str) -> Kind | None:
    """The kind that a row names, unless nobody tells of it any more."""
    return _KINDS.get(name)


def kinds_for(user: User) -> list[Kind]:
    """What `user` may be told of, what belongs together one after the other."""
    known = [kind for kind in _KINDS.values() if kind.concerns(user)]
    return sorted(known, key=lambda kind: list(About).index(kind.about))


def names_of(about: About) -> list[str]:
    """The kinds that belong to it, whomever they concern."""
    return [kind.name for kind in _KINDS.values() if kind.about is about]
