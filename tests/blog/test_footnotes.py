from __future__ import annotations

from blog.markdown import render
from tests.blog.dom import Element, parse


def story(source: str) -> Element:
    return parse(render(source).html)


def marks(root: Element) -> list[tuple[str, str, str]]:
    """Each mark: its number, where it leads, its own name."""
    links = [sup.one("a") for sup in root.all("sup", class_="footnote-ref")]
    return [(a.text, a.attrs["href"], a.attrs["id"]) for a in links]


def test_a_mark_leads_to_its_note_and_the_note_back():
    root = story("Text[^a].\n\n[^a]: The note.")
    assert marks(root) == [("1", "#fn-1", "fnref-1")]
    note = root.one("section", class_="footnotes").one("ol").one("li")
    assert note.attrs["id"] == "fn-1"
    back = note.one("p").one("a", class_="footnote-backref")
    assert back.attrs["href"] == "#fnref-1"
    assert back.attrs["aria-label"]


def test_notes_are_numbered_as_the_reader_meets_them():
    root = story("[^b]: B\n[^a]: A\n\nx[^a] y[^b]")
    assert [text for text, _, _ in marks(root)] == ["1", "2"]
    assert [li.text.split()[0] for li in root.all("li")] == ["A", "B"]


def test_a_note_mentioned_twice_has_two_ways_back():
    root = story("x[^a] y[^a]\n\n[^a]: A")
    assert marks(root) == [("1", "#fn-1", "fnref-1"), ("1", "#fn-1", "fnref-1-2")]
    assert [a.attrs["href"] for a in root.one("li").all("a")] == ["#fnref-1", "#fnref-1-2"]


def test_every_link_of_a_footnote_has_its_target_and_every_id_is_there_once():
    root = story(
        "# Head[^1]\n\nx[^a] *y[^b]*[^a]\n\n| c[^c] |\n|---|\n| d[^1] |\n\n> q[^a]\n\n"
        "- l[^nested]\n\n[^1]: one\n[^a]: a, see[^b]\n[^b]: b\n\n    more\n\n    - list\n"
        "[^c]:\n    ```\n    code\n    ```\n[^nested]: n[^deep]\n[^deep]: d[^a]"
    )
    ids = [element.attrs["id"] for element in root.elements if "id" in element.attrs]
    targets = [a.attrs["href"][1:] for a in root.all("a") if a.attrs["href"].startswith("#")]
    assert len(ids) == len(set(ids))
    assert set(targets) <= set(ids)
    assert len(root.all("li", class_="")) == 0
    assert [li.attrs["id"] for li in root.one("section").one("ol").children if _is_li(li)] == [
        f"fn-{number}" for number in range(1, 7)
    ]


def _is_li(node: Element | str) -> bool:
    return isinstance(node, Element) and node.tag == "li"


def test_notes_in_notes_come_after_those_of_the_text():
    root = story("x[^a] y[^b]\n\n[^a]: A[^deep]\n[^b]: B\n[^deep]: D")
    assert [li.text.split()[0][0] for li in root.all("li")] == ["A", "B", "D"]


def test_a_note_nobody_mentions_is_not_shown_and_does_not_count():
    root = story("x[^a]\n\n[^lost]: L[^other]\n[^other]: O\n[^a]: A")
    assert [li.text.split()[0] for li in root.all("li")] == ["A"]


def test_a_mark_without_a_note_stays_as_typed():
    root = story("x[^nothing] y[^a]\n\n[^a]: A")
    assert "x[^nothing]" in root.text
    assert len(marks(root)) == 1


def test_the_first_of_two_notes_with_one_name_stands():
    root = story("x[^a]\n\n[^a]: first\n\n[^a]: second")
    assert [li.text.split()[0] for li in root.all("li")] == ["first"]


def test_notes_inside_a_sentence_are_off():
    assert marks(story("x^[a note]")) == []


def test_a_footnote_mark_in_a_heading_is_not_part_of_its_name():
    (heading,) = render("# Head[^1]\n\n[^1]: x").headings
    assert (heading.text, heading.anchor) == ("Head", "h-head")


def test_a_mark_in_a_pictures_description_is_no_mark():
    root = story("![a[^1]](https://e.org/x.png) b[^1]\n\n[^1]: x")
    assert marks(root) == [("1", "#fn-1", "fnref-1")]


def test_a_note_with_many_marks_does_not_drown_in_ways_back():
    root = story("x[^a] " * 500 + "\n\n[^a]: A")
    assert len(marks(root)) == 500
    assert len(root.one("li").all("a")) == 26
