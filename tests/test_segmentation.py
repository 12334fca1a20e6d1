"""Texts without spaces: where their words are, and the way back to the text as it came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.records import Span
from streams.text.segmentation import Segmentation, cost


WORDS = ["死亡", "死亡人数", "人", "人数", "和", "和平", "3月", "月", "名", "士兵", "在"]


def cut(text: str) -> Segmentation:
    """Return a text cut with a few known words."""
    folded = text.lower()
    spans = [
        (start, start + len(word), cost(len(word), phrase=False) or 0)
        for word in WORDS
        for start in range(len(folded))
        if folded.startswith(word, start)
    ]
    return Segmentation(text, folded, sorted(spans, key=lambda span: (span[1], span[0])))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("死亡人数12人", "死亡人数 12 人"),
        ("死亡12名士兵和平民", "死亡 12 名 士兵 和平 民"),
        ("士兵在阿勒颇", "士兵 在 阿勒颇"),
        ("12，345人，3人", "12, 345 人, 3 人"),
        ("１２，３４５人", "12,345 人"),
        ("F-16和苏-35", "F-16 和 苏-35"),
        ("弗拉·普京在", "弗拉-普京 在"),
        ("13月3月", "13 月 3月"),
        ("（人）“人”", " (人) “人”".strip()),
        ("plain words, 12.5% here", "plain words, 12.5% here"),
        ("", ""),
    ],
)
def test_words_are_set_apart_and_signs_are_as_elsewhere(text: str, words: str) -> None:
    """The fewest known words; what is unknown is one word; letters with spaces of their own stay."""
    assert cut(text).text == words


@given(text=st.text(alphabet=[*"死亡人数和平3月名士兵在阿勒颇12，。、：；（）“”·. ab-%\n１％"], max_size=40))
def test_every_stretch_leads_back_to_where_it_was(text: str) -> None:
    """A span of the text with spaces is, without them, a span of the text as it came."""
    found = cut(text)
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            assert found.outer(*found.inner(start, end)) == (start, end)
    inner = [Span(start=0, end=end, surface=found.text[:end]) for end in range(len(found.text) + 1)]
    for span in found.restored(inner):
        assert text[span.start : span.end] == span.surface
        assert 0 <= span.start <= span.end <= len(text)


@given(text=st.text(max_size=60))
def test_no_text_is_too_strange(text: str) -> None:
    """Nothing but spaces is added, whatever the text is made of."""
    found = cut(text)
    assert len(found.text) - len(text) == sum(
        found.outer(at, at + 1)[0] == found.outer(at, at)[0]
        and found.text[at] == " "
        and not text[found.outer(at, at)[0]].isspace()
        for at in range(len(found.text))
    )


def test_words_inside_a_word_are_told_from_words() -> None:
    """What begins and ends with words is one, or several; what lies within one is inside."""
    found = cut("死亡人数和平")
    assert found.is_word(0, 4)
    assert found.is_word(0, 6)
    assert not found.is_word(0, 2)
    assert found.is_inside(0, 2)
    assert not found.is_inside(2, 5)
    assert found.word_around(5) == (4, 6)
