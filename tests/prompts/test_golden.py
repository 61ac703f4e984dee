"""Prompts are the reviewed source of the pictures: another text for the same manifest would bill every user."""

import pytest

from imagepipe.prompts.kits import KITS
from imagepipe.prompts.lint import lint
from imagepipe.prompts.usecases import USE_CASES
from tests.prompts import goldens
from tests.prompts.desk import words


def golden(name: str) -> str:
    return (goldens.FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", sorted(goldens.SPECS))
def test_a_use_case_reads_as_its_golden_text(slug: str) -> None:
    assert goldens.of_use_case(slug) == golden(f"{slug}.txt")


@pytest.mark.parametrize("slug", sorted(goldens.SPECS))
def test_a_good_spec_draws_no_remark(slug: str) -> None:
    item = goldens.spec(slug)
    remarks = {problem.code for problem in lint(item, words(item))}
    meant = {
        "stylized-concept": {"airy-cutout"},
        "identity-preserve": {"several-changes"},  # Their lines are frozen with two entries.
        "lighting-weather": {"several-changes"},
    }
    assert remarks <= meant.get(slug, set())


@pytest.mark.parametrize("name", sorted(KITS))
def test_a_kit_reads_as_its_golden_text(name: str) -> None:
    assert goldens.of_kit(name) == golden(f"kit-{name}.txt")


def test_a_built_in_template_never_changes_for_version_1() -> None:
    assert goldens.of_templates() == golden("templates.sha256")


def test_every_use_case_has_a_golden_text_and_every_golden_text_a_source() -> None:
    assert set(goldens.SPECS) == set(USE_CASES)
    expected = {f"{slug}.txt" for slug in USE_CASES} | {f"kit-{name}.txt" for name in KITS}
    assert {path.name for path in goldens.FOLDER.iterdir()} == expected | {"templates.sha256", "specs.yaml"}
