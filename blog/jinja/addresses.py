"""The addresses in a page: each pattern is worked out once, by Django, and then filled in."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.templatetags.static import static
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, reverse
from markupsafe import Markup, escape

from blog.jinja.escaping import Hole

# What stands in an address as it is.
PLAIN = re.compile(r"[A-Za-z0-9_-]+")
# Of addresses with something that is chosen from a list.
KEPT = 500
# What no address of ours has in it, each of its kind.
NUMBER, WORD = 900_000_001, "Qx{}xQ"


class Addresses(dict[tuple[Any, ...], str]):
    """Addresses by name and kinds of arguments, with `%s` where an argument stands.

    A pattern whose arguments are chosen from a list cannot be found out like that: it has "". Of
    these addresses some are kept whole.
    """

    def __init__(self) -> None:
        super().__init__()
        self.chosen: dict[tuple[Any, ...], str] = {}

    def __missing__(self, kind: tuple[Any, ...]) -> str:
        name, *types = kind
        signs: list[Any] = [
            NUMBER + place if of is int else WORD.format(place) for place, of in enumerate(types)
        ]
        try:
            url = reverse(name, args=signs).replace("%", "%%")
        except NoReverseMatch:
            url = ""
        for sign in signs:
            if url.count(str(sign)) != 1:
                url = ""
            url = url.replace(str(sign), "%s")
        self[kind] = url
        return url


def address(known: Addresses, name: str, /, *args: Any) -> str:
    """What `reverse` says. Raises `NoReverseMatch`.

    Within a mould arguments are put in later, as they are: texts have to be quoted by then.
    """
    if not args:
        return known[name,] or reverse(name)
    if any(type(arg) is Hole for arg in args):
        return known[name, *(_kind(arg) for arg in args)] % args
    if not all(map(_is_plain, args)):
        return reverse(name, args=args)
    pattern = known[name, *map(type, args)]
    if pattern:
        return pattern % args
    if (name, *args) not in known.chosen:
        if len(known.chosen) >= KEPT:
            known.chosen.clear()
        known.chosen[name, *args] = reverse(name, args=args)
    return known.chosen[name, *args]


def _kind(arg: Any) -> type:
    return arg.kind if type(arg) is Hole else type(arg)


def _is_plain(arg: Any) -> bool:
    return (type(arg) is int and arg >= 0) or (type(arg) is str and bool(PLAIN.fullmatch(arg)))


def addresses() -> Addresses:
    """Those of the list of addresses that is in force; of another one they are others."""
    return _addresses(get_resolver(), get_script_prefix())


@cache
def _addresses(_resolver: Any, _prefix: str) -> Addresses:
    return Addresses()


class Files(dict[str, Markup]):
    """Where static files lie, by their names in `static/`."""

    def __missing__(self, name: str) -> Markup:
        url = self[name] = escape(static(name))
        return url


@cache
def files() -> Files:
    return Files()


def forget() -> None:
    _addresses.cache_clear()
    files.cache_clear()
