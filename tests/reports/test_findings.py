"""Findings in each form: the place is right, nothing is lost, nothing of a manifest can speak for imagepipe."""

import json

import pytest

from imagepipe.errors import Finding, Place
from imagepipe.plugins import resolve
from imagepipe.reports import FINDINGS as FORMS
from imagepipe.reports import findingstext, github, sarif
from imagepipe.reports.ink import PLAIN
from tests.reports.samples import FINDINGS

HOSTILE = Finding(
    "bad", "no field `x\n::error::owned%\x1b[2J`", Place("a,b:c%.yaml", 2, 3, 4, "\u202e x: \x1b]0;t\x07"), "try\r\n::y"
)


def marked(place: Place) -> tuple[str, str]:
    """What the underline stands under, and the source line shown."""
    lines = findingstext.one(Finding("code", "message", place)).split("\n")
    source, mark = lines[1].split("│ ", 1)[1], lines[2].split("│ ", 1)[1]
    start = mark.index("^")
    return source[start : start + mark.count("^")], source


@pytest.mark.parametrize(
    ("source", "column", "length", "under"),
    [
        ("  size: big", 9, 3, "big"),
        ("\tsize: big", 8, 3, "big"),
        ("size:", 6, 1, ""),
        ("a: \x1b[0m big", 9, 3, "big"),
        (f"{'x' * 300}: big # {'y' * 300}", 303, 3, "big"),
    ],
)
def test_the_underline_is_under_the_fault(source: str, column: int, length: int, under: str) -> None:
    found, shown = marked(Place("a.yaml", 7, column, length, source))
    assert found == under
    assert len(shown) < 120


def test_wide_characters_take_two_cells() -> None:
    text = findingstext.one(FINDINGS[2])
    assert text.endswith("│             ^^^^\n")


def test_a_finding_without_a_line_shows_only_its_file() -> None:
    assert findingstext.one(FINDINGS[3]).startswith("assets.yaml: warning: ")
    assert "│" not in findingstext.one(FINDINGS[3])


def test_at_most_fifty_are_shown_and_all_are_counted() -> None:
    text = findingstext.render([Finding("c", f"number {number}") for number in range(70)])
    assert "number 49" in text
    assert "number 50" not in text
    assert "70 errors; the first 50 are shown" in text
    cut = [Finding("c", "one"), Finding("more-findings", "and 850 more", None, "correct these first", "note")]
    assert findingstext.render(cut).endswith(
        "one [c]\n\n1 error and 850 more; the first 50 are shown  ·  imagepipe explain c tells more\n"
    )


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_form_lets_the_manifest_speak(form: str) -> None:
    text = resolve(FORMS[form])([HOSTILE], PLAIN)
    for line in text.split("\n"):
        assert line.isprintable()
        assert "::error::owned" not in line.lstrip()[:14]
    assert text.count("\n::") == 0


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_findings_are_no_lines_of_talk(form: str) -> None:
    text = resolve(FORMS[form])([], PLAIN)
    assert text == "" or json.loads(text)


def test_github_escapes_as_the_runner_reads() -> None:
    line = github.render([HOSTILE]).rstrip("\n")
    head, message = line.removeprefix("::error ").split("::", 1)
    assert "\n" not in line
    assert dict(item.split("=", 1) for item in head.split(","))["file"] == "a%2Cb%3Ac%25.yaml"
    assert message.startswith("no field `x%0A\\::error::owned%25\\x1b[2J`%0Atry%0A\\::y")


def test_sarif_has_what_code_scanning_needs() -> None:
    run = json.loads(sarif.render(FINDINGS))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [finding.code for finding in FINDINGS]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 14, "startColumn": 7, "endColumn": 16}
    assert "locations" not in run["results"][-1]


def test_sarif_file_names_are_uris() -> None:
    location = json.loads(sarif.render([HOSTILE]))["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "a%2Cb%3Ac%25.yaml"


def test_other_commands_say_each_kind_of_finding_in_one_line() -> None:
    same = [Finding("wanted-field", f"hint {number}", severity="warning") for number in range(9)]
    assert findingstext.brief([*same, FINDINGS[-1]], shown_by="imagepipe plan --json") == (
        "warning: hint 0 [wanted-field] and 8 more; imagepipe plan --json shows them\n"
        "note: the store is new but the lock is not [new-store]\n\n"
    )
    assert findingstext.brief(same).endswith(" and 8 more\n\n"), "no command is named that does not show them"
    assert findingstext.brief([]) == ""
