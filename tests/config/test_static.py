"""Static files as a browser gets them: small, and meaning what they meant."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

from config.static import squeezed

CSS = settings.BASE_DIR / "static" / "css"
STYLESHEETS = sorted(path.name for path in CSS.glob("*.css"))
POLICIES = ("Permissions-Policy", "Referrer-Policy", "Cross-Origin-Opener-Policy")


def served(name: str) -> str:
    return (settings.STATIC_ROOT / static(name).removeprefix("/static/")).read_text()


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a {\n  color: red;\n}\n", "a{color:red;}"),
        (".frame :is(picture, img) {}", ".frame :is(picture,img){}"),
        ("@layer x {\n  .a :hover,\n  .b {\n    gap: 0 calc(1rem - 2px);\n  }\n}", None),
        ('a::before { content: "  /* {no} */ ;  "; }', 'a::before{content:"  /* {no} */ ;  ";}'),
        ("a { quotes: '\\'  ' ; }", "a{quotes:'\\'  ';}"),
        ("/* it's { one */ a { b: c } /* two; */ d { }", "a{b:c}d{}"),
        ("a /* and */ b {}", "a b{}"),
        ("@media (width >= 44rem) { a { b: c } }", "@media (width >= 44rem){a{b:c}}"),
    ],
)
def test_a_stylesheet_loses_only_what_says_nothing(written, sent):
    sent = sent or "@layer x{.a :hover,.b{gap:0 calc(1rem - 2px);}}"
    assert squeezed(written) == sent
    assert squeezed(sent) == sent


@pytest.mark.parametrize("name", STYLESHEETS)
def test_a_stylesheet_keeps_every_word_in_its_order(name):
    written = re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)
    sent = squeezed((CSS / name).read_text())
    assert re.sub(r"\s", "", sent) == re.sub(r"\s", "", written)
    # A space that was before a colon says "somewhere in it".
    assert sent.count(" :") == len(re.findall(r"[^\s,{};]\s+:", written))


@pytest.mark.parametrize("name", ["every-page", "story-page"])
def test_a_page_asks_once_for_what_several_stylesheets_say(name):
    """One that only names others is sent with them in it, and their fonts under hashed names."""
    named = re.findall(r'@import url\("(.+?)"\);', (CSS / f"{name}.css").read_text())
    sent = served(f"css/{name}.css")
    assert len(named) > 2
    assert "@import" not in sent
    for part in named:
        assert re.sub(r'url\(".*?"\)', "", served(f"css/{part}")) in re.sub(
            r'url\(".*?"\)', "", sent
        )


def test_what_was_written_for_people_is_sent_without_it():
    written = (settings.BASE_DIR / "static/js/applause.js").read_text()
    sent = served("js/applause.js")
    assert "// " in written
    assert "// " not in sent
    assert len(sent) < 0.75 * len(written)


def test_the_libraries_of_others_are_sent_as_they_came():
    path = "vendor/turndown/turndown.js"
    assert served(path) == (settings.BASE_DIR / "static" / path).read_text()


def test_scripts_find_each_other_by_their_hashed_names():
    for path, hashed in staticfiles_storage.hashed_files.items():
        if path.startswith("js/"):
            sent = (settings.STATIC_ROOT / hashed).read_text()
            for found in re.findall(r"""(?:from|import)\s*\(?["'](\.[^"']+)["']""", sent):
                assert re.search(r"\.[0-9a-f]{12}\.js$", found), (path, found)


def ask(client, name, accepted=""):
    answer = client.get(static(name), headers={"Accept-Encoding": accepted})
    # Read to its end it closes itself, and leaves alone the connection of a test before.
    assert b"".join(answer.streaming_content)
    return answer


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip", "gzip"), ("", "")])
def test_a_file_travels_compressed_and_without_what_only_pages_need(client, accepted, encoding):
    answer = ask(client, "css/every-page.css", accepted)
    assert answer.get("Content-Encoding", "") == encoding
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert not [name for name in (*POLICIES, "Content-Security-Policy") if name in answer]


def test_a_file_that_can_be_opened_as_a_page_has_the_policy_of_one(client):
    answer = ask(client, "icons/icon.svg")
    assert answer["Content-Security-Policy"] == settings.CONTENT_SECURITY_POLICY
