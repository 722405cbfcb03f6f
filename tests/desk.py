"""The desk as a browser without scripts sees it: what a page offers is what is sent back."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from blog.models import Image, Post
from tests.making import picture_bytes

ADD = "/admin/blog/post/add/"
STORIES = "/admin/blog/post/"


def desk_of(person: User, **options: Any) -> Client:
    """A browser in which `person` is signed in."""
    # As browsers do, it says where a form comes from.
    client = Client(headers={"origin": "http://testserver"}, **options)
    client.force_login(person)
    return client


def change_url(post: Post) -> str:
    return reverse("admin:blog_post_change", args=[post.pk])


def publication_url(post: Post) -> str:
    return reverse("admin:blog_post_publication", args=[post.pk])


def withdrawal_url(post: Post) -> str:
    return reverse("admin:blog_post_withdrawal", args=[post.pk])


def make_picture(by: User, **about: Any) -> Image:
    return Image.objects.upload(picture_bytes((40, 30)), by=by, **about)


@dataclass
class Page:
    """One form of a page: its fields, its buttons, and what is said beside them."""

    response: Any
    fields: dict[str, Any] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    action: str = ""

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        return self.response.content.decode()


class _Reader(HTMLParser):
    """Collects what a browser would send of the one form that is asked for."""

    def __init__(self, page: Page, form_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.form_id = page, form_id
        self.is_inside = False
        self.area: str | None = None
        self.select: str | None = None
        self.error: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        classes = has.get("class", "").split()
        if tag == "form":
            self.is_inside = has.get("id", "") == self.form_id
            if self.is_inside:
                self.page.action = has.get("action", "")
        if {"field__error", "errorlist"} & set(classes) or has.get("role") == "alert":
            self.page.errors.append("")
            self.error = 0
        if self.error is not None and tag not in {"br", "input", "img", "link", "meta"}:
            self.error += 1
        is_ours = has["form"] == self.form_id if "form" in has else self.is_inside
        if is_ours and "disabled" not in has:
            self._field(tag, has)

    def _field(self, tag: str, has: dict[str, str]) -> None:
        name, kind = has.get("name", ""), has.get("type", "text")
        if tag == "option" and self.select and ("selected" in has):
            self.page.fields[self.select] = has.get("value", "")
        if not name:
            return
        if tag == "textarea":
            self.area, self.page.fields[name] = name, ""
        elif tag == "select":
            self.select, self.page.fields[name] = name, ""
        elif tag == "button":
            self.page.buttons[name] = has.get("value", "")
        elif tag == "input":
            self.page.labels.add(name)
            if kind in {"checkbox", "radio"} and "checked" not in has:
                return
            if kind in {"submit", "file"}:
                return
            value = has.get("value", "on" if kind == "checkbox" else "")
            if name == "_selected_action":
                self.page.fields.setdefault(name, []).append(value)
            else:
                self.page.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "textarea":
            self.area = None
        elif tag == "select":
            self.select = None
        if self.error is not None:
            self.error -= 1
            if self.error <= 0:
                self.error = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.page.fields[self.area] += data
        if self.error is not None:
            self.page.errors[-1] += data


def read(response: Any, form_id: str = "post_form") -> Page:
    page = Page(response)
    reader = _Reader(page, form_id)
    reader.feed(response.content.decode())
    reader.close()
    # A browser drops the line break that may begin a text field, and sends CRLF for each other.
    for name, value in page.fields.items():
        if isinstance(value, str):
            plain = value.removeprefix("\r").removeprefix("\n").replace("\r\n", "\n")
            page.fields[name] = plain.replace("\n", "\r\n")
    page.errors = [" ".join(error.split()) for error in page.errors if error.strip()]
    return page


@dataclass
class Writing:
    """Somebody in front of the page on which a story is written, or of another with a form."""

    client: Client
    url: str = ADD
    form_id: str = "post_form"
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        response = self.client.get(self.url)
        assert response.status_code == 200, (self.url, response.status_code)
        self.page = read(response, self.form_id)

    def press(self, button: str = "_save", **changes: Any) -> Any:
        """Fill in and press a button that is really there."""
        assert button in self.page.buttons, (button, self.page.buttons)
        offered = set(self.page.fields) | self.page.labels
        assert set(changes) <= offered, set(changes) - offered
        return self.send(**{button: self.page.buttons[button] or "1"}, **changes)

    def send(self, **changes: Any) -> Any:
        """The same by hand, with whatever else; None unticks a box."""
        data = {**self.page.fields, **changes}
        data = {name: value for name, value in data.items() if value is not None}
        response = self.client.post(self.url, data)
        if response.status_code in {200, 400, 409, 413}:
            self.page = read(response, self.form_id)
        return response


def write(person: User, post: Post | None = None, **options: Any) -> Writing:
    return Writing(desk_of(person, **options), change_url(post) if post else ADD)


def publication(person: User, post: Post, **options: Any) -> Writing:
    """Somebody in front of the page from which a story goes to readers."""
    return Writing(desk_of(person, **options), publication_url(post), "publication_form")


def withdrawal(person: User, post: Post, **options: Any) -> Writing:
    """Somebody in front of the page on which a story is taken back."""
    return Writing(desk_of(person, **options), withdrawal_url(post), "publication_form")
