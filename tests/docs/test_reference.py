"""The reference pages are what their makers make of the program as it is."""

import runpy

import pytest

from tests.docs.pages import DOCS, text_of

PAGES: dict[str, str] = runpy.run_path(str(DOCS / "reference" / "make.py"))["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_program_says(name: str) -> None:
    assert text_of(DOCS / "reference" / name) == PAGES[name], "run docs/reference/make.py"


def test_nothing_else_lies_among_the_reference_pages() -> None:
    assert {page.name for page in (DOCS / "reference").glob("*.md")} == set(PAGES)
