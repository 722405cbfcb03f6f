"""What is rendered once and then filled in: it says what the template would have said."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.template import engines
from django.utils.safestring import SafeString
from jinja2 import DictLoader, meta

from blog.jinja import moulds
from blog.jinja.moulds import Moulds

pytestmark = pytest.mark.once
SCRIPT = "<script>alert('100 %')</script>"


@pytest.fixture
def mould(monkeypatch):
    """Moulds of a template with this text."""
    env = engines["jinja"].env
    texts = {}
    monkeypatch.setattr(env, "loader", DictLoader(texts))
    monkeypatch.setattr(env, "cache", {})
    monkeypatch.setattr(moulds, "_EVERY", [])

    def make(text, flags=("is_edited",), values=("name", "pk")):
        texts["test.jinja"] = text
        return Moulds("test.jinja", flags=flags, values=values)

    return make


def said(some, **facts):
    return some.filled(facts, language="en-gb")


def test_each_is_said_with_its_own_values(mould):
    some = mould("<b>{{ name }}</b> {{ pk }} {{ name }}{% if is_edited %}!{% endif %}")
    assert said(some, is_edited=False, name="Ada", pk=1) == "<b>Ada</b> 1 Ada"
    assert said(some, is_edited=True, name="Bo", pk=2) == "<b>Bo</b> 2 Bo!"
    assert said(some, is_edited=False, name="Cy", pk=3) == "<b>Cy</b> 3 Cy"


@pytest.mark.parametrize("first", ["Ada", SCRIPT])
def test_what_somebody_typed_is_escaped_whoever_came_first(mould, first):
    some = mould('<b title="{{ name }}">{{ name }}</b>')
    said(some, is_edited=False, name=first, pk=1)
    escaped = "&lt;script&gt;alert(&#x27;100 %&#x27;)&lt;/script&gt;"
    found = said(some, is_edited=False, name=SCRIPT, pk=1)
    assert found == f'<b title="{escaped}">{escaped}</b>'


def test_what_is_clean_already_stays_as_it_is(mould):
    some = mould("{{ name|safe }} {{ pk }}")
    found = said(some, is_edited=False, name="<p>Ä</p>", pk=SafeString("<i>1</i>"))
    assert found == "<p>Ä</p> <i>1</i>"


def test_percent_signs_of_the_template_and_of_values_stay(mould):
    some = mould("100 % %s {{ name }} %(pk)s")
    assert said(some, is_edited=False, name="5 %s", pk=1) == "100 % %s 5 %s %(pk)s"


def test_addresses_and_sentences_are_filled_in(mould):
    some = mould(
        "{% url 'blog:comment' name pk %}"
        "{% blocktranslate %}Reply to {{ name }}{% endblocktranslate %}"
    )
    assert said(some, is_edited=False, name="story", pk=7) == "/story/responses/7/Reply to story"


@pytest.mark.parametrize(
    "text",
    [
        "{% if name %}x{% endif %}",
        "{% if name == 'x' %}x{% endif %}",
        "{{ name|length }}",
        "{% for one in name %}{% endfor %}",
        "{% if 'x' in name %}{% endif %}",
    ],
)
def test_a_template_cannot_go_by_what_is_only_said(mould, text):
    with pytest.raises(TypeError, match="make it a flag"):
        said(mould(text), is_edited=False, name="Ada", pk=1)


def test_what_is_not_said_is_not_made(mould):
    class Field:
        def __html__(self):
            raise AssertionError

    some = mould("{% if is_edited %}{{ name }}{% endif %}")
    assert said(some, is_edited=False, name=Field(), pk=1) == ""


def test_however_many_ways_there_are_so_many_moulds_are_kept(mould, monkeypatch):
    monkeypatch.setattr(moulds, "KEPT", 2)
    some = mould("{{ is_edited }} {{ name }}")
    for number in range(5):
        assert said(some, is_edited=number, name="Ada", pk=1) == f"{number} Ada"
    assert len(some._kept) <= 2


def test_templates_use_nothing_but_what_their_moulds_give_them():
    env = engines["jinja"].env
    for one in moulds.every():
        source = (settings.BASE_DIR / "templates" / one.template).read_text()
        used = {
            name
            for name in meta.find_undeclared_variables(env.parse(source))
            if not name.startswith("_")
        }
        assert used == {*one.flags, *one.values}
