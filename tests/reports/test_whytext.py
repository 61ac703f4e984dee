"""One decision in full, where not all of it is known."""

from imagepipe.reports import whytext
from imagepipe.values import EMPTY, Action, Decision, Entry, Reason


def test_words_that_changed_are_shown_though_the_request_is_not_known_yet() -> None:
    reasons = (Reason("input base", "", "changes first"), Reason("prompt line 1", "a hero", "a new hero"))
    page = whytext.render(Decision("hero", Action.WAIT, reasons), Entry("k", EMPTY, ("a hero",), "openai", "m", EMPTY))
    assert "  prompt line 1\n    - a hero\n    + a new hero\n" in page
