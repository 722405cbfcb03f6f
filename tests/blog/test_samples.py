"""The sample publication is whole: every file reads, every name leads somewhere."""

from __future__ import annotations

import io
import re
from collections import Counter

import pytest
from PIL import Image

from blog.samples.drawing import DRAWINGS, draw, draw_avatar
from blog.samples.people import AUTHORS, PUBLICATION, READERS
from blog.samples.reader import BadStory, SampleStory, stories
from blog.samples.responses import CLAPS, CLAPS_FOR_RESPONSES, PINNED, RESPONSES
from blog.samples.series import SERIES

RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
STORIES = stories()
HANDLES = {author.handle for author in AUTHORS}
KEYS = {response.key: response for response in RESPONSES}
TEXTS = "\n\n".join(story.text for story in STORIES)

DIALECT = {
    "heading": r"^## \S",
    "emphasis": r"(?<![*\w])\*[^*\s][^*]*\*",
    "block quote": r"^> \S",
    "pull quote": r"^::: pull$",
    "note": r"^::: note$",
    "warning": r"^::: warning$",
    "wide picture": r"^::: wide\n!\[",
    "full picture": r"^::: full\n!\[",
    "picture in the text": r"\n\n!\[[^\n]*\)\n\n",
    "two pictures in a row": r"\n!\[[^\n]*\)\n!\[[^\n]*\)\n",
    "caption that overrides": r'\(drawing:[a-z-]+ "[^\n]+"\)',
    "table": r"^\|[ :|-]+\|$",
    "right-aligned column": r"-:\|",
    "footnote": r"^\[\^\w+\]: ",
    "code with a language": r"^```python$",
    "code in another language": r"^```javascript$",
    "code in a sentence": r"`[^`\n]+`",
    "task done": r"^- \[x\] ",
    "task not done": r"^- \[ \] ",
    "definition": r"^[^\n]+\n: \S",
    "strikethrough": r"~~[^~]+~~",
    "section break": r"^\*\*\*$",
    "numbered list": r"^1\. ",
    "nested list": r"^   - ",
    "twice nested list": r"^     - ",
    "link to another site": r"\]\(https://",
    "link to another story": r"\]\(/[a-z-]+/\)",
}


