"""The key colour keeps away from what the picture shows, and never changes for the same words."""

import pytest

from imagepipe.prompts.keycolour import KEYS, choose

CASES = [
    ([], "#00ff00"),
    (["a ceramic mug"], "#00ff00"),
    (["a red mug", "brown leather"], "#00ff00"),
    (["navy and white"], "#00ff00"),
    (["a green bottle"], "#ff00ff"),
    (["Olive oil"], "#ff00ff"),
    (["a yellow duck"], "#ff00ff"),
    (["moss on a teal roof"], "#ff00ff"),
    (["a pink rose with leaves"], "#0000ff"),
    (["brand colour #22EE22"], "#ff00ff"),
    (["brand colours #22EE22 and #ee22ee"], "#00ffff"),
    (["evergreen policies"], "#00ff00"),
]


@pytest.mark.parametrize(("texts", "key"), CASES)
def test_the_key_for_these_words(texts: list[str], key: str) -> None:
    assert choose(texts) == key


def test_where_every_key_is_near_the_furthest_is_taken() -> None:
    assert choose(["green, magenta, blue, cyan, red, white #ffffff"]) in KEYS


def test_the_order_of_words_does_not_matter() -> None:
    words = ["pink", "green", "#123456", "gold"]
    assert choose(words) == choose(reversed(words)) == choose([" ".join(words)])