def words(text: str) -> int:
    """Words a reader reads: no code, no pictures, no addresses, no marks."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"!\[[^\]]*\]\([^\n]*\)", "", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"^:::.*$|\[\^\w+\]:?", "", text, flags=re.MULTILINE)
    # Two letters of Japanese are a word.
    text, letters = re.subn(r"[\u3040-\u30ff\u4e00-\u9fff]", " ", text)
    return len(re.findall(r"\w[\w’'.,-]*", text)) + letters // 2


def story_of(slug: str) -> SampleStory:
    return next(story for story in STORIES if story.slug == slug)


def test_there_are_seventeen_stories_with_their_own_addresses_newest_first():
    assert len(STORIES) == 17
    assert len({story.slug for story in STORIES}) == 17
    assert [story.days_ago for story in STORIES] == sorted(story.days_ago for story in STORIES)


def test_the_stories_are_by_four_authors_and_one_was_written_by_two_of_them():
    assert {handle for story in STORIES for handle in story.authors} == HANDLES
    assert len(AUTHORS) == 4
    assert [len(story.authors) for story in STORIES].count(2) == 1


def test_one_story_is_german_one_japanese_one_runs_from_right_to_left_and_the_rest_are_english():
    languages = Counter(story.language for story in STORIES)
    assert languages == {"en": 14, "de": 1, "ja": 1, "ar": 1}
    assert set(languages) & RIGHT_TO_LEFT == {"ar"}


def test_one_story_has_a_translation():
    pairs = [(story, story_of(story.translation_of)) for story in STORIES if story.translation_of]
    assert [(story.language, original.language) for story, original in pairs] == [("en", "ja")]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)
def test_a_story_has_between_300_and_2000_words_and_all_that_a_list_shows(story):
    assert 300 <= words(story.text) <= 2000
    assert 0 < len(story.title) <= 200
    assert 0 < len(story.subtitle) <= 300
    assert 0 < len(story.slug) <= 80
    assert story.tags
    assert story.summary
    assert story.days_ago >= 0


def test_at_least_three_stories_are_long_reads():
    assert sum(words(story.text) > 1400 for story in STORIES) >= 3


def test_at_most_one_story_is_pinned_and_two_have_no_lead_picture():
    assert sum(story.is_pinned for story in STORIES) <= 1
    assert sum(story.lead is None for story in STORIES) == 2


def test_every_picture_that_a_story_names_can_be_drawn_and_none_is_shown_twice():
    for story in STORIES:
        assert set(story.drawings) <= set(DRAWINGS), story.slug
        shown = ([story.lead] if story.lead else []) + re.findall(r"\(drawing:([\w-]+)", story.text)
        assert len(shown) == len(set(shown)), story.slug


def test_every_drawing_is_shown_in_some_story_and_says_what_is_to_be_seen():
    assert set(DRAWINGS) == {name for story in STORIES for name in story.drawings}
    assert len(DRAWINGS) >= 14
    for drawing in DRAWINGS.values():
        assert drawing.alt
        assert drawing.caption
        assert drawing.credit_name


def test_every_picture_in_a_story_has_a_text_for_those_who_cannot_see_it():
    assert not re.findall(r"!\[\s*\]", TEXTS)


@pytest.mark.parametrize("feature", DIALECT)
def test_the_stories_use_every_feature_of_the_dialect(feature):
    assert re.search(DIALECT[feature], TEXTS, re.MULTILINE)


def test_every_footnote_mark_has_its_note_and_one_story_has_six():
    counts = []
    for story in STORIES:
        notes = re.findall(r"^\[\^(\w+)\]: ", story.text, re.MULTILINE)
        marks = re.findall(r"\[\^(\w+)\](?!:)", story.text)
        assert sorted(notes) == sorted(marks), story.slug
        counts.append(len(notes))
    assert max(counts) >= 6
    assert sum(count > 0 for count in counts) >= 5


def test_a_link_from_one_story_to_another_arrives():
    slugs = {story.slug for story in STORIES}
    assert set(re.findall(r"\]\(/([^/)]+)/\)", TEXTS)) <= slugs


def test_a_series_has_parts_that_came_out_in_their_order_and_belong_to_no_other():
    parts = [slug for series in SERIES for slug in series.stories]
    assert len(parts) == len(set(parts))
    for series in SERIES:
        days = [story_of(slug).days_ago for slug in series.stories]
        assert len(days) > 1
        assert days == sorted(days, reverse=True)


def test_every_response_belongs_to_a_story_and_to_somebody_we_know():
    people = HANDLES | {reader.handle for reader in READERS}
    assert len(READERS) == 6
    assert len(KEYS) == len(RESPONSES)
    for response in RESPONSES:
        assert response.who in people, response.key
        assert 0 < response.hours < story_of(response.story).days_ago * 24, response.key
        assert 0 < len(response.text.encode()) <= 5 * 1024


def test_a_reply_stands_in_the_same_story_as_what_it_answers_and_comes_after_it():
    for response in RESPONSES:
        if response.parent is not None:
            parent = KEYS[response.parent]
            assert parent.story == response.story
            assert parent.hours < response.hours
            assert RESPONSES.index(parent) < RESPONSES.index(response)


def test_threads_go_three_deep_and_no_deeper():
    def depth(key: str | None) -> int:
        return 0 if key is None else 1 + depth(KEYS[key].parent)

    assert max(depth(response.key) for response in RESPONSES) == 3


def test_ten_stories_or_more_have_one_to_six_responses_and_authors_answer():
    counts = Counter(response.story for response in RESPONSES)
    assert len(counts) >= 10
    assert max(counts.values()) <= 6
    assert any(response.who in HANDLES for response in RESPONSES)
    for response in RESPONSES:
        if response.who in HANDLES:
            assert response.who in story_of(response.story).authors


def test_claps_stay_within_what_a_reader_can_give():
    assert set(CLAPS) == {story.slug for story in STORIES}
    assert set(CLAPS_FOR_RESPONSES) <= set(KEYS)
    for counts in (*CLAPS.values(), *CLAPS_FOR_RESPONSES.values()):
        assert len(counts) <= 40
        assert all(1 <= count <= 50 for count in counts)


def test_a_story_has_one_pinned_response_at_most_and_it_begins_a_thread():
    pinned = [KEYS[key] for key in PINNED]
    assert all(response.parent is None for response in pinned)
    assert len({response.story for response in pinned}) == len(pinned)


def test_the_publication_and_its_people_have_names():
    assert PUBLICATION.name
    assert PUBLICATION.tagline
    for author in AUTHORS:
        assert re.fullmatch(r"[a-z0-9-]{1,30}", author.handle)
        assert 0 < len(author.name) <= 80
        assert 0 < len(author.tagline) <= 160
        assert author.bio


def test_a_drawing_is_the_same_every_time_it_is_drawn():
    assert draw("lens-steps") == draw("lens-steps")


def test_a_drawing_is_a_wide_jpeg():
    with Image.open(io.BytesIO(draw("lens-steps"))) as picture:
        assert picture.format == "JPEG"
        assert 1600 <= picture.width <= 2400
        assert picture.width > picture.height


def test_every_author_has_a_square_picture():
    for author in AUTHORS:
        with Image.open(io.BytesIO(draw_avatar(author.handle))) as picture:
            assert picture.size == (480, 480)


def test_a_file_without_its_fields_is_refused_by_name(tmp_path):
    (tmp_path / "lost.md").write_text("---\ntitle: Lost\n---\nText.\n")
    with pytest.raises(BadStory, match=r"lost\.md .*slug"):
        stories(tmp_path)


def test_a_file_that_does_not_begin_with_fields_is_refused_by_name(tmp_path):
    (tmp_path / "bare.md").write_text("Only a text.\n")
    with pytest.raises(BadStory, match=r"bare\.md"):
        stories(tmp_path)
